"""Moments: the takes of a case are put on one clock by what their cameras heard."""

import itertools
import os
from collections.abc import Iterable, Sequence

import numpy as np

from firsthand.app.camera_places import apart_m, places_of
from firsthand.app.desk import Desk
from firsthand.app.examining import keep_missing_sound
from firsthand.app.kept_sounds import KeptSounds
from firsthand.link.moments import plan_moments
from firsthand.link.offsets import Listened, OffsetSeeker
from firsthand.link.picture_offsets import Watched, picture_offsets
from firsthand.link.takes import shares_sound_alone
from firsthand.model.errors import Conflict
from firsthand.model.events import MomentsSought
from firsthand.model.findings import ContainerFacts, PicturesFacts, SoundprintFacts
from firsthand.model.ids import ItemId, MomentId, OffsetId, TakeId, random_id
from firsthand.model.moments import Offset, OffsetFound
from firsthand.model.outcomes import Found
from firsthand.model.records import Case, Item
from firsthand.ports import Progress

AS_LONG = 0.98  # of the longest item of a take
AMR_S, AMR_EDITED_S = 0.005, 0.0013


def seek_moments(desk: Desk, case: Case, *, progress: Progress) -> None:
    """Compares the takes of the case that were not compared yet, with all others of the case; one transaction.

    Every take is heard through one item: the one that plays longest. Pairs of one take are left out: copies are no
    moment.
    """
    while not _sought(desk, case, progress):
        pass  # somebody else compared meanwhile: look again at what is missing


def shape_moments(desk: Desk, case: Case, *, progress: Progress) -> None:
    """Brings the moments of the case in line with its offsets and takes. Writes nothing where nothing changed."""
    progress.begin("placing moments", None, "")
    while not _shaped(desk, case):
        pass  # somebody else changed them meanwhile: plan again from what stands now
    progress.end()


def takes_of_items(desk: Desk, case: Case) -> dict[ItemId, TakeId]:
    """The take of every item of the case that shows one take alone, at its own speed."""
    in_case = {item.id for item in desk.records.items(case.id)}
    takes: dict[ItemId, set[TakeId]] = {}
    for take in desk.records.takes():
        for part in take.spans:
            if part.span.item in in_case and not take.edited:
                takes.setdefault(part.span.item, set()).add(take.id)
    return {item: next(iter(own)) for item, own in takes.items() if len(own) == 1}


def listened(desk: Desk, item: ItemId) -> Listened | None:
    """What comparing needs of an item; None where it has no soundprint (no sound, silence, not decodable)."""
    finding = desk.records.current(item, "soundprint")
    if finding is None or not isinstance(finding.outcome, Found):
        return None
    facts = finding.outcome.value
    if not isinstance(facts, SoundprintFacts):
        return None
    mel = finding.outcome.array("mel")
    return Listened(
        item=item,
        first_s=facts.first_s,
        column_s=facts.column_s,
        mel=np.frombuffer(mel.data, np.uint8).reshape(mel.shape),
        delay_unsure_s=_delay_unsure_s(desk, item),
    )


def watched(desk: Desk, item: ItemId) -> Watched | None:
    """What comparing pictures needs of an item; None where it has no moving pictures."""
    finding = desk.records.current(item, "pictures")
    if finding is None or not isinstance(finding.outcome, Found):
        return None
    facts = finding.outcome.value
    if not isinstance(facts, PicturesFacts) or facts.still:
        return None
    return Watched(
        item=item,
        at_s=np.frombuffer(finding.outcome.array("sampled_s").data, "<f8"),
        brightness=np.frombuffer(finding.outcome.array("brightness").data, np.uint8),
        change=np.frombuffer(finding.outcome.array("change").data, "<f4"),
    )


def offsets_that_stand(desk: Desk, case: Case) -> tuple[Offset, ...]:
    """Offsets of the case, oldest first, without those an earlier engine suggested of takes that today's compared."""
    engine = OffsetSeeker.engine
    takes = takes_of_items(desk, case)
    compared = {takes.get(item) for item in desk.records.compared_for_moments(case.id, engine)} - {None}
    return tuple(
        one
        for one in desk.records.offsets(case.id)
        if one.state != "suggested"
        or one.made_by in (None, engine)
        or not {takes.get(one.found.a), takes.get(one.found.b)} <= compared
    )


def _sought(desk: Desk, case: Case, progress: Progress) -> bool:
    seeker = OffsetSeeker()
    subject = desk.records.moments_subject(case.id)
    version = desk.records.version(subject)
    takes = takes_of_items(desk, case)
    before = desk.records.compared_for_moments(case.id, seeker.engine)
    fresh = _representatives(desk, takes, set(before))
    if not fresh:
        return True
    keep_missing_sound(desk, _with_sound(desk, fresh), progress=progress)
    progress.begin("reading soundprints", len(before) + len(fresh), "clips")
    heard = []
    for item in (*before, *fresh):
        one = listened(desk, item) if item in takes else None
        if one is not None:
            heard.append(one)
        progress.advance()
    progress.end()
    found = _found(desk, seeker, heard, set(fresh), takes, progress)
    found += _seen(desk, [*before, *fresh], {one.item for one in heard}, set(fresh), takes)
    sought = MomentsSought(
        case=case.id,
        made_by=seeker.engine,
        items=tuple(fresh),
        offsets=tuple(OffsetId(random_id("offset")) for _ in found),
        found=tuple(found),
    )
    try:
        desk.write(sought, expected={subject: version})
    except Conflict:
        return False
    return True


