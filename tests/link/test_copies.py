"""What is promised of copies: found however edited, named, and never called where another take is all there is."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from bench.copies import edits
from bench.copies.edits import EditedClip, Frames

from firsthand.link.copies import CopyLimits, CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print, print_of
from firsthand.model.links import CopyFound
from firsthand.model.outcomes import NotLooked
from tests.link.drawn import carried, filmed, named, print_from


def sought(query: Print, *known: Print) -> tuple[CopyFound, ...]:
    return CopySeeker().seek(query, PrintIndex(known))


def edited(edit: edits.Edit, frames: Frames, seed: int = 3) -> EditedClip:
    return edit(frames, np.random.default_rng(seed))


@pytest.mark.parametrize("edit", edits.EDITS, ids=lambda edit: edit.__name__)
def test_an_edited_copy_is_found_at_its_place_and_speed(edit: edits.Edit) -> None:
    frames = filmed(1, 1, seconds=8.0)
    made = edited(edit, frames)
    (found,) = sought(
        print_from("edited", made.frames), print_from("source", frames), print_from("other", filmed(2, 1))
    )
    assert found.verdict == "copy"
    assert found.b.item == named("source")
    assert 1 / found.speed == pytest.approx(made.speed, rel=0.02)
    middle_s = (found.a.start_s + found.a.end_s) / 2
    in_source_s = found.b.start_s + (middle_s - found.a.start_s) / found.speed
    assert in_source_s == pytest.approx(made.speed * middle_s + made.offset_s, abs=0.3)
    assert found.a.end_s - found.a.start_s >= 0.8 * (made.end_s - made.start_s)


@pytest.mark.parametrize(
    ("edit", "name", "which"),
    [
        (edits.mirrored, "mirrored", None),
        (edits.cropped, "cropped", "a"),
        (edits.letterboxed, "letterboxed", "a"),
        (edits.captioned, "overlay", None),
        (edits.sped_up, "speed", None),
        (edits.toned, "recoloured", None),
        (edits.tilted, "tilted", None),
    ],
)
def test_the_edit_is_named(edit: edits.Edit, name: str, which: str | None) -> None:
    frames = filmed(1, 1)
    (found,) = sought(print_from("edited", edited(edit, frames).frames), print_from("source", frames))
    assert name in found.edits
    if which is not None:
        assert found.edited == which


def test_an_unedited_copy_carries_no_edit() -> None:
    frames = filmed(1, 1)
    (found,) = sought(print_from("again", edited(edits.reencoded, frames).frames), print_from("source", frames))
    assert found.edits == ()
    assert found.speed == 1.0


@pytest.mark.parametrize(("quarters", "name"), [(1, "rotated_270"), (2, "rotated_180"), (3, "rotated_90")])
def test_rotation_is_told_clockwise(quarters: int, name: str) -> None:
    frames = filmed(1, 1)
    turned = [(at_s, np.ascontiguousarray(np.rot90(picture, quarters))) for at_s, picture in frames]
    (found,) = sought(print_from("source", frames), print_from("turned", turned))
    assert name in found.edits  # as seen from the query: b is it, turned


def test_an_excerpt_is_told_from_what_it_was_cut_from() -> None:
    frames = filmed(1, 1, seconds=8.0)
    (found,) = sought(print_from("part", edited(edits.excerpt, frames).frames), print_from("source", frames))
    assert "excerpt" in found.edits
    assert found.edited == "a"


def test_a_copy_played_backwards_is_called_reversed() -> None:
    frames = filmed(1, 1)
    backwards = [(at_s, picture) for (at_s, _), (_, picture) in zip(frames, frames[::-1], strict=True)]
    (found,) = sought(print_from("backwards", backwards), print_from("source", frames))
    assert found.verdict == "copy"
    assert "reversed" in found.edits
    assert found.speed < 0


def test_another_take_of_the_same_scene_is_never_called_a_copy() -> None:
    (found,) = sought(print_from("second take", filmed(1, 2)), print_from("first take", filmed(1, 1)))
    assert found.verdict == "same_scene_other_take"


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_copy_of_a_shaking_carried_camera_is_never_called_another_take(place: int) -> None:
    frames = carried(place, 1, seconds=8.0)
    late = [(at_s - 0.3, picture) for at_s, picture in frames[3:]]  # sampled between the source's samples
    (found,) = sought(print_from("query", edited(edits.mirrored, late).frames), print_from("source", frames))
    assert found.verdict in ("copy", "undecidable")


@pytest.mark.parametrize("place", [1, 2, 3])
def test_another_walk_through_the_same_place_is_no_copy(place: int) -> None:
    found = sought(print_from("one walk", carried(place, 1)), print_from("another walk", carried(place, 2)))
    assert "copy" not in {one.verdict for one in found}


def test_a_scene_in_which_nothing_moves_is_undecidable() -> None:
    still = filmed(1, 1, movers=0)
    (found,) = sought(print_from("one", still), print_from("another", edited(edits.reencoded, still).frames))
    assert found.verdict == "undecidable"


def test_a_shared_logo_makes_no_copy() -> None:
    one, other = (edited(edits.with_logo, filmed(place, 1)).frames for place in (1, 2))
    assert sought(print_from("one", one), print_from("other", other)) == ()


def test_a_shared_caption_makes_no_copy() -> None:
    one, other = (edited(edits.captioned, filmed(place, 1)).frames for place in (1, 2))
    assert not [
        found for found in sought(print_from("one", one), print_from("other", other)) if found.verdict == "copy"
    ]


def test_black_matches_nothing() -> None:
    black = [(at_s, np.zeros_like(picture)) for at_s, picture in filmed(1, 1)]
    assert sought(print_from("black", black), print_from("also black", black), print_from("room", filmed(1, 1))) == ()


def test_a_compilation_gives_a_row_for_each_piece() -> None:
    first, second = filmed(1, 1), filmed(2, 1)
    pieces = first[10:45] + second[5:45]
    compilation = [(number / 10, picture) for number, (_, picture) in enumerate(pieces)]
    found = sought(print_from("compilation", compilation), print_from("first", first), print_from("second", second))
    assert {one.b.item for one in found if one.verdict == "copy"} == {named("first"), named("second")}
    by_item = {one.b.item: one for one in found}
    assert by_item[named("first")].a.end_s == pytest.approx(3.5, abs=0.7)
    assert by_item[named("second")].a.start_s == pytest.approx(3.5, abs=0.7)


def test_swapping_the_two_inverts_map_speed_and_time() -> None:
    frames = filmed(1, 1, seconds=8.0)
    made = edited(edits.sped_up, edited(edits.cropped, edited(edits.mirrored, frames).frames).frames)
    source, part = print_from("source", frames), print_from("part", made.frames)
    (there,), (back,) = sought(part, source), sought(source, part)
    assert there.speed * back.speed == pytest.approx(1.0, abs=0.02)
    assert (there.a.start_s, there.b.start_s) == pytest.approx((back.b.start_s, back.a.start_s), abs=0.3)
    assert there.transform is not None
    assert back.transform is not None
    both = np.vstack([back.transform, [0, 0, 1]]) @ np.vstack([there.transform, [0, 0, 1]])
    assert both == pytest.approx(np.eye(3), abs=0.05)


def test_the_transform_carries_a_onto_b() -> None:
    frames = filmed(1, 1)
    flipped = edited(edits.mirrored, frames).frames
    (found,) = sought(print_from("flipped", flipped), print_from("source", frames))
    assert found.transform is not None
    assert np.array(found.transform) == pytest.approx(np.array([[-1, 0, 1], [0, 1, 0]]), abs=0.02)


def test_seeking_twice_gives_the_same_and_unrelated_items_change_nothing() -> None:
    frames = filmed(1, 1)
    query, source = print_from("query", edited(edits.cropped, frames).frames), print_from("source", frames)
    strangers = [print_from(f"stranger {place}", filmed(place, 1, seconds=2.0)) for place in (5, 6, 7)]
    alone = sought(query, source)
    assert sought(query, source) == alone
    assert sought(query, *strangers, source) == alone
    assert sought(query, source, *strangers) == alone


def test_an_item_is_no_copy_of_itself() -> None:
    one = print_from("one", filmed(1, 1))
    assert sought(one, one) == ()


def test_the_same_packets_are_a_remux_whatever_they_show() -> None:
    black = [(at_s, np.zeros_like(picture)) for at_s, picture in filmed(1, 1)]
    one, other = (replace(print_from(name, black), picture_packets=("ab" * 32,)) for name in ("one", "other"))
    (found,) = sought(one, other)
    assert (found.verdict, found.matched_by, found.edits) == ("copy", ("packets",), ("remuxed",))


def test_a_still_is_never_called_a_copy_by_its_room_alone() -> None:
    with_other_things = print_from("still", filmed(1, 2), still=True)
    (found,) = sought(with_other_things, print_from("clip", filmed(1, 1)))
    assert found.verdict == "undecidable"


def test_a_reencoded_still_is_a_copy() -> None:
    still = filmed(1, 1)[:1]
    smaller = [(0.0, np.asarray(cv2.resize(still[0][1], None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA), np.uint8))]
    (found,) = sought(print_from("small", smaller, still=True), print_from("still", still, still=True))
    assert found.verdict == "copy"
    assert (found.a.start_s, found.a.end_s) == (0.0, 0.0)


def test_an_item_that_was_not_looked_at_has_no_print() -> None:
    assert print_of(named("nothing"), {"fingerprint": NotLooked(because="no picture track")}) is None


def test_settings_are_part_of_the_engine() -> None:
    assert CopySeeker().engine == CopySeeker().engine
    assert CopySeeker(CopyLimits(correlation=0.7)).engine != CopySeeker().engine


def test_a_copy_with_a_piece_taken_out_is_cut_inside_and_no_compilation() -> None:
    frames = filmed(1, 1, seconds=12.0)
    kept = frames[:45] + frames[80:]
    shorter = [(number / 10, picture) for number, (_, picture) in enumerate(kept)]
    found = sought(print_from("shorter", shorter), print_from("source", frames))
    assert len(found) == 2
    assert all("cut_inside" in one.edits and "compilation" not in one.edits for one in found)
    assert {one.edited for one in found} == {"a"}
