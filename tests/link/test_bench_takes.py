"""The bench of takes must cut prints where it says, and count what was decided."""

from collections import Counter

from bench.copies.takes import balanced, stretch

from tests.link.drawn import filmed, print_from


def test_a_stretch_of_a_print_is_that_stretch_from_zero() -> None:
    whole = print_from("whole", filmed(1, 1, seconds=8.0))
    part = stretch(whole, 3.0, 6.5, name="part")
    assert part.end_s == 3.5
    assert part.frame_s.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert part.frame_first[0] == 0
    assert part.frame_first[-1] == len(part.code) == len(part.xy)
    assert (part.features(1).code == whole.features(4).code).all()
    assert part.trail_s[0] == 0.0
    assert (part.trail[0] == whole.trail[30]).all()


def test_what_was_left_undecided_counts_for_nothing() -> None:
    copies = Counter({"copy": 9, "same_scene_other_take": 1, "undecidable": 90})
    takes = Counter({"same_scene_other_take": 3, "copy": 1, "nothing": 50})
    assert balanced(copies, takes)["balanced_accuracy"] == (0.9 + 0.75) / 2
