"""Copy or another take of the same scene: how often the verdict is right where it decides.

python -m bench copies.takes --half tuning: edited queries against their source as it is (copies), and against the
source without the stretch they show (another stretch of the same recording, the same place and camera, often the same
things moving); and all pairs of the signer's clips, one room and one camera and other words.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import numpy as np

from bench.copies.corpus import Corpus, Query
from bench.copies.score import Answer, is_hit, wilson
from bench.machine import corpus_digest, machine, media_folder
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import FineFeatures, Print
from firsthand.model.ids import item_id
from firsthand.model.links import CopyFound

SIGNER = "sample-videos__"
APART_S = 0.5  # left out beside the stretch that a query shows
SHORTEST_S = 2.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.takes", description=__doc__)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="only every n-th query (1)")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-copies")
    parser.add_argument("--misses", action="store_true", help="name every wrong verdict")
    options = parser.parse_args(arguments)
    corpus = Corpus([media_folder() / "clips", media_folder() / "copies-tmk"], cache=options.cache)
    seed = options.seed or (1 if options.half == "tuning" else 2)
    known = {one.name: made for one in corpus.references() if (made := one.print()) is not None}
    seeker = CopySeeker()
    copies, takes = Counter[str](), Counter[str]()
    for query in corpus.queries(options.half, rounds=options.rounds, seed=seed, every=options.every):
        made, source = query.examined.print(), known[query.source]
        if made is None:
            continue
        found = seeker.seek(made, PrintIndex([source]))
        hit = is_hit(Answer(query=query, found=found, peers={}, took_s=0), source.item)
        copies["copy" if hit else _verdict(found)] += 1
        rest = list(elsewhere(source, query))
        if rest:
            verdict = _verdict(seeker.seek(made, PrintIndex(rest)))
            takes[verdict] += 1
            if options.misses and verdict == "copy":
                print(f"called a copy: {query.recipe} of {query.source} and the rest of it")
    signers = [one for name, one in known.items() if name.startswith(SIGNER) and name.endswith(".mkv")]
    for a, b in combinations(signers, 2):
        takes[_verdict(seeker.seek(b, PrintIndex([a])))] += 1
    result = {
        "bench": "copies.takes",
        "half": options.half,
        "seed": seed,
        "machine": machine(),
        "corpus_sha256": corpus_digest(corpus.files),
        "copies": dict(copies),
        "other_takes": dict(takes),
        **balanced(copies, takes),
    }
    print(json.dumps(result))
    return 0


def balanced(copies: Counter[str], takes: Counter[str]) -> dict[str, object]:
    """Balanced accuracy over the pairs that were decided (copy or another take), and how many were."""
    right_copies, of_copies = copies["copy"], copies["copy"] + copies["same_scene_other_take"]
    right_takes, of_takes = takes["same_scene_other_take"], takes["copy"] + takes["same_scene_other_take"]
    return {
        "balanced_accuracy": round((right_copies / max(1, of_copies) + right_takes / max(1, of_takes)) / 2, 4),
        "copies_decided": f"{of_copies} of {copies.total()}",
        "takes_decided": f"{of_takes} of {takes.total()}",
        "takes_called_copy": takes["copy"],
        "takes_called_copy_interval": [round(edge, 4) for edge in wilson(takes["copy"], max(1, takes.total()))],
    }


def elsewhere(source: Print, query: Query) -> Iterator[Print]:
    """What is left of a source without the stretch that a query shows: up to two prints, from zero each."""
    ends = [at_s for one in query.shown for at_s in (one.source_s, one.source_at(one.end_s))]
    for part, (start_s, end_s) in enumerate(((0.0, min(ends) - APART_S), (max(ends) + APART_S, source.end_s))):
        if end_s - start_s >= SHORTEST_S:
            yield stretch(source, start_s, end_s, name=f"{source.item} {part}")


def stretch(one: Print, start_s: float, end_s: float, *, name: str) -> Print:
    """A stretch of a print as a print of its own."""
    frames = np.flatnonzero((one.frame_s >= start_s) & (one.frame_s < end_s))
    first, last = (int(frames[0]), int(frames[-1]) + 1) if len(frames) else (0, 0)
    part = slice(int(one.frame_first[first]), int(one.frame_first[last]))
    kept, between = ((at_s >= start_s) & (at_s < end_s) for at_s in (one.trail_s, one.between_s))
    return replace(
        one,
        item=item_id(sha256(name.encode()).hexdigest()),
        end_s=end_s - start_s,
        frame_s=one.frame_s[first:last] - start_s,
        frame_first=one.frame_first[first : last + 1] - one.frame_first[first],
        code=one.code[part],
        mirrored=one.mirrored[part],
        xy=one.xy[part],
        diameter_px=one.diameter_px[part],
        angle=one.angle[part],
        trail_s=one.trail_s[kept] - start_s,
        trail=one.trail[kept],
        between_s=one.between_s[between] - start_s,
        between=one.between[between],
        fine=_fine(one.fine, first, last),
    )


def _fine(fine: FineFeatures, first: int, last: int) -> FineFeatures:
    rows = np.flatnonzero((fine.frame >= first) & (fine.frame < last))
    if not len(rows):
        return FineFeatures()
    part = slice(int(fine.first[rows[0]]), int(fine.first[rows[-1] + 1]))
    return FineFeatures(
        frame=fine.frame[rows] - first,
        first=fine.first[rows[0] : rows[-1] + 2] - fine.first[rows[0]],
        code=fine.code[part],
        mirrored=fine.mirrored[part],
        xy=fine.xy[part],
        diameter_px=fine.diameter_px[part],
        angle=fine.angle[part],
    )


def _verdict(found: tuple[CopyFound, ...]) -> str:
    for verdict in ("copy", "same_scene_other_take", "undecidable"):
        if any(one.verdict == verdict for one in found):
            return verdict
    return "nothing"
