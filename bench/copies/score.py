"""What the answers are worth: hits, false pairs, segments, names of edits, and the peers' best thresholds."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from bench.copies.corpus import Query
from bench.copies.footage import Shown
from bench.copies.named import NAMED
from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound

# Of every item in the index, the families of all footage that is in it.
Families = Mapping[ItemId, frozenset[str]]

WITHIN_S = 1.0
COVERED = 0.5
ESTABLISHED = 30
NAMES = (
    "mirrored", "rotated_90", "rotated_180", "rotated_270", "cropped", "letterboxed", "overlay", "speed", "tilted",
    "blurred_bars", "picture_in_picture", "screen_recording", "reversed", "recoloured", "greyscale", "blurred", "noise",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that was found for one query; peers: how alike each peer finds each reference."""

    query: Query
    found: tuple[CopyFound, ...]
    peers: Mapping[ItemId, Mapping[str, float]]
    took_s: float


def report(
    answers: list[Answer],
    trapped: list[Answer],
    *,
    families: Families,
    name: Mapping[ItemId, str],
    misses: bool,
) -> dict[str, Any]:
    """Prints a table and gives the figures."""
    source = {text: item for item, text in name.items()}
    hits: dict[str, list[bool]] = defaultdict(list)
    false: list[str] = []
    for one in answers:
        hit = is_hit(one, source[one.query.source])
        hits[one.query.recipe].append(hit)
        false += false_pairs(one, families, name)
        if misses and not hit:
            best = [
                (f.verdict, round(f.score, 2), round(f.speed, 2))
                for f in one.found
                if f.b.item == source[one.query.source]
            ]
            print(f"missed: {one.query.recipe} of {one.query.source}: {best[:3]}")
    trap_false = [pair for one in trapped for pair in false_pairs(one, families, name)]
    rows = {recipe: sum(row) / len(row) for recipe, row in sorted(hits.items(), key=lambda both: np.mean(both[1]))}
    for recipe, recall in rows.items():
        low, high = wilson(sum(hits[recipe]), len(hits[recipe]))
        few = "" if len(hits[recipe]) >= ESTABLISHED else "  not established"
        print(f"{recipe:<44} {recall:5.2f}  [{low:.2f}, {high:.2f}]  of {len(hits[recipe])}{few}")
    macro, spread = macro_recall(hits)
    pairs = sum(not one.query.families & of for one in answers + trapped for of in families.values())
    figures: dict[str, Any] = {
        "queries": len(answers),
        "recipes": len(rows),
        "macro_recall": round(macro, 4),
        "macro_recall_interval": [round(edge, 4) for edge in spread],
        "lowest": dict(list(rows.items())[:8]),
        "negative_pairs": pairs,
        "false_pairs": len(false) + len(trap_false),
        "false_pairs_upper_bound": 3 / pairs if not false + trap_false else None,
        "trap_queries": len(trapped),
        "segment_micro_ap": round(segment_ap(answers, source), 4),
        **_precision(answers, source),
        "names": _names(answers, source),
        "peers": peers_recall(answers, trapped, families, source),
        "median_seek_cpu_s": round(float(np.median([one.took_s for one in answers])), 3),
    }
    for pair in (false + trap_false)[: None if misses else 10]:
        print(f"FALSE: {pair}")
    for key, value in figures.items():
        print(f"{key}: {value}")
    return figures


def is_hit(one: Answer, item: ItemId) -> bool:
    """Verdict copy, right item, at least half of the true span covered by what is right within a second."""
    covered = sum(_covered(shown, one.found, item) for shown in one.query.shown)
    return covered >= COVERED * sum(shown.end_s - shown.start_s for shown in one.query.shown)


def _covered(shown: Shown, found: tuple[CopyFound, ...], item: ItemId) -> float:
    right = []
    for link in found:
        start_s, end_s = max(shown.start_s, link.a.start_s), min(shown.end_s, link.a.end_s)
        if link.verdict == "copy" and link.b.item == item and end_s > start_s and _error_s(shown, link) <= WITHIN_S:
            right.append((start_s, end_s))
    return _length(right)


