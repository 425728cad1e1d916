"""Faults at the system calls that write: killed, disk full, disk failing, at each of them, one at a time.

Scenarios: the first `add` (which makes the archive), an `add` into an archive that holds an item, a decision on a copy,
a regrouping `examine`, and `verify`. After each fault: every acknowledged item and decision must be there, verify must
pass, the same command must come to its end, and what was said must be an error with a next step.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.hostile.faulting import FAULTS, Place, fault, give_answers, load_commands, places, put_back, run_untouched
from bench.hostile.seeds import seeds
from bench.machine import machine
from firsthand.app.examiners import engines
from firsthand.app.examining import ENVIRONMENT, Examined, close_children, examine_descriptor

Scenario = tuple[str, list[str], Path | None]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every n-th place, for a quick look (1)")
    parser.add_argument("--scenario", help="only this one")
    options = parser.parse_args(arguments)
    began, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    with tempfile.TemporaryDirectory(prefix="firsthand-faults-") as name:
        folder = Path(name)
        for title, command, template in prepared(folder):
            if options.scenario in (None, title):
                told = at_each_call(title, command, template, folder, every=options.every)
                counts.update(told[0])
                wrong += told[1]
                print(f"{title}: {dict(told[0])}, {len(told[1])} wrong", flush=True)
    for line in wrong:
        print(f"  WRONG {line}")
    result = {
        "bench": "faults",
        "machine": machine(),
        "every": options.every,
        "injected": counts["injected"],
        "counts": dict(counts),
        "wrong": wrong,
        "elapsed_s": round(time.monotonic() - began),
    }
    print(json.dumps(result))
    return 1 if wrong or not counts["injected"] else 0


def prepared(folder: Path) -> list[Scenario]:
    """The scenarios, each with its command and the archive it begins with. Makes the clips and the archives."""
    sound = seeds()
    clips = [folder / "one.mp4", folder / "two.mp4"]
    for clip, body in zip(clips, (sound["mp4-libx264"], sound["mp4-libx264"] + bytes(100)), strict=True):
        clip.write_bytes(body)
    load_commands()
    with multiprocessing.get_context("spawn").Pool(1) as other:  # threads and a child, which a fork must not inherit
        give_answers(other.apply(examined, (str(clips[0]),)))
    scratch = folder / "scratch"
    scratch.mkdir()
    archive = folder / "work" / "archive"
    one, both = folder / "with-one", folder / "with-both"
    for template, added in ((one, clips[:1]), (both, clips)):
        for clip in added:
            done = run_untouched(_add(clip, template), scratch)
            if done.code != 0:
                raise SystemExit(f"the scenarios cannot be made: {done.err}")
    listed = run_untouched(["copies", "--case", "faults", "--archive", str(both), "--json"], scratch)
    found = json.loads(listed.out)["copies"]
    at = ["--archive", str(archive), "--json"]
    return [
        ("the first add", _add(clips[0], archive), None),
        ("a second add", _add(clips[1], archive), one),
        *([("a decision", ["copies", "--reject", found[0]["id"], "--why", "a test", *at], both)] if found else []),
        ("examine", ["examine", "--stale", *at], one),
        ("verify", ["verify", *at], both),
    ]


def examined(clip: str) -> Examined:
    """What the real decoding child answers, once, in a process of its own."""
    with open(clip, "rb") as file:
        answers = examine_descriptor(file.fileno(), engines())
    close_children()
    return Examined(answers=answers, environment=ENVIRONMENT)


def at_each_call(
    title: str, command: list[str], template: Path | None, folder: Path, *, every: int = 1
) -> tuple[Counter[str], list[str]]:
    """How many faults of each kind were injected at how many places, and what went wrong."""
    archive, scratch = folder / "work" / "archive", folder / "scratch"
    archive.parent.mkdir(exist_ok=True)
    counts, wrong = Counter[str](), list[str]()
    fresh = fault(command, archive, template, NOWHERE, "disk full", scratch)
    wrong += [f"{title}, without a fault: {line}" for line in fresh.wrong]
    put_back(archive, template)
    found = places(command, archive, scratch)
    counts["places"] = len(found)
    for number, place in enumerate(found):
        if number % every:
            continue
        for kind in FAULTS:
            judged = fault(command, archive, template, place, kind, scratch)
            counts["injected" if judged.hit else "not met"] += 1
            counts[f"{kind}, ended with {judged.ran.code}"] += judged.hit
            wrong += [f"{title}, {kind} at {place.call} {place.nth} ({place.what}): {line}" for line in judged.wrong]
    return counts, wrong


NOWHERE = Place(call="fsync", nth=60_000, what="")


def _add(clip: Path, archive: Path) -> list[str]:
    return ["add", str(clip), "--case", "faults", "--archive", str(archive), "--json"]
