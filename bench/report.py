"""How long a report of many takes takes, how much memory, how large its files are.

python -m bench report [TAKES] [FOLDER]: writes an archive of so many takes (default 500, two items each, every one
with a film strip of twelve pictures and a waveform), then makes its report in a process of its own.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.made_case import Texts, make_archive

from bench.machine import machine

_MEASURED = """
import resource, sys, time
from firsthand.cli.main import main
started = time.perf_counter()
try:
    main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(f"{time.perf_counter() - started:.2f} {time.process_time():.2f} {peak} {code}", file=sys.stderr)
"""


def main(arguments: list[str]) -> int:
    """Prints one measured number a line."""
    takes = int(arguments[0]) if arguments else 500
    with tempfile.TemporaryDirectory(dir=arguments[1] if len(arguments) > 1 else None) as scratch:
        folder = Path(scratch)
        started = time.perf_counter()
        settings = make_archive(folder, takes=takes, texts=Texts())
        print(machine())
        print(f"archive of {takes} takes, {2 * takes} items made in {time.perf_counter() - started:.0f} s")
        wanted = ["report", "--case", "kyiv", "--archive", str(settings.archive), "-o", str(folder / "report")]
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, *wanted],
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
        )
        print(done.stdout.strip())
        seconds, cpu_s, peak_kib, code = done.stderr.strip().splitlines()[-1].split()
        print(f"report: {seconds} s, {cpu_s} s of CPU, peak {int(peak_kib) / 1024:.0f} MiB, exit code {code}")
        sizes = sorted((path.stat().st_size, path) for path in (folder / "report").rglob("*") if path.is_file())
        print(f"files: {len(sizes)}, {sum(size for size, _ in sizes) / 1e6:.1f} MB in all")
        largest, path = sizes[-1]
        print(f"largest file: {path.relative_to(folder)} {largest / 1e6:.2f} MB")
    return 0