def _found(
    desk: Desk,
    seeker: OffsetSeeker,
    heard: Sequence[Listened],
    fresh: set[ItemId],
    takes: dict[ItemId, TakeId],
    progress: Progress,
) -> list[OffsetFound]:
    progress.begin("seeking moments", None, "")
    places = places_of(desk, (one.item for one in heard))
    one_sound = _one_sound(desk, heard)
    found = []
    for one in seeker.seek(
        heard,
        fresh=fresh,
        sounds=KeptSounds(desk.soundtracks),
        apart=lambda a, b: takes[a] != takes[b] and (a, b) not in one_sound,
        apart_m=lambda a, b: apart_m(places.get(a), places.get(b)),
        at_once=min(desk.executor.workers, os.cpu_count() or 1),
    ):
        found.append(one)
        progress.advance()
    progress.end()
    return found


def _one_sound(desk: Desk, heard: Sequence[Listened]) -> set[tuple[ItemId, ItemId]]:
    """Pairs, both ways round, whose sound is one recording under different pictures: two cameras did not hear it."""
    copies = desk.records.copies({one.item for one in heard})
    shared = (one.found for one in copies if one.state != "rejected" and shares_sound_alone(one.found))
    return {pair for one in shared for pair in ((one.a.item, one.b.item), (one.b.item, one.a.item))}


def _seen(
    desk: Desk, items: Sequence[ItemId], heard: set[ItemId], fresh: set[ItemId], takes: dict[ItemId, TakeId]
) -> list[OffsetFound]:
    """Offsets by pictures, of pairs of which at least one has no sound to go by."""
    if all(item in heard for item in items if item in takes):
        return []
    seen = [one for item in items if item in takes and (one := watched(desk, item)) is not None]
    pairs = [
        (a, b)
        for a, b in itertools.combinations(seen, 2)
        if not {a.item, b.item} <= heard and {a.item, b.item} & fresh and takes[a.item] != takes[b.item]
    ]
    return list(picture_offsets(pairs))


def _delay_unsure_s(desk: Desk, item: ItemId) -> float:
    """How much of its codec's own delay may be left in a sound. AMR's encoder looks 5 ms ahead; writers either take
    nothing off, or, with an edit list, FFmpeg's 6.25 ms. Others say what is to be taken off, and it is."""
    finding = desk.records.current(item, "container")
    if finding is None or not isinstance(finding.outcome, Found):
        return 0.0
    facts = finding.outcome.value
    if not isinstance(facts, ContainerFacts):
        return 0.0
    edited = {note.stream for note in facts.edit_lists}
    spoken = [one for one in facts.streams if one.type == "audio" and one.codec.startswith("amr")]
    return max((AMR_EDITED_S if one.index in edited else AMR_S for one in spoken), default=0.0)


def _representatives(desk: Desk, takes: dict[ItemId, TakeId], before: set[ItemId]) -> list[ItemId]:
    """One item for each take of which none was compared yet, in the order they were sealed: the one that plays
    longest, and of those that play as long the one with the most bytes, which was encoded the least often."""
    told = {takes[item] for item in before if item in takes}
    lengths_s = {one.item: one.duration_s for one in desk.records.lengths() if takes.get(one.item) not in told}
    items = [item for item in desk.records.items() if item.id in takes and lengths_s.get(item.id, 0.0) > 0]
    longest_s: dict[TakeId, float] = {}
    for item in items:
        longest_s[takes[item.id]] = max(longest_s.get(takes[item.id], 0.0), lengths_s[item.id])
    chosen: dict[TakeId, Item] = {}
    for item in items:
        take = takes[item.id]
        as_long = lengths_s[item.id] >= AS_LONG * longest_s[take]
        if as_long and (take not in chosen or item.bytes > chosen[take].bytes):
            chosen[take] = item
    return [item.id for item in chosen.values()]


def _with_sound(desk: Desk, items: Iterable[ItemId]) -> list[ItemId]:
    """Items whose sound can be kept: those a soundprint was found of."""
    out = []
    for item in items:
        for finding in desk.records.findings(item):
            if finding.made_by.name == "soundprint" and isinstance(finding.outcome, Found):
                out.append(item)
                break
    return out


def _shaped(desk: Desk, case: Case) -> bool:
    subject = desk.records.moments_subject(case.id)
    version = desk.records.version(subject)
    plan = plan_moments(
        case.id,
        takes=takes_of_items(desk, case),
        offsets=offsets_that_stand(desk, case),
        existing=desk.records.moments(case.id),
        lengths_s={length.item: length.duration_s for length in desk.records.lengths()},
        mint=lambda: MomentId(random_id("moment")),
    )
    if not plan.shaped and not plan.ended:
        return True
    try:
        desk.write(*plan.shaped, *plan.ended, expected={subject: version})
    except Conflict:
        return False
    return True
