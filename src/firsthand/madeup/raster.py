"""Draws surfaces into a view: what is nearest at each pixel, its colour before light, and which way it faces."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.madeup.camera import Vector, View, clipped
from firsthand.madeup.surfaces import CutOut, Surface, Texture

Floats = NDArray[np.float32]


class Layers:
    """One view of the drawn world, layer by layer; pixels that nothing covers keep depth infinity."""

    def __init__(self, view: View, *, coloured: bool = True) -> None:
        """coloured False: depth alone, for shadows."""
        self.view = view
        shape = (view.height_px, view.width_px)
        self.depth = np.full(shape, np.inf, np.float32)
        self.coloured = coloured
        self.colour = np.zeros((*shape, 3) if coloured else (0, 0, 3), np.uint8)
        self.normal = np.zeros((*shape, 3) if coloured else (0, 0, 3), np.float32)
        self.glow = np.zeros(shape if coloured else (0, 0), np.float32)
        self._origin, self._ray = view.rays()

    def draw(self, things: Iterable[Surface | CutOut]) -> None:
        """Draws the things, in any order; nearer ones win."""
        for thing in things:
            self._draw(thing.towards(self.view) if isinstance(thing, CutOut) else thing)

    def places(self, rows: slice) -> Floats:
        """World points [rows, width, 3] of what is seen in these rows; what is infinitely far lies 5 km away."""
        depth = np.minimum(self.depth[rows], 5_000.0)
        across = np.arange(self.view.width_px, dtype=np.float32)
        down = np.arange(rows.start, rows.start + len(depth), dtype=np.float32)
        out = np.empty((*depth.shape, 3), np.float32)
        for axis in range(3):
            start, right, below = self._origin[:, axis]
            origin = start + right * across[None, :] + below * down[:, None]
            out[..., axis] = origin + depth * self._directions(axis, across, down)
        return out

    def _directions(self, axis: int, across: Floats, down: Floats) -> Floats:
        start, right, below = self._ray[:, axis]
        return np.asarray(start + right * across[None, :] + below * down[:, None], np.float32)

    def directions(self, rows: slice) -> Floats:
        """Ray directions [rows, width, 3]; forward component 1."""
        across = np.arange(self.view.width_px, dtype=np.float32)
        down = np.arange(rows.start, min(rows.stop, self.view.height_px), dtype=np.float32)
        return np.stack([self._directions(axis, across, down) for axis in range(3)], axis=-1)

    def _draw(self, surface: Surface) -> None:
        seen = clipped(self.view, self.view.seen(surface.points))
        if len(seen) < 3:
            return
        outline = self.view.flattened(seen)
        left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
        right = min(int(np.ceil(outline[:, 0].max())) + 1, self.view.width_px)
        bottom = min(int(np.ceil(outline[:, 1].max())) + 1, self.view.height_px)
        if left >= right or top >= bottom:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        corners = np.round((outline - (left, top)) * 16).astype(np.int32)
        cv2.fillConvexPoly(mask, corners, 1, lineType=cv2.LINE_8, shift=4)
        self._fill(surface, mask, int(left), int(top))

    def _fill(self, surface: Surface, mask: NDArray[np.uint8], left: int, top: int) -> None:
        height, width = mask.shape
        rows, columns = slice(top, top + height), slice(left, left + width)
        across = np.arange(left, left + width, dtype=np.float32)[None, :]
        down = np.arange(top, top + height, dtype=np.float32)[:, None]
        depth, slant = self._depth(surface, across, down)
        before = self.depth[rows, columns]
        hit = (mask > 0) & (depth > 0) & (depth < before)
        if not hit.any():
            return
        has_alpha = surface.texture.texels.shape[2] == 4
        if self.coloured or has_alpha:
            texels = self._texels(surface, depth, slant, across, down)
            if has_alpha:
                hit &= texels[..., 3] > 127
        before[hit] = depth[hit]
        if self.coloured:
            self.colour[rows, columns][hit] = texels[..., :3][hit]
            self.normal[rows, columns][hit] = self._facing(surface)
            self.glow[rows, columns][hit] = surface.glow

    def _facing(self, surface: Surface) -> Vector:
        if surface.texture.texels.shape[2] == 4:
            return np.zeros(3)  # a cut-out faces nowhere in particular: light.py lights it evenly
        away = surface.points[0] - self.view.at
        return surface.normal if float(surface.normal @ away) < 0 else -surface.normal

    def _depth(self, surface: Surface, across: Floats, down: Floats) -> tuple[Floats, Floats]:
        """Distance along each pixel's ray to the surface's plane, and how slanting the ray meets it (1: straight)."""
        normal = surface.normal
        from_origin = self._origin @ normal
        gap = (
            float(surface.points[0] @ normal) - from_origin[0] - from_origin[1] * across - from_origin[2] * down
        ).astype(np.float32)
        meeting = (self._ray @ normal).astype(np.float32)
        slope = meeting[0] + meeting[1] * across + meeting[2] * down
        slope = np.where(np.abs(slope) < 1e-7, np.float32(1e-7), slope)
        return np.asarray(gap / slope, np.float32), np.abs(slope).astype(np.float32)

    def _texels(
        self, surface: Surface, depth: Floats, slant: Floats, across: Floats, down: Floats
    ) -> NDArray[np.uint8]:
        place = []
        for axis in (surface.along, surface.down):
            origin = self._origin @ axis
            ray = self._ray @ axis
            start = np.float32(origin[0] - float(surface.corner @ axis))
            place.append(
                start
                + np.float32(origin[1]) * across
                + np.float32(origin[2]) * down
                + depth * (np.float32(ray[0]) + np.float32(ray[1]) * across + np.float32(ray[2]) * down)
            )
        # A slanting surface is read at the mean of its two footprints: sharp enough near, calm enough far.
        covered = np.asarray(self.view.footprint_px(depth) / np.sqrt(np.clip(slant, 0.02, 1)), np.float32)
        return _read(surface.texture, place[0], place[1], covered)


def _read(texture: Texture, right_m: Floats, down_m: Floats, covered_m: Floats) -> NDArray[np.uint8]:
    """The texture at these places, each from the level whose pixels are about as large as what is covered."""
    levels = texture.levels
    wanted = np.log2(np.maximum(covered_m * texture.px_per_m, 1.0))
    level = np.clip(np.round(wanted), 0, len(levels) - 1).astype(np.int8)
    height, width = texture.texels.shape[:2]
    x = np.mod(right_m * texture.px_per_m, width)
    y = np.mod(down_m * texture.px_per_m, height)
    out = np.zeros((*right_m.shape, texture.texels.shape[2]), np.uint8)
    for number in range(int(level.min()), int(level.max()) + 1):
        chosen = level == number
        where = np.flatnonzero(chosen.any(axis=1))
        if not len(where):
            continue
        rows = slice(int(where[0]), int(where[-1]) + 1)
        source = levels[number]
        scale_x, scale_y = np.float32(source.shape[1] / width), np.float32(source.shape[0] / height)
        read = cv2.remap(
            source,
            np.asarray(x[rows] * scale_x - np.float32(0.5), np.float32),
            np.asarray(y[rows] * scale_y - np.float32(0.5), np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        np.copyto(out[rows], np.asarray(read, np.uint8), where=chosen[rows][..., None])
    return out
