"""What the walls cost: CPU time of examining behind the strongest walls ÷ behind limits alone, and what a start costs.

One child a run examines every file; the runs alternate. CPU time is that of the child and all it started, asked of the
kernel just before they are ended; the start is a child that is asked about an empty file. The answers of both must be
the same, value for value.
"""

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path

import psutil

from bench.machine import corpus_digest, machine, media_folder
from firsthand.app.examine_item import decoding_child, examine
from firsthand.app.examiners import engines
from firsthand.model.codec import encode
from firsthand.runtime.sandbox import Sandbox, strongest

MEDIA = {".mp4", ".mkv", ".mov", ".webm", ".mp3"}
LIMITS_ALONE = Sandbox(walls=("rlimits",))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench sandbox", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind, alternating; the median is taken (3)")
    parser.add_argument("--every", type=int, default=1, help="measure only every n-th file, for a quick look (1)")
    options = parser.parse_args(arguments)
    files = sorted(p for p in (media_folder() / "clips").iterdir() if p.suffix.lower() in MEDIA)[:: options.every]
    kinds = {"limits alone": LIMITS_ALONE, strongest().shown: strongest()}
    with tempfile.NamedTemporaryFile() as empty:
        start = {
            name: statistics.median(run(one, [Path(empty.name)])[0] for _ in range(5)) for name, one in kinds.items()
        }
    took: dict[str, list[float]] = {name: [] for name in kinds}
    answers: dict[str, bytes] = {}
    for _ in range(options.runs):
        for name, sandbox in kinds.items():
            cpu_s, answers[name] = run(sandbox, files)
            took[name].append(cpu_s)
    without, behind = (statistics.median(took[name]) for name in kinds)
    without_start, behind_start = start.values()
    same = len(set(answers.values())) == 1
    examining_ratio = (behind - behind_start) / (without - without_start)
    print(f"{len(files)} files, limits alone {without:.2f} s, {strongest().shown}: {behind:.2f} s of CPU")
    print(f"a start: {without_start:.2f} s and {behind_start:.2f} s")
    print(f"examining without the start: {examining_ratio:.3f} ×; the same answers: {same}")
    result = {
        "bench": "sandbox",
        "machine": machine(),
        "corpus_sha256": corpus_digest(files),
        "files": len(files),
        "runs": options.runs,
        "walls": strongest().shown,
        "limits_alone_cpu_s": round(without, 2),
        "sandboxed_cpu_s": round(behind, 2),
        "ratio": round(behind / without, 4),
        "start_limits_alone_cpu_s": round(without_start, 3),
        "start_sandboxed_cpu_s": round(behind_start, 3),
        "ratio_without_start": round(examining_ratio, 4),
        "same_answers": same,
    }
    print(json.dumps(result))
    return 0 if same else 1


def run(sandbox: Sandbox, files: list[Path]) -> tuple[float, bytes]:
    """CPU seconds of one child that examines all files, its start counted; and its answers."""
    child = decoding_child(sandbox)
    answers = []
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            answers += [encode(one) for one in examine(child, descriptor, engines())]
        finally:
            os.close(descriptor)
    first = psutil.Process(child.pid)
    times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
    child.close()
    cpu_s = sum(t.user + t.system + t.children_user + t.children_system for t in times)
    return cpu_s, b"\n".join(answers)
