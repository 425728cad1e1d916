"""An armoured carrier on eight wheels, with the made-up column's mark: a white square with a hole."""

import numpy as np

from firsthand.madeup.camera import Pinhole, Vector
from firsthand.madeup.figures import Canvas, Light, heading_axes, tone
from firsthand.madeup.raster import Floats
from firsthand.madeup.story import Pose
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.textures import RGB

# A vehicle's own axes: ahead, to the right, up, in metres from the ground below its middle.
LENGTH_M, WIDTH_M, HEIGHT_M = 6.8, 2.6, 2.6
HALF_M = WIDTH_M / 2
WHEELS_M = (-2.35, -0.95, 0.75, 2.15)
CORNERS = np.array(
    [[a, r, u] for a in (-LENGTH_M / 2, LENGTH_M / 2) for r in (-HALF_M, HALF_M) for u in (0.0, HEIGHT_M)]
)
# Seen from its right side: (ahead, up), clockwise, beginning at the tail.
_HULL = ((-3.2, 0.7), (-3.35, 1.5), (-2.9, 1.95), (1.9, 1.95), (3.35, 1.25), (2.9, 0.6))
_TURRET = ((-1.2, 1.95), (-1.05, 2.5), (0.3, 2.55), (0.7, 1.95))
_DETAILS_WITHIN_M = 70.0
_RIM = np.array([[np.cos(a), 0.0, np.sin(a)] for a in np.linspace(0, 2 * np.pi, 17)[:-1]])
_TYRE: RGB = (26, 26, 28)


def _faces(profile: tuple[tuple[float, float], ...], half_m: float) -> list[tuple[Vector, Vector]]:
    """Corners and outward normal of each face of a profile drawn out to both sides."""
    faces = [
        (np.array([[a, side * half_m, u] for a, u in profile]), np.array([0.0, side, 0.0])) for side in (-1.0, 1.0)
    ]
    for (a0, u0), (a1, u1) in zip(profile, (*profile[1:], profile[0]), strict=True):
        corners = np.array([[a0, -half_m, u0], [a1, -half_m, u1], [a1, half_m, u1], [a0, half_m, u0]])
        normal = np.array([u0 - u1, 0.0, a1 - a0])
        faces.append((corners, normal / np.linalg.norm(normal)))
    return faces


def _side(a0: float, a1: float, low: float, high: float) -> Vector:
    return np.array(
        [[a0, HALF_M + 0.01, low], [a0, HALF_M + 0.01, high], [a1, HALF_M + 0.01, high], [a1, HALF_M + 0.01, low]]
    )


_BODY = (*_faces(_HULL, HALF_M), *_faces(_TURRET, 0.75))
_BELLY = _side(-2.9, 2.7, 0.35, 0.85)
_DOOR, _BOX, _MARK, _HOLE = (
    _side(-0.35, 0.25, 1.05, 1.78),
    _side(-2.75, -1.0, 1.45, 1.75),
    _side(0.8, 1.4, 1.2, 1.75),
    _side(0.98, 1.22, 1.36, 1.58),
)
_ROLL = _side(-1.9, -0.7, 1.96, 2.3)
_LAMPS = tuple(
    np.array([[3.24, r - 0.17, 1.02], [3.34, r - 0.17, 1.22], [3.34, r + 0.17, 1.22], [3.24, r + 0.17, 1.02]])
    for r in (-0.95, 0.95)
)
_BARREL = np.array([[0.6, 0.0, 2.3], [2.9, 0.0, 2.42]])


def vehicle_corners(pose: Pose) -> Vector:
    """World corners [8, 3] of the box a vehicle fits into."""
    return np.asarray(pose.place + CORNERS @ heading_axes(pose))


def draw_vehicle(
    frame: Texels, range_m: Floats, view: Pinhole, pose: Pose, *, colour: RGB, light: Light, lit: float, number: int
) -> None:
    """Draws the column's vehicle of this number. lit: the sun's share where it stands."""
    axes = heading_axes(pose)
    canvas = Canvas(frame, range_m, view, pose.place, axes)
    if not canvas.opened(CORNERS):
        return
    side = 1.0 if canvas.eye[1] > 0 else -1.0
    mirrored = np.array([1.0, side, 1.0])  # the details are drawn for the right side
    towards_us = light.on(axes[1] * side, lit)
    for wheel in WHEELS_M:
        _wheel(canvas, wheel, -side * (HALF_M - 0.25), light.shade * 0.6, near=False)
    canvas.polygon(_BELLY * mirrored, tone((34, 34, 32), 0.5))
    for corners, normal in _BODY:
        if float(normal @ (canvas.eye - corners[0])) > 0:
            canvas.polygon(corners, tone(colour, light.on(normal @ axes, lit)))
    near = canvas.distance_m < _DETAILS_WITHIN_M
    canvas.polygon(_MARK * mirrored, tone((228, 228, 222), towards_us))
    if near:
        canvas.polygon(_HOLE * mirrored, tone(colour, towards_us))
        canvas.polygon(_DOOR * mirrored, tone(colour, towards_us * 0.72))
        canvas.polygon(_BOX * mirrored, tone(colour, towards_us * 0.82))
        if number % 2:
            canvas.polygon(_ROLL * mirrored, tone((88, 80, 58), towards_us * 0.9))
        if canvas.eye[0] > LENGTH_M / 2:
            for lamp in _LAMPS:
                canvas.polygon(lamp, (255, 246, 206))
    for wheel in WHEELS_M:
        _wheel(canvas, wheel, side * (HALF_M + 0.02), towards_us, near=near)
    canvas.strokes(_BARREL, 0.11, tone(colour, 0.6))
    canvas.keep()


def _wheel(canvas: Canvas, ahead: float, right: float, bright: float, *, near: bool) -> None:
    middle = np.array([ahead, right, 0.56])
    canvas.polygon(middle + 0.56 * _RIM, tone(_TYRE, max(0.25, bright)))
    if near:
        canvas.polygon(middle + 0.28 * _RIM, tone((88, 92, 70), max(0.2, bright) * 0.8))
        canvas.polygon(middle + 0.10 * _RIM[::2], tone((40, 40, 38), max(0.2, bright)))
