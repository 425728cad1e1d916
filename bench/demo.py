"""make bench-demo: how long `firsthand demo` takes from nothing to the comparison, and what it costs."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.machine import machine


def main(arguments: list[str]) -> int:
    """Runs the default demo once; arguments are handed on (--large, --seed N …)."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        asked = [sys.executable, "-m", "firsthand.cli.main", "demo", str(Path(folder) / "demo"), "--json", *arguments]
        answer = subprocess.run(asked, check=True, capture_output=True, text=True)
        wall_s = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = json.loads(answer.stdout)
    copies, takes, moments = found["copies"], found["takes"], found["moments"]
    print(machine())
    print(f"wall {wall_s:.0f} s, CPU {used.ru_utime + used.ru_stime:.0f} s, {found['clips']} clips")
    print(
        f"copies: {copies['linked']} of {copies['true']} linked, {copies['through_others']} through others, "
        f"{len(copies['missed'])} missed, {len(copies['wrong'])} wrong"
    )
    print(f"takes: {takes['whole']} of {takes['true']} whole, {len(takes['mixed'])} mixed up")
    held = sum(one["held"] for one in moments["offsets"])
    print(
        f"moments: {moments['on_one_clock']} of {moments['cameras']} cameras on one clock, {held} of "
        f"{len(moments['offsets'])} intervals hold the truth, {len(moments['strangers'])} on a wrong clock"
    )
    return 0
