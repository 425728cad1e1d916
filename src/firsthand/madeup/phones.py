"""The phones: where they stand, how they are held, what their clocks and tags say."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import numpy as np

from firsthand.madeup.camera import Vector
from firsthand.madeup.filming import Hand, Look
from firsthand.madeup.hearing import Microphone
from firsthand.madeup.town import on_earth

EVENT_AT = datetime(2026, 2, 14, 9, 20, 4, tzinfo=UTC)  # true second 0 of the event
AFTERWARDS_AT = EVENT_AT + timedelta(minutes=6)
JULY_AT = datetime(2025, 7, 19, 13, 41, 30, tzinfo=UTC)
KYIV_WINTER, KYIV_SUMMER = timezone(timedelta(hours=2)), timezone(timedelta(hours=3))

Tagger = Callable[[datetime, "Phone"], dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large the event is made. film_s: what each phone films of the event's length_s seconds.

    spread: how much events of different seeds differ. 0: the same phones in nearly the same places, the column on time;
    1: phones metres away and turned, the column up to two seconds early or late. For many events side by side.
    """

    name: str
    height_px: int
    length_s: float
    film_s: float
    phones: int
    slowest: int = 1  # frame rates are divided by this: 1 as phones film, 2 for quick tests
    reworked: tuple[str, ...] | None = None  # which online clips; None: all
    spread: float = 0.0


QUICK = ("rynok_live-1042.mp4", "svodka_kbr_553.mp4", "zvedennia_dnia_14-02.mp4")
TINY = Size(name="tiny", height_px=180, length_s=11.0, film_s=8.0, phones=3, slowest=2, reworked=QUICK)
DEMO = Size(name="demo", height_px=360, length_s=16.0, film_s=10.0, phones=3)
LARGE = Size(name="large", height_px=720, length_s=42.0, film_s=30.0, phones=5)


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A phone in somebody's hand.

    focal_ratio: focal length over the longer side. clock_error_s: what its clock shows minus the truth.
    rate: its seconds per true second. turn_deg: held upright, stored lying, with a turn in the container.
    """

    name: str
    place: Vector
    hand: Hand
    look: Look
    microphone: Microphone
    focal_ratio: float
    frames_per_second: Fraction
    scale: float  # its height over the event's
    upright: bool
    clock_error_s: float
    rate: float
    file_name: Callable[[datetime], str]
    tags: Tagger

    def pixels(self, size: Size) -> tuple[int, int]:
        """Width and height as displayed."""
        height = round(size.height_px * self.scale / 2) * 2
        width = round(height * 16 / 9 / 2) * 2
        return (height, width) if self.upright else (width, height)

    def focal_px(self, size: Size) -> float:
        """Focal length in displayed pixels."""
        return self.focal_ratio * max(self.pixels(size))

    def frame_rate(self, size: Size) -> Fraction:
        """Frames in a second of its own clock."""
        return self.frames_per_second / size.slowest

    def shows(self, at: datetime) -> datetime:
        """What its clock shows at an instant."""
        return at + timedelta(seconds=self.clock_error_s)


def _apple(at: datetime, phone: Phone) -> dict[str, str]:
    """Time with zone, and the place: as an iPhone's camera leaves it."""
    lat_deg, lon_deg = on_earth(phone.place)
    return {
        "creation_time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z"),
        "com.apple.quicktime.creationdate": at.astimezone(KYIV_WINTER).strftime("%Y-%m-%dT%H:%M:%S%z"),
        "com.apple.quicktime.location.ISO6709": f"{lat_deg:+08.4f}{lon_deg:+09.4f}+112.000/",
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 13",
        "com.apple.quicktime.software": "17.6.1",
    }


def _local_as_utc(at: datetime, phone: Phone) -> dict[str, str]:
    """Local time in the field that should be UTC: two hours wrong for whoever believes it."""
    return {"creation_time": at.astimezone(KYIV_WINTER).strftime("%Y-%m-%dT%H:%M:%S.000000Z")}


def _android(at: datetime, phone: Phone) -> dict[str, str]:
    return {"creation_time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")}


def _stripped(at: datetime, phone: Phone) -> dict[str, str]:
    return {}


