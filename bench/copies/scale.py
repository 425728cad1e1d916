"""The index at scale: megabytes an hour, whether edited clips are still suggested, and what a query costs.

python -m bench copies.scale --hours 1000 --folder DIR: writes that many hours of segments into DIR (about 22 GB for
1,000; what lies there from an earlier run is used), then asks edited clips of one half of the sources for their like.
The hours are the codes of the other half's clips over and over, each time with the changes that codes of one corner
show from one sampled picture to the next, and with a third of the corners replaced by others: they share no footage
with a query.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from bench.copies.corpus import Corpus, Query
from bench.machine import corpus_digest, machine, media_folder
from firsthand.app.indexing import stored_blocks, usable_segments
from firsthand.link.geometry import nearest
from firsthand.link.index import PrintIndex, indexed
from firsthand.link.index_segments import REVISION_BYTES, SETTINGS, Indexed, IndexSegment, joined, segment_of
from firsthand.link.postings import PLACE_BITS, TABLES, posted
from firsthand.link.prints import Print
from firsthand.model.ids import ItemId, item_id
from firsthand.storage.segments import FolderSegments

CLIP_FRAMES = 60
SEGMENT_HOURS = 50
REPLACED = 0.33
SUGGESTED = 60  # candidates that are looked at closely
_QUANTILES = (("p50", 0.5), ("p95", 0.95), ("max", 1.0))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.scale", description=__doc__)
    parser.add_argument("--hours", type=int, default=30)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning", help="whose clips are asked")
    parser.add_argument("--every", type=int, default=4, help="ask only every n-th query (4)")
    parser.add_argument("--seed", type=int, help="of all draws (tuning 1, reporting 2)")
    parser.add_argument("--tables", type=int, default=TABLES, help="keys that are looked up, fewer than the default's")
    parser.add_argument("--share", type=float, default=1.0, help="of the features that are indexed")
    parser.add_argument("--folder", type=Path, help="where segments lie (default: made and thrown away)")
    parser.add_argument("--only-make", action="store_true", help="write segments, ask nothing")
    parser.add_argument("--cold", type=int, default=0, help="then ask so many with nothing in memory")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-copies")
    options = parser.parse_args(arguments)
    media = media_folder()
    corpus = Corpus([media / "clips", media / "copies-tmk"], cache=options.cache)
    seed = options.seed or (1 if options.half == "tuning" else 2)
    with tempfile.TemporaryDirectory() as made:
        store = FolderSegments(options.folder or Path(made) / "index")
        strangers = other_half(corpus, options.half)
        begun = time.process_time()
        make_hours(store, strangers, hours=options.hours, share=options.share)
        result = {"bench": "copies.scale", "machine": machine(), "hours": options.hours, "half": options.half}
        result |= {"corpus_sha256": corpus_digest(corpus.files), "made_cpu_s": round(time.process_time() - begun, 1)}
        if not options.only_make:
            result |= measured(corpus, store, options, seed)
    print(json.dumps(result))
    return 0


def measured(corpus: Corpus, store: FolderSegments, options: argparse.Namespace, seed: int) -> dict[str, object]:
    """Every query asked, twice: the first time to have the files in memory."""
    references = [one for one in (reference.print() for reference in corpus.references()) if one is not None]
    family = {one.item: one.family for one in corpus.references()}
    real = segment_of([_thinned(indexed(one), options.share) for one in references])
    seconds = sum(one.seconds for one in corpus.references())
    first, *others = usable_segments(store)
    held = [joined([real, first], lambda _number, _place: True), *others]  # clips do not lie by themselves for long
    segments = [replace(one, picture=one.picture[: options.tables]) for one in held]
    index = PrintIndex(segments=segments, read={one.item: one for one in references}.get)
    queries = list(corpus.queries(options.half, rounds=1, seed=seed, every=options.every))
    watch = _Memory()
    for _ in range(2):
        begun = time.perf_counter()
        told = [_asked(index, one, family) for one in queries]
        wall_s = time.perf_counter() - begun
    answered = [one for one in told if one is not None]
    took = np.array([one[1] for one in answered])
    ranks = np.array([one[0] for one in answered])
    result = {
        "queries": len(queries),
        "tables": options.tables,
        "share": options.share,
        "mb_an_hour_of_the_sample_media": round(_index_bytes(real, options.tables) / 1e6 / (seconds / 3600), 1),
        "mb_an_hour_of_the_whole": round(
            sum(_index_bytes(one, options.tables) for one in (first, *others)) / 1e6 / max(1, options.hours), 1
        ),
        "features": sum(one.features for one in held),
        "segments": len(held),
        "suggested": round(float((ranks < SUGGESTED).sum()) / len(queries), 4),
        "suggested_first": round(float((ranks == 0).sum()) / len(queries), 4),
        "not_suggested": sorted(
            {query.recipe for query, one in zip(queries, told, strict=True) if one is None or one[0] >= SUGGESTED}
        ),
        "cpu_s": {name: round(float(np.quantile(took, at)), 3) for name, at in _QUANTILES},
        "wall_s_a_query": round(wall_s / len(queries), 3),
        "private_mb": round(watch.end() / 1e6),
        "skew": round(skew(real), 2),
        "skew_of_the_whole": round(skew(held[-1]), 2),
    }
    if options.cold:
        result["cold_wall_s"] = [round(_cold(store, index, one, family), 2) for one in queries[: options.cold]]
    return result


def skew(segment: IndexSegment) -> float:
    """How much fuller the lists are that a random feature of the segment lies in than all lists on average, over 16
    bits of its first key; 1 is even."""
    ends = segment.picture[0].directory[:: 1 << (segment.picture[0].bits - 16)].astype(np.int64)
    counts = np.diff(ends).astype(np.float64)
    own = counts.sum()  # each feature is in its own list, which says nothing
    return float((counts * (counts - 1)).sum() / own / (own / 65536))


def other_half(corpus: Corpus, half: str) -> list[Print]:
    """Prints of all files that share no footage with a source of this half."""
    asked = {corpus.family(path) for path in corpus.sources(half)}
    prints = [one.print() for one in corpus.references() if one.family not in asked]
    return [one for one in prints if one is not None and one.frames > 1]


def make_hours(store: FolderSegments, base: list[Print], *, hours: int, share: float) -> None:
    """Segments of so many hours, as far as they do not lie there."""
    there = len(store.opened(SETTINGS).segments)
    blocks = [min(SEGMENT_HOURS, hours - start) for start in range(0, hours, SEGMENT_HOURS)]
    material = Material(base)
    for number, length in enumerate(blocks):
        if number >= there:
            store.write(SETTINGS, stored_blocks(material.segment(number, hours=length, share=share)))


class Material:
    """Real codes to draw from: frames of features, and how codes of one corner change between sampled pictures."""

    def __init__(self, base: list[Print]) -> None:
        parts = [indexed(one) for one in base]
        self.code = np.concatenate([one.code for one in parts])
        self.place = np.concatenate([one.place for one in parts])
        counts = [np.bincount(one.place >> PLACE_BITS, minlength=one.frames) for one in parts]
        self.first = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
        changes = []
        for one in base:
            for frame in range(one.frames - 1):
                a, b = one.features(frame).code, one.features(frame + 1).code
                of_a, of_b = nearest(a, b)
                changes.append(a[of_a] ^ b[of_b])
        self.change = np.concatenate(changes)

    def segment(self, number: int, *, hours: int, share: float) -> IndexSegment:
        """So many hours: clips of a minute, each a run of real frames changed as codes change."""
        rng = np.random.default_rng([7, number])
        frames = hours * 3600
        there = len(self.first) - 1
        runs = (rng.integers(0, there, frames // CLIP_FRAMES)[:, None] + np.arange(CLIP_FRAMES)) % there
        chosen = runs.ravel()
        many = np.diff(self.first)[chosen]
        row = np.arange(many.sum()) + np.repeat(self.first[chosen] - np.cumsum(many) + many, many)
        frame = np.repeat(np.arange(len(chosen), dtype=np.uint32), many)
        other = rng.random(len(row)) < REPLACED
        row[other] = rng.integers(0, len(self.code), int(other.sum()))
        code = self.code[row, :2] ^ self.change[rng.integers(0, len(self.change), len(row)), :2]
        place = (frame << np.uint32(PLACE_BITS)) | (self.place[row] & np.uint32((1 << PLACE_BITS) - 1))
        if share < 1:
            stays = rng.random(len(row)) < share
            code, place = np.asarray(code[stays], np.uint64), np.asarray(place[stays], np.uint32)
        items = len(chosen) // CLIP_FRAMES
        empty = posted(np.zeros((0, 2), np.uint64), np.zeros(0, np.uint32))
        return IndexSegment(
            items=tuple(_named(f"stranger {number} {n}") for n in range(items)),
            revision=np.zeros((items, REVISION_BYTES), np.uint8),
            first_frame=np.arange(items + 1, dtype=np.int64) * CLIP_FRAMES,
            first_window=np.zeros(items + 1, np.int64),
            frame_s=np.tile(np.arange(CLIP_FRAMES, dtype=np.float64), items),
            pdq=np.zeros((items * CLIP_FRAMES, 32), np.uint8),
            pdq_quality=np.zeros(items * CLIP_FRAMES, np.uint8),
            picture=posted(np.asarray(code, np.uint64), place),
            sound=empty,
            packet=np.zeros(0, np.uint64),
            packet_item=np.zeros(0, np.uint32),
        )


def _asked(index: PrintIndex, query: Query, family: dict[ItemId, str]) -> tuple[int, float] | None:
    """At which place an item of the query's source is suggested, and CPU seconds of both passes."""
    one = query.examined.print()
    if one is None:
        return None
    begun = time.process_time()
    passes = [index.candidates(one, mirrored=mirrored) for mirrored in (False, True)]
    took_s = time.process_time() - begun
    ranks = [
        rank
        for votes in passes
        for rank, vote in enumerate(votes)
        if family.get(vote.item, "") == query.examined.family
    ]
    return min(ranks, default=10**6), took_s


def _cold(store: FolderSegments, index: PrintIndex, query: Query, family: dict[ItemId, str]) -> float:
    for path in store.folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    begun = time.perf_counter()
    _asked(index, query, family)
    return time.perf_counter() - begun


def _thinned(part: Indexed, share: float) -> Indexed:
    stays = np.random.default_rng(3).random(len(part.code)) < share
    return replace(part, code=part.code[stays], place=part.place[stays])


def _index_bytes(one: IndexSegment, tables: int) -> int:
    lists = [array for table in one.picture[:tables] for array in (table.directory, table.sign, table.place)]
    lists += [array for table in one.sound for array in (table.directory, table.sign, table.place)]
    return sum(array.nbytes for array in lists) + 64 * len(one.items)


def _named(text: str) -> ItemId:
    return item_id(sha256(text.encode()).hexdigest())


class _Memory:
    """The most memory of its own this process held, files it maps not counted."""

    def __init__(self) -> None:
        self._most, self._on = 0, True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._on = False
        self._thread.join()
        return self._most

    def _run(self) -> None:
        while self._on:
            lines = Path("/proc/self/status").read_text().splitlines()
            held = next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
            self._most = max(self._most, held * 1024)
            time.sleep(0.02)
