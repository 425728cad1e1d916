"""What is true about copies and takes: which spans of which items show one recording, edited how."""

from itertools import combinations

import numpy as np

from firsthand.madeup.online import Posted
from firsthand.madeup.recording import Recorded
from firsthand.madeup.reworking import SAME
from firsthand.madeup.truth import Matrix, TrueCopy, TrueSpan, TrueTake
from firsthand.model.links import Edit

SHORTEST_S = 0.5  # a shared stretch shorter than this is not called a copy


def true_takes(cameras: list[Recorded], online: list[Posted]) -> tuple[TrueTake, ...]:
    """One take a camera file, with every stretch of every post that shows it."""
    takes = []
    for camera in cameras:
        own = TrueSpan(
            item=camera.item, name=camera.path.name, start_s=0.0, end_s=camera.length_s, take_start_s=0.0, speed=1.0
        )
        spans = [own, *(span for one in online for span in _spans(one, camera))]
        takes.append(TrueTake(take=camera.shot.take, best_name=camera.path.name, items=tuple(spans)))
    return tuple(takes)


def _spans(posted: Posted, camera: Recorded) -> list[TrueSpan]:
    spans, begins = [], 0.0
    for piece in posted.post.pieces:
        length = piece.end_s - piece.start_s
        if piece.source.item == camera.item:
            spans.append(
                TrueSpan(
                    item=posted.item, name=posted.path.name, start_s=begins, end_s=begins + length,
                    take_start_s=piece.start_s, speed=1.0,
                )
            )  # fmt: skip
        begins += length
    return spans


def true_copies(takes: tuple[TrueTake, ...], online: list[Posted]) -> tuple[TrueCopy, ...]:
    """Every pair of items that share a stretch of a take, the camera's file before what was made of it."""
    posted = {one.item: one for one in online}
    copies = []
    for take in takes:
        for a, b in combinations(take.items, 2):
            begins = max(a.take_start_s, b.take_start_s)
            ends = min(a.take_start_s + a.end_s - a.start_s, b.take_start_s + b.end_s - b.start_s)
            if ends - begins < SHORTEST_S:
                continue
            of_a, of_b = posted.get(a.item), posted[b.item]
            copies.append(
                TrueCopy(
                    a=a.item,
                    a_name=a.name,
                    a_start_s=a.start_s + begins - a.take_start_s,
                    a_end_s=a.start_s + ends - a.take_start_s,
                    b=b.item,
                    b_name=b.name,
                    b_start_s=b.start_s + begins - b.take_start_s,
                    b_end_s=b.start_s + ends - b.take_start_s,
                    edited=None if of_a else "b",
                    edits=_either(of_a.edits if of_a else (), of_b.edits),
                    speed=1.0,
                    transform=_between(of_a, of_b),
                    derived=of_a is not None,
                )
            )
    return tuple(copies)


def _either(a: tuple[Edit, ...], b: tuple[Edit, ...]) -> tuple[Edit, ...]:
    return tuple(dict.fromkeys((*a, *b)))


def _between(a: Posted | None, b: Posted) -> Matrix | None:
    """a's picture to b's picture, through the camera's."""
    to_a, to_b = (SAME if a is None else a.post.drawn.transform), b.post.drawn.transform
    if to_a is None or to_b is None:
        return None
    matrix = np.vstack([to_b, (0, 0, 1)]) @ np.linalg.inv(np.vstack([to_a, (0, 0, 1)]))
    (a0, a1, a2), (b0, b1, b2) = matrix[:2].tolist()
    return (a0, a1, a2), (b0, b1, b2)
