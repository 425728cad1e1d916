"""What examiners find, one frozen type a kind. All times are seconds from the item's zero.

The item's zero is the earliest presented frame or sample of any of its streams, after edit lists and encoder
priming. Pictures are as displayed: rotation and pixel aspect applied.
"""

from dataclasses import dataclass
from typing import Literal

Trust = Literal["satellite", "device_with_zone", "device_utc", "device_local", "file_system", "unset", "implausible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag exactly as the file holds it. `value` keeps bytes that are not UTF-8 as surrogate escapes."""

    reader: str  # "ffmpeg", "mediainfo", "exiftool"
    where: str  # "container", "stream 0", or the reader's own group name
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One track as the file declares it; durations and starts are declared, not measured."""

    index: int
    type: str  # "video", "audio", "subtitle", "data", "attachment"
    codec: str
    profile: str
    start_s: float | None
    duration_s: float | None
    bit_rate: int | None
    attached_picture: bool
    width_px: int | None  # as stored, before rotation
    height_px: int | None
    rotation_deg: int | None  # clockwise turn that shows the picture upright: 0, 90, 180, 270
    pixel_aspect_ratio: float | None  # width of a stored pixel / its height
    frames_per_second: float | None
    pixel_format: str
    colour: str  # "bt709", "bt2020nc/smpte2084" …; empty: not said
    samples_per_second: int | None
    channels: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTime:
    """A time the file claims, never more than a claim. `instant` and `wall_time`: one of them is empty."""

    basis: str  # which field, read by whom: "mvhd creation_time (ffmpeg)", "CreationDate (exiftool)" …
    instant: str  # RFC 3339, or empty
    wall_time: str  # clock of unknown zone, or empty
    trust: Trust
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePosition:
    """A position the file claims (WGS 84). 0,0 is 'unset' and is not listed."""

    basis: str
    lat_deg: float
    lon_deg: float
    altitude_m: float | None
    at_s: float | None  # seconds from the item's zero for telemetry; None: for the file as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class EditListNote:
    """What the container's edit lists do to one track, in words and numbers."""

    stream: int
    presented_from_s: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFacts:
    """The file around the footage: streams, tags, times, positions, device, traces of who re-encoded it."""

    format_name: str
    duration_s: float | None
    bit_rate: int | None
    streams: tuple[Stream, ...]
    tags: tuple[Tag, ...]
    times: tuple[FileTime, ...]
    positions: tuple[FilePosition, ...]
    device: str  # make, model, software as claimed; empty: not said
    rewritten_by: tuple[str, ...]  # indications only: scripts strip and forge them
    edit_lists: tuple[EditListNote, ...]
    readers: tuple[str, ...]  # readers that answered, with their versions
    packets_sha256: tuple[str, ...]  # per stream, over its packet payloads in order: a remux keeps them
    notes: tuple[str, ...]  # what could not be read, and by whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From start_s up to end_s of an item."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in unit coordinates of the displayed picture, y down; left < right, top < bottom."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOverlay:
    """Something that stays at one place of the picture while the rest moves: a logo, caption, bar."""

    box: Box
    share_of_time: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesFacts:
    """What the pictures are like. Arrays: `strip_jpeg` u1 [n bytes] one JPEG of small frames side by side,
    `strip_s` f8 [frames] their times, `brightness` u1 [frames sampled], `change` f4 [frames sampled]
    mean absolute luma change from the frame before (0 to 255), `sampled_s` f8 [frames sampled]; and of one picture a
    second: `looked_s` f8 [n], `colour` u1 [n, 8, 8, 2] Cb and Cr, `detail` f4 [n, 5] (see examine/tone.py)."""

    frames: int  # decoded and presented
    first_s: float
    last_s: float  # time of the last frame
    end_s: float  # when the last frame stops being shown
    width_px: int  # as displayed
    height_px: int
    variable_rate: bool
    frames_per_second: float  # measured over presented frames; 0 for a still
    still: bool
    scene_changes_s: tuple[float, ...]
    black: tuple[Stretch, ...]
    frozen: tuple[Stretch, ...]
    low_texture: tuple[Stretch, ...]
    active: Box  # what is left after letterbox, pillarbox or blurred bars are set aside
    border: Literal["none", "bars", "blurred_bars"]
    overlays: tuple[StillOverlay, ...]
    strip_columns: int
    strip_width_px: int
    strip_height_px: int
    damaged_frames: int  # the decoder said so, or concealed


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintFacts:
    """Local features of sampled frames. Arrays, for n sampled frames and m features in all:
    `frame_s` f8 [n]; `frame_first` u4 [n + 1] where each frame's features begin; `code` u1 [m, bytes a code];
    `xy` u2 [m, 2] position, 0 to 65535 over the displayed picture; `size` u1 [m] log2-scaled feature size;
    `angle` u1 [m] 256ths of a turn, from x towards y; `grey` u1 [n, 32, 32] the small grey picture; `pdq` u1 [n, 32].
    `mirrored` u1 [m, bytes a code] the code each feature has in the mirrored picture (binary features are not
    mirror invariant), zeros in frames of which they were not taken. `trail_s` f8 [k] and `trail` u1 [k, 32, 32]: the
    small grey picture about ten times a second: what moves and when, which is all that tells a copy from another take
    of a still scene. `between_s` f8 [j] and `between` u1 [j, 32, 32]: the pictures between those, in the first seconds.
    `size`: 16 × log2 of the feature's diameter in px at 320 px. `pdq_quality` u1 [n]: 0 to 100, under 50 the hash
    says little."""

    frames: int
    features: int
    code_bits: int
    method: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """A fingerprint of key frames alone, made when there was no time for all pictures. Arrays as in FingerprintFacts,
    without a trail."""

    frames: int
    features: int
    code_bits: int
    method: str
    width_px: int
    height_px: int
    still: bool
    end_s: float  # as the container declares it, or the last key frame's end


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFacts:
    """What the sound is like. Arrays: `peaks` i1 [n, 2] lowest and highest sample of each waveform column, ±127
    at full scale; `level_db` f4 [n] RMS of each column, dB of full scale, −120 at most silent."""

    first_s: float
    end_s: float
    samples_per_second: int  # of the track
    channels: int
    mean_db: float  # RMS, dB of full scale
    peak_db: float
    digital_silence: bool
    silent: tuple[Stretch, ...]
    clipped_ratio: float  # share of samples at full scale
    column_s: float  # seconds of one waveform column
    lost_samples: int  # gaps in the track that were filled with silence


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundprintFacts:
    """Log-mel bands. Array `mel` u1 [columns, bands]: (dB + 100) × 2, clipped to 0…255."""

    first_s: float  # time of the first column's centre
    column_s: float
    bands: int
    low_hz: float
    high_hz: float
    columns: int


FindingValue = ContainerFacts | PicturesFacts | FingerprintFacts | TriageFacts | SoundFacts | SoundprintFacts

VALUE_OF_KIND: dict[str, type] = {
    "container": ContainerFacts,
    "pictures": PicturesFacts,
    "fingerprint": FingerprintFacts,
    "triage": TriageFacts,
    "sound": SoundFacts,
    "soundprint": SoundprintFacts,
}
