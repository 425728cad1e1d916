"""Sound files made unsound, by number."""

import random
import struct
from collections.abc import Callable, Iterator, Mapping

_EXTREMES = (0, 1, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"dinf", b"mvex", b"moof", b"traf"}
Mutation = Callable[[random.Random, bytearray, Mapping[str, bytes]], bytearray]


def mutant(number: int, seeds: Mapping[str, bytes]) -> tuple[str, bytes]:
    """What was done to which seed, and the result. The same number and seeds give the same mutant."""
    chosen = random.Random(number)
    name = chosen.choice(sorted(seeds))
    body = bytearray(seeds[name])
    done = []
    for _ in range(chosen.choice((1, 1, 1, 2, 3))):
        mutation = chosen.choice(_BOX_MUTATIONS if _is_iso(body) and chosen.random() < 0.6 else _MUTATIONS)
        body = mutation(chosen, body, seeds)
        done.append(mutation.__name__.strip("_"))
    return f"{name}: {', '.join(done)}", bytes(body[: 4 << 20])


def _bit_flips(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    for _unused in range(chosen.choice((1, 2, 8, 64, 256))):
        if body:
            body[chosen.randrange(len(body))] ^= 1 << chosen.randrange(8)
    return body


def _flips_in_the_head(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    for _unused in range(chosen.choice((1, 4, 16))):
        if body:
            body[chosen.randrange(min(len(body), 400))] = chosen.randrange(256)
    return body


def _cut_off(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    return body[: chosen.randrange(len(body) + 1)]


def _cut_out(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    start = chosen.randrange(len(body) + 1)
    del body[start : start + chosen.randrange(1, 4_000)]
    return body


def _repeated(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    start = chosen.randrange(len(body) + 1)
    part = body[start : start + chosen.randrange(1, 2_000)]
    body[start:start] = part * chosen.choice((1, 2, 50))
    return body


def _extreme_number(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    for _unused in range(chosen.choice((1, 2, 6))):
        if len(body) > 8:
            at = chosen.randrange(len(body) - 4)
            body[at : at + 4] = struct.pack(chosen.choice((">I", "<I")), chosen.choice(_EXTREMES))
    return body


def _noise(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    start = chosen.randrange(len(body) + 1)
    part = chosen.choice((chosen.randbytes(200), bytes(200), b"\xff" * 200))
    body[start : start + len(part)] = part
    return body


def _spliced(chosen: random.Random, body: bytearray, seeds: Mapping[str, bytes]) -> bytearray:
    other = seeds[chosen.choice(sorted(seeds))]
    return body[: chosen.randrange(len(body) + 1)] + other[chosen.randrange(len(other)) :]


def _box_size(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = [start for start, _end in _boxes(body)]
    if places:
        at = chosen.choice(places)
        size = int.from_bytes(body[at : at + 4], "big")
        wrong = chosen.choice((*_EXTREMES, size + 1, max(size - 1, 0), size * 2, size // 2)) & 0xFFFFFFFF
        body[at : at + 4] = struct.pack(">I", wrong)
    return body


def _box_of_64_bits(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = list(_boxes(body))
    if places:
        at, _end = chosen.choice(places)
        huge = struct.pack(">Q", chosen.choice((0, 15, 16, 2**31, 2**63 - 1, 2**63, 2**64 - 1)))
        body[at : at + 8] = struct.pack(">I", 1) + body[at + 4 : at + 8] + huge
    return body


def _boxes_swapped(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = list(_boxes(body))
    if len(places) > 1:
        (a, a_end), (b, b_end) = sorted(chosen.sample(places, 2))
        if a_end <= b:
            body = body[:a] + body[b:b_end] + body[a_end:b] + body[a:a_end] + body[b_end:]
    return body


def _box_doubled(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = list(_boxes(body))
    if places:
        start, end = chosen.choice(places)
        body[end:end] = body[start:end] * chosen.choice((1, 1, 20))
    return body


def _box_renamed(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = list(_boxes(body))
    if places:
        (a, _a_end), (b, _b_end) = chosen.choice(places), chosen.choice(places)
        body[a + 4 : a + 8] = body[b + 4 : b + 8]
    return body


def _box_in_itself(chosen: random.Random, body: bytearray, _: Mapping[str, bytes]) -> bytearray:
    places = list(_boxes(body))
    if places:
        start, end = chosen.choice(places)
        inner = bytes(body[start:end])
        for _unused in range(chosen.choice((1, 10, 300))):
            inner = struct.pack(">I", len(inner) + 8) + inner[4:8] + inner
            if len(inner) > 1 << 20:
                break
        body[start:end] = inner
    return body


_MUTATIONS: tuple[Mutation, ...] = (
    _bit_flips, _flips_in_the_head, _cut_off, _cut_out, _repeated, _extreme_number, _noise, _spliced,
)  # fmt: skip
_BOX_MUTATIONS: tuple[Mutation, ...] = (
    _box_size, _box_of_64_bits, _boxes_swapped, _box_doubled, _box_renamed, _box_in_itself,
)  # fmt: skip


def _is_iso(body: bytearray) -> bool:
    return bytes(body[4:8]) in (b"ftyp", b"moov", b"wide", b"mdat", b"free")


def _boxes(body: bytearray) -> Iterator[tuple[int, int]]:
    """Start and end of every box that can still be told, outer ones first; at most 2 000."""
    waiting, left = [(0, len(body))], 2_000
    while waiting and left:
        at, end = waiting.pop()
        while at + 8 <= end and left:
            left -= 1
            size = int.from_bytes(body[at : at + 4], "big")
            if size < 8 or at + size > end:
                break
            yield at, at + size
            if bytes(body[at + 4 : at + 8]) in _PARENTS:
                waiting.append((at + 8, at + size))
            at += size