def _error_s(shown: Shown, link: CopyFound) -> float:
    """How far the link's map strays from the truth at worst, in seconds of the source, where both speak."""
    ends = max(shown.start_s, link.a.start_s), min(shown.end_s, link.a.end_s)
    return max(abs(_in_b(link, at_s) - shown.source_at(at_s)) for at_s in ends)


def _in_b(link: CopyFound, at_s: float) -> float:
    meets_s = link.b.start_s if link.speed > 0 else link.b.end_s
    return meets_s + (at_s - link.a.start_s) / link.speed


def false_pairs(one: Answer, families: Families, name: Mapping[ItemId, str]) -> list[str]:
    """Items called a copy with which the query shares no footage."""
    called = {link.b.item for link in one.found if link.verdict == "copy"}
    return [f"{one.query.examined.name} = {name[item]}" for item in called if not families[item] & one.query.families]


def macro_recall(hits: Mapping[str, list[bool]]) -> tuple[float, tuple[float, float]]:
    """The mean over recipes, and its 95 % interval by drawing queries again 2,000 times within each recipe."""
    rng = np.random.default_rng(0)
    drawn = [rng.binomial(len(row), np.mean(row), 2000) / len(row) for row in hits.values()]
    means = np.mean(drawn, axis=0)
    return float(np.mean([np.mean(row) for row in hits.values()])), (
        float(np.quantile(means, 0.025)),
        float(np.quantile(means, 0.975)),
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def segment_ap(answers: list[Answer], source: Mapping[str, ItemId]) -> float:
    """Micro average precision of segments as VSC2022's matching track defines it: predictions of all pairs in the
    order of score; precision and recall are geometric means over the two time axes of the shared length ÷ the
    predicted length and ÷ the true length. Only the source itself counts; its other copies are left out."""
    truth: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    for number, one in enumerate(answers):
        truth[number] = [
            ((s.start_s, s.end_s), (min(s.source_s, s.source_at(s.end_s)), max(s.source_s, s.source_at(s.end_s))))
            for s in one.query.shown
        ]
    wanted = [sum(_length([box[axis] for box in boxes]) for boxes in truth.values()) for axis in (0, 1)]
    predicted = sorted(
        (
            (link.score, number, ((link.a.start_s, link.a.end_s), (link.b.start_s, link.b.end_s)))
            for number, one in enumerate(answers)
            for link in one.found
            if link.verdict == "copy" and link.b.item == source[one.query.source]
        ),
        key=lambda one: -one[0],
    )
    seen: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = defaultdict(list)
    shared, told = np.zeros(2), np.zeros(2)
    area, before = 0.0, 0.0
    for _, number, box in predicted:
        old = _shared(seen[number], truth[number]), [_length([b[axis] for b in seen[number]]) for axis in (0, 1)]
        seen[number].append(box)
        shared += np.array(_shared(seen[number], truth[number])) - old[0]
        told += np.array([_length([b[axis] for b in seen[number]]) for axis in (0, 1)]) - old[1]
        precision = float(np.sqrt(np.prod(shared / np.maximum(told, 1e-9))))
        recall = float(np.sqrt(np.prod(shared / wanted)))
        area += precision * max(0.0, recall - before)
        before = max(before, recall)
    return area


def _shared(
    boxes: list[tuple[tuple[float, float], tuple[float, float]]],
    truth: list[tuple[tuple[float, float], tuple[float, float]]],
) -> list[float]:
    """Length of what predictions share with the truth on each axis, where a prediction meets a true box at all."""
    both: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for box, true in product(boxes, truth):
        met = [(max(box[axis][0], true[axis][0]), min(box[axis][1], true[axis][1])) for axis in (0, 1)]
        if all(end > start for start, end in met):
            both[0].append(met[0])
            both[1].append(met[1])
    return [_length(one) for one in both]


def _length(stretches: list[tuple[float, float]]) -> float:
    total, reached = 0.0, -np.inf
    for start, end in sorted(stretches):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total)


