"""Which frames of a query to lay over which frames of an item, by how their corners voted."""

from collections.abc import Sequence
from itertools import chain, zip_longest

import numpy as np

from firsthand.link.prints import Print
from firsthand.link.votes import FrameVotes

AT_ONCE_S = 0.7  # frames are sampled once a second
LINES = 2


def likely_pairs(votes: FrameVotes, a: Print, b: Print, wanted: int) -> list[tuple[int, int]]:
    """(frame of a, frame of b), likeliest first: each of a's frames with its best before any second best, and in turn
    with these the pairs on the offsets that most of a's frames vote for. Where words outvote a small picture in every
    frame, only the offset is the same."""
    both = chain.from_iterable(zip_longest(_best_of_each(votes), _on_lines(votes, a, b)))
    return list(dict.fromkeys(pair for pair in both if pair is not None))[:wanted]


def on_one_offset(pairs: Sequence[tuple[int, int]], a: Print, b: Print) -> list[list[tuple[int, int]]]:
    """Two or more of these pairs that lie on one offset, the offsets with the most pairs first, at most LINES."""
    offset_s = np.array([a.frame_s[of_a] - b.frame_s[of_b] for of_a, of_b in pairs])
    left = np.ones(len(pairs), np.bool_)
    lines: list[list[tuple[int, int]]] = []
    while len(lines) < LINES:
        on_line = (np.abs(offset_s[:, None] - offset_s) <= AT_ONCE_S) & left
        if on_line.sum() < 2 or on_line.sum(1).max() < 2:
            break
        best = int(on_line.sum(1).argmax())
        lines.append([pairs[place] for place in np.flatnonzero(on_line[best]).tolist()])
        left &= ~on_line[best]
    return lines


def _best_of_each(votes: FrameVotes) -> list[tuple[int, int]]:
    rank = np.zeros(len(votes.query_frame), np.int64)
    seen: dict[int, int] = {}
    for place, frame in enumerate(votes.query_frame.tolist()):
        rank[place] = seen.get(frame, 0)
        seen[frame] = int(rank[place]) + 1
    return [_pair(votes, place) for place in np.lexsort((-votes.weight, rank)).tolist()]


def _on_lines(votes: FrameVotes, a: Print, b: Print) -> list[tuple[int, int]]:
    """Pairs on the offsets with the most votes, one of each of a's frames, the heaviest first."""
    offset_s = a.frame_s[votes.query_frame] - b.frame_s[votes.frame]
    step = np.floor(offset_s / AT_ONCE_S).astype(np.int64)
    heaviest_first = np.lexsort((-votes.weight, votes.query_frame, step))
    key = np.stack([step, votes.query_frame])[:, heaviest_first]
    first = heaviest_first[np.r_[True, (key[:, 1:] != key[:, :-1]).any(0)]] if len(step) else heaviest_first
    support = np.bincount(step[first] - step.min(), votes.weight[first]) if len(step) else np.zeros(0)
    support = support + np.append(support[1:], 0.0)  # a line may lie across two steps
    pairs: list[tuple[int, int]] = []
    for _ in range(min(LINES, len(support))):
        best = int(support.argmax())
        on_line = first[(step[first] - step.min() >= best) & (step[first] - step.min() <= best + 1)]
        pairs += [_pair(votes, place) for place in on_line[np.argsort(-votes.weight[on_line], kind="stable")].tolist()]
        support[max(0, best - 1) : best + 2] = -1.0
    return pairs


def _pair(votes: FrameVotes, place: int) -> tuple[int, int]:
    return int(votes.query_frame[place]), int(votes.frame[place])
