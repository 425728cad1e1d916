"""The PDQ hash of a picture: 256 bits and how much they are worth.

Written from the published description (Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing
algorithm", 2019): luma, two passes of a box filter, 64 × 64 samples, the 16 × 16 lowest cosine terms without the
constant, each bit whether a term lies above their median.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

_SAMPLES = 64
_TERMS = 16


def pdq(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """The hash of a grey picture [height, width] uint8, and its quality.

    Returns: [32] uint8 as the reference program writes them in hex: bit 255 - (16 v + h), most significant first,
        is the v-th vertical, h-th horizontal cosine term; quality 0 to 100, the published share of steps between
        neighbouring samples: under 50, hashes of unlike pictures meet by chance.
    Limits: smoothed in whole brightness steps, bits whose terms lie close to the median can differ from the
        reference program's (pdqhash 0.2.8, 38 real pictures of 320 px: 1 bit in the middle, 6 at most).
    """
    height, width = grey.shape
    smooth = grey
    window = (_window(width), _window(height))
    anchor = ((window[0] - 1) // 2, (window[1] - 1) // 2)  # even windows lean to the right and down, as published
    for _ in range(2):
        smooth = np.asarray(cv2.blur(smooth, window, anchor=anchor, borderType=cv2.BORDER_REFLECT), dtype=np.uint8)
    small = smooth[_sampled(height)].take(_sampled(width), axis=1).astype(np.float32)
    terms = cv2.dct(small)[1 : _TERMS + 1, 1 : _TERMS + 1].ravel()
    # As np.median, which takes three times as long.
    middle = np.sort(terms)[terms.size // 2 - 1 : terms.size // 2 + 1].mean()
    return np.packbits((terms > middle)[::-1]), _quality(small)


@lru_cache(maxsize=64)
def _sampled(length: int) -> NDArray[np.int64]:
    """[64]: the lines that are sampled of so many."""
    return ((np.arange(_SAMPLES) + 0.5) * length / _SAMPLES).astype(np.int64)


def _window(length: int) -> int:
    return (length + 2 * _SAMPLES - 1) // (2 * _SAMPLES)


def _quality(small: NDArray[np.float32]) -> int:
    down = np.abs(np.trunc(np.diff(small, axis=0) * (100 / 255))).sum()
    across = np.abs(np.trunc(np.diff(small, axis=1) * (100 / 255))).sum()
    return min(100, int((down + across) / 90))
