"""The moments that a report shows: who filmed when, waveforms, and all cameras at chosen instants."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from firsthand.app.desk import Desk
from firsthand.app.moment_views import coverage
from firsthand.app.report_folder import ReportFolder
from firsthand.model.ids import ItemId
from firsthand.model.moments import Moment, MomentItem, Offset
from firsthand.model.records import Case
from firsthand.publish.content import Filmed, Instant, ItemShown, MomentShown, Page, SeenAt, SoundCurve
from firsthand.publish.instants import ChosenInstant, Nearest, chosen_instants
from firsthand.publish.matching import Pixels, as_jpeg

MOST_WITH_PICTURES = 60  # moments of a case, the largest, whose instants are drawn
MOST_CAMERAS = 12  # of one instant that are drawn; the rest is in the table

Frames = Callable[[ItemShown], tuple[Pixels, ...]]


def moments_to_show(desk: Desk, case: Case) -> tuple[Moment, ...]:
    """The case's moments, those of most cameras first."""
    return tuple(sorted(desk.records.moments(case.id), key=lambda one: -len(one.items)))


def shown_moments(
    moments: tuple[Moment, ...],
    offsets: tuple[Offset, ...],
    items: Mapping[ItemId, ItemShown],
    sounds: Mapping[ItemId, SoundCurve],
    *,
    frames: Frames,
    into: ReportFolder | None,
) -> tuple[tuple[MomentShown, ...], tuple[Offset, ...]]:
    """Moments with their pages' content, and the offsets that wait for a person.

    frames: an item's stored pictures; into: where pictures go; None: none are wanted.
    """
    shown, told = [], set()
    of_pair: dict[ItemId, list[Offset]] = {}
    for offset in offsets:
        of_pair.setdefault(offset.found.a, []).append(offset)
    lengths_s = {item: one.length_s for item, one in items.items()}
    for number, moment in enumerate(moments, start=1):
        held = tuple(one for one in moment.items if one.item in items)
        members = {one.item for one in held}
        if len(held) < 2 or moment.reference not in members:
            continue
        pairs = tuple(one for item in members for one in of_pair.get(item, ()) if one.found.b in members)
        told |= {one.id for one in pairs}
        filmed = tuple(
            Filmed(start_s=one.start_s, end_s=one.end_s, items=one.items) for one in coverage(held, lengths_s)
        )
        instants: tuple[Instant, ...] = ()
        if into is not None and number <= MOST_WITH_PICTURES:
            instants = _instants(number, held, filmed, items, frames, into)
        shown.append(
            MomentShown(
                moment=replace(moment, items=held),
                filmed=filmed,
                pairs=tuple(sorted(pairs, key=lambda one: -one.found.score)),
                sounds={item: sounds[item] for item in members if item in sounds},
                instants=instants,
            )
        )
    waiting = tuple(one for one in offsets if one.id not in told and one.state == "suggested")
    shown.sort(key=lambda one: one.one_recording)  # what may be no moment at all comes last
    return tuple(shown), tuple(one for one in waiting if one.found.a in items and one.found.b in items)


def _instants(
    number: int,
    held: tuple[MomentItem, ...],
    filmed: tuple[Filmed, ...],
    items: Mapping[ItemId, ItemShown],
    frames: Frames,
    into: ReportFolder,
) -> tuple[Instant, ...]:
    strips_s = {one.item: strip.at_s for one in held if (strip := items[one.item].strip) is not None}
    instants = []
    for place, chosen in enumerate(chosen_instants(held, filmed, strips_s), start=1):
        seen = []
        for camera, near in enumerate(chosen.nearest[:MOST_CAMERAS], start=1):
            seen.append(_seen(f"pictures/moment-{number}-{place}-{camera}.jpg", near, items[near.item], frames, into))
        instants.append(Instant(at_s=chosen.at_s, seen=(*seen, *_blind(chosen))))
    return tuple(instants)


def _seen(path: str, near: Nearest, item: ItemShown, frames: Frames, into: ReportFolder) -> SeenAt:
    pictures = frames(item)
    drawn = pictures[near.number] if near.number < len(pictures) else None
    if drawn is not None:
        into.write(Page(path=path, content=as_jpeg(drawn)))
    return SeenAt(
        item=near.item,
        file=path if drawn is not None else None,
        picture_s=near.picture_s,
        apart_s=near.apart_s,
        size_px=(drawn.shape[1], drawn.shape[0]) if drawn is not None else (0, 0),
    )


def _blind(chosen: ChosenInstant) -> list[SeenAt]:
    return [SeenAt(item=item, file=None, picture_s=0.0, apart_s=0.0, size_px=(0, 0)) for item in chosen.blind]
