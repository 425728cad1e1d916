"""Muted clips by their pictures: how often flashes seen by two cameras give the right offset, and chance a wrong one.

Brightness and change a picture are made up as phones give them (exposure, panning, noise, 25 or 30 pictures a second);
scenes flash at random times, from once a second to once in five.
"""

import argparse
import json
from collections.abc import Sequence

import numpy as np

from bench.machine import machine
from firsthand.link.picture_offsets import Watched, picture_offsets
from firsthand.model.ids import ItemId


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.muted", description=__doc__)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--draw", type=int, default=2, help="1: the material that the threshold was chosen on")
    options = parser.parse_args(arguments)
    right = wrong = ambiguous = told = 0
    firsts = []
    for number in range(options.scenes):
        rng = np.random.default_rng((options.draw, number))
        flashes_s = np.cumsum(rng.exponential(rng.uniform(1, 5), 80))
        begins_s = float(rng.uniform(0, 15))
        a = watched(f"a{number}", flashes_s, 0.0, float(rng.uniform(15, 40)), rng)
        b = watched(f"b{number}", flashes_s, begins_s, float(rng.uniform(15, 40)), rng)
        firsts.append(a)
        for one in picture_offsets([(a, b)]):
            told += 1
            fits = abs(one.offset_s - begins_s) <= one.plus_minus_s
            ambiguous += one.link == "ambiguous"
            right += fits and one.link == "weak"
            wrong += not fits and one.link == "weak"
    apart = [(a, b) for number, a in enumerate(firsts) for b in firsts[number + 1 :]]
    by_chance = list(picture_offsets(apart))
    result = {
        "bench": "moments.muted", "machine": machine(), "draw": options.draw, "scenes": options.scenes,
        "suggested": told, "right": right, "wrong": wrong, "ambiguous": ambiguous,
        "pairs_that_share_nothing": len(apart), "of_these_suggested": len(by_chance),
        "highest_score_of_these": max((one.score for one in by_chance), default=0.0),
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    return 0


def watched(name: str, flashes_s: np.ndarray, begins_s: float, lasts_s: float, rng: np.random.Generator) -> Watched:
    """Brightness and change of every picture of one camera."""
    at_s = np.arange(0, lasts_s, 1 / float(rng.choice([25, 30])))
    bright = 90 + 15 * np.sin(at_s * rng.uniform(0.3, 1.0) + rng.uniform(0, 6)) + rng.normal(0, 0.8, len(at_s))
    change = np.abs(rng.normal(2, 0.7, len(at_s))) + 2 * np.abs(np.sin(at_s * rng.uniform(0.7, 2) + rng.uniform(0, 6)))
    seen = rng.uniform(15, 60)
    for flash_s in flashes_s - begins_s:
        lit = np.clip(1 - (at_s - flash_s) / 0.12, 0, 1) * (at_s >= flash_s)
        bright += seen * lit
        change += seen / 2 * np.abs(np.diff(lit, prepend=0.0))
    return Watched(
        item=ItemId(name),
        at_s=at_s,
        brightness=np.clip(np.rint(bright), 0, 255).astype(np.uint8),
        change=change.astype(np.float32),
    )
