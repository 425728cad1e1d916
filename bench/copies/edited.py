"""Edited copies of the sample media sought among all of it: how many are found where they are, and false pairs.

python -m bench copies.edited --half 0|1: sources are halved by name, so that what was reasoned on one half is
checked on the other. Edits are made on the first seconds of each source, in memory, and not encoded again but for
the edit called `reencoded`.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.copies.edits import EDITS, EditedClip, Frames
from bench.copies.sample import PICTURES, known_copies, picture_print
from bench.machine import corpus_digest, machine, media_folder
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print, print_of
from firsthand.media.decode import Pass
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.model.findings import ContainerFacts
from firsthand.model.ids import ItemId, item_id
from firsthand.model.links import CopyFound
from firsthand.model.outcomes import Found

BLACK = "media__long_1080p_lowbitrate.mp4"


class Drawn:
    """A picture in memory, as examiners see one."""

    def __init__(self, index: int, at_s: float, pixels: NDArray[np.uint8]) -> None:
        self.index, self.at_s, self.pixels = index, at_s, pixels
        self.height_px, self.width_px = pixels.shape
        self.key_frame = self.damaged = False

    def luma(self, step: int) -> NDArray[np.uint8]:
        return self.pixels[::step, ::step]

    def grey(self, long_side_px: int) -> NDArray[np.uint8]:
        scale = long_side_px / max(self.pixels.shape)
        if scale >= 1:
            return self.pixels
        size = (max(1, round(self.width_px * scale)), max(1, round(self.height_px * scale)))
        return np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

    def square(self, side_px: int) -> NDArray[np.uint8]:
        return np.asarray(cv2.resize(self.pixels, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)

    def colours(self, cells: int) -> NDArray[np.uint8]:
        return np.full((cells, cells, 2), 128, np.uint8)

    def rgb(self, long_side_px: int) -> NDArray[np.uint8]:
        return np.repeat(self.grey(long_side_px)[:, :, None], 3, axis=2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.edited", description=__doc__)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=8.0, help="how much of each source is edited (8)")
    parser.add_argument("--every", type=int, default=1, help="only every n-th source of the half, for a quick look (1)")
    options = parser.parse_args(arguments)
    media = media_folder()
    found = sorted(path for part in ("clips", "copies-tmk") for path in (media / part).iterdir())
    files = [path for path in found if path.suffix.lower() in PICTURES and path.name != BLACK]
    known = known_copies(media)
    index = PrintIndex([picture_print(path) for path in files])
    names = {one.item: path.name for one, path in zip(index.prints(), files, strict=True)}
    sources = _one_a_family(files, known)[options.half :: 2][:: options.every]
    hits, queries, false, spent_s, pairs = Counter[str](), Counter[str](), [], 0.0, 0
    for number, path in enumerate(sources):
        frames = list(_frames(path, options.seconds))
        if len(frames) < 2 or frames[-1][0] < 2.0:
            continue
        for edit in EDITS:
            made = edit(frames, np.random.default_rng([options.seed, number, len(edit.__name__)]))
            query = _print(made.frames)
            begun = time.process_time()
            answers = CopySeeker().seek(query, index)
            spent_s += time.process_time() - begun
            queries[edit.__name__] += 1
            pairs += len(files)
            verdicts = [f"{one.verdict} {one.score:.2f}" for one in answers if names[one.b.item] == path.name]
            if any(_is_hit(one, made) for one in answers if names[one.b.item] == path.name):
                hits[edit.__name__] += 1
            else:
                print(f"missed {edit.__name__:<26} {path.name}: {', '.join(verdicts) or 'nothing'}")
            for one in answers:
                other = names[one.b.item]
                if one.verdict == "copy" and other != path.name and frozenset((other, path.name)) not in known:
                    false.append((edit.__name__, path.name, other, round(one.score, 2)))
    for name, count in queries.items():
        print(f"{name:<28} {hits[name]:3d} of {count}")
    recall = sum(hits[name] / count for name, count in queries.items()) / max(1, len(queries))
    result = {
        "bench": "copies.edited", "machine": machine(), "corpus_sha256": corpus_digest(files), "half": options.half,
        "seed": options.seed, "sources": len(sources), "queries": sum(queries.values()), "pairs": pairs,
        "macro_recall": round(recall, 4), "false_pairs": false,
        "seek_cpu_s_a_query": round(spent_s / max(1, sum(queries.values())), 3),
    }  # fmt: skip
    print(json.dumps(result))
    return 0


def _one_a_family(files: list[Path], known: frozenset[frozenset[str]]) -> list[Path]:
    kept: list[Path] = []
    for path in files:
        if not any(frozenset((path.name, other.name)) in known for other in kept):
            kept.append(path)
    return kept


def _frames(path: Path, seconds: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    with path.open("rb") as file:
        for given in Pass(file.fileno()):
            if isinstance(given, SoundBlock):
                continue
            if given.at_s > seconds:
                return
            yield given.at_s, given.grey(640).copy()


def _print(frames: Frames) -> Print:
    examiner = FingerprintExaminer()
    for number, (at_s, pixels) in enumerate(frames):
        examiner.see(Drawn(number, at_s, pixels))
    nothing_else = _container(frames[-1][0])
    found = print_of(_QUERY, {"fingerprint": examiner.finish(_decoded(frames)), "container": Found(value=nothing_else)})
    assert found is not None
    return found


_QUERY: ItemId = item_id("0" * 64)


def _container(duration_s: float) -> ContainerFacts:
    return ContainerFacts(
        format_name="", duration_s=duration_s, bit_rate=None, streams=(), tags=(), times=(), positions=(), device="",
        rewritten_by=(), edit_lists=(), readers=(), packets_sha256=(), notes=(),
    )  # fmt: skip


def _decoded(frames: Frames) -> Decoded:
    return Decoded(
        format_name="drawn", duration_s=frames[-1][0], bit_rate=None, streams=(), tags=(), readers=(), notes=(),
        telemetry=(), packets_sha256=(), edit_lists=(), picture_stream=0, sound_stream=None, still=False, zero_s=0.0,
        frames=len(frames), pictures_end_s=frames[-1][0], sound_end_s=0.0, damaged_frames=0, picture_error="",
        sound_error="",
    )  # fmt: skip


def _is_hit(one: CopyFound, made: EditedClip) -> bool:
    """The right place within a second, over half of what was edited."""
    middle_s = (one.a.start_s + one.a.end_s) / 2
    start_b_s = one.b.start_s if one.speed > 0 else one.b.end_s
    in_source_s = start_b_s + (middle_s - one.a.start_s) / one.speed
    covered = (one.a.end_s - one.a.start_s) / (made.end_s - made.start_s)
    right = abs(in_source_s - (made.speed * middle_s + made.offset_s)) <= 1.0
    return one.verdict == "copy" and right and covered >= 0.5
