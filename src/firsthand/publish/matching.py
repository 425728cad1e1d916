"""Which stored pictures of two copies show the same instant, and the one laid on the other."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.model.links import CopyFound

Pixels = NDArray[np.uint8]  # [height, width, 3] BGR

MOST_PAIRS = 3
# Further apart, the difference would show movement, not editing.
_NEAR_ENOUGH_S = 0.5
_TOO_FAR_S = 6.0
_QUALITY = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePair:
    """Number a of one strip and number b of the other; apart_s: how far apart in the recording."""

    a: int
    b: int
    a_s: float
    b_s: float
    apart_s: float


def frame_pairs(copy: CopyFound, a_at_s: tuple[float, ...], b_at_s: tuple[float, ...]) -> tuple[FramePair, ...]:
    """At most MOST_PAIRS pairs of pictures, the nearest in time, in the order of the recording, spread over it."""
    pairs = []
    for number, at_s in enumerate(a_at_s):
        if not (copy.a.start_s <= at_s <= copy.a.end_s) or not b_at_s:
            continue
        wanted_s = b_second(copy, at_s)
        inside = [n for n, b_s in enumerate(b_at_s) if copy.b.start_s <= b_s <= copy.b.end_s]
        if not inside:
            continue
        other = min(inside, key=lambda n: abs(b_at_s[n] - wanted_s))
        apart_s = abs(b_at_s[other] - wanted_s) * abs(copy.speed)
        if apart_s <= _TOO_FAR_S:
            pairs.append(FramePair(a=number, b=other, a_s=at_s, b_s=b_at_s[other], apart_s=apart_s))
    chosen: list[FramePair] = []
    for pair in sorted(pairs, key=lambda one: (round(one.apart_s, 1), one.a)):
        gap_s = (copy.a.end_s - copy.a.start_s) / (MOST_PAIRS + 1)
        if len(chosen) < MOST_PAIRS and all(abs(pair.a_s - one.a_s) >= gap_s for one in chosen):
            chosen.append(pair)
    return tuple(sorted(chosen, key=lambda one: one.a_s))


def b_second(copy: CopyFound, a_s: float) -> float:
    """The second of b that shows what a shows at a_s."""
    if copy.speed == 0:
        return copy.b.start_s
    into_b_s = (a_s - copy.a.start_s) / abs(copy.speed)
    return copy.b.end_s - into_b_s if copy.speed < 0 else copy.b.start_s + into_b_s


def jpeg_size_px(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height a JPEG declares, without decoding it; None: its head is not one.

    Strips come from a process that decoded hostile files, so nothing is decoded here before its size is known.
    """
    at = 2
    if jpeg[:2] != b"\xff\xd8":
        return None
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in (0xC0, 0xC1, 0xC2):
            return int.from_bytes(jpeg[at + 7 : at + 9], "big"), int.from_bytes(jpeg[at + 5 : at + 7], "big")
        at += 2 + size
    return None


def strip_pictures(jpeg: bytes, *, columns: int, width_px: int, height_px: int) -> tuple[Pixels, ...]:
    """The pictures of a strip, each [height, width, 3] uint8 BGR; none where the JPEG is not what the finding says."""
    if columns < 1 or jpeg_size_px(jpeg) != (columns * width_px, height_px):
        return ()
    whole = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if whole is None or whole.shape[:2] != (height_px, columns * width_px):
        return ()
    pixels = np.asarray(whole, np.uint8)
    return tuple(pixels[:, n * width_px : (n + 1) * width_px] for n in range(columns))


def as_jpeg(picture: Pixels) -> bytes:
    """The picture as JPEG."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def laid_on(copy: CopyFound, pair: FramePair, a: Pixels, b: Pixels) -> tuple[Pixels, float] | None:
    """b minus a laid on b by the copy's transform: grey is the same, light and dark differ, hatched is not in a.

    Brightness and contrast are levelled first, so that a mere change of exposure is not shown as an edit. Returns
    the picture and the mean absolute difference where both show something (0 to 1); None where the pictures are too
    far apart or no transform is known.
    """
    if copy.transform is None or pair.apart_s > _NEAR_ENOUGH_S:
        return None
    height, width = b.shape[:2]
    to_unit = np.diag([1 / a.shape[1], 1 / a.shape[0], 1.0])
    matrix = np.diag([float(width), float(height)]) @ np.array(copy.transform, np.float64) @ to_unit
    if not np.isfinite(matrix).all():
        return None
    grey_a = np.asarray(cv2.cvtColor(a, cv2.COLOR_BGR2GRAY), np.uint8)
    laid = cv2.warpAffine(grey_a, matrix, (width, height), flags=cv2.INTER_LINEAR)
    shown = cv2.warpAffine(np.full(a.shape[:2], 255, np.uint8), matrix, (width, height), flags=cv2.INTER_NEAREST) > 0
    if shown.mean() < 0.05:
        return None
    ours = np.asarray(cv2.cvtColor(b, cv2.COLOR_BGR2GRAY), np.float32)
    theirs = _levelled(np.asarray(laid, np.float32), ours, shown)
    signed = ours - theirs
    picture = np.clip(128 + signed, 0, 255)
    picture[~shown] = np.where(sum(np.indices(shown.shape)) % 8 < 2, 150, 225)[~shown]
    return np.repeat(picture.astype(np.uint8)[:, :, None], 3, axis=2), float(np.abs(signed[shown]).mean() / 255)


def _levelled(other: NDArray[np.float32], ours: NDArray[np.float32], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
    spread = max(float(other[shown].std()), 1.0)
    gain = min(max(float(ours[shown].std()) / spread, 0.5), 2.0)
    return np.asarray((other - other[shown].mean()) * gain + ours[shown].mean(), np.float32)
