"""Moments of simulated phones: how many pairs are linked, how many wrongly, and how wide the intervals must be.

All pairs of one half of the material are sought at once, as in one case. A pair is right when its offset is within
50 ms + 30 m / 343 m/s of the truth: phones stand up to 30 m apart, and the sound they share needs that long. No
recording of one half is in the other; what decides was chosen on `tuning` alone.
"""

import argparse
import hashlib
import json
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.machine import machine, peak_memory_bytes
from bench.moments import peers
from bench.moments.listening import Kept, Take, listened_to
from bench.moments.scenes import REPORTING, TUNING, clips, overlap_s
from firsthand.link.moments import plan_moments
from firsthand.link.offsets import OffsetSeeker
from firsthand.model.ids import CaseId, MomentId, OffsetId, TakeId
from firsthand.model.moments import Offset, OffsetFound

RIGHT_S = 0.05 + 30 / 343


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two clips, what is true of them, and what was found."""

    a: Take
    b: Take
    found: OffsetFound | None

    @property
    def shared_s(self) -> float:
        return overlap_s(self.a.phone, self.b.phone)

    @property
    def true_s(self) -> float:
        return self.b.phone.begins_s - self.a.phone.begins_s

    @property
    def snr_db(self) -> float:
        return min(self.a.phone.snr_db, self.b.phone.snr_db)

    @property
    def error_s(self) -> float:
        return abs(self.found.offset_s - self.true_s) if self.found else float("inf")

    @property
    def linked(self) -> bool:
        return self.found is not None and self.found.link == "strong"

    @property
    def right(self) -> bool:
        return self.error_s <= RIGHT_S

    @property
    def eligible(self) -> bool:
        """Of those the promise speaks of: 3 s or more shared, noise no louder than the scene."""
        return self.shared_s >= 3 and self.snr_db >= 0

    def has(self, word: str) -> bool:
        return self.a.phone.kind == word and self.a.phone.scene == self.b.phone.scene

    @property
    def walks(self) -> bool:
        return self.a.phone.walks or self.b.phone.walks

    @property
    def together(self) -> bool:
        return "together" in self.a.phone.scene


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.measure", description=__doc__)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="reporting")
    parser.add_argument("--keep", metavar="FILE", help="keep the clips as they were heard here, or take them from here")
    parser.add_argument("--peers", metavar="DIR", help="run the peers on the same pairs, in venvs made in this folder")
    parser.add_argument("--nothing", type=int, default=300, help="pairs that share nothing which peers are asked about")
    options = parser.parse_args(arguments)
    takes = heard_takes(options.half, options.keep)
    started = time.process_time()
    found = list(OffsetSeeker().seek([t.heard for t in takes], fresh={t.heard.item for t in takes}, sounds=Kept(takes)))
    cpu_s = time.process_time() - started
    pairs = all_pairs(takes, found)
    result = {
        "bench": f"moments.{options.half}",
        "machine": machine(),
        "corpus_sha256": digest(takes),
        "clips": len(takes),
        **summed_up(pairs),
        "through_graph": through_graph(takes, pairs, found),
        "cpu_s": round(cpu_s, 1),
        "peak_memory_bytes": peak_memory_bytes(),
        "kept_sound_bytes_a_second": round(sum(len(t.flac) for t in takes) / sum(t.phone.lasts_s for t in takes)),
    }
    if options.peers:
        result["peers"] = beside_peers(takes, pairs, Path(options.peers), options.nothing)
    print(json.dumps(result, indent=1))
    return 0


def heard_takes(half: str, keep: str | None) -> list[Take]:
    """The clips of a half as they were heard; made now, or taken from the file where they were kept."""
    if keep and Path(keep).exists():
        kept: list[Take] = pickle.loads(Path(keep).read_bytes())
        return kept
    takes = list(listened_to(clips(TUNING if half == "tuning" else REPORTING)))
    if keep:
        Path(keep).write_bytes(pickle.dumps(takes))
    return takes


def digest(takes: Sequence[Take]) -> str:
    """SHA-256 in hex over what was heard."""
    whole = hashlib.sha256()
    for take in takes:
        whole.update(take.flac)
    return whole.hexdigest()


def all_pairs(takes: Sequence[Take], found: Sequence[OffsetFound]) -> list[Pair]:
    by_ends = {(one.a, one.b): one for one in found}
    return [
        Pair(a=a, b=b, found=by_ends.get((a.heard.item, b.heard.item)))
        for number, a in enumerate(takes)
        for b in takes[number + 1 :]
    ]


def summed_up(pairs: Sequence[Pair]) -> dict[str, object]:
    """The numbers of bench/RESULTS.md."""
    plain = [p for p in pairs if p.has("plain") and p.eligible]
    still = [p for p in plain if not p.walks]
    walking = [p for p in plain if p.walks]
    nothing = [p for p in pairs if p.shared_s == 0 and not p.has("repeat")]
    repeat = [p for p in pairs if p.has("repeat") and p.eligible]
    never = [p for p in pairs if p.has("repeat") and p.shared_s == 0]
    confident = [p for p in repeat if p.linked]
    unsure = [p for p in repeat if p.found and p.found.link == "ambiguous"]
    music = [p for p in pairs if p.has("music") and p.eligible]
    strong = [p for p in pairs if p.linked and p.shared_s > 0 and not p.together]
    exact = [p for p in pairs if p.linked and p.together and p.shared_s >= 3 and p.right]
    errors_ms = sorted(1000 * p.error_s for p in exact)
    return {
        "pairs": len(pairs),
        "plain": _share([p.linked and p.right for p in plain]),
        "plain_coarse_or_better": _share([p.found is not None and p.right for p in plain]),
        "plain_linked_wrong": _share([p.linked and not p.right for p in plain]),
        "plain_standing": _share([p.linked and p.right for p in still]),
        "plain_walking": _share([p.linked and p.right for p in walking]),
        "plain_by_snr": {
            str(snr): _share(
                [p.linked and p.right for p in pairs if p.has("plain") and p.shared_s >= 3 and p.snr_db == snr]
            )
            for snr in (20.0, 10.0, 5.0, 0.0, -5.0)
        },
        "plain_under_3_s": _share([p.linked and p.right for p in pairs if p.has("plain") and 0 < p.shared_s < 3]),
        "sharing_nothing_linked": _share([p.linked for p in nothing]),
        "sharing_nothing_ambiguous": _share([p.found is not None and p.found.link == "ambiguous" for p in nothing]),
        "repeat_linked_right": _share([p.linked and p.right for p in repeat]),
        "repeat_linked_wrong": _share([p.linked and not p.right for p in repeat]),
        "repeat_wrong_of_linked": _share([not p.right for p in confident]),
        "repeat_truth_among_candidates": _share(
            [any(abs(c - p.true_s) <= RIGHT_S for c in p.found.candidates_s) for p in unsure if p.found]
        ),
        "repeat_answered_or_among_candidates": _share(
            [
                (p.linked and p.right)
                or (p.found is not None and any(abs(c - p.true_s) <= RIGHT_S for c in p.found.candidates_s))
                for p in repeat
            ]
        ),
        "repeat_not_overlapping_linked": _share([p.linked for p in never]),
        "music_linked_right": _share([p.linked and p.right for p in music]),
        "music_linked_wrong": _share([p.linked and not p.right for p in music]),
        "interval_holds": _share([p.error_s <= p.found.plus_minus_s for p in strong if p.found and p.right]),
        "interval_median_s": _median([p.found.plus_minus_s for p in strong if p.found]),
        "alignment_holds": _share([p.error_s <= p.found.alignment_plus_minus_s for p in exact if p.found]),
        "alignment_median_plus_minus_ms": _median([1000 * p.found.alignment_plus_minus_s for p in exact if p.found]),
        "alignment_error_ms_median_90": [round(_median(errors_ms), 3), round(_at(errors_ms, 0.9), 3)],
    }


def beside_peers(takes: Sequence[Take], pairs: Sequence[Pair], folder: Path, nothing: int) -> dict[str, object]:
    """firsthand and its peers on the same pairs: all plain and repeated ones of clips under a minute, and a draw of
    those that share nothing."""
    place = {take.heard.item: number for number, take in enumerate(takes)}
    short = [p for p in pairs if max(p.a.phone.lasts_s, p.b.phone.lasts_s) <= peers.LONGEST_S]
    plain = [p for p in short if p.has("plain") and p.eligible]
    repeated = [p for p in short if p.has("repeat") and (p.eligible or p.shared_s == 0)]
    apart = [p for p in short if p.shared_s == 0 and not p.has("repeat")]
    chosen = np.random.default_rng(8).choice(len(apart), size=min(nothing, len(apart)), replace=False)
    asked = [*plain, *repeated, *(apart[n] for n in chosen)]
    is_plain = [n < len(plain) for n in range(len(asked))]
    is_nothing = [n >= len(plain) + len(repeated) for n in range(len(asked))]
    linked = [p.linked and p.right for p in plain]
    of_firsthand: dict[str, object] = {
        "offset_right": _share([p.found is not None and p.right for p in plain]),
        "accepted": _share(linked),
        "accepted_wrongly": int(sum(p.linked and not p.right for p in asked)),
    }
    said = peers.answers(takes, [(place[p.a.heard.item], place[p.b.heard.item]) for p in asked], folder)
    out: dict[str, object] = {"pairs": [len(plain), len(repeated), len(chosen)], "firsthand": of_firsthand}
    for peer, rows in said.items():
        right = [
            p.shared_s > 0 and abs(row["offset_s"] - p.true_s) <= RIGHT_S for p, row in zip(asked, rows, strict=True)
        ]
        out[peer] = peers.summed_up(rows, right, is_plain, is_nothing)
    return out


def through_graph(takes: Sequence[Take], pairs: Sequence[Pair], found: Sequence[OffsetFound]) -> dict[str, object]:
    """Pairs of plain scenes whose two clips end up in one moment at the right places, and pairs wrongly joined."""
    plan = plan_moments(
        CaseId("case"),
        takes={take.heard.item: TakeId(take.heard.item) for take in takes},
        offsets=[
            Offset(id=OffsetId(str(n)), case=CaseId("case"), found=one, made_by=None, state="suggested", version=0)
            for n, one in enumerate(found)
        ],
        existing=(),
        lengths_s={take.heard.item: take.phone.lasts_s for take in takes},
        mint=lambda: MomentId("moment"),
    )
    at: dict[str, tuple[int, float]] = {}
    for number, shaped in enumerate(plan.shaped):
        at |= {one.item: (number, one.offset_s) for one in shaped.items}
    right = joined = wrong = 0
    eligible = [p for p in pairs if p.has("plain") and p.eligible]
    for p in pairs:
        a, b = at.get(p.a.heard.item), at.get(p.b.heard.item)
        if a is None or b is None or a[0] != b[0]:
            continue
        joined += 1
        off_s = abs(b[1] - a[1] - p.true_s)
        wrong += p.a.phone.scene != p.b.phone.scene or off_s > 3 * RIGHT_S
        right += p.has("plain") and p.eligible and off_s <= RIGHT_S
    return {"plain": [right, len(eligible)], "joined": joined, "wrong": wrong}


def _share(truths: Sequence[bool]) -> list[float | int]:
    return [round(float(np.mean(truths)), 4) if truths else 0.0, sum(truths), len(truths)]


def _median(numbers: Sequence[float]) -> float:
    return round(float(np.median(numbers)), 4) if numbers else 0.0


def _at(numbers: Sequence[float], share: float) -> float:
    return float(np.quantile(numbers, share)) if numbers else 0.0
