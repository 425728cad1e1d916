"""The search index kept in step with findings: what lies ready is used, what is missing or stale is added, what is torn
is made again. Only the prints of likely items are ever read."""

import threading
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from firsthand.app.desk import Desk
from firsthand.link.index import PrintIndex, indexed
from firsthand.link.index_segments import (
    SETTINGS,
    Indexed,
    IndexSegment,
    blocks_of,
    joined,
    revision_bytes,
    segment_from,
    segment_of,
)
from firsthand.link.prints import Print, print_of
from firsthand.model.errors import ArchiveError
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import Found
from firsthand.ports import Block, Progress, SegmentStore, StoredSegment

PRINT_KINDS = ("fingerprint", "pictures", "sound", "soundprint", "container")
INDEXED_KINDS = ("fingerprint", "triage", "soundprint", "container")  # what the index itself holds something of
KEPT_FEATURES = 2_000_000  # that wait in memory before they are written: 70 MB
MOST_FEATURES = 48_000_000  # of one segment, about 45 hours: joining them takes 2 GB for a while
JOINED_AT_ONCE = 8  # segments of one size; larger ones are eight times as large
_SMALLEST = 4_000


def print_of_item(desk: Desk, item: ItemId) -> Print | None:
    """What link/ needs to know of an item, from its current findings; None where there is nothing to compare."""
    current = ((kind, desk.records.current(item, kind)) for kind in (*PRINT_KINDS, "triage"))
    return print_of(
        item, {kind: one.outcome for kind, one in current if one is not None and isinstance(one.outcome, Found)}
    )


class KeptIndex:
    """The index over some items, backed by segments in the archive. Close it: what waits is written then.

    Items are those whose copies were sought, or some of them; an archive that cannot be written is served
    from memory.
    """

    def __init__(self, desk: Desk, answering: Sequence[ItemId], *, progress: Progress, tidy: bool) -> None:
        """tidy: many small segments are joined meanwhile, beside what else is done."""
        self._desk = desk
        self._store = desk.segments
        self._waiting: list[Indexed] = []
        self._revision = revisions(desk)
        stored = _usable(self._store, progress)
        segments = [segment for _, segment in stored]
        self.index = PrintIndex(
            segments=segments, answering=answering, current=self._is_current, read=partial(print_of_item, desk)
        )
        self._joining = _Joining(self, stored) if tidy and self._store.writable else None
        self._catch_up(answering, progress)

    def add(self, one: Print) -> None:
        """Takes an item in, unless its segment lies ready; it may answer from now on."""
        if self.index.holds(one.item):
            self.index.allow(one.item)
            return
        self._hold(one)
        self.index.allow(one.item)

    def prepare(self, items: Sequence[ItemId], *, progress: Progress) -> None:
        """Takes items in that may not answer yet, and writes what waits: other processes find it there."""
        self._take_in(items, progress)
        self._write_waiting()

    def allow(self, item: ItemId) -> None:
        """From now on an item that was taken in may answer; one that has nothing to compare never does."""
        if self.index.holds(item):
            self.index.allow(item)

    def _hold(self, one: Print) -> None:
        part = indexed(one, revision=self._revision_of(one.item))
        self.index.hold(one, part)
        self._waiting.append(part)
        if sum(len(waiting.code) for waiting in self._waiting) >= KEPT_FEATURES:
            self._write_waiting()

    def close(self) -> None:
        """Writes what waits, and waits for what is being joined. An index that cannot be written is no failure: it is
        made again when it is needed."""
        try:
            self._write_waiting()
        finally:
            if self._joining is not None:
                self._joining.end()

    def __enter__(self) -> "KeptIndex":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _catch_up(self, answering: Sequence[ItemId], progress: Progress) -> None:
        missing = [item for item in answering if item in self._revision and not self.index.holds(item)]
        self._take_in(missing, progress)
        for item in missing:
            self.allow(item)

    def _take_in(self, items: Sequence[ItemId], progress: Progress) -> None:
        missing = [item for item in items if not self.index.holds(item)]
        progress.begin("indexing fingerprints", len(missing), "clips")
        for item in missing:
            one = print_of_item(self._desk, item)
            if one is not None:
                self._hold(one)
            progress.advance()
        progress.end()

    def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and self._store.writable:
            keep(self._desk, segment_of(waiting), replaces=())

    def _is_current(self, item: ItemId, revision: bytes) -> bool:
        return item in self._revision and revision_bytes(self._revision[item]) == revision

    def _revision_of(self, item: ItemId) -> str:
        if item not in self._revision:
            self._revision = revisions(self._desk)
        return self._revision.get(item, "")


def looked_at_in_haste(desk: Desk) -> frozenset[ItemId]:
    """Items of which key frames alone were looked at so far."""
    triaged = desk.records.current_ids(("triage",))
    return frozenset(item for item in triaged if "fingerprint" not in desk.records.answered(item))


def revisions(desk: Desk) -> dict[ItemId, str]:
    """Which findings the index's entry of each item rests on, of items that are not hidden."""
    current = desk.records.current_ids(INDEXED_KINDS)
    return {
        item: " ".join(f"{kind}:{found}" for kind, found in sorted(kinds.items())) for item, kinds in current.items()
    }


