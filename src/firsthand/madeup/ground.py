"""The mapped ground: road, crossing, paving, lawns, snow, puddles, baked into one picture that lies on the earth."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.surfaces import Texels, Texture
from firsthand.madeup.textures import Generator, cloudy, grained

Season = Literal["winter", "summer"]
WEST_M, EAST_M, SOUTH_M, NORTH_M = -110.0, 110.0, -60.0, 75.0
PX_PER_M = 22.0
ROAD_SOUTH_M, ROAD_NORTH_M = -6.2, 2.2
LAWNS = ((-52.0, -20.0, 26.0, 9.0), (14.0, 50.0, 26.0, 9.0), (-56.0, -24.0, -11.0, -27.0), (22.0, 56.0, -11.0, -27.0))
CROSSING_M = (5.0, 8.6)  # from west to east


def ground_picture(random: Generator, season: Season) -> Texture:
    """Top left is the north-west corner; right is east."""
    width, height = round((EAST_M - WEST_M) * PX_PER_M), round((NORTH_M - SOUTH_M) * PX_PER_M)
    picture = _tiled(_slabs(random), height, width)
    _lawns(random, picture, season)
    _road(random, picture)
    large = np.asarray(cv2.resize(cloudy(random, (256, 384), octaves=6), (width, height)), np.float32)
    np.multiply(picture, (1 + 0.045 * large)[..., None], out=picture, casting="unsafe")
    if season == "winter":
        _snow(random, picture)
    return Texture(picture, PX_PER_M)


def rows(north_m: float, south_m: float) -> slice:
    """The picture's rows between two latitudes of the square."""
    return slice(round((NORTH_M - north_m) * PX_PER_M), round((NORTH_M - south_m) * PX_PER_M))


def columns(west_m: float, east_m: float) -> slice:
    """The picture's columns between two meridians of the square."""
    return slice(round((west_m - WEST_M) * PX_PER_M), round((east_m - WEST_M) * PX_PER_M))


def _tiled(tile: Texels, height: int, width: int) -> Texels:
    repeats = (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1)
    return np.ascontiguousarray(np.tile(tile, repeats)[:height, :width])


