"""Offsets become moments: what joins, what waits for a person, and where everything lies."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.link.moments import MomentShaping, plan_moments
from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId, TakeId
from firsthand.model.links import LinkState
from firsthand.model.moments import Moment, Offset, OffsetFound, OffsetLink

CASE = CaseId("case_1")


def offset(
    a: str,
    b: str,
    offset_s: float,
    *,
    link: OffsetLink = "strong",
    state: LinkState = "suggested",
    plus_minus_s: float = 0.09,
    score: float = 0.9,
    rate: float = 1.0,
    coherence: float = 0.1,
) -> Offset:
    found = OffsetFound(
        a=ItemId(a), b=ItemId(b), offset_s=offset_s, plus_minus_s=plus_minus_s, alignment_plus_minus_s=0.001, rate=rate,
        score=score, method="sound", link=link, candidates_s=(), apart_m=30.0, shared_s=10.0, coherence=coherence,
    )  # fmt: skip
    return Offset(id=OffsetId(f"{a}{b}{offset_s}"), case=CASE, found=found, made_by=None, state=state, version=0)


def planned(*offsets: Offset, existing: tuple[Moment, ...] = (), takes: dict[str, str] | None = None) -> MomentShaping:
    numbers = count()
    items = sorted({end for one in offsets for end in (one.found.a, one.found.b)})
    own = {item: TakeId((takes or {}).get(item, f"take_{item}")) for item in items}
    return plan_moments(
        CASE,
        takes=own,
        offsets=offsets,
        existing=existing,
        lengths_s=dict.fromkeys(items, 20.0),
        mint=lambda: MomentId(f"moment_{next(numbers)}"),
    )


def stood(plan: MomentShaping) -> tuple[Moment, ...]:
    return tuple(Moment(id=s.moment, case=CASE, reference=s.reference, items=s.items) for s in plan.shaped)


def places(plan: MomentShaping) -> dict[str, float]:
    return {one.item: one.offset_s for one in plan.shaped[0].items}


def test_three_cameras_lie_on_one_clock() -> None:
    at = places(planned(offset("a", "b", 5.0), offset("b", "c", -2.0), offset("a", "c", 3.0)))
    assert at["b"] - at["a"] == pytest.approx(5.0, abs=0.001)
    assert at["c"] - at["a"] == pytest.approx(3.0, abs=0.001)


@given(st.lists(st.floats(-500, 500), min_size=2, max_size=7))
def test_true_offsets_give_back_every_camera_s_place(begins_s: list[float]) -> None:
    names = [f"i{n}" for n in range(len(begins_s))]
    offsets = [
        offset(names[i], names[j], begins_s[j] - begins_s[i])
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    at = places(planned(*offsets))
    for i, name in enumerate(names):
        assert at[name] - at[names[0]] == pytest.approx(begins_s[i] - begins_s[0], abs=0.001)


def test_weak_and_ambiguous_and_rejected_offsets_join_nothing() -> None:
    for one in (
        offset("a", "b", 1, link="weak"),
        offset("a", "b", 1, link="ambiguous"),
        offset("a", "b", 1, state="rejected"),
    ):
        assert planned(one).shaped == ()


def test_what_a_person_confirmed_joins_however_weak() -> None:
    assert len(planned(offset("a", "b", 1.0, link="weak", state="confirmed")).shaped) == 1


def test_one_recording_in_two_files_joins_nothing_and_holds_a_moment_together() -> None:
    screen = offset("a", "screen", 1.0, link="weak", coherence=0.99)
    assert planned(screen).shaped == ()
    held = planned(offset("a", "b", 4.0), offset("screen", "c", 2.0), offset("b", "c", -1.0), screen)
    assert set(places(held)) == {"a", "b", "c", "screen"}
    without = planned(offset("a", "b", 4.0), offset("screen", "c", 2.0), offset("b", "c", -1.0))
    assert len(without.shaped) == 2


def test_a_song_laid_over_it_afterwards_brings_no_clip_into_a_moment() -> None:
    song = offset("a", "elsewhere", 1.0, link="weak", coherence=0.99)
    assert set(places(planned(offset("a", "b", 4.0), song))) == {"a", "b"}


def test_a_lone_offset_does_not_marry_two_groups() -> None:
    pairs = [offset("a", "b", 1.0), offset("c", "d", 1.0), offset("b", "c", 7.0)]
    assert len(planned(*pairs).shaped) == 2
    pairs[2] = offset("b", "c", 7.0, state="confirmed")
    assert len(planned(*pairs).shaped) == 1


def test_a_wrong_offset_among_right_ones_is_outvoted() -> None:
    names, begins_s = "abcde", (0.0, 3.0, 8.0, -2.0, 5.0)
    offsets = [
        offset(names[i], names[j], begins_s[j] - begins_s[i] + (4.0 if (i, j) == (1, 3) else 0.0))
        for i in range(5)
        for j in range(i + 1, 5)
    ]
    at = places(planned(*offsets))
    for i, name in enumerate(names):
        assert at[name] - at["a"] == pytest.approx(begins_s[i], abs=0.01)


def test_what_a_person_set_holds_against_machines() -> None:
    at = places(
        planned(
            offset("a", "b", 5.0, state="confirmed", plus_minus_s=0.04),
            offset("b", "c", 1.0),
            offset("a", "c", 9.0),
            offset("a", "d", 2.0),
            offset("b", "d", -3.0),
        )
    )
    assert at["b"] - at["a"] == pytest.approx(5.0, abs=0.02)


def test_copies_of_one_take_are_no_moment() -> None:
    assert planned(offset("a", "b", 3.0), takes={"a": "one", "b": "one"}).shaped == ()


def test_planning_again_changes_nothing() -> None:
    pairs = (offset("a", "b", 5.0), offset("b", "c", -2.0), offset("a", "c", 3.0))
    first = planned(*pairs)
    again = planned(*pairs, existing=stood(first))
    assert again.shaped == ()
    assert again.ended == ()


def test_a_moment_keeps_its_id_when_a_camera_joins() -> None:
    first = planned(offset("a", "b", 5.0))
    later = planned(offset("a", "b", 5.0), offset("a", "c", 1.0), existing=stood(first))
    assert [one.moment for one in later.shaped] == [first.shaped[0].moment]


def test_a_moment_ends_when_its_only_offset_is_rejected() -> None:
    first = planned(offset("a", "b", 5.0))
    later = planned(offset("a", "b", 5.0, state="rejected"), existing=stood(first))
    assert [one.moment for one in later.ended] == [first.shaped[0].moment]


def test_an_interval_grows_along_the_chain_that_leads_to_the_reference() -> None:
    plan = planned(offset("a", "b", 1.0), offset("b", "c", 1.0), offset("c", "d", 1.0), offset("b", "d", 2.0))
    widths = {one.item: one.plus_minus_s for one in plan.shaped[0].items}
    assert plan.shaped[0].reference == "b"
    assert widths == {"a": 0.09, "b": 0.0, "c": 0.09, "d": 0.09}
