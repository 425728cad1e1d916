"""`firsthand copies`"""

import click

from firsthand.app.documents import copies_document
from firsthand.app.naming import names_in
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import print_json, results, span_text
from firsthand.model.links import CopyFound
from firsthand.model.text import shown

VERDICTS = {
    "copy": "the same recording",
    "same_scene_other_take": "the same scene, another take",
    "undecidable": "alike; the picture holds too little to tell",
}


@click.command("copies", short_help="Which spans show the same recording.")
@click.option("--case", "case_name", required=True, metavar="NAME")
@archive_options
def command(case_name: str, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """Which spans of which items of a case show the same recording, and what was edited.

    \b
    firsthand copies --case kyiv
    """
    with desk(archive, acting_as) as here:
        names = names_in(here, here.case(case_name))
        copies = here.records.copies(names)
    if as_json:
        print_json(copies_document(copies, names))
        return 0
    out = results()
    for copy in copies:
        out.print(found_text(copy.found, shown(names[copy.found.a.item]), shown(names[copy.found.b.item])))
        out.print(f"    {copy.id}  {copy.state}", style="dim")
    if not copies:
        out.print("No two items of this case show the same recording, as far as was looked.")
    return 0


def found_text(found: CopyFound, a_name: str, b_name: str) -> str:
    """One link in words, two lines."""
    edits = ", ".join(edit.replace("_", " ") for edit in found.edits)
    who = {"a": a_name, "b": b_name, None: "one of the two"}[found.edited]
    says = f"{VERDICTS[found.verdict]} (by {', '.join(found.matched_by)}; score {found.score:.2f})"
    edited = f"; {who}: {edits}" if edits else ""
    a_span, b_span = (span_text(end.start_s, end.end_s) for end in (found.a, found.b))
    return f"{a_name} {a_span}  =  {b_name} {b_span}\n    {says}{edited}"
