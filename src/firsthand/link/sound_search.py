"""Where two sounds may lie beside each other: every soundprint correlated with every other, in blocks.

Loudness of 24 bands over time, freed of what changes slowly (gain control, wind, distance), against what chance gives
where so much happens in both. Correlation is exact over all lags however long the sounds are: they are cut
into pieces of 32 s, whose correlations are laid on the pair's own line of lags.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.link.side_by_side import side_by_side

Floats = NDArray[np.float32]
MOST_CURVES = 2000  # correlations of pieces held at once: 32 MB
# Another round of a sound that repeats itself fits at least this well, as a share of what the best would there.
REPEATS, MOST_REPEATS, LEAST_SHARED_S = 0.6, 96, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """All that alters what is found.

    piece: columns a piece (32 s at 16 ms), so that two fit into one transform; joined: bands averaged into one, which
    halves the work at no measured loss; slow: columns of the moving mean that is taken away (half a second);
    shortest: columns of overlap under which
    a match counts no more than at this (2 s); apart: columns between two peaks of one pair (0.2 s); kept: peaks a
    pair; widest: spread of a correlation beyond which it is the sound that repeats itself (others stay under 30).
    """

    piece: int = 2000
    joined: int = 2
    slow: int = 31
    shortest: int = 125
    apart: int = 12
    kept: int = 24
    widest: float = 28.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the search needs of one sound. mel: [columns, bands] uint8 as the soundprint finding has it."""

    first_s: float
    column_s: float
    mel: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Where two sounds may fit. a, b: their places among the sounds searched.

    offsets_s: how much later b's zero happened than a's, best first; heights: of the correlation there, in robust
    standard deviations of that pair's own correlation.
    """

    a: int
    b: int
    offsets_s: tuple[float, ...]
    heights: tuple[float, ...]


def likenesses(
    sounds: Sequence[Heard],
    *,
    fresh: frozenset[int],
    least: float,
    settings: SearchSettings | None = None,
    block: int = 96,
    at_once: int = 1,
) -> Iterator[Likeness]:
    """Pairs whose best peak is at least `least` high, and of which at least one sound is in `fresh`.

    Memory stays under 0.6 GB whatever the number of sounds, and 0.1 GB a thread (at_once); time grows with the
    square of their total length.
    """
    used = settings or SearchSettings()
    pieces = [
        (number, first)
        for number, one in enumerate(sounds)
        for first in range(0, max(1, len(one.mel)), used.piece)
        if len(one.mel) > 1
    ]
    whole = list(_grouped(pieces, block))
    for row_number, row in enumerate(whole):
        row_spectra = _spectra(sounds, row, used)
        for column in whole[row_number:]:
            wanted = {(a, b) for a in {n for n, _ in row} for b in {n for n, _ in column} if a < b and {a, b} & fresh}
            if not wanted:
                continue
            column_spectra = row_spectra if column is row else _spectra(sounds, column, used)
            yield from _compared(sounds, row, column, row_spectra, column_spectra, wanted, least, used, at_once)


def _grouped(pieces: list[tuple[int, int]], block: int) -> Iterator[list[tuple[int, int]]]:
    """Pieces in blocks, all pieces of one sound in the same block."""
    group: list[tuple[int, int]] = []
    for place, piece in enumerate(pieces):
        if len(group) >= block and piece[0] != pieces[place - 1][0]:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def features(mel: NDArray[np.uint8], settings: SearchSettings) -> Floats:
    """[columns, bands / joined]: band levels without their slow changes, each band as strong as the others."""
    level = mel.astype(np.float32)
    bands = level.shape[1] // settings.joined * settings.joined
    level = level[:, :bands].reshape(len(level), -1, settings.joined).mean(axis=2)
    level = np.maximum(level, np.percentile(level, 10, axis=0))  # codecs make holes of silence; they are no events
    change = level - _moving_mean(level, settings.slow)
    spread = np.maximum(change.std(axis=0), 2.0)  # 1 dB: a band that hardly moves says nothing
    return np.asarray(np.clip(change / spread, -3, 4), dtype=np.float32)


def _moving_mean(level: Floats, width: int) -> Floats:
    half = width // 2
    sums = np.concatenate([np.zeros((1, level.shape[1])), np.cumsum(level, axis=0, dtype=np.float64)])
    place = np.arange(len(level))
    first, last = np.maximum(place - half, 0), np.minimum(place + half + 1, len(level))
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None], dtype=np.float32)


def _spectra(sounds: Sequence[Heard], pieces: list[tuple[int, int]], settings: SearchSettings) -> NDArray[np.complex64]:
    """[frequencies, pieces, bands]: laid out for one matrix product a frequency."""
    length = 2 * settings.piece
    out: NDArray[np.complex64] | None = None
    made: dict[int, Floats] = {}
    for place, (number, first) in enumerate(pieces):
        if number not in made:
            made = {number: features(sounds[number].mel, settings)}
        part = made[number][first : first + settings.piece]
        # The last band is how much happens at all: it tells what chance alone would give at each lag.
        energy = np.sum(part**2, axis=1, keepdims=True) / part.shape[1]
        spectrum = np.fft.rfft(np.hstack([part, energy]), length, axis=0)
        if out is None:
            out = np.empty((spectrum.shape[0], len(pieces), spectrum.shape[1]), np.complex64)
        out[:, place] = spectrum
    if out is None:
        raise ValueError("no pieces")
    return out


def _compared(
    sounds: Sequence[Heard],
    row: list[tuple[int, int]],
    column: list[tuple[int, int]],
    row_spectra: NDArray[np.complex64],
    column_spectra: NDArray[np.complex64],
    wanted: set[tuple[int, int]],
    least: float,
    settings: SearchSettings,
    at_once: int,
) -> Iterator[Likeness]:
    rows: dict[int, list[int]] = {}
    columns: dict[int, list[int]] = {}
    for place, (number, _) in enumerate(row):
        rows.setdefault(number, []).append(place)
    for place, (number, _) in enumerate(column):
        columns.setdefault(number, []).append(place)
    conjugated = np.conj(column_spectra).transpose(0, 2, 1)

    def of(a: int) -> list[Likeness]:
        """What one sound of the row is like, of those of the column it is to be compared with."""
        others = [b for b in columns if (a, b) in wanted]
        if not others:
            return []
        laid = _laid(a, rows[a], others, columns, sounds, row, column, row_spectra, conjugated, settings)
        out = []
        for b in others:
            curve, chance = (one.whole() for one in laid[b])
            found = _peaks(curve, chance, len(sounds[a].mel), len(sounds[b].mel), settings, least=least)
            if found:
                later_s = sounds[a].first_s - sounds[b].first_s
                offsets_s = tuple(lag * sounds[a].column_s + later_s for lag, _ in found)
                out.append(Likeness(a=a, b=b, offsets_s=offsets_s, heights=tuple(height for _, height in found)))
        return out

    for found in side_by_side(of, rows, at_once):
        yield from found


def _laid(
    a: int,
    places: list[int],
    others: list[int],
    columns: dict[int, list[int]],
    sounds: Sequence[Heard],
    row: list[tuple[int, int]],
    column: list[tuple[int, int]],
    row_spectra: NDArray[np.complex64],
    conjugated: NDArray[np.complex64],
    settings: SearchSettings,
) -> dict[int, list["_Laid"]]:
    """The correlations of one sound, whose pieces are `places` of the row, with each of the others, and what chance
    gives there."""
    chosen = [place for b in others for place in columns[b]]
    # One after the other, as nearly always, they are a view; picked out, a copy of 37 MB a sound.
    apart = chosen if len(chosen) <= chosen[-1] - chosen[0] else slice(chosen[0], chosen[-1] + 1)
    starts_b = {b: [column[place][1] for place in columns[b]] for b in others}
    laid = {b: [_Laid(len(sounds[a].mel), len(sounds[b].mel), 2 * settings.piece) for _ in range(2)] for b in others}
    # Two recordings of hours have a hundred thousand pairs of pieces: never all at once.
    step = max(1, MOST_CURVES // len(chosen))
    for part in (places[first : first + step] for first in range(0, len(places), step)):
        curves = _curves(row_spectra[:, part, :-1], conjugated[:, :-1, apart], settings)
        chances = _curves(row_spectra[:, part, -1:], conjugated[:, -1:, apart], settings)
        starts_a = [row[place][1] for place in part]
        at = 0
        for b in others:
            here = slice(at, at + len(starts_b[b]))
            at = here.stop
            laid[b][0].lay(curves[:, here], starts_a, starts_b[b])
            laid[b][1].lay(chances[:, here], starts_a, starts_b[b])
    return laid


def _curves(row: NDArray[np.complex64], column: NDArray[np.complex64], settings: SearchSettings) -> Floats:
    """[a's pieces, b's pieces, lags] of row [frequencies, a's pieces, bands] and column [frequencies, bands, b's]."""
    cross = np.matmul(row, column)
    return np.asarray(np.fft.irfft(cross.transpose(1, 2, 0), 2 * settings.piece, axis=2), dtype=np.float32)


class _Laid:
    """The whole pair's correlation [len_a + len_b − 1], laid together from its pieces'; index i is lag
    i − (len_b − 1): b begins i columns later."""

    def __init__(self, len_a: int, len_b: int, length: int) -> None:
        self._len_b, self._total, self._length = len_b, len_a + len_b - 1, length
        self._out = np.zeros(self._total + 2 * length, np.float32)

    def lay(self, curves: Floats, starts_a: list[int], starts_b: list[int]) -> None:
        """curves: [a's pieces, b's pieces, lags]"""
        half = self._length // 2
        for i, start_a in enumerate(starts_a):
            for j, start_b in enumerate(starts_b):
                first = start_a - start_b - half + (self._len_b - 1) + self._length
                self._out[first : first + half] += curves[i, j, half:]  # lags −half … −1
                self._out[first + half : first + 2 * half] += curves[i, j, :half]

    def whole(self) -> Floats:
        return self._out[self._length : self._length + self._total]


def _peaks(
    curve: Floats, chance: Floats, len_a: int, len_b: int, settings: SearchSettings, *, least: float
) -> list[tuple[float, float]]:
    """(lag in columns, height) of the highest peaks, best first; none where the best is under `least`."""
    lag, even = _evened(curve, chance, len_a, len_b, settings)
    found: list[tuple[float, float]] = []
    for _ in range(settings.kept):
        top = int(np.argmax(even))
        height = float(even[top])
        if height < (3 if found else max(least, 3)):
            break
        found.append((float(lag[top]) + _between(even, top), height))
        even[max(0, top - settings.apart) : top + settings.apart + 1] = -np.inf
    return found


def _evened(
    curve: Floats, chance: Floats, len_a: int, len_b: int, settings: SearchSettings
) -> tuple[NDArray[np.int64], Floats]:
    """(lags in columns, heights in robust standard deviations).

    chance: the correlation of how much happens in both at all. Two clips that are loud for one second each would else
    fit best wherever these seconds meet.
    """
    lag = np.arange(len(curve)) - (len_b - 1)
    even = curve / np.sqrt(np.maximum(chance, 0) + settings.shortest)
    some = even[:: max(1, len(even) // 1500)]  # neighbours are alike: every other column tells as much
    middle = float(np.median(some))
    # Sound that repeats itself fits everywhere: its own spread would hide that it fits at all.
    spread = min(1.4826 * float(np.median(np.abs(some - middle))), settings.widest) + 1e-9
    return lag, np.asarray((even - middle) / spread, np.float32)


def correlation(a: Heard, b: Heard, settings: SearchSettings | None = None) -> tuple[NDArray[np.float64], Floats]:
    """(offsets in seconds, heights): how well every offset of one pair fits, for showing."""
    used = settings or SearchSettings()
    row = [(0, first) for first in range(0, len(a.mel), used.piece)]
    column = [(1, first) for first in range(0, len(b.mel), used.piece)]
    of_row, of_column = _spectra((a, b), row, used), np.conj(_spectra((a, b), column, used)).transpose(0, 2, 1)
    starts = [first for _, first in row], [first for _, first in column]
    laid = []
    for bands in (slice(None, -1), slice(-1, None)):
        one = _Laid(len(a.mel), len(b.mel), 2 * used.piece)
        for place in range(len(row)):
            one.lay(
                _curves(of_row[:, [place], bands], of_column[:, bands], used), starts[0][place : place + 1], starts[1]
            )
        laid.append(one.whole())
    lag, even = _evened(laid[0], laid[1], len(a.mel), len(b.mel), used)
    return np.asarray(lag * a.column_s + a.first_s - b.first_s, np.float64), even


def repeats_s(a: Heard, b: Heard, *, offset_s: float) -> tuple[float, ...]:
    """Other offsets at which two sounds that fit at `offset_s` fit nearly as well, best first: rounds of a sound that
    repeats itself. At most 96, each sharing a second and a half or more.

    Where less is shared less can fit: a height is weighed by the root of how long both heard there.
    """
    used = SearchSettings()
    at_s, even = correlation(a, b, used)
    ends_a, ends_b = (one.first_s + len(one.mel) * one.column_s for one in (a, b))
    shared_s = np.minimum(ends_a, at_s + ends_b) - np.maximum(a.first_s, at_s + b.first_s)
    here = int(np.argmin(np.abs(at_s - offset_s)))
    height = float(even[max(0, here - used.apart) : here + used.apart + 1].max())
    expected = height * np.sqrt(np.maximum(shared_s, 0.1) / max(float(shared_s[here]), 0.1))
    fits = np.where((shared_s >= LEAST_SHARED_S) & (even >= 3), even / np.maximum(expected, 1e-6), 0.0)
    found: list[float] = []
    while len(found) < MOST_REPEATS and fits[top := int(np.argmax(fits))] >= REPEATS:
        found.append(float(at_s[top]))
        fits[max(0, top - used.apart) : top + used.apart + 1] = 0
    return tuple(found)


def likeliest_stretch_s(a: Heard, b: Heard, *, offset_s: float, lasts_s: float) -> float:
    """The middle, in a's time, of the stretch in which both are most alike at this offset; of all that both heard, or
    of the middle twenty minutes of it. Where less than lasts_s is shared, the middle of that."""
    used = SearchSettings()
    shift = round((offset_s + b.first_s - a.first_s) / a.column_s)  # column n of b is column n + shift of a
    first, last = max(0, shift), min(len(a.mel), len(b.mel) + shift)
    width, most = round(lasts_s / a.column_s), round(1200 / a.column_s)
    middle = (first + last) // 2
    if last - first > most:
        first, last = middle - most // 2, middle + most // 2
    if last - first > width:
        of_a = features(a.mel[first:last], used)
        of_b = features(b.mel[first - shift : last - shift], used)
        alike = np.cumsum(np.concatenate([[0.0], np.sum(of_a * of_b, axis=1, dtype=np.float64)]))
        middle = first + int(np.argmax(alike[width:] - alike[:-width])) + width // 2
    return a.first_s + middle * a.column_s


def _between(curve: Floats, top: int) -> float:
    """Where between columns the peak lies, by a parabola through three."""
    if top in (0, len(curve) - 1) or not np.all(np.isfinite(curve[top - 1 : top + 2])):
        return 0.0
    before, here, after = (float(one) for one in curve[top - 1 : top + 2])
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def self_likeness(sound: Heard, settings: SearchSettings | None = None) -> float:
    """How much a sound is like itself at another time, 0 to 1: near 1 for alarms and looped music.

    The highest correlation of its bands' changes with themselves, 0.3 s later or more, over at least 2 s and at
    least a third of the sound, as a share of what it is at no delay. Of a long sound the first two minutes.
    """
    used = settings or SearchSettings()
    part = features(sound.mel[: 120 * 64], used)
    n = len(part)
    if n < 2 * used.shortest:
        return 0.0
    room = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(part, room, axis=0)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=1)
    curve = np.fft.irfft(power, room)[:n]
    energy = np.cumsum(np.sum(part.astype(np.float64) ** 2, axis=1))
    lag = np.arange(n)
    # Energy of the two stretches that lie on each other at each lag.
    first = energy[n - 1 - lag]
    second = energy[n - 1] - np.where(lag > 0, energy[np.maximum(lag - 1, 0)], 0.0)
    alike = curve / np.sqrt(np.maximum(first * second, 1e-9))
    far = alike[19 : n - max(used.shortest, n // 3)]
    return float(np.clip(far.max(), 0, 1)) if len(far) else 0.0
