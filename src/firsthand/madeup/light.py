"""Sun, shadow, sky and haze: what turns drawn surfaces into something one could have filmed."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Orthographic, Pinhole, Vector, looking
from firsthand.madeup.ground import EAST_M, NORTH_M, SOUTH_M, WEST_M, Season
from firsthand.madeup.raster import Floats, Layers
from firsthand.madeup.sun import SunPosition
from firsthand.madeup.surfaces import CutOut, Surface, Texels
from firsthand.madeup.textures import Generator, cloudy

TALLEST_M = 36.0
BIAS_M = 0.14  # nearer to its own shadow than this a surface counts as lit: the shadow map's grain is 7 cm
STRIP_ROWS = 96
_LINEAR = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)
_SHOWN = np.clip(np.round(255 * np.linspace(0, 1, 4096) ** (1 / 2.2)), 0, 255).astype(np.uint8)


@dataclass(frozen=True, kw_only=True)
class Weather:
    """The day's light: colours are linear, 1 is white paper in full light."""

    sun: tuple[float, float, float]
    shade: tuple[float, float, float]
    zenith: tuple[float, float, float]
    horizon: tuple[float, float, float]
    cloud_cover: float
    haze_m: float


WEATHER: dict[Season, Weather] = {
    "winter": Weather(
        sun=(1.75, 1.55, 1.22), shade=(0.34, 0.42, 0.56), zenith=(0.16, 0.30, 0.60), horizon=(0.62, 0.72, 0.84),
        cloud_cover=0.42, haze_m=520,
    ),
    "summer": Weather(
        sun=(1.55, 1.47, 1.28), shade=(0.36, 0.43, 0.52), zenith=(0.12, 0.28, 0.66), horizon=(0.60, 0.74, 0.90),
        cloud_cover=0.30, haze_m=1_400,
    ),
}  # fmt: skip


class Shadows:
    """Where the sun reaches: the town as the sun sees it."""

    def __init__(self, things: Iterable[Surface | CutOut], sun: SunPosition, *, px_per_m: float = 14) -> None:
        """Raises ValueError when the sun is below 2°: shadows would be longer than the town."""
        if sun.elevation_deg < 2:
            raise ValueError("the sun is down")
        axes = looking(heading_deg=sun.azimuth_deg + 180, tilt_deg=-sun.elevation_deg)
        corners = np.array([[x, y, z] for x in (WEST_M, EAST_M) for y in (SOUTH_M, NORTH_M) for z in (0.0, TALLEST_M)])
        seen = corners @ axes.T
        low, high = seen.min(axis=0), seen.max(axis=0)
        width, height = np.ceil((high - low)[:2] * px_per_m).astype(int) + 1
        self._view = Orthographic(
            at=axes[2] * (low[2] - 10),
            axes=axes,
            px_per_m=px_per_m,
            width_px=int(width),
            height_px=int(height),
            centre_px=(float(-low[0] * px_per_m), float(-low[1] * px_per_m)),
        )
        layers = Layers(self._view, coloured=False)
        layers.draw(thing for thing in things if isinstance(thing, CutOut) or thing.casts)
        self._depth = layers.depth

    def lit(self, places: Floats) -> Floats:
        """The share of the sun's light that reaches each place [..., 3]: 0 to 1, soft at the edge of a shadow."""
        axes = self._view.axes.astype(np.float32)
        from_plane = places - self._view.at.astype(np.float32)
        across = from_plane @ axes[0] * self._view.px_per_m + np.float32(self._view.centre_px[0])
        down = from_plane @ axes[1] * self._view.px_per_m + np.float32(self._view.centre_px[1])
        depth = from_plane @ axes[2] - np.float32(BIAS_M)
        shape = across.shape
        across, down = across.reshape(shape[0], -1), down.reshape(shape[0], -1)
        share = np.zeros(across.shape, np.float32)
        for right, below in ((-0.6, -0.25), (0.25, -0.6), (0.6, 0.25), (-0.25, 0.6)):
            nearest = cv2.remap(
                self._depth,
                np.asarray(across + right, np.float32),
                np.asarray(down + below, np.float32),
                cv2.INTER_NEAREST,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(np.inf,),
            )
            share += 0.25 * (depth.reshape(across.shape) < nearest)
        return np.asarray(share.reshape(shape), np.float32)


