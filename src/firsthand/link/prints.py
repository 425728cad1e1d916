"""One item as the search for copies sees it: its findings' arrays, ready to be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from firsthand.link.geometry import Features
from firsthand.model.findings import (
    Box,
    ContainerFacts,
    FingerprintFacts,
    PicturesFacts,
    SoundprintFacts,
    Stream,
    TriageFacts,
)
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import Found, Outcome

T = TypeVar("T")

LONG_SIDE_PX = 320  # fingerprints are taken at this size; all distances in link/ are in these pixels
TRAIL = 32  # a trail picture is this wide and high, whatever the picture's shape
NO_PACKETS = sha256(b"").hexdigest()
SIZES_AN_OCTAVE = 16  # steps in which feature sizes are stored


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FineFeatures:
    """Features of some of the sampled frames at twice the size: asked for, never indexed. k frames, m features."""

    frame: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))  # [k] among the sampled frames
    first: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, np.int64))  # [k + 1]
    code: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((0, 4), np.uint64))  # [m, words]
    mirrored: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((0, 4), np.uint64))
    xy: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))  # [m, 2], as Print's
    diameter_px: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    angle: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))

    def part(self, frame: int) -> slice | None:
        """Where this frame's features lie; None where it was not looked at so closely."""
        place = int(np.searchsorted(self.frame, frame))
        if place >= len(self.frame) or self.frame[place] != frame:
            return None
        return slice(int(self.first[place]), int(self.first[place + 1]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Print:
    """What is compared of one item. Arrays are read-only; n sampled frames, m features, k trail pictures.

    `size_px` is the displayed picture scaled so that its long side is 320 px; `xy` are positions in it.
    """

    item: ItemId
    picture_packets: tuple[str, ...]  # SHA-256 of each picture track's packets; empty: none, or not known
    sound_packets: tuple[str, ...]  # of each sound track's
    still: bool
    end_s: float  # when the last picture stops being shown; 0 for a still
    size_px: tuple[float, float]  # width, height
    frame_s: NDArray[np.float64]  # [n]
    frame_first: NDArray[np.int64]  # [n + 1]
    code: NDArray[np.uint64]  # [m, words]
    mirrored: NDArray[np.uint64]  # [m, words]; zeros in frames of which the fingerprint holds none
    xy: NDArray[np.float32]  # [m, 2]
    diameter_px: NDArray[np.float32]  # [m]
    angle: NDArray[np.float32]  # [m] radians, from x towards y
    trail_s: NDArray[np.float64]  # [k]
    trail: NDArray[np.uint8]  # [k, 32, 32]
    between_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # [j] of the first seconds only
    between: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, TRAIL, TRAIL), np.uint8))  # [j, 32, 32]
    border: str  # "none", "bars", "blurred_bars"; "" where not known
    codecs: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()  # how each picture track declares to be coded: profile, pixel format, size
    bit_rate: int = 0  # of all tracks; 0: not known
    picture_bit_rate: int = 0  # of the first picture track; 0: not known
    pixels: int = 0  # of the displayed picture; 0: not known
    active: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)  # left, top, right, bottom without bars
    overlays: tuple[tuple[float, float, float, float], ...] = ()  # what stays while the rest moves, in the same terms
    cuts_s: tuple[float, ...] = ()  # where a scene ends and the next begins
    looked_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # [l]
    colour: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 8, 8, 2), np.uint8))  # [l, 8, 8, 2] Cb, Cr
    detail: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 5), np.float32))  # [l, 5], examine/tone.py
    fine: FineFeatures = field(default_factory=FineFeatures)
    mel: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))  # [columns, bands]
    mel_first_s: float = 0.0
    mel_column_s: float = 0.0
    pdq: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 32), np.uint8))  # [n, 32]
    pdq_quality: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))  # [n] 0 to 100
    key_frames_only: bool = False  # it was looked at in haste: what moves is not known

    def features(self, frame: int, *, fine: bool = False) -> Features:
        """The features of one sampled frame; with `fine`, those found at twice the size too."""
        part = slice(self.frame_first[frame], self.frame_first[frame + 1])
        usual = Features(
            code=self.code[part], xy=self.xy[part], diameter_px=self.diameter_px[part], angle=self.angle[part]
        )
        close = self.fine.part(frame) if fine else None
        if close is None:
            return usual
        return Features(
            code=np.concatenate([usual.code, self.fine.code[close]]),
            xy=np.concatenate([usual.xy, self.fine.xy[close]]),
            diameter_px=np.concatenate([usual.diameter_px, self.fine.diameter_px[close]]),
            angle=np.concatenate([usual.angle, self.fine.angle[close]]),
        )

    def mirrored_features(self, frame: int, *, fine: bool = False) -> Features:
        """The features of one sampled frame as its mirror image (left for right) has them; none where they were not
        taken."""
        part = slice(self.frame_first[frame], self.frame_first[frame + 1])
        plain, code = self.features(frame, fine=fine), self.mirrored[part]
        close = self.fine.part(frame) if fine else None
        if close is not None:
            code = np.concatenate([code, self.fine.mirrored[close]])
        taken = code.any(axis=1)
        return Features(
            code=code[taken],
            xy=np.array([self.size_px[0], 0], np.float32) + plain.xy[taken] * np.array([-1, 1], np.float32),
            diameter_px=plain.diameter_px[taken],
            angle=np.float32(np.pi) - plain.angle[taken],
        )

    def closely(self) -> "Print":
        """The same with the pictures between those of the trail taken into it: denser in the first seconds."""
        if not len(self.between_s):
            return self
        at_s = np.concatenate([self.trail_s, self.between_s])
        order = np.argsort(at_s, kind="stable")
        both = np.concatenate([self.trail, self.between])[order]
        nothing = np.zeros((0, TRAIL, TRAIL), np.uint8)
        return replace(self, trail_s=at_s[order], trail=both, between_s=np.zeros(0), between=nothing)

    @property
    def frames(self) -> int:
        """How many frames were sampled."""
        return len(self.frame_s)


