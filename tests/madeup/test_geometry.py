"""Cameras, sun and sound obey the formulas one finds in a book."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from firsthand.madeup import textures
from firsthand.madeup.camera import Pinhole, looking
from firsthand.madeup.hearing import SOUND_M_S, delay_s, heard
from firsthand.madeup.light import Shadows
from firsthand.madeup.phones import phones
from firsthand.madeup.sounds import Source
from firsthand.madeup.story import february
from firsthand.madeup.sun import SunPosition, sun_position
from firsthand.madeup.town import box
from firsthand.madeup.voices import HZ

degrees = st.floats(-180, 180, allow_nan=False)


@given(heading=degrees, tilt=st.floats(-60, 60), aside=st.floats(-0.8, 0.8), above=st.floats(-0.6, 0.6))
def test_a_point_lands_where_the_pinhole_formula_puts_it(
    heading: float, tilt: float, aside: float, above: float
) -> None:
    """A point `aside` to the right and `above` the axis, in tangents, lands that many focal lengths from the middle."""
    h, t = np.radians([heading, tilt])
    forward = np.array([np.sin(h) * np.cos(t), np.cos(h) * np.cos(t), np.sin(t)])
    right = np.array([np.cos(h), -np.sin(h), 0.0])
    upwards = np.cross(right, forward)
    at = np.array([3.0, -7.0, 1.6])
    axes = looking(heading_deg=heading, tilt_deg=tilt)
    view = Pinhole(at=at, axes=axes, focal_px=500.0, width_px=640, height_px=360, centre_px=(319.5, 179.5))
    pixel = view.project((at + 25 * (forward + aside * right + above * upwards))[None])[0]
    assert pixel == pytest.approx((319.5 + 500 * aside, 179.5 - 500 * above), abs=1e-6)


def test_a_phone_rolled_clockwise_sees_the_world_turn_the_other_way() -> None:
    view = Pinhole(
        at=np.zeros(3), axes=looking(heading_deg=0, tilt_deg=0, roll_deg=90), focal_px=100.0, width_px=200,
        height_px=200, centre_px=(100, 100),
    )  # fmt: skip
    above = view.project(np.array([[0.0, 10.0, 1.0]]))[0]
    assert above == pytest.approx((90, 100))  # what is above has gone to the left


def test_the_sun_stands_where_the_almanac_has_it() -> None:
    # The worked example of Reda and Andreas (NREL/TP-560-34302): zenith 50.11°, azimuth 194.34°; there the air lifts
    # the sun by 0.02°, and the place lies 1,830 m high.
    at = datetime(2003, 10, 17, 19, 30, 30, tzinfo=UTC)
    sun = sun_position(lat_deg=39.742476, lon_deg=-105.1786, at=at)
    assert sun.azimuth_deg == pytest.approx(194.340, abs=0.03)
    assert sun.elevation_deg == pytest.approx(90 - 50.112, abs=0.04)


def test_an_instant_without_zone_has_no_sun() -> None:
    with pytest.raises(ValueError, match="zone"):
        sun_position(lat_deg=0, lon_deg=0, at=datetime(2026, 2, 14, 9))  # noqa: DTZ001


@pytest.mark.parametrize(("azimuth", "elevation"), [(167.0, 27.0), (230.0, 50.0), (80.0, 12.0)])
def test_a_pole_casts_a_shadow_as_long_and_as_turned_as_the_sun_asks(azimuth: float, elevation: float) -> None:
    pole = list(box(2.0, 3.0, 0.3, 0.3, 0.0, 5.0, textures.plain(np.random.default_rng(1), (90, 90, 90))))
    shadows = Shadows(pole, SunPosition(azimuth_deg=azimuth, elevation_deg=elevation))
    length = 5.0 / np.tan(np.radians(elevation))
    away = np.array([-np.sin(np.radians(azimuth)), -np.cos(np.radians(azimuth)), 0.0])
    foot = np.array([2.0, 3.0, 0.0])
    places = np.array([[foot + away * length * share for share in (0.5, 0.93, 1.15)], [foot - away * 1.5] * 3])
    lit = shadows.lit(places.astype(np.float32))
    assert lit[0] == pytest.approx([0, 0, 1])
    assert lit[1] == pytest.approx(1)


def test_sound_arrives_after_its_distance_and_as_faint() -> None:
    click = np.zeros(64, np.float32)
    click[0] = 1.0
    place = np.array([0.0, 0.0, 1.6])
    near = Source(name="near", place=np.array([34.3, 0.0, 1.6]), begins_s=0.0, samples=click)
    far = Source(name="far", place=np.array([0.0, 171.5, 1.6]), begins_s=0.0, samples=click)
    air = heard([near, far], place=place, begins_s=0.0, length_s=0.6)
    first, second = round(0.1 * HZ), round(0.5 * HZ)
    assert int(np.argmax(np.abs(air[: HZ // 4]))) == pytest.approx(first, abs=1)
    assert HZ // 4 + int(np.argmax(np.abs(air[HZ // 4 :]))) == pytest.approx(second, abs=1)
    assert delay_s(far, place, 0.0) == pytest.approx(171.5 / SOUND_M_S)
    # Five times as far: a fifth, and less by what the air takes from the highest tones.
    ratio = np.abs(air[second - 40 : second + 40]).sum() / np.abs(air[first - 40 : first + 40]).sum()
    assert ratio < 0.21


def test_a_moving_source_is_heard_where_it_was() -> None:
    """Sound sent at second t from t × 20 m away arrives at t + t × 20 / 343."""
    pulse = np.zeros(2 * HZ, np.float32)
    pulse[HZ : HZ + 48] = 1.0
    source = Source(
        name="lorry", place=np.zeros(3), begins_s=0.0, samples=pulse, path=lambda at_s: np.array([20.0 * at_s, 0, 0])
    )
    air = heard([source], place=np.zeros(3), begins_s=0.0, length_s=1.5)
    assert int(np.argmax(air > 0.01)) / HZ == pytest.approx(1 + 20 / SOUND_M_S, abs=0.001)


def test_events_side_by_side_are_filmed_from_other_places_at_other_times() -> None:
    def places(seed: int, spread: float) -> NDArray[np.float64]:
        return np.array([phone.place for phone in phones(3, seed=seed, spread=spread)])

    assert np.abs(places(1, 0.0) - places(2, 0.0)).max() <= 2.0
    apart_m = [np.linalg.norm(places(a, 1.0) - places(b, 1.0), axis=1).max() for a, b in ((1, 2), (2, 3), (3, 4))]
    assert min(apart_m) > 2.0
    arrivals_s = {round(february(16.0, seed=seed, spread=1.0).arrives_s, 2) for seed in range(6)}
    assert len(arrivals_s) == 6
    assert february(16.0, seed=3).arrives_s == february(16.0, seed=4).arrives_s
