from pathlib import Path

import numpy as np
import pytest

from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from tests.support.clips import clicks, make_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", seconds=1.0, sound=clicks(0.25))


def test_pictures_and_sound_come_in_one_pass_on_one_clock(clip: Path) -> None:
    pictures: list[float] = []
    blocks: list[SoundBlock] = []
    with clip.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if isinstance(given, SoundBlock):
                blocks.append(given)
            else:
                assert given.luma(8).shape == (30, 40)
                assert given.grey(160).shape == (120, 160)
                pictures.append(given.at_s)
    assert pictures == pytest.approx([n / 25 for n in range(25)])
    sound = np.concatenate([block.samples for block in blocks])
    loud = np.flatnonzero(np.abs(sound) > 0.4)
    begins = loud[np.diff(loud, prepend=-1000) > 100] / 16_000
    assert begins == pytest.approx([0, 0.25, 0.5, 0.75], abs=0.001)
    assert one.decoded.frames == 25
