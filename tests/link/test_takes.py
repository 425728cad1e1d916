"""What is promised of takes: stable, minimal, and true to the copies they rest on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.link.segments import ItemLength
from firsthand.link.takes import Shaping, plan_takes
from firsthand.model.events import TakeShaped
from firsthand.model.ids import CopyId, ItemId, TakeId, item_id
from firsthand.model.links import Copy, CopyFound, LinkState, Span, Take, Verdict
from firsthand.model.outcomes import EngineId


def item(number: int) -> ItemId:
    return item_id(f"{number:064x}")


def length(number: int, duration_s: float, *jumps_s: float) -> ItemLength:
    return ItemLength(item=item(number), duration_s=duration_s, scene_changes_s=jumps_s)


def copy(
    a: int,
    a_s: tuple[float, float],
    b: int,
    b_s: tuple[float, float],
    *,
    speed: float = 1.0,
    state: LinkState = "suggested",
    verdict: Verdict = "copy",
) -> Copy:
    found = CopyFound(
        a=Span(item=item(a), start_s=a_s[0], end_s=a_s[1]),
        b=Span(item=item(b), start_s=b_s[0], end_s=b_s[1]),
        verdict=verdict,
        score=0.9,
        matched_by=("picture",),
        edited=None,
        edits=(),
        speed=speed,
        transform=None,
    )
    name = CopyId(f"copy_{a}_{b}_{a_s[0]}_{b_s[0]}")
    return Copy(id=name, found=found, made_by=EngineId(name="copies", version=1), state=state, version=0)


def minting(prefix: str = "take") -> Callable[[], TakeId]:
    numbers = count(1)
    return lambda: TakeId(f"{prefix}_{next(numbers)}")


def applied(existing: Sequence[Take], plan: Shaping) -> list[Take]:
    """The takes that stand once the plan is recorded."""
    standing = {take.id: take for take in existing}
    for event in plan.shaped:
        standing[event.take] = as_take(event)
    for gone in plan.redirected:
        del standing[gone.take]
    return list(standing.values())


def as_take(event: TakeShaped) -> Take:
    return Take(id=event.take, spans=event.spans, state=event.state, edited=event.edited)


def first_plan(items: Sequence[ItemLength], copies: Sequence[Copy]) -> list[Take]:
    return applied([], plan_takes(items, copies, [], minting()))


def members(take: Take) -> set[tuple[ItemId, float, float]]:
    return {(one.span.item, one.span.start_s, one.span.end_s) for one in take.spans}


def test_an_item_without_copies_is_a_take_alone() -> None:
    (take,) = first_plan([length(1, 10.0)], [])
    assert take.state == "alone"
    assert not take.edited
    assert members(take) == {(item(1), 0.0, 10.0)}


def test_a_take_is_the_union_of_items_that_overlap() -> None:
    takes = first_plan([length(1, 20.0), length(2, 20.0)], [copy(1, (10, 20), 2, (0, 10))])
    (take,) = takes
    assert take.state == "suggested"
    assert [(one.span.item, one.take_start_s) for one in take.spans] == [(item(1), 0.0), (item(2), 10.0)]
    assert [one.span.end_s for one in take.spans] == [20.0, 20.0]


def test_a_take_starts_where_its_earliest_footage_starts() -> None:
    (take,) = first_plan([length(1, 10.0), length(2, 30.0)], [copy(1, (0, 10), 2, (15, 25))])
    assert [(one.span.item, one.take_start_s) for one in take.spans] == [(item(1), 15.0), (item(2), 0.0)]


def test_a_sped_up_copy_keeps_its_speed_on_the_takes_clock() -> None:
    (take,) = first_plan([length(1, 20.0), length(2, 10.0)], [copy(1, (0, 20), 2, (0, 10), speed=2.0)])
    assert [one.speed for one in take.spans] == [1.0, 2.0]


def test_a_copy_played_backwards_lies_where_it_was_filmed() -> None:
    (take,) = first_plan([length(1, 10.0), length(2, 10.0)], [copy(1, (0, 10), 2, (0, 10), speed=-1.0)])
    backwards = take.spans[1]
    assert (backwards.take_start_s, backwards.speed) == (10.0, -1.0)


def test_copies_of_copies_are_one_take() -> None:
    takes = first_plan(
        [length(1, 10.0), length(2, 10.0), length(3, 10.0)],
        [copy(2, (0, 10), 1, (0, 10)), copy(3, (0, 10), 2, (0, 10))],
    )
    assert len(takes) == 1


def test_another_take_of_the_scene_and_an_undecided_pair_join_nothing() -> None:
    items = [length(1, 10.0), length(2, 10.0), length(3, 10.0)]
    copies = [
        copy(2, (0, 10), 1, (0, 10), verdict="same_scene_other_take"),
        copy(3, (0, 10), 1, (0, 10), verdict="undecidable"),
    ]
    assert [take.state for take in first_plan(items, copies)] == ["alone"] * 3


def test_one_song_under_two_clips_makes_no_recording_of_them_until_a_person_says_so() -> None:
    shared = copy(0, (0, 9), 1, (0, 9))
    shared = replace(shared, found=replace(shared.found, matched_by=("sound",), edits=("picture_replaced",)))
    items = [length(0, 10), length(1, 10)]
    assert len(applied([], plan_takes(items, [shared], [], minting()))) == 2
    confirmed = replace(shared, state="confirmed")
    assert len(applied([], plan_takes(items, [confirmed], [], minting()))) == 1


def test_a_compilation_adds_spans_to_several_takes_and_its_remainder_is_one_edited_take() -> None:
    items = [length(1, 30.0), length(2, 30.0), length(3, 40.0, 5.0, 15.0, 20.0, 30.0)]
    copies = [copy(3, (5, 15), 1, (10, 20)), copy(3, (20, 30), 2, (0, 10))]
    first, second, rest = sorted(first_plan(items, copies), key=lambda take: take.edited)
    assert members(first) == {(item(1), 0.0, 30.0), (item(3), 5.0, 15.0)}
    assert members(second) == {(item(2), 0.0, 30.0), (item(3), 20.0, 30.0)}
    assert rest.edited
    assert members(rest) == {(item(3), 0.0, 5.0), (item(3), 15.0, 20.0), (item(3), 30.0, 40.0)}


def test_whole_clips_one_after_the_other_are_told_apart_where_the_picture_jumps() -> None:
    items = [length(1, 10.0), length(2, 8.0), length(3, 18.0, 10.0)]
    copies = [copy(3, (0, 10), 1, (0, 10)), copy(3, (10, 18), 2, (0, 8))]
    assert len(first_plan(items, copies)) == 2


def test_an_excerpt_that_ends_near_a_jump_but_not_at_it_cuts_nothing() -> None:
    items = [length(1, 10.0), length(2, 18.0, 10.35)]
    assert len(first_plan(items, [copy(2, (0, 10), 1, (0, 10))])) == 1


def test_a_clip_whose_last_pictures_were_not_matched_is_still_cut_off_where_it_ends() -> None:
    items = [length(1, 10.0), length(2, 18.0, 10.05)]
    assert len(first_plan(items, [copy(2, (0, 9.4), 1, (0, 9.4))])) == 2
    items = [length(1, 5.0), length(2, 18.0, 10.05)]
    assert len(first_plan(items, [copy(2, (0, 9.2), 1, (0, 4.6), speed=2.0)])) == 2


def test_two_excerpts_of_one_recording_are_one_take_with_it() -> None:
    items = [length(1, 10.0), length(2, 8.0), length(3, 60.0)]
    copies = [copy(3, (0, 10), 1, (0, 10)), copy(3, (30, 38), 2, (0, 8))]
    assert len(first_plan(items, copies)) == 1


def test_scene_changes_alone_never_split_an_item() -> None:
    items = [length(1, 30.0, 5.0, 12.0), length(2, 30.0, 5.0, 12.0)]
    (take,) = first_plan(items, [copy(2, (0, 30), 1, (0, 30))])
    assert len(take.spans) == 2


def test_a_reupload_of_a_compilation_is_cut_where_the_compilation_is() -> None:
    items = [length(1, 30.0), length(2, 30.0, 10.0, 20.0), length(3, 30.0, 10.0, 20.0)]
    copies = [copy(2, (10, 20), 1, (5, 15)), copy(3, (0, 30), 2, (0, 30))]
    takes = first_plan(items, copies)
    with_source = next(take for take in takes if item(1) in {one.span.item for one in take.spans})
    assert members(with_source) == {(item(1), 0.0, 30.0), (item(2), 10.0, 20.0), (item(3), 10.0, 20.0)}
    assert len(takes) == 3


def test_a_piece_cut_out_of_the_middle_leaves_one_take() -> None:
    items = [length(1, 30.0), length(2, 20.0)]
    copies = [copy(2, (0, 10), 1, (0, 10)), copy(2, (10, 20), 1, (20, 30))]
    (take,) = first_plan(items, copies)
    assert {(one.span.item, one.take_start_s) for one in take.spans} == {
        (item(1), 0.0),
        (item(2), 0.0),
        (item(2), 20.0),
    }


def test_a_merge_keeps_the_older_id_and_redirects_the_other() -> None:
    items = [length(1, 10.0), length(2, 10.0)]
    apart = first_plan(items, [])
    plan = plan_takes(items, [copy(2, (0, 10), 1, (0, 10))], apart, minting("new"))
    assert [event.take for event in plan.shaped] == ["take_1"]
    assert [(event.take, event.to) for event in plan.redirected] == [("take_2", ("take_1",))]


def test_a_rejected_copy_splits_its_take_again() -> None:
    items = [length(1, 10.0), length(2, 10.0)]
    joined = copy(2, (0, 10), 1, (0, 10))
    together = first_plan(items, [joined])
    plan = plan_takes(items, [replace(joined, state="rejected")], together, minting("new"))
    assert [(event.take, event.state) for event in plan.shaped] == [("take_1", "alone"), ("new_1", "alone")]
    assert plan.redirected == ()


def test_confirmed_copies_that_hold_a_take_together_confirm_it() -> None:
    items = [length(1, 10.0), length(2, 10.0), length(3, 10.0)]
    copies = [
        copy(2, (0, 10), 1, (0, 10), state="confirmed"),
        copy(3, (0, 10), 2, (0, 10), state="confirmed"),
        copy(3, (0, 10), 1, (0, 10)),
    ]
    assert [take.state for take in first_plan(items, copies)] == ["confirmed"]
    assert [take.state for take in first_plan(items, [copies[0], copies[2]])] == ["suggested"]


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[ItemLength], list[Copy]]:
    items = [
        length(
            number, draw(st.sampled_from([0.0, 1.5, 7.0, 20.0, 60.0])), *draw(st.lists(st.floats(0, 60), max_size=3))
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]
    copies: dict[CopyId, Copy] = {}
    for _ in range(draw(st.integers(0, 8)) if len(items) > 1 else 0):
        a, b = draw(st.permutations(range(1, len(items) + 1)))[:2]
        spans = []
        for number in (a, b):
            ends = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
            spans.append((ends[0] * items[number - 1].duration_s, ends[1] * items[number - 1].duration_s))
        states: list[LinkState] = ["suggested", "confirmed", "rejected"]
        speed = draw(st.sampled_from([1.0, 1.0, 0.5, 2.0, -1.0]))
        one = copy(a, spans[0], b, spans[1], speed=speed, state=draw(st.sampled_from(states)))
        copies[one.id] = one
    return items, list(copies.values())


@settings(max_examples=60, deadline=None)
@given(archives())
def test_planning_again_plans_nothing(archive: tuple[list[ItemLength], list[Copy]]) -> None:
    items, copies = archive
    takes = first_plan(items, copies)
    assert plan_takes(items, copies, takes, minting("again")) == Shaping(shaped=(), redirected=())


@settings(max_examples=60, deadline=None)
@given(archives())
def test_every_second_of_every_item_is_in_exactly_one_take(archive: tuple[list[ItemLength], list[Copy]]) -> None:
    items, copies = archive
    takes = first_plan(items, copies)
    for one in items:
        spans = sorted((s.span.start_s, s.span.end_s) for take in takes for s in take.spans if s.span.item == one.item)
        assert spans[0][0] == 0.0
        assert spans[-1][1] == one.duration_s
        assert all(before[1] == after[0] for before, after in pairwise(spans))


@settings(max_examples=60, deadline=None)
@given(archives())
def test_the_order_in_which_copies_come_changes_nothing(archive: tuple[list[ItemLength], list[Copy]]) -> None:
    items, copies = archive
    assert first_plan(items, copies) == first_plan(items, copies[::-1])


@settings(max_examples=60, deadline=None)
@given(archives(), st.integers(0, 8))
def test_growing_step_by_step_leads_where_planning_at_once_leads(
    archive: tuple[list[ItemLength], list[Copy]], early: int
) -> None:
    items, copies = archive
    before = applied([], plan_takes(items, copies[:early], [], minting("old")))
    plan = plan_takes(items, copies, before, minting("new"))
    grown = applied(before, plan)
    assert {(take.spans, take.state, take.edited) for take in grown} == {
        (take.spans, take.state, take.edited) for take in first_plan(items, copies)
    }
    standing = {take.id for take in grown}
    assert all(set(gone.to) <= standing and gone.to for gone in plan.redirected)
