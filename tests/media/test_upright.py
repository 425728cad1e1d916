"""How pictures are shown whose pixels claim not to be square."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock


@pytest.mark.parametrize(
    ("claimed", "shown_px"),
    [(Fraction(64, 45), (512, 640)), (Fraction(256, 81), (360, 640)), (Fraction(1, 3), (360, 640))],
    ids=["wide television", "a wide picture fitted into a tall frame", "and the reverse"],
)
def test_pixels_that_nobody_films_with_are_taken_for_square(
    tmp_path: Path, claimed: Fraction, shown_px: tuple[int, int]
) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as out:
        track = out.add_stream("libx264", rate=10)
        track.width, track.height, track.pix_fmt = 360, 640, "yuv420p"
        track.codec_context.sample_aspect_ratio = claimed
        for shade in (40, 80, 120):
            out.mux(track.encode(av.VideoFrame.from_ndarray(np.full((640, 360, 3), shade, np.uint8), format="rgb24")))
        out.mux(track.encode(None))
    with path.open("rb") as file:
        pictures = [one for one in Pass(file.fileno()) if not isinstance(one, SoundBlock)]
    assert {(one.width_px, one.height_px) for one in pictures} == {shown_px}