def _slabs(random: Generator) -> Texels:
    """Paving of 60 cm slabs in two greys, in a bond that repeats every 9.6 m."""
    slab = round(0.6 * PX_PER_M)
    across = 16
    tile = np.empty((slab * across, slab * across, 3), np.uint8)
    for row in range(across):
        for column in range(across):
            tone = 148 + random.normal(0, 6) - (22 if (row // 2 + column // 2) % 4 == 0 else 0)
            tile[row * slab : (row + 1) * slab, column * slab : (column + 1) * slab] = np.clip(
                [tone + 2, tone - 1, tone - 8], 0, 255
            )
    tile[::slab] = (tile[::slab] * 0.72).astype(np.uint8)
    tile[:, ::slab] = (tile[:, ::slab] * 0.72).astype(np.uint8)
    return np.clip(tile + 4.5 * random.standard_normal(tile.shape[:2], np.float32)[..., None], 0, 255).astype(np.uint8)


def _lawns(random: Generator, picture: Texels, season: Season) -> None:
    green = (92, 96, 62) if season == "winter" else (84, 118, 48)
    grass = grained(random, green, size_m=(24, 24), px_per_m=PX_PER_M, stains=11, grain=13)
    for west, east, north, south in LAWNS:
        area = picture[rows(north, south), columns(west, east)]
        area[:] = _tiled(grass, *area.shape[:2])
        cv2.rectangle(area, (0, 0), (area.shape[1] - 1, area.shape[0] - 1), (172, 170, 164), 5)
    for north, south in ((NORTH_M, 40.0), (-40.0, SOUTH_M)):
        area = picture[rows(north, south)]
        area[:] = _tiled(grass, *area.shape[:2])


def _road(random: Generator, picture: Texels) -> None:
    asphalt = grained(random, (84, 84, 88), size_m=(40, 20), px_per_m=PX_PER_M, stains=5, grain=7)
    road = picture[rows(ROAD_NORTH_M, ROAD_SOUTH_M)]
    road[:] = _tiled(asphalt, *road.shape[:2])
    height, width = road.shape[:2]
    for track in (0.17, 0.36, 0.64, 0.83):  # where tyres run the asphalt is darker
        band = road[round((track - 0.05) * height) : round((track + 0.05) * height)]
        band[:] = (band * 0.92).astype(np.uint8)
    for _ in range(60):
        x, y = float(random.uniform(0, width)), float(random.uniform(0, height))
        points = np.cumsum(np.vstack([[x, y], random.normal((4, 0), 9, (14, 2))]), axis=0)
        cv2.polylines(
            road, [points.astype(np.int32)], isClosed=False, color=(52, 52, 56), thickness=1, lineType=cv2.LINE_AA
        )
    for _ in range(14):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        cv2.rectangle(
            road, (x, y), (x + int(random.integers(20, 90)), y + int(random.integers(14, 50))), (70, 70, 74), -1
        )
    middle = round(PX_PER_M * (ROAD_NORTH_M + 2.0))
    for x in range(0, width, round(PX_PER_M * 4.5)):
        cv2.rectangle(road, (x, middle - 1), (x + round(PX_PER_M * 2.4), middle + 2), (206, 206, 200), -1)
    left, right = columns(*CROSSING_M).start, columns(*CROSSING_M).stop
    road[:, left - 24 : right + 24] = _tiled(asphalt, height, right - left + 48)
    for y in range(8, height - 8, round(PX_PER_M * 1.0)):
        stripe = road[y : y + round(PX_PER_M * 0.5), left:right]
        worn = random.random(stripe.shape[:2]) < 0.82
        stripe[worn] = (214, 214, 208)
    for edge in (ROAD_NORTH_M, ROAD_SOUTH_M):
        kerb = picture[rows(edge + 0.2, edge - 0.05)]
        kerb[:] = (182, 180, 174)
        kerb[:, :: round(PX_PER_M)] = (120, 118, 114)


def _snow(random: Generator, picture: Texels) -> None:
    """Old snow on the lawns and along the walls, trodden off the paving; meltwater on the road."""
    height, width = picture.shape[:2]
    lying = cloudy(random, (640, 960), octaves=7)
    patches = np.asarray(cv2.resize(lying, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    wanted = np.full((height, width), -1.9, np.float32)
    for west, east, north, south in LAWNS:
        wanted[rows(north - 0.3, south + 0.3), columns(west + 0.3, east - 0.3)] = 0.25
    for north, south in ((NORTH_M, 40.0), (-40.0, SOUTH_M)):
        wanted[rows(north, south)] = 0.5
    for north, south in ((4.0, 2.4), (-6.4, -7.6)):  # what the plough left beside the road
        wanted[rows(north, south)] = -0.35
    wanted[rows(ROAD_NORTH_M, ROAD_SOUTH_M)] = -4.0
    white = np.clip((patches + wanted) * 2.6, 0, 1)
    for top in range(0, height, 256):  # in strips: the ground is large
        strip, share = picture[top : top + 256], white[top : top + 256, :, None]
        strip[:] = (strip * (1 - share) + np.array([226, 231, 240], np.float32) * share).astype(np.uint8)
    road = picture[rows(ROAD_NORTH_M, ROAD_SOUTH_M)]
    wet = patches[rows(ROAD_NORTH_M, ROAD_SOUTH_M)] > 0.9
    road[wet] = (road[wet] * 0.62 + np.array([14, 17, 22])).astype(np.uint8)


def detail(random: Generator) -> NDArray[np.float32]:
    """Fine unevenness [512, 512] about 1 that is laid over what lies near, where the ground picture is too coarse."""
    return np.asarray(1 + 0.05 * cloudy(random, (512, 512), octaves=7, roughness=0.8), np.float32)
