"""Hostile files against the decoding child: mutants of 21 sound files by number, and files made to mislead.

Counted as a breach: no answer within 30 s, a missing outcome, a connection to the listener, the secret of another file
in an answer, memory over the limit. A child that dies is no breach (that is what it is for), but is listed.
`--traced` runs a part under strace and lists every file, address and program that came through. Damaged samples are
among the files where they lie in $FIRSTHAND_MEDIA/damaged.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.hostile.crafted import crafted
from bench.hostile.mutants import mutant
from bench.hostile.running import Bait, bait, run
from bench.hostile.seeds import seeds
from bench.hostile.tracing import came_through, traced
from bench.machine import machine
from firsthand.runtime.sandbox import strongest


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=10_000, help="how many mutants (10 000)")
    parser.add_argument("--from", dest="first", type=int, default=1, help="number of the first mutant (1)")
    parser.add_argument("--traced", action="store_true", help="under strace: slower, and what came through is listed")
    options = parser.parse_args(arguments)
    if options.traced:
        return _traced(options.mutants, options.first)
    numbers = range(options.first, options.first + options.mutants)
    began = time.monotonic()
    digest = hashlib.sha256()
    with bait() as lure:
        told = run(_digested(_files(numbers, lure), digest), lure)
    print(f"{told.files} files in {time.monotonic() - began:.0f} s behind {strongest().shown}")
    print(f"outcomes: {_counted(told.outcomes)}; failures: {_counted(told.errors)}")
    print(f"slowest: {told.longest_s:.1f} s, {told.longest}; most memory: {told.peak_memory_bytes / 2**20:.0f} MiB")
    print(f"children lost: {told.children_lost}")
    unforeseen = (f"unforeseen: {one}" for one in told.unforeseen[:40])
    for line in (*told.deaths[:40], *unforeseen, *(f"BREACH {breach}" for breach in told.breaches)):
        print(f"  {line}")
    result = {
        "bench": "fuzz",
        "machine": machine(),
        "corpus_sha256": digest.hexdigest(),
        "files": told.files,
        "mutants": options.mutants,
        "first": options.first,
        "elapsed_s": round(time.monotonic() - began),
        "walls": strongest().shown,
        "outcomes": dict(told.outcomes),
        "failures": dict(told.errors),
        "children_lost": told.children_lost,
        "unforeseen": len(told.unforeseen),
        "longest_s": round(told.longest_s, 1),
        "peak_memory_mib": told.peak_memory_bytes >> 20,
        "breaches": told.breaches,
    }
    print(json.dumps(result))
    return 1 if told.breaches else 0


def _files(numbers: range, lure: Bait) -> Iterator[tuple[str, bytes]]:
    yield from crafted(secret_path=str(lure.path), address=lure.address)
    damaged = Path(os.environ.get("FIRSTHAND_MEDIA", "../shared/media")) / "damaged"
    for path in sorted(damaged.iterdir()) if damaged.is_dir() else ():
        if path.is_file() and path.suffix != ".csv":
            yield f"damaged: {path.name}", path.read_bytes()
    sound = seeds()
    for number in numbers:
        name, body = mutant(number, sound)
        yield f"mutant {number}: {name}", body


def _digested(files: Iterator[tuple[str, bytes]], digest: "hashlib._Hash") -> Iterator[tuple[str, bytes]]:
    """Over the mutants alone: the made-up files name a folder and a port that differ from run to run."""
    for name, body in files:
        if name.startswith("mutant"):
            digest.update(hashlib.sha256(body).digest())
        yield name, body


def _traced(mutants: int, first: int) -> int:
    program = [sys.executable, "-m", "bench", "fuzz", "--mutants", str(mutants), "--from", str(first)]
    with traced(program) as (code, log):
        seen = came_through(log)
    print(f"behind the walls: {seen.child_attempts} calls were refused to the child, {len(seen.child)} came through")
    print(f"ExifTool: {seen.reader_opens} files opened, {len(seen.reader)} of them outside the system's folders")
    for line in (*seen.child[:20], *seen.reader[:20]):
        print(f"  BREACH {line}")
    blind = shutil.which("exiftool") is not None and not seen.reader_opens
    if blind:
        print("  BLIND: ExifTool ran and was not seen, so nothing is shown of it")
    return 1 if code or seen.child or seen.reader or blind else 0


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common()) or "none"
