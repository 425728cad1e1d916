"""How linking grows: clips that share nothing, put straight into an archive's records, and copies of one clip.

python -m bench copies.growth: (1) so many clips of two sampled pictures with codes of their own (no footage, nothing
decoded) are sought in batches as `firsthand add` seeks them: CPU of each batch, size of the index; then one more clip,
as a later command does. (2) a query against 10³, 10⁴ and 10⁵ near copies of one clip.
"""

import argparse
import io
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.machine import machine, peak_memory_bytes
from firsthand.app.desk import Desk
from firsthand.app.linking import seek_copies
from firsthand.app.settings import Settings
from firsthand.app.wiring import opened_or_made
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.link.index import PrintIndex, indexed
from firsthand.link.index_segments import Indexed, segment_of
from firsthand.link.prints import Print, print_of
from firsthand.model.arrays import Array
from firsthand.model.events import FindingMade, Sealed
from firsthand.model.findings import FingerprintFacts
from firsthand.model.ids import FindingId, ItemId, item_id, random_id
from firsthand.model.outcomes import Found

FRAMES, FEATURES = 2, 150


class Quiet:
    """Implements ports.Progress."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def tell(self, sentence: str) -> None: ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.growth", description=__doc__)
    parser.add_argument("--clips", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--most-copies", type=int, default=100_000)
    options = parser.parse_args(arguments)
    result: dict[str, object] = {"bench": "copies.growth", "machine": machine()}
    with tempfile.TemporaryDirectory() as folder:
        result |= strangers(Path(folder), options.clips, options.batch)
    result["copies_of_one_clip"] = {
        str(count): copies(count) for count in (1000, 10_000, 100_000) if count <= options.most_copies
    }
    result["peak_memory_bytes"] = peak_memory_bytes()
    print(json.dumps(result))
    return 0


def strangers(folder: Path, clips: int, batch: int) -> dict[str, object]:
    """CPU seconds of each batch, and of one clip more in a later command."""
    settings = Settings(archive=folder / "archive", acting_as="bench", workers=1, keys=folder / "keys")
    took = []
    for first in range(0, clips, batch):
        with opened_or_made(settings) as desk:
            for number in range(first, first + batch):
                _put(desk, number)
            took.append(_sought(desk))
    with opened_or_made(settings) as desk:
        _put(desk, clips)
        one_more = _sought(desk)
    size = sum(path.stat().st_size for path in (folder / "archive" / "index").iterdir())
    return {
        "clips": clips,
        "cpu_s_a_batch": [round(one, 2) for one in took],
        "cpu_s_of_one_more": round(one_more, 2),
        "index_bytes": size,
        "segments": len(list((folder / "archive" / "index").iterdir())),
    }


def copies(count: int) -> dict[str, float]:
    """CPU seconds of a query against so many near copies of one clip, and how many are suggested."""
    rng = np.random.default_rng(5)
    whole = indexed(_print(0))
    made = replace(whole, code=whole.code[:100], place=whole.place[:100])
    parts = []
    for number in range(count):
        noise = np.zeros(made.code.shape, np.uint64)
        for _ in range(4):
            noise ^= np.uint64(1) << rng.integers(0, 64, made.code.shape).astype(np.uint64)
        values = {name: getattr(made, name) for name in Indexed.__slots__}
        parts.append(Indexed(**(values | {"item": _item(10**7 + number), "code": made.code ^ noise})))
    index = PrintIndex(segments=[segment_of(parts)], read=lambda item: None)
    query = _print(0)
    index.candidates(query, mirrored=False)
    begun = time.process_time()
    found = index.candidates(query, mirrored=False)
    return {"cpu_s": round(time.process_time() - begun, 3), "suggested": len(found)}


def _sought(desk: Desk) -> float:
    begun = time.process_time()
    seek_copies(desk, progress=Quiet())
    return time.process_time() - begun


def _put(desk: Desk, number: int) -> None:
    sealed = desk.sealed.seal(io.BytesIO(b"clip %d" % number))
    desk.write(
        Sealed(item=sealed.item, bytes=sealed.bytes),
        FindingMade(
            finding=FindingId(random_id("finding")),
            item=sealed.item,
            made_by=FingerprintExaminer.engine,
            outcome=_fingerprint(number),
            environment="bench",
        ),
    )


def _fingerprint(number: int) -> Found:
    rng = np.random.default_rng([3, number])
    many = FRAMES * FEATURES

    def drawn(top: int, dtype: str, *shape: int) -> Array:
        array = rng.integers(0, top, shape).astype(dtype)
        return Array(dtype=array.dtype.str[1:], shape=shape, data=array.tobytes())

    def given(values: list[float], dtype: str) -> Array:
        array = np.array(values, dtype)
        return Array(dtype=array.dtype.str[1:], shape=array.shape, data=array.tobytes())

    arrays = (
        ("frame_s", given([float(n) for n in range(FRAMES)], "<f8")),
        ("frame_first", given([n * FEATURES for n in range(FRAMES + 1)], "<u4")),
        ("code", drawn(256, "u1", many, 32)),
        ("mirrored", drawn(256, "u1", many, 32)),
        ("xy", drawn(65536, "<u2", many, 2)),
        ("size", given([79.0] * many, "u1")),
        ("angle", drawn(256, "u1", many)),
        ("grey", drawn(256, "u1", FRAMES, 32, 32)),
        ("pdq", drawn(256, "u1", FRAMES, 32)),
        ("trail_s", given([n / 10 for n in range(10 * FRAMES)], "<f8")),
        ("trail", drawn(256, "u1", 10 * FRAMES, 32, 32)),
        ("pdq_quality", given([90.0] * FRAMES, "u1")),
    )
    facts = FingerprintFacts(frames=FRAMES, features=many, code_bits=256, method="orb", width_px=640, height_px=360)
    return Found(value=facts, arrays=arrays)


def _print(number: int) -> Print:
    made = print_of(_item(number), {"fingerprint": _fingerprint(number)})
    if made is None:
        raise ValueError("a fingerprint makes a print")
    return made


def _item(number: int) -> ItemId:
    return item_id(f"{number:064x}")
