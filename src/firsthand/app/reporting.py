"""Report: a case as a folder of pages. Gathers what the archive holds, renders it, writes the files."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import chain

from firsthand import __version__
from firsthand.app.desk import Desk
from firsthand.app.report_data import before_from, data_pages
from firsthand.app.report_folder import ReportFolder
from firsthand.app.report_items import shown_items
from firsthand.app.report_moments import moments_to_show, shown_moments
from firsthand.app.synchronising import offsets_that_stand
from firsthand.app.taking import takes_of
from firsthand.model.ids import CopyId, ItemId
from firsthand.model.links import Copy
from firsthand.model.records import Case
from firsthand.model.time import instant_text
from firsthand.ports import Progress
from firsthand.publish.content import (
    Before,
    Choices,
    Content,
    ItemShown,
    Matched,
    Page,
    TakeShown,
    digest_of,
)
from firsthand.publish.language import Language
from firsthand.publish.matching import Pixels, as_jpeg, frame_pairs, laid_on, strip_pictures
from firsthand.publish.numbers import Numbers, numbers_of
from firsthand.publish.pages import Report
from firsthand.publish.words_en import ENGLISH
from firsthand.publish.words_uk import UKRAINIAN

LANGUAGES: Mapping[str, Language] = {one.code: one for one in (ENGLISH, UKRAINIAN)}
MOST_MATCHED_A_TAKE = 12  # copies of one take whose pictures are laid on each other; the rest are named only


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What was written, and what it shows."""

    content: Content
    numbers: Numbers
    folder: str
    files: int
    bytes: int
    largest_bytes: int


def report(
    desk: Desk, case: Case, folder: str, *, language: Language, choices: Choices, progress: Progress
) -> Reported:
    """Writes the case's report into the folder. Raises UsageError where the folder holds something else.

    The archive is only read. A report that lies there is replaced; what changed since it is told on the front page.
    """
    into = ReportFolder(folder)
    before = before_from(into.read("data/state.json"))
    into.claim()
    content = gathered(desk, case, before=before, into=into, progress=progress)
    pages = Report(content, language=language, choices=choices, templates=templates())
    progress.begin("writing pages", len(content.items) + len(content.takes), "pages")
    for page in chain(data_pages(content, choices), pages.pages()):
        into.write(page)
        progress.advance(1 if page.path.startswith(("items/", "takes/")) else 0)
    into.write(pages.front(files=into.files, size=into.bytes))
    progress.end()
    into.remove_what_was_not_written()
    return Reported(
        content=content,
        numbers=numbers_of(content),
        folder=folder,
        files=into.files,
        bytes=into.bytes,
        largest_bytes=into.largest_bytes,
    )


def gathered(
    desk: Desk, case: Case, *, before: Before | None, into: ReportFolder | None, progress: Progress
) -> Content:
    """All that the report shows. into: where pictures are written on the way, so that they need not be held; None:
    no pictures are wanted."""
    moments = moments_to_show(desk, case)
    items, sounds = shown_items(
        desk, case, finer={one.item for moment in moments for one in moment.items}, into=into, progress=progress
    )
    frames = _Frames(into)
    takes = tuple(
        TakeShown(take=view.take, best=view.best_item, first=view.first)
        for view in takes_of(desk, case, findings=lambda item: tuple(one.finding for one in items[item].findings))
    )
    copies = desk.records.copies(items)
    matched = {} if into is None else _matched(items, takes, copies, frames, into, progress)
    shown, waiting = shown_moments(
        moments, offsets_that_stand(desk, case), items, sounds, frames=frames.of, into=into
    )  # fmt: skip
    return Content(
        case=case,
        made_at=instant_text(desk.clock.now()),
        made_with=f"firsthand {__version__}",
        items=items,
        takes=takes,
        copies=copies,
        matched=matched,
        refusals=desk.records.refusals(case.id),
        moments=shown,
        waiting=waiting,
        digests={item: digest_of(one) for item, one in items.items()},
        before=before,
    )


