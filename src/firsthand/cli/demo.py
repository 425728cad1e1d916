"""`firsthand demo`"""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from firsthand.app.demo_document import demo_document
from firsthand.app.demonstrating import ARCHIVE, CASE, KEYS, Demonstrated, demonstrate, make_events, make_way
from firsthand.cli.options import desk_made
from firsthand.cli.talk import TerminalProgress, clock_text, print_json, results, span_text
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
    DIR/clips, what is true about them in DIR/truth.json, the archive in DIR/archive. An earlier demo in DIR is made
    anew; a folder with anything else in it is left alone.
    """
    began = time.monotonic()
    here, progress = Path(folder), TerminalProgress()
    make_way(here)
    events = make_events(here, seed=seed, size=LARGE if large else DEMO, hours=hours, progress=progress)
    # What is made up is signed with a key of its own: the person's own keys have nothing to do with it.
    with desk_made(str(here / ARCHIVE), None, workers=workers, keys=str(here / KEYS)) as desk:
        shown_all = demonstrate(desk, events, progress=progress)
    elapsed_s = time.monotonic() - began
    if as_json:
        print_json(demo_document(shown_all, elapsed_s=elapsed_s))
    else:
        _show(shown_all, here, elapsed_s)
    return 0


def _show(demonstrated: Demonstrated, folder: Path, elapsed_s: float) -> None:
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
    _show_edits(demonstrated)
    untrue = [one for event in demonstrated.events for one in event.truth.sightings if not one.caption_is_true]
    out.print(f"  captions {len(untrue)} are not true; firsthand does not judge captions, you do:")
    for sighting in untrue[:LISTED]:
        out.print(f"      {sighting.name}: «{shown(sighting.caption)}»", style="dim")
    _show_what_next(demonstrated, folder, elapsed_s)


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


def _show_what_next(demonstrated: Demonstrated, folder: Path, elapsed_s: float) -> None:
    out = results()
    archive = f"--archive {shown(str(folder / ARCHIVE))}"
    first = demonstrated.events[0]
    camera = first.truth.cameras[0].name
    out.print(f"\n{clock_text(elapsed_s)}. What to look at:", style="bold")
    out.print(f"  {shown(str(first.clips))}    the clips: play them")
    out.print(f"  {shown(str(first.folder / 'truth.json'))}    what is true, every number of it")
    out.print(f"  firsthand takes --case {CASE} {archive}")
    out.print(f"  firsthand copies --case {CASE} {archive}")
    out.print(f"  firsthand show {camera} {archive}")


def _more(count: int) -> None:
    if count > LISTED:
        results().print(f"      … and {count - LISTED} more: --json has them all", style="dim")


def _words(edits: Sequence[str]) -> str:
    return ", ".join(edit.replace("_", " ") for edit in edits)
