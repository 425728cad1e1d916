"""People in winter coats: walking, standing, or with raised arms."""

import numpy as np

from firsthand.madeup.camera import Pinhole, Vector
from firsthand.madeup.figures import Canvas, Light, heading_axes, tone
from firsthand.madeup.raster import Floats
from firsthand.madeup.story import Pose, Walk
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.textures import RGB

SKIN: RGB = (214, 174, 150)
STEP_M = 0.75
# A figure's own axes as it is drawn: away from the viewer, to the viewer's right, up; as shares of its height.
_CORNERS = np.array([[a, r, u] for a in (-0.15, 0.15) for r in (-0.28, 0.28) for u in (0.0, 1.22)])
_COAT = np.array(
    [[0, -0.135, 0.80], [0, -0.10, 0.83], [0, 0.10, 0.83], [0, 0.135, 0.80], [0, 0.15, 0.42], [0, -0.15, 0.42]]
)
_SHADED = np.array([[0, 0.01, 0.83], [0, 0.10, 0.83], [0, 0.135, 0.80], [0, 0.15, 0.42], [0, 0.04, 0.42]])
_HAT = np.array([[0, -0.064, 0.915], [0, -0.046, 0.968], [0, 0.0, 0.988], [0, 0.046, 0.968], [0, 0.064, 0.915]])
_SCARF = np.array([[0, -0.06, 0.832], [0, 0.06, 0.832]])


def person_shadow_corners(pose: Pose, height_m: float) -> Vector:
    """World corners of a slim body: what falls as a shadow."""
    shoulders = [[x, y, z] for x in (-0.2, 0.2) for y in (-0.15, 0.15) for z in (0.02, 0.8 * height_m)]
    return np.asarray(pose.place + np.array([*shoulders, [0.0, 0.0, height_m]]))


def draw_person(
    frame: Texels, range_m: Floats, view: Pinhole, walk: Walk, pose: Pose, *, light: Light, lit: float
) -> None:
    """Draws somebody at a pose. lit: the sun's share where they stand."""
    away = pose.place - view.at
    away = np.array([away[0], away[1], 0.0]) / max(0.1, float(np.hypot(away[0], away[1])))
    axes = np.stack([away, np.array([away[1], -away[0], 0.0]), np.array([0.0, 0.0, 1.0])])
    size = walk.height_m
    canvas = Canvas(frame, range_m, view, pose.place, axes * size)
    canvas.distance_m = float(np.linalg.norm(pose.place - view.at))
    if not canvas.opened(_CORNERS):
        return
    ahead = axes @ heading_axes(pose)[0]  # which way the legs swing, in the figure's axes
    swing = 0.16 * float(np.sin(pose.walked_m / STEP_M * np.pi)) if pose.speed_m_s else 0.0
    bright = light.shade + light.sun * lit * (0.35 + 0.4 * max(0.0, float(-away @ light.towards_sun)))
    shaded = np.array([1.0, -1.0 if float(axes[1] @ light.towards_sun) > 0 else 1.0, 1.0])
    kind = sum(walk.name.encode()) % 4  # not hash(): that differs from run to run
    trousers: RGB = ((48, 50, 62), (66, 58, 50), (38, 40, 44), (84, 82, 78))[kind]

    def limb(points: list[tuple[float, float, float]], wide_m: float, colour: RGB) -> None:
        """Each point: to the right, up, and forward in the direction of walking."""
        own = np.array([[0.0, right, up] for right, up, _ in points]) + np.array(
            [ahead * forward for _, _, forward in points]
        )
        canvas.strokes(own, wide_m, colour)

    for way, phase in ((-1.0, swing), (1.0, -swing)):
        limb(
            [(way * 0.05, 0.48, 0), (way * 0.055, 0.26, phase * 0.6), (way * 0.055, 0.04, phase)],
            0.15,
            tone(trousers, bright * 0.85),
        )
        limb(
            [(way * 0.055, 0.025, phase - 0.02), (way * 0.055, 0.025, phase + 0.07)],
            0.1,
            tone((30, 28, 28), bright * 0.8),
        )
    for way, phase in ((-1.0, -swing), (1.0, swing)):
        raised = pose.arms
        hand = (way * (0.15 + 0.10 * raised), 0.48 + 0.60 * raised, phase)
        limb(
            [(way * 0.115, 0.79, 0), (way * (0.155 + 0.08 * raised), 0.63 + 0.17 * raised, phase * 0.5), hand],
            0.12,
            tone(walk.coat, bright * 0.86),
        )
        limb([hand, (hand[0], hand[1] + (0.03 if raised else -0.03), hand[2])], 0.09, tone(SKIN, bright))
    canvas.polygon(_COAT, tone(walk.coat, bright))
    canvas.polygon(_SHADED * shaded, tone(walk.coat, bright * 0.66))
    canvas.strokes(_SCARF, 0.07, tone(((70, 44, 60), (196, 190, 178), (52, 84, 120), (150, 60, 50))[kind], bright))
    canvas.disc(np.array([0.0, 0.0, 0.905]), 0.062 * size, tone(SKIN, bright))
    canvas.polygon(_HAT, tone(walk.coat if kind % 2 else (56, 52, 58), bright * 0.8))
    canvas.keep()
