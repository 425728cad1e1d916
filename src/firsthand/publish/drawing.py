"""Lines and bars as SVG numbers: no colours and no words, which are the style sheet's and the language's."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from firsthand.model.arrays import Array
from firsthand.model.findings import SoundFacts
from firsthand.publish.content import SoundCurve

CURVE_COLUMNS = 240
WAVE_WIDTH, WAVE_HEIGHT = 1000, 40
AXIS_WIDTH = 1000
_MOST_TICKS = 6


def sound_curve(facts: SoundFacts, peaks: Array) -> SoundCurve:
    """The waveform of a finding, at most CURVE_COLUMNS wide: the lowest and highest of each group of columns."""
    both = np.frombuffer(peaks.data, dtype=np.int8).reshape(-1, 2)
    edges = np.linspace(0, len(both), min(CURVE_COLUMNS, len(both)) + 1).astype(int)[:-1]
    low = np.minimum.reduceat(both[:, 0], edges) if len(both) else both[:, 0]
    high = np.maximum.reduceat(both[:, 1], edges) if len(both) else both[:, 1]
    return SoundCurve(first_s=facts.first_s, end_s=facts.end_s, low=tuple(map(int, low)), high=tuple(map(int, high)))


def wave_path(curve: SoundCurve, length_s: float) -> str:
    """One closed SVG path in a box of WAVE_WIDTH × WAVE_HEIGHT: there along the highs, back along the lows.

    length_s: what the whole width stands for, from the item's zero.
    """
    whole_s = max(length_s, curve.end_s, 0.001)
    left = curve.first_s / whole_s * WAVE_WIDTH
    step = (curve.end_s - curve.first_s) / whole_s * WAVE_WIDTH / max(1, len(curve.high))
    middle = WAVE_HEIGHT / 2
    across = [left + step * (number + 0.5) for number in range(len(curve.high))]
    # Loudness is heard by powers: the square root lets a quiet voice be seen beside a shot.
    top = [middle - 0.3 - math.copysign(math.sqrt(abs(h) / 127), h) * (middle - 1) for h in curve.high]
    bottom = [middle + 0.3 - math.copysign(math.sqrt(abs(w) / 127), w) * (middle - 1) for w in curve.low]
    there = [f"{x:.0f} {y:.1f}" for x, y in zip(across, top, strict=True)]
    back = [f"{x:.0f} {y:.1f}" for x, y in zip(reversed(across), reversed(bottom), strict=True)]
    return "M" + "L".join(there + back) + "Z" if there else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch on an axis of AXIS_WIDTH."""

    x: float
    width: float
    backwards: bool = False


def bar(start: float, end: float, *, of: tuple[float, float], backwards: bool = False) -> Bar:
    """Where a stretch lies on an axis from of[0] to of[1]; never too thin to be seen."""
    whole = max(of[1] - of[0], 1e-9)
    x = (start - of[0]) / whole * AXIS_WIDTH
    width = max((end - start) / whole * AXIS_WIDTH, 4.0)
    return Bar(x=round(min(x, AXIS_WIDTH - width), 1), width=round(width, 1), backwards=backwards)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """From when to when a drawing reaches, and its ticks. earlier, later: marks that lie outside."""

    start: datetime
    end: datetime
    ticks: tuple[tuple[float, datetime], ...]  # x, instant
    step: timedelta  # between ticks
    earlier: int
    later: int

    def x(self, at: datetime) -> float:
        """Where an instant lies, 0 to AXIS_WIDTH inside the drawing."""
        return (at - self.start) / (self.end - self.start) * AXIS_WIDTH


def time_axis(instants: list[datetime]) -> TimeAxis | None:
    """An axis that shows the bulk of the instants: where nine tenths of them crowd into a twentieth of the whole
    time, the rest is counted at the side. None: there is nothing to draw."""
    if not instants:
        return None
    ordered = sorted(instants)
    first, last = ordered[0], ordered[-1]
    crowd = max(2, math.ceil(len(ordered) * 0.9))
    if len(ordered) >= 5:
        windows = [(ordered[n + crowd - 1] - ordered[n], n) for n in range(len(ordered) - crowd + 1)]
        shortest, at = min(windows)
        if shortest * 20 < last - first:
            first, last = ordered[at], ordered[at + crowd - 1]
    margin = max((last - first) * 0.03, timedelta(minutes=2))
    start, end = first - margin, last + margin
    ticks, step = _ticks(start, end)
    whole = end - start
    return TimeAxis(
        start=start,
        end=end,
        ticks=tuple(((tick - start) / whole * AXIS_WIDTH, tick) for tick in ticks),
        step=step,
        earlier=sum(one < start for one in ordered),
        later=sum(one > end for one in ordered),
    )


_STEPS = (
    *(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    *(timedelta(days=n) for n in (1, 2, 7, 14, 30, 61, 91, 182, 365, 730, 1461, 3653)),
)


def _ticks(start: datetime, end: datetime) -> tuple[list[datetime], timedelta]:
    step = next((one for one in _STEPS if (end - start) / one <= _MOST_TICKS), _STEPS[-1])
    zero = datetime(1970, 1, 1, tzinfo=UTC)
    number = math.ceil((start - zero) / step)
    ticks = []
    while zero + number * step <= end:
        ticks.append(zero + number * step)
        number += 1
    return ticks, step
