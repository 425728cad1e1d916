"""`firsthand quarantine`"""

import click

from firsthand.app.withholding import lift_quarantine, quarantine
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import print_json, results


@click.command("quarantine", short_help="Hide an item from every view; it stays sealed.")
@click.argument("item", required=False, metavar="[ITEM]")
@click.option("--why", default="", metavar="TEXT", help="Why it is hidden, or may be seen again.")
@click.option("--lift", is_flag=True, help="Show it again.")
@archive_options
def command(item: str | None, why: str, lift: bool, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """Hide an item from every view at once: for what must not be shown, or may be illegal to hold. It stays sealed.

    \b
    firsthand quarantine IMG_0412.MOV --why "a child is recognisable"
    firsthand quarantine                       which items are hidden, by id
    firsthand quarantine 9f3c51aa --lift --why "released by the lawyer"

    It is logged. To destroy it: firsthand erase.
    """
    with desk(archive, acting_as) as here:
        if item is not None:
            if not why:
                raise click.UsageError("a quarantine is placed and lifted with --why")
            (lift_quarantine if lift else quarantine)(here, item, why)
        hidden = sorted(here.records.hidden())
    if as_json:
        print_json({"schema": "firsthand.quarantine/1", "hidden": hidden})
        return 0
    for one in hidden:
        results().print(one)
    if not hidden:
        results().print("Nothing is in quarantine.")
    return 0
