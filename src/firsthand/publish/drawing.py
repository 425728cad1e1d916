"""Lines and bars as SVG numbers: no colours and no words, which are the style sheet's and the language's."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from firsthand.model.arrays import Array
from firsthand.model.findings import SoundFacts
from firsthand.publish.content import SoundCurve

CURVE_COLUMNS = 240
_LINE_COLUMNS = 240  # across a whole moment: finer lines hide each other
FINE_COLUMNS = 600  # where waveforms of several cameras are laid over each other
WAVE_WIDTH, WAVE_HEIGHT = 1000, 40
AXIS_WIDTH = 1000
_MOST_TICKS, _MOST_SECOND_TICKS = 6, 9


def sound_curve(facts: SoundFacts, peaks: Array, *, columns: int = CURVE_COLUMNS) -> SoundCurve:
    """The waveform of a finding, at most so many columns wide: the lowest and highest of each group of columns."""
    both = np.frombuffer(peaks.data, dtype=np.int8).reshape(-1, 2)
    edges = np.linspace(0, len(both), min(columns, len(both)) + 1).astype(int)[:-1]
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
    across = [f"{left + step * (number + 0.5):.0f} " for number in range(len(curve.high))]
    # Drawn against the clip's own loudest moment, so that a shout stands out of what a phone has made evenly loud; but
    # what never rises above an eighth of full scale is left small.
    loudest = max(16, *curve.high, *(-low for low in curve.low)) if across else 127
    heights = _heights(loudest)
    there = [x + heights[high] for x, high in zip(across, curve.high, strict=True)]
    back = [x + heights[low] for x, low in zip(reversed(across), reversed(curve.low), strict=True)]
    return "M" + "L".join(there + back) + "Z" if there else ""


@lru_cache(maxsize=128)
def _heights(loudest: int) -> dict[int, str]:
    """The y of every sample value; never on the middle line, so that silence still draws a thread."""
    middle = WAVE_HEIGHT / 2
    heights = {}
    for value in range(-128, 128):
        size = min(1.0, abs(value) / loudest) ** 0.8 * (middle - 1)
        heights[value] = f"{middle - math.copysign(max(size, 0.5), value):.1f}"
    return heights


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch on an axis of AXIS_WIDTH."""

    x: float
    width: float
    backwards: bool = False


def bar(start: float, end: float, *, of: tuple[float, float], backwards: bool = False, thinnest: float = 4.0) -> Bar:
    """Where a stretch lies on an axis from of[0] to of[1]; never too thin to be seen."""
    whole = max(of[1] - of[0], 1e-9)
    x = (start - of[0]) / whole * AXIS_WIDTH
    width = max((end - start) / whole * AXIS_WIDTH, thinnest)
    return Bar(x=round(min(x, AXIS_WIDTH - width), 1), width=round(width, 1), backwards=backwards)


def loudness_line(curve: SoundCurve, *, offset_s: float, rate: float, of: tuple[float, float]) -> str:
    """How loud it was, as an open SVG path on an axis from of[0] to of[1]: up is loud, WAVE_HEIGHT high.

    offset_s, rate: where the item's seconds lie on that axis. Each line runs from the item's own quiet (a tenth of it
    is quieter) to its own loudest: phones differ in gain, and what is compared is when, not how loud.
    """
    size = np.maximum(-np.array(curve.low, float), np.array(curve.high, float))
    whole_s = max(of[1] - of[0], 1e-9)
    wanted = max(2, round((curve.end_s - curve.first_s) / rate / whole_s * _LINE_COLUMNS))
    if len(size) == 0 or size.max() <= 0:
        return ""
    edges = np.linspace(0, len(size), min(wanted, len(size)) + 1).astype(int)
    sums = np.add.reduceat(size, edges[:-1]) / np.diff(edges)
    quiet, loudest = float(np.quantile(sums, 0.1)), float(sums.max())
    risen = np.clip((sums - quiet) / max(loudest - quiet, 1e-9), 0.0, 1.0)
    own_s = curve.first_s + (edges[:-1] + edges[1:]) / 2 / len(size) * (curve.end_s - curve.first_s)
    across = (offset_s + own_s / rate - of[0]) / whole_s * AXIS_WIDTH
    points = (f"{x:.1f} {WAVE_HEIGHT - 1 - up * (WAVE_HEIGHT - 2):.1f}" for x, up in zip(across, risen, strict=True))
    return "M" + "L".join(points)


_SECOND_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400)


def second_ticks(start_s: float, end_s: float) -> tuple[list[tuple[float, float]], float]:
    """Round seconds between the ends with their x on an axis from start_s to end_s, and how far they stand apart."""
    whole_s = max(end_s - start_s, 1e-9)
    step_s = next((one for one in _SECOND_STEPS if whole_s / one <= _MOST_SECOND_TICKS), whole_s)
    first, last = math.ceil(start_s / step_s - 1e-9), math.floor(end_s / step_s + 1e-9)
    seconds = [number * step_s for number in range(first, last + 1)]
    return [((at_s - start_s) / whole_s * AXIS_WIDTH, at_s) for at_s in seconds], step_s


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
