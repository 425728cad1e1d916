"""Moments: takes on one clock. Offsets between items, and the stretches of real time that several takes show."""

from dataclasses import dataclass
from typing import Literal

from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId, TakeId
from firsthand.model.links import LinkState
from firsthand.model.outcomes import EngineId

OffsetMethod = Literal["sound", "picture", "person"]
OffsetLink = Literal["strong", "weak", "ambiguous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetFound:
    """How much later the zero of `b` happened than the zero of `a`, and how far that can be trusted.

    offset_s ± plus_minus_s holds what alignment, clocks and the distance between the cameras allow;
    alignment_plus_minus_s is the alignment's own part. link: strong (joins a moment by itself), weak (only where a
    person confirms it), ambiguous (the sound repeats itself: one of candidates_s, offset_s being the likeliest).
    """

    a: ItemId
    b: ItemId
    offset_s: float
    plus_minus_s: float
    alignment_plus_minus_s: float
    rate: float  # b's seconds per second of a, as heard
    score: float  # 0 to 1
    method: OffsetMethod
    link: OffsetLink
    candidates_s: tuple[float, ...]  # empty unless ambiguous; best first, offset_s among them
    apart_m: float  # how far apart the cameras may have stood for plus_minus_s to hold
    shared_s: float  # how long both were recording
    coherence: float  # of the two sounds, 0 to 1; near 1: they are one recording, not two


# Copies lie above 0.8, two microphones mostly below 0.3, and beside each other in the open up to 0.8
# (docs/methods/moments.md).
ONE_RECORDING = 0.6


def may_be_one_recording(found: OffsetFound) -> bool:
    """Whether the two sounds are so alike that they may be one recording: a copy, a filmed screen, or one soundtrack
    laid over both. Never a certainty."""
    return found.coherence >= ONE_RECORDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """An offset as the archive keeps it: what was found or set, and what people said of it."""

    id: OffsetId
    case: CaseId
    found: OffsetFound
    made_by: EngineId | None  # None: a person set it
    state: LinkState
    version: int  # raised by every decision


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentItem:
    """Where an item lies in a moment: its zero happened offset_s ± plus_minus_s after the reference's zero."""

    take: TakeId
    item: ItemId
    offset_s: float
    plus_minus_s: float
    rate: float  # this item's seconds per second of the reference; 1.0001: 100 ppm fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stretch of real time that several takes show, on the clock of its reference."""

    id: MomentId
    case: CaseId
    reference: ItemId
    items: tuple[MomentItem, ...]
