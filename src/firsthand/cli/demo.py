"""`firsthand demo`"""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from firsthand.app.comparing_moments import MomentsCompared
from firsthand.app.demo_document import demo_document
from firsthand.app.demonstrating import (
    ARCHIVE,
    CASE,
    KEYS,
    Demonstrated,
    demonstrate,
    make_event_here,
    make_hours,
    make_way,
    shown_as_pages,
)
from firsthand.cli.options import desk_made
from firsthand.cli.talk import TerminalProgress, clock_text, print_json, results, span_text
from firsthand.madeup.event import TRUTH
from firsthand.madeup.phones import DEMO, LARGE
from firsthand.model.text import shown

LISTED = 12


@click.command("demo", short_help="Make up an event, examine it, compare with what is true.")
@click.argument("folder", default="firsthand-demo", metavar="[DIR]")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, help="Another number, another event.")
@click.option("--large", is_flag=True, help="1280×720, 30 s, five phones: for pictures to show.")
@click.option(
    "--hours", type=click.FloatRange(min=0, min_open=True), metavar="N", help="So many hours of clips, for load."
)
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Clips examined side by side.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else there.")
def command(folder: str, seed: int, large: bool, hours: float | None, workers: int | None, as_json: bool) -> int:
    """Make up an event, run the main job on it, and show what was found beside what is true.

    \b
    firsthand demo
    firsthand demo ~/trial --seed 7

    A square of a town that does not exist; phones that film it; what people do to footage online. The clips are in
    DIR/clips, what is true about them in DIR/truth.json, the archive in DIR/archive, its report in DIR/report. An
    earlier demo in DIR is made anew; a folder with anything else in it is left alone. With --hours the events are in
    DIR/event-00001 and so on, and no report is made.
    """
    began = time.monotonic()
    here, progress = Path(folder), TerminalProgress()
    make_way(here)
    size = LARGE if large else DEMO
    if hours is None:
        events = make_event_here(here, seed=seed, size=size, progress=progress)
    else:
        events = make_hours(here, seed=seed, size=size, hours=hours, progress=progress)
    # What is made up is signed with a key of its own: the person's own keys have nothing to do with it.
    with desk_made(str(here / ARCHIVE), None, workers=workers, keys=str(here / KEYS)) as desk:
        shown_all = demonstrate(desk, events, progress=progress)
        pages = shown_as_pages(desk, shown_all.added, here, progress=progress) if hours is None else None
    elapsed_s = time.monotonic() - began
    if as_json:
        print_json(demo_document(shown_all, elapsed_s=elapsed_s))
    else:
        show(shown_all, here, pages, elapsed_s)
    return 0


def show(demonstrated: Demonstrated, folder: Path, pages: Path | None, elapsed_s: float) -> None:
    """Prints found beside true, and what to look at. pages: the front page of the report, if one was made."""
    out, compared = results(), demonstrated.compared
    truth = demonstrated.events[0].truth
    cameras = sum(one.made == "camera" for event in demonstrated.events for one in event.truth.items)
    clips = sum(len(event.truth.items) for event in demonstrated.events)
    out.print(f"Made up: {clips} clips, {cameras} of them as cameras left them, the rest as they went round online.")
    out.print(f"Voices: {truth.voices}.", style="dim")
    out.print("\nFound, beside what is true", style="bold")
    out.print(
        f"  copies   {compared.linked} of {compared.pairs} true pairs linked, {compared.through_others} more joined "
        f"through other copies, {len(compared.missed)} missed; {len(compared.wrong)} wrong links"
    )
    for copy in compared.missed[:LISTED]:
        out.print(
            f"      missed: {copy.a_name} {span_text(copy.a_start_s, copy.a_end_s)} = "
            f"{copy.b_name} {span_text(copy.b_start_s, copy.b_end_s)}  ({_words(copy.edits)})",
            style="yellow",
        )
    _more(len(compared.missed))
    names = {one.item: one.name for event in demonstrated.events for one in event.truth.items}
    for link in compared.wrong[:LISTED]:
        a, b = link.found.a, link.found.b
        out.print(
            f"      wrong: {shown(names[a.item])} {span_text(a.start_s, a.end_s)} ≠ "
            f"{shown(names[b.item])} {span_text(b.start_s, b.end_s)}  {link.id}",
            style="red",
        )
    _more(len(compared.wrong))
    out.print(f"  takes    {compared.whole} of {compared.takes} recordings whole, with all their copies")
    for take in compared.split[:LISTED]:
        out.print(f"      not whole: {take.best_name}, shown by {len(take.items)} items", style="yellow")
    _more(len(compared.split))
    for recordings in compared.mixed[:LISTED]:
        out.print(f"      mixed up: {', '.join(recordings)} in one take", style="red")
    _show_moments(demonstrated.compared.moments)
    _show_edits(demonstrated)
    untrue = [one for event in demonstrated.events for one in event.truth.sightings if not one.caption_is_true]
    out.print(f"  captions {len(untrue)} are not true; firsthand does not judge captions, you do:")
    for sighting in untrue[:LISTED]:
        out.print(f"      {sighting.name}: «{shown(sighting.caption)}»", style="dim")
    _show_what_next(demonstrated, folder, pages, elapsed_s)


