"""The index: near codes are found wherever they lie, and only items that may answer do."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.link import index
from firsthand.link.geometry import distance
from firsthand.link.index import PrintIndex, indexed, key_bits
from firsthand.link.index_segments import blocks_of, joined, segment_from, segment_of
from firsthand.link.postings import KEY_BITS, TABLES, asked, merged, near, place_of, posted
from firsthand.link.prints import Print
from firsthand.model.ids import ItemId
from tests.link.drawn import carried, filmed, named, print_from


def codes(count: int, seed: int) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 2**63, (count, 4), dtype=np.uint64)


def places(frames: NDArray[np.int64]) -> NDArray[np.uint32]:
    return place_of(frames, np.zeros(len(frames), np.float32), np.full(len(frames), 31, np.float32))


@pytest.fixture(scope="module")
def clips() -> list[Print]:
    made = [print_from(f"carried {n}", carried(n, 1)) for n in range(6)]
    return [*made, *(print_from(f"filmed {n}", filmed(n, 1)) for n in range(6))]


def test_a_code_is_found_where_one_key_differs_in_one_bit_at_most_and_nowhere_else() -> None:
    stored = codes(3000, 1)
    wanted = stored.copy()
    rng = np.random.default_rng(2)
    for row in range(len(wanted)):
        for bit in rng.choice(128, 6, replace=False).tolist():
            wanted[row, bit // 64] ^= np.uint64(1 << (bit % 64))
    lists = posted(stored, places(np.arange(3000)))
    for bits in (8, 12, 16):
        which, place = near(lists, asked(wanted), bits=bits, most=10**9, near_bits=13)
        found = set(zip(which.tolist(), (place >> 10).tolist(), strict=True))
        lead = (asked(wanted).key ^ asked(stored).key) >> np.uint32(KEY_BITS - bits)
        expected = {(n, n) for n in range(3000) if (np.bitwise_count(lead[:, n]) <= 1).any()}
        assert found == expected, bits
        assert len(expected) > 2000


def test_lists_of_two_segments_joined_answer_as_one_made_at_once() -> None:
    first, second, wanted = codes(500, 3), codes(20_000, 4), codes(300, 3)
    both = posted(np.concatenate([first, second]), places(np.arange(20_500)))
    parts = [posted(first, places(np.arange(500))), posted(second, places(np.arange(20_000)))]
    for table in range(TABLES):
        one = merged([part[table] for part in parts], [0, 500])
        for name in ("directory", "sign", "place"):
            assert np.array_equal(getattr(one, name), getattr(both[table], name))
    which, place = near(both, asked(wanted), bits=16, most=10**9, near_bits=13)
    assert set(which[place >> 10 == which].tolist()) == set(range(300))


def test_clips_are_found_alike_whether_they_lie_in_one_segment_or_in_many(clips: list[Print]) -> None:
    loose = PrintIndex(clips)
    parts = [indexed(one) for one in clips]
    read = {one.item: one for one in clips}.get
    together = PrintIndex(segments=[segment_of(parts)], read=read)
    apart = PrintIndex(segments=[segment_of([part]) for part in parts], read=read)
    for query in clips[:3]:
        told = [
            [
                (votes.item, round(votes.score, 6), votes.frame.tolist())
                for votes in index.candidates(query, mirrored=False)
            ]
            for index in (loose, together, apart)
        ]
        assert told[0] == told[1] == told[2]
        assert query.item not in [item for item, _, _ in told[0]]


def test_a_copy_is_the_likeliest_candidate_and_names_its_frames(clips: list[Print]) -> None:
    copy = print_from("copy", [(at_s, picture // 2 + 40) for at_s, picture in carried(3, 1)])
    best = PrintIndex(clips).candidates(copy, mirrored=False)[0]
    assert best.item == named("carried 3")
    assert np.abs(best.query_frame[:6] - best.frame[:6]).max() == 0


def test_what_was_just_added_is_asked_whole_beside_an_archive_that_takes_up_all_that_is_judged(
    clips: list[Print], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "JUDGED", 2_000)
    hours = replace(indexed(clips[0]), item=named("hours"), frames=2000, frame_s=np.arange(2000.0))
    hours = replace(hours, pdq=np.zeros((2000, 32), np.uint8), pdq_quality=np.zeros(2000, np.uint8))
    hours = replace(hours, code=codes(400_000, 5), place=places(np.repeat(np.arange(2000), 200)))
    segments = [segment_of([hours]), segment_of([indexed(one) for one in clips])]
    both = PrintIndex(segments=segments, read={one.item: one for one in clips}.get)
    query = print_from("copy", carried(3, 1))
    whole = both.candidates(query, mirrored=False)[0]
    monkeypatch.setattr(index, "LEAST_JUDGED", 0)
    by_share = both.candidates(query, mirrored=False)
    assert whole.item == named("carried 3")
    assert not by_share or by_share[0].score < 0.9 * whole.score


def test_an_item_that_may_not_answer_is_not_there(clips: list[Print]) -> None:
    read = {one.item: one for one in clips}.get
    segment = segment_of([indexed(one) for one in clips])
    hidden, query = clips[3].item, print_from("copy", carried(3, 1))
    index = PrintIndex(segments=[segment], answering={one.item for one in clips} - {hidden}, read=read)
    assert len(index) == len(clips) - 1
    assert hidden not in index
    assert hidden not in [votes.item for votes in index.candidates(query, mirrored=False)]
    with pytest.raises(KeyError):
        index.print(hidden)
    index.allow(hidden)
    assert index.candidates(query, mirrored=False)[0].item == hidden


def test_prints_that_can_be_read_again_are_held_in_bounds_also_while_items_are_taken_in(clips: list[Print]) -> None:
    read: list[ItemId] = []

    def again(item: ItemId) -> Print:
        read.append(item)
        return next(one for one in clips if one.item == item)

    taken = PrintIndex(read=again, kept_bytes=2 * index.size_bytes(clips[0]))
    for one in clips:
        taken.hold(one, indexed(one))
        taken.allow(one.item)
    for one in (clips[-1], clips[0]):
        taken.print(one.item)
    assert read == [clips[0].item]


def test_an_item_in_two_segments_counts_once(clips: list[Print]) -> None:
    segment = segment_of([indexed(one) for one in clips])
    once, twice = (PrintIndex(segments=[segment] * n, read={one.item: one for one in clips}.get) for n in (1, 2))
    query = print_from("copy", carried(3, 1))
    assert len(twice) == len(clips)
    told = [[(v.item, v.score) for v in index.candidates(query, mirrored=False)] for index in (once, twice)]
    assert told[0] == told[1]


def test_joining_segments_leaves_out_what_is_not_wanted_any_more(clips: list[Print]) -> None:
    parts = [indexed(one) for one in clips]
    segments = [segment_of(parts[:5]), segment_of(parts[5:])]
    one = joined(segments, lambda number, place: (number, place) not in ((0, 3), (1, 0)))
    fresh = segment_of([part for n, part in enumerate(parts) if n not in (3, 5)])
    for name, block in blocks_of(fresh).items():
        assert np.array_equal(block, blocks_of(one)[name]), name


def test_a_segment_survives_being_turned_into_arrays_and_torn_ones_are_refused(clips: list[Print]) -> None:
    blocks = blocks_of(segment_of([indexed(one) for one in clips]))
    again = blocks_of(segment_from(blocks))
    assert all(np.array_equal(block, again[name]) for name, block in blocks.items())
    for name, torn in (
        ("items", blocks["items"][:-1]),
        ("revision", blocks["revision"][:-1]),
        ("first_frame", blocks["first_frame"][::-1]),
        ("picture_0_directory", blocks["picture_0_directory"][:-1]),
        ("picture_1_sign", blocks["picture_1_sign"][:-1]),
        ("sound_0_place", np.zeros(3, np.uint32)),
    ):
        with pytest.raises(ValueError, match=r"its|it"):
            segment_from({**blocks, name: torn})
    with pytest.raises(ValueError, match="lacks"):
        segment_from({name: block for name, block in blocks.items() if name != "picture_0_sign"})


def test_numbers_that_were_damaged_under_us_lead_nowhere(clips: list[Print]) -> None:
    blocks = blocks_of(segment_of([indexed(one) for one in clips]))
    blocks["picture_0_place"] = np.full_like(blocks["picture_0_place"], 0xFFFFFFFF)
    index = PrintIndex(segments=[segment_from(blocks)], read={one.item: one for one in clips}.get)
    assert index.candidates(print_from("copy", carried(3, 1)), mirrored=False)


def test_many_copies_of_one_clip_cost_a_query_no_more_than_the_bound(clips: list[Print]) -> None:
    part = indexed(clips[0])
    copies = [
        part.__class__(**{**{n: getattr(part, n) for n in part.__slots__}, "item": named(str(n))}) for n in range(600)
    ]
    index = PrintIndex(segments=[segment_of(copies)], read=lambda item: clips[0])
    found = index.candidates(clips[0], mirrored=False)
    assert 60 <= len(found) <= 256
    assert key_bits(2000, 10**9, 12_000_000) == KEY_BITS
    assert key_bits(2000, 1000, 12_000_000) == 10


def test_hardly_a_code_that_differs_a_lot_is_called_near() -> None:
    stored, strange = codes(5000, 5), codes(500, 6)
    assert distance(stored[:500], strange).min() > 80
    which, _ = near(posted(stored, places(np.arange(5000))), asked(strange), bits=8, most=10**9, near_bits=13)
    assert len(which) <= 5