def phones(count: int, *, seed: int, spread: float = 0.0) -> tuple[Phone, ...]:
    """The first so many of five phones on the square; where each stands differs a little from seed to seed, and more
    with a spread."""
    random = np.random.default_rng([seed, 70])

    def near(east_m: float, north_m: float, up_m: float) -> Vector:
        return np.array([east_m + random.uniform(-1, 1), north_m + random.uniform(-0.6, 0.6), up_m])

    known = (
        Phone(
            name="A", place=near(-12, -23, 1.62), upright=False, scale=1.0, focal_ratio=0.80,
            hand=Hand(heading_deg=27, pan_deg=20, tilt_deg=3.2, shake_deg=0.55, seed=seed + 1),
            look=Look(exposure=1.25, warmth=0.02, saturation=1.15, contrast=0.5, noise=2.0),
            microphone=Microphone(
                noise=0.004, wind=0.012, echo=0.35, echo_s=0.25, loudness=0.13, hz=48_000, seed=seed + 1
            ),
            frames_per_second=Fraction(30), clock_error_s=0.3, rate=1.000_012,
            file_name=lambda at: "IMG_4821.MOV", tags=_apple,
        ),
        Phone(
            name="B", place=near(31, -13, 1.70), upright=False, scale=1.0, focal_ratio=0.74,
            hand=Hand(heading_deg=303, pan_deg=13, tilt_deg=2.4, shake_deg=0.85, seed=seed + 2),
            look=Look(exposure=1.12, warmth=-0.015, saturation=1.28, contrast=0.65, noise=3.0),
            microphone=Microphone(
                noise=0.006, wind=0.03, echo=0.5, echo_s=0.4, loudness=0.2, hz=44_100, seed=seed + 2
            ),
            frames_per_second=Fraction(25), clock_error_s=-71.0, rate=0.999_963,
            file_name=lambda at: at.astimezone(KYIV_WINTER).strftime("VID_%Y%m%d_%H%M%S.mp4"), tags=_local_as_utc,
        ),
        Phone(
            name="C", place=near(-19, 11.5, 1.56), upright=True, scale=1.0, focal_ratio=0.86,
            hand=Hand(heading_deg=121, pan_deg=20, tilt_deg=-1.0, shake_deg=0.7, seed=seed + 3),
            look=Look(exposure=1.32, warmth=0.035, saturation=1.05, contrast=0.4, noise=3.4),
            microphone=Microphone(
                noise=0.008, wind=0.02, echo=0.25, echo_s=0.2, loudness=0.28, hz=48_000, seed=seed + 3
            ),
            frames_per_second=Fraction(24), clock_error_s=0.0, rate=1.000_041,
            file_name=lambda at: "video_2026-02-14_13-22-08.mp4", tags=_stripped,
        ),
        Phone(
            name="D", place=near(11.5, -33.4, 7.4), upright=False, scale=1.0, focal_ratio=0.78,
            hand=Hand(heading_deg=338, pan_deg=22, tilt_deg=-9.0, shake_deg=0.4, seed=seed + 4),
            look=Look(exposure=1.2, warmth=0.0, saturation=1.1, contrast=0.55, noise=1.6),
            microphone=Microphone(
                noise=0.004, wind=0.01, echo=0.6, echo_s=0.5, loudness=0.15, hz=48_000, seed=seed + 4
            ),
            frames_per_second=Fraction(30_000, 1_001), clock_error_s=1.4, rate=1.000_005,
            file_name=lambda at: at.astimezone(KYIV_WINTER).strftime("%Y%m%d_%H%M%S.mp4"), tags=_android,
        ),
        Phone(
            name="E", place=near(17, 21, 1.66), upright=False, scale=2 / 3, focal_ratio=0.72,
            hand=Hand(heading_deg=214, pan_deg=18, tilt_deg=1.5, shake_deg=0.9, seed=seed + 5),
            look=Look(exposure=1.3, warmth=0.05, saturation=0.95, contrast=0.35, noise=4.0),
            microphone=Microphone(
                noise=0.012, wind=0.015, echo=0.3, echo_s=0.3, loudness=0.33, hz=44_100, seed=seed + 5
            ),
            frames_per_second=Fraction(25), clock_error_s=3_600.0, rate=0.999_98,
            file_name=lambda at: at.strftime("MOV_%H%M.mp4"), tags=_stripped,
        ),
    )  # fmt: skip
    return tuple(_elsewhere(one, seed=seed + number, spread=spread) for number, one in enumerate(known[:count]))


def _elsewhere(phone: Phone, *, seed: int, spread: float) -> Phone:
    """The phone some metres off and turned; one that looks out of a window turns only."""
    if not spread:
        return phone
    random = np.random.default_rng([seed, 72])
    away_m = spread * random.uniform((-6, -2.5), (6, 2.5)) * (phone.place[2] < 3)
    turned = replace(phone.hand, heading_deg=phone.hand.heading_deg + spread * random.uniform(-7, 7))
    return replace(phone, place=phone.place + np.array([*away_m, 0.0]), hand=turned)


def july_phone(*, seed: int, spread: float = 0.0) -> Phone:
    """Another phone, another summer, almost the same spot as phone A's."""
    random = np.random.default_rng([seed, 71])
    phone = Phone(
        name="July",
        place=np.array([-9 + random.uniform(-1, 1), -22.5, 1.66]),
        upright=False,
        scale=1.0,
        focal_ratio=0.76,
        hand=Hand(heading_deg=20, pan_deg=18, tilt_deg=3.0, shake_deg=0.5, seed=seed + 8),
        look=Look(exposure=1.1, warmth=0.01, saturation=1.2, contrast=0.5, noise=1.8),
        microphone=Microphone(noise=0.005, wind=0.01, echo=0.3, echo_s=0.3, loudness=0.16, hz=48_000, seed=seed + 8),
        frames_per_second=Fraction(25),
        clock_error_s=4.0,
        rate=1.000_02,
        file_name=lambda at: at.astimezone(KYIV_SUMMER).strftime("VID_%Y%m%d_%H%M%S.mp4"),
        tags=_android,
    )
    return _elsewhere(phone, seed=seed + 9, spread=spread)


def later(phone: Phone, *, east_m: float, north_m: float) -> Phone:
    """The same phone some steps further on, looking around for itself: there is nothing left to follow."""
    return replace(
        phone,
        place=phone.place + np.array([east_m, north_m, 0.0]),
        hand=replace(phone.hand, pan_deg=0.0, shake_deg=2.2, seed=phone.hand.seed + 50),
    )
