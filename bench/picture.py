"""Draws docs/pictures/demo.jpg: three phones at one instant, and three things people made of what phones filmed."""

from pathlib import Path

import cv2
import numpy as np

from firsthand.madeup import reworking
from firsthand.madeup.event import event_shots
from firsthand.madeup.filming import film
from firsthand.madeup.phones import LARGE
from firsthand.madeup.recording import Shot
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.town import town

OUT = Path(__file__).parents[1] / "docs" / "pictures" / "demo.jpg"
TILE = (640, 360)


def main(arguments: list[str]) -> int:
    """Writes the picture."""
    shots = event_shots(town(seed=1, season="winter"), seed=1, size=LARGE)
    at_s = shots[0].stage.story.arrives_s + 2.4
    a, b, d = (_seen(shots[number], at_s) for number in (0, 1, 3))
    july = _seen(shots[-1], 4.0)
    size = (a.shape[1], a.shape[0])
    made = (
        reworking.mirrored_logo(size, text="КБ").draw(b, 1.0),
        reworking.off_a_screen(size, seed=1).draw(a, 1.0),
        reworking.greyed_captioned(size, text="КАМЕНОБРОДСК СЕГОДНЯ").draw(july, 1.0),
    )
    tiles = [reworking.scaled(one, TILE) for one in (a, b, d, *made)]
    sheet = np.vstack([np.hstack(tiles[:3]), np.hstack(tiles[3:])])
    OUT.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(OUT), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 82])
    print(f"{OUT}: {OUT.stat().st_size} bytes")
    return 0


def _seen(shot: Shot, at_s: float) -> Texels:
    """What the shot's phone sees at a true second."""
    phone = shot.phone
    frames = film(
        shot.stage,
        place=phone.place,
        hand=phone.hand,
        look=phone.look,
        size=phone.pixels(LARGE),
        focal_px=phone.focal_px(LARGE),
        times_s=np.array([at_s]),
        seed=1,
    )
    return next(frames)
