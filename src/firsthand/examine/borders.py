"""Bars around the picture, plain or filled with a blurred copy of it: what is left is the active picture."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.model.findings import Box

WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderSettings:
    """When the outside of a picture is a border.

    plain_spread: mean over time of a line's standard deviation (0 to 255) in a plain bar; plain_drift: how far its
    brightness may move over time; plain_dark: bars darker than this, if they are an even pair, need no visible edge,
    since the picture beside them may be dark too; plain_edge: brightness step that others need. least_ratio: share
    of the side under which a border is an encoder's dirt. blurred_ratio: a blurred bar has at most this share of the
    middle's fine detail, and the middle at least blurred_detail of it; blurred_least, blurred_most: share of the side
    that one bar at least, and both together at most, take; uneven_ratio: how unlike the two bars may be.
    """

    plain_spread: float = 3.0
    plain_drift: float = 2.0
    plain_dark: float = 26.0
    plain_edge: float = 8.0
    least_ratio: float = 0.012
    blurred_ratio: float = 0.3
    blurred_detail: float = 1.2
    blurred_most: float = 0.8
    blurred_least: float = 0.06
    uneven_ratio: float = 0.03


def borders(
    pictures: NDArray[np.uint8], settings: BorderSettings
) -> tuple[Box, Literal["none", "bars", "blurred_bars"]]:
    """The active picture and what surrounds it.

    Args: pictures: [n, height, width] uint8 grey, spread over the clip, black ones left out.
    Limits: bars that hold captions are cut only up to the caption; a plain wall or sky that never changes along a
        straight edge of the picture looks like a bar; blurred bars are found as an even pair only.
    """
    if not len(pictures):
        return WHOLE, "none"
    top, bottom = _plain(pictures, settings)
    left, right = _plain(pictures.transpose(0, 2, 1), settings)
    plain = Box(left=left, top=top, right=right, bottom=bottom)
    if plain != WHOLE:
        return plain, "bars"
    left, right = _blurred(pictures, settings)
    top, bottom = _blurred(pictures.transpose(0, 2, 1), settings)
    blurred = Box(left=left, top=top, right=right, bottom=bottom)
    return (blurred, "blurred_bars") if blurred != WHOLE else (WHOLE, "none")


def _plain(pictures: NDArray[np.uint8], settings: BorderSettings) -> tuple[float, float]:
    """How much of the height the plain bars at the top and the bottom leave: from, to (0 to 1)."""
    height, width = pictures.shape[1:]
    numbers = pictures.astype(np.float32)
    means = numbers.mean(axis=2)
    squares = np.einsum("nij,nij->ni", numbers, numbers) / width
    spreads = np.sqrt(np.maximum(squares - means**2, 0))
    plain = (spreads.mean(axis=0) < settings.plain_spread) & (means.std(axis=0) < settings.plain_drift)
    level = means.mean(axis=0)
    if plain.all() or not (plain[0] or plain[-1]):  # bars begin at the edge, where most pictures have none
        return 0.0, 1.0
    steps = np.mean([_steps_down(np.ascontiguousarray(one)) for one in pictures], axis=0)
    above, above_seen = _bar(plain, level, steps, settings)
    below, below_seen = _bar(plain[::-1], level[::-1], steps[::-1], settings)
    # Darkness beside a dark picture is a bar only as one of an even pair: a night scene has dark sides too.
    even = abs(above - below) <= max(1, settings.uneven_ratio * height)
    if not above_seen and not (below and even):
        above = 0
    if not below_seen and not (above and even):
        below = 0
    return above / height, 1 - below / height


def _steps_down(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean brightness step from each line to the next, [height - 1]."""
    steps = cv2.reduce(cv2.absdiff(picture[1:], picture[:-1]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return np.asarray(steps[:, 0], dtype=np.float64)


def _bar(
    plain: NDArray[np.bool_], level: NDArray[np.float32], steps: NDArray[np.float64], settings: BorderSettings
) -> tuple[int, bool]:
    """Lines of the bar that begins at line 0, 0 for none; and whether its edge can be seen."""
    lines = int(np.argmin(plain))
    same = np.abs(level[:lines] - np.median(level[:lines])) < settings.plain_spread if lines else plain[:0]
    lines = lines if same.all() else int(np.argmin(same))
    if lines < max(1, settings.least_ratio * len(plain)):
        return 0, False
    seen = float(steps[max(0, lines - 2) : lines + 2].max()) >= settings.plain_edge
    dark = float(np.median(level[:lines])) < settings.plain_dark
    return (lines if dark or seen else 0), seen


def _blurred(pictures: NDArray[np.uint8], settings: BorderSettings) -> tuple[float, float]:
    """What an even pair of blurred bars left and right leaves of the width: from, to (0 to 1)."""
    width = pictures.shape[2]
    detail = np.zeros(width, np.float64)
    seam = np.zeros(width - 1, np.float64)
    for picture in pictures:
        turned = np.ascontiguousarray(picture)
        fine = cv2.convertScaleAbs(cv2.Laplacian(turned, cv2.CV_16S))
        detail += cv2.reduce(fine, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
        seam += cv2.reduce(cv2.absdiff(turned[:, 1:], turned[:, :-1]), 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
    detail /= len(pictures)
    seam /= len(pictures)
    first, last = int(settings.blurred_least * width), int(settings.blurred_most / 2 * width)
    # A seam stands out from its neighbours on the blurred side at least; the best even pair of seams wins.
    best, found = 0.0, (0, 0)
    slack = max(1, round(settings.uneven_ratio * width))
    from_the_right = seam[::-1].tolist()
    from_the_left = seam.tolist()
    for from_left in range(max(first, 3), last):
        if from_the_left[from_left - 1] <= best:
            continue
        near = range(max(3, from_left - slack), min(last, from_left + slack) + 1)
        from_right = max(near, key=lambda one: from_the_right[one - 1])
        weaker = min(from_the_left[from_left - 1], from_the_right[from_right - 1])
        if weaker > best:
            best, found = weaker, (from_left, from_right)
    if not best:
        return 0.0, 1.0
    from_left, from_right = found
    outside = np.concatenate([detail[: from_left - 2], detail[width - from_right + 2 :]])
    inside = detail[from_left + 2 : width - from_right - 2]
    quiet = outside.mean() < settings.blurred_ratio * inside.mean() and inside.mean() > settings.blurred_detail
    usual = np.concatenate([seam[: from_left - 3], seam[width - from_right + 2 :]])
    if not quiet or best < 3 * usual.mean() + 1:
        return 0.0, 1.0
    return from_left / width, 1 - from_right / width
