"""What examining costs beyond decoding: CPU time of one pass with all examiners ÷ CPU time of bare decoding.

Measured in this process, without the child and without recording: media.decode.Pass with the four examiners, from
opening the file to their answers, against PyAV with thread_type NONE, every picture and sound frame decoded and
nothing converted. Runs are interleaved and the median is taken; start-up (imports, a first small clip) is left out,
and so is the black clip, which costs little to examine. Shares of single examiners
are taken in one more pass, by the clock.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import av

from bench.machine import corpus_digest, machine, media_folder, peak_memory_bytes
from firsthand.examine.examiner import Examiner
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.examine.sound import SoundExaminer
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock

BLACK = "media__long_1080p_lowbitrate.mp4"
MEDIA = {".mp4", ".mkv", ".mov", ".webm", ".mp3"}


@dataclass(frozen=True, slots=True)
class Cost:
    """Median CPU seconds over the runs."""

    bare_s: float
    examined_s: float

    @property
    def ratio(self) -> float:
        return self.examined_s / self.bare_s if self.bare_s else 0.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench examine", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of which the median is taken (5)")
    parser.add_argument("--every", type=int, default=1, help="measure only every n-th file, for a quick look (1)")
    options = parser.parse_args(arguments)
    files = sample_files()[:: options.every]
    examined(files[-1])
    bare(files[-1])
    costs = _measured(files, options.runs)
    full_hd = [path for path in files if _is_1080p(path)]
    total, total_1080p = _total(files, costs), _total(full_hd, costs)
    took = [shares(path) for path in files]
    share_s = {name: round(sum(one[name] for one in took), 3) for name in took[0]}
    for path in files:
        one = costs[path]
        print(f"{path.name[:58]:<58} {one.bare_s:8.3f} s {one.examined_s:8.3f} s {one.ratio:6.2f}")
    for name, cost in ((f"all {len(files)} files", total), (f"{len(full_hd)} files of 1920 × 1080", total_1080p)):
        print(f"{name:<58} {cost.bare_s:8.3f} s {cost.examined_s:8.3f} s {cost.ratio:6.3f}")
    print("by the clock: " + ", ".join(f"{name} {seconds} s" for name, seconds in share_s.items()))
    result = {
        "bench": "examine",
        "machine": machine(),
        "corpus_sha256": corpus_digest(files),
        "files": len(files),
        "runs": options.runs,
        "bare_s": round(total.bare_s, 3),
        "examined_s": round(total.examined_s, 3),
        "ratio": round(total.ratio, 4),
        "files_1080p": len(full_hd),
        "ratio_1080p": round(total_1080p.ratio, 4),
        "by_the_clock_s": share_s,
        "peak_memory_bytes": peak_memory_bytes(),
    }
    print(json.dumps(result))
    return 0


def sample_files() -> list[Path]:
    """The sample clips and their copies, without the black clip."""
    folder = media_folder()
    found = sorted(one for part in ("clips", "copies-tmk") for one in (folder / part).iterdir())
    return [one for one in found if one.suffix.lower() in MEDIA and one.name != BLACK]


def examined(path: Path) -> float:
    """CPU seconds from opening the file to the examiners' answers."""
    started = time.process_time()
    examiners = _examiners()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if isinstance(given, SoundBlock):
                for examiner in examiners:
                    examiner.hear(given)
            else:
                for examiner in examiners:
                    examiner.see(given)
        for examiner in examiners:
            examiner.finish(one.decoded)
    return time.process_time() - started


def bare(path: Path) -> float:
    """CPU seconds of decoding every picture and sound frame."""
    started = time.process_time()
    with av.open(str(path)) as container:
        tracks = [*container.streams.video[:1], *container.streams.audio[:1]]
        for track in tracks:
            track.codec_context.thread_type = "NONE"
        for _ in container.decode(*tracks):
            pass
    return time.process_time() - started


def shares(path: Path) -> dict[str, float]:
    """Seconds by the clock that each examiner's calls took, and `decode` for all the rest of the pass.

    By the clock, because reading the CPU time costs 50 µs where the machine is a virtual one.
    """
    took: dict[str, float] = {}
    examiners = _examiners()
    begun = time.perf_counter()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            for examiner in examiners:
                started = time.perf_counter()
                if isinstance(given, SoundBlock):
                    examiner.hear(given)
                else:
                    examiner.see(given)
                _add(took, examiner.engine.name, time.perf_counter() - started)
        for examiner in examiners:
            started = time.perf_counter()
            examiner.finish(one.decoded)
            _add(took, examiner.engine.name, time.perf_counter() - started)
    took["decode"] = time.perf_counter() - begun - sum(took.values())
    return took


def _add(took: dict[str, float], name: str, seconds: float) -> None:
    took[name] = took.get(name, 0.0) + seconds


def _examiners() -> tuple[Examiner, ...]:
    return PicturesExaminer(), FingerprintExaminer(), SoundExaminer(), SoundprintExaminer()


def _measured(files: list[Path], runs: int) -> dict[Path, Cost]:
    bare_s: dict[Path, list[float]] = {path: [] for path in files}
    examined_s: dict[Path, list[float]] = {path: [] for path in files}
    for _ in range(runs):
        for path in files:
            bare_s[path].append(bare(path))
            examined_s[path].append(examined(path))
    return {
        path: Cost(bare_s=statistics.median(bare_s[path]), examined_s=statistics.median(examined_s[path]))
        for path in files
    }


def _is_1080p(path: Path) -> bool:
    with av.open(str(path)) as container:
        return any({one.width, one.height} == {1920, 1080} for one in container.streams.video)


def _total(files: list[Path], costs: dict[Path, Cost]) -> Cost:
    return Cost(
        bare_s=sum(costs[path].bare_s for path in files), examined_s=sum(costs[path].examined_s for path in files)
    )
