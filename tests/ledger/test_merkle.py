"""The tree is RFC 6962's: a naive reading of the RFC, written here, agrees with it."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)

# The eight leaves that the RFC's reference implementations are tested with.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
logs = st.lists(st.binary(max_size=4), min_size=1, max_size=70)
quick = settings(max_examples=60, deadline=None, database=None)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def test_the_empty_tree_has_the_digest_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT == naive_root([])
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_well_known_eight_leaves_give_the_well_known_heads() -> None:
    assert root_of([leaf_hash(LEAVES[0])]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert (
        root_of([*map(leaf_hash, LEAVES)]).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@pytest.mark.parametrize("size", range(9))
def test_every_prefix_of_the_eight_agrees_with_the_rfc_read_naively(size: int) -> None:
    assert root_of([*map(leaf_hash, LEAVES[:size])]) == naive_root(LEAVES[:size])


@quick
@given(logs)
def test_appending_to_the_frontier_gives_the_head_of_the_whole(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for count, leaf in enumerate(leaves, start=1):
        frontier = frontier.append(leaf)
        assert frontier.size == count
        assert len(frontier.roots) == count.bit_count()
    assert frontier.root() == naive_root(leaves)


@quick
@given(logs, st.data())
def test_a_leaf_is_proven_where_it_stands_and_nowhere_else(leaves: list[bytes], drawn: st.DataObject) -> None:
    index = drawn.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(index, len(leaves), lambda start, stop: naive_root(leaves[start:stop]))
    known = {"size": len(leaves), "root": naive_root(leaves)}
    leaf = leaf_hash(leaves[index])
    assert includes(leaf=leaf, index=index, proof=proof, **known)  # type: ignore[arg-type]
    assert not includes(leaf=leaf_hash(b"not in the log"), index=index, proof=proof, **known)  # type: ignore[arg-type]
    assert not includes(leaf=leaf, index=len(leaves), proof=proof, **known)  # type: ignore[arg-type]
    assert not includes(leaf=leaf, index=index, proof=(*proof, bytes(32)), **known)  # type: ignore[arg-type]
    for at in range(len(proof)):
        forged = (*proof[:at], bytes(32), *proof[at + 1 :])
        assert not includes(leaf=leaf, index=index, proof=forged, **known)  # type: ignore[arg-type]


@quick
@given(logs, st.data())
def test_a_longer_log_is_proven_to_begin_with_the_shorter(leaves: list[bytes], drawn: st.DataObject) -> None:
    old = drawn.draw(st.integers(0, len(leaves)))
    proof = consistency_proof(old, len(leaves), lambda start, stop: naive_root(leaves[start:stop]))
    old_root, root = naive_root(leaves[:old]), naive_root(leaves)
    assert extends(old_size=old, old_root=old_root, size=len(leaves), root=root, proof=proof)
    assert not extends(old_size=old, old_root=bytes(32), size=len(leaves), root=root, proof=proof)
    if old > 0:
        assert not extends(old_size=old, old_root=old_root, size=len(leaves), root=bytes(32), proof=proof)
    for at in range(len(proof)):
        forged = (*proof[:at], bytes(32), *proof[at + 1 :])
        assert not extends(old_size=old, old_root=old_root, size=len(leaves), root=root, proof=forged)


@quick
@given(logs, st.data())
def test_a_rewritten_past_is_never_proven(leaves: list[bytes], drawn: st.DataObject) -> None:
    old = drawn.draw(st.integers(1, len(leaves)))
    changed = drawn.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:changed], leaves[changed] + b"!", *leaves[changed + 1 :]]
    proof = consistency_proof(old, len(leaves), lambda start, stop: naive_root(rewritten[start:stop]))
    size, root = len(leaves), naive_root(rewritten)
    assert not extends(old_size=old, old_root=naive_root(leaves[:old]), size=size, root=root, proof=proof)


def test_proofs_of_what_is_not_there_are_refused() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(8, 8, lambda start, stop: naive_root(LEAVES[start:stop]))
    with pytest.raises(IndexError):
        consistency_proof(9, 8, lambda start, stop: naive_root(LEAVES[start:stop]))


@pytest.mark.parametrize(("size", "roots"), [(-1, ()), (1, ()), (3, (bytes(32),)), (1, (bytes(31),))])
def test_a_frontier_that_fits_no_log_cannot_be_made(size: int, roots: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError):
        Frontier(size=size, roots=roots)
