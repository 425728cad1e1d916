"""Makes made-up events, runs the main job on them, and sets what was found beside what is true."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from firsthand.app.comparing import Compared, compare
from firsthand.app.desk import Desk
from firsthand.app.pipeline import Added, add
from firsthand.app.receiving import Statement
from firsthand.app.reporting import LANGUAGES, report
from firsthand.madeup.event import CLIPS, TRUTH, MadeEvent, frames_of, make_event
from firsthand.madeup.phones import Size
from firsthand.madeup.truth import SCHEMA, Truth
from firsthand.model.errors import UsageError
from firsthand.ports import Progress
from firsthand.publish.content import Choices

CASE = "demo"
ARCHIVE, KEYS, REPORT, EVENT = "archive", "keys", "report", "event-"
MARK = "ABOUT-THIS-FOLDER.txt"
_MARKED = "This folder was made by firsthand demo: nothing in it happened. The next demo here replaces all of it.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstrated:
    """What was made, what the main job said, and how the two compare."""

    events: tuple[MadeEvent, ...]
    added: Added
    compared: Compared


def make_way(folder: Path) -> None:
    """Removes what an earlier demo left in the folder, finished or not, and marks the folder as a demo's.

    Raises UsageError, and removes nothing, where the folder holds anything that is not a demo's.
    """
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name} & _here(folder)
    ours = folder.is_dir() and (_says(folder / MARK, _MARKED) or _says(folder / TRUTH, SCHEMA))
    known = {CLIPS, TRUTH, ARCHIVE, KEYS, REPORT, MARK} | {name for name in there if name.startswith(EVENT)}
    if there and (there - known or not ours):
        raise UsageError(
            str(folder),
            why="the folder holds something that no earlier demo made",
            kept="nothing was touched",
            next_step="name a folder that does not exist yet: firsthand demo DIR",
        )
    for name in sorted(there - {MARK}):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(_MARKED, "utf-8")


def _here(folder: Path) -> set[str]:
    return {folder.name} if folder.exists() or folder.is_symlink() else set()


def _says(path: Path, text: str) -> bool:
    return path.is_file() and not path.is_symlink() and text in path.read_text("utf-8", errors="replace")


def make_event_here(folder: Path, *, seed: int, size: Size, progress: Progress) -> tuple[MadeEvent, ...]:
    """One event in the folder."""
    progress.begin("filming the event", frames_of(seed=seed, size=size), "frames")
    made = make_event(folder, seed=seed, size=size, filmed=progress.advance)
    progress.end()
    return (made,)


def make_hours(folder: Path, *, seed: int, size: Size, hours: float, progress: Progress) -> tuple[MadeEvent, ...]:
    """So many events below the folder that their clips last so many hours. Seeds follow each other, so each event has
    a square, phones and posts of its own. Of each only what is compared stays in memory; the rest is in its truth.json.
    """
    wanted_s = hours * 3_600
    progress.begin("making events", round(wanted_s), "seconds of clips")
    events: list[MadeEvent] = []
    made_s = 0.0
    while made_s < wanted_s:
        made = make_event(
            folder / f"{EVENT}{len(events) + 1:05}", seed=seed + len(events), size=replace(size, spread=1.0)
        )
        length_s = sum(one.length_s for one in made.truth.items)
        progress.advance(max(0, round(min(made_s + length_s, wanted_s)) - round(min(made_s, wanted_s))))
        made_s += length_s
        events.append(replace(made, truth=_compared_part(made.truth)))
    progress.end()
    return tuple(events)


def _compared_part(truth: Truth) -> Truth:
    return replace(truth, cameras=(), suns=(), places=(), sounds=(), words=(), first_posted=())


def demonstrate(desk: Desk, events: tuple[MadeEvent, ...], *, progress: Progress) -> Demonstrated:
    """The main job on the events' clips, and the comparison."""
    added = add(
        desk,
        [str(event.clips) for event in events],
        case_name=CASE,
        statement=Statement(collector="firsthand demo", how="made up: nothing of this happened"),
        progress=progress,
    )
    return Demonstrated(
        events=events, added=added, compared=compare(desk, added.case, [event.truth for event in events])
    )


def shown_as_pages(desk: Desk, added: Added, folder: Path, *, progress: Progress) -> Path:
    """The demo's case as a report, pictures open: they are drawn, and nothing on them happened."""
    choices = Choices(pictures_open=True, with_people=False)
    report(desk, added.case, str(folder / REPORT), language=LANGUAGES["en"], choices=choices, progress=progress)
    return folder / REPORT / "index.html"
