"""Plaster, roofs, asphalt, signs, branches: pictures computed from a seed, in metres."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.surfaces import Texels, Texture

RGB = tuple[int, int, int]
Generator = np.random.Generator


def mottled(random: Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Soft noise [height, width] about 0, deviation about 1, cut at random from a stock: cheap, and does not tile."""
    stock = _stock()
    top, left = (int(start) for start in random.integers(0, stock.shape[0], 2))
    down = np.arange(top, top + shape[0]) % stock.shape[0]
    across = np.arange(left, left + shape[1]) % stock.shape[1]
    return np.asarray(stock[down[:, None], across[None, :]], np.float32)


@cache
def _stock() -> NDArray[np.float32]:
    return cloudy(np.random.default_rng(20_260_214), (1024, 1024), octaves=7)


def cloudy(
    random: Generator, shape: tuple[int, int], *, octaves: int = 5, roughness: float = 0.55
) -> NDArray[np.float32]:
    """Soft noise [height, width] about 0, deviation 1, that tiles."""
    out = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cells = 4 << octave
        grid = random.normal(size=(cells, cells)).astype(np.float32)
        wrapped = np.pad(grid, 2, mode="wrap")
        y = (np.arange(shape[0], dtype=np.float32) + 0.5) * cells / shape[0] + 1.5
        x = (np.arange(shape[1], dtype=np.float32) + 0.5) * cells / shape[1] + 1.5
        across, down = np.meshgrid(x, y)
        out += roughness**octave * np.asarray(cv2.remap(wrapped, across, down, cv2.INTER_CUBIC), np.float32)
    return np.asarray((out - out.mean()) / out.std(), np.float32)


def grained(
    random: Generator, colour: RGB, *, size_m: tuple[float, float], px_per_m: float, stains: float, grain: float
) -> Texels:
    """A wall or floor of one colour with stains (soft, large) and grain (fine), in levels of 255."""
    shape = (max(16, round(size_m[1] * px_per_m)), max(16, round(size_m[0] * px_per_m)))
    noise = mottled if shape[0] * shape[1] > 300 * 300 else cloudy  # what is small repeats, so it must tile
    tone = stains * noise(random, shape) + grain * random.standard_normal(shape, np.float32)
    hue = 0.25 * stains * noise(random, shape)
    picture = np.array(colour, np.float32) + tone[..., None] + hue[..., None] * np.array([1.0, 0.1, -1.0], np.float32)
    return np.clip(picture, 0, 255).astype(np.uint8)


def write(
    picture: Texels, text: str, *, middle: tuple[float, float], height_px: float, colour: RGB, weight: int = 600
) -> None:
    """Text centred on a point of the picture, in any script the built-in font has (Latin, Cyrillic)."""
    face = cv2.FontFace("sans")
    size = max(6, round(height_px * 1.36))  # the font's capitals are 0.735 of its size
    box = cv2.getTextSize((10_000, 10_000), text, (0, 0), face, size, weight)
    left = round(middle[0] - box[2] / 2 - box[0])
    base = round(middle[1] + height_px / 2)
    cv2.putText(picture, text, (left, base), colour, face, size, weight)


def fitting(text: str, *, height_px: float, width_px: float, weight: int = 600) -> float:
    """The height of capitals, at most height_px, at which the text is no wider than width_px."""
    box = cv2.getTextSize((10_000, 10_000), text, (0, 0), cv2.FontFace("sans"), 100, weight)
    return min(height_px, 73.5 * width_px / max(1, box[2]))


