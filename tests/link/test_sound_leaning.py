"""What was loud when, at another speed: a copy that runs faster leans, two cameras at one event never do."""

import numpy as np
import pytest

from firsthand.link.judging import LEANS
from firsthand.link.offsets import OffsetSeeker
from firsthand.link.sound_leaning import leaning
from firsthand.link.sound_search import Heard, likenesses
from firsthand.model.ids import ItemId
from tests.link.test_offsets import InMemory, Samples, event, heard_by, listened

SCENE = event(40, seed=11)


def faster(sound: Samples, speed: float) -> Samples:
    at = np.arange(int((len(sound) - 2) / speed)) * speed
    return np.asarray(np.interp(at, np.arange(len(sound)), sound), np.float32)


def of(sound: Samples) -> Heard:
    one = listened("sound", sound)
    return Heard(first_s=one.first_s, column_s=one.column_s, mel=one.mel)


def leans(a: Samples, b: Samples) -> float:
    of_a, of_b = of(a), of(b)
    best = next(likenesses([of_a, of_b], fresh=frozenset({0, 1}), least=3.0))
    return leaning(of_a, of_b, offset_s=best.offsets_s[0])


@pytest.mark.parametrize("speed", [1.03, 0.97, 1.05])
def test_a_copy_at_another_speed_leans(speed: float) -> None:
    a, b = heard_by(SCENE, 5, 12, seed=1), faster(heard_by(SCENE, 7, 10, seed=2), speed)
    assert leans(a, b) > LEANS


@pytest.mark.parametrize("speed", [1.0, 1.0001, 1.005, 0.995])
def test_cameras_that_stand_or_walk_do_not(speed: float) -> None:
    a, b = heard_by(SCENE, 5, 12, seed=1), faster(heard_by(SCENE, 7, 10, seed=2), speed)
    assert leans(a, b) <= 1


def test_too_little_shared_says_nothing() -> None:
    a, b = of(heard_by(SCENE, 5, 6, seed=1)), of(heard_by(SCENE, 5, 6, seed=2))
    assert leaning(a, b, offset_s=4.5) == 0
    assert leaning(a, b, offset_s=-4.5) == 0
    assert leaning(a, b, offset_s=60) == 0
    even = Heard(first_s=b.first_s, column_s=b.column_s, mel=np.full_like(b.mel, 80))
    assert leaning(even, b, offset_s=0) == 0


@pytest.mark.parametrize("speed", [1.03, 1.06, 1.25])
@pytest.mark.parametrize("seed", [11, 12])
def test_no_copy_at_another_speed_is_placed(speed: float, seed: int) -> None:
    scene = event(40, seed=seed)
    sounds = {ItemId("a"): heard_by(scene, 5, 12, seed=1), ItemId("b"): faster(heard_by(scene, 5, 15, seed=2), speed)}
    heard = [listened(str(item), samples) for item, samples in sounds.items()]
    found = OffsetSeeker().seek(heard, fresh=set(sounds), sounds=InMemory(dict(sounds)))
    assert [one for one in found if one.link == "strong"] == []
