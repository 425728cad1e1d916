"""How two sounds lie beside each other, to a fraction of a millisecond, and how surely.

Both sounds are cut into the same short windows; each window gives a phase correlation (GCC-PHAT) around a rough
offset, and the windows are stacked along straight lines of drift. Many weak windows that agree weigh more than one
strong one, and what remains is compared with what chance gives at as many lags.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 16_000
LONG_S = 60.0  # of windows: from here on a clock's drift is sought in two steps
LAG_STEP = 2  # samples a lag: nothing above 4 kHz is looked at, so 8000 lags a second hold all there is


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignSettings:
    """All that alters an alignment.

    window: samples (0.5 s); reach: lags beside the rough offset (0.04 s) beyond what clocks drift; low_hz, high_hz:
    where phones and codecs keep the phase; most_windows: more are thinned out evenly; clock_ppm: two clocks (±200 ppm).
    """

    window: int = 8192
    reach: int = 320
    low_hz: float = 150.0
    high_hz: float = 4000.0
    most_windows: int = 60
    clock_ppm: float = 220.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The best line through all windows.

    offset_s: how much later b's zero happened than a's, at middle_s of a's time; drift_ppm: how much faster a's clock
    runs than b's, as heard; offset_error_s, drift_error_ppm: standard errors of both, of windows that agree with the
    line; height: of the peak, in standard deviations of the stack; scatter_s: of the windows that agree with the line,
    robust; agreeing: their share; windows: how many there were; coherence: 300 to 3000 Hz, 0 to 1, near 1 where both
    are the same recording; shared_s: how long both heard.
    """

    offset_s: float
    drift_ppm: float
    offset_error_s: float
    drift_error_ppm: float
    height: float
    scatter_s: float
    agreeing: float
    windows: int
    coherence: float
    shared_s: float
    middle_s: float


