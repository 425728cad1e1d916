"""What is true about a made-up event, in the terms of docs/json.md: written beside the clips as truth.json."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from firsthand.model.links import Edit

SCHEMA = "firsthand.truth/1"
Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueItem:
    """A file of the event. made: by a phone's camera, or by somebody who reworked what phones filmed."""

    item: str
    name: str
    path: str  # below the event's folder
    made: Literal["camera", "online"]
    length_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSpan:
    """A span of an item as part of a take, as in firsthand.takes/1."""

    item: str
    name: str
    start_s: float
    end_s: float
    take_start_s: float
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueTake:
    """One camera recording and everything that shows it; its seconds are those of the camera's own file."""

    take: str
    best_name: str
    items: tuple[TrueSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueCopy:
    """Two items that show the same recording, as in firsthand.copies/1.

    derived: neither is the camera's file; both come from it, and the edits are those of either.
    """

    a: str
    a_name: str
    a_start_s: float
    a_end_s: float
    b: str
    b_name: str
    b_start_s: float
    b_end_s: float
    edited: Literal["a", "b"] | None
    edits: tuple[Edit, ...]
    speed: float
    transform: Matrix | None
    derived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardOffset:
    """At which offset one source's sound coincides in both: the true offset less what distance does to this source."""

    source: str
    offset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePair:
    """Two cameras of a moment. offset_s: how much later the zero of b happened than the zero of a.

    overlap_s: how long both filmed. by_source: each source that both could hear; their spread is what geometry does.
    """

    a: str
    a_name: str
    b: str
    b_name: str
    offset_s: float
    rate: float
    overlap_s: float
    metres_apart: float
    by_source: tuple[HeardOffset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueOffset:
    """One item on the moment's clock, as in firsthand.moments/1."""

    item: str
    name: str
    offset_s: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueMoment:
    """A stretch of real time and the cameras that filmed it. reference_zero_at: the instant of the reference's zero."""

    moment: str
    reference: str
    reference_zero_at: str
    items: tuple[TrueOffset, ...]
    pairs: tuple[TruePair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePose:
    """How a camera looked at a second of its item."""

    at_s: float
    heading_deg: float
    tilt_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueCamera:
    """A camera: place (WGS 84, height above the square), lens, clock. Field of view: of the displayed width."""

    item: str
    name: str
    phone: str
    lat_deg: float
    lon_deg: float
    height_m: float
    east_m: float
    north_m: float
    width_px: int
    height_px: int
    focal_px: float
    field_of_view_deg: float
    zero_at: str
    clock_error_s: float
    rate: float
    poses: tuple[TruePose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSun:
    """The sun over the square at an instant."""

    at: str
    azimuth_deg: float
    elevation_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePlace:
    """A named thing on the square."""

    name: str
    lat_deg: float
    lon_deg: float
    east_m: float
    north_m: float
    height_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSound:
    """A source of the event proper: where it stood when it began (engines move on), and when, from true second 0."""

    source: str
    east_m: float
    north_m: float
    height_m: float
    begins_s: float
    moves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueWords:
    """Words that were said, where a synthetic voice could say them. heard: the camera files that could hear them."""

    text: str
    language: str
    begins_s: float
    ends_s: float
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSighting:
    """Where an online clip was seen, and whether what its caption says is so."""

    item: str
    name: str
    account: str
    posted_at: str
    caption: str
    language: str
    says_town: str
    caption_is_true: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFirst:
    """Which item of a take was posted first, and by whom."""

    take: str
    item: str
    name: str
    account: str
    posted_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything true about one made-up event. event_at: the instant of true second 0."""

    seed: int
    size: str
    event_at: str
    town: str
    voices: str
    items: tuple[TrueItem, ...]
    takes: tuple[TrueTake, ...]
    copies: tuple[TrueCopy, ...]
    moments: tuple[TrueMoment, ...]
    cameras: tuple[TrueCamera, ...]
    suns: tuple[TrueSun, ...]
    places: tuple[TruePlace, ...]
    sounds: tuple[TrueSound, ...]
    words: tuple[TrueWords, ...]
    sightings: tuple[TrueSighting, ...]
    first_posted: tuple[TrueFirst, ...]
    schema: str = SCHEMA


def write_truth(truth: Truth, path: Path) -> None:
    """truth.json: UTF-8, indented, numbers rounded to a millionth."""
    path.write_text(json.dumps(_plain(dataclasses.asdict(truth)), ensure_ascii=False, indent=1) + "\n", "utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 7)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
