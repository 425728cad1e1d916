"""One immutable piece of the index: the posting lists of some items' pictures and sound, and their packets' digests.

Pure: it is made of prints or of other segments, and turned into named arrays and back. Where those lie is storage's
business. Nothing of it is evidence: all can be made again from findings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from firsthand.link.postings import KEY_BITS, MOST_FRAMES, PLACE_BITS, TABLES, Places, Postings, kept, merged, posted
from firsthand.model.ids import ItemId, item_id, sha256_of

SETTINGS = f"index 2: {TABLES} keys of {KEY_BITS} bits, {PLACE_BITS} bits of turn and size, sound in simhashes"
"""What alters a segment's meaning; one of other settings is made again."""
REVISION_BYTES = 16
_LISTS = ("directory", "sign", "place")
_DTYPES = {"directory": "<u4", "sign": "<u8", "place": "<u4"}
KINDS = ("picture", "sound")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Indexed:
    """What the index takes in of one item. revision: which findings it rests on, so that newer ones are noticed."""

    item: ItemId
    revision: str
    packets: tuple[str, ...]  # SHA-256 in hex: what another item with the very same packets has too
    frames: int
    frame_s: NDArray[np.float64]  # [frames]
    pdq: NDArray[np.uint8]  # [frames, 32]
    pdq_quality: NDArray[np.uint8]  # [frames] 0 where there is no hash
    code: NDArray[np.uint64]  # [features, words]
    place: Places  # [features]
    windows: int
    sound_code: NDArray[np.uint64]  # [windows, words]
    sound_place: Places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexSegment:
    """first_frame, first_window: [items + 1], where each item's begin. frame_s, pdq, pdq_quality: of each frame."""

    items: tuple[ItemId, ...]
    revision: NDArray[np.uint8]  # [items, 16]
    first_frame: NDArray[np.int64]
    first_window: NDArray[np.int64]
    frame_s: NDArray[np.float64]
    pdq: NDArray[np.uint8]
    pdq_quality: NDArray[np.uint8]
    picture: tuple[Postings, ...]
    sound: tuple[Postings, ...]
    packet: NDArray[np.uint64]  # [digests] the first 8 bytes of each, sorted
    packet_item: NDArray[np.uint32]  # [digests]

    @property
    def features(self) -> int:
        """How many features of pictures it holds."""
        return len(self.picture[0])

    def revision_of(self, place: int) -> bytes:
        """The revision of one of its items."""
        return bytes(self.revision[place])

    def of_packets(self, digests: Sequence[str]) -> NDArray[np.int64]:
        """Places of items with any of these packet digests, ascending."""
        wanted = np.array([_eight(one) for one in digests], np.uint64)
        low, high = np.searchsorted(self.packet, wanted, "left"), np.searchsorted(self.packet, wanted, "right")
        places = [self.packet_item[start:end] for start, end in zip(low, high, strict=True)]
        return np.unique(np.concatenate([np.zeros(0, np.uint32), *places])).astype(np.int64)


def revision_bytes(text: str) -> bytes:
    """A revision as segments keep it."""
    return sha256(text.encode()).digest()[:REVISION_BYTES]


def segment_of(parts: Sequence[Indexed]) -> IndexSegment:
    """A segment of these items. Raises ValueError for more frames than one can count."""
    first_frame = _firsts([one.frames for one in parts])
    first_window = _firsts([one.windows for one in parts])
    digests = sorted((_eight(digest), number) for number, one in enumerate(parts) for digest in one.packets)
    return IndexSegment(
        items=tuple(one.item for one in parts),
        revision=np.array([list(revision_bytes(one.revision)) for one in parts], np.uint8).reshape(-1, REVISION_BYTES),
        first_frame=first_frame,
        first_window=first_window,
        frame_s=np.concatenate([np.zeros(0), *(one.frame_s for one in parts)]),
        pdq=np.concatenate([np.zeros((0, 32), np.uint8), *(one.pdq for one in parts)]),
        pdq_quality=np.concatenate([np.zeros(0, np.uint8), *(one.pdq_quality for one in parts)]),
        picture=_posted([(one.code, one.place) for one in parts], first_frame),
        sound=_posted([(one.sound_code, one.sound_place) for one in parts], first_window),
        packet=np.array([digest for digest, _ in digests], np.uint64),
        packet_item=np.array([number for _, number in digests], np.uint32),
    )


