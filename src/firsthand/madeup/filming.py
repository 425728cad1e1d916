"""A phone films: the standing town drawn once, then turned as the hand turns, with what moves drawn into each frame."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup import ground
from firsthand.madeup.camera import Pinhole, Vector, looking
from firsthand.madeup.figures import Light, draw_shadow
from firsthand.madeup.light import WEATHER, Plate, Shadows, Sky, lit_plate
from firsthand.madeup.people import draw_person, person_shadow_corners
from firsthand.madeup.story import OLIVE, Story
from firsthand.madeup.sun import SunPosition
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.town import Town
from firsthand.madeup.vehicles import draw_vehicle, vehicle_corners

PLATE_OVER_FRAME = 1.08  # the standing town is kept a little finer than the frames that are cut from it
CHEST = np.array([0.0, 0.0, 1.2])  # where it is asked whether a figure stands in the sun


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Where the phone points: heading clockwise from true north, tilt above the horizon, roll clockwise."""

    heading_deg: float
    tilt_deg: float
    roll_deg: float


@dataclass(frozen=True, kw_only=True)
class Hand:
    """How somebody holds and turns a phone: looks towards the lead vehicle between two limits, and shakes."""

    heading_deg: float
    pan_deg: float  # how far it turns from there at most, to either side
    tilt_deg: float
    shake_deg: float
    seed: int

    def aim(self, at_s: float, story: Story, place: Vector) -> Aim:
        """The aim at a true time."""
        lag = 0.7  # a hand follows what it films
        lead = story.vehicle(0, at_s - lag).place - place
        wanted = (np.degrees(np.arctan2(lead[0], lead[1])) - self.heading_deg + 180) % 360 - 180
        turn = self.pan_deg * np.tanh(wanted / max(1e-6, self.pan_deg * 1.6)) if self.pan_deg else 0.0
        shake = _shake(self.seed, at_s) * self.shake_deg
        return Aim(
            heading_deg=float(self.heading_deg + turn + shake[0]),
            tilt_deg=float(self.tilt_deg + 0.8 * shake[1]),
            roll_deg=float(0.9 * shake[2]),
        )


def _shake(seed: int, at_s: float) -> Vector:
    """Three values of about 1: slow sway and a quicker tremor."""
    random = np.random.default_rng([seed, 20])
    rates_hz = np.array([0.23, 0.61, 1.3, 2.7, 5.1])
    sizes = np.array([0.7, 0.45, 0.25, 0.12, 0.05])
    phases = random.uniform(0, 2 * np.pi, (3, 5))
    return np.asarray((np.sin(2 * np.pi * rates_hz * at_s + phases) * sizes).sum(axis=1))


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a phone makes of light: its own exposure, colour and noise."""

    exposure: float
    warmth: float
    saturation: float
    contrast: float
    noise: float


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A town on a day, ready to be filmed."""

    town: Town
    story: Story
    sun: SunPosition
    shadows: Shadows
    sky: Sky
    detail: NDArray[np.float32]


def staged(town: Town, story: Story, sun: SunPosition, *, seed: int) -> Stage:
    """Computes the shadows and the sky."""
    random = np.random.default_rng([seed, 30, town.season == "summer"])
    weather = WEATHER[town.season]
    return Stage(
        town=town,
        story=story,
        sun=sun,
        shadows=Shadows(town.things, sun),
        sky=Sky(random, sun, weather),
        detail=ground.detail(random),
    )


def view_of(place: Vector, aim: Aim, *, size: tuple[int, int], focal_px: float) -> Pinhole:
    """The pinhole camera of one frame."""
    width, height = size
    return Pinhole(
        at=place,
        axes=looking(heading_deg=aim.heading_deg, tilt_deg=aim.tilt_deg, roll_deg=aim.roll_deg),
        focal_px=focal_px,
        width_px=width,
        height_px=height,
        centre_px=((width - 1) / 2, (height - 1) / 2),
    )