def _show_moments(compared: MomentsCompared) -> None:
    out = results()
    out.print(
        f"  moments  {compared.on_one_clock} of {compared.cameras} cameras put on one clock; {compared.held} of "
        f"{len(compared.offsets)} intervals hold the truth; {len(compared.strangers)} clips on a wrong clock"
    )
    for one in compared.offsets[:LISTED]:
        low_s, high_s = one.by_source_s
        spread = f"; single sounds, by distance alone: {low_s:+.2f} to {high_s:+.2f}" if high_s > low_s else ""
        out.print(
            f"      {shown(one.name)}: began {one.found_s:+.2f} ± {one.plus_minus_s:.2f} s from "
            f"{shown(one.reference_name)}, truly {one.true_s:+.2f}{spread}",
            style="" if one.held else "yellow",
        )
    _more(len(compared.offsets))
    for name in compared.missed[:LISTED]:
        out.print(f"      not on that clock: {shown(name)}", style="yellow")
    _more(len(compared.missed))
    for name in compared.twice[:LISTED]:
        out.print(f"      one camera twice: {shown(name)} is a copy that was not found", style="yellow")
    _more(len(compared.twice))
    for name in compared.strangers[:LISTED]:
        out.print(f"      wrong clock: {shown(name)}", style="red")
    _more(len(compared.strangers))


def _show_edits(demonstrated: Demonstrated) -> None:
    out = results()
    out.print("  edits    what was done to each clip, and what was said of it")
    for one in demonstrated.compared.edits[:LISTED]:
        missed = [edit for edit in one.true if edit not in one.named]
        extra = [edit for edit in one.named if edit not in one.true]
        verdict = "all named" if not missed else f"not named: {_words(missed)}"
        verdict += f"; also said: {_words(extra)}" if extra else ""
        out.print(f"      {one.name}: {_words(one.true)}  [{verdict}]", style="yellow" if missed else "")
    _more(len(demonstrated.compared.edits))


def _show_what_next(demonstrated: Demonstrated, folder: Path, pages: Path | None, elapsed_s: float) -> None:
    out = results()
    archive = f"--archive {shown(str(folder / ARCHIVE))}"
    first = demonstrated.events[0]
    camera = next(one.name for one in first.truth.items if one.made == "camera")
    out.print(f"\n{clock_text(elapsed_s)}. What to look at:", style="bold")
    if pages is not None:
        out.print(f"  {shown(str(pages))}    the case as pages: open it in a browser")
    out.print(f"  {shown(str(first.clips))}    the clips: play them")
    out.print(f"  {shown(str(first.folder / TRUTH))}    what is true, every number of it")
    if len(demonstrated.events) > 1:
        last = shown(demonstrated.events[-1].folder.name)
        out.print(f"  … and so on, to {last}: {len(demonstrated.events)} events", style="dim")
    for asked in ("takes", "copies", "moments"):
        out.print(f"  firsthand {asked} --case {CASE} {archive}")
    out.print(f"  firsthand show {camera} {archive}")


def _more(count: int) -> None:
    if count > LISTED:
        results().print(f"      … and {count - LISTED} more: --json has them all", style="dim")


def _words(edits: Sequence[str]) -> str:
    return ", ".join(edit.replace("_", " ") for edit in edits)
