"""`firsthand takes`"""

from collections.abc import Mapping

import click

from firsthand.app.documents import takes_document
from firsthand.app.taking import TakeView, takes_of
from firsthand.cli.options import archive_options, desk
from firsthand.cli.show import posted_text
from firsthand.cli.talk import print_json, results, span_text
from firsthand.link.lineage import FEWER_PIXELS, Derived, Lost
from firsthand.model.ids import ItemId
from firsthand.model.text import shown


@click.command("takes", short_help="The camera recordings of a case.")
@click.option("--case", "case_name", required=True, metavar="NAME")
@archive_options
def command(case_name: str, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """The camera recordings of a case, each with all its copies.

    \b
    firsthand takes --case kyiv

    A take that rests on machine links alone says `suggested`. ★ marks the best copy: most of the recording, then the
    fewest crops, overlays and other losses, then most pixels. What was made from what is a guess and says so.
    """
    with desk(archive, acting_as) as here:
        takes = takes_of(here, here.case(case_name))
    if as_json:
        print_json(takes_document(takes))
        return 0
    copied = [view for view in takes if len({part.span.item for part in view.take.spans}) > 1]
    alone = [view for view in takes if view not in copied]
    out = results()
    for view in copied:
        _show(view)
    if alone:
        out.print(f"{len(alone)} in one copy:", style="bold")
        for view in alone:
            part = view.take.spans[0]
            edited = "  edited: what a compilation shows beside known takes" if view.take.edited else ""
            out.print(
                f"    {shown(view.names[part.span.item])}  {span_text(part.span.start_s, part.span.end_s)}{edited}"
            )
    return 0


def _show(view: TakeView) -> None:
    out = results()
    items = {part.span.item for part in view.take.spans}
    out.print(f"{view.take.id}  {view.take.state}, {len(items)} copies", style="bold")
    if view.first is not None:
        out.print(
            f"  seen first: {shown(view.names[view.first.item])}, {posted_text(view.first.post).rstrip(',')}",
            style="dim",
        )
    for part in view.take.spans:
        star = "★" if part.span.item == view.best_item else " "
        speed = "" if abs(part.speed - 1) < 0.002 else f"  at {part.speed:.3g}×"
        out.print(
            f"  {star} {shown(view.names[part.span.item])}  {span_text(part.span.start_s, part.span.end_s)}"
            f"  from {part.take_start_s:.1f} s of the take{speed}"
        )
        for lacks in (one for one in view.lost if one.item == part.span.item):
            if words := lost_text(lacks):
                out.print(f"      lost: {words}", style="dim")
        for guess in (one for one in view.derived if one.item == part.span.item):
            out.print(f"      a guess: made from {derived_text(guess, view.names)}", style="dim")


def derived_text(guess: Derived, names: Mapping[ItemId, str]) -> str:
    """What an item may have been made from, and what speaks for it."""
    done = ", ".join(edit.replace("_", " ") for edit in guess.edits)
    keeps = f"; keeps its {', '.join(edit.replace('_', ' ') for edit in guess.keeps)}" if guess.keeps else ""
    return f"{shown(names[guess.source])} ({done}{keeps})"


def lost_text(lacks: Lost) -> str:
    """What a copy lacks that the best one has, in words; empty: nothing known."""
    words = [edit.replace("_", " ") for edit in lacks.edits]
    if lacks.pixels_ratio is not None and lacks.pixels_ratio < FEWER_PIXELS:
        words.append(f"{100 * (1 - lacks.pixels_ratio):.0f} % of the pixels")
    if lacks.missing_s:
        words.append(f"{lacks.missing_s:.1f} s of the recording")
    return ", ".join(words)
