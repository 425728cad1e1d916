"""`firsthand doctor`"""

import click

from firsthand.app.doctoring import Checkup, check_up, document, keys_state
from firsthand.app.settings import settings
from firsthand.cli.options import archive_options
from firsthand.cli.talk import bytes_text, print_json, results
from firsthand.model.text import shown


@click.command("doctor", short_help="What this machine has, lacks, and what that costs.")
@archive_options
def command(archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """What this installation has, what it lacks and what that costs: components, sandbox, disk, keys, clock.

    \b
    firsthand doctor

    Changes nothing and asks nobody on the network.
    """
    checkup = check_up(settings(archive=archive, acting_as=acting_as))
    if as_json:
        print_json(document(checkup))
    else:
        _show(checkup)
    return 0


def _show(checkup: Checkup) -> None:
    out = results()
    for one in checkup.components:
        out.print(f"  {one.name:<24} {one.version or 'missing'}", style="" if one.version else "yellow")
    style = {"strong": "green", "partly": "yellow", "weak": "bold red"}[checkup.strength]
    out.print(f"  {'sandbox':<24} {checkup.strength}: {checkup.walls_shown}", style=style)
    out.print(f"  {'archive':<24} {shown(checkup.archive)}: {checkup.archive_state}")
    disk = checkup.disk
    out.print(f"  {'its disk':<24} {bytes_text(disk.free_bytes)} free of {bytes_text(disk.total_bytes)}")
    out.print(f"  {'its disk is encrypted':<24} {disk.encrypted} ({disk.how})")
    out.print(f"  {'signing keys':<24} {shown(str(checkup.keys.place))}: {keys_state(checkup.keys)}")
    out.print(f"  {'clock':<24} {checkup.clock}")
    for line in checkup.advice:
        out.print(f"! {line}", style="yellow")
    if not checkup.advice:
        out.print("Nothing to do.", style="green")
