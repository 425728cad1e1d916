"""Whether two sounds share a source, wherever it and the cameras move: evidence, and the way of the offset.

Both sounds are cut into the same windows of half a second. Each gives a phase correlation (GCC-PHAT) around a rough
offset, and a hidden Markov chain sums over every way the offset may have taken: staying, drifting with two clocks, or
moving as fast as people walk. Evidence is the logarithm of how much likelier the windows are if there is such a way
than if there is none. What chance gives grows with neither length nor the number of lags: both stand in the sum.

Who walks towards a sound hears it faster. Within one window an offset may move by 3 ms, which would smear all above
300 Hz away; so each window is also correlated at other speeds, and a speed belongs to what the chain remembers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 16_000
LAGS = 4_000  # a second: nothing above 2 kHz is looked at, where phones, codecs and walking keep the phase
LOW = 8_000  # samples a second of what is tracked: twice what it holds, so that other speeds can be made of it
BLOCK, BESIDE = 1 << 15, 1 << 10  # samples that are made low at once, and beside them


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSettings:
    """All that alters evidence.

    window: samples at LOW a second (half a second), the next begins half a window later; most: windows looked at;
    reach: lags beside the rough offset (0.16 s: sources at 30 m spread by 0.09); low_hz, high_hz: the band; speeds:
    thousandths of a second per second by which an offset may move (two people who walk apart at 1.4 m/s each: 8);
    even: deviations of a window's curve at which a lag is as likely shared as not; slope: how evidence grows with more
    of them; against, favour: what one window can say at most against and for a lag; moved: how likely a speed changes
    by one step in a quarter of a second; anew: how likely another source takes over.
    """

    window: int = 4096
    most: int = 60
    reach: int = 640
    low_hz: float = 150.0
    high_hz: float = 1900.0
    speeds: int = 8
    even: float = 2.2
    slope: float = 0.8
    against: float = -0.3
    favour: float = 5.0
    moved: float = 0.1
    anew: float = 0.02

    @property
    def lasts_s(self) -> float:
        """How long is listened to at most."""
        return (self.most + 1) * self.window / 2 / LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The offset's way. evidence: nats; positive: shared. at_s: of a's time, the windows' middles; offset_s: how much
    later b's zero happened than a's, as heard then, the likeliest way; both [windows]."""

    evidence: float
    at_s: NDArray[np.float64]
    offset_s: NDArray[np.float64]


