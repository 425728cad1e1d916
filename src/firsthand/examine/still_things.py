"""What stays at one place of the picture while the rest moves: logos, captions, clocks' frames, watermarks."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.model.findings import Box, StillOverlay

_BAR_EDGE_PX = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlaySettings:
    """When edges count as an overlay.

    least_pictures: with fewer, or where less than `least_moving` of the picture's edges move (a camera that stands
    still), nothing can be told apart and nothing is said. steady: how much of an edge's strength must survive
    averaging over time (1: never changed; edges that come and go at random: about 1 / √pictures). least_edge: mean
    brightness step (0 to 255) of an edge that counts. join_ratio: edges nearer than this share of the long side are
    one overlay; pure: of the strong edges in its box, at least this share must be its own. least_area: share of the
    picture under which a thing is noise.
    """

    long_side_px: int = 160
    least_pictures: int = 6
    least_moving: float = 0.6
    steady: float = 0.85
    least_edge: float = 10.0
    join_ratio: float = 0.03
    pure: float = 0.5
    least_area: float = 0.001
    most: int = 8


def still_overlays(pictures: NDArray[np.uint8], active: Box, settings: OverlaySettings) -> tuple[StillOverlay, ...]:
    """Overlays, largest first.

    Args: pictures: [n, height, width] uint8 grey, spread over the clip, long side as settings say; active: what the
        picture's bars leave: their own edges are no overlay.
    Limits: see OverlaySettings; a thing the camera follows exactly looks the same; see-through moving logos are
        missed.
    """
    if len(pictures) < settings.least_pictures:
        return ()
    across, down = _edges(pictures)
    strength = np.abs(across) + np.abs(down)
    mean_strength = strength.mean(axis=0)
    surviving = np.abs(across.mean(axis=0)) + np.abs(down.mean(axis=0))
    strong = mean_strength >= settings.least_edge
    steady = strong & (surviving >= settings.steady * mean_strength) & ~_bar_edges(strong.shape, active)
    edges = strength >= settings.least_edge
    # Edges that move are spread over many places and strong at none of them, so they are counted picture by picture.
    if edges[:, ~steady].sum() < settings.least_moving * edges.sum() or not steady.any():
        return ()
    found = [
        StillOverlay(box=box, share_of_time=_share_of_time(across[:, inside], down[:, inside]))
        for box, inside in _things(steady, strong, settings)
    ]
    return tuple(sorted(found, key=lambda one: -_area(one.box))[: settings.most])


def _edges(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Brightness steps across and down, [n, height, width], on the same grid."""
    across = np.zeros(pictures.shape, np.float32)
    down = np.zeros(pictures.shape, np.float32)
    whole = pictures.astype(np.float32)
    across[:, :, 1:-1] = (whole[:, :, 2:] - whole[:, :, :-2]) / 2
    down[:, 1:-1, :] = (whole[:, 2:, :] - whole[:, :-2, :]) / 2
    return across, down


def _bar_edges(shape: tuple[int, int], active: Box) -> NDArray[np.bool_]:
    """Where the picture meets its bars, three pixels to either side."""
    height, width = shape
    y, x = np.arange(height)[:, None], np.arange(width)[None, :]
    near = np.zeros(shape, bool)
    for side, at, length, whole in (
        (active.left, x, width, active.left <= 0),
        (active.right, x, width, active.right >= 1),
        (active.top, y, height, active.top <= 0),
        (active.bottom, y, height, active.bottom >= 1),
    ):
        if not whole:
            near |= np.abs(at + 0.5 - side * length) <= _BAR_EDGE_PX
    return near


def _things(
    steady: NDArray[np.bool_], strong: NDArray[np.bool_], settings: OverlaySettings
) -> list[tuple[Box, NDArray[np.bool_]]]:
    """Groups of steady edges that lie together: their box, and which of the picture's pixels they are."""
    height, width = steady.shape
    reach = max(1, round(settings.join_ratio * max(height, width)))
    joined = cv2.dilate(steady.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    things = []
    for label in range(1, count):
        inside = steady & (labels == label)
        ys, xs = np.nonzero(inside)
        around = (slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1))
        box = Box(
            left=float(xs.min() / width),
            top=float(ys.min() / height),
            right=float((xs.max() + 1) / width),
            bottom=float((ys.max() + 1) / height),
        )
        # A lone line is where two pieces of picture meet or a bar's edge, and single specks are chance.
        lone = _area(box) < settings.least_area or len(xs) < 12 or min(np.ptp(xs), np.ptp(ys)) < 2
        # What stays because the camera does is scattered among what moves; an overlay is all of one piece.
        mixed = inside[around].sum() < settings.pure * strong[around].sum()
        if not lone and not mixed:
            things.append((box, inside))
    return things


def _share_of_time(across: NDArray[np.float32], down: NDArray[np.float32]) -> float:
    """Share of the pictures whose edges here run as they do on average: [n, pixels] each."""
    mean_across, mean_down = across.mean(axis=0), down.mean(axis=0)
    own = np.sqrt((across**2 + down**2).sum(axis=1))
    mean = np.sqrt((mean_across**2 + mean_down**2).sum())
    along = (across * mean_across + down * mean_down).sum(axis=1)
    return float((along >= 0.5 * np.maximum(own * mean, 1e-6)).mean())


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
