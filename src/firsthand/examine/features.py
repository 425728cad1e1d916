"""Local features of one picture: corners spread over it, each with a 256-bit code, and the codes mirrored.

Oriented FAST and rotated BRIEF (Rublee et al., ICCV 2011) as OpenCV implements it.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.bulk import as_array
from firsthand.model.arrays import Array

CODE_BYTES = 32
SMALLEST_PX = 32  # of the short side; what is smaller shows nothing that could be told from anything else
_EDGE_PX = 21  # a 31-pixel patch turned by any angle must lie within the picture, its codes too


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSettings:
    """How features are found.

    long_side_px: pictures are scaled to this, small ones up: a thumbnail's corners else lie too near to its edge;
    most: features kept a picture; candidates: of this many the most are chosen; levels, level_factor: the pyramid,
    1.25^5 = 3.05, so that a copy cropped by 40 % or shrunk to a third still meets features of its size (over 19
    pictures × 7 edits, 8 levels of 1.2 and 900 candidates found no copy more, at 1.4 × the cost); threshold,
    threshold_when_few: steps of brightness a corner must show, the lower one where a picture (night, haze) gives
    fewer than `few`; grid_columns, grid_rows: cells the features are spread over; flat_spread: standard deviation of
    luma under which a picture is black or flat and has no features.
    """

    long_side_px: int = 320
    most: int = 300
    candidates: int = 600
    levels: int = 6
    level_factor: float = 1.25
    threshold: int = 20
    threshold_when_few: int = 5
    few: int = 60
    grid_columns: int = 8
    grid_rows: int = 6
    flat_spread: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Features of one picture, strongest first within its cell's turn; row i of each array is the same feature.

    code: [m, 32] uint8. mirrored: [m, 32] uint8, the code this feature has in the picture mirrored left to
    right; zeros where it was not asked for. xy: [m, 2] uint16, 0 to 65535 over the picture. size: [m] uint8, 16 × log2
    of its diameter in px were the picture's long side 320 px. angle: [m] uint8, 256ths of a turn, from x towards y
    (down).
    """

    code: NDArray[np.uint8]
    mirrored: NDArray[np.uint8]
    xy: NDArray[np.uint16]
    size: NDArray[np.uint8]
    angle: NDArray[np.uint8]


class FeatureFinder:
    """Finds features of pictures, one at a time; holds no picture."""

    def __init__(self, settings: FeatureSettings | None = None) -> None:
        self._settings = settings or FeatureSettings()
        self._usual = self._finder(self._settings.threshold)
        self._patient = self._finder(self._settings.threshold_when_few)
        # Features are found one pixel further from the edge than codes can be taken, which mirroring may use up.
        self._mirror_coder = self._finder(self._settings.threshold, edge_px=_EDGE_PX - 1)

    def features(self, grey: NDArray[np.uint8], *, mirrored: bool = True) -> Features:
        """Features of a grey picture [height, width] uint8; none where it is black, flat or tiny.

        mirrored: whether the codes of the mirrored picture are taken too, a third of all it costs.
        """
        settings = self._settings
        grey = _as_large(grey, settings.long_side_px)
        if min(grey.shape) < 2 * _EDGE_PX or float(cv2.meanStdDev(grey)[1][0, 0]) < settings.flat_spread:
            return _no_features()
        found, code = self._usual.detectAndCompute(grey, None)
        if len(found) < settings.few:
            found, code = self._patient.detectAndCompute(grey, None)
        if not found:
            return _no_features()
        place = np.array(cv2.KeyPoint.convert(found), dtype=np.float64)
        size = np.array([point.size for point in found])
        chosen = _spread(np.array([point.response for point in found]), place, size, grey.shape, settings)
        # By number they lie level after level, as they were found, and as OpenCV codes them.
        by_level = np.argsort(chosen)
        points = [found[index] for index in chosen[by_level].tolist()]
        angle, place, size = np.empty(len(chosen)), place[chosen], size[chosen]
        angle[by_level] = [point.angle for point in points]
        height, width = grey.shape
        return Features(
            code=code[chosen],
            mirrored=self._mirrored_codes(grey, points, by_level, place, angle) if mirrored else _no_codes(len(chosen)),
            xy=np.clip((place + 0.5) / (width, height) * 65536, 0, 65535).astype(np.uint16),
            size=np.clip(np.rint(16 * np.log2(size / max(width, height) * 320)), 0, 255).astype(np.uint8),
            angle=(np.rint(angle * (256 / 360)).astype(np.int64) % 256).astype(np.uint8),
        )

    def _mirrored_codes(
        self,
        grey: NDArray[np.uint8],
        points: list[Any],
        by_level: NDArray[np.int64],
        place: NDArray[np.float64],
        angle: NDArray[np.float64],
    ) -> NDArray[np.uint8]:
        """[m, 32] uint8: the codes at these points of the mirrored picture.

        points: OpenCV's, level after level; by_level: each one's row in the other arrays. They are moved into the
        mirrored picture.
        """
        moved = np.stack([grey.shape[1] - 1 - place[:, 0], place[:, 1], (180.0 - angle) % 360.0], axis=1)[by_level]
        for point, (x, y, turned_deg) in zip(points, moved.tolist(), strict=True):
            point.pt = (x, y)
            point.angle = turned_deg
        coded, codes = self._mirror_coder.compute(cv2.flip(grey, 1), points)
        if codes is None or not np.array_equal(cv2.KeyPoint.convert(coded), cv2.KeyPoint.convert(points)):
            raise RuntimeError("a feature lies nearer to the edge than it could have been found")
        mirrored = _no_codes(len(points))
        mirrored[by_level] = codes
        return mirrored

    def _finder(self, threshold: int, edge_px: int = _EDGE_PX) -> Any:
        settings = self._settings
        return cv2.ORB.create(
            nfeatures=settings.candidates,
            scaleFactor=settings.level_factor,
            nlevels=settings.levels,
            edgeThreshold=edge_px,
            patchSize=31,
            fastThreshold=threshold,
        )


