"""Peers on the same pairs: audio-offset-finder, syncstart and audalign, each in a venv of its own.

Each peer's own mathematics runs on the decoded sounds (bench/moments/peer_driver.py). What it would accept depends on
a score, and none of them documents one that tells a match from none; so of all scores that can be read from what it
computes, with the threshold set where no pair that shares nothing passes, the one that serves it best is taken. That
is kinder than what a desk could do, which does not know beforehand; firsthand's threshold was frozen on other material.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.moments.listening import Kept, Take

PEERS = {"audio-offset-finder": "0.5.5", "syncstart": "1.1.1", "audalign": "1.3.1"}
LONGEST_S = 60.0  # longer clips are left out: audio-offset-finder needs minutes for one pair of ten minutes
DRIVER = Path(__file__).with_name("peer_driver.py")


def answers(takes: Sequence[Take], pairs: Sequence[tuple[int, int]], folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What each peer says of each pair (places in `takes`), in order. Makes venvs under `folder` where they lack."""
    folder.mkdir(parents=True, exist_ok=True)
    asked, told = json.dumps([[str(a), str(b)] for a, b in pairs]), folder / "pairs.json"
    if not told.exists() or told.read_text() != asked:  # the same pairs again: what was answered is kept
        (folder / "sounds").mkdir(exist_ok=True)
        kept = Kept(takes)
        for place in sorted({place for pair in pairs for place in pair}):
            sound = kept.samples(takes[place].heard.item)
            if sound is not None:
                np.save(folder / "sounds" / f"{place}.npy", sound)
        for peer in PEERS:
            (folder / f"{peer}.jsonl").unlink(missing_ok=True)
        told.write_text(asked)
    out = {}
    for peer, version in PEERS.items():
        python = _python(folder, peer, version)
        subprocess.run(
            [str(python), str(DRIVER), peer, str(folder)],
            check=True,
            stdout=sys.stderr,
            env={"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        )
        lines = (folder / f"{peer}.jsonl").read_text().splitlines()
        out[peer] = [json.loads(line) for line in lines]
    return out


def _python(folder: Path, peer: str, version: str) -> Path:
    python = folder / peer / "bin" / "python"
    if not python.exists():
        venv.create(folder / peer, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{peer}=={version}"]
        subprocess.run([str(python), *install], check=True, stdout=sys.stderr)
    return python


def summed_up(
    rows: Sequence[dict[str, Any]], right: Sequence[bool], plain: Sequence[bool], nothing: Sequence[bool]
) -> dict[str, Any]:
    """One peer's numbers. right: the offset it found is; plain: the pair counts towards what should be accepted;
    nothing: the pair shares nothing. The rest are on repeated sound."""
    scores: dict[str, dict[str, float]] = {}
    for name in rows[0]["scores"]:
        score = np.array([row["scores"].get(name, 0.0) for row in rows])
        good = np.array(right) & np.array(plain)
        apart = score[np.array(nothing)].max()
        repeated = ~np.array(plain) & ~np.array(right)
        at_all = max(apart, score[repeated].max() if repeated.any() else apart)
        scores[name] = {
            "accepted": round(float((good & (score > apart)).sum() / sum(plain)), 4),
            "accepted_with_repeats": round(float((good & (score > at_all)).sum() / sum(plain)), 4),
        }
    best = max(scores, key=lambda name: (scores[name]["accepted"], scores[name]["accepted_with_repeats"]))
    steady = max(scores, key=lambda name: scores[name]["accepted_with_repeats"])
    return {
        "offset_right": round(float((np.array(right) & np.array(plain)).sum() / sum(plain)), 4),
        "accepted": scores[best]["accepted"],
        "by": best,
        "accepted_with_repeats": scores[steady]["accepted_with_repeats"],
        "then_by": steady,
        "cpu_ms_a_pair": round(1000 * float(np.median([row["cpu_s"] for row in rows]))),
    }