def align(
    a: Floats,
    b: Floats,
    *,
    rough_s: float,
    within_s: tuple[float, float] | None = None,
    settings: AlignSettings | None = None,
) -> Alignment | None:
    """The alignment near rough_s; None where less than one window is shared or one of both is silent there.

    a, b: samples of each from its item's zero, 16 000 a second. within_s: of a's time, all that is listened to.
    """
    used = settings or AlignSettings()
    shift = round(rough_s * RATE)  # sample n of b is sample n + shift of a
    first, last = max(0, shift), min(len(a), len(b) + shift)
    shared_s = (last - first) / RATE
    if within_s is not None:
        first, last = max(first, round(within_s[0] * RATE)), min(last, round(within_s[1] * RATE))
    if last - first < used.window:
        return None
    count = (last - first - used.window) // (used.window // 2) + 1
    used = replace(used, reach=used.reach + round(used.clock_ppm * 1e-6 * (last - first) / 2 / LAG_STEP))
    starts = first + (used.window // 2) * np.arange(count)
    if count > used.most_windows:
        starts = starts[np.linspace(0, count - 1, used.most_windows).round().astype(int)]
    curves, kept = _curves(a, b, starts, shift, used)
    if len(curves) == 0:
        return None
    middle_s = (kept + used.window / 2) / RATE
    lag, drift_ppm, height = _best_line(curves, middle_s, used)
    line = _refined(curves, middle_s, lag, drift_ppm)
    places = line.at(middle_s)
    return Alignment(
        offset_s=(shift + (line.lag - used.reach) * LAG_STEP) / RATE,
        drift_ppm=line.lags_a_s * 1e6 * LAG_STEP / RATE,
        offset_error_s=line.lag_error * LAG_STEP / RATE,
        drift_error_ppm=line.slope_error * 1e6 * LAG_STEP / RATE,
        height=height,
        scatter_s=line.scatter * LAG_STEP / RATE,
        agreeing=line.agreeing,
        windows=len(curves),
        coherence=_coherence(a, b, kept, shift + (places - used.reach) * LAG_STEP, used),
        shared_s=shared_s,
        middle_s=line.middle_s,
    )


def _curves(
    a: Floats, b: Floats, starts: NDArray[np.int64], shift: int, used: AlignSettings
) -> tuple[Floats, NDArray[np.int64]]:
    """[windows with sound, 2 reach + 1] phase correlations, each with standard deviation 1; and where they start.

    Index i of a curve is an offset of shift + (i − reach) × LAG_STEP samples.
    """
    n = used.window
    taper = np.hanning(n).astype(np.float32)
    room = 2 * n
    kept = n // LAG_STEP + 1  # spectrum bins below half of the lags' own rate
    hz = np.fft.rfftfreq(room, 1 / RATE)[:kept]
    inside = ((hz >= used.low_hz) & (hz <= used.high_hz)).astype(np.float32)
    out, sounding = [], []
    for start in starts:
        one = a[start : start + n]
        other = b[start - shift : start - shift + n]
        if one.std() < 1e-5 or other.std() < 1e-5:
            continue
        cross = np.fft.rfft(one * taper, room)[:kept] * np.conj(np.fft.rfft(other * taper, room)[:kept])
        cross *= inside / (np.abs(cross) + 1e-20)
        curve = np.fft.irfft(cross, room // LAG_STEP)
        near = np.concatenate([curve[-used.reach :], curve[: used.reach + 1]])
        spread = float(near.std())
        if spread > 0:
            out.append(np.clip(near / spread, -3, 8).astype(np.float32))  # no window alone decides
            sounding.append(int(start))
    if not out:
        return np.zeros((0, 2 * used.reach + 1), np.float32), np.zeros(0, np.int64)
    return np.stack(out), np.array(sounding)


def _best_line(curves: Floats, at_s: NDArray[np.float64], used: AlignSettings) -> tuple[float, float, float]:
    """(lag index, drift in ppm, height)"""
    span_s = float(at_s.max() - at_s.min())
    if span_s < LONG_S:
        return _steepest(curves, at_s, limit_ppm=used.clock_ppm, step=1.5)
    wide = 8  # too many lines to try finely: first roughly, then about the best
    _, near_ppm, _ = _steepest(_blurred(curves, wide), at_s, limit_ppm=used.clock_ppm, step=1.0, wide=wide)
    beside_ppm = 1e6 * 1.5 * wide * LAG_STEP / RATE / (span_s / 2)
    return _steepest(curves, at_s, limit_ppm=beside_ppm, step=1.0, around_ppm=near_ppm)


def _blurred(curves: Floats, width: int) -> Floats:
    """The mean size of each `width` lags as one, standard deviation 1."""
    count = curves.shape[1] // width
    size = np.square(curves[:, : count * width]).reshape(len(curves), count, width).mean(axis=2)
    size -= size.mean(axis=1, keepdims=True)
    return np.asarray(np.clip(size / (size.std(axis=1, keepdims=True) + 1e-9), -3, 8), np.float32)


def _steepest(
    curves: Floats, at_s: NDArray[np.float64], *, limit_ppm: float, step: float, around_ppm: float = 0.0, wide: int = 1
) -> tuple[float, float, float]:
    """The best line of at most this drift. step: lags by which two lines that are tried differ at their ends;
    wide: lags that were blurred into one."""
    lag_s = wide * LAG_STEP / RATE
    from_middle_s = at_s - at_s.mean()
    span_s = float(at_s.max() - at_s.min())
    step_ppm = 1e6 * step * lag_s / max(span_s / 2, 0.1)
    count = min(int(limit_ppm / step_ppm), 40)
    tried = around_ppm + (np.linspace(-limit_ppm, limit_ppm, 2 * count + 1) if count else np.zeros(1))
    edge = min(int(np.ceil((limit_ppm + abs(around_ppm)) * 1e-6 * span_s / 2 / lag_s)) + 1, curves.shape[1] // 3)
    width = curves.shape[1] - 2 * edge
    best = (float(curves.shape[1] // 2), 0.0, 0.0)
    base = np.arange(width)[None, :]
    for ppm in tried:
        moved = np.clip(np.rint(ppm * 1e-6 * from_middle_s / lag_s).astype(int), -edge, edge) + edge
        stack = np.take_along_axis(curves, base + moved[:, None], axis=1).sum(axis=0) if count else curves.sum(axis=0)
        if not count:
            edge = 0
        middle = float(np.mean(stack))
        top = int(np.argmax(stack))
        spread = float(stack.std()) + 1e-9
        height = (float(stack[top]) - middle) / spread
        if height > best[2]:
            best = (edge + top + _between(stack, top), float(ppm), height)
    return best


def _between(curve: Floats, top: int) -> float:
    """Where between lags the peak lies, by a parabola through three."""
    if top in (0, len(curve) - 1):
        return 0.0
    before, here, after = (float(one) for one in curve[top - 1 : top + 2])
    bend = before - 2 * here + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """lag: at middle_s; lags_a_s: its slope; all in lags."""

    lag: float
    lags_a_s: float
    lag_error: float
    slope_error: float
    scatter: float
    agreeing: float
    middle_s: float

    def at(self, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.lag + self.lags_a_s * (at_s - self.middle_s)


def _refined(curves: Floats, at_s: NDArray[np.float64], lag: float, drift_ppm: float) -> _Line:
    """The line through each window's own peak near (2 ms) the rough one, by reweighted least squares."""
    near = 16
    rough = lag + drift_ppm * 1e-6 * (at_s - at_s.mean()) * RATE / LAG_STEP
    own, when = [], []
    for curve, place, at in zip(curves, rough, at_s, strict=True):
        first = max(0, round(place) - near)
        part = curve[first : round(place) + near + 1]
        if len(part) < 3:
            continue
        top = int(np.argmax(part))
        if part[top] > 4.5:
            own.append(first + top + _between(part, top))
            when.append(at)
    if len(own) < 3:
        return _Line(
            lag=lag, lags_a_s=drift_ppm * 1e-6 * RATE / LAG_STEP, lag_error=2.0, slope_error=1e3, scatter=float(near),
            agreeing=len(own) / len(curves), middle_s=float(at_s.mean()),
        )  # fmt: skip
    peaks, times = np.array(own), np.array(when)
    weight = np.ones(len(peaks))
    for _ in range(8):
        whole = weight.sum()
        middle_s, mean = float(weight @ times / whole), float(weight @ peaks / whole)
        spread = float(weight @ (times - middle_s) ** 2)
        slope = float(weight @ ((times - middle_s) * (peaks - mean))) / max(spread, 1e-9)
        residual = peaks - mean - slope * (times - middle_s)
        scatter = max(1.4826 * float(np.median(np.abs(residual))), 0.15)
        weight = 1 / (1 + (residual / (2 * scatter)) ** 2) ** 2
    whole = float(weight.sum())
    return _Line(
        lag=mean,
        lags_a_s=slope,
        lag_error=scatter / math.sqrt(whole),
        slope_error=scatter / math.sqrt(max(spread, 1e-9)),
        scatter=scatter,
        agreeing=len(own) / len(curves),
        middle_s=middle_s,
    )


def _coherence(
    a: Floats, b: Floats, starts: NDArray[np.int64], shifts: NDArray[np.float64], used: AlignSettings
) -> float:
    """Mean squared coherence between 300 and 3000 Hz over all windows, each at its own lag of the line."""
    n = 1024
    hz = np.fft.rfftfreq(n, 1 / RATE)
    inside = (hz >= 300) & (hz <= 3000)
    taper = np.hanning(n).astype(np.float32)
    cross = np.zeros(int(inside.sum()), np.complex128)
    power_a, power_b = np.zeros(len(cross)), np.zeros(len(cross))
    for start, shift in zip(starts, np.rint(shifts).astype(int), strict=True):
        for first in range(int(start), int(start) + used.window // 2, n):
            one, other = a[first : first + n], b[first - shift : first - shift + n] if first >= shift else a[:0]
            if len(one) < n or len(other) < n:
                continue
            x = np.fft.rfft(one * taper)[inside]
            y = np.fft.rfft(other * taper)[inside]
            cross += x * np.conj(y)
            power_a += np.abs(x) ** 2
            power_b += np.abs(y) ** 2
    whole = power_a * power_b
    if not np.any(whole > 0):
        return 0.0
    return float(np.mean(np.abs(cross) ** 2 / np.maximum(whole, 1e-30)))
