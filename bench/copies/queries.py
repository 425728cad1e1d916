"""Copies under edits: macro recall, false pairs, segments, named edits and speed, beside the peers.

python -m bench copies.queries --half reporting --rounds 4

Rounds can be shared out: each process keeps its answers (--first-round N --keep FILE), and --joined FILE… sums them up.
The traps themselves are asked by the one that begins at round 0.
"""

import argparse
import json
import pickle
import tempfile
import time
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

from bench.copies.corpus import Corpus, Query
from bench.copies.peers import scores
from bench.copies.score import Answer, report
from bench.machine import corpus_digest, machine, media_folder, peak_memory_bytes
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex

STRANGERS_SEED = 99


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.queries", description=__doc__)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning")
    parser.add_argument("--rounds", type=int, default=1, help="windows of each source (1)")
    parser.add_argument("--first-round", type=int, default=0, help="leave out the rounds before this (0)")
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th query (1)")
    parser.add_argument("--parts", type=int, default=1, help="how many such portions, one after the other (1)")
    parser.add_argument("--minutes", type=float, help="report what was asked when so much time has gone by")
    parser.add_argument("--seed", type=int, help="of all draws (tuning 1, reporting 2)")
    parser.add_argument("--clips", type=Path, action="append", help="a folder of clips instead of the sample media")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-copies")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-traps", action="store_true", help="leave the traps out, for a quick look")
    parser.add_argument("--misses", action="store_true", help="name every miss, false pair and wrong name")
    parser.add_argument(
        "--strangers", type=int, default=0, help="edited clips of the other half's sources among the items (0)"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the answers here")
    parser.add_argument(
        "--joined", type=Path, nargs="+", metavar="FILE", help="report on kept answers, and ask nothing"
    )
    options = parser.parse_args(arguments)
    folders = options.clips or [media_folder() / "clips", media_folder() / "copies-tmk"]
    corpus = Corpus(folders, cache=options.cache)
    seed = options.seed or (1 if options.half == "tuning" else 2)

    references = corpus.references()
    traps = corpus.traps() if not options.no_traps else []
    other = "tuning" if options.half == "reporting" else "reporting"
    strangers = islice(corpus.queries(other, rounds=1, seed=STRANGERS_SEED, every=4), options.strangers)
    families, name, prints = {}, {}, []
    for examined, own in chain(
        ((one, frozenset({one.family})) for one in references),
        ((one.examined, one.families) for one in chain(traps, strangers)),
    ):
        families[examined.item], name[examined.item] = own, examined.name
        made = examined.print()
        if made is not None:
            prints.append(made)
    seeker = CopySeeker()
    peered = [*references, *(one.examined for one in traps)]
    trapping = {one.examined.item for one in traps}

    @cache
    def among(shown: frozenset[str]) -> PrintIndex:
        """All items but traps of the same footage: copies as good as the source, which take time and count nothing."""
        return PrintIndex(one for one in prints if one.item not in trapping or not families[one.item] & shown)

    def told(answers: list[Answer], trapped: list[Answer]) -> int:
        figures = report(answers, trapped, families=families, name=name, misses=options.misses)
        result = {
            "bench": "copies.queries",
            "half": options.half,
            "seed": seed,
            "rounds": options.rounds,
            "machine": machine(),
            "corpus_sha256": corpus_digest(corpus.files),
            "items": len(prints),
            "peak_memory_bytes": peak_memory_bytes(),
        }
        print(json.dumps(result | figures))
        return 0

    if options.joined:
        kept = [pickle.loads(path.read_bytes()) for path in options.joined]
        return told(
            [answer for one, _ in kept for answer in one], [answer for _, trapped in kept for answer in trapped]
        )

    def asked(query: Query) -> Answer:
        begun = time.process_time()
        made = query.examined.print()
        found = seeker.seek(made, among(query.families)) if made is not None else ()
        took_s = time.process_time() - begun
        peers = {}
        if not options.no_peers:
            peers = {one.item: scores(query.examined.peer, one.peer) for one in peered}
        return Answer(query=query, found=found, peers=peers, took_s=took_s)

    answers = []
    begun = time.monotonic()
    portions = (
        corpus.queries(
            options.half,
            rounds=options.rounds,
            seed=seed,
            every=options.every,
            part=part,
            first_round=options.first_round,
        )
        for part in range(min(options.parts, options.every))
    )
    for number, query in enumerate(chain.from_iterable(portions)):
        if options.minutes is not None and time.monotonic() - begun > 60 * options.minutes:
            break
        answers.append(asked(query))
        if number % 50 == 49:
            print(f"{number + 1} queries", flush=True)
    trapped = [asked(trap) for trap in traps] if options.first_round == 0 else []
    if options.keep:
        options.keep.write_bytes(pickle.dumps(([_slim(one) for one in answers], [_slim(one) for one in trapped])))
    return told(answers, trapped)


def _slim(one: Answer) -> Answer:
    """Without all that was only needed to ask."""
    return replace(one, query=replace(one.query, examined=replace(one.query.examined, outcomes={})))
