"""Copies and takes: which spans show the same recording, and what that makes of the items."""

from dataclasses import dataclass
from typing import Literal

from firsthand.model.ids import CopyId, ItemId, TakeId
from firsthand.model.outcomes import EngineId

Verdict = Literal["copy", "same_scene_other_take", "undecidable"]
MatchedBy = Literal["picture", "sound", "packets", "bytes"]
LinkState = Literal["suggested", "confirmed", "rejected"]
Edit = Literal[
    "mirrored", "rotated_90", "rotated_180", "rotated_270", "tilted", "cropped", "letterboxed", "blurred_bars",
    "overlay", "picture_in_picture", "screen_recording", "speed", "reversed", "recoloured", "greyscale", "blurred",
    "noise", "excerpt", "trimmed", "cut_inside", "compilation", "reencoded", "remuxed", "sound_replaced",
    "picture_replaced",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From start_s up to end_s of an item, seconds from its zero. A still has start_s = end_s = 0."""

    item: ItemId
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFound:
    """A span of `a` and a span of `b` that a machine compared, with the edit between them."""

    a: Span
    b: Span
    verdict: Verdict
    score: float  # 0 to 1
    matched_by: tuple[MatchedBy, ...]
    edited: Literal["a", "b"] | None  # which of the two carries the edits; None: not known
    edits: tuple[Edit, ...]
    speed: float  # seconds of a per second of b; below zero: b runs backwards
    transform: tuple[tuple[float, float, float], tuple[float, float, float]] | None
    # a's picture to b's picture: [x', y'] = M [x, y, 1] in unit coordinates, y down


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy as the archive keeps it: what the machine found, and what people said of it."""

    id: CopyId
    found: CopyFound
    made_by: EngineId
    state: LinkState
    version: int  # raised by every decision


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSpan:
    """A span of an item as part of a take: item second s is take second take_start_s + (s − start_s) × speed."""

    span: Span
    take_start_s: float
    speed: float  # seconds of the take per second of the item; below zero: the item runs backwards


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One continuous camera recording with all its copies."""

    id: TakeId
    spans: tuple[TakeSpan, ...]
    state: Literal["suggested", "confirmed", "alone"]
    edited: bool  # the uncovered remainder of a compilation