def _as_large(grey: NDArray[np.uint8], long_side_px: int) -> NDArray[np.uint8]:
    height, width = grey.shape
    if max(height, width) >= long_side_px or min(height, width) < SMALLEST_PX:
        return grey
    scale = long_side_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def feature_arrays(prefix: str, features: list[Features]) -> tuple[tuple[str, Array], ...]:
    """The features of all pictures one after another, as a finding keeps them; prefix: before each array's name."""
    return (
        (f"{prefix}code", as_array(np.concatenate([one.code for one in features]), "u1")),
        (f"{prefix}mirrored", as_array(np.concatenate([one.mirrored for one in features]), "u1")),
        (f"{prefix}xy", as_array(np.concatenate([one.xy for one in features]), "u2")),
        (f"{prefix}size", as_array(np.concatenate([one.size for one in features]), "u1")),
        (f"{prefix}angle", as_array(np.concatenate([one.angle for one in features]), "u1")),
    )


def _no_codes(count: int) -> NDArray[np.uint8]:
    return np.zeros((count, CODE_BYTES), np.uint8)


def _no_features() -> Features:
    return Features(
        code=_no_codes(0),
        mirrored=_no_codes(0),
        xy=np.zeros((0, 2), np.uint16),
        size=np.zeros(0, np.uint8),
        angle=np.zeros(0, np.uint8),
    )


def _spread(
    response: NDArray[np.float64],
    place: NDArray[np.float64],
    size: NDArray[np.float64],
    shape: tuple[int, ...],
    settings: FeatureSettings,
) -> NDArray[np.int64]:
    """Which features are kept: the strongest of every cell, then every cell's second, and so on: a small inset keeps
    its share."""
    column = np.minimum(place[:, 0] * settings.grid_columns / shape[1], settings.grid_columns - 1).astype(np.int64)
    row = np.minimum(place[:, 1] * settings.grid_rows / shape[0], settings.grid_rows - 1).astype(np.int64)
    cell = (row * settings.grid_columns + column).astype(np.uint16)
    # Ties are broken by place, so that the choice never hangs on the order a library happens to answer in.
    strongest_first = np.argsort(-response)
    ordered = response[strongest_first]
    if bool((ordered[1:] == ordered[:-1]).any()):
        strongest_first = np.lexsort((size, place[:, 0], place[:, 1], cell, -response))
    ordered_cell = cell[strongest_first]
    by_cell = np.argsort(ordered_cell, kind="stable")
    ends = np.cumsum(np.bincount(ordered_cell))
    begins = np.concatenate([[0], ends[:-1]])
    turn = np.empty(len(by_cell), np.uint16)
    turn[by_cell] = np.arange(len(by_cell)) - begins[ordered_cell[by_cell]]
    return strongest_first[np.argsort(turn, kind="stable")[: settings.most]]
