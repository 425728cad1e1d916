"""What is true about time: which recordings share a stretch of it, and by how much distance shifts each sound."""

from itertools import combinations

import numpy as np

from firsthand.madeup.hearing import delay_s
from firsthand.madeup.recording import Recorded
from firsthand.madeup.truth import HeardOffset, TrueMoment, TrueOffset, TruePair


def true_moment(name: str, recordings: list[Recorded]) -> TrueMoment:
    """The moment that these recordings of one stage share; the first is its reference."""
    first = recordings[0]
    return TrueMoment(
        moment=name,
        reference=first.item,
        reference_zero_at=first.shot.zero_at.isoformat(),
        items=tuple(
            TrueOffset(
                item=one.item,
                name=one.path.name,
                offset_s=one.shot.begins_s - first.shot.begins_s,
                rate=one.shot.phone.rate / first.shot.phone.rate,
            )
            for one in recordings
        ),
        pairs=tuple(_pair(a, b) for a, b in combinations(recordings, 2)),
    )


def _pair(a: Recorded, b: Recorded) -> TruePair:
    begins = max(a.shot.begins_s, b.shot.begins_s)
    ends = min(_ends(a), _ends(b))
    offset_s = b.shot.begins_s - a.shot.begins_s
    heard = []
    for source in a.shot.sources:
        sounds_from = source.begins_s
        sounds_until = source.begins_s + len(source.samples) / 48_000
        if sounds_until <= begins or sounds_from >= ends:
            continue
        middle = float(np.clip((max(sounds_from, begins) + min(sounds_until, ends)) / 2, begins, ends))
        later = delay_s(source, b.shot.phone.place, middle) - delay_s(source, a.shot.phone.place, middle)
        heard.append(HeardOffset(source=source.name, offset_s=offset_s - later))
    return TruePair(
        a=a.item,
        a_name=a.path.name,
        b=b.item,
        b_name=b.path.name,
        offset_s=offset_s,
        rate=b.shot.phone.rate / a.shot.phone.rate,
        overlap_s=max(0.0, ends - begins),
        metres_apart=float(np.linalg.norm(a.shot.phone.place - b.shot.phone.place)),
        by_source=tuple(heard),
    )


def _ends(one: Recorded) -> float:
    return one.shot.true_s(one.length_s)
