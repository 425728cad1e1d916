"""Items that play for hours: what seeking in them and with them costs, and whether what they share is found whole.

python -m bench copies.hours --hours 6

A stream of so many hours is put together from the prints of real clips in drawn order, as sparse as an examiner makes
it (fingerprint: looks and trail thinned by length). Asked are some of the clips against it, it against some clips, and
half of it against the whole.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.copies.corpus import Corpus
from bench.copies.takes import stretch
from bench.machine import corpus_digest, machine, media_folder, peak_memory_bytes
from firsthand.examine.fingerprint import FingerprintSettings
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import FineFeatures, Print
from firsthand.model.ids import ItemId, item_id
from firsthand.model.links import CopyFound

SHORTEST_S, LONGEST_S = 5.0, 25.0
CLIPS = 5
HALF = 0.17, 0.67


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.hours", description=__doc__)
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-copies")
    options = parser.parse_args(arguments)
    corpus = Corpus([media_folder() / "clips", media_folder() / "copies-tmk"], cache=options.cache)
    clips = [made for one in corpus.references() if one.seconds > SHORTEST_S and (made := one.print()) is not None]
    stream = streamed(clips, hours=options.hours, rng=np.random.default_rng(options.seed))
    half_s = HALF[0] * stream.end_s, HALF[1] * stream.end_s
    asked = [replace(one, item=_named(one.item)) for one in clips if one.end_s < LONGEST_S][:CLIPS]
    before = peak_memory_bytes()
    seeker, whole, few = CopySeeker(), PrintIndex([stream]), PrintIndex(asked)
    took_s, found = zip(*(_timed(seeker, one, whole) for one in asked), strict=True)
    stream_s, of_stream = _timed(seeker, stream, few)
    part_s, of_part = _timed(seeker, stretch(stream, *half_s, name="half of the stream"), whole)
    result = {
        "bench": "copies.hours", "machine": machine(), "corpus_sha256": corpus_digest(corpus.files),
        "hours": options.hours, "looks": stream.frames, "trail": len(stream.trail),
        "clips_asked": len(asked), "clips_found": sum(any(_whole(one, of) for one in of_it) for of, of_it in
                                                      zip(asked, found, strict=True)),
        "clip_cpu_s_most": round(max(took_s), 1),
        "stream_asked_cpu_s": round(stream_s, 1), "clips_found_by_it": len({one.b.item for one in of_stream}),
        "half_asked_cpu_s": round(part_s, 1),
        "half_found": [[round(one.b.start_s, 1), round(one.b.end_s, 1)] for one in of_part],
        "half_true": [round(one, 1) for one in half_s],
        "peak_before_mb": round(before / 1e6), "peak_mb": round(peak_memory_bytes() / 1e6),
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    return 0


def streamed(clips: Sequence[Print], *, hours: float, rng: np.random.Generator) -> Print:
    """One print that shows clips in drawn order for so many hours."""
    settings = FingerprintSettings()
    looks_s = _thinned(settings.every_s, 3600 * hours / settings.every_s, settings.most_looks)
    trail_s = _thinned(settings.trail.every_s, 3600 * hours / settings.trail.every_s, settings.trail.most)
    parts: list[Print] = []
    at_s, looked_s, trailed_s = 0.0, -looks_s, -trail_s
    while at_s < 3600 * hours:
        clip = clips[int(rng.integers(len(clips)))]
        frames = _spaced(clip.frame_s + at_s, looked_s, looks_s)
        steps = _spaced(clip.trail_s + at_s, trailed_s, trail_s)
        parts.append(_frames(clip, frames, steps, later_s=at_s))
        looked_s = float(parts[-1].frame_s[-1]) if len(frames) else looked_s
        trailed_s = float(parts[-1].trail_s[-1]) if len(steps) else trailed_s
        at_s += clip.end_s
    counts = np.concatenate([np.diff(one.frame_first) for one in parts])

    def of_all(name: str) -> Any:
        return np.concatenate([getattr(one, name) for one in parts])

    return replace(
        parts[0],
        item=_named("stream"), end_s=at_s, size_px=(320.0, 180.0), frame_s=of_all("frame_s"),
        frame_first=np.concatenate([[0], np.cumsum(counts)]), code=of_all("code"), mirrored=of_all("mirrored"),
        xy=of_all("xy"), diameter_px=of_all("diameter_px"), angle=of_all("angle"), trail_s=of_all("trail_s"),
        trail=of_all("trail"), pdq=of_all("pdq"), pdq_quality=of_all("pdq_quality"),
    )  # fmt: skip


def _thinned(every_s: float, count: float, most: int) -> float:
    while count > most:
        every_s, count = 2 * every_s, count / 2
    return every_s


def _spaced(at_s: NDArray[Any], last_s: float, every_s: float) -> NDArray[Any]:
    kept = []
    for number, second in enumerate(at_s.tolist()):
        if second - last_s >= every_s - 1e-6:
            kept.append(number)
            last_s = second
    return np.array(kept, np.int64)


def _frames(one: Print, frames: NDArray[Any], steps: NDArray[Any], *, later_s: float) -> Print:
    """The print of some of its frames and trail pictures, without what only whole clips have."""
    counts = np.diff(one.frame_first)[frames]
    of_frame = np.repeat(np.arange(one.frames), np.diff(one.frame_first))
    rows = np.flatnonzero(np.isin(of_frame, frames))
    nothing = np.zeros(0)
    return replace(
        one,
        picture_packets=(), sound_packets=(), cuts_s=(), overlays=(), fine=FineFeatures(), looked_s=nothing,
        colour=np.zeros((0, 8, 8, 2), np.uint8), detail=np.zeros((0, 5), np.float32), mel=np.zeros((0, 0), np.uint8),
        between_s=nothing, between=np.zeros((0, 32, 32), np.uint8),
        frame_s=one.frame_s[frames] + later_s, frame_first=np.concatenate([[0], np.cumsum(counts)]),
        code=one.code[rows], mirrored=one.mirrored[rows], xy=one.xy[rows], diameter_px=one.diameter_px[rows],
        angle=one.angle[rows], trail_s=one.trail_s[steps] + later_s, trail=one.trail[steps],
        pdq=one.pdq[frames], pdq_quality=one.pdq_quality[frames],
    )  # fmt: skip


def _timed(seeker: CopySeeker, query: Print, index: PrintIndex) -> tuple[float, tuple[CopyFound, ...]]:
    begun = time.process_time()
    found = seeker.seek(query, index)
    return time.process_time() - begun, found


def _whole(found: CopyFound, clip: Print) -> bool:
    return found.verdict == "copy" and found.a.end_s - found.a.start_s >= 0.8 * clip.end_s


def _named(name: str) -> ItemId:
    return item_id(sha256(name.encode()).hexdigest())
