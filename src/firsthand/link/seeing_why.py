"""What an offset by pictures rests on, drawn: how bright both were and how much moved, laid over each other."""

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.link.picture_offsets import Watched

Picture = NDArray[np.uint8]
WIDTH, LEFT, ROW = 1400, 20, 200
BLACK, GREY, BLUE, RED = (20, 20, 20), (150, 150, 150), (190, 90, 20), (40, 40, 200)  # BGR


def explained_by_pictures(a: Watched, b: Watched, *, offset_s: float, words: tuple[str, ...]) -> Picture:
    """[height, width, 3] uint8 BGR: brightness of a (blue) and b (red) over what both filmed at this offset, and under
    it how much changed from picture to picture. words: lines at the top, ASCII."""
    top = 28 * len(words) + 20
    picture = np.full((top + 2 * ROW + 20, WIDTH, 3), 255, np.uint8)
    for number, line in enumerate(words):
        _text(picture, line, LEFT, 30 + 28 * number, 0.6)
    start_s, end_s = max(a.at_s[0], b.at_s[0] + offset_s), min(a.at_s[-1], b.at_s[-1] + offset_s)
    rows = (
        ("brightness", a.brightness.astype(np.float32), b.brightness.astype(np.float32)),
        ("change from picture to picture", a.change, b.change),
    )
    for number, (name, of_a, of_b) in enumerate(rows):
        into = picture[top + number * ROW : top + (number + 1) * ROW - 10]
        cv2.rectangle(into, (LEFT, 20), (WIDTH - LEFT, len(into) - 1), GREY, 1)
        _text(into, f"{name}, {start_s:.2f} to {end_s:.2f} s of A; A blue, B red", LEFT, 14, 0.45)
        _line(into, a.at_s, of_a, start_s, end_s, BLUE)
        _line(into, b.at_s + offset_s, of_b, start_s, end_s, RED)
    return picture


def _line(
    into: Picture,
    at_s: NDArray[np.float64],
    values: NDArray[np.float32],
    start_s: float,
    end_s: float,
    colour: tuple[int, int, int],
) -> None:
    shown = (at_s >= start_s) & (at_s <= end_s)
    if shown.sum() < 2 or end_s <= start_s:
        return
    value = values[shown].astype(np.float64)
    low, high = float(value.min()), float(np.percentile(value, 99.5))
    x = LEFT + (at_s[shown] - start_s) / (end_s - start_s) * (WIDTH - 2 * LEFT)
    y = len(into) - 6 - np.clip((value - low) / max(high - low, 1e-6), 0, 1.05) * (len(into) - 34)
    cv2.polylines(into, [np.rint(np.stack([x, y], axis=1)).astype(np.int32)], isClosed=False, color=colour, thickness=1)


def _text(into: Picture, text: str, x: int, y: int, size: float) -> None:
    cv2.putText(into, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, BLACK, 1, cv2.LINE_AA)
