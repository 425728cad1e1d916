"""The square of Syniolarsk, a town that does not exist: where its houses, trees, lamps and signs stand.

Metres [east, north, up] from the middle of the square, which is given a true place on the earth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from firsthand.madeup import textures
from firsthand.madeup.camera import Vector
from firsthand.madeup.ground import EAST_M, NORTH_M, PX_PER_M, SOUTH_M, WEST_M, Season, ground_picture
from firsthand.madeup.houses import HOUSES, House
from firsthand.madeup.surfaces import CutOut, Surface, Texture, facet, wall
from firsthand.madeup.textures import RGB, Generator

ORIGIN_LAT_DEG, ORIGIN_LON_DEG = 49.3172, 31.7461  # open fields: nothing of this name stands there
NAME_UK, NAME_RU, NAME_LATIN = "Синьоярськ", "Синеярск", "Syniolarsk"
ELSEWHERE_RU = "Каменобродск"  # the town that the false caption names; it does not exist either
METRES_PER_DEGREE = 111_320.0


def on_earth(point: Vector) -> tuple[float, float]:
    """WGS 84 latitude and longitude of a point of the square, on a local plane (good to centimetres here)."""
    lat_deg = ORIGIN_LAT_DEG + float(point[1]) / METRES_PER_DEGREE
    lon_deg = ORIGIN_LON_DEG + float(point[0]) / (METRES_PER_DEGREE * float(np.cos(np.radians(ORIGIN_LAT_DEG))))
    return lat_deg, lon_deg


TREES = (
    (-47, 20, 9.0), (-38, 13, 8.2), (-27, 21, 9.4), (20, 21, 8.8), (30, 14, 8.0), (42, 21, 9.2), (47, 12, 7.4),
    (-50, -16, 8.6), (-36, -24, 8.0), (-28, -15, 9.0), (28, -23, 8.8), (38, -15, 8.2), (50, -22, 9.0),
    (-70, 2.8, 6.4), (58, 4.4, 6.8), (84, 4.6, 7.0), (-92, 4.8, 7.6), (52, 48, 10.0), (24, 52, 11.0), (-2, 56, 12.0),
)  # fmt: skip
LAMPS = tuple((x, y) for x in (-58.0, -32.0, -8.0, 16.0, 40.0, 64.0) for y in (3.4, -7.4))
CHURCH = (46.0, 54.0)
BELL = np.array([46.0, 54.0, 21.0])
OBELISK = (-6.0, 15.0)


@dataclass(frozen=True, kw_only=True)
class Town:
    """Everything that stands still, drawn for one season."""

    season: Season
    things: tuple[Surface | CutOut, ...]


def town(*, seed: int, season: Season) -> Town:
    """The town: the same houses for the same seed whatever the season; snow and leaves follow it."""
    random = np.random.default_rng([seed, 1])
    things: list[Surface | CutOut] = [_ground(np.random.default_rng([seed, 2]), season)]
    snow = 0.42 if season == "winter" else 0.0
    for house in HOUSES:
        things += _house(random, house, snow)
    things += _church(random, snow)
    things += _obelisk(random)
    things += _furniture(random)
    leaves = None if season == "winter" else (96, 128, 54)
    crowns = [textures.tree(random, height_m=9.0, leaves=leaves) for _ in range(4)]
    for number, (x, y, height) in enumerate(TREES):
        crown = crowns[number % 4]
        scaled = Texture(crown.texels, crown.px_per_m * 9.0 / height)
        things.append(CutOut(foot=np.array([x, y, 0.0]), width_m=height * 0.8, height_m=height, texture=scaled))
    return Town(season=season, things=tuple(things))


def _ground(random: Generator, season: Season) -> Surface:
    corners = np.array([[WEST_M, SOUTH_M, 0], [WEST_M, NORTH_M, 0], [EAST_M, NORTH_M, 0], [EAST_M, SOUTH_M, 0]], float)
    texture = ground_picture(random, season)
    assert texture.px_per_m == PX_PER_M
    return Surface(
        points=corners,
        corner=corners[1],
        along=np.array([1.0, 0, 0]),
        down=np.array([0, -1.0, 0]),
        texture=texture,
        casts=False,
    )


def _house(random: Generator, house: House, snow: float) -> Iterator[Surface]:
    sw, se = np.array([house.west, house.south, 0.0]), np.array([house.east, house.south, 0.0])
    nw, ne = np.array([house.west, house.north, 0.0]), np.array([house.east, house.north, 0.0])
    sides = {"south": (sw, se), "east": (se, ne), "north": (ne, nw), "west": (nw, sw)}
    for side, (left, right) in sides.items():
        texture = textures.facade(
            random,
            width_m=float(np.linalg.norm(right - left)),
            height_m=house.height,
            floors=house.floors,
            colour=house.colour,
            shop=house.shop if side == house.front else "",
            shop_colour=house.shop_colour,
            px_per_m=44 if side == house.front else 26,
        )
        yield wall(left, right, height_m=house.height, texture=texture)
    yield from _ridged(random, house, snow)
    for _ in range(2):
        x = random.uniform(house.west + 2, house.east - 2)
        y = (house.south + house.north) / 2 + random.uniform(-1.5, 1.5)
        top = house.height + _rise(house) + 0.8
        yield from box(x, y, 0.45, 0.45, house.height, top, textures.plain(random, (132, 84, 70)))


def _rise(house: House) -> float:
    return min(house.north - house.south, house.east - house.west) * 0.27


def _ridged(random: Generator, house: House, snow: float) -> Iterator[Surface]:
    texture = textures.roof(random, house.roof, snow=snow)
    out, low, high = 0.5, house.height, house.height + _rise(house)
    west, east, south, north = house.west - out, house.east + out, house.south - out, house.north + out
    if east - west >= north - south:
        middle, hip = (south + north) / 2, (north - south) * 0.32
        ridge = [np.array([west + hip, middle, high]), np.array([east - hip, middle, high])]
    else:
        middle, hip = (west + east) / 2, (east - west) * 0.32
        ridge = [np.array([middle, south + hip, high]), np.array([middle, north - hip, high])]
    sw, se, ne, nw = (np.array([x, y, low]) for x, y in ((west, south), (east, south), (east, north), (west, north)))
    if east - west >= north - south:
        faces = [[sw, ridge[0], ridge[1], se], [ne, ridge[1], ridge[0], nw], [nw, ridge[0], sw], [se, ridge[1], ne]]
    else:
        faces = [[nw, ridge[1], ridge[0], sw], [se, ridge[0], ridge[1], ne], [sw, ridge[0], se], [ne, ridge[1], nw]]
    for face in faces:
        yield facet(np.array(face), texture)


def box(
    x: float, y: float, half_x: float, half_y: float, low: float, high: float, texture: Texture
) -> Iterator[Surface]:
    """Four upright sides and a lid."""
    sw, se = np.array([x - half_x, y - half_y, low]), np.array([x + half_x, y - half_y, low])
    nw, ne = np.array([x - half_x, y + half_y, low]), np.array([x + half_x, y + half_y, low])
    for left, right in ((sw, se), (se, ne), (ne, nw), (nw, sw)):
        yield wall(left, right, height_m=high - low, texture=texture, base_m=low)
    yield facet(np.array([[*sw[:2], high], [*nw[:2], high], [*ne[:2], high], [*se[:2], high]]), texture)


def turned(
    x: float, y: float, outline: list[tuple[float, float]], texture: Texture, *, sides: int = 14
) -> Iterator[Surface]:
    """A body of revolution about an upright axis: outline of (radius, height) from below upwards."""
    angles = np.linspace(0, 2 * np.pi, sides + 1)
    for (radius, low), (radius_above, high) in pairwise(outline):
        for first, second in pairwise(angles):
            a, b = np.array([np.sin(first), np.cos(first)]), np.array([np.sin(second), np.cos(second)])
            quad = [
                np.array([x + r * d[0], y + r * d[1], z])
                for d, r, z in ((b, radius, low), (b, radius_above, high), (a, radius_above, high), (a, radius, low))
            ]
            if radius_above < 1e-6:
                quad.pop(2)
            if radius < 1e-6:
                quad.pop(0)
            yield facet(np.array(quad), texture)


def _church(random: Generator, snow: float) -> Iterator[Surface]:
    x, y = CHURCH
    white = textures.facade(
        random, width_m=7, height_m=22, floors=5, colour=(222, 220, 210), shop="", shop_colour=(0, 0, 0), px_per_m=34
    )
    yield from box(x, y, 3.4, 3.4, 0, 22, white)
    nave = textures.plain(random, (214, 212, 202), size_m=8)
    yield from box(x - 10, y, 7, 5, 0, 10, nave)
    green = textures.roof(random, (62, 104, 88), snow=snow * 0.4)
    for left, right in ((-17.4, -2.6),):
        ridge = [np.array([x + left + 1, y, 14.0]), np.array([x + right, y, 14.0])]
        south = [np.array([x + left, y - 5.4, 9.9]), np.array([x + right, y - 5.4, 9.9])]
        north = [np.array([x + left, y + 5.4, 9.9]), np.array([x + right, y + 5.4, 9.9])]
        yield facet(np.array([south[0], ridge[0], ridge[1], south[1]]), green)
        yield facet(np.array([north[1], ridge[1], ridge[0], north[0]]), green)
        yield facet(np.array([north[0], ridge[0], south[0]]), green)
    drum = textures.plain(random, (226, 224, 214))
    yield from turned(x, y, [(2.3, 22), (2.3, 25.2)], drum)
    gold = textures.plain(random, (212, 166, 58))
    onion = [(2.4, 25.2), (3.0, 26.4), (3.05, 27.4), (2.5, 28.6), (1.5, 29.8), (0.7, 30.8), (0.28, 32.0), (0.0, 33.4)]
    yield from turned(x, y, onion, gold)
    yield from box(x, y, 0.09, 0.09, 33, 35.4, gold)
    yield from box(x, y, 0.7, 0.09, 34.4, 34.6, gold)
    small = [(0.0, 13.4), (1.0, 13.5), (1.0, 15.0), (1.4, 15.6), (1.3, 16.4), (0.6, 17.4), (0.1, 18.6)]
    yield from turned(x - 11, y, small, gold, sides=10)


def _obelisk(random: Generator) -> Iterator[Surface]:
    x, y = OBELISK
    stone = textures.plain(random, (168, 160, 152))
    for half, low, high in ((2.2, 0.0, 0.35), (1.6, 0.35, 0.8), (0.95, 0.8, 2.4)):
        yield from box(x, y, half, half, low, high, stone)
    yield from turned(x, y, [(0.72, 2.4), (0.42, 8.6), (0.0, 9.4)], stone, sides=4)


def _furniture(random: Generator) -> Iterator[Surface]:
    metal = textures.plain(random, (70, 76, 80))
    for x, y in LAMPS:
        yield from box(x, y, 0.11, 0.11, 0, 1.1, metal)
        yield from box(x, y, 0.06, 0.06, 1.1, 7.2, metal)
        reach = -1.4 if y > 0 else 1.4
        yield from box(x, y + reach / 2, 0.05, abs(reach) / 2, 7.1, 7.22, metal)
        yield from box(x, y + reach, 0.16, 0.34, 6.98, 7.14, textures.plain(random, (206, 206, 198)))
    yield from _board(random, -21.0, 4.6, f"{NAME_UK.upper()}", (3.4, 0.8), (246, 246, 242), (24, 24, 26), 1.9)
    yield from _board(
        random, 24.0, 5.2, "ЯСЕНОВА ГУТА  12 →\nПІДЛІСНЕ  4 ←", (3.2, 1.3), (24, 84, 158), (246, 246, 246), 2.1
    )
    yield from _bus_stop(random)
    yield from _kiosk(random)
    wood = textures.plain(random, (124, 88, 58))
    for x, y in ((-12.5, 10.0), (0.5, 10.0), (-12.5, 20.0), (0.5, 20.0), (10.0, -12.0), (-16.0, -30.5)):
        yield from box(x, y, 0.9, 0.22, 0.38, 0.46, wood)
        yield from box(x, y + 0.2, 0.9, 0.03, 0.5, 0.9, wood)
        yield from box(x - 0.7, y, 0.05, 0.2, 0.0, 0.4, metal)
        yield from box(x + 0.7, y, 0.05, 0.2, 0.0, 0.4, metal)


def _board(
    random: Generator, x: float, y: float, text: str, size_m: tuple[float, float], ground: RGB, ink: RGB, low: float
) -> Iterator[Surface]:
    """A sign on two posts that faces south, with a grey back."""
    metal = textures.plain(random, (150, 152, 154))
    half = size_m[0] / 2
    for side in (-half * 0.7, half * 0.7):
        yield from box(x + side, y + 0.08, 0.05, 0.05, 0, low + size_m[1], metal)
    yield wall(
        np.array([x - half, y]), np.array([x + half, y]), height_m=size_m[1],
        texture=textures.sign(text, size_m=size_m, ground=ground, ink=ink), base_m=low,
    )  # fmt: skip
    yield wall(
        np.array([x + half, y + 0.03]), np.array([x - half, y + 0.03]), height_m=size_m[1], texture=metal, base_m=low
    )


def _bus_stop(random: Generator) -> Iterator[Surface]:
    blue, metal = textures.plain(random, (44, 92, 140)), textures.plain(random, (92, 96, 98))
    for x in (32.0, 36.6):
        for y in (4.4, 5.9):
            yield from box(x, y, 0.05, 0.05, 0, 2.4, metal)
    yield from box(34.3, 5.15, 2.6, 1.0, 2.4, 2.52, blue)
    yield wall(
        np.array([31.8, 5.95]), np.array([36.8, 5.95]), height_m=1.7, base_m=0.45,
        texture=textures.sign("пл. РИНОК", size_m=(5.0, 1.7), ground=(206, 214, 218), ink=(38, 64, 92)),
    )  # fmt: skip
    yield from box(34.3, 5.7, 1.8, 0.2, 0.4, 0.48, metal)


def _kiosk(random: Generator) -> Iterator[Surface]:
    x, y = 12.0, 12.5
    side = textures.plain(random, (52, 118, 122))
    yield from box(x, y, 1.7, 1.3, 0, 2.7, side)
    yield from box(x, y, 2.0, 1.6, 2.7, 2.85, textures.plain(random, (222, 222, 214)))
    front = textures.sign("ПРЕСА", size_m=(3.0, 0.6), ground=(222, 190, 60), ink=(40, 40, 44), border=False)
    yield wall(np.array([x - 1.5, y - 1.32]), np.array([x + 1.5, y - 1.32]), height_m=0.6, texture=front, base_m=2.05)
    glass = textures.sign("", size_m=(2.6, 1.0), ground=(58, 70, 80), ink=(200, 200, 190))
    yield wall(np.array([x - 1.3, y - 1.32]), np.array([x + 1.3, y - 1.32]), height_m=1.0, texture=glass, base_m=0.95)
