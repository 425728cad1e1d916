"""Faults at the system calls that write: killed, disk full, disk failing, at each of them, one at a time.

Every command that writes is run with a fault at its first such call, at its second, and so on until it ends before it
meets one. After each fault: every entry that was acknowledged must be in the log, verify must pass, the same command
must come to its end, and what was said must be an error with a next step.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.hostile.faulting import (
    FAULTS,
    Rig,
    Scenario,
    fault,
    give_answers,
    load_commands,
    log_of,
    put_back,
    run,
    seen_by_strace,
)
from bench.hostile.seeds import seeds
from bench.hostile.shim import with_the_shim
from bench.machine import machine
from firsthand.app.examine_item import decoding_child, examine_keeping
from firsthand.app.examiners import engines
from firsthand.app.examining import ENVIRONMENT, Examined
from firsthand.media.flac import as_flac

CASE = "faults"
LISTED = 40
SECRET = b"a witness who must go"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every n-th place, for a quick look (1)")
    parser.add_argument("--kind", choices=list(FAULTS), action="append", help="only this fault; may be given again")
    parser.add_argument("--scenario", action="append", help="only this one; may be given several times")
    options = parser.parse_args(arguments)
    with_the_shim("bench", ["faults", *arguments])
    began, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    with tempfile.TemporaryDirectory(prefix="firsthand-faults-", dir=_in_memory()) as name:
        rig, scenarios = prepared(Path(name))
        for scenario in scenarios:
            if options.scenario is None or scenario.title in options.scenario:
                told = at_each_call(scenario, rig, every=options.every, kinds=options.kind or list(FAULTS))
                counts.update(told[0])
                wrong += told[1]
                print(f"{scenario.title}: {dict(told[0])}, {len(told[1])} wrong", flush=True)
        wrong += _blind_spots(scenarios, rig)
    for line in wrong[:LISTED]:
        print(f"  WRONG {line}")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    result = {
        "bench": "faults",
        "machine": machine(),
        "every": options.every,
        "injected": counts["injected"],
        "counts": dict(counts),
        "wrong": len(wrong),
        "elapsed_s": round(time.monotonic() - began),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in used)),
    }
    print(json.dumps(result))
    return 1 if wrong or not counts["injected"] else 0


def _blind_spots(scenarios: list[Scenario], rig: Rig) -> list[str]:
    """Calls that strace sees and the shim does not: places where no fault was tried."""
    if shutil.which("strace") is None:
        return []
    wrong = []
    for scenario in scenarios:
        if scenario.title in ("hold", "proof"):
            ours, theirs = seen_by_strace(scenario, rig)
            print(f"{scenario.title}: the shim sees {ours.total()} calls, strace {theirs.total()}")
            wrong += [f"{scenario.title}: unseen by the shim: {dict(more)}"] if (more := theirs - ours) else []
    return wrong


def _in_memory() -> str | None:
    """A disk in memory, where flushing costs nothing: what fails is chosen by us, not by the disk."""
    place = "/dev/shm"
    return place if os.access(place, os.W_OK) and shutil.disk_usage(place).free > 1 << 30 else None


def prepared(folder: Path) -> tuple[Rig, list[Scenario]]:
    """The scenarios, each with its command and what it begins with. Makes the clips and the archives."""
    rig = Rig(work=folder / "work", scratch=folder / "scratch")
    rig.scratch.mkdir()
    os.environ["FIRSTHAND_KEYS"] = str(rig.work / "keys")
    sound = seeds()["mp4-libx264"]
    clips = [folder / "one.mp4", folder / "two.mp4"]
    for clip, body in zip(clips, (sound, sound + SECRET), strict=True):
        clip.write_bytes(body)
    load_commands()
    with multiprocessing.get_context("spawn").Pool(1) as other:  # threads and a child, which a fork must not inherit
        give_answers(*other.apply(examined, (str(clips[0]),)))
    one = _template(folder / "with-one", rig, None, _add(clips[0], rig))
    both = _template(folder / "with-both", rig, one, _add(clips[1], rig))
    items = _json(rig, "takes", "--case", CASE)["takes"]
    first, second = sorted((item["name"], item["item"]) for take in items for item in take["items"])
    copy = _json(rig, "copies", "--case", CASE)["copies"][0]["id"]
    at = ("--archive", str(rig.archive), "--json")
    held = _template(folder / "held", rig, both, ("hold", first[1], "--why", "a court", *at))
    hold = _json(rig, "hold")["holds"][0]["hold"]
    hidden = _template(folder / "hidden", rig, both, ("quarantine", first[1], "--why", "illegal to show", *at))
    asked = ("erase", second[1], "--why", "withdrawn", "--order", "12")
    unsigned = folder / "unsigned"
    shutil.copytree(both, unsigned)
    shutil.rmtree(unsigned / "archive" / "checkpoints")
    shutil.rmtree(unsigned / "keys")
    why = ("--why", "a mistake")
    report = ("report", "--case", CASE, "-o", str(rig.work / "report"))
    offset = ("moments", "--case", CASE, "--set", first[1], second[1], "0.04", "--why", "a clap")
    return rig, [
        Scenario(title="the first add", command=_add(clips[0], rig), template=None),
        Scenario(title="a second add", command=_add(clips[1], rig), template=one),
        Scenario(title="add of what is there", command=_add(clips[1], rig), template=both),
        Scenario(title="copies --reject", command=("copies", "--reject", copy, "--why", "seen", *at), template=both),
        Scenario(title="copies --confirm", command=("copies", "--confirm", copy, *at), template=both),
        Scenario(title="moments --set", command=(*offset, *at), template=both),
        Scenario(title="takes", command=("takes", "--case", CASE, *at), template=both),
        Scenario(title="examine --stale", command=("examine", "--stale", *at), template=both),
        Scenario(title="verify", command=("verify", *at), template=both),
        Scenario(title="checkpoint", command=("checkpoint", *at), template=unsigned),
        Scenario(title="checkpoint --new-key", command=("checkpoint", "--new-key", "rotation", *at), template=both),
        Scenario(title="hold", command=("hold", first[1], "--why", "a court", *at), template=both),
        Scenario(title="hold --lift", command=("hold", "--lift", hold, "--why", "over", *at), template=held),
        Scenario(title="quarantine", command=("quarantine", first[1], "--why", "illegal", *at), template=both),
        Scenario(title="quarantine --lift", command=("quarantine", first[1], "--lift", *why, *at), template=hidden),
        Scenario(title="erase", command=(*asked, "--alone", "night", *at), template=both, gone=SECRET),
        Scenario(title="erase, asked for", command=(*asked, *at), template=both),
        Scenario(title="proof", command=("proof", first[1], "-o", str(rig.work / "proof"), *at), template=both),
        Scenario(title="report", command=(*report, *at), template=both),
    ]  # fmt: skip


def examined(clip: str) -> tuple[Examined, bytes]:
    """What the real decoding child answers, once, in a process of its own; and the sound as it is kept."""
    with open(clip, "rb") as file, closing(decoding_child()) as child:
        answers, sound = examine_keeping(child, file.fileno(), engines(), keep_sound=True)
    if sound is None:
        raise SystemExit("the clip has no sound to keep")
    return Examined(answers=answers, environment=ENVIRONMENT), as_flac(sound)


def at_each_call(
    scenario: Scenario, rig: Rig, *, every: int = 1, kinds: Sequence[str] = tuple(FAULTS)
) -> tuple[Counter[str], list[str]]:
    """How many faults of each kind were injected at how many places, and what went wrong."""
    counts, wrong = Counter[str](), list[str]()
    put_back(scenario, rig)
    before = log_of(rig.archive)
    whole = run(scenario.command, rig, everything=True)
    if whole.code != 0:
        return counts, [f"{scenario.title}, without a fault: ended with {whole.code}: {whole.out} {whole.err}"]
    wanted = log_of(rig.archive).kinds_after(before)
    if not scenario.title.startswith("checkpoint"):
        # Where keys cannot be kept, a command says so and ends well: `firsthand checkpoint` signs later.
        del wanted["signing_key_named"]
    counts["calls"] = len(whole.calls)
    for kind in kinds:
        nth, met = 1, True
        while met:
            judged = fault(scenario, rig, nth=nth, kind=kind, wanted=wanted)
            met = judged.met is not None
            counts["injected"] += met
            counts[f"{kind}, ended with {judged.ran.code}"] += met
            wrong += [f"{scenario.title}, {kind} at call {nth} ({judged.met}): {line}" for line in judged.wrong]
            nth += every
        print(f"  {scenario.title}, {kind}: {counts['injected']} faults so far, {len(wrong)} wrong", flush=True)
    return counts, wrong


def _template(folder: Path, rig: Rig, begun: Path | None, command: tuple[str, ...]) -> Path:
    """A copy of `begun` in which the command has run; lies at `Rig.work` until something else is put there."""
    put_back(Scenario(title="", command=(), template=begun), rig)
    done = run(command, rig)
    if done.code != 0:
        raise SystemExit(f"the scenarios cannot be made: {command}: {done.err} {done.out}")
    shutil.copytree(rig.work, folder)
    return folder


def _json(rig: Rig, *command: str) -> Any:
    ran = run((*command, "--archive", str(rig.archive), "--json"), rig)
    if ran.code != 0:
        raise SystemExit(f"the scenarios cannot be made: {command}: {ran.err}")
    return json.loads(ran.out)


def _add(clip: Path, rig: Rig) -> tuple[str, ...]:
    return ("add", str(clip), "--case", CASE, "--archive", str(rig.archive), "--json")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
