"""`firsthand verify`"""

import click

from firsthand.app.documents import verified_document
from firsthand.app.verifying import verify
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results
from firsthand.model.text import shown

INTEGRITY = 90


@click.command("verify", short_help="Is everything as it was received?")
@click.argument("where", required=False, metavar="[ARCHIVE]")
@archive_options
def command(where: str | None, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """Hash every sealed file again, replay the log, compare the records row by row, name what differs.

    \b
    firsthand verify

    Passing says: unchanged since received. It says nothing about whether what the footage shows is true.
    """
    with desk(where or archive, acting_as) as here:
        verified = verify(here, progress=TerminalProgress())
    if as_json:
        print_json(verified_document(verified))
    else:
        out = results()
        out.print(
            f"{verified.files_checked} sealed files, {verified.entries_checked} entries, "
            f"{verified.rows_checked} rows checked."
        )
        for problem in verified.problems:
            details = (
                f" (expected {shown(problem.expected)}, found {shown(problem.found)})"
                if problem.expected or problem.found
                else ""
            )
            out.print(f"  {shown(problem.where)}: {problem.what}{details}", style="red")
        for line in verified.not_checked:
            out.print(f"  not checked: {shown(line)}", style="yellow")
        out.print(f"Log head: {verified.head.size} entries, root {verified.head.root}", style="dim")
        out.print(
            "Unchanged since received, as far as this archive can tell by itself."
            if verified.passed
            else f"{len(verified.problems)} problems. Leave the archive as it is and compare it with a replica.",
            style="green" if verified.passed else "bold red",
        )
    return 0 if verified.passed else INTEGRITY
