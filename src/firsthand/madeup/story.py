"""What happens on the square: who and what moves where, second by second, as pure functions of true time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from firsthand.madeup.camera import Vector
from firsthand.madeup.textures import RGB

CRUISE_M_S = 6.5
HEADWAY_S = 3.3
STEP_S = 0.02
OLIVE: tuple[RGB, ...] = ((84, 92, 58), (92, 94, 66), (78, 86, 60), (96, 98, 74))
COATS: tuple[RGB, ...] = (
    (146, 42, 44), (40, 58, 96), (58, 60, 64), (174, 140, 60), (60, 98, 82), (108, 66, 100), (190, 184, 172),
    (84, 60, 44), (44, 108, 140), (36, 38, 44),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where somebody stands or drives at one instant. heading_deg clockwise from north, the way they face."""

    place: Vector  # [3]
    heading_deg: float
    speed_m_s: float
    walked_m: float  # since the beginning: drives the legs
    arms: float = 0.0  # 0 hanging, 1 raised to stop somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A person: stands at `start`, sets off at `leaves_s` for the points of `path` in turn, then stays."""

    name: str
    coat: RGB
    height_m: float
    start: tuple[float, float]
    leaves_s: float
    path: tuple[tuple[float, float], ...]
    speed_m_s: float
    raises_arms_s: tuple[float, float] | None = None

    def pose(self, at_s: float) -> Pose:
        """The pose at a true time."""
        points = np.array([self.start, *self.path])
        legs = np.linalg.norm(np.diff(points, axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(legs)])
        walked = float(np.clip((at_s - self.leaves_s) * self.speed_m_s, 0, along[-1]))
        x, y = np.interp(walked, along, points[:, 0]), np.interp(walked, along, points[:, 1])
        leg = min(int(np.searchsorted(along, walked, side="right")) - 1, len(legs) - 1)
        direction = points[leg + 1] - points[leg]
        moving = 0 < walked < along[-1]
        heading = float(np.degrees(np.arctan2(direction[0], direction[1])))
        arms = 0.0
        if self.raises_arms_s is not None:
            begins, ends = self.raises_arms_s
            arms = float(np.clip(min((at_s - begins) / 0.5, (ends - at_s) / 0.5), 0, 1))
            heading = -80.0 if arms > 0 else heading
        return Pose(
            place=np.array([x, y, 0.0]),
            heading_deg=heading,
            speed_m_s=self.speed_m_s if moving else 0.0,
            walked_m=walked,
            arms=arms,
        )


@dataclass(frozen=True, kw_only=True)
class Story:
    """The event: a column comes, a person steps in front of it, the lead vehicle swerves, others gather.

    arrives_s: when the lead vehicle is 14 m west of the middle.
    """

    length_s: float
    arrives_s: float
    vehicles: int
    people: tuple[Walk, ...]

    @cached_property
    def _lead(self) -> tuple[Vector, Vector, Vector]:
        """Times, east and north of the lead vehicle, from long before to long after."""
        times = np.arange(-12 * HEADWAY_S - 20, self.length_s + 30, STEP_S)
        since = times - self.arrives_s
        braking = np.clip((since - 0.3) / 1.6, 0, 1) * (1 - np.clip((since - 4.6) / 2.5, 0, 1))
        speed = CRUISE_M_S - (CRUISE_M_S - 3.0) * braking
        east = np.cumsum(speed) * STEP_S
        east += -14.0 - np.interp(0.0, since, east)
        swerve = _smooth((east + 7.0) / 9.0) * (1 - _smooth((east - 13.0) / 11.0))
        return times, east, -0.9 - 3.3 * swerve

    def vehicle(self, number: int, at_s: float) -> Pose:
        """The pose of a vehicle; 0 leads, the others follow in its track."""
        times, east, north = self._lead
        own_s = at_s - number * HEADWAY_S
        x, x_after = np.interp([own_s, own_s + 0.2], times, east)
        y, y_after = np.interp([own_s, own_s + 0.2], times, north)
        heading = float(np.degrees(np.arctan2(x_after - x, y_after - y)))
        speed = float(np.hypot(x_after - x, y_after - y) / 0.2)
        return Pose(place=np.array([x, y, 0.0]), heading_deg=heading, speed_m_s=speed, walked_m=float(x))


def _smooth(share: Vector) -> Vector:
    held = np.clip(share, 0, 1)
    return np.asarray(held * held * (3 - 2 * held))


def february(length_s: float, *, seed: int, spread: float = 0.0) -> Story:
    """The event proper. spread: how much the column's arrival differs from seed to seed (see phones.Size)."""
    random = np.random.default_rng([seed, 10])
    arrives = 0.3 * length_s + _late_s(seed, spread)
    stepper = Walk(
        name="the one who steps out", coat=COATS[0], height_m=1.66, start=(9.0, 7.5), leaves_s=arrives - 4.6,
        path=((6.9, 3.0), (6.6, -1.2), (6.4, -0.9)), speed_m_s=1.75, raises_arms_s=(arrives + 0.4, arrives + 5.4),
    )  # fmt: skip
    others = []
    for number in range(13):
        north = number % 3 != 0
        # South of the road nobody starts east of here: they would fill the picture of the phone that stands there.
        start = (random.uniform(-26, 34 if north else 14), random.uniform(8, 26) if north else random.uniform(-20, -10))
        goal = (
            random.uniform(-6, 20 if north else 14),
            random.uniform(3.0, 5.4) if north else random.uniform(-9.4, -7.4),
        )
        others.append(
            Walk(
                name=f"bystander {number + 1}",
                coat=COATS[(number + 1) % len(COATS)],
                height_m=random.uniform(1.56, 1.86),
                start=start,
                leaves_s=arrives + random.uniform(-4, 4),
                path=(goal,),
                speed_m_s=random.uniform(1.1, 2.2),
            )
        )
    return Story(length_s=length_s, arrives_s=arrives, vehicles=3 + round(length_s / 8), people=(stepper, *others))


def afterwards(length_s: float, *, seed: int) -> Story:
    """The same square some minutes later: no column, people standing about."""
    random = np.random.default_rng([seed, 11])
    people = tuple(
        Walk(
            name=f"passer-by {number + 1}", coat=COATS[number % len(COATS)], height_m=random.uniform(1.56, 1.86),
            start=(random.uniform(-22, 24), random.uniform(-10, 22)), leaves_s=random.uniform(-6, 4),
            path=((random.uniform(-22, 24), random.uniform(-9, 20)),), speed_m_s=random.uniform(0.9, 1.6),
        )
        for number in range(9)
    )  # fmt: skip
    return Story(length_s=length_s, arrives_s=10_000.0, vehicles=0, people=people)


def _late_s(seed: int, spread: float) -> float:
    return float(spread * np.random.default_rng([seed, 13]).uniform(-2, 2))


def july(length_s: float, *, seed: int, spread: float = 0.0) -> Story:
    """An older event, in summer: other people, one convoy that drives through without stopping."""
    random = np.random.default_rng([seed, 12])
    people = tuple(
        Walk(
            name=f"stroller {number + 1}", coat=COATS[(3 * number) % len(COATS)], height_m=random.uniform(1.5, 1.86),
            start=(random.uniform(-30, 30), random.uniform(4, 24)), leaves_s=random.uniform(-8, 3),
            path=((random.uniform(-30, 30), random.uniform(4, 22)),), speed_m_s=random.uniform(0.9, 1.5),
        )
        for number in range(11)
    )  # fmt: skip
    return Story(length_s=length_s, arrives_s=2.0 + _late_s(seed, spread), vehicles=4, people=people)
