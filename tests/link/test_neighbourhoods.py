"""What is promised of items that play for hours: found where they are, whole, without laying hours over hours."""

import numpy as np
import pytest
from bench.copies.edits import Frames

from firsthand.link import neighbourhoods as near
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.motion import Overlaid, TimeMap
from firsthand.link.prints import Print
from firsthand.model.links import CopyFound
from tests.link.drawn import carried, filmed, print_from


@pytest.fixture
def short_is_long(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """More than 20 s is long here, and 8 s to either side are looked at. Gives how long what was laid over was."""
    monkeypatch.setattr(near, "LONG_S", 20.0)
    monkeypatch.setattr(near, "REACH_S", 8.0)
    monkeypatch.setattr(near, "OVERLAP_S", 2.0)
    laid_s: list[float] = []
    whole = Overlaid.__init__

    def measured(self: Overlaid, a: Print, b: Print, matrix: np.ndarray) -> None:
        laid_s.extend(float(np.ptp(one.trail_s)) for one in (a, b) if len(one.trail_s))
        whole(self, a, b, matrix)

    monkeypatch.setattr(Overlaid, "__init__", measured)
    return laid_s


def journey(places: int, *, still: bool = False) -> Frames:
    """Ten seconds in one place after another."""
    parts = [(filmed if still else carried)(place, 1, seconds=10.0) for place in range(1, places + 1)]
    return [(number / 10, picture) for number, (_, picture) in enumerate(one for part in parts for one in part)]


def stretch(frames: Frames, start_s: float, end_s: float) -> Frames:
    return [(at_s - start_s, picture) for at_s, picture in frames if start_s - 1e-6 <= at_s < end_s - 1e-6]


def sought(query: Frames, source: Frames) -> tuple[CopyFound, ...]:
    return CopySeeker().seek(print_from("query", query), PrintIndex([print_from("source", source)]))


@pytest.mark.parametrize("still", [False, True], ids=["carried", "on a tripod"])
def test_a_few_seconds_are_found_in_a_long_item(short_is_long: list[float], still: bool) -> None:
    source = journey(7, still=still)
    (one,) = sought(stretch(source, 43.0, 48.0), source)
    assert one.verdict == "copy"
    assert [one.b.start_s, one.b.end_s] == pytest.approx([43.0, 48.0], abs=0.3)
    assert max(short_is_long) <= 2 * near.REACH_S + 0.2


@pytest.mark.parametrize(("start_s", "end_s"), [(12.0, 64.0), (0.0, 70.0)])
def test_a_long_stretch_is_followed_to_its_ends(short_is_long: list[float], start_s: float, end_s: float) -> None:
    source = journey(7)
    (one,) = sought(stretch(source, start_s, end_s), source)
    assert one.verdict == "copy"
    assert [one.a.start_s, one.a.end_s] == pytest.approx([0.0, end_s - start_s], abs=0.3)
    assert [one.b.start_s, one.b.end_s] == pytest.approx([start_s, end_s], abs=0.3)
    assert max(short_is_long) <= 2 * near.REACH_S + 0.2


def test_a_stretch_is_not_followed_into_what_was_put_behind_it(short_is_long: list[float]) -> None:
    source = journey(7)
    other = [carried(place, 2, seconds=10.0) for place in range(4, 8)]
    query = [*stretch(source, 0.0, 30.0), *(one for part in other for one in part)]
    found = sought([(number / 10, picture) for number, (_, picture) in enumerate(query)], source)
    (copy,) = [one for one in found if one.verdict == "copy"]
    assert [copy.b.start_s, copy.b.end_s] == pytest.approx([0.0, 30.0], abs=0.6)


def test_two_stretches_of_a_long_item_are_both_found(short_is_long: list[float]) -> None:
    source = journey(7)
    query = [*stretch(source, 5.0, 18.0), *stretch(source, 51.0, 66.0)]
    found = sought([(number / 10, picture) for number, (_, picture) in enumerate(query)], source)
    assert [one.verdict for one in found] == ["copy", "copy"]
    assert sorted(one.b.start_s for one in found) == pytest.approx([5.0, 51.0], abs=0.5)


def test_items_of_minutes_are_compared_whole() -> None:
    source, query = print_from("source", journey(3)), print_from("query", journey(2))
    seen = [one for one in near.neighbourhoods(query, source, []) if one.a is query and one.b is source]
    assert len(seen) == 1
    agreed = Overlaid(query, source, np.eye(3)[:2]).agreement(TimeMap(speed=1.0, offset_s=0.0))
    assert agreed is not None
    limits = CopySeeker().limits
    assert near.followed(query, source, Overlaid(query, source, np.eye(3)[:2]), agreed, limits=limits) is agreed
