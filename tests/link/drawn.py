"""Drawn clips and their prints: a textured room with things that move in it, seen by the seeker without a file."""

from hashlib import sha256
from typing import Any

import cv2
import numpy as np
from bench.copies.edits import Frames
from numpy.typing import NDArray

from firsthand.link.prints import LONG_SIDE_PX, TRAIL, Print, print_of
from firsthand.model.arrays import Array
from firsthand.model.findings import Box, FingerprintFacts, PicturesFacts
from firsthand.model.ids import ItemId, item_id
from firsthand.model.outcomes import Found

FPS = 10
WIDTH, HEIGHT = 320, 240


def room(seed: int) -> NDArray[np.uint8]:
    """A still background [240, 320] with detail at many scales."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((HEIGHT, WIDTH), np.float32)
    for cells, weight in ((6, 60), (20, 45), (60, 40)):
        coarse = rng.normal(0, 1, (cells * 3 // 4, cells)).astype(np.float32)
        picture += weight * cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + picture, 0, 255).astype(np.uint8)


def filmed(place: int, action: int, *, seconds: float = 6.0, movers: int = 4) -> Frames:
    """What a still camera in room `place` sees while things move as `action` has it. Other actions in the same
    place are other takes of one scene."""
    rng = np.random.default_rng([place, action])
    still = room(place)
    speed = rng.uniform(0.2, 0.7, (movers, 2))
    phase = rng.uniform(0, 2 * np.pi, (movers, 2))
    shade = rng.integers(0, 2, movers) * 235 + 10
    frames: Frames = []
    for number in range(round(seconds * FPS)):
        at_s = number / FPS
        picture = still.copy()
        where = 0.5 + 0.4 * np.sin(speed * at_s * 2 + phase)
        for (x, y), grey in zip(where, shade, strict=True):
            cv2.circle(picture, (int(x * WIDTH), int(y * HEIGHT)), 22, int(grey), -1)
        frames.append((at_s, picture))
    return frames


def carried(place: int, walk: int, *, seconds: float = 6.0) -> Frames:
    """What a shaking camera sees that is carried through a wide `place`; another walk is another take of it."""
    rng = np.random.default_rng([place, walk, 7])
    wide = cv2.resize(np.hstack([room(place * 10 + part) for part in range(5)]), None, fx=1.3, fy=1.3)
    start, stop = rng.uniform(0.1, 0.3), rng.uniform(0.7, 0.9)
    frames: Frames = []
    count = round(seconds * FPS)
    for number in range(count):
        along = (start + (stop - start) * number / count) * (wide.shape[1] - WIDTH)
        x, y = along + rng.uniform(-25, 25), 30 + rng.uniform(-25, 25)
        left, top = int(np.clip(x, 0, wide.shape[1] - WIDTH)), int(np.clip(y, 0, wide.shape[0] - HEIGHT))
        frames.append((number / FPS, np.ascontiguousarray(wide[top : top + HEIGHT, left : left + WIDTH])))
    return frames


def in_a_frame(frames: Frames) -> Frames:
    """The same words above and below whatever is shown."""
    card = np.full((HEIGHT * 2, WIDTH), 250, np.uint8)
    for row, words in (
        (40, "WHEN THE WHOLE"),
        (90, "STREET SEES IT"),
        (420, "FOLLOW FOR MORE"),
        (465, "part 2 / 24:7"),
    ):
        cv2.putText(card, words, (10, row), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 10, 3)
    made = []
    for at_s, picture in frames:
        whole = card.copy()
        whole[HEIGHT // 2 : HEIGHT // 2 + HEIGHT] = picture
        made.append((at_s, whole))
    return made


def print_from(name: str, frames: Frames, *, still: bool = False) -> Print:
    """The print of a clip, through the same findings an examiner would give."""
    sampled = [frames[0]] if still else _every(frames, 1.0)
    trail = [frames[0]] if still else _every(frames, 0.1)
    features = [_features(picture) for _, picture in sampled]
    for _, mirrored, *_ in features[1::2]:
        mirrored[:] = 0  # of every second look they are not taken
    counts = [len(code) for code, *_ in features]
    height, width = frames[0][1].shape
    arrays = {
        "frame_s": np.array([at_s for at_s, _ in sampled], "<f8"),
        "frame_first": np.cumsum([0, *counts]).astype("<u4"),
        "code": np.concatenate([one[0] for one in features]),
        "mirrored": np.concatenate([one[1] for one in features]),
        "xy": np.concatenate([one[2] for one in features]),
        "size": np.concatenate([one[3] for one in features]),
        "angle": np.concatenate([one[4] for one in features]),
        "trail_s": np.array([at_s for at_s, _ in trail], "<f8"),
        "trail": np.stack([cv2.resize(p, (TRAIL, TRAIL), interpolation=cv2.INTER_AREA) for _, p in trail]),
    }
    packed = tuple(
        (key, Array(dtype=value.dtype.str[1:], shape=value.shape, data=value.tobytes()))
        for key, value in arrays.items()
    )
    facts = FingerprintFacts(
        frames=len(sampled), features=sum(counts), code_bits=256, method="orb", width_px=width, height_px=height
    )
    found = print_of(
        named(name),
        {
            "fingerprint": Found(value=facts, arrays=packed),
            "pictures": Found(value=_pictures(frames, width, height, still=still)),
        },
    )
    assert found is not None
    return found


def named(name: str) -> ItemId:
    return item_id(sha256(name.encode()).hexdigest())


def _pictures(frames: Frames, width: int, height: int, *, still: bool) -> PicturesFacts:
    return PicturesFacts(
        frames=len(frames), first_s=0.0, last_s=frames[-1][0], end_s=frames[-1][0] + 1 / FPS, width_px=width,
        height_px=height, variable_rate=False, frames_per_second=FPS, still=still, scene_changes_s=(), black=(),
        frozen=(), low_texture=(), active=Box(left=0, top=0, right=1, bottom=1), border="none", overlays=(),
        strip_columns=0, strip_width_px=0, strip_height_px=0, damaged_frames=0,
    )  # fmt: skip


def _every(frames: Frames, step_s: float) -> Frames:
    kept: Frames = []
    for at_s, picture in frames:
        if not kept or at_s >= (int(kept[-1][0] / step_s + 1e-6) + 1) * step_s - 1e-6:
            kept.append((at_s, picture))
    return kept


_NONE = (((0, 32), "u1"), ((0, 32), "u1"), ((0, 2), "<u2"), ((0,), "u1"), ((0,), "u1"))


def _features(picture: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
    """ORB features as a fingerprint holds them: code, mirrored code, xy, size, angle."""
    scale = LONG_SIDE_PX / max(picture.shape)
    grey = cv2.resize(picture, None, fx=scale, fy=scale) if scale < 1 else picture
    height, width = grey.shape
    finder = cv2.ORB.create(nfeatures=300, fastThreshold=10, edgeThreshold=20)
    points, code = finder.detectAndCompute(grey, None)
    if len(points) == 0:
        return tuple(np.zeros(shape, dtype) for shape, dtype in _NONE)
    turned = [
        cv2.KeyPoint(width - 1 - p.pt[0], p.pt[1], p.size, (180 - p.angle) % 360, p.response, p.octave, number)
        for number, p in enumerate(points)
    ]
    seen, mirrored = finder.compute(np.ascontiguousarray(grey[:, ::-1]), turned)
    row = {point.class_id: number for number, point in enumerate(seen)}
    kept = [number for number in range(len(points)) if number in row]
    xy = np.array([points[number].pt for number in kept])
    size = np.array([points[number].size for number in kept]) * LONG_SIDE_PX / max(width, height)
    angle = np.array([points[number].angle for number in kept])
    return (
        code[kept],
        mirrored[[row[number] for number in kept]],
        ((xy + 0.5) / (width, height) * 65535).astype("<u2"),
        np.rint(16 * np.log2(size)).astype(np.uint8),
        (np.rint(angle * 256 / 360) % 256).astype(np.uint8),
    )
