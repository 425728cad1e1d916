"""What a drawn world is made of: flat convex polygons with a texture, and upright cut-outs that turn to the viewer."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Vector, View

Texels = NDArray[np.uint8]
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Texture:
    """A picture in metres: [height, width, 3 or 4] RGB(A), wrapped around where it ends."""

    texels: Texels
    px_per_m: float

    @cached_property
    def levels(self) -> list[Texels]:
        """The picture at 1, ½, ¼ … of its size: what a surface far away is read from, so that it does not flicker."""
        levels = [self.texels]
        while min(levels[-1].shape[:2]) > 8 and len(levels) < 7:
            half = (max(1, levels[-1].shape[1] // 2), max(1, levels[-1].shape[0] // 2))
            levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), np.uint8))
        return levels


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A flat convex polygon. Its texture begins at `corner`, top left, and reads along `along` and `down`."""

    points: Vector  # [n, 3]
    corner: Vector
    along: Vector  # unit vectors in the polygon's plane
    down: Vector
    texture: Texture
    glow: float = 0.0  # light of its own, 0 to 1
    casts: bool = True

    @cached_property
    def normal(self) -> Vector:
        """Unit vector out of the polygon's face."""
        normal = np.cross(self.down, self.along)
        return np.asarray(normal / np.linalg.norm(normal))


@dataclass(frozen=True, kw_only=True)
class CutOut:
    """An upright picture on the ground that turns to whoever looks, the sun included: trees."""

    foot: Vector
    width_m: float
    height_m: float
    texture: Texture  # RGBA, as many pixels as the size asks for

    def towards(self, view: View) -> Surface:
        """The cut-out as it faces this view."""
        forward = np.array([view.axes[2][0], view.axes[2][1], 0.0])
        if np.linalg.norm(forward) < 1e-6:
            forward = np.array([0.0, 1.0, 0.0])
        forward /= np.linalg.norm(forward)
        along = np.array([forward[1], -forward[0], 0.0])
        left, right = self.foot - along * self.width_m / 2, self.foot + along * self.width_m / 2
        top = UP * self.height_m
        return Surface(
            points=np.array([left, left + top, right + top, right]),
            corner=left + top,
            along=along,
            down=-UP,
            texture=self.texture,
        )


def wall(left: Vector, right: Vector, *, height_m: float, texture: Texture, base_m: float = 0.0) -> Surface:
    """An upright rectangle between two points of the ground, named as somebody in front of it sees them."""
    foot_left, foot_right = np.append(left[:2], base_m), np.append(right[:2], base_m)
    top = UP * height_m
    along = (foot_right - foot_left) / np.linalg.norm(foot_right - foot_left)
    return Surface(
        points=np.array([foot_left, foot_left + top, foot_right + top, foot_right]),
        corner=foot_left + top,
        along=along,
        down=-UP,
        texture=texture,
    )


def facet(points: Vector, texture: Texture) -> Surface:
    """Any flat convex polygon, points clockwise as seen from outside; the texture's right is level."""
    edges = np.cross(points[1] - points[0], points[2] - points[1])
    normal = -edges / np.linalg.norm(edges)
    along = np.cross(UP, normal)
    along = np.array([1.0, 0.0, 0.0]) if np.linalg.norm(along) < 1e-6 else along / np.linalg.norm(along)
    down = np.cross(along, normal)
    return Surface(points=points, corner=points[1], along=along, down=down, texture=texture)
