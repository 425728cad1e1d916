"""How much of each item a copied stretch is: excerpt, trimmed, compilation; and across stretches, what was cut out."""

from dataclasses import replace
from itertools import pairwise

from firsthand.link.bars import Which
from firsthand.link.prints import Print
from firsthand.model.links import CopyFound, Edit, Span

Said = tuple[Edit, Which | None]

END_S = 0.7  # sampled ends are this uncertain
CUT_S = 0.5
SAME_SPEED = 0.03


def lengths(a: Print, b: Print, span_a: Span, span_b: Span) -> list[Said]:
    """excerpt, trimmed or compilation, with the item that carries it. Two copies that each go on where the other ends
    (two excerpts of one recording) are called neither."""
    if a.still or b.still:
        return []
    more_a = a.end_s - (span_a.end_s - span_a.start_s)
    more_b = b.end_s - (span_b.end_s - span_b.start_s)
    if more_a > END_S >= more_b:
        return [("excerpt" if more_a > a.end_s / 2 else "trimmed", "b")]
    if more_b > END_S >= more_a:
        return [("excerpt" if more_b > b.end_s / 2 else "trimmed", "a")]
    if more_a > END_S and more_b > END_S:
        cut_a, cut_b = _cut_in(a, span_a), _cut_in(b, span_b)
        if cut_a and not cut_b:
            return [("compilation", "a")]
        if cut_b and not cut_a:
            return [("compilation", "b")]
    return []


def joined(found: list[CopyFound]) -> list[CopyFound]:
    """The stretches of one pair, with what only several of them tell: cut_inside, where one item goes straight on
    while the other shows more between; and no compilation of what is all of one recording."""
    ordered = sorted(found, key=lambda one: one.a.start_s)
    cut: dict[int, Which] = {}
    for number, (one, after) in enumerate(pairwise(ordered)):
        if abs(one.speed - after.speed) > SAME_SPEED or one.speed <= 0:
            continue
        gap_a, gap_b = after.a.start_s - one.a.end_s, after.b.start_s - one.b.end_s
        if abs(gap_a) <= END_S and gap_b > END_S:
            cut |= {number: "a", number + 1: "a"}
        elif abs(gap_b) <= END_S and gap_a > END_S:
            cut |= {number: "b", number + 1: "b"}
    return [_with_cut(one, cut[number]) if number in cut else one for number, one in enumerate(ordered)]


def _with_cut(one: CopyFound, which: Which) -> CopyFound:
    lengths_alone: tuple[Edit, ...] = ("compilation", "excerpt", "trimmed")
    edits = tuple(edit for edit in one.edits if edit not in lengths_alone)
    return replace(one, edits=(*edits, "cut_inside"), edited=which if one.edited in (None, which) else None)


def _cut_in(one: Print, span: Span) -> bool:
    """Whether the item goes on beside the stretch, and wherever it does a cut lies there: it was put in."""
    inner = [edge for edge in (span.start_s, span.end_s) if END_S < edge < one.end_s - END_S]
    return bool(inner) and all(any(abs(cut - edge) <= CUT_S for cut in one.cuts_s) for edge in inner)
