"""A moment on paper: instants that exist, ticks that are round, lines that lie where the sound was."""

import re

from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId, TakeId
from firsthand.model.moments import Moment, MomentItem, Offset, OffsetFound
from firsthand.publish.content import Filmed, MomentShown, SoundCurve
from firsthand.publish.drawing import AXIS_WIDTH, bar, loudness_line, second_ticks, wave_path
from firsthand.publish.instants import MOST_INSTANTS, NEAR_ENOUGH_S, chosen_instants, on_clock_s
from firsthand.publish.moment_view import summary_of
from firsthand.publish.words_en import ENGLISH

A, B = ItemId("sha256:a"), ItemId("sha256:b")


def placed(item: ItemId, offset_s: float, rate: float = 1.0) -> MomentItem:
    return MomentItem(take=TakeId("t"), item=item, offset_s=offset_s, plus_minus_s=0.1, rate=rate)


def test_an_items_second_lies_where_its_clock_says() -> None:
    assert on_clock_s(placed(B, 5.0, rate=2.0), 4.0) == 7.0


def test_instants_lie_where_two_filmed_and_show_each_camera_near_then() -> None:
    filmed = [
        Filmed(start_s=0.0, end_s=5.0, items=(A,)),
        Filmed(start_s=5.0, end_s=12.0, items=(A, B)),
        Filmed(start_s=12.0, end_s=17.0, items=(B,)),
    ]
    strips = {A: [float(n) for n in range(12)], B: [0.2 + n for n in range(12)]}
    chosen = chosen_instants([placed(A, 0.0), placed(B, 5.0)], filmed, strips)
    assert 1 < len(chosen) <= MOST_INSTANTS
    assert [one.at_s for one in chosen] == sorted({one.at_s for one in chosen})
    for one in chosen:
        assert 5.0 <= one.at_s < 12.0
        assert {near.item for near in one.nearest} == {A, B}
        assert min(near.apart_s for near in one.nearest) < 0.001
        assert max(near.apart_s for near in one.nearest) <= 0.5


def test_a_camera_without_a_picture_near_is_named_and_not_shown() -> None:
    filmed = [Filmed(start_s=0.0, end_s=60.0, items=(A, B))]
    chosen = chosen_instants([placed(A, 0.0), placed(B, 0.0)], filmed, {A: [10.0], B: [50.0, 10.0 + NEAR_ENOUGH_S * 2]})
    at_ten = next(one for one in chosen if one.at_s == 10.0)
    assert [near.item for near in at_ten.nearest] == [A]
    assert at_ten.blind == (B,)


def test_without_stored_pictures_or_shared_time_there_is_no_instant() -> None:
    assert chosen_instants([placed(A, 0.0)], [Filmed(start_s=0, end_s=9, items=(A, B))], {}) == ()
    assert chosen_instants([placed(A, 0.0)], [Filmed(start_s=0, end_s=9, items=(A,))], {A: [1.0]}) == ()


def test_ticks_are_round_and_inside() -> None:
    for start_s, end_s in ((0.0, 16.0), (-3.2, 12.0), (0.0, 0.7), (-40.0, 7_000.0), (5.0, 5.001)):
        ticks, step_s = second_ticks(start_s, end_s)
        assert all(-0.01 <= x <= AXIS_WIDTH + 0.01 for x, _ in ticks)
        assert all(abs(at_s / step_s - round(at_s / step_s)) < 1e-6 for _, at_s in ticks)
        assert len(ticks) <= 11


def test_a_loud_second_stands_at_its_place_on_the_clock() -> None:
    loud_at = [4 if 40 <= n < 44 else 1 for n in range(100)]
    curve = SoundCurve(first_s=0.0, end_s=10.0, low=tuple(-one for one in loud_at), high=tuple(loud_at))
    line = loudness_line(curve, offset_s=5.0, rate=1.0, of=(0.0, 20.0))
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", line)]
    highest = min(points, key=lambda point: point[1])
    assert abs(highest[0] / AXIS_WIDTH * 20.0 - (5.0 + 4.2)) < 0.3


def test_silence_draws_no_line_and_no_sound_no_wave() -> None:
    silent = SoundCurve(first_s=0.0, end_s=4.0, low=(0, 0), high=(0, 0))
    assert loudness_line(silent, offset_s=0.0, rate=1.0, of=(0.0, 4.0)) == ""
    assert wave_path(SoundCurve(first_s=0.0, end_s=0.0, low=(), high=()), 4.0) == ""
    assert wave_path(silent, 4.0).startswith("M")


def test_an_interval_is_drawn_as_wide_as_it_is() -> None:
    assert bar(4.9, 5.1, of=(0.0, 10.0), thinnest=0.0).width == 20.0


def test_a_moment_that_may_be_one_recording_says_so() -> None:
    def shown(coherence: float) -> MomentShown:
        found = OffsetFound(
            a=A, b=B, offset_s=1.0, plus_minus_s=0.09, alignment_plus_minus_s=0.001, rate=1.0, score=1.0,
            method="sound", link="strong", candidates_s=(), apart_m=30.0, shared_s=8.0, coherence=coherence,
        )  # fmt: skip
        pair = Offset(
            id=OffsetId("o"), case=CaseId("c"), found=found, made_by=None, state="suggested", version=0
        )  # fmt: skip
        moment = Moment(
            id=MomentId("m"), case=CaseId("c"), reference=A, items=(placed(A, 0.0), placed(B, 1.0))
        )  # fmt: skip
        filmed = (Filmed(start_s=0.0, end_s=10.0, items=(A, B)),)
        return MomentShown(moment=moment, filmed=filmed, pairs=(pair,), sounds={}, instants=())

    assert "perhaps copies of one recording" in summary_of(shown(0.95), ENGLISH)
    assert "perhaps copies of one recording" not in summary_of(shown(0.03), ENGLISH)
