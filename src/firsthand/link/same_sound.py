"""The sound as a first witness: do two items hold the very same recording of a sound, and where?

Two microphones at one event hear the same things at the same times, so that agreeing in time proves one event and not
one recording. What they do not share is the level: each place adds its own echoes. So where both sounds stand well
above their own background, the difference of their levels, band by band, is compared with its own middle: in a copy
it hardly varies, even under noise; in two rooms' echoes it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.link.prints import Print

COLUMNS = 4  # joined to one in the search: 64 ms
BANDS = 4  # joined to one in the search: 12 of 48
SHORTEST_S = 3.0
FEWEST_DEVIATIONS = 5.0  # of the best lag over the pair's own lags: only to spare strangers the closer look
ABOVE_DB = 15.0  # over the level that a band exceeds four fifths of the time
FEWEST_LOUD = 300  # cells of one band and one column
MOST_DB = 6.0  # a cell that differs by more counts as this: a cough over one of the copies
SECOND = 62  # columns
BLOCK = SECOND * 1800
FEWEST_OF_A_SECOND = 20  # loud cells; fewer say nothing of that second
AGREES_DB = 1.5  # mean residual of a second that still belongs to the copy

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSound:
    """Second t of b's sound is second t + offset_s of a's, from b_start_s to b_end_s; to about ten milliseconds.

    residual_db: mean size, over what is loud in both, of what is left of the levels' difference. Noise laid over a
    copy leaves 0.1 to 0.5, two encodings 0.75, two microphones in one room 1.3 to 1.8, and 0.5 to 0.8 where both stand
    so near to the source that there is hardly an echo: those cannot be told from a copy by sound.
    """

    offset_s: float
    b_start_s: float
    b_end_s: float
    residual_db: float


def same_sound(a: Print, b: Print, *, searched: tuple[Floats | None, Floats | None] | None = None) -> SameSound | None:
    """How a and b hold the same sound; None where they do not, or one of them is silent or under three seconds.

    searched: what `searched_sound` gives for each, where the caller keeps it. Changed speeds and pitches are not found.
    """
    usable = min(len(a.mel), len(b.mel)) * b.mel_column_s >= SHORTEST_S and a.mel.shape[1:] == b.mel.shape[1:]
    if not usable or abs(a.mel_column_s - b.mel_column_s) > 1e-9:
        return None
    in_a, in_b = searched or (searched_sound(a), searched_sound(b))
    rough = _rough_lag(in_a, in_b) if in_a is not None and in_b is not None else None
    if rough is None:
        return None
    best = min(_tried(a.mel, b.mel, rough * COLUMNS), key=lambda one: one[0], default=None)
    if best is None:
        return None
    _, lag = best
    stretch = _stretch(a.mel, b.mel, lag)
    if stretch is None:
        return None
    first, last, residual_db = stretch
    zero_s = b.mel_first_s - b.mel_column_s / 2
    return SameSound(
        offset_s=a.mel_first_s - b.mel_first_s + lag * b.mel_column_s,
        b_start_s=max(0.0, zero_s + first * b.mel_column_s),
        b_end_s=zero_s + (last + 1) * b.mel_column_s,
        residual_db=residual_db,
    )


def sound_end_s(one: Print) -> float:
    """When the item's sound ends; 0 where it has none."""
    return one.mel_first_s + (len(one.mel) - 0.5) * one.mel_column_s if len(one.mel) else 0.0