def _precision(answers: list[Answer], source: Mapping[str, ItemId]) -> dict[str, float]:
    """Of hits that show one stretch: how often both ends are within a second, and the speed within 2 %."""
    ends, speeds = [], []
    for one in answers:
        if len(one.query.shown) != 1 or not is_hit(one, source[one.query.source]):
            continue
        shown = one.query.shown[0]
        links = [f for f in one.found if f.verdict == "copy" and f.b.item == source[one.query.source]]
        start_s, end_s = min(f.a.start_s for f in links), max(f.a.end_s for f in links)
        ends.append(abs(start_s - shown.start_s) <= WITHIN_S and abs(end_s - shown.end_s) <= WITHIN_S)
        longest = max(links, key=lambda f: f.a.end_s - f.a.start_s)
        speeds.append(abs(longest.speed * shown.rate - 1) <= 0.02)
    return {
        "both_ends_within_1_s": round(float(np.mean(ends)), 4) if ends else 0.0,
        "speed_within_2_percent": round(float(np.mean(speeds)), 4) if speeds else 0.0,
    }


def _names(answers: list[Answer], source: Mapping[str, ItemId]) -> dict[str, dict[str, float]]:
    """Precision and recall of edits' names over the hits; what a recipe leaves open counts neither way (named.py)."""
    told = {one.recipe.name: one for one in NAMED}
    right, said, true = Counter[str](), Counter[str](), Counter[str]()
    for one in answers:
        if one.query.recipe not in told or not is_hit(one, source[one.query.source]):
            continue
        recipe = told[one.query.recipe]
        judged = frozenset(NAMES) - recipe.open
        links = [f for f in one.found if f.verdict == "copy" and f.b.item == source[one.query.source]]
        named = set(max(links, key=lambda f: f.a.end_s - f.a.start_s).edits) & judged
        right.update(named & recipe.called)
        said.update(named)
        true.update(recipe.called & judged)
    return {
        name: {
            "precision": round(right[name] / said[name], 3) if said[name] else 0.0,
            "recall": round(right[name] / true[name], 3) if true[name] else 0.0,
            "said": said[name],
            "of": true[name],
        }
        for name in NAMES
    }


def peers_recall(
    answers: list[Answer], trapped: list[Answer], families: Families, source: Mapping[str, ItemId]
) -> dict[str, float]:
    """Each peer's macro recall at two thresholds of its own, and vPDQ at its 80 % rule whatever it gets wrong.

    "of clips": the lowest without a false pair of these very queries and the clips as they are. "of all": the lowest
    without any false pair, hard negatives (traps) among them, which is what is asked of firsthand.
    """
    if not answers or not answers[0].peers:
        return {}
    traps = {one.query.examined.item for one in trapped}
    recall: dict[str, float] = {}
    for peer in next(iter(answers[0].peers.values())):
        alike = [one.peers[source[one.query.source]][peer] for one in answers]
        rules = {
            "of clips": _highest_false(answers, families, peer, among=families.keys() - traps),
            "of all": _highest_false([*answers, *trapped], families, peer, among=families.keys()),
        }
        for rule, threshold in rules.items():
            recall[f"{peer}, no false pair {rule}"] = _recall_of(answers, [one > threshold for one in alike])
        if peer.startswith("vPDQ"):
            recall[f"{peer}, 80 % rule"] = _recall_of(answers, [one >= 0.8 for one in alike])
    return recall


def _highest_false(answers: list[Answer], families: Families, peer: str, *, among: Set[ItemId]) -> float:
    """How alike the peer finds the two of the worst pair that shares no footage."""
    return max(
        (
            alike[peer]
            for one in answers
            for item, alike in one.peers.items()
            if item in among and not families[item] & one.query.families
        ),
        default=0.0,
    )


def _recall_of(answers: list[Answer], found: list[bool]) -> float:
    rows: dict[str, list[bool]] = defaultdict(list)
    for one, hit in zip(answers, found, strict=True):
        rows[one.query.recipe].append(hit)
    return round(macro_recall(rows)[0], 4)
