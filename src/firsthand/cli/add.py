"""`firsthand add`"""

import time

import click

from firsthand.app.documents import added_document
from firsthand.app.examining import examine_fast, examine_missing
from firsthand.app.moment_views import MomentsView, moments_of
from firsthand.app.pipeline import Added, add
from firsthand.app.receiving import Statement
from firsthand.cli.moments import moment_text
from firsthand.cli.options import archive_options, desk_made
from firsthand.cli.talk import TerminalProgress, bytes_text, clock_text, print_json, results
from firsthand.model.text import shown

SOME_FAILED = 3
LISTED = 8
MOMENTS = 3


@click.command("add", short_help="Take files and folders into a case.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--case", "case_name", required=True, metavar="NAME", help="The case; opened if it is new.")
@click.option("--collector", default="", metavar="WHO", help="Who collected the files.")
@click.option("--obtained-from", default="", metavar="WHOM", help="From whom they were obtained.")
@click.option("--how", default="", metavar="TEXT", help="How they were obtained.")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="Clips examined side by side (default: one a core)."
)
@click.option("--fast", is_flag=True, help="Look at key frames alone; firsthand examine completes it later.")
@archive_options
def command(
    paths: tuple[str, ...],
    case_name: str,
    collector: str,
    obtained_from: str,
    how: str,
    workers: int | None,
    fast: bool,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Take files and folders into a case: each is sealed, examined once, compared with the archive.

    \b
    firsthand add ~/clips --case kyiv
    firsthand add ~/clips --case kyiv --fast        a first look when there is no time
    firsthand add phone.mp4 --case kyiv --obtained-from "a neighbour" --how "handed over on a memory card"

    Folders are taken with all they hold. Your files are read and never touched. Interrupted, the same command goes
    on from where it was.
    """
    began = time.monotonic()
    statement = Statement(collector=collector, obtained_from=obtained_from, how=how)
    with desk_made(archive, acting_as, workers=workers) as desk:
        added = add(
            desk,
            list(paths),
            case_name=case_name,
            statement=statement,
            progress=TerminalProgress(),
            examining=examine_fast if fast else examine_missing,
        )
        elapsed_s = time.monotonic() - began
        if as_json:
            print_json(added_document(added, archive=desk.place, elapsed_s=elapsed_s))
        else:
            _show(added, elapsed_s, moments_of(desk, added.case) if added.moments else None)
            if fast:
                results().print(
                    "Looked at key frames alone: copies are a first look, sound was not heard. "
                    "firsthand examine completes it.",
                    style="yellow",
                )
    failed = any(one.failed for one in added.items) or added.failed_items
    return SOME_FAILED if failed else 0


def _show(added: Added, elapsed_s: float, views: MomentsView | None) -> None:
    out = results()
    taken = [one for one in added.items if one.state != "refused"]
    sealed = [one for one in taken if one.state == "sealed"]
    out.print(
        f"{_count(len(taken), 'clip')}: {len(sealed)} sealed ({bytes_text(sum(one.bytes for one in sealed))}), "
        f"{len(taken) - len(sealed)} already here."
    )
    out.print(f"{_count(added.takes, 'take')}, {added.takes_in_copies} of them in several copies.")
    if added.sightings:
        out.print(f"{_count(added.sightings, 'sighting')} online, as records beside the clips say.")
    if added.moments:
        out.print(f"{_count(added.moments, 'moment')} that {added.takes_in_moments} takes filmed together.")
    if views is not None:
        for view in views.moments[:MOMENTS]:
            out.print(f"  {moment_text(view)}")
        if len(views.moments) > MOMENTS:
            out.print(
                f"  … and {len(views.moments) - MOMENTS} more: firsthand moments --case {_quoted(added.case.name)}"
            )
    here = {one.item: one.name for one in taken}
    failed = [here[item] for item in added.failed_items if item in here]
    if failed:
        out.print(f"{len(failed)} could not be decoded as a whole (kept as received):", style="yellow")
        for name in failed[:LISTED]:
            out.print(f"  firsthand show {_quoted(name)}")
        if len(failed) > LISTED:
            out.print(f"  … and {len(failed) - LISTED} more")
    for failing, words in ((True, "refused"), (False, "left where they are")):
        refused = [one for one in added.items if one.state == "refused" and one.failed is failing]
        if refused:
            out.print(f"{len(refused)} {words}:", style="yellow" if failing else "dim")
            for one in refused[:LISTED]:
                out.print(f"  {shown(one.name)}: {one.why}", style="" if failing else "dim")
            if len(refused) > LISTED:
                out.print(f"  … and {len(refused) - LISTED} more")
    out.print(f"{clock_text(elapsed_s)}. Next: firsthand takes --case {_quoted(added.case.name)}", style="dim")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _quoted(name: str) -> str:
    safe = shown(name)
    return (
        safe
        if safe.replace(".", "").replace("-", "").replace("_", "").isalnum()
        else "'" + safe.replace("'", "'\\''") + "'"
    )