def joined(segments: Sequence[IndexSegment], wanted: Callable[[int, int], bool]) -> IndexSegment:
    """One segment of several, without the items (segment, place) that are not wanted any more."""
    parts = [
        _without(one, [wanted(number, place) for place in range(len(one.items))]) for number, one in enumerate(segments)
    ]
    frames = _firsts([int(one.first_frame[-1]) for one in parts])
    windows = _firsts([int(one.first_window[-1]) for one in parts])
    counts = np.cumsum([0, *(len(one.items) for one in parts)])
    packet = np.concatenate([one.packet for one in parts])
    packet_item = np.concatenate([one.packet_item + np.uint32(counts[n]) for n, one in enumerate(parts)])
    order = np.argsort(packet, kind="stable")
    return IndexSegment(
        items=tuple(item for one in parts for item in one.items),
        revision=np.concatenate([one.revision for one in parts]),
        first_frame=_chained([one.first_frame for one in parts]),
        first_window=_chained([one.first_window for one in parts]),
        frame_s=np.concatenate([one.frame_s for one in parts]),
        pdq=np.concatenate([one.pdq for one in parts]),
        pdq_quality=np.concatenate([one.pdq_quality for one in parts]),
        picture=tuple(merged([one.picture[t] for one in parts], frames[:-1].tolist()) for t in range(TABLES)),
        sound=tuple(merged([one.sound[t] for one in parts], windows[:-1].tolist()) for t in range(TABLES)),
        packet=packet[order],
        packet_item=packet_item[order],
    )


def blocks_of(segment: IndexSegment) -> dict[str, NDArray[np.generic]]:
    """The segment as named arrays, little-endian."""
    items = np.array([list(bytes.fromhex(sha256_of(item))) for item in segment.items], np.uint8).reshape(-1, 32)
    blocks: dict[str, NDArray[np.generic]] = {
        "items": items,
        "revision": segment.revision,
        "first_frame": segment.first_frame.astype("<i8"),
        "first_window": segment.first_window.astype("<i8"),
        "frame_s": segment.frame_s.astype("<f8"),
        "pdq": segment.pdq,
        "pdq_quality": segment.pdq_quality,
        "packet": segment.packet.astype("<u8"),
        "packet_item": segment.packet_item.astype("<u4"),
    }
    for kind in KINDS:
        for table, postings in enumerate(getattr(segment, kind)):
            for name in _LISTS:
                blocks[f"{kind}_{table}_{name}"] = getattr(postings, name).astype(_DTYPES[name], copy=False)
    return blocks


def segment_from(blocks: Mapping[str, NDArray[np.generic]]) -> IndexSegment:
    """The segment again. Raises ValueError where the arrays do not belong together; postings are not read through."""
    try:
        items = blocks["items"]
        segment = IndexSegment(
            items=tuple(item_id(bytes(one).hex()) for one in np.asarray(items, np.uint8).reshape(-1, 32)),
            revision=np.asarray(blocks["revision"], np.uint8),
            first_frame=np.asarray(blocks["first_frame"], np.int64),
            first_window=np.asarray(blocks["first_window"], np.int64),
            frame_s=np.asarray(blocks["frame_s"], np.float64),
            pdq=np.asarray(blocks["pdq"], np.uint8),
            pdq_quality=np.asarray(blocks["pdq_quality"], np.uint8),
            picture=_postings(blocks, "picture"),
            sound=_postings(blocks, "sound"),
            packet=np.asarray(blocks["packet"], np.uint64),
            packet_item=np.asarray(blocks["packet_item"], np.uint32),
        )
    except KeyError as error:
        raise ValueError(f"it lacks {error.args[0]}") from error
    _require_whole(segment)
    return segment