class Windows:
    """Two sounds cut into the same windows about a rough offset.

    a, b: of each what `low` makes of its samples from its item's zero. about_s: of a's time, where to listen if more
    is shared than is listened to.
    """

    def __init__(
        self, a: Floats, b: Floats, *, rough_s: float, about_s: float, settings: TrackSettings | None = None
    ) -> None:
        self._used = used = settings or TrackSettings()
        self._shift = round(rough_s * LOW)  # sample n of b is sample n + shift of a
        first, last = max(0, self._shift), min(len(a), len(b) + self._shift)
        window, step = used.window, used.window // 2
        count = max(0, (last - first - window) // step + 1)
        place = 0
        if count > used.most:  # one after the other, so that ways can be followed
            place = round((about_s * LOW - first - window / 2) / step) - used.most // 2
            place, count = min(max(0, place), count - used.most), used.most
        start = first + step * place
        self._at_s = (start + step * np.arange(count) + window / 2) / LOW
        self._taper = np.hanning(window // 2).astype(np.float32)
        self._b = _cut(b, start - self._shift, count, window)
        of_a, of_b = _cut(a, start, count, window)[:, ::2] * self._taper, self._b[:, ::2] * self._taper
        # A window in which one of both is digital silence says nothing, and the way goes on through it.
        self._sounding = (of_a.std(axis=1) > 1e-5) & (of_b.std(axis=1) > 1e-5)
        hz = np.fft.rfftfreq(window, 1 / LAGS)
        inside = ((hz >= used.low_hz) & (hz <= used.high_hz)).astype(np.float32)
        self._of_a = self._spectra(of_a) * inside
        self._standing = self._curves(of_b)

    @property
    def count(self) -> int:
        """Windows in which both sound."""
        return int(self._sounding.sum())

    def standing(self) -> Track:
        """The way of cameras that stay where they are: within a window the offset does not move."""
        return self._tracked(self._standing[None], np.zeros(1, np.int64))

    def moving_promise(self) -> float:
        """Evidence of a way at any speed, heard roughly, at a hundredth of the cost of `walking`: of pairs that share
        nothing and were tried four fifths lie under 1.5, of people who walk none under 3 (tuning half)."""
        if not self.count:
            return float("-inf")
        wide = 4  # lags: 1 ms
        curves = self._standing
        cells = curves.shape[1] // wide
        size = np.square(curves[:, : cells * wide]).reshape(len(curves), cells, wide).mean(axis=2)
        worth = np.where(self._sounding[:, None], np.clip(0.7 * (size - 2.2), -0.3, 4), np.float32(0))
        weight = np.full(cells, 1 / cells, np.float32)
        evidence = 0.0
        for likely in np.exp(worth):
            weight = _spread(weight, 0.25) * likely
            whole = float(weight.sum())
            evidence += float(np.log(whole))
            weight = 0.999 * weight / whole + 0.001 / cells
        return evidence

    def walking(self) -> Track:
        """The way where cameras or the source move as people walk."""
        speeds = np.arange(-self._used.speeds, self._used.speeds + 1)
        curves = np.stack([self._standing if v == 0 else self._curves(self._faster(int(v))) for v in speeds])
        return self._tracked(curves, speeds)

    def _faster(self, speed: int) -> Floats:
        """b's windows played so many thousandths faster, about their middles; at LAGS a second, tapered."""
        n = self._b.shape[1]
        place = (np.arange(0, n, 2) - n / 2) * (1 + speed * 1e-3) + n / 2
        first = np.clip(np.floor(place).astype(np.int64), 0, n - 2)
        part = (place - first).astype(np.float32)
        faster = self._b[:, first] * (1 - part) + self._b[:, first + 1] * part
        return np.asarray(faster * self._taper, np.float32)

    def _curves(self, b: Floats) -> Floats:
        """[windows, 2 reach + 1] phase correlations, each with standard deviation 1; zero where nothing sounds."""
        reach = self._used.reach
        cross = self._of_a * np.conj(self._spectra(b))
        cross /= np.abs(cross) + 1e-20
        curve = np.fft.irfft(cross, self._used.window, axis=1)
        near = np.concatenate([curve[:, -reach:], curve[:, : reach + 1]], axis=1)
        near /= near.std(axis=1, keepdims=True) + 1e-12
        near[~self._sounding] = 0
        return np.asarray(near, np.float32)

    def _spectra(self, tapered: Floats) -> NDArray[np.complex64]:
        if not len(tapered):
            return np.zeros((0, self._used.window // 2 + 1), np.complex64)
        return np.asarray(np.fft.rfft(tapered, self._used.window, axis=1), np.complex64)

    def _tracked(self, curves: Floats, speeds: NDArray[np.int64]) -> Track:
        """curves: [speeds, windows, lags]. Forward sums for evidence; the likeliest way by the same chain's maxima."""
        used = self._used
        count, lags = curves.shape[1:]
        if not self.count:
            return Track(evidence=float("-inf"), at_s=np.zeros(0), offset_s=np.zeros(0))
        likely = np.exp(np.clip(used.slope * (curves - used.even), used.against, used.favour))
        likely[:, ~self._sounding] = 1
        states = len(speeds) * lags
        weight = np.full((len(speeds), lags), 1 / states, np.float32)
        evidence = 0.0
        forward = np.empty((count, len(speeds), lags), np.float32)
        for place in range(count):
            if place:
                weight = self._gone_on(weight, speeds)
            weight *= likely[:, place]
            whole = float(weight.sum(dtype=np.float64))
            evidence += float(np.log(whole))
            weight = np.float32(0.999 / whole) * weight + np.float32(0.001 / states)
            forward[place] = weight
        return Track(evidence=evidence, at_s=self._at_s, offset_s=self._way(forward, speeds))

    def _gone_on(self, weight: Floats, speeds: NDArray[np.int64]) -> Floats:
        """A quarter of a second later: every lag moved by its speed, and a little."""
        used = self._used
        moved = np.zeros_like(weight)
        for row, speed in enumerate(speeds):
            # Thousandths of a second per second are lags a quarter of a second. b heard faster: offsets shrink.
            lags = -int(speed)
            if lags > 0:
                moved[row, lags:] = weight[row, :-lags]
            elif lags < 0:
                moved[row, :lags] = weight[row, -lags:]
            else:
                moved[row] = weight[row]
        if len(speeds) > 1:
            kept = (1 - used.moved) * moved
            kept[1:] += used.moved / 2 * moved[:-1]
            kept[:-1] += used.moved / 2 * moved[1:]
            moved = (1 - used.anew) * kept + used.anew * moved.mean(axis=0)[None]
        return _spread(moved, 0.2 if len(speeds) > 1 else 0.1)

    def _way(self, forward: Floats, speeds: NDArray[np.int64]) -> NDArray[np.float64]:
        """The offsets of the likeliest way, traced back from the last window."""
        count, rows, lags = forward.shape
        out = np.empty(count)
        row, lag = divmod(int(np.argmax(forward[-1])), lags)
        out[-1] = lag
        for place in range(count - 2, -1, -1):
            near = range(max(0, row - 1), min(rows, row + 2))
            best = (-1.0, row, lag)
            for other in near:
                # where this speed would have come from, one lag to either side
                came = lag + int(speeds[other])
                for beside in (came - 1, came, came + 1):
                    if 0 <= beside < lags and forward[place, other, beside] > best[0]:
                        best = (float(forward[place, other, beside]), other, beside)
            _, row, lag = best
            out[place] = lag
        return np.asarray(self._shift / LOW + (out - self._used.reach) / LAGS)


def _spread(weight: Floats, aside: float) -> Floats:
    """Along the last axis, this share goes one place to each side."""
    out = (1 - 2 * aside) * weight
    out[..., 1:] += aside * weight[..., :-1]
    out[..., :-1] += aside * weight[..., 1:]
    return out


def _cut(sound: Floats, start: int, count: int, window: int) -> Floats:
    """[count, window], each half a window after the one before."""
    if not count:
        return np.zeros((0, window), np.float32)
    whole = np.lib.stride_tricks.sliding_window_view(sound, window)
    return np.asarray(whole[start :: window // 2][:count], np.float32)


def low(sound: Floats) -> Floats:
    """A sound as it is tracked: what lies under 2 kHz, at LOW samples a second, from the same zero.

    sound: 16 000 samples a second. Its loudness stays.
    """
    if not len(sound):
        return np.zeros(0, np.float32)
    hz = np.fft.rfftfreq(BLOCK + 2 * BESIDE, 1 / RATE)[: (BLOCK + 2 * BESIDE) // 4 + 1]
    kept = np.clip((2000 - hz) / 100, 0, 1).astype(np.float32) / 2  # a step would ring
    padded = np.concatenate([np.zeros(BESIDE, np.float32), sound, np.zeros(BESIDE + -len(sound) % BLOCK, np.float32)])
    blocks = np.lib.stride_tricks.sliding_window_view(padded, BLOCK + 2 * BESIDE)[::BLOCK]
    out = [np.fft.irfft(np.fft.rfft(block)[: len(kept)] * kept)[BESIDE // 2 : -BESIDE // 2] for block in blocks]
    return np.asarray(np.concatenate(out)[: len(sound) // 2], np.float32)
