"""Moments: the takes of a case are put on one clock by what their cameras heard."""

from collections.abc import Iterable, Sequence

import numpy as np

from firsthand.app.desk import Desk
from firsthand.app.examining import keep_missing_sound
from firsthand.link.moments import plan_moments
from firsthand.link.offsets import Listened, OffsetSeeker
from firsthand.media.flac import read_flac
from firsthand.model.errors import Conflict, MalformedRecord
from firsthand.model.events import MomentsSought
from firsthand.model.findings import SoundprintFacts
from firsthand.model.ids import ItemId, MomentId, OffsetId, TakeId, random_id
from firsthand.model.moments import OffsetFound
from firsthand.model.outcomes import Found
from firsthand.model.records import Case
from firsthand.ports import Progress

SOUNDS_AT_ONCE = 64  # kept decoded while pairs are refined: 2 MB each at 30 s


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
    )


class KeptSounds:
    """Kept sounds, decoded when asked for, the latest few at once. Implements link.offsets.Sounds."""

    def __init__(self, desk: Desk, at_once: int = SOUNDS_AT_ONCE) -> None:
        self._desk = desk
        self._at_once = at_once
        self._decoded: dict[ItemId, np.ndarray[tuple[int], np.dtype[np.float32]] | None] = {}

    def samples(self, item: ItemId) -> "np.ndarray[tuple[int], np.dtype[np.float32]] | None":
        """From the item's zero, 16 000 a second; None where no sound is kept, or what is kept cannot be read."""
        if item in self._decoded:
            self._decoded[item] = self._decoded.pop(item)
        else:
            flac = self._desk.soundtracks.flac(item)
            try:
                self._decoded[item] = None if flac is None else read_flac(flac)
            except MalformedRecord:  # derived: it is made again when the folder is cleared; comparing goes on without
                self._decoded[item] = None
            while len(self._decoded) > self._at_once:
                self._decoded.pop(next(iter(self._decoded)))
        return self._decoded[item]


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
    found = _found(seeker, heard, set(fresh), takes, KeptSounds(desk), progress)
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
    seeker: OffsetSeeker,
    heard: Sequence[Listened],
    fresh: set[ItemId],
    takes: dict[ItemId, TakeId],
    sounds: KeptSounds,
    progress: Progress,
) -> list[OffsetFound]:
    progress.begin("seeking moments", None, "")
    found = []
    for one in seeker.seek(heard, fresh=fresh, sounds=sounds, apart=lambda a, b: takes[a] != takes[b]):
        found.append(one)
        progress.advance()
    progress.end()
    return found


def _representatives(desk: Desk, takes: dict[ItemId, TakeId], before: set[ItemId]) -> list[ItemId]:
    """One item for each take of which none was compared yet, in the order they were sealed."""
    longest: dict[TakeId, tuple[float, ItemId]] = {}
    told = {takes[item] for item in before if item in takes}
    for length in desk.records.lengths():
        take = takes.get(length.item)
        if take is None or take in told:
            continue
        if take not in longest or length.duration_s > longest[take][0]:
            longest[take] = (length.duration_s, length.item)
    return [item for duration_s, item in longest.values() if duration_s > 0]


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
        offsets=desk.records.offsets(case.id),
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
