"""How far apart two cameras stood, by what their files claim."""

import pytest

from firsthand.app.camera_places import apart_m, distance_m
from firsthand.link.offsets import APART_M

MAIDAN = (50.4501, 30.5234)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m((50.0, 30.0), (51.0, 30.0)) == pytest.approx(111_195, rel=0.001)


def test_cameras_beside_each_other_narrow_the_interval_by_less_than_a_phone_s_fix_is_off() -> None:
    assert apart_m(MAIDAN, MAIDAN) == pytest.approx(20.0)
    assert apart_m(MAIDAN, MAIDAN) < APART_M


def test_cameras_far_from_each_other_widen_it() -> None:
    across = (MAIDAN[0] + 0.0018, MAIDAN[1])  # 200 m north
    assert apart_m(MAIDAN, across) == pytest.approx(220, abs=2)


def test_what_is_not_known_or_cannot_be_is_the_default() -> None:
    assert apart_m(None, MAIDAN) == APART_M
    assert apart_m(MAIDAN, (48.85, 2.35)) == APART_M  # nobody in Paris hears it
