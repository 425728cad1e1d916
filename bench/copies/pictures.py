"""Edits of single pictures as people make them: frames, captions, insets, a phone filming a screen."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.copies.footage import Picture

Change = Callable[[Picture], Picture]
Draw = np.random.Generator

WORDS = ("BREAKING", "street 12:40", "exclusive video", "they came at dawn", "share before it is gone", "PART 2")


def scaled(factor: float) -> Change:
    return lambda picture: resized(picture, picture.shape[1] * factor, picture.shape[0] * factor)


def squeezed(rng: Draw) -> Change:
    """4:3 shown as 16:9 or the reverse."""
    factor = float(rng.choice([0.75, 1 / 0.75]))
    return lambda picture: resized(picture, picture.shape[1] * factor, picture.shape[0])


def mirrored(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, ::-1])


def turned(quarters: int) -> Change:
    return lambda picture: np.ascontiguousarray(np.rot90(picture, -quarters))


def tilted(rng: Draw) -> Change:
    angle_deg = float(rng.uniform(4, 12) * rng.choice([-1, 1]))

    def turn(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.2)
        return np.asarray(cv2.warpAffine(picture, matrix, (width, height)), np.uint8)

    return turn


def cropped(rng: Draw, keep: float) -> Change:
    """Keeps this share of each side, anywhere."""
    x, y = rng.uniform(0, 1 - keep, 2)

    def cut(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        top, left = int(y * height), int(x * width)
        return np.ascontiguousarray(picture[top : top + int(keep * height), left : left + int(keep * width)])

    return cut


def upright_crop(rng: Draw) -> Change:
    """9:16 out of the middle or near it."""
    place = float(rng.uniform(0.25, 0.75))

    def cut(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        wide = min(width, round(height * 9 / 16))
        tall = min(height, round(wide * 16 / 9))
        left, top = int(place * (width - wide)), int(place * (height - tall))
        return np.ascontiguousarray(picture[top : top + tall, left : left + wide])

    return cut


def barred(rng: Draw, *, sideways: bool) -> Change:
    share = float(rng.uniform(0.1, 0.3))

    def bars(picture: Picture) -> Picture:
        tall, wide = (0, int(share * picture.shape[1])) if sideways else (int(share * picture.shape[0]), 0)
        return np.pad(picture, ((tall, tall), (wide, wide), (0, 0)))

    return bars


def blurred_bars(rng: Draw) -> Change:
    """The whole picture in a 9:16 frame before its own blurred enlargement."""

    def framed(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        wide, tall = 360, 640
        cover = max(wide / width, tall / height)
        behind = resized(picture, width * cover + 1, height * cover + 1)
        left, top = (behind.shape[1] - wide) // 2, (behind.shape[0] - tall) // 2
        soft = np.asarray(cv2.GaussianBlur(behind[top : top + tall, left : left + wide], (0, 0), 12), np.uint8)
        inside = min(wide / width, tall / height)
        return pasted(soft, resized(picture, width * inside, height * inside), 0.5, 0.5)

    return framed


def captioned(rng: Draw) -> Change:
    """Words in a bar over the lower part."""
    at, words = float(rng.uniform(0.66, 0.84)), str(rng.choice(WORDS))

    def write(picture: Picture) -> Picture:
        drawn = picture.copy()
        height, width = drawn.shape[:2]
        drawn[int(at * height) : int((at + 0.13) * height)] = (20, 20, 40)
        place = (int(0.05 * width), int((at + 0.1) * height))
        cv2.putText(drawn, words, place, cv2.FONT_HERSHEY_SIMPLEX, width / 420, (240, 240, 240), 2)
        return drawn

    return write


def meme(rng: Draw) -> Change:
    """White bars with words above and below."""
    words = [str(one) for one in rng.choice(WORDS, 2)]

    def frame(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        bar = int(0.2 * height)
        drawn = np.pad(picture, ((bar, bar), (0, 0), (0, 0)), constant_values=255)
        for line, y in zip(words, (int(0.7 * bar), int(1.7 * bar) + height), strict=True):
            cv2.putText(drawn, line, (10, y), cv2.FONT_HERSHEY_SIMPLEX, width / 420, (0, 0, 0), 2)
        return drawn

    return frame


def stamped(rng: Draw, share: float) -> Change:
    """The same logo for every clip that gets one, in one of the corners."""
    right, low = (int(one) for one in rng.integers(0, 2, 2))

    def stamp(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        side = share * min(height, width) * 1.5
        return pasted(picture, resized(_logo(), side, side), 0.04 + 0.92 * right, 0.04 + 0.92 * low)

    return stamp


def emoji(rng: Draw) -> Change:
    """Round faces at three places."""
    places = rng.uniform(0.15, 0.85, (3, 2))

    def draw(picture: Picture) -> Picture:
        drawn = picture.copy()
        height, width = drawn.shape[:2]
        radius = int(0.11 * min(height, width))
        for x, y in places:
            at = (int(x * width), int(y * height))
            cv2.circle(drawn, at, radius, (250, 210, 60), -1)
            for side in (-1, 1):
                cv2.circle(drawn, (at[0] + side * radius // 3, at[1] - radius // 4), radius // 8 + 1, (60, 40, 0), -1)
            cv2.ellipse(drawn, at, (radius // 2, radius // 2), 0, 20, 160, (60, 40, 0), 2)
        return drawn

    return draw


def screen(rng: Draw) -> Change:
    """A player on a desk-top: bars, a panel at the side, other pictures under it."""
    grey = int(rng.integers(20, 235))

    def shot(picture: Picture) -> Picture:
        page = np.full((400, 640, 3), grey, np.uint8)
        page[:34] = (40, 44, 52)
        cv2.putText(page, "watch?v=video  -  player", (60, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (220, 220, 220), 1)
        for row in range(4):
            page[50 + 84 * row : 120 + 84 * row, 500:630] = ((90 + 30 * row) % 255, 120, (200 - 40 * row) % 255)
            cv2.putText(page, f"video {row}", (505, 116 + 84 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1)
        fits = min(470 / picture.shape[1], 330 / picture.shape[0])
        inside = resized(picture, picture.shape[1] * fits, picture.shape[0] * fits)
        page[46 : 46 + inside.shape[0], 14 : 14 + inside.shape[1]] = inside
        return page

    return shot


def filmed_off_a_screen(rng: Draw) -> Change:
    """A phone before a screen: keystone, glare, softness, the screen's lines."""
    corners = np.array([[0.08, 0.1], [0.93, 0.07], [0.9, 0.92], [0.1, 0.9]]) + rng.uniform(-0.04, 0.04, (4, 2))
    gain, lift = float(rng.uniform(0.65, 0.85)), float(rng.uniform(15, 40))

    def film(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        goal = (corners * (width, height)).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(source, goal)
        seen = cv2.warpPerspective(picture, matrix, (width, height), borderValue=(34, 30, 28))
        seen = cv2.GaussianBlur(seen, (0, 0), 1.0)
        lines = 6 * np.sin(np.arange(height) * 2.1)[:, None, None]
        noise = np.random.default_rng(picture[:4].tobytes()[0]).normal(0, 4, seen.shape[:2])[:, :, None]
        return clipped(seen * gain + lift + lines + noise)

    return film


def grey(picture: Picture) -> Picture:
    return np.repeat(_luma(picture)[:, :, None], 3, 2).astype(np.uint8)


def sepia(picture: Picture) -> Picture:
    return clipped(_luma(picture)[:, :, None] * np.array([1.07, 0.95, 0.75]))


def toned(gain: float, lift: float) -> Change:
    return lambda picture: clipped(picture * gain + lift)


def blurred(rng: Draw) -> Change:
    sigma = float(rng.uniform(1.5, 2.8))
    return lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def noisy(rng: Draw) -> Change:
    spread = float(rng.uniform(8, 18))
    return lambda picture: clipped(picture + rng.normal(0, spread, picture.shape[:2])[:, :, None])


def resized(picture: NDArray[np.uint8], width: float, height: float) -> Picture:
    size = (max(2, round(width)), max(2, round(height)))
    shrinks = size[0] < picture.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


def pasted(under: Picture, over: Picture, x: float, y: float) -> Picture:
    """`over` on `under`; 0 is at the left or top, 1 at the right or bottom."""
    drawn = under.copy()
    over = over[: drawn.shape[0], : drawn.shape[1]]
    top, left = (int(one) for one in (y * (drawn.shape[0] - over.shape[0]), x * (drawn.shape[1] - over.shape[1])))
    drawn[top : top + over.shape[0], left : left + over.shape[1]] = over
    return drawn


def clipped(values: NDArray[Any]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _luma(picture: Picture) -> NDArray[np.float64]:
    return np.asarray(picture @ np.array([0.299, 0.587, 0.114]))


def _logo() -> Picture:
    logo = np.full((160, 160, 3), 230, np.uint8)
    cv2.circle(logo, (80, 80), 66, (200, 30, 30), 10)
    cv2.putText(logo, "NEWS", (22, 72), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (10, 10, 10), 4)
    cv2.putText(logo, "24 / 7", (30, 116), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (60, 60, 60), 3)
    cv2.line(logo, (20, 90), (140, 84), (90, 90, 90), 5)
    return logo
