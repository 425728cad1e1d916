"""Lists of PDQ hashes: exactly all near ones are met, and a list that cannot be read is refused by its line."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firsthand.link.hash_lists import HashedFrames, HashList, matches, read_hashes
from firsthand.model.errors import UsageError
from tests.link.drawn import named

ONE, TWO = "f8" * 32, "0123456789ABCDEF" * 4


def frames(pdq: NDArray[np.uint8], quality: int = 90) -> HashedFrames:
    count = len(pdq)
    return HashedFrames(
        items=tuple(named(str(n)) for n in range(count)),
        second=np.arange(count) / 2,
        pdq=pdq,
        quality=np.full(count, quality, np.uint8),
    )


def listed(hashes: NDArray[np.uint8]) -> HashList:
    return HashList(hashes=hashes, line=tuple(range(1, len(hashes) + 1)), label=("",) * len(hashes))


@pytest.mark.parametrize(("ours", "theirs"), [(400, 60), (60, 400), (3000, 2500)])
def test_every_pair_within_31_bits_is_met_and_no_other(ours: int, theirs: int) -> None:
    rng = np.random.default_rng(ours)
    held = rng.integers(0, 256, (ours, 32), dtype=np.uint8)
    asked = held[rng.integers(0, ours, theirs)].copy()
    for row in range(theirs):
        for bit in rng.choice(256, int(rng.integers(0, 64)), replace=False).tolist():
            asked[row, bit // 8] ^= 1 << (bit % 8)
    apart = np.bitwise_count(held[None] ^ asked[:, None]).sum(2, dtype=np.int64)
    expected = {(row, frame): apart[row, frame] for row, frame in np.argwhere(apart <= 31).tolist()}
    found = {(one.line - 1, int(one.second * 2)): one.distance for one in matches(listed(asked), frames(held))}
    assert found == expected
    assert 0 in set(expected.values()) or 31 in set(expected.values())


def test_a_picture_of_little_worth_meets_nothing() -> None:
    pdq = np.random.default_rng(1).integers(0, 256, (3, 32), dtype=np.uint8)
    assert list(matches(listed(pdq), frames(pdq, quality=49))) == []
    assert len(list(matches(listed(pdq), frames(pdq, quality=50)))) == 3


def test_the_ways_in_which_lists_are_written_are_read() -> None:
    plain = read_hashes([f"{ONE}\n", "\n", "# a comment\n", TWO], name="list")
    assert (plain.line, plain.label) == ((1, 4), ("", ""))
    assert plain.hashes[1].tobytes().hex() == TWO.lower()
    table = read_hashes(["\ufeffhash,quality,item,second", f'"{ONE}",100,clip 7,3.5', f"{TWO};50;;"], name="list")
    assert (table.line, table.label) == ((2, 3), ("100 clip 7 3.5", "50"))
    vpdq = read_hashes([f"0,100,{ONE},0.000", f"1,98,{TWO},1.000"], name="list")
    assert vpdq.label == ("0 100 0.000", "1 98 1.000")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("f8" * 31, "the longest has 62"),
        ("zz" * 32, "not all are hexadecimal"),
        (f"{ONE} {TWO}", "2 hashes"),
        ("x" * 5000, "more than 4096"),
        ("\0" * 64, "not all are hexadecimal"),
        ("-1", "the longest has 2"),
    ],
)
def test_a_line_that_is_no_hash_is_named(line: str, why: str) -> None:
    with pytest.raises(UsageError, match=r"their\.csv, line 3") as refused:
        read_hashes([ONE, TWO, line, ONE], name="their.csv")
    assert why in refused.value.why


def test_a_list_without_any_hash_says_so() -> None:
    for empty in ([], ["hash,label"], ["", "# nothing"]):
        with pytest.raises(UsageError, match="no hash in it"):
            read_hashes(empty, name="their.csv")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_whatever_stands_in_a_list_it_is_read_or_refused(lines: list[str]) -> None:
    with contextlib.suppress(UsageError):
        assert len(read_hashes(lines, name="list").line) <= len(lines)
