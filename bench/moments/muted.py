"""Muted clips by their pictures: how often flashes seen by two cameras give the right offset, and chance a wrong one.

Brightness and change a picture are made up as phones give them (exposure, panning, noise, 25 or 30 pictures a second);
scenes flash at random times, from once a second to once in five. Beside them real clips, of which no two families show
anything together (--clips DIR instead of the sample media).
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from bench.copies.corpus import Corpus, Examined
from bench.copies.takes import SIGNER
from bench.machine import corpus_digest, machine, media_folder
from firsthand.link.picture_offsets import Watched, picture_offsets
from firsthand.model.findings import PicturesFacts
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import Found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.muted", description=__doc__)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--draw", type=int, default=2, help="1: the material that the threshold was chosen on")
    parser.add_argument(
        "--clips", type=Path, action="append", help="a folder of real clips instead of the sample media"
    )
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
    folders = options.clips or [media_folder() / "clips", media_folder() / "copies-tmk"]
    corpus = Corpus(folders, cache=Path(tempfile.gettempdir()) / "firsthand-bench-copies")
    real = [pair for pair in combinations(corpus.references(), 2) if not one_family(*pair)]
    of_real = [(a, b) for a, b in ((pictures(p), pictures(q)) for p, q in real) if a and b]
    by_chance_of_real = list(picture_offsets(of_real))
    result = {
        "bench": "moments.muted", "machine": machine(), "draw": options.draw, "scenes": options.scenes,
        "suggested": told, "right": right, "wrong": wrong, "ambiguous": ambiguous,
        "pairs_that_share_nothing": len(apart), "of_these_suggested": len(by_chance),
        "highest_score_of_these": max((one.score for one in by_chance), default=0.0),
        "real_pairs_that_share_nothing": len(of_real), "of_these_real_suggested": len(by_chance_of_real),
        "highest_score_of_these_real": max((one.score for one in by_chance_of_real), default=0.0),
        "corpus_sha256": corpus_digest(corpus.files),
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    return 0


def one_family(a: Examined, b: Examined) -> bool:
    """Whether the two show one thing: copies, or the signer in her room, take after take."""
    return a.family == b.family or all(one.name.startswith(SIGNER) for one in (a, b))


def pictures(one: Examined) -> Watched | None:
    """What comparing pictures needs of a clip."""
    outcome = one.outcomes["pictures"]
    if not isinstance(outcome, Found) or not isinstance(outcome.value, PicturesFacts):
        return None
    return Watched(
        item=one.item,
        at_s=np.frombuffer(outcome.array("sampled_s").data, "<f8"),
        brightness=np.frombuffer(outcome.array("brightness").data, np.uint8),
        change=np.frombuffer(outcome.array("change").data, "<f4"),
    )


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
