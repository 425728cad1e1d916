"""Peers, from their published descriptions: vPDQ's bag of hashes, PDQ in eight orientations, pHash.

A peer keeps hashes of frames, no times and no places; it is asked only whether two clips share footage.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.pdq import pdq
from firsthand.examine.sampling import Ticks
from firsthand.media.frames import Picture

NEAR_BITS = 31  # vPDQ's own limit
GOOD_QUALITY = 50
REFERENCE_EVERY = 5  # hashes are taken 5 a second; queries keep every fifth


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPrint:
    """[frames, 8, 32] uint8 PDQ of eight orientations, [frames] quality, [frames, 8] uint8 pHash; 5 frames a second."""

    pdq: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    phash: NDArray[np.uint8]


class PeerPrinter:
    """Sees pictures as examiners do."""

    def __init__(self) -> None:
        self._ticks = Ticks(0.2)
        self._pdq: list[NDArray[np.uint8]] = []
        self._quality: list[int] = []
        self._phash: list[NDArray[np.uint8]] = []

    def see(self, picture: Picture) -> None:
        if not self._ticks.wants(picture.at_s):
            return
        grey = picture.grey(320)
        turned = [np.ascontiguousarray(np.rot90(side, k)) for side in (grey, grey[:, ::-1]) for k in range(4)]
        hashed = [pdq(one) for one in turned]
        self._pdq.append(np.stack([bits for bits, _ in hashed]))
        self._quality.append(hashed[0][1])
        terms = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))[:8, :8]
        self._phash.append(np.packbits((terms > np.median(terms)).ravel()))

    def finish(self) -> PeerPrint:
        if not self._pdq:
            return PeerPrint(
                pdq=np.zeros((0, 8, 32), np.uint8), quality=np.zeros(0, np.uint8), phash=np.zeros((0, 8), np.uint8)
            )
        return PeerPrint(
            pdq=np.stack(self._pdq), quality=np.array(self._quality, np.uint8), phash=np.stack(self._phash)
        )


def scores(query: PeerPrint, reference: PeerPrint) -> dict[str, float]:
    """How alike each peer finds the two, more is more alike. Names end in the references' hashes a second.

    Good frames: those of a quality vPDQ looks at; black and flat ones are all alike.
    """
    found: dict[str, float] = {}
    asked = slice(None, None, REFERENCE_EVERY)
    for rate, kept in (("1 fps", asked), ("5 fps", slice(None))):
        good_q, good_r = query.quality[asked] >= GOOD_QUALITY, reference.quality[kept] >= GOOD_QUALITY
        plain = _bits(query.pdq[asked][:, 0], reference.pdq[kept][:, 0])
        near = (plain <= NEAR_BITS) & good_q[:, None] & good_r[None]
        found[f"vPDQ, {rate}"] = float(near.any(1).sum() / max(1, good_q.sum())) if near.size else 0.0
        whole = min(float(near.any(1).mean()), float(near.any(0).mean())) if near.size else 0.0
        found[f"vPDQ, 80 % of both, {rate}"] = whole
        turned = [_bits(query.pdq[asked][:, side], reference.pdq[kept][:, 0]) for side in range(8)]
        found[f"PDQ in 8 orientations, {rate}"] = max((_alike(one, 256) for one in turned), default=0.0)
        good = [one[good_q][:, good_r] for one in turned]
        found[f"PDQ in 8 orientations, good frames, {rate}"] = max((_alike(one, 256) for one in good), default=0.0)
        found[f"pHash, {rate}"] = _alike(_bits(query.phash[asked], reference.phash[kept]), 64)
    return found


def _alike(bits: NDArray[np.int64], of: int) -> float:
    """1 where the better half of the query's frames have an equal among the reference's."""
    if not bits.size:
        return 0.0
    return 1 - float(np.median(bits.min(1))) / of


def _bits(p: NDArray[np.uint8], q: NDArray[np.uint8]) -> NDArray[np.int64]:
    if not len(p) or not len(q):
        return np.zeros((len(p), len(q)), np.int64)
    return np.asarray(np.bitwise_count(p[:, None] ^ q[None]).sum(2), np.int64)
