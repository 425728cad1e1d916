"""`firsthand copies`"""

from pathlib import Path

import click

from firsthand.app.desk import Desk
from firsthand.app.documents import copies_document, explanation_document
from firsthand.app.explaining import explain
from firsthand.app.indexing import looked_at_in_haste
from firsthand.app.linking import standing_copies
from firsthand.app.naming import names_anywhere, names_in
from firsthand.app.reviewing import review
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results, span_text, talk
from firsthand.model.errors import UnreadableFile, UsageError
from firsthand.model.links import CopyFound
from firsthand.model.text import shown

BY_KEY_FRAMES = "    a first look at key frames alone; firsthand examine completes it"
VERDICTS = {
    "copy": "the same recording",
    "same_scene_other_take": "the same scene, another take",
    "undecidable": "alike; the picture holds too little to tell",
}


@click.command("copies", short_help="Which spans show the same recording.")
@click.option("--case", "case_name", metavar="NAME", help="List the copies of this case.")
@click.option("--explain", "explained", nargs=2, metavar="A B", help="Why these two items match.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.png",
    help="With --explain: where the picture goes.",
)
@click.option("--confirm", "confirmed", metavar="ID", help="A person says: this copy is right.")
@click.option("--reject", "rejected", metavar="ID", help="A person says: this is no copy.")
@click.option(
    "--why", default="", metavar="TEXT", help="With --confirm or --reject: the reason, kept with the decision."
)
@archive_options
def command(
    case_name: str | None,
    explained: tuple[str, str] | None,
    output: Path | None,
    confirmed: str | None,
    rejected: str | None,
    why: str,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Which spans of which items of a case show the same recording, and what was edited.

    \b
    firsthand copies --case kyiv
    firsthand copies --explain phone.mp4 telegram.mp4 -o why.png
    firsthand copies --reject copy_01… --why "another walk along the same street"

    A person's word stands: it outlives later searches, and takes are grouped anew at once.
    """
    if sum(one is not None for one in (case_name, explained, confirmed, rejected)) != 1:
        raise UsageError(
            "copies", why="say one of --case, --explain, --confirm, --reject", next_step="firsthand copies -h"
        )
    with desk(archive, acting_as) as here:
        if explained is not None:
            return _explain(here, *explained, output=output, as_json=as_json)
        if case_name is not None:
            names = names_in(here, here.case(case_name))
            copies = standing_copies(here, names)
            hasty = looked_at_in_haste(here)
        else:
            text, state = (confirmed, "confirmed") if confirmed is not None else (rejected or "", "rejected")
            progress = TerminalProgress()
            copies = (
                review(
                    here, text, state="confirmed" if state == "confirmed" else "rejected", why=why, progress=progress
                ),
            )
            names = names_anywhere(here)
            hasty = looked_at_in_haste(here)
    if as_json:
        print_json(copies_document(copies, names, hasty))
        return 0
    out = results()
    for copy in copies:
        out.print(found_text(copy.found, shown(names[copy.found.a.item]), shown(names[copy.found.b.item])))
        out.print(f"    {copy.id}  {copy.state}", style="dim")
        if {copy.found.a.item, copy.found.b.item} & hasty:
            out.print(BY_KEY_FRAMES, style="yellow")
    if not copies:
        out.print("No two items of this case show the same recording, as far as was looked.")
    return 0


def _explain(here: Desk, a: str, b: str, *, output: Path | None, as_json: bool) -> int:
    explanation = explain(here, a, b)
    if output is not None and explanation.png:
        try:
            output.write_bytes(explanation.png)
        except OSError as error:
            raise UnreadableFile(
                str(output), why=f"it cannot be written: {error.strerror}", next_step="name another place with -o"
            ) from error
    written = output if explanation.png else None
    if as_json:
        print_json(explanation_document(explanation, picture=str(written) if written else None))
        return 0
    found, out = explanation.copy.found, results()
    a_name, b_name = (shown(explanation.names.get(end.item, end.item)) for end in (found.a, found.b))
    out.print(found_text(found, a_name, b_name))
    out.print(f"    {explanation.copy.id}  {explanation.copy.state}", style="dim")
    if explanation.seen is None:
        out.print(f"There is no picture to show: {explanation.not_shown}", style="yellow")
        return 0
    seen = explanation.seen
    out.print(f"{len(seen.points)} places agree between {seen.a_s:.2f} s of {a_name} and {seen.b_s:.2f} s of {b_name}.")
    if written is not None:
        talk().print(
            f"Written: {written}  (above: A and B with the places that agree; below: A over B, and what differs)"
        )
    else:
        talk().print("Add -o picture.png to see it.", style="dim")
    return 0


def found_text(found: CopyFound, a_name: str, b_name: str) -> str:
    """One link in words, two lines."""
    edits = ", ".join(edit.replace("_", " ") for edit in found.edits)
    who = {"a": a_name, "b": b_name, None: "one of the two"}[found.edited]
    says = f"{VERDICTS[found.verdict]} (by {', '.join(found.matched_by)}; score {found.score:.2f})"
    edited = f"; {who}: {edits}" if edits else ""
    a_span, b_span = (span_text(end.start_s, end.end_s) for end in (found.a, found.b))
    return f"{a_name} {a_span}  =  {b_name} {b_span}\n    {says}{edited}"
