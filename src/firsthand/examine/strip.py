"""The film strip: a few small pictures of an item, side by side in one JPEG."""

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.sampling import Thinned
from firsthand.media.frames import Picture

_HEIGHT_PX = 112
_MOST_PX = 320
_QUALITY = 78


class FilmStrip:
    """Collects small pictures spread over a clip: conversions grow with the logarithm of its length, memory not.

    A long clip is left with between half of the columns and all of them.
    """

    def __init__(self, columns: int) -> None:
        self._thinned = Thinned(most=columns, first_every_s=0.5)

    def see(self, picture: Picture) -> None:
        if self._thinned.wants(picture.at_s):
            # As high as a strip is, whichever way the picture lies; a panorama gets lower rather than too long.
            long_side = round(_HEIGHT_PX * max(1.0, picture.width_px / picture.height_px))
            self._thinned.keep(picture.at_s, picture.rgb(min(long_side, _MOST_PX)).copy())

    def times_s(self) -> list[float]:
        return list(self._thinned.at_s)

    def jpeg(self) -> tuple[bytes, int, int]:
        """One JPEG of the pictures side by side, and the width and height of one of them. At least one was seen."""
        chosen = self._thinned.pictures
        height, width = chosen[0].shape[:2]
        same = [_sized(one, width, height) for one in chosen]
        side_by_side = cv2.cvtColor(np.concatenate(same, axis=1), cv2.COLOR_RGB2BGR)
        _, encoded = cv2.imencode(".jpg", side_by_side, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        return encoded.tobytes(), width, height


def _sized(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A track may change its size on the way; the strip keeps the first."""
    if picture.shape[:2] == (height, width):
        return picture
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
