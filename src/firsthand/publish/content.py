"""What a report shows, gathered before a page is made. Names and texts are foreign and unescaped here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from firsthand.model.ids import CopyId, ItemId
from firsthand.model.links import Copy, Take
from firsthand.model.moments import Moment, Offset, may_be_one_recording
from firsthand.model.outcomes import Found
from firsthand.model.records import Arrival, Case, Finding, Item, Refusal
from firsthand.model.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A film strip as a file of the report: `columns` pictures side by side in one JPEG, each width × height px."""

    file: str  # path in the report's folder
    columns: int
    width_px: int
    height_px: int
    at_s: tuple[float, ...]  # times of the pictures, seconds from the item's zero


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCurve:
    """The sound as a line: lowest and highest sample of each column, ±127 at full scale."""

    first_s: float
    end_s: float
    low: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """A finding; stale: this installation's engine would answer anew; current: it is the one that counts."""

    finding: Finding
    stale: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """An item with all that one page says of it. arrivals, sightings: those of the report's case only."""

    item: Item
    name: str
    length_s: float  # 0: a still, or nothing could be decoded
    arrivals: tuple[Arrival, ...]
    sightings: tuple[Sighting, ...]
    findings: tuple[FindingShown, ...]
    strip: Strip | None
    sound: SoundCurve | None

    def found(self, kind: type) -> object | None:
        """The value of the current finding of this type, if something was found."""
        for one in self.findings:
            if one.current and isinstance(one.finding.outcome, Found) and isinstance(one.finding.outcome.value, kind):
                return one.finding.outcome.value
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Two stored pictures that a copy lays on each other, as files of the report.

    apart_s: how far apart in the recording they are (strips hold few pictures). difference_file: b's picture minus
    a's, laid on it by the copy's transform; None where the two are too far apart, or no transform is known.
    """

    a_s: float
    b_s: float
    apart_s: float
    a_file: str
    b_file: str
    difference_file: str | None
    difference: float | None  # mean absolute difference where both show something, 0 to 1
    a_size_px: tuple[int, int]
    b_size_px: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeShown:
    """A take as the case sees it. first: where one of its items was seen online before all others; None: not known."""

    take: Take
    best: ItemId
    first: Sighting | None

    def items(self) -> tuple[ItemId, ...]:
        """Its items, each once: the best first, then as its spans stand."""
        return tuple(dict.fromkeys((self.best, *(part.span.item for part in self.take.spans))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """A stretch of a moment's clock and the items that were filming then; none: nobody was."""

    start_s: float
    end_s: float
    items: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAt:
    """One camera's stored picture at an instant of a moment. file: None where no stored picture is near.

    apart_s: how far the picture is from the instant, on the moment's clock.
    """

    item: ItemId
    file: str | None
    picture_s: float  # the item's own second
    apart_s: float
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """All cameras that were filming at one second of a moment's clock."""

    at_s: float
    seen: tuple[SeenAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentShown:
    """A moment with what its page needs. filmed: from the first begin to the last end, without holes.

    pairs: offsets between its items, rejected ones too. sounds: waveforms finer than a film strip's.
    """

    moment: Moment
    filmed: tuple[Filmed, ...]
    pairs: tuple[Offset, ...]
    sounds: Mapping[ItemId, SoundCurve]
    instants: tuple[Instant, ...]

    @property
    def start_s(self) -> float:
        """When its first camera began, on the reference's clock."""
        return self.filmed[0].start_s

    @property
    def end_s(self) -> float:
        """When its last camera ended."""
        return self.filmed[-1].end_s

    @property
    def one_recording(self) -> bool:
        """Whether its items are perhaps copies of one recording that were not recognised: all their sounds are all but
        one (docs/methods/moments.md)."""
        return bool(self.pairs) and all(may_be_one_recording(one.found) for one in self.pairs)

    @property
    def shared_s(self) -> float:
        """How long at least two cameras were filming."""
        return sum(one.end_s - one.start_s for one in self.filmed if len(one.items) > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The report that lay in the folder before this one, as far as comparing needs it."""

    made_at: str
    items: Mapping[str, str]  # item → digest over its current findings
    takes: Mapping[str, tuple[str, ...]]  # take → its items
    moments: Mapping[str, tuple[str, ...]]  # moment → its items; empty before reports held moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that one report shows."""

    case: Case
    made_at: str
    made_with: str
    items: Mapping[ItemId, ItemShown]
    takes: tuple[TakeShown, ...]
    copies: tuple[Copy, ...]
    matched: Mapping[CopyId, tuple[Matched, ...]]
    refusals: tuple[Refusal, ...]
    moments: tuple[MomentShown, ...]  # most cameras first
    waiting: tuple[Offset, ...]  # suggested offsets that join nothing until a person decides
    digests: Mapping[ItemId, str]  # over each item's current findings, to tell at the next report what changed
    before: Before | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the person asked for. pictures_open: nothing is covered. with_people: paths, people's names and raw tags
    are shown."""

    pictures_open: bool
    with_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file of the report."""

    path: str
    content: bytes


def digest_of(item: ItemShown) -> str:
    """A short digest over which findings of an item are current: it changes when an item is examined anew."""
    current = sorted(one.finding.id for one in item.findings if one.current)
    return hashlib.sha256("\n".join(current).encode()).hexdigest()[:16]