def sign(
    text: str, *, size_m: tuple[float, float], ground: RGB, ink: RGB, px_per_m: float = 90, border: bool = True
) -> Texture:
    """A board with one or several lines of text."""
    width, height = round(size_m[0] * px_per_m), round(size_m[1] * px_per_m)
    board = np.empty((height, width, 3), np.uint8)
    board[:] = ground
    if border:
        inset = max(2, height // 22)
        cv2.rectangle(
            board, (inset, inset), (width - inset - 1, height - inset - 1), ink, max(1, height // 40), cv2.LINE_AA
        )
    lines = text.split("\n")
    for number, line in enumerate(lines):
        room = height / len(lines)
        tall = fitting(line, height_px=0.5 * room, width_px=0.86 * width)
        write(board, line, middle=(width / 2, (number + 0.5) * room), height_px=tall, colour=ink)
    return Texture(board, px_per_m)


def facade(
    random: Generator,
    *,
    width_m: float,
    height_m: float,
    floors: int,
    colour: RGB,
    shop: str,
    shop_colour: RGB,
    px_per_m: float = 44,
) -> Texture:
    """The front of a house: plaster, cornices, rows of windows, a shop or a door below, a pipe, the years."""
    picture = grained(random, colour, size_m=(width_m, height_m), px_per_m=px_per_m, stains=5.0, grain=3.5)
    height, width = picture.shape[:2]
    trim: RGB = (min(255, colour[0] + 34), min(255, colour[1] + 34), min(255, colour[2] + 36))
    dark: RGB = (int(colour[0] * 0.62), int(colour[1] * 0.62), int(colour[2] * 0.62))

    def px(metres: float) -> int:
        return round(metres * px_per_m)

    storey_m = height_m / floors
    _weathered(random, picture, px_per_m)
    cv2.rectangle(picture, (0, height - px(0.7)), (width, height), dark, -1)
    for floor in range(1, floors):
        line = height - px(storey_m * floor)
        cv2.rectangle(picture, (0, line - px(0.12)), (width, line), trim, -1)
        cv2.line(picture, (0, line + 1), (width, line + 1), dark, 2)
    cv2.rectangle(picture, (0, 0), (width, px(0.35)), trim, -1)
    cv2.line(picture, (0, px(0.37)), (width, px(0.37)), dark, 2)
    bays = max(2, round(width_m / 2.9))
    for bay in range(bays):
        middle_m = width_m * (bay + 0.5) / bays
        for floor in range(floors):
            sill = height - px(storey_m * floor + 0.95)
            if floor == 0 and shop:
                continue
            _window(random, picture, px(middle_m), sill, px(1.15), px(min(1.75, storey_m - 1.4)), trim=trim, dark=dark)
            if floor and random.random() < 0.16:
                _balcony(picture, px(middle_m), sill + px(0.35), px(1.9), px(1.0), dark)
    if shop:
        _shop_front(random, picture, shop, shop_colour, px_per_m, storey_m)
    else:
        _door(picture, px(width_m * (bays // 2 + (0.5 if bays % 2 else 0.0)) / bays), height, px(1.3), px(2.5), dark)
    for pipe_m in (0.25, width_m - 0.25):
        cv2.line(picture, (px(pipe_m), px(0.4)), (px(pipe_m), height), dark, max(2, px(0.09)), cv2.LINE_AA)
        cv2.line(picture, (px(pipe_m) - 1, px(0.4)), (px(pipe_m) - 1, height), trim, 1, cv2.LINE_AA)
    return Texture(picture, px_per_m)


def _weathered(random: Generator, picture: Texels, px_per_m: float) -> None:
    """Streaks below ledges and a few bare patches."""
    height, width = picture.shape[:2]
    streaks = mottled(random, (1, width))
    fade = np.linspace(0.3, 1.0, height, dtype=np.float32)[:, None]
    shade = 1 - 0.05 * np.clip(streaks - 0.5, 0, 2) * fade
    picture[:] = np.clip(picture * shade[..., None], 0, 255).astype(np.uint8)
    bare = mottled(random, (height, width)) > 2.3
    picture[bare] = (picture[bare] * 0.55 + np.array([150, 112, 92]) * 0.45).astype(np.uint8)


def _window(
    random: Generator, picture: Texels, middle: int, sill: int, width: int, height: int, *, trim: RGB, dark: RGB
) -> None:
    left, right, top = middle - width // 2, middle + width // 2, sill - height
    frame = max(2, width // 9)
    cv2.rectangle(picture, (left - frame, top - frame), (right + frame, sill + frame), trim, -1)
    cv2.rectangle(picture, (left - frame, top - 2 * frame), (right + frame, top - frame), trim, -1)
    cv2.line(picture, (left - frame, top - frame), (right + frame, top - frame), dark, 1)
    if right <= left or sill <= top:
        return
    panes = picture[max(top, 0) : sill, max(left, 0) : right]
    tall = np.linspace(0, 1, panes.shape[0])[:, None, None]
    lit = random.random() < 0.10
    upper, lower = ((222, 186, 120), (176, 128, 70)) if lit else ((104, 122, 142), (32, 38, 46))
    panes[:] = (np.array(upper) * (1 - tall) + np.array(lower) * tall).astype(np.uint8)
    if not lit and random.random() < 0.6:
        curtain = max(2, panes.shape[1] // 4)
        cloth = np.array([196, 190, 178]) * random.uniform(0.55, 0.85)
        panes[:, :curtain] = cloth.astype(np.uint8)
        panes[:, -curtain:] = (cloth * 0.9).astype(np.uint8)
    if random.random() < 0.5:
        shine = np.array(
            [
                [0, panes.shape[0]],
                [panes.shape[1] // 2, 0],
                [panes.shape[1] * 3 // 4, 0],
                [panes.shape[1] // 4, panes.shape[0]],
            ]
        )
        layer = panes.copy()
        cv2.fillConvexPoly(layer, shine.astype(np.int32), (190, 204, 220))
        panes[:] = cv2.addWeighted(layer, 0.28, panes, 0.72, 0)
    cv2.line(picture, (middle, top), (middle, sill), trim, max(2, frame // 2))
    cv2.line(picture, (left, top + height // 3), (right, top + height // 3), trim, max(2, frame // 2))
    cv2.rectangle(picture, (left - 2 * frame, sill + frame), (right + 2 * frame, sill + 2 * frame), trim, -1)
    cv2.rectangle(picture, (left - 2 * frame, sill + 2 * frame), (right + 2 * frame, sill + 2 * frame + 2), dark, -1)


def _balcony(picture: Texels, middle: int, floor: int, width: int, height: int, dark: RGB) -> None:
    left, right = middle - width // 2, middle + width // 2
    for bar in range(left, right + 1, max(3, width // 14)):
        cv2.line(picture, (bar, floor - height), (bar, floor), (52, 54, 56), 2)
    cv2.rectangle(picture, (left, floor - height - 3), (right, floor - height + 2), (60, 62, 64), -1)
    cv2.rectangle(picture, (left - 4, floor), (right + 4, floor + height // 7), dark, -1)


def _door(picture: Texels, middle: int, ground: int, width: int, height: int, dark: RGB) -> None:
    left, right, top = middle - width // 2, middle + width // 2, ground - height
    cv2.rectangle(picture, (left - 8, top - 8), (right + 8, ground), dark, -1)
    cv2.rectangle(picture, (left, top), (right, ground), (92, 62, 42), -1)
    cv2.line(picture, (middle, top), (middle, ground), (60, 40, 28), 2)
    for side in (left + 6, middle + 6):
        cv2.rectangle(picture, (side, top + 10), (side + width // 2 - 14, top + height // 3), (70, 84, 98), -1)
        cv2.rectangle(picture, (side, top + height // 2), (side + width // 2 - 14, ground - 14), (76, 50, 34), 2)


def _shop_front(random: Generator, picture: Texels, name: str, colour: RGB, px_per_m: float, storey_m: float) -> None:
    height, width = picture.shape[:2]

    def px(metres: float) -> int:
        return round(metres * px_per_m)

    top = height - px(storey_m - 0.95)
    bays = max(2, round(width / px_per_m / 3.4))
    for bay in range(bays):
        left, right = round(width * (bay + 0.1) / bays), round(width * (bay + 0.9) / bays)
        cv2.rectangle(picture, (left - 5, top - 5), (right + 5, height - px(0.35)), (58, 60, 64), -1)
        pane = picture[top : height - px(0.4), left:right]
        glow = np.linspace(1.0, 0.45, pane.shape[0])[:, None, None]
        pane[:] = (np.array([128, 126, 112]) * glow * random.uniform(0.5, 1.0)).astype(np.uint8)
        for _ in range(9):
            x, y = int(random.integers(0, pane.shape[1])), int(random.integers(pane.shape[0] // 2, pane.shape[0]))
            tint = tuple(int(c) for c in random.integers(60, 210, 3))
            cv2.rectangle(pane, (x, y), (x + px(0.3), y + px(0.22)), tint, -1)
        cv2.line(picture, ((left + right) // 2, top), ((left + right) // 2, height - px(0.4)), (48, 50, 54), 4)
    board = (round(width * 0.5), top - px(0.62))
    wide, tall = min(width * 0.8, px(0.62) * (len(name) + 2) * 0.95), px(0.74)
    left, right = round(board[0] - wide / 2), round(board[0] + wide / 2)
    cv2.rectangle(picture, (left, board[1] - tall // 2), (right, board[1] + tall // 2), colour, -1)
    cv2.rectangle(picture, (left, board[1] + tall // 2), (right, board[1] + tall // 2 + 4), (30, 30, 32), -1)
    write(picture, name, middle=board, height_px=tall * 0.55, colour=(250, 248, 240), weight=700)


def roof(random: Generator, colour: RGB, *, snow: float, size_m: float = 12.0, px_per_m: float = 22) -> Texture:
    """Tiles in rows, with snow lying on a share of them."""
    picture = grained(random, colour, size_m=(size_m, size_m), px_per_m=px_per_m, stains=9, grain=6)
    row = max(3, round(0.36 * px_per_m))
    for y in range(0, picture.shape[0], row):
        picture[y : y + max(1, row // 4)] = (picture[y : y + max(1, row // 4)] * 0.72).astype(np.uint8)
        shift = (y // row % 2) * row // 2
        picture[y : y + row, shift :: max(3, row)] = (picture[y : y + row, shift :: max(3, row)] * 0.85).astype(
            np.uint8
        )
    if snow:
        patches = cloudy(random, picture.shape[:2], octaves=6)
        white = np.clip((patches - np.quantile(patches, 1 - snow)) * 3, 0, 1)[..., None]
        picture = (picture * (1 - white) + np.array([232, 236, 244]) * white).astype(np.uint8)
    return Texture(picture, px_per_m)


def plain(random: Generator, colour: RGB, *, px_per_m: float = 40, size_m: float = 2.0) -> Texture:
    """Painted metal, wood or stone."""
    return Texture(grained(random, colour, size_m=(size_m, size_m), px_per_m=px_per_m, stains=5, grain=3), px_per_m)


def tree(random: Generator, *, height_m: float, leaves: RGB | None, px_per_m: float = 60) -> Texture:
    """A tree as a cut-out: trunk and ever finer branches; leaves in summer, none in February."""
    width_px, height_px = round(height_m * 0.8 * px_per_m), round(height_m * px_per_m)
    picture = np.zeros((height_px, width_px, 4), np.uint8)
    tips: list[tuple[float, float]] = []

    def grow(x: float, y: float, angle: float, length: float, thick: float, depth: int) -> None:
        bend = angle
        for _ in range(3):
            bend += random.normal(0, 0.13)
            after = (x + np.sin(bend) * length / 3, y - np.cos(bend) * length / 3)
            shade = random.uniform(0.75, 1.15)
            bark = (int(74 * shade), int(62 * shade), int(54 * shade), 255)
            cv2.line(picture, (round(x), round(y)), (round(after[0]), round(after[1])), bark, max(1, round(thick)))
            if thick > 4:
                offset = round(thick * 0.25)
                cv2.line(
                    picture, (round(x) + offset, round(y)), (round(after[0]) + offset, round(after[1])),
                    (112, 98, 84, 255), max(1, round(thick * 0.3)),
                )  # fmt: skip
            x, y = after
            thick *= 0.9
        if depth == 0:
            tips.append((x, y))
            return
        for _ in range(3 if depth > 1 else 2):
            grow(x, y, bend + random.normal(0, 0.52), length * random.uniform(0.62, 0.84), thick * 0.66, depth - 1)
        if depth < 4:
            tips.append((x, y))

    grow(width_px / 2, height_px - 1, 0.0, height_px * 0.26, height_px * 0.032, 6)
    if leaves is not None:
        for x, y in tips:
            for _ in range(5):
                place = (round(x + random.normal(0, height_px * 0.022)), round(y + random.normal(0, height_px * 0.022)))
                shade = random.uniform(0.6, 1.2)
                tint = tuple(int(min(255, c * shade)) for c in leaves)
                cv2.circle(picture, place, max(2, round(height_px * random.uniform(0.006, 0.014))), (*tint, 255), -1)
    return Texture(picture, px_per_m)
