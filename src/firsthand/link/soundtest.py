"""The sound as a second witness of a copy that the pictures showed."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from firsthand.link.motion import TimeMap
from firsthand.link.prints import Print

SAME = 0.5  # correlation of band changes; re-encoded copies lie above 0.8, other sound below 0.2
OTHER = 0.15
SHORTEST_S = 1.0
REACH_S = 0.3  # the pictures' time map is sampled at a fifth of a second; sound may lie this far beside it


def sound_agreement(
    a: Print, b: Print, *, time_map: TimeMap, b_start_s: float, b_end_s: float
) -> Literal["same", "other", "not known"]:
    """Whether a and b sound alike over a span of b under the pictures' time map.

    "not known": no sound in one of them, too short, too quiet, changed speed (pitch shifts), or in between.
    """
    if not len(a.mel) or not len(b.mel) or a.mel.shape[1] != b.mel.shape[1] or abs(time_map.speed - 1) > 0.02:
        return "not known"
    if b_end_s - b_start_s < SHORTEST_S or abs(a.mel_column_s - b.mel_column_s) > 1e-9:
        return "not known"
    grid_s = np.arange(b_start_s, b_end_s, b.mel_column_s)
    heard_b = _changes(_columns(b, grid_s))
    best = 0.0
    for shift in range(-int(REACH_S / b.mel_column_s), int(REACH_S / b.mel_column_s) + 1):
        heard_a = _changes(_columns(a, time_map.speed * grid_s + time_map.offset_s + shift * b.mel_column_s))
        norm = float(np.sqrt((heard_a**2).sum() * (heard_b**2).sum()))
        if norm / max(1, heard_b.size) < 1.0:  # both must change by a level or so: silence agrees with silence
            return "not known"
        best = max(best, float((heard_a * heard_b).sum()) / norm)
    return "same" if best >= SAME else "other" if best <= OTHER else "not known"


def _columns(one: Print, at_s: NDArray[np.float64]) -> NDArray[np.float32]:
    place = np.round((at_s - one.mel_first_s) / one.mel_column_s).astype(np.int64)
    return one.mel[np.clip(place, 0, len(one.mel) - 1)].astype(np.float32)


def _changes(columns: NDArray[np.float32]) -> NDArray[np.float32]:
    level = columns - columns.mean(1, keepdims=True)  # loudness is the easiest thing to edit
    return np.asarray(level[4:] - level[:-4])
