"""`firsthand find`"""

import click

from firsthand.app.documents import find_document
from firsthand.app.finding_copies import find
from firsthand.cli.copies import found_text
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results
from firsthand.model.text import shown

NOTHING_MATCHED = 4


@click.command("find", short_help="Look a file up without adding it.")
@click.argument("file", metavar="FILE")
@archive_options
def command(file: str, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """Has the archive seen this footage before? Looks, adds nothing, leaves no trace.

    \b
    firsthand find from-telegram.mp4
    """
    with desk(archive, acting_as) as here:
        lookup = find(here, file, progress=TerminalProgress())
    if as_json:
        print_json(find_document(lookup))
    else:
        out = results()
        if lookup.in_archive:
            out.print(f"These very bytes are sealed here: {lookup.item}")
        for found in lookup.found:
            a_name, b_name = (shown(lookup.names.get(end.item, end.item)) for end in (found.a, found.b))
            out.print(found_text(found, a_name, b_name))
        if lookup.not_looked:
            out.print(f"Pictures were not compared: {lookup.not_looked}", style="yellow")
        elif not lookup.found:
            out.print(f"Nothing like it among {lookup.searched} items.")
    return 0 if lookup.found or lookup.in_archive else NOTHING_MATCHED
