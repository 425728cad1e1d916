"""Moments found beside moments true: what holds, what does not, what is missing, none left out."""

from pathlib import Path

from firsthand.app.comparing_moments import MomentsCompared, compare_moments
from firsthand.app.demonstrating import EVENT, make_hours
from firsthand.madeup.event import CLIPS, TRUTH
from firsthand.madeup.phones import TINY
from firsthand.madeup.truth import HeardOffset, TrueMoment, TrueOffset, TruePair, TrueSpan, TrueTake
from firsthand.model.ids import CaseId, ItemId, MomentId, TakeId
from firsthand.model.links import Span, Take, TakeSpan
from firsthand.model.moments import Moment, MomentItem
from tests.support.silent import SilentProgress

A, B, C, COPY = "a", "b", "c", "copy of b"


def true_moment() -> TrueMoment:
    """Three cameras; b began 2 s after a, c 5 s after a."""
    pair = TruePair(
        a=A, a_name=A, b=B, b_name=B, offset_s=2.0, rate=1.0, overlap_s=8.0, metres_apart=30.0,
        by_source=(HeardOffset(source="bell", offset_s=1.95), HeardOffset(source="bang", offset_s=2.04)),
    )  # fmt: skip
    items = ((A, 0.0), (B, 2.0), (C, 5.0))
    return TrueMoment(
        moment="one", reference=A, reference_zero_at="2026-02-14T09:20:04+00:00", pairs=(pair,),
        items=tuple(TrueOffset(item=item, name=item, offset_s=at_s, rate=1.0) for item, at_s in items),
    )  # fmt: skip


def true_takes() -> list[TrueTake]:
    """Each camera's own file; and a copy of b that begins at its third second."""
    takes = []
    for camera in (A, B, C):
        spans = [TrueSpan(item=camera, name=camera, start_s=0.0, end_s=10.0, take_start_s=0.0, speed=1.0)]
        if camera == B:
            spans.append(TrueSpan(item=COPY, name=COPY, start_s=0.0, end_s=7.0, take_start_s=3.0, speed=1.0))
        takes.append(TrueTake(take=camera, best_name=camera, items=tuple(spans)))
    return takes


def found(*placed: tuple[str, float]) -> MomentsCompared:
    """The comparison of one moment in which these items were put at these seconds, each ± 0.1 s."""
    takes, items = [], []
    for item, offset_s in placed:
        span = Span(item=ItemId(item), start_s=0.0, end_s=6.0)
        parts = (TakeSpan(span=span, take_start_s=0.0, speed=1.0),)
        takes.append(Take(id=TakeId("take " + item), spans=parts, state="alone", edited=False))
        items.append(
            MomentItem(take=takes[-1].id, item=ItemId(item), offset_s=offset_s, plus_minus_s=0.1, rate=1.0)
        )  # fmt: skip
    moment = Moment(id=MomentId("m"), case=CaseId("c"), reference=ItemId(placed[0][0]), items=tuple(items))
    return compare_moments([moment], true=[true_moment()], true_takes=true_takes(), takes=takes)


def test_an_offset_that_holds_the_truth_is_told_from_one_that_does_not() -> None:
    compared = found((A, 0.0), (B, 2.05), (C, 5.2))
    assert [(one.name, one.held) for one in compared.offsets] == [(B, True), (C, False)]
    assert (compared.cameras, compared.on_one_clock, compared.held) == (3, 3, 1)


def test_the_spread_of_single_sounds_stands_beside_the_truth() -> None:
    low_s, high_s = found((A, 0.0), (B, 2.05)).offsets[0].by_source_s
    assert (round(low_s, 3), round(high_s, 3)) == (1.95, 2.04)
    low_s, high_s = found((B, 0.0), (A, -2.05)).offsets[0].by_source_s
    assert (round(low_s, 3), round(high_s, 3)) == (-2.04, -1.95)


def test_a_copy_is_judged_by_the_recording_it_shows() -> None:
    compared = found((A, 0.0), (COPY, 5.02))
    assert compared.offsets[0].true_s == 5.0
    assert compared.offsets[0].recording == B
    assert (compared.on_one_clock, compared.missed, compared.twice) == (2, (C,), ())


def test_a_recording_that_stands_there_twice_counts_once_and_is_named() -> None:
    compared = found((A, 0.0), (B, 2.0), (COPY, 5.0))
    assert (compared.on_one_clock, compared.twice) == (2, (COPY,))


def test_what_shares_no_time_is_named() -> None:
    compared = found((A, 0.0), ("somebody else's", 1.0))
    assert compared.strangers == ("somebody else's",)
    assert (compared.on_one_clock, compared.missed) == (0, (A, B, C))


def test_hours_are_made_of_events_that_keep_their_truth_on_disk(tmp_path: Path) -> None:
    events = make_hours(tmp_path, seed=3, size=TINY, hours=0.001, progress=SilentProgress())
    assert [event.folder.name for event in events] == [EVENT + "00001"]
    assert (events[0].folder / TRUTH).is_file()
    assert any((events[0].folder / CLIPS).rglob("*.mp4"))
    assert events[0].truth.copies
    assert events[0].truth.cameras == ()  # in memory: only what is compared