def _matched(
    items: Mapping[ItemId, ItemShown],
    takes: tuple[TakeShown, ...],
    copies: tuple[Copy, ...],
    frames: "_Frames",
    into: ReportFolder,
    progress: Progress,
) -> dict[CopyId, tuple[Matched, ...]]:
    """For each take, its best item's pictures beside those of its copies."""
    wanted: dict[CopyId, Copy] = {}
    of_item: dict[ItemId, list[Copy]] = {}
    for copy in copies:
        if copy.found.verdict == "copy" and copy.state != "rejected":
            of_item.setdefault(copy.found.a.item, []).append(copy)
            of_item.setdefault(copy.found.b.item, []).append(copy)
    for shown in takes:
        members = set(shown.items())
        near = [c for c in of_item.get(shown.best, ()) if {c.found.a.item, c.found.b.item} <= members]
        wanted.update({copy.id: copy for copy in near[:MOST_MATCHED_A_TAKE]})
    progress.begin("matching pictures", len(wanted), "copies")
    matched = {}
    for number, copy in enumerate(wanted.values(), start=1):
        matched[copy.id] = _pictures_of(items, copy, number, frames, into)
        progress.advance()
    progress.end()
    return matched


def _pictures_of(
    items: Mapping[ItemId, ItemShown], copy: Copy, number: int, frames: "_Frames", into: ReportFolder
) -> tuple[Matched, ...]:
    a_strip, b_strip = items[copy.found.a.item].strip, items[copy.found.b.item].strip
    if a_strip is None or b_strip is None:
        return ()
    pairs = frame_pairs(copy.found, a_strip.at_s, b_strip.at_s)
    if not pairs:
        return ()
    a_frames, b_frames = frames.of(items[copy.found.a.item]), frames.of(items[copy.found.b.item])
    matched = []
    for place, pair in enumerate(pairs, start=1):
        if pair.a >= len(a_frames) or pair.b >= len(b_frames):
            continue
        stem = f"pictures/pair-{number}-{place}"
        a, b = a_frames[pair.a], b_frames[pair.b]
        into.write(Page(path=f"{stem}-a.jpg", content=as_jpeg(a)))
        into.write(Page(path=f"{stem}-b.jpg", content=as_jpeg(b)))
        laid = laid_on(copy.found, pair, a, b)
        if laid is not None:
            into.write(Page(path=f"{stem}-d.jpg", content=as_jpeg(laid[0])))
        matched.append(
            Matched(
                a_s=pair.a_s,
                b_s=pair.b_s,
                apart_s=pair.apart_s,
                a_file=f"{stem}-a.jpg",
                b_file=f"{stem}-b.jpg",
                difference_file=f"{stem}-d.jpg" if laid is not None else None,
                difference=laid[1] if laid is not None else None,
                a_size_px=(a_strip.width_px, a_strip.height_px),
                b_size_px=(b_strip.width_px, b_strip.height_px),
            )
        )
    return tuple(matched)


class _Frames:
    """Pictures of strips that were written. A few are held: a take's best item is laid beside each of its copies."""

    _HELD = 16  # of at most a megabyte each

    def __init__(self, into: ReportFolder | None) -> None:
        self._into = into
        self._held: dict[str, tuple[Pixels, ...]] = {}

    def of(self, item: ItemShown) -> tuple[Pixels, ...]:
        """The item's stored pictures; none where it has no strip."""
        strip = item.strip
        if strip is None or self._into is None:
            return ()
        pictures = self._held.pop(strip.file, None)
        if pictures is None:
            jpeg = self._into.read(strip.file)
            size = {"columns": strip.columns, "width_px": strip.width_px, "height_px": strip.height_px}
            pictures = strip_pictures(jpeg, **size) if jpeg is not None else ()
        self._held[strip.file] = pictures
        if len(self._held) > self._HELD:
            del self._held[next(iter(self._held))]
        return pictures


def templates() -> dict[str, str]:
    """Templates, style and script, as they lie in the package."""
    folder = resources.files("firsthand.publish") / "templates"
    return {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir() if one.is_file()}