def _postings(blocks: Mapping[str, NDArray[np.generic]], kind: str) -> tuple[Postings, ...]:
    return tuple(
        Postings(**{name: blocks[f"{kind}_{table}_{name}"] for name in _LISTS})  # type: ignore[arg-type]
        for table in range(TABLES)
    )


def _require_whole(one: IndexSegment) -> None:
    count = len(one.items)
    for first in (one.first_frame, one.first_window):
        if first.shape != (count + 1,) or first[0] != 0 or np.any(np.diff(first) < 0) or first[-1] > MOST_FRAMES:
            raise ValueError("its items' frames do not add up")
    frames = int(one.first_frame[-1])
    if one.frame_s.shape != (frames,) or one.pdq.shape != (frames, 32) or one.pdq_quality.shape != (frames,):
        raise ValueError("its frames' times and hashes do not add up")
    if one.revision.shape != (count, REVISION_BYTES) or len(one.packet) != len(one.packet_item):
        raise ValueError("its items' revisions or packets do not add up")
    if len(one.packet_item) and int(one.packet_item.max()) >= count:
        raise ValueError("it names packets of no item")
    for postings in (*one.picture, *one.sound):
        lists = len(postings.directory) - 1
        ends = postings.directory
        if lists < 1 or lists & (lists - 1) or not (1 << 16) <= lists <= (1 << KEY_BITS):
            raise ValueError("its directory has no length of ours")
        if ends[0] != 0 or int(ends[-1]) != len(postings.sign) or len(postings.sign) != len(postings.place):
            raise ValueError("its directory and its lists do not add up")


def _without(one: IndexSegment, stays: list[bool]) -> IndexSegment:
    if all(stays):
        return one
    keep = np.array(stays, bool)
    number = (np.cumsum(keep) - 1).astype(np.uint32)
    packets = keep[one.packet_item] if len(one.packet_item) else np.zeros(0, bool)

    def thinned(lists: tuple[Postings, ...], first: NDArray[np.int64]) -> tuple[Postings, ...]:
        frames = np.repeat(keep, np.diff(first))
        numbers = (np.cumsum(frames) - 1).astype(np.uint32)
        return tuple(kept(postings, frames, numbers) for postings in lists)

    frames = np.repeat(keep, np.diff(one.first_frame))
    return IndexSegment(
        items=tuple(item for item, stay in zip(one.items, stays, strict=True) if stay),
        revision=one.revision[keep],
        first_frame=_firsts(np.diff(one.first_frame)[keep].tolist()),
        first_window=_firsts(np.diff(one.first_window)[keep].tolist()),
        frame_s=one.frame_s[frames],
        pdq=one.pdq[frames],
        pdq_quality=one.pdq_quality[frames],
        picture=thinned(one.picture, one.first_frame),
        sound=thinned(one.sound, one.first_window),
        packet=one.packet[packets],
        packet_item=number[one.packet_item[packets]],
    )


def _posted(parts: Sequence[tuple[NDArray[np.uint64], Places]], first: NDArray[np.int64]) -> tuple[Postings, ...]:
    codes = [np.zeros((0, 4), np.uint64)[:, : parts[0][0].shape[1] if parts else 4], *(code for code, _ in parts)]
    places = [place + np.uint32(int(first[n]) << PLACE_BITS) for n, (_, place) in enumerate(parts)]
    return posted(np.concatenate(codes), np.concatenate([np.zeros(0, np.uint32), *places]))


def _firsts(counts: Sequence[int]) -> NDArray[np.int64]:
    firsts = np.cumsum([0, *counts]).astype(np.int64)
    if firsts[-1] > MOST_FRAMES:
        raise ValueError(f"{firsts[-1]} frames are more than one segment counts")
    return firsts


def _chained(firsts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return _firsts(np.concatenate([np.diff(one) for one in firsts]).tolist())


def _eight(digest: str) -> int:
    return int(digest[:16], 16)
