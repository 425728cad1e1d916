"""`firsthand hold`"""

import click

from firsthand.app.withholding import hold_case, hold_item, lift_hold
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import print_json, results
from firsthand.model.text import shown


@click.command("hold", short_help="Legal hold: forbid that an item or a case is erased.")
@click.argument("item", required=False, metavar="[ITEM]")
@click.option("--case", "case_name", metavar="NAME", help="The whole case, and every item in it.")
@click.option("--why", default="", metavar="TEXT", help="Why it must be kept, or no longer.")
@click.option("--lift", metavar="HOLD", help="End a hold, by its id.")
@archive_options
def command(
    item: str | None,
    case_name: str | None,
    why: str,
    lift: str | None,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Forbid that an item or a case is erased, until the hold is lifted.

    \b
    firsthand hold --case kyiv --why "court file 12/2026"
    firsthand hold                              which holds stand
    firsthand hold --lift hold_9f3c… --why "file closed"
    """
    if sum(one is not None for one in (item, case_name, lift)) > 1:
        raise click.UsageError("name one thing: ITEM, --case or --lift")
    with desk(archive, acting_as) as here:
        if (item or case_name or lift) and not why:
            raise click.UsageError("a hold is placed and lifted with --why")
        if item is not None:
            hold_item(here, item, why)
        elif case_name is not None:
            hold_case(here, case_name, why)
        elif lift is not None:
            lift_hold(here, lift, why)
        holds = here.records.holds()
        names = {case.id: case.name for case in here.records.cases()}
    if as_json:
        rows = [
            {"hold": h.id, "item": h.item or None, "case": names.get(h.case), "why": h.why, "placed_at": h.placed_at}
            for h in holds
        ]
        print_json({"schema": "firsthand.hold/1", "holds": rows})
        return 0
    for hold in holds:
        subject = hold.item or f"case {shown(names.get(hold.case, hold.case))}"
        results().print(f"{hold.id}  {subject}  since {hold.placed_at}: {shown(hold.why)}")
    if not holds:
        results().print("No hold stands.")
    return 0
