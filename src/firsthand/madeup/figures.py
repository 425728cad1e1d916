"""Draws what moves, people and vehicles, into a frame, behind whatever stands nearer."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Pinhole, Vector
from firsthand.madeup.raster import Floats
from firsthand.madeup.story import Pose
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.textures import RGB

SHIFT = 4  # fixed-point bits that OpenCV draws with: edges are smooth to a sixteenth of a pixel


@dataclass(frozen=True, kw_only=True)
class Light:
    """What falls on the figures. lit: 1 in the sun, 0 in the shade of a house."""

    towards_sun: Vector
    sun: float = 0.9
    shade: float = 0.42

    def on(self, normal: Vector, lit: float) -> float:
        """How bright a face of this normal is; 1 is its paint's own colour."""
        return self.shade * (0.8 + 0.2 * float(normal[2])) + self.sun * lit * max(0.0, float(normal @ self.towards_sun))


def draw_shadow(
    frame: Texels,
    lit_ground: NDArray[np.uint8],
    view: Pinhole,
    corners: Vector,
    towards_sun: Vector,
    *,
    depth: float = 0.55,
) -> None:
    """Darkens sunlit ground where a body with these corners [n, 3] stands in the light."""
    fallen = corners - towards_sun * (corners[:, 2:] / towards_sun[2])
    seen = view.seen(fallen)
    if (seen[:, 2] < 0.5).any():
        return
    hull = cv2.convexHull(view.flattened(seen).astype(np.float32))[:, 0]
    box = _box(hull, frame.shape)
    if box is None:
        return
    rows, columns = box
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    cv2.fillConvexPoly(mask, _fixed(hull - (columns.start, rows.start)), 255, cv2.LINE_AA, SHIFT)
    share = np.float32(depth / 255 / 255) * mask.astype(np.float32) * lit_ground[rows, columns]
    patch = frame[rows, columns]
    tint = np.array([0.96, 0.88, 0.76], np.float32)  # a shadow keeps the sky's blue
    np.copyto(patch, (patch * (1 - share[..., None] * tint)).astype(np.uint8))


def _box(points: NDArray[Any], shape: tuple[int, ...]) -> tuple[slice, slice] | None:
    left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 3, (shape[1], shape[0]))
    return None if left >= right or top >= bottom else (slice(int(top), int(bottom)), slice(int(left), int(right)))


def _fixed(points: NDArray[Any]) -> NDArray[np.int32]:
    return np.asarray(np.round(points * (1 << SHIFT)), np.int32)


def tone(colour: RGB, bright: float) -> RGB:
    """A paint in this light. Paint is stored with gamma 2.2; light adds up before it."""
    lifted = max(0.0, bright) ** 0.55
    return min(255, round(colour[0] * lifted)), min(255, round(colour[1] * lifted)), min(255, round(colour[2] * lifted))


def heading_axes(pose: Pose) -> Vector:
    """[3, 3]: rows are ahead, to the right, and up, in world axes."""
    heading = np.radians(pose.heading_deg)
    ahead = np.array([np.sin(heading), np.cos(heading), 0.0])
    return np.stack([ahead, np.array([ahead[1], -ahead[0], 0.0]), np.array([0.0, 0.0, 1.0])])


class Canvas:
    """A copy of part of the frame to draw one body on; `keep` puts back what no nearer part of the town covers.

    Points are the body's own: [n, 3] along its axes, from its place on the ground.
    """

    def __init__(self, frame: Texels, range_m: Floats, view: Pinhole, place: Vector, axes: Vector) -> None:
        self._frame, self._range, self._view = frame, range_m, view
        self._turn = axes @ view.axes.T
        self._shift = view.seen(place[None])[0]
        self._corner = np.zeros(2)
        self.eye = axes @ (view.at - place)  # the camera, in the body's own axes
        self.distance_m = float(np.linalg.norm(self.eye))

    def opened(self, corners: Vector) -> bool:
        """Makes room for a body with these corners; False when none of it can be seen."""
        seen = corners @ self._turn + self._shift
        if (seen[:, 2] < 0.6).any():
            return False
        box = _box(self._view.flattened(seen), self._frame.shape)
        if box is None:
            return False
        self._patch, self._nearer = self._frame[box], self._range[box] > self.distance_m
        if not self._nearer.any():
            return False
        self._corner = np.array([box[1].start, box[0].start], float)
        self.picture = self._patch.copy()
        return True

    def pixels(self, points: Vector) -> NDArray[np.int32]:
        """Where these points lie in the canvas, in fixed point."""
        seen = points @ self._turn + self._shift
        flat = seen[:, :2] / seen[:, 2:] * self._view.focal_px
        return _fixed(flat + np.array(self._view.centre_px) - self._corner)

    def polygon(self, points: Vector, colour: RGB) -> None:
        """A filled convex polygon."""
        cv2.fillConvexPoly(self.picture, self.pixels(points), colour, cv2.LINE_AA, SHIFT)

    def strokes(self, points: Vector, wide_m: float, colour: RGB) -> None:
        """A line through these points, as wide as its distance makes it."""
        thick = max(1, round(wide_m * self._view.focal_px / self.distance_m))
        lines = [self.pixels(points)]
        cv2.polylines(
            self.picture, lines, isClosed=False, color=colour, thickness=thick, lineType=cv2.LINE_AA, shift=SHIFT
        )

    def disc(self, point: Vector, radius_m: float, colour: RGB) -> None:
        """A ball."""
        x, y = self.pixels(point[None])[0]
        radius = max(1 << SHIFT, round(radius_m * self._view.focal_px / self.distance_m * (1 << SHIFT)))
        cv2.circle(self.picture, (int(x), int(y)), radius, colour, -1, cv2.LINE_AA, SHIFT)

    def keep(self) -> None:
        """Puts the drawing into the frame."""
        np.copyto(self._patch, self.picture, where=self._nearer[..., None])
