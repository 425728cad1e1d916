"""What is promised of copies with a piece cut out: both pieces are found, however short, and none of another take."""

from dataclasses import replace

import pytest
from bench.copies.edits import Frames

from firsthand.link.copies import CopySeeker
from firsthand.link.copy_limits import CopyLimits
from firsthand.link.index import PrintIndex
from firsthand.link.motion import Agreement, Chance, TimeMap
from firsthand.link.pieces import go_on
from firsthand.model.links import CopyFound, Span
from tests.link.drawn import filmed, named, print_from


def sought(query: Frames, source: Frames) -> tuple[CopyFound, ...]:
    return CopySeeker().seek(print_from("cut", query), PrintIndex([print_from("source", source)]))


def pieces(frames: Frames, *stretches: tuple[float, float]) -> Frames:
    kept = [picture for start_s, end_s in stretches for at_s, picture in frames if start_s <= at_s < end_s]
    return [(number / 10, picture) for number, picture in enumerate(kept)]


def spans(of_a: tuple[float, float], of_b: tuple[float, float]) -> tuple[Span, Span]:
    return Span(item=named("a"), start_s=of_a[0], end_s=of_a[1]), Span(item=named("b"), start_s=of_b[0], end_s=of_b[1])


@pytest.mark.parametrize("place", [3, 5])
def test_a_short_piece_is_found_beside_another(place: int) -> None:
    frames = filmed(place, 1, seconds=12.0)
    first, then = sought(pieces(frames, (1.0, 1.9), (5.0, 5.8)), frames)
    assert first.verdict == then.verdict == "copy"
    assert then.a.start_s == pytest.approx(0.9, abs=0.2)
    assert then.b.start_s == pytest.approx(5.0, abs=0.3)
    assert "cut_inside" in first.edits


@pytest.mark.parametrize(("place", "kept"), [(2, ((1.0, 1.9), (5.0, 5.8))), (4, ((1.0, 1.8), (5.0, 5.8)))])
def test_two_pieces_that_are_too_short_alone_are_enough_together(
    place: int, kept: tuple[tuple[float, float], tuple[float, float]]
) -> None:
    frames = filmed(place, 1, seconds=12.0)
    found = sought(pieces(frames, *kept), frames)
    assert [one.verdict for one in found] == ["copy", "copy"]


@pytest.mark.parametrize("place", [2, 3, 4, 5])
def test_pieces_of_another_take_are_no_copies(place: int) -> None:
    query = pieces(filmed(place, 6, seconds=12.0), (1.0, 1.9), (5.0, 5.8))
    assert all(one.verdict != "copy" for one in sought(query, filmed(place, 1, seconds=12.0)))


def test_pieces_go_on_where_one_of_both_items_goes_straight_on_in_the_same_order() -> None:
    known = spans((0.0, 2.0), (1.0, 3.0))
    assert go_on(known, spans((2.1, 4.0), (6.0, 7.9)))
    assert go_on(known, spans((5.0, 7.0), (3.0, 5.0)))
    assert not go_on(known, spans((4.0, 6.0), (6.0, 8.0)))
    assert not go_on(spans((0.0, 2.0), (6.0, 8.0)), spans((2.0, 4.0), (1.0, 3.0)))


def test_a_piece_beside_another_must_lie_above_what_chance_gives() -> None:
    one = Agreement(
        time_map=TimeMap(speed=1.0, offset_s=0.0),
        b_start_s=0.0,
        b_end_s=1.6,
        moving_s=1.6,
        correlation=0.85,
        level=0.85,
        still_likeness=0.9,
    )
    limits = CopyLimits()
    assert limits.does_beside(one, Chance(best=0.3, tried_s=5.0))
    assert not limits.does_beside(one, Chance(best=0.8, tried_s=5.0))
    assert not limits.does_beside(replace(one, moving_s=0.4), Chance(best=0.3, tried_s=5.0))
    assert not limits.does(one, Chance(best=0.5, tried_s=5.0), whole=False, plain=True)
