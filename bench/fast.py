"""What a first look costs: CPU time of key frames alone (`add --fast`) ÷ CPU time of examining in full.

python -m bench fast: both in this process, without the child and the readers of tags; files of at least 720 lines, and
all of them; start-up is left out. Runs are interleaved and the median is taken.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import av

from bench.machine import corpus_digest, machine, media_folder
from firsthand.app.examiners import EXAMINERS, KEY_FRAMES_ONLY
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock

PICTURES = {".mp4", ".mkv", ".mov", ".webm"}
BLACK = "media__long_1080p_lowbitrate.mp4"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench fast", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="only every n-th file")
    options = parser.parse_args(arguments)
    folder = media_folder()
    found = sorted(one for part in ("clips", "copies-tmk") for one in (folder / part).iterdir())
    files = [one for one in found if one.suffix.lower() in PICTURES and one.name != BLACK][:: options.every]
    looked(files[0], fast=True)
    looked(files[0], fast=False)
    cost = {
        path: tuple(
            statistics.median(took)
            for took in zip(
                *((looked(path, fast=True), looked(path, fast=False)) for _ in range(options.runs)), strict=True
            )
        )
        for path in files
    }
    large = [path for path in files if lines(path) >= 720]
    result = {
        "bench": "fast",
        "machine": machine(),
        "corpus_sha256": corpus_digest(files),
        "corpus_720_sha256": corpus_digest(large),
        "files": len(files),
        "files_720": len(large),
        "times_faster": round(sum(cost[one][1] for one in files) / sum(cost[one][0] for one in files), 2),
        "times_faster_720": round(sum(cost[one][1] for one in large) / sum(cost[one][0] for one in large), 2),
        "least_faster_720": {
            one.name: round(cost[one][1] / cost[one][0], 2)
            for one in sorted(large, key=lambda one: cost[one][1] / cost[one][0])[:5]
        },
    }
    print(json.dumps(result))
    return 0


def looked(path: Path, *, fast: bool) -> float:
    """CPU seconds of one look at a file, from opening it to the answers; readers of tags are left out of both."""
    begun = time.process_time()
    examiners = [make() for name, make in EXAMINERS.items() if (name in KEY_FRAMES_ONLY) == fast]
    with path.open("rb") as file:
        one = Pass(file.fileno(), key_frames_only=fast)
        for given in one:
            for examiner in examiners:
                if isinstance(given, SoundBlock):
                    examiner.hear(given)
                else:
                    examiner.see(given)
    for examiner in examiners:
        examiner.finish(one.decoded)
    return time.process_time() - begun


def lines(path: Path) -> int:
    """The shorter side of the file's pictures, in pixels."""
    with av.open(str(path)) as container:
        pictures = container.streams.video
        return min(pictures[0].width, pictures[0].height) if pictures else 0