def print_of(item: ItemId, outcomes: Mapping[str, Outcome]) -> Print | None:
    """The item's print from its current findings, by kind; None where there is nothing to compare.

    Wants "container", "pictures", "fingerprint" and "soundprint", and does with what was found. Without a
    fingerprint that of key frames alone ("triage") serves, and a file can still be compared by its packets.
    """
    triage = _value(outcomes, "triage", TriageFacts) if "fingerprint" not in outcomes else None
    prints = triage or _value(outcomes, "fingerprint", FingerprintFacts)
    container = _value(outcomes, "container", ContainerFacts)
    pictures = _value(outcomes, "pictures", PicturesFacts)
    sound = _value(outcomes, "soundprint", SoundprintFacts)
    if prints is None and container is None and sound is None:
        return None
    arrays = _arrays(outcomes.get("triage" if triage else "fingerprint"))
    looks = _arrays(outcomes.get("pictures"))
    frame_s = arrays.get("frame_s", np.zeros(0))
    # A fingerprint made before trails were kept still has a small picture for every sampled frame.
    moving = ("trail_s", "trail") if "trail" in arrays else ("frame_s", "grey")
    still = pictures.still if pictures else triage.still if triage else False
    width_px, height_px = _size(prints, pictures)
    mel = _arrays(outcomes.get("soundprint")).get("mel", np.zeros((0, 0), np.uint8))
    return Print(
        item=item,
        picture_packets=_packets(container, "video"),
        sound_packets=_packets(container, "audio"),
        still=still,
        end_s=0.0 if still else triage.end_s if triage and not pictures else _end(pictures, container, frame_s),
        size_px=(width_px, height_px),
        frame_s=frame_s.astype(np.float64),
        frame_first=arrays.get("frame_first", np.zeros(1)).astype(np.int64),
        code=_words(arrays.get("code")),
        mirrored=_of_all(_words(arrays.get("mirrored")), like=_words(arrays.get("code"))),
        xy=_places(arrays.get("xy"), width_px, height_px),
        diameter_px=_diameters(arrays.get("size")),
        angle=_angles(arrays.get("angle")),
        fine=FineFeatures(
            frame=arrays.get("fine_frame", np.zeros(0)).astype(np.int64),
            first=arrays.get("fine_first", np.zeros(1)).astype(np.int64),
            code=_words(arrays.get("fine_code")),
            mirrored=_of_all(_words(arrays.get("fine_mirrored")), like=_words(arrays.get("fine_code"))),
            xy=_places(arrays.get("fine_xy"), width_px, height_px),
            diameter_px=_diameters(arrays.get("fine_size")),
            angle=_angles(arrays.get("fine_angle")),
        ),
        trail_s=arrays.get(moving[0], np.zeros(0)).astype(np.float64),
        trail=arrays.get(moving[1], np.zeros((0, TRAIL, TRAIL), np.uint8)),
        between_s=arrays.get("between_s", np.zeros(0)).astype(np.float64),
        between=arrays.get("between", np.zeros((0, TRAIL, TRAIL), np.uint8)),
        border=pictures.border if pictures else "",
        codecs=tuple(f"{one.type}:{one.codec}" for one in container.streams) if container else (),
        coded=_coded(container),
        bit_rate=(container.bit_rate or 0) if container else 0,
        picture_bit_rate=next((one.bit_rate or 0 for one in _pictures_of(container)), 0),
        pixels=pictures.width_px * pictures.height_px if pictures else 0,
        active=_box(pictures.active) if pictures else (0.0, 0.0, 1.0, 1.0),
        overlays=tuple(_box(one.box) for one in pictures.overlays) if pictures else (),
        cuts_s=pictures.scene_changes_s if pictures else (),
        looked_s=looks.get("looked_s", np.zeros(0)).astype(np.float64),
        colour=looks.get("colour", np.zeros((0, 8, 8, 2), np.uint8)),
        detail=looks.get("detail", np.zeros((0, 5), np.float32)).astype(np.float32),
        mel=mel,
        mel_first_s=sound.first_s if sound else 0.0,
        mel_column_s=sound.column_s if sound else 0.0,
        pdq=arrays.get("pdq", np.zeros((0, 32), np.uint8)),
        pdq_quality=arrays.get("pdq_quality", np.zeros(0, np.uint8)),
        key_frames_only=triage is not None,
    )


