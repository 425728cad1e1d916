"""Scaling planes of samples down by halves, which costs a tenth of any other scaling."""

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Of a side that is not even the last line would be lost; of a large one that is less than a pixel of any small picture.
_LARGE_PX = 512
# A square needs no more lines than this: reading a large plane from memory takes longer than averaging it.
_LINES = 360
# Blending costs by what it gives, twenty times as much a sample as halving.
_BLENDED = 1 << 15


def halved_to(plane: NDArray[Any], width_px: int, height_px: int) -> NDArray[Any] | None:
    """[height_px, width_px], each sample the mean of those it covers; the plane itself where it has this size; None
    where halving does not lead there. plane: [height, width] uint8 or uint16."""
    height, width = plane.shape
    times = (height // height_px).bit_length() - 1
    if times < 0 or (height, width) != (height_px << times, width_px << times):
        return None
    for _ in range(times):
        plane = _half(plane)
    return plane


def shrunk(plane: NDArray[Any], width_px: int, height_px: int) -> NDArray[Any]:
    """[height_px, width_px] of the plane's type, for people to look at: halved as often as it goes, then blended, of
    every n-th line where it has many."""
    plane = plane[:: max(1, plane.shape[0] // (4 * height_px))]
    while (across := plane.shape[1] >= 2 * width_px) | (down := plane.shape[0] >= 2 * height_px):
        plane = _half(plane, across=across, down=down)
    return plane if plane.shape == (height_px, width_px) else _resized(plane, width_px, height_px, cv2.INTER_LINEAR)


def square(plane: NDArray[Any], side_px: int) -> NDArray[Any]:
    """[side_px, side_px] of the plane's type: all of the plane drawn square, of every n-th line where it has many.

    0.03 to 0.1 ms up to 1080p, a fifth of what the mean over every sample costs, from which it is about 0.5 grey levels
    off (mean over sample clips; 2 were it halved all the way down, since cells end inside of halved samples).
    """
    plane = plane[:: max(1, plane.shape[0] // _LINES)]
    halvings, width, height = _to_square(*plane.shape, side_px)
    for _ in range(halvings):
        plane = _half(plane)
    return _resized(_resized(plane, width, height, cv2.INTER_LINEAR), side_px, side_px, cv2.INTER_AREA)


@lru_cache(maxsize=16)
def _to_square(height: int, width: int, side_px: int) -> tuple[int, int, int]:
    """How often a plane is halved, and to which width and height it is blended then.

    What is left is less than twice a power of two on each side: blending neighbours loses little, and then halves do.
    """
    halvings = 0
    while _halves_well(height, width, 4 * side_px):
        halvings, height, width = halvings + 1, height // 2, width // 2
    width, height = _doubled(side_px, width), _doubled(side_px, height)
    while width * height > max(_BLENDED, side_px**2):
        width, height = (width // 2, height) if width >= height else (width, height // 2)
    return halvings, width, height


def _halves_well(height: int, width: int, least_px: int) -> bool:
    """Whether the half has sides this large, and no line is lost that could be seen missing."""
    return min(height, width) >= 2 * least_px and all(side % 2 == 0 or side >= _LARGE_PX for side in (height, width))


def _half(plane: NDArray[Any], *, across: bool = True, down: bool = True) -> NDArray[Any]:
    times_down, times_across = 1 + down, 1 + across
    height, width = plane.shape[0] // times_down, plane.shape[1] // times_across
    return _resized(plane[: times_down * height, : times_across * width], width, height, cv2.INTER_AREA)


def _doubled(side_px: int, at_most_px: int) -> int:
    """side_px times the largest power of two that fits, side_px at least."""
    while 2 * side_px <= at_most_px:
        side_px *= 2
    return side_px


def _resized(plane: NDArray[Any], width_px: int, height_px: int, method: int) -> NDArray[Any]:
    return np.asarray(cv2.resize(plane, (width_px, height_px), interpolation=method))
