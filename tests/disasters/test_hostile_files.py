"""Files made to break, mislead and exhaust us. The long run is `make fuzz`."""

import shutil
import sys
from pathlib import Path

import pytest
from bench.hostile.crafted import crafted
from bench.hostile.mutants import mutant
from bench.hostile.running import bait, run
from bench.hostile.seeds import seeds
from bench.hostile.tracing import came_through, traced

from firsthand.runtime.sandbox import strongest
from tests.support.missing import missing

# These make MediaInfo or ExifTool run into their time limits: once in `make fuzz` is enough.
SLOW = (
    "PNG with",
    "GIF of 4 000",
    "a million empty boxes",
    "5000",
    "edit list",
    "a table",
    "20 000 tags",
    "TIFF",
    "Ogg",
)


def test_mutants_of_sound_files_end_in_an_outcome_each_and_leak_nothing() -> None:
    sound = seeds()
    with bait() as lure:
        told = run((mutant(number, sound) for number in range(20_001, 20_081)), lure)
    assert told.breaches == []
    assert told.files == 80
    assert sum(told.outcomes.values()) == 80 * 5


def test_files_that_lead_elsewhere_get_neither_a_file_nor_a_connection() -> None:
    with bait() as lure:
        files = [
            (name, body)
            for name, body in crafted(secret_path=str(lure.path), address=lure.address)
            if not name.startswith(SLOW) and len(body) < 200_000
        ]
        told = run(files, lure)
    assert told.breaches == []
    assert told.files == len(files) > 50


def test_the_same_number_gives_the_same_mutant() -> None:
    sound = seeds()
    assert [mutant(number, sound) for number in range(50)] == [mutant(number, sound) for number in range(50)]


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_strace_sees_nothing_come_through_the_walls() -> None:
    if shutil.which("strace") is None:
        missing("strace is not installed")
    if "seccomp" not in strongest().walls:
        missing("this machine has no seccomp")
    code = (
        "from bench.hostile.crafted import crafted; from bench.hostile.running import bait, run\n"
        "with bait() as lure:\n"
        "    files = [f for f in crafted(secret_path=str(lure.path), address=lure.address) if 'HLS' in f[0]]\n"
        "    raise SystemExit(bool(run(files, lure).breaches) or len(files) < 10)\n"
    )
    with traced([sys.executable, "-c", code]) as (ended, log):
        seen = came_through(log)
        assert "seccomp" in log.read_text(errors="replace")
    assert (ended, seen.child, seen.reader) == (0, [], [])
    assert seen.reader_opens > 0 or shutil.which("exiftool") is None, "a reader that is not seen is not judged"


def test_every_damaged_sample_gets_an_outcome(media: Path) -> None:
    files = ((path.name, path.read_bytes()) for path in sorted((media / "damaged").iterdir()) if path.suffix != ".csv")
    with bait() as lure:
        told = run(files, lure)
    assert told.breaches == []
    assert told.files >= 33