def searched_sound(one: Print) -> Floats | None:
    """[columns / 4, 12] changes of joined bands, loudness taken away; None where there is too little sound."""
    mel = one.mel
    if len(mel) * one.mel_column_s < SHORTEST_S:
        return None
    whole = mel[: len(mel) // COLUMNS * COLUMNS]
    joined = whole.reshape(len(whole) // COLUMNS, COLUMNS, -1, BANDS).mean((1, 3), dtype=np.float32)
    level = joined - joined.mean(1, keepdims=True)
    return np.asarray(np.clip(level[1:] - level[:-1], -40, 40))


def _rough_lag(a: Floats, b: Floats) -> int | None:
    """The lag, in joined columns, at which the changes correlate best; None where no lag stands out."""
    length = 1 << int(np.ceil(np.log2(len(a) + len(b))))
    product = (np.fft.rfft(a, length, axis=0) * np.conj(np.fft.rfft(b, length, axis=0))).sum(1)
    lag = np.arange(-(len(b) - 1), len(a))
    first, last = np.maximum(0, lag), np.minimum(len(a), len(b) + lag)
    enough = (last - first) * COLUMNS >= SHORTEST_S * 62.5
    if enough.sum() < 32:
        enough = last - first >= max(1, (last - first).max() // 4)
    energy_a, energy_b = (np.concatenate([[0.0], np.cumsum((one**2).sum(1, dtype=np.float64))]) for one in (a, b))
    norm = np.sqrt((energy_a[last] - energy_a[first]) * (energy_b[last - lag] - energy_b[first - lag]))
    floor = a.shape[1] * (last - first)  # a change of one step everywhere: silence agrees with silence
    strength = np.where(enough, np.fft.irfft(product, length)[lag] / (norm + floor) * np.sqrt(last - first), 0.0)
    spread = 1.4826 * float(np.median(np.abs(strength[enough] - np.median(strength[enough]))))
    top = int(strength.argmax())
    stands_out = strength[top] - np.median(strength[enough]) > FEWEST_DEVIATIONS * max(spread, 1e-6)
    return int(lag[top]) if stands_out else None


def _tried(a: NDArray[np.uint8], b: NDArray[np.uint8], rough: int) -> Iterator[tuple[float, float]]:
    """(residual, lag in columns) around a rough lag: whole columns first, then tenths about the best."""
    part = next((one for one in _blocks(a, b, rough) if _residual(*_levels(a, b, rough, one)) is not None), None)
    if part is None:
        return
    whole = [(_residual(*_levels(a, b, rough + step, part)), float(rough + step)) for step in range(-5, 6)]
    known = [(residual, lag) for residual, lag in whole if residual is not None]
    residual, middle = min(known)
    yield residual, middle
    for tenth in range(-9, 10):
        finer = _residual(*_levels(a, b, middle + tenth / 10, part))
        if finer is not None:
            yield finer, middle + tenth / 10


def _blocks(a: NDArray[np.uint8], b: NDArray[np.uint8], lag: float) -> list[range]:
    """The columns of b that a shares, in blocks that bound the memory of sounds of hours."""
    first, last = max(0, int(np.ceil(-lag))), min(len(b), int(np.floor(len(a) - 1 - lag)))
    return [range(start, min(last, start + BLOCK)) for start in range(first, last, BLOCK)]


def _levels(a: NDArray[np.uint8], b: NDArray[np.uint8], lag: float, part: range) -> tuple[Floats, Floats]:
    """Levels of a and of b in dB over some columns of b, in step: column k of b beside column k + lag of a."""
    column = np.arange(max(part.start, int(np.ceil(-lag))), min(part.stop, int(np.floor(len(a) - 1 - lag))))
    place = column + lag
    before = place.astype(np.int64)
    share = (place - before).astype(np.float32)[:, None]
    here = a[before] * (1 - share) + a[np.minimum(before + 1, len(a) - 1)] * share
    return np.asarray(here / 2, np.float32), np.asarray(b[column] / 2, np.float32)


def _off(a: Floats, b: Floats) -> tuple[Floats, NDArray[np.bool_]] | None:
    """What is left of the levels' difference in each cell, and which cells are loud in both."""
    if len(a) < 2:
        return None
    loud = (a > np.quantile(a, 0.2, axis=0) + ABOVE_DB) & (b > np.quantile(b, 0.2, axis=0) + ABOVE_DB)
    often = loud.sum(0) >= 10
    loud &= often[None]
    if loud.sum() < FEWEST_LOUD:
        return None
    difference = np.where(loud, a - b, np.nan)
    difference[:, ~often] = 0.0
    return np.asarray(np.abs(difference - np.nanmedian(difference, axis=0)), np.float32), loud


def _residual(a: Floats, b: Floats) -> float | None:
    off = _off(a, b)
    return None if off is None else float(np.minimum(off[0][off[1]], MOST_DB).mean())


def _stretch(a: NDArray[np.uint8], b: NDArray[np.uint8], lag: float) -> tuple[int, int, float] | None:
    """Columns of b from the first to the last second that agrees, and the residual between them; None where it is
    too short. Quiet seconds in between prove nothing and break nothing; one that differs ends the stretch."""
    seconds = [one for part in _blocks(a, b, lag) for one in _seconds(a, b, lag, part)]
    best, best_first, best_last, running, begun = 0.0, 0, -1, 0.0, 0
    for place, (_, left_db, cells) in enumerate(seconds):
        if running <= 0:
            running, begun = 0.0, place
        running += 0.0 if cells < FEWEST_OF_A_SECOND else 1.0 if left_db <= AGREES_DB * cells else -1.5
        if running > best:
            best, best_first, best_last = running, begun, place
    if best < 2:
        return None
    while best_first > 0 and seconds[best_first - 1][2] < FEWEST_OF_A_SECOND:
        best_first -= 1
    while best_last + 1 < len(seconds) and seconds[best_last + 1][2] < FEWEST_OF_A_SECOND:
        best_last += 1
    told = seconds[best_first : best_last + 1]
    residual_db = sum(left_db for _, left_db, _ in told) / sum(cells for _, _, cells in told)
    return told[0][0].start, told[-1][0].stop - 1, residual_db


def _seconds(a: NDArray[np.uint8], b: NDArray[np.uint8], lag: float, part: range) -> Iterator[tuple[range, float, int]]:
    """Each second of some columns of b: its columns, the residuals of its loud cells summed, how many they are."""
    off = _off(*_levels(a, b, lag, part))
    for first in range(0, len(part), SECOND):
        columns = range(part.start + first, min(part.stop, part.start + first + SECOND))
        if off is None:
            yield columns, 0.0, 0
        else:
            left, loud = (one[first : first + SECOND] for one in off)
            yield columns, float(np.minimum(left[loud], MOST_DB).sum()), int(loud.sum())