def _value(outcomes: Mapping[str, Outcome], kind: str, expected: type[T]) -> T | None:
    outcome = outcomes.get(kind)
    if isinstance(outcome, Found) and isinstance(outcome.value, expected):
        return outcome.value
    return None


def _arrays(outcome: Outcome | None) -> dict[str, NDArray[Any]]:
    if not isinstance(outcome, Found):
        return {}
    return {
        name: np.frombuffer(array.data, np.dtype(array.dtype).newbyteorder("<")).reshape(array.shape)
        for name, array in outcome.arrays
    }


def _packets(container: ContainerFacts | None, track: str) -> tuple[str, ...]:
    if container is None or len(container.packets_sha256) != len(container.streams):
        return ()
    return tuple(
        digest
        for stream, digest in zip(container.streams, container.packets_sha256, strict=True)
        if stream.type == track and not stream.attached_picture and digest not in ("", NO_PACKETS)
    )


def _pictures_of(container: ContainerFacts | None) -> list[Stream]:
    streams = container.streams if container else ()
    return [one for one in streams if one.type == "video" and not one.attached_picture]


def _coded(container: ContainerFacts | None) -> tuple[str, ...]:
    return tuple(
        f"{one.codec} {one.profile} {one.pixel_format} {one.width_px}x{one.height_px}"
        for one in _pictures_of(container)
    )


def _size(prints: FingerprintFacts | TriageFacts | None, pictures: PicturesFacts | None) -> tuple[float, float]:
    width, height = (pictures.width_px, pictures.height_px) if pictures else (0, 0)
    if prints and not (width and height):
        width, height = prints.width_px, prints.height_px
    longest = max(width, height)
    return (LONG_SIDE_PX * width / longest, LONG_SIDE_PX * height / longest) if longest else (0.0, 0.0)


def _end(pictures: PicturesFacts | None, container: ContainerFacts | None, frame_s: NDArray[Any]) -> float:
    if pictures:
        return pictures.end_s
    if container and container.duration_s is not None:
        return container.duration_s
    return float(frame_s[-1]) if len(frame_s) else 0.0


def _box(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _places(xy: NDArray[Any] | None, width_px: float, height_px: float) -> NDArray[np.float32]:
    return ((np.zeros((0, 2)) if xy is None else xy) / 65535 * [width_px, height_px]).astype(np.float32)


def _diameters(size: NDArray[Any] | None) -> NDArray[np.float32]:
    return np.exp2((np.zeros(0) if size is None else size) / SIZES_AN_OCTAVE).astype(np.float32)


def _angles(angle: NDArray[Any] | None) -> NDArray[np.float32]:
    return ((np.zeros(0) if angle is None else angle) * (2 * np.pi / 256)).astype(np.float32)


def _of_all(mirrored: NDArray[np.uint64], *, like: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A mirrored code for every feature: zeros throughout where there is not one each."""
    return mirrored if mirrored.shape == like.shape else np.zeros_like(like)


def _words(code: NDArray[Any] | None) -> NDArray[np.uint64]:
    """Codes as whole 64-bit words, so that distances are a few population counts."""
    if code is None or not code.size:
        return np.zeros((0, 4), np.uint64)
    spare = -code.shape[1] % 8
    return np.ascontiguousarray(np.pad(code, ((0, 0), (0, spare)))).view(np.uint64)
