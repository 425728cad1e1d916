"""What an offset rests on, drawn: both sounds laid over each other, and how well every other offset would fit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.sound_alignment import RATE
from firsthand.link.sound_search import Heard, correlation

Picture = NDArray[np.uint8]
WIDTH, LEFT, ROW = 1400, 20, 150
WHITE, BLACK, GREY, BLUE, RED = (255, 255, 255), (20, 20, 20), (150, 150, 150), (190, 90, 20), (40, 40, 200)  # BGR


def explained(
    a: Heard,
    b: Heard,
    sound_a: NDArray[np.float32] | None,
    sound_b: NDArray[np.float32] | None,
    *,
    offset_s: float,
    words: tuple[str, ...],
) -> Picture:
    """[height, width, 3] uint8 BGR: waveforms and spectrograms of what both heard at this offset (a above b), then
    the correlation over all offsets with its highest peak and the next. words: lines at the top, ASCII."""
    top = 28 * len(words) + 20
    height = top + 4 * ROW + 280
    picture = np.full((height, WIDTH, 3), 255, np.uint8)
    for number, line in enumerate(words):
        _text(picture, line, LEFT, 30 + 28 * number, 0.6)
    start_s, end_s = _shared(a, b, offset_s)
    at = top
    for one, sound, shift_s, name, colour in ((a, sound_a, 0.0, "A", BLUE), (b, sound_b, offset_s, "B", RED)):
        _waveform(picture[at : at + ROW - 20], sound, start_s - shift_s, end_s - shift_s, colour)
        _text(
            picture,
            f"{name}: {start_s - shift_s:.2f} s to {end_s - shift_s:.2f} s of its own time",
            LEFT,
            at + 14,
            0.45,
        )
        at += ROW
        _spectrogram(picture[at : at + ROW - 20], one, start_s - shift_s, end_s - shift_s)
        at += ROW
    _curve(picture[at : at + 270], a, b, offset_s)
    return picture


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    _, encoded = cv2.imencode(".png", picture)
    return bytes(encoded)


def _shared(a: Heard, b: Heard, offset_s: float) -> tuple[float, float]:
    """From when to when of a's time both were recording; where never, all of a."""
    end_a, end_b = (one.first_s + len(one.mel) * one.column_s for one in (a, b))
    start_s, end_s = max(0.0, offset_s), min(end_a, end_b + offset_s)
    return (start_s, end_s) if end_s > start_s else (0.0, end_a)


def _waveform(
    into: Picture, sound: NDArray[np.float32] | None, start_s: float, end_s: float, colour: tuple[int, int, int]
) -> None:
    cv2.rectangle(into, (LEFT, 18), (WIDTH - LEFT, len(into) - 1), GREY, 1)
    if sound is None:
        _text(into, "the sound itself is not kept here; compared by soundprint alone", LEFT + 10, len(into) // 2, 0.5)
        return
    part = sound[max(0, round(start_s * RATE)) : max(0, round(end_s * RATE))]
    columns = WIDTH - 2 * LEFT
    if len(part) < columns:
        return
    edges = np.linspace(0, len(part), columns + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(part, edges), np.maximum.reduceat(part, edges)
    scale = (len(into) - 24) / 2 / max(float(np.abs(part).max()), 1e-4)
    middle = 18 + (len(into) - 18) // 2
    for x, (lowest, highest) in enumerate(zip(low, high, strict=True)):
        y = (round(middle - float(highest) * scale), round(middle - float(lowest) * scale))
        cv2.line(into, (LEFT + x, y[0]), (LEFT + x, y[1]), colour, 1)


def _spectrogram(into: Picture, one: Heard, start_s: float, end_s: float) -> None:
    first = max(0, round((start_s - one.first_s) / one.column_s))
    last = max(first + 1, round((end_s - one.first_s) / one.column_s))
    part = one.mel[first:last]
    if not len(part):
        return
    low, high = np.percentile(part, [5, 99.5])
    level = np.clip((part.astype(np.float32) - low) / max(float(high - low), 1.0), 0, 1)
    shown = (255 * (1 - level)).astype(np.uint8).T[::-1]
    size = (WIDTH - 2 * LEFT, len(into) - 20)
    into[18 : 18 + size[1], LEFT : LEFT + size[0]] = cv2.resize(
        np.ascontiguousarray(shown), size, interpolation=cv2.INTER_AREA
    )[:, :, None]


def _curve(into: Picture, a: Heard, b: Heard, offset_s: float) -> None:
    lags_s, heights = correlation(a, b)
    edges = np.linspace(0, len(heights), min(WIDTH - 2 * LEFT, len(heights)) + 1).astype(int)[:-1]
    tops = np.maximum.reduceat(heights, edges)
    floor, scale = 210, 170 / max(float(heights.max()), 1.0)
    points = np.stack(
        [LEFT + np.linspace(0, WIDTH - 2 * LEFT, len(tops)), floor - np.maximum(tops, -1) * scale], axis=1
    )
    cv2.polylines(into, [np.rint(points).astype(np.int32)], isClosed=False, color=BLACK, thickness=1)
    best = int(np.argmax(heights))
    rest = heights.copy()
    rest[max(0, best - 12) : best + 13] = -np.inf
    second = int(np.argmax(rest))
    for place, name, colour in ((best, "best", BLUE), (second, "next best", RED)):
        x = LEFT + round((WIDTH - 2 * LEFT) * place / len(heights))
        cv2.line(into, (x, 20), (x, floor), colour, 1)
        _text(
            into,
            f"{name}: {lags_s[place]:+.2f} s, {heights[place]:.1f} deviations",
            min(x + 4, WIDTH - 330),
            34 if place == best else 54,
            0.45,
        )
    _text(
        into,
        f"how well every offset fits, {lags_s[0]:.1f} to {lags_s[-1]:.1f} s; taken: {offset_s:+.3f} s",
        LEFT,
        258,
        0.45,
    )


def _text(into: Picture, text: str, x: int, y: int, size: float) -> None:
    cv2.putText(into, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, BLACK, 1, cv2.LINE_AA)
