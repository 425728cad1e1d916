"""`firsthand find`"""

import csv
import sys

import click

from firsthand.app.documents import find_document, hashes_document
from firsthand.app.finding_copies import Lookup, find, find_fast
from firsthand.app.hash_listing import find_hashes, hashed_pictures
from firsthand.cli.copies import BY_KEY_FRAMES, found_text
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results, span_text
from firsthand.model.text import shown

NOTHING_MATCHED = 4
LISTED = 50


@click.command("find", short_help="Look a file up without adding it.")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--fast", is_flag=True, help="Look at the file's key frames alone.")
@click.option("--pdq", "hash_list", metavar="LIST", help="Look up a list of PDQ hashes, one in hex a line.")
@click.option("--export-pdq", is_flag=True, help="Print the archive's own PDQ hashes as a table.")
@click.option("--case", "case_name", metavar="NAME", help="With --export-pdq: only items of this case.")
@archive_options
def command(
    file: str | None,
    fast: bool,
    hash_list: str | None,
    export_pdq: bool,
    case_name: str | None,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Has the archive seen this footage before? Looks, adds nothing, leaves no trace.

    \b
    firsthand find from-telegram.mp4
    firsthand find --pdq partner-list.csv       hashes that others share, instead of footage
    firsthand find --export-pdq > ours.csv      ours, to share with others
    """
    if sum((file is not None, hash_list is not None, export_pdq)) != 1:
        raise click.UsageError("name one of FILE, --pdq LIST and --export-pdq")
    if case_name and not export_pdq:
        raise click.UsageError("--case goes with --export-pdq: everything else looks in the whole archive")
    if export_pdq:
        return _export(case_name, archive, acting_as, as_json=as_json)
    if hash_list is not None:
        return _find_hashes(hash_list, archive, acting_as, as_json=as_json)
    with desk(archive, acting_as) as here:
        lookup = (find_fast if fast else find)(here, str(file), progress=TerminalProgress())
    return _show(lookup, as_json=as_json)


def _show(lookup: Lookup, *, as_json: bool) -> int:
    if as_json:
        print_json(find_document(lookup))
    else:
        out = results()
        if lookup.in_archive:
            out.print(f"These very bytes are sealed here: {lookup.item}")
        for found in lookup.found:
            a_name, b_name = (shown(lookup.names.get(end.item, end.item)) for end in (found.a, found.b))
            out.print(found_text(found, a_name, b_name))
            if {found.a.item, found.b.item} & lookup.hasty:
                out.print(BY_KEY_FRAMES, style="yellow")
        if lookup.not_looked:
            out.print(f"Pictures were not compared: {lookup.not_looked}", style="yellow")
        elif not lookup.found:
            out.print(f"Nothing like it among {lookup.searched} items.")
    return 0 if lookup.found or lookup.in_archive else NOTHING_MATCHED


def _find_hashes(path: str, archive: str | None, acting_as: str | None, *, as_json: bool) -> int:
    with desk(archive, acting_as) as here:
        lookup = find_hashes(here, path, progress=TerminalProgress())
    if as_json:
        print_json(hashes_document(lookup))
        return 0 if lookup.matches else NOTHING_MATCHED
    out = results()
    met = {one.item for one in lookup.matches}
    if not met:
        out.print(f"None of {lookup.hashes} hashes is near any of {lookup.frames} pictures of {lookup.items} items.")
        return NOTHING_MATCHED
    out.print(f"{len({one.line for one in lookup.matches})} of {lookup.hashes} hashes meet {len(met)} items:")
    for one in lookup.matches[:LISTED]:
        at, _ = span_text(one.second, one.second + 1).split("–")
        name = shown(lookup.names.get(one.item, one.item))
        label = f" ({shown(one.label)})" if one.label else ""
        out.print(f"  {name} at {at}: line {one.line}{label}, {one.distance} of 256 bits differ")
    if len(lookup.matches) + lookup.cut > LISTED:
        out.print(f"  … and {len(lookup.matches) + lookup.cut - LISTED} more; --json lists them", style="dim")
    out.print("Near hashes look alike; whether it is the same recording, the footage itself must tell.", style="dim")
    return 0


def _export(case_name: str | None, archive: str | None, acting_as: str | None, *, as_json: bool) -> int:
    if as_json:
        raise click.UsageError("--export-pdq prints a table (hash, quality, item, second), not JSON")
    table = csv.writer(sys.stdout, lineterminator="\n")
    with desk(archive, acting_as) as here:
        case = here.case(case_name) if case_name else None
        table.writerow(("hash", "quality", "item", "second"))
        for one in hashed_pictures(here, case, progress=TerminalProgress()):
            table.writerow((one.pdq, one.quality, one.item, one.second))
    return 0