class Sky:
    """Blue, clouds, the sun's glow, and the woods along the horizon; the same whoever looks."""

    def __init__(self, random: Generator, sun: SunPosition, weather: Weather) -> None:
        self._sun = sun.towards().astype(np.float32)
        self._weather = weather
        self._clouds = cloudy(random, (1024, 1024), octaves=7, roughness=0.56)
        self._woods = cloudy(random, (8, 4096), octaves=9, roughness=0.7)[0]

    def seen(self, directions: Floats) -> Floats:
        """Linear light [..., 3] from these directions."""
        unit = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
        up = np.clip(unit[..., 2], 0, 1)
        weather = self._weather
        rise = (up**0.55)[..., None]
        out = np.array(weather.horizon, np.float32) * (1 - rise) + np.array(weather.zenith, np.float32) * rise
        towards_sun = np.clip(unit @ self._sun, 0, 1)
        out += ((0.25 * towards_sun**6 + 0.5 * towards_sun**60 + 6 * (towards_sun > 0.99985))[..., None]) * np.array(
            [1.0, 0.9, 0.72], np.float32
        )
        over = up + 0.09
        across, down = unit[..., 0] / over * 230, unit[..., 1] / over * 230
        cloud = self._clouds[np.mod(down.astype(np.int32), 1024), np.mod(across.astype(np.int32), 1024)]
        thick = np.clip((cloud + 2 * weather.cloud_cover - 1.0) * 0.9, 0, 1)
        cover = np.clip(thick * 1.6, 0, 0.92)[..., None]
        body = (0.95 - 0.42 * thick + 0.35 * towards_sun**8)[..., None] * np.array([1.0, 0.99, 0.98], np.float32)
        out = out * (1 - cover) + body * cover
        azimuth = np.mod(np.arctan2(unit[..., 0], unit[..., 1]) / (2 * np.pi) * 4096, 4095).astype(np.int32)
        ridge = 0.026 + 0.007 * self._woods[azimuth]
        wood = np.clip((ridge - unit[..., 2]) * 500, 0, 1)[..., None]
        far = np.array(weather.horizon, np.float32) * 0.55 + np.array([0.02, 0.035, 0.03], np.float32)
        return np.asarray(out * (1 - wood) + far * wood, np.float32)


@dataclass(frozen=True)
class Plate:
    """Everything that stands still, as one place sees it: RGB, range in metres, and how lit the ground is."""

    view: Pinhole
    picture: Texels
    range_m: Floats
    lit_ground: NDArray[np.uint8]  # 255: ground in full sun, where a passer-by's shadow shows


def lit_plate(
    view: Pinhole,
    things: Iterable[Surface | CutOut],
    *,
    shadows: Shadows,
    sky: Sky,
    sun: SunPosition,
    weather: Weather,
    detail: Floats,
    exposure: float,
) -> Plate:
    """Draws and lights the view at twice its size and halves it, so that edges are smooth."""
    fine = Pinhole(
        at=view.at,
        axes=view.axes,
        focal_px=view.focal_px * 2,
        width_px=view.width_px * 2,
        height_px=view.height_px * 2,
        centre_px=(view.centre_px[0] * 2 + 0.5, view.centre_px[1] * 2 + 0.5),
    )
    layers = Layers(fine)
    layers.draw(things)
    picture = np.empty((fine.height_px, fine.width_px, 3), np.uint8)
    range_m = np.empty((view.height_px, view.width_px), np.float32)
    lit_ground = np.empty((fine.height_px, fine.width_px), np.uint8)
    for top in range(0, fine.height_px, STRIP_ROWS):
        rows = slice(top, min(top + STRIP_ROWS, fine.height_px))
        light, ground, ranges = _lit(layers, rows, shadows, sky, sun.towards(), weather, detail)
        picture[rows] = shown(light * exposure)
        lit_ground[rows] = np.round(255 * ground)
        range_m[rows.start // 2 : (rows.stop + 1) // 2] = ranges[::2, ::2]
    size = (view.width_px, view.height_px)
    return Plate(
        view,
        np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8),
        range_m,
        np.asarray(cv2.resize(lit_ground, size, interpolation=cv2.INTER_AREA), np.uint8),
    )


