"""How fast verify hashes sealed files, against bare hashlib on the same bytes and one thread.

Run: python -m bench fixity [MEGABYTES] [FOLDER]       (default 2048 MB in 16 files; read once before, so warm)
"""

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.custody import Silent, desk, receive

from bench.machine import machine
from firsthand.app.fixity import hash_again

FILES, RUNS = 16, 3


def main(arguments: list[str]) -> int:
    megabytes = int(arguments[0]) if arguments else 2048
    print(machine())
    with tempfile.TemporaryDirectory(dir=arguments[1] if len(arguments) > 1 else None) as scratch:
        folder = Path(scratch)
        with desk(folder) as here:
            for number in range(FILES):
                receive(here, os.urandom(megabytes * 1_000_000 // FILES), name=f"{number}.mp4")
            items = here.records.sealed_items()
            size = sum(item.bytes for item in items)
            paths = sorted(path for path in (folder / "archive" / "sealed").rglob("*") if path.is_file())
            for path in paths:
                path.read_bytes()
            ratios = []
            for _ in range(RUNS):
                bare_s, bare_cpu_s = _timed(lambda: _bare(paths))
                ours_s, ours_cpu_s = _timed(lambda: hash_again(here, items, at_most_bytes_per_s=0, progress=Silent()))
                ratios.append((bare_s / ours_s, bare_cpu_s / ours_cpu_s))
                print(f"bare {size / bare_s / 1e6:.0f} MB/s, verify {size / ours_s / 1e6:.0f} MB/s (elapsed)")
    elapsed, cpu = (statistics.median(one) for one in zip(*ratios, strict=True))
    print(f"hashing phase ÷ hashlib: {elapsed:.2f} by the clock, {cpu:.2f} by CPU time (median of {RUNS})")
    return 0


def _bare(paths: list[Path]) -> None:
    block = memoryview(bytearray(1 << 20))
    for path in paths:
        digest = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while read := file.readinto(block):
                digest.update(block[:read])
        digest.hexdigest()


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - clock, time.process_time() - cpu


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
