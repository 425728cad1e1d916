"""What the main job costs, as a person runs it: sealing, examining in the sandboxed child, recording, linking.

Examining is counted from decoding to recorded finding: CPU of this process, of the decoding child and of what that
starts, after a warm-up clip (start-up is reported apart). Bare decoding is PyAV with thread_type NONE, every picture
and sound frame of every track decoded, nothing converted. Runs are interleaved; medians are reported, and the ratio
of every run.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import psutil
from tests.support.clips import make_clip, repeated, tone

from bench.machine import corpus_digest, machine, media_folder
from firsthand.app.examining import examine_missing
from firsthand.app.linking import seek_copies, shape_takes
from firsthand.app.pipeline import add
from firsthand.app.receiving import Statement, receive
from firsthand.app.settings import settings
from firsthand.app.wiring import opened_or_made

REPEAT_S = 11  # the sound of ten seconds is some packets longer than its pictures
BLACK = "media__long_1080p_lowbitrate.mp4"


class NoProgress:
    """Tells nobody."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def tell(self, sentence: str) -> None: ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of one run, and the most memory any process held."""

    start_up_s: float
    sealing_s: float
    examining_s: float
    linking_s: float
    peak_bytes: int


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench main_job", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of which medians are taken (5)")
    parser.add_argument("--without-linking", action="store_true", help="leave copies and takes out")
    parser.add_argument("--hour", action="store_true", help="measure the memory of an hour of 1080p instead")
    options = parser.parse_args(arguments)
    if options.hour:
        return _hour()
    folder = media_folder()
    listed = (path for part in ("clips", "copies-tmk") for path in sorted((folder / part).iterdir()))
    files = [path for path in listed if path.suffix != ".csv" and path.name != BLACK]
    full_hd = [path for path in files if _is_1080p(path)]
    for name, corpus in (("all files but the black clip", files), ("1920 × 1080", full_hd)):
        # Clocks drift within minutes: each run is held against the mean of the bare decoding before and after it.
        bare_s, runs = [bare(corpus)], []
        for _ in range(options.runs):
            runs.append(job(corpus, linking=not options.without_linking))
            bare_s.append(bare(corpus))
        ratios = [run.examining_s / statistics.mean(bare_s[n : n + 2]) for n, run in enumerate(runs)]
        result = {
            "bench": "main_job",
            "corpus": name,
            "files": len(corpus),
            "corpus_sha256": corpus_digest(corpus),
            "machine": machine(),
            "runs": options.runs,
            "bare_s": round(statistics.median(bare_s), 2),
            **{
                field: round(statistics.median(getattr(run, field) for run in runs), 2)
                for field in ("start_up_s", "sealing_s", "examining_s", "linking_s")
            },
            "examining_over_bare": round(statistics.median(ratios), 3),
            "ratios": [round(one, 3) for one in ratios],
            "peak_mb": round(max(run.peak_bytes for run in runs) / 1e6),
        }
        print(json.dumps(result))
    print(json.dumps({"bench": "main_job", "corpus": "second add", **second_add(files)}))
    return 0


def bare(files: Sequence[Path]) -> float:
    """CPU seconds of decoding every picture and sound frame of every track."""
    started = time.process_time()
    for path in files:
        with av.open(str(path)) as container:
            tracks = [*container.streams.video, *container.streams.audio]
            for track in tracks:
                track.codec_context.thread_type = "NONE"
            for _ in container.decode(*tracks):
                pass
    return time.process_time() - started


def job(files: Sequence[Path], *, linking: bool) -> Costs:
    """One run of the main job on a fresh archive, stage by stage."""
    quiet = NoProgress()
    with tempfile.TemporaryDirectory() as folder:
        warm = make_clip(Path(folder) / "warm.mp4", seconds=0.5, sound=tone())
        with opened_or_made(settings(archive=f"{folder}/archive", workers=1)) as desk:
            began = _cpu_s()
            add(desk, [str(warm)], case_name="warm", statement=Statement(), progress=quiet)
            warmed = _cpu_s()
            case = desk.opened_case("bench")
            offered = list(desk.received.walk([str(path) for path in files]))
            receive(desk, case, offered, statement=Statement(), progress=quiet)
            sealed = _cpu_s()
            examine_missing(desk, case, progress=quiet)
            examined = _cpu_s()
            peak = max(_peak_bytes(process) for process in _family())
            if linking:
                seek_copies(desk, progress=quiet)
                shape_takes(desk, progress=quiet)
            linked = _cpu_s()
    return Costs(warmed - began, sealed - warmed, examined - sealed, linked - examined, peak)


def second_add(files: Sequence[Path]) -> dict[str, float]:
    """Seconds by the clock that adding the folder takes, and adding it again."""
    quiet = NoProgress()
    took = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            began = time.monotonic()
            with opened_or_made(settings(archive=f"{folder}/archive", workers=None)) as desk:
                add(desk, [str(path) for path in files], case_name="bench", statement=Statement(), progress=quiet)
            took.append(time.monotonic() - began)
    return {"first_s": round(took[0], 2), "second_s": round(took[1], 2), "ratio": round(took[1] / took[0], 4)}


def _hour() -> int:
    """An hour of 1080p: ten coded seconds, their packets written over and over, eleven seconds apart."""
    with tempfile.TemporaryDirectory() as folder:
        short = make_clip(Path(folder) / "short.mp4", seconds=10, size=(1920, 1080), fps=10, sound=tone())
        long = Path(folder) / "hour.mp4"
        repeated(short, long, every_s=REPEAT_S, times=round(3600 / REPEAT_S))
        costs = job([long], linking=True)
        result = {
            "bench": "main_job",
            "corpus": "an hour of 1080p",
            "machine": machine(),
            "bytes": long.stat().st_size,
            "examining_s": round(costs.examining_s, 1),
            "peak_mb": round(costs.peak_bytes / 1e6),
        }
        print(json.dumps(result))
    return 0


def _is_1080p(path: Path) -> bool:
    with av.open(str(path)) as container:
        return any({video.width, video.height} == {1920, 1080} for video in container.streams.video)


def _family() -> list[psutil.Process]:
    here = psutil.Process()
    return [here, *here.children(recursive=True)]


def _cpu_s() -> float:
    """CPU seconds of this process, of its living descendants, and of those of theirs that have ended."""
    total = 0.0
    for process in _family():
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _peak_bytes(process: psutil.Process) -> int:
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return int(process.memory_info().rss)
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)
