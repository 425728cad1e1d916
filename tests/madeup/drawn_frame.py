"""The frame that test_filming.py holds against its golden. `python -m tests.madeup.drawn_frame` approves a new one."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.filming import Hand, Look, Stage, film, staged
from firsthand.madeup.story import february
from firsthand.madeup.sun import sun_position
from firsthand.madeup.town import ORIGIN_LAT_DEG, ORIGIN_LON_DEG, town

PLACE = np.array([-12.0, -23.0, 1.6])
HAND = Hand(heading_deg=27.0, pan_deg=0.0, tilt_deg=3.0, shake_deg=0.0, seed=1)
LOOK = Look(exposure=1.2, warmth=0.0, saturation=1.1, contrast=0.5, noise=0.0)
SIZE, FOCAL_PX = (320, 180), 256.0
GOLDEN = Path(__file__).with_name("golden_frame.txt")


def made_stage() -> Stage:
    """The square on the event's morning."""
    at = datetime(2026, 2, 14, 9, 20, 4, tzinfo=UTC)
    sun = sun_position(lat_deg=ORIGIN_LAT_DEG, lon_deg=ORIGIN_LON_DEG, at=at)
    return staged(town(seed=1, season="winter"), february(16.0, seed=1), sun, seed=1)


def frame(stage: Stage, at_s: float) -> NDArray[np.uint8]:
    """What a still phone sees at a true second."""
    times = np.array([at_s])
    return next(film(stage, place=PLACE, hand=HAND, look=LOOK, size=SIZE, focal_px=FOCAL_PX, times_s=times, seed=1))


def blocks(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """24 × 14 blocks of grey."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (24, 14), interpolation=cv2.INTER_AREA), np.int64)


if __name__ == "__main__":
    lines = (" ".join(f"{one:3d}" for one in row) for row in blocks(frame(made_stage(), 6.0)))
    GOLDEN.write_text("\n".join(lines) + "\n")