def film(
    stage: Stage,
    *,
    place: Vector,
    hand: Hand,
    look: Look,
    size: tuple[int, int],
    focal_px: float,
    times_s: Vector,
    seed: int,
) -> Iterator[Texels]:
    """RGB frames [height, width, 3] at these true times."""
    aims = [hand.aim(float(at_s), stage.story, place) for at_s in times_s]
    views = [view_of(place, aim, size=size, focal_px=focal_px) for aim in aims]
    plate = _plate(stage, views, look)
    light = Light(towards_sun=stage.sun.towards())
    finish = _Finish(look, size, seed)
    for at_s, view in zip(times_s, views, strict=True):
        to_plate = _turn(view, plate.view)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        frame = np.asarray(
            cv2.warpPerspective(plate.picture, to_plate, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
        nearest = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        range_m = np.asarray(
            cv2.warpPerspective(plate.range_m, to_plate, size, flags=nearest, borderMode=cv2.BORDER_REPLICATE),
            np.float32,
        )
        lit = np.asarray(cv2.warpPerspective(plate.lit_ground, to_plate, size, flags=flags), np.uint8)
        _populate(frame, range_m, lit, view, stage, float(at_s), light)
        yield finish(frame)


def _turn(view: Pinhole, plate: Pinhole) -> Vector:
    """The 3×3 matrix that takes a frame's pixel to the plate's: both stand at one place, so it is exact."""

    def inner(camera: Pinhole) -> Vector:
        return np.array(
            [[camera.focal_px, 0, camera.centre_px[0]], [0, camera.focal_px, camera.centre_px[1]], [0, 0, 1.0]]
        )

    return np.asarray(inner(plate) @ plate.axes @ view.axes.T @ np.linalg.inv(inner(view)))


def _plate(stage: Stage, views: list[Pinhole], look: Look) -> Plate:
    """The standing town, as wide as all frames together need it."""
    middle = views[0]
    heading = np.degrees(np.unwrap([np.arctan2(view.axes[2][0], view.axes[2][1]) for view in views]))
    tilt = float(np.mean([np.degrees(np.arcsin(view.axes[2][2])) for view in views]))
    axes = looking(heading_deg=float((heading.min() + heading.max()) / 2), tilt_deg=tilt)
    focal = middle.focal_px * PLATE_OVER_FRAME
    corners = np.array([[x, y] for x in (0, middle.width_px - 1) for y in (0, middle.height_px - 1)], float)
    reached = []
    for view in views:
        rays = np.column_stack([(corners - view.centre_px) / view.focal_px, np.ones(4)])
        turned = rays @ view.axes @ axes.T
        reached.append(turned[:, :2] / turned[:, 2:] * focal)
    low, high = np.floor(np.min(reached, axis=(0, 1)) - 4), np.ceil(np.max(reached, axis=(0, 1)) + 4)
    width, height = (high - low).astype(int) + 1
    plate = Pinhole(
        at=middle.at,
        axes=axes,
        focal_px=focal,
        width_px=int(width),
        height_px=int(height),
        centre_px=(float(-low[0]), float(-low[1])),
    )
    return lit_plate(
        plate,
        stage.town.things,
        shadows=stage.shadows,
        sky=stage.sky,
        sun=stage.sun,
        weather=WEATHER[stage.town.season],
        detail=stage.detail,
        exposure=look.exposure,
    )


def _populate(
    frame: Texels,
    range_m: NDArray[np.float32],
    lit_ground: NDArray[np.uint8],
    view: Pinhole,
    stage: Stage,
    at_s: float,
    light: Light,
) -> None:
    story, sun = stage.story, stage.sun.towards()
    vehicles = [(number, story.vehicle(number, at_s)) for number in range(story.vehicles)]
    vehicles = [(number, pose) for number, pose in vehicles if -108 < pose.place[0] < 108]
    vehicles = [(number, pose) for number, pose in vehicles if _in_sight(view, pose.place, 14.0)]
    people = [(walk, walk.pose(at_s)) for walk in story.people]
    people = [(walk, pose) for walk, pose in people if _in_sight(view, pose.place, 4.5)]
    for _, pose in vehicles:
        draw_shadow(frame, lit_ground, view, vehicle_corners(pose), sun)
    for walk, pose in people:
        draw_shadow(frame, lit_ground, view, person_shadow_corners(pose, walk.height_m), sun)
    middles = np.array([pose.place + CHEST for _, pose in vehicles] + [pose.place + CHEST for _, pose in people])
    if not len(middles):
        return
    lit = stage.shadows.lit(middles[None].astype(np.float32))[0]
    away = np.linalg.norm(middles - view.at, axis=1)
    for index in np.argsort(-away):
        if index < len(vehicles):
            number, pose = vehicles[index]
            draw_vehicle(
                frame,
                range_m,
                view,
                pose,
                colour=OLIVE[number % len(OLIVE)],
                light=light,
                lit=float(lit[index]),
                number=number,
            )
        else:
            walk, pose = people[index - len(vehicles)]
            draw_person(frame, range_m, view, walk, pose, light=light, lit=float(lit[index]))


def _in_sight(view: Pinhole, place: Vector, reach_m: float) -> bool:
    """Whether anything within reach of a place, its shadow included, may lie in the picture."""
    right, _, ahead = (float(one) for one in view.seen(place[None])[0])
    if ahead < 0.5:
        return ahead > -reach_m
    slope = view.width_px / 2 / view.focal_px
    return abs(right) < ahead * slope + reach_m * float(np.hypot(1.0, slope))


class _Finish:
    """Colour, vignette and sensor noise, from a few stored noise pictures."""

    def __init__(self, look: Look, size: tuple[int, int], seed: int) -> None:
        width, height = size
        self._random = np.random.default_rng([seed, 40])
        self._noise = (look.noise * self._random.standard_normal((height + 64, width + 64, 1), np.float32)).astype(
            np.int16
        )
        levels = np.arange(256) / 255.0
        curve = levels + look.contrast * levels * (1 - levels) * (2 * levels - 1)
        tables = [np.clip(255 * curve * gain, 0, 255) for gain in (1 + look.warmth, 1.0, 1 - look.warmth)]
        self._table = np.stack(tables, axis=-1).round().astype(np.uint8)[None].reshape(1, 256, 3)
        self._saturation = look.saturation

    def __call__(self, frame: Texels) -> Texels:
        toned = cv2.LUT(frame, self._table)
        grey = cv2.cvtColor(cv2.cvtColor(toned, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        coloured = cv2.addWeighted(toned, self._saturation, grey, 1 - self._saturation, 0)
        top, left = (int(start) for start in self._random.integers(0, 64, 2))
        noise = self._noise[top : top + frame.shape[0], left : left + frame.shape[1]]
        return np.asarray(np.clip(coloured.astype(np.int16) + noise, 0, 255), np.uint8)
