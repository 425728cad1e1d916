"""Makes made-up events, runs the main job on them, and sets what was found beside what is true."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from firsthand.app.comparing import Compared, compare
from firsthand.app.desk import Desk
from firsthand.app.pipeline import Added, add
from firsthand.app.receiving import Statement
from firsthand.madeup.event import CLIPS, TRUTH, MadeEvent, frames_of, make_event
from firsthand.madeup.phones import Size
from firsthand.madeup.truth import SCHEMA
from firsthand.model.errors import UsageError
from firsthand.ports import Progress

CASE = "demo"
ARCHIVE = "archive"
KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstrated:
    """What was made, what the main job said, and how the two compare."""

    events: tuple[MadeEvent, ...]
    added: Added
    compared: Compared


def make_way(folder: Path) -> None:
    """Removes what an earlier demo left in the folder.

    Raises UsageError, and removes nothing, where the folder holds anything that is not a demo's.
    """
    if not folder.exists():
        return
    known = {CLIPS, TRUTH, ARCHIVE, KEYS}
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    truth = folder / TRUTH
    ours = truth.is_file() and SCHEMA in truth.read_text("utf-8", errors="replace")
    events = {name for name in there if name.startswith("event-")}
    if there and (there - known - events or not (ours or (events and there <= events | {ARCHIVE, KEYS}))):
        raise UsageError(
            str(folder),
            why="the folder holds something that no earlier demo made",
            kept="nothing was touched",
            next_step="name a folder that does not exist yet: firsthand demo DIR",
        )
    for name in sorted(there):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def make_events(
    folder: Path, *, seed: int, size: Size, hours: float | None, progress: Progress
) -> tuple[MadeEvent, ...]:
    """One event in the folder; or, where hours are asked for, so many below it that their clips last that long."""
    if hours is None:
        return (_made(folder, seed, size, progress),)
    events: list[MadeEvent] = []
    seconds = 0.0
    while seconds < hours * 3_600:
        made = _made(folder / f"event-{len(events) + 1:05}", seed + len(events), size, progress)
        seconds += sum(one.length_s for one in made.truth.items)
        events.append(made)
    return tuple(events)


def demonstrate(desk: Desk, events: tuple[MadeEvent, ...], *, progress: Progress) -> Demonstrated:
    """The main job on the events' clips, and the comparison."""
    added = add(
        desk,
        [str(event.clips) for event in events],
        case_name=CASE,
        statement=Statement(collector="firsthand demo", how="made up: nothing of this happened"),
        progress=progress,
    )
    return Demonstrated(events=events, added=added, compared=compare(desk, [event.truth for event in events]))


def _made(folder: Path, seed: int, size: Size, progress: Progress) -> MadeEvent:
    progress.begin("filming the event", frames_of(seed=seed, size=size), "frames")
    made = make_event(folder, seed=seed, size=size, filmed=progress.advance)
    progress.end()
    return made
