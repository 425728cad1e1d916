"""Cameras as straight lines: each pixel has an origin and a direction, both linear in the pixel's place.

The world is metres [east, north, up] from the middle of the square; pixels are [right, down], centres at whole numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
NEAR_M = 0.25


def looking(*, heading_deg: float, tilt_deg: float, roll_deg: float = 0.0) -> Vector:
    """The 3×3 matrix from world axes to camera axes [right, down, forward].

    heading_deg clockwise from true north; tilt_deg above the horizon; roll_deg clockwise as the holder sees it.
    """
    heading, tilt, roll = np.radians([heading_deg, tilt_deg, roll_deg])
    forward = np.array([np.cos(tilt) * np.sin(heading), np.cos(tilt) * np.cos(heading), np.sin(tilt)])
    right = np.array([np.cos(heading), -np.sin(heading), 0.0])
    down = np.cross(forward, right)
    turned_right = np.cos(roll) * right + np.sin(roll) * down
    turned_down = np.cos(roll) * down - np.sin(roll) * right
    return np.stack([turned_right, turned_down, forward])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinhole:
    """A camera without lens faults: pixel = focal_px · (right, down) / forward + centre."""

    at: Vector  # [3] metres
    axes: Vector  # [3, 3] of `looking`
    focal_px: float
    width_px: int
    height_px: int
    centre_px: tuple[float, float]

    def seen(self, points: Vector) -> Vector:
        """World [n, 3] to camera axes [n, 3] in metres: right, down, forward."""
        return np.asarray((points - self.at) @ self.axes.T)

    def flattened(self, seen: Vector) -> Vector:
        """Camera axes [n, 3], all in front, to pixels [n, 2]."""
        return np.asarray(seen[:, :2] / seen[:, 2:] * self.focal_px + np.array(self.centre_px))

    def project(self, points: Vector) -> Vector:
        """World [n, 3] to pixels [n, 2]; nan for what is not in front."""
        seen = self.seen(points)
        seen = np.where(seen[:, 2:] > 1e-9, seen, np.nan)
        return self.flattened(seen)

    def rays(self) -> tuple[Vector, Vector]:
        """[3, 3] each: rows are the value at pixel (0, 0) and its growth a pixel right and a pixel down."""
        right, down, forward = self.axes
        origin = np.stack([self.at, np.zeros(3), np.zeros(3)])
        corner = forward - (right * self.centre_px[0] + down * self.centre_px[1]) / self.focal_px
        return origin, np.stack([corner, right / self.focal_px, down / self.focal_px])

    def footprint_px(self, depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
        """Metres a pixel covers at this depth, seen straight on."""
        return np.asarray(depth_m / self.focal_px, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orthographic:
    """A view from infinitely far: how the sun sees the town. Depth grows away from the sun."""

    at: Vector  # a point on the view's plane
    axes: Vector
    px_per_m: float
    width_px: int
    height_px: int
    centre_px: tuple[float, float]

    def seen(self, points: Vector) -> Vector:
        """World [n, 3] to view axes [n, 3] in metres."""
        return np.asarray((points - self.at) @ self.axes.T)

    def flattened(self, seen: Vector) -> Vector:
        """View axes [n, 3] to pixels [n, 2]."""
        return np.asarray(seen[:, :2] * self.px_per_m + np.array(self.centre_px))

    def rays(self) -> tuple[Vector, Vector]:
        """As Pinhole.rays."""
        right, down, forward = self.axes
        corner = self.at - (right * self.centre_px[0] + down * self.centre_px[1]) / self.px_per_m
        origin = np.stack([corner, right / self.px_per_m, down / self.px_per_m])
        return origin, np.stack([forward, np.zeros(3), np.zeros(3)])

    def footprint_px(self, depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
        """Metres a pixel covers; the same everywhere."""
        return np.full_like(depth_m, 1 / self.px_per_m)


View = Pinhole | Orthographic


def clipped(view: View, seen: Vector) -> Vector:
    """A convex polygon in view axes cut to what the view can show; [0, 3] when nothing is left.

    Cut before it is flattened: a corner close to the camera's side would land millions of pixels away.
    """
    if isinstance(view, Orthographic):
        return seen
    left, top = view.centre_px[0] + 2, view.centre_px[1] + 2
    right, bottom = view.width_px + 1 - view.centre_px[0], view.height_px + 1 - view.centre_px[1]
    focal = view.focal_px
    kept = _cut(seen, np.array([0.0, 0.0, 1.0]), -NEAR_M)
    for plane in ((focal, 0, left), (-focal, 0, right), (0, focal, top), (0, -focal, bottom)):
        kept = _cut(kept, np.array(plane, float), 0.0)
    return kept


def _cut(points: Vector, plane: Vector, offset: float) -> Vector:
    """The part of a convex polygon where plane · point + offset is not negative."""
    side = points @ plane + offset
    if (side >= 0).all():
        return points
    kept = []
    for number, (here, here_side) in enumerate(zip(points, side, strict=True)):
        after, after_side = points[(number + 1) % len(points)], side[(number + 1) % len(points)]
        if here_side >= 0:
            kept.append(here)
        if (here_side >= 0) != (after_side >= 0):
            kept.append(here + here_side / (here_side - after_side) * (after - here))
    return np.array(kept).reshape(-1, 3)