def shown(light: Floats) -> Texels:
    """Linear light to what a phone would store: highlights roll off, gamma 2.2."""
    rolled = light * (1 + light * 0.16) / (1 + light * 0.86)
    return np.asarray(_SHOWN[np.clip(rolled * 4095, 0, 4095).astype(np.int16)], np.uint8)


def _lit(
    layers: Layers, rows: slice, shadows: Shadows, sky: Sky, sun: Vector, weather: Weather, detail: Floats
) -> tuple[Floats, Floats, Floats]:
    """Linear light, sunlit share of the ground, and range, for some rows of the view."""
    directions = layers.directions(rows)
    stretch = np.linalg.norm(directions, axis=-1)
    depth = layers.depth[rows]
    away = np.asarray(~np.isfinite(depth))
    places = layers.places(rows)
    normal = layers.normal[rows]
    facing = normal @ sun.astype(np.float32)
    cut_out = np.asarray(~normal.any(axis=-1))
    sunlit = shadows.lit(places + normal * np.float32(0.06)) * np.clip(facing, 0, 1)
    sunlit = np.where(cut_out, np.float32(0.62), sunlit)
    albedo = _LINEAR[layers.colour[rows]]
    is_ground = np.asarray((normal[..., 2] > 0.99) & (places[..., 2] < 0.02))
    albedo[is_ground] *= _unevenness(detail, places[is_ground])[:, None]
    low = 0.72 + 0.28 * np.clip(places[..., 2] / 2.2, 0, 1)
    openness = np.where(is_ground | cut_out, 1.0, (0.78 + 0.22 * normal[..., 2]) * low)
    shade = np.array(weather.shade, np.float32) * openness[..., None]
    # What the ground throws back lifts walls that face away from the sky.
    bounce = 0.10 * np.array(weather.sun, np.float32) * sun[2] * (1 - np.abs(normal[..., 2:])) * (~cut_out)[..., None]
    light = albedo * (shade + bounce + sunlit[..., None] * np.array(weather.sun, np.float32))
    light += albedo * layers.glow[rows][..., None]
    haze = np.exp(-np.minimum(depth, 5_000) * stretch / weather.haze_m)[..., None]
    light = light * haze + np.array(weather.horizon, np.float32) * 0.8 * (1 - haze)
    if away.any():
        light[away] = _beyond(directions[away], sky, weather, float(layers.view.at[2]))
    ground = np.where(is_ground & ~away, shadows.lit(places + np.array([0, 0, 0.06], np.float32)), 0)
    return light, ground.astype(np.float32), np.where(away, np.inf, depth * stretch).astype(np.float32)


def _unevenness(detail: Floats, places: Floats) -> Floats:
    side = detail.shape[0]  # whole numbers first: a float just below 0 would wrap to `side` itself
    across = np.mod(np.floor(places[:, 0] * 70).astype(np.int32), side)
    down = np.mod(np.floor(places[:, 1] * 70).astype(np.int32), side)
    return np.asarray(detail[down, across], np.float32)


def _beyond(directions: Floats, sky: Sky, weather: Weather, height_m: float) -> Floats:
    """Sky above, and fields where a ray falls to the ground outside the map."""
    light = sky.seen(directions[None])[0]
    falling = directions[:, 2] < -1e-4
    distance = np.where(falling, height_m / np.maximum(-directions[:, 2], 1e-4), 0)
    near = np.exp(-distance / weather.haze_m)[:, None]
    field = np.array([0.34, 0.36, 0.36], np.float32) * near + np.array(weather.horizon, np.float32) * 0.7 * (1 - near)
    below = falling & (distance < 2_000)
    light[below] = field[below]
    return np.asarray(light, np.float32)
