"""What a copy has lost against the best one is said as far as it is known, and no further."""

from dataclasses import replace

from firsthand.link.lineage import derived, lost
from firsthand.model.ids import ItemId, TakeId
from firsthand.model.links import Copy, CopyFound, Edit, Span, Take, TakeSpan
from tests.link.drawn import named
from tests.link.test_standing import OLD

BEST, SMALL, FAR = named("best"), named("small"), named("far")


def part(item: ItemId, start_s: float, seconds: float, *, speed: float = 1.0) -> TakeSpan:
    return TakeSpan(span=Span(item=item, start_s=0, end_s=seconds), take_start_s=start_s, speed=speed)


def link(a: ItemId, b: ItemId, edits: tuple[Edit, ...], edited: str | None) -> Copy:
    found = CopyFound(
        a=Span(item=a, start_s=0, end_s=9), b=Span(item=b, start_s=0, end_s=9), verdict="copy", score=1.0,
        matched_by=("picture",), edited="a" if edited == "a" else "b" if edited == "b" else None, edits=edits,
        speed=1.0, transform=None,
    )  # fmt: skip
    return Copy(id="copy_x", found=found, made_by=OLD, state="suggested", version=0)  # type: ignore[arg-type]


def take(*spans: TakeSpan) -> Take:
    return Take(id=TakeId("take_x"), spans=spans, state="suggested", edited=False)


def test_a_cropped_shorter_smaller_copy_has_lost_all_three() -> None:
    recording = take(part(BEST, 0, 20), part(SMALL, 4, 9))
    (one,) = lost(recording, BEST, [link(SMALL, BEST, ("cropped", "reencoded"), "a")], {BEST: 1000, SMALL: 250})
    assert (one.item, one.missing_s, one.pixels_ratio, one.edits) == (SMALL, 11.0, 0.25, ("cropped",))


def test_edits_that_may_be_the_best_ones_own_are_not_held_against_the_copy() -> None:
    recording = take(part(BEST, 0, 9), part(SMALL, 0, 9))
    for edited in ("b", None):
        (one,) = lost(recording, BEST, [link(SMALL, BEST, ("overlay",), edited)], {})
        assert (one.edits, one.compared, one.pixels_ratio) == ((), True, None)


def test_a_copy_that_was_never_laid_beside_the_best_says_so() -> None:
    recording = take(part(BEST, 0, 9), part(SMALL, 0, 9), part(FAR, 0, 9))
    of = {one.item: one for one in lost(recording, BEST, [link(SMALL, BEST, ("cropped",), "a")], {})}
    assert (of[SMALL].compared, of[FAR].compared) == (True, False)


def test_a_copy_played_backwards_at_half_speed_still_shows_all_of_it() -> None:
    recording = take(part(BEST, 0, 10), part(SMALL, 10, 20, speed=-0.5))
    (one,) = lost(recording, BEST, [], {})
    assert one.missing_s == 0.0


def test_a_crop_of_a_captioned_copy_is_guessed_to_come_from_it_and_keeps_the_caption() -> None:
    recording = take(part(BEST, 0, 9), part(SMALL, 0, 9), part(FAR, 0, 9))
    copies = [
        link(SMALL, BEST, ("overlay", "reencoded"), "a"),
        link(FAR, BEST, ("cropped", "overlay", "reencoded"), "a"),
        link(FAR, SMALL, ("cropped", "reencoded"), "a"),
    ]
    first, second = derived(recording, BEST, copies)
    assert (first.item, first.source, first.edits) == (SMALL, BEST, ("overlay", "reencoded"))
    assert (second.item, second.source, second.edits) == (FAR, SMALL, ("cropped", "reencoded"))
    assert second.keeps == ("overlay",)


def test_nothing_is_guessed_where_no_link_says_which_of_two_was_edited() -> None:
    recording = take(part(BEST, 0, 9), part(SMALL, 0, 9))
    assert derived(recording, BEST, [link(SMALL, BEST, ("mirrored",), None)]) == ()
    rejected = replace(link(SMALL, BEST, ("cropped",), "a"), state="rejected")
    assert derived(recording, BEST, [rejected]) == ()


def test_nothing_is_made_from_what_shows_less_of_the_recording() -> None:
    recording = take(part(BEST, 0, 4), part(SMALL, 0, 9))
    assert derived(recording, BEST, [link(SMALL, BEST, ("overlay",), "a")]) == ()