def keep(desk: Desk, segment: IndexSegment, *, replaces: Sequence[str]) -> None:
    """Writes a segment, unless something in it was erased or hidden since it was made."""
    try:
        name = desk.segments.write(SETTINGS, stored_blocks(segment), replaces=replaces)
    except ArchiveError:
        return  # a full disk costs time at the next command, never an answer
    # Erasing empties the index after its event stands in the log. Asked only now, the log cannot hold one that the
    # emptying missed this file for.
    now = revisions(desk)
    for place, item in enumerate(segment.items):
        if item not in now or revision_bytes(now[item]) != segment.revision_of(place):
            desk.segments.discard([name])
            return


class _Joining:
    """Joins segments of like size in a thread of its own, so that there are never many."""

    def __init__(self, kept: KeptIndex, stored: Sequence[tuple[str, IndexSegment]]) -> None:
        self._desk, self._current = kept._desk, kept._is_current
        self._chosen = to_join([(name, segment.features) for name, segment in stored])
        self._segments = dict(stored)
        self._thread = threading.Thread(target=self._run, name="joining segments of the index")
        if self._chosen:
            self._thread.start()

    def end(self) -> None:
        """Waits until all are joined."""
        if self._chosen:
            self._thread.join()

    def _run(self) -> None:
        for names in self._chosen:
            segments = [self._segments[name] for name in names]
            seen: set[ItemId] = set()

            def wanted(number: int, place: int, of: list[IndexSegment] = segments, had: set[ItemId] = seen) -> bool:
                item = of[number].items[place]
                fresh = item not in had and self._current(item, of[number].revision_of(place))
                had.update([item] if fresh else [])
                return fresh

            keep(self._desk, joined(segments, wanted), replaces=names)


def to_join(sizes: Sequence[tuple[str, int]]) -> list[list[str]]:
    """Which segments to make one of, by name and number of features: eight of one size, as far as one can hold them."""
    classes: dict[int, list[tuple[str, int]]] = {}
    for name, size in sizes:
        level = int(np.log(max(size, _SMALLEST) / _SMALLEST) / np.log(JOINED_AT_ONCE))
        classes.setdefault(level, []).append((name, size))
    chosen = []
    for alike in classes.values():
        group, total = [], 0
        for name, size in alike:
            if total + size <= MOST_FEATURES:
                group.append(name)
                total += size
        if len(group) >= JOINED_AT_ONCE:
            chosen.append(group)
    return chosen


def usable_segments(store: SegmentStore) -> list[IndexSegment]:
    """All segments that lie there and can be used."""
    return [_loaded(one) for one in store.opened(SETTINGS).segments]


def _usable(store: SegmentStore, progress: Progress) -> list[tuple[str, IndexSegment]]:
    """Segments that can be used; others are told of, taken away, and made again from findings."""
    opened = store.opened(SETTINGS)
    usable: list[tuple[str, IndexSegment]] = []
    unusable = dict(opened.unusable)
    for one in opened.segments:
        try:
            usable.append((one.name, _loaded(one)))
        except ValueError as error:
            unusable[one.name] = f"it is damaged: {error}"
    if unusable:
        why = next(iter(unusable.values()))
        progress.tell(
            f"{len(unusable)} of {len(unusable) + len(usable)} parts of the search index cannot be used ({why}). "
            "Nothing is lost: they are made again from the findings."
        )
        if store.writable:
            store.discard(list(unusable))
    return usable


def prune(desk: Desk) -> frozenset[str]:
    """Makes segments anew without what findings no longer give: what was erased, hidden or made again since.

    Returns the names of those that hold nothing of it; every other file of the index may have to go.
    """
    now = revisions(desk)
    clean: set[str] = set()
    for stored in desk.segments.opened(SETTINGS).segments if desk.segments.writable else ():
        try:
            segment = _loaded(stored)
        except ValueError:
            continue  # damaged: it is made again from findings

        def stays(_number: int, place: int, of: IndexSegment = segment) -> bool:
            item = of.items[place]
            return item in now and revision_bytes(now[item]) == of.revision_of(place)

        left = sum(stays(0, place) for place in range(len(segment.items)))
        if left == len(segment.items):
            clean.add(stored.name)
        elif left:
            try:
                blocks = stored_blocks(joined([segment], stays))
                clean.add(desk.segments.write(SETTINGS, blocks, replaces=[stored.name]))
            except ArchiveError:
                continue  # a full disk: this one goes, and is made again when there is room
    return frozenset(clean)


def _loaded(stored: StoredSegment) -> IndexSegment:
    return segment_from(
        {
            name: np.frombuffer(block.data, np.dtype(block.dtype).newbyteorder("<")).reshape(block.shape)
            for name, block in stored.blocks.items()
        }
    )


def stored_blocks(segment: IndexSegment) -> Mapping[str, Block]:
    """The segment as a store takes it."""
    return {
        name: Block(dtype=block.dtype.str[1:], shape=block.shape, data=np.ascontiguousarray(block).data)
        for name, block in blocks_of(segment).items()
    }
