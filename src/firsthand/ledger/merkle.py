"""The Merkle tree of RFC 6962, section 2.1: heads, inclusion proofs, consistency proofs.

Appending needs only the frontier: the roots of the perfect subtrees, largest first, one for each bit set in the size.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What must be kept of a log of `size` leaves to append to it: at most 64 hashes of 32 bytes."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != self.size.bit_count() or any(len(root) != 32 for root in self.roots):
            raise ValueError("a frontier has one 32-byte hash for each bit set in its size")

    @classmethod
    def of(cls, hashes: bytes) -> "Frontier":
        """The frontier of a log with these leaf hashes, 32 bytes each. Raises ValueError for a broken one."""
        if len(hashes) % 32:
            raise ValueError("a leaf hash has 32 bytes")
        growing = Growing()
        growing.extend(hashes)
        return growing.frontier()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier with one leaf more."""
        return self.append_hash(leaf_hash(leaf))

    def append_hash(self, hashed: bytes) -> "Frontier":
        """As `append`, for a leaf that is hashed already."""
        roots, carry = list(self.roots), hashed
        size = self.size
        while size & 1:
            carry = node_hash(roots.pop(), carry)
            size >>= 1
        return Frontier(size=self.size + 1, roots=(*roots, carry))

    def root(self) -> bytes:
        """The tree head: 32 bytes; SHA-256 of nothing for an empty log."""
        if not self.roots:
            return EMPTY_ROOT
        head = self.roots[-1]
        for root in reversed(self.roots[:-1]):
            head = node_hash(root, head)
        return head


class Growing:
    """A frontier that many leaves are added to, one after the other, without a new one each time."""

    def __init__(self, begun: Frontier = Frontier()) -> None:
        self.size = begun.size
        heights = [height for height in range(begun.size.bit_length()) if begun.size >> height & 1]
        self._roots = list(zip(reversed(heights), begun.roots, strict=True))  # (height, head), largest first

    def add(self, hashed: bytes) -> None:
        """One leaf more, by its hash of 32 bytes."""
        height, roots = 0, self._roots
        while roots and roots[-1][0] == height:
            hashed = hashlib.sha256(b"\x01" + roots.pop()[1] + hashed).digest()
            height += 1
        roots.append((height, hashed))
        self.size += 1

    def extend(self, hashes: bytes) -> None:
        """More leaves, 32 bytes each."""
        for at in range(0, len(hashes), 32):
            self.add(hashes[at : at + 32])

    def frontier(self) -> Frontier:
        """What was reached."""
        return Frontier(size=self.size, roots=tuple(head for _, head in self._roots))


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The tree head over these leaf hashes."""
    growing = Growing()
    for hashed in hashes:
        growing.add(hashed)
    return growing.frontier().root()


def heads_at(hashes: bytes, sizes: Iterable[int]) -> dict[int, bytes]:
    """The tree heads that a log with these leaf hashes (32 bytes each) had at these sizes; larger ones are left out."""
    heads: dict[int, bytes] = {}
    growing = Growing()
    for size in sorted({size for size in sizes if size * 32 <= len(hashes)}):
        growing.extend(hashes[growing.size * 32 : size * 32])
        heads[size] = growing.frontier().root()
    return heads


def node_of(hashes: bytes) -> "NodeAt":
    """NodeAt over leaf hashes, 32 bytes each; remembers perfect subtrees, so that several proofs cost one pass."""
    known: dict[tuple[int, int], bytes] = {}

    def node(start: int, stop: int) -> bytes:
        if stop - start == 1:
            return hashes[start * 32 : stop * 32]
        if (start, stop) not in known:
            known[start, stop] = Frontier.of(hashes[start * 32 : stop * 32]).root()
        return known[start, stop]

    return node


NodeAt = Callable[[int, int], bytes]
"""node(start, stop): the head over leaves start…stop-1. Lets proofs be made from stored hashes."""


def inclusion_proof(index: int, size: int, node: NodeAt) -> tuple[bytes, ...]:
    """PATH(index, D[size]). Raises IndexError when the leaf is not in the tree."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size}")
    return tuple(_path(index, 0, size, node))


def _path(index: int, start: int, stop: int, node: NodeAt) -> list[bytes]:
    if stop - start == 1:
        return []
    middle = start + _split(stop - start)
    if index < middle:
        return [*_path(index, start, middle, node), node(middle, stop)]
    return [*_path(index, middle, stop, node), node(start, middle)]


def _split(count: int) -> int:
    """The largest power of two below count."""
    return 1 << ((count - 1).bit_length() - 1)


def consistency_proof(old_size: int, size: int, node: NodeAt) -> tuple[bytes, ...]:
    """PROOF(old_size, D[size]); empty where old_size is 0 or size. Raises IndexError where old_size > size."""
    if not 0 <= old_size <= size:
        raise IndexError(f"a tree of {size} does not contain one of {old_size}")
    if old_size in (0, size):
        return ()
    return tuple(_subproof(old_size, 0, size, node, whole=True))


def _subproof(old: int, start: int, stop: int, node: NodeAt, *, whole: bool) -> list[bytes]:
    if old == stop:
        return [] if whole else [node(start, stop)]
    middle = start + _split(stop - start)
    if old <= middle:
        return [*_subproof(old, start, middle, node, whole=whole), node(middle, stop)]
    return [*_subproof(old, middle, stop, node, whole=False), node(start, middle)]


def includes(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `leaf` (its hash) is leaf number `index` of the tree with this head (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, head = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            head = node_hash(sibling, head)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            head = node_hash(head, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and head == root


def extends(*, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162, 2.1.4.2)."""
    if old_size == size:
        return not proof and old_root == root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old_size < size or not proof:
        return False
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_head = head = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_head, head = node_hash(sibling, old_head), node_hash(sibling, head)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            head = node_hash(head, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old_head == old_root and head == root
