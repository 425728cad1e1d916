"""How long a case of many clips takes from stored soundprints to moments, and how that grows.

Clips of 30 s in groups of five that share a scene; soundprints and kept sounds are made of noise bursts without
codecs, because only the comparing is measured.
"""

import argparse
import json
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.machine import machine, peak_memory_bytes
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.link.moments import plan_moments
from firsthand.link.offsets import Listened, OffsetSeeker
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId, TakeId
from firsthand.model.moments import Offset
from firsthand.model.outcomes import Found

RATE, SECONDS, GROUP = 16_000, 30, 5
NOTHING_ELSE = Decoded(
    format_name="wav", duration_s=None, bit_rate=None, streams=(), tags=(), readers=(), notes=(), telemetry=(),
    packets_sha256=(), edit_lists=(), picture_stream=None, sound_stream=0, still=False, zero_s=0.0, frames=0,
    pictures_end_s=0.0, sound_end_s=0.0, damaged_frames=0, picture_error="", sound_error="",
)  # fmt: skip


class Remade:
    """Sounds made again from their seeds when asked for. Implements link.offsets.Sounds."""

    def samples(self, item: ItemId) -> NDArray[np.float32] | None:
        return clip(int(item))


def clip(number: int) -> NDArray[np.float32]:
    """The sound of a clip: its scene's, from a begin of its own, with a hiss of its own."""
    scene = np.random.default_rng(number // GROUP)
    own = np.random.default_rng(1_000_000 + number)
    length = (SECONDS + 25) * RATE
    loud = np.repeat(scene.exponential(1.0, length // 1600) ** 2, 1600)
    sound = scene.standard_normal(len(loud)).astype(np.float32) * loud
    first = int(own.uniform(0, 20) * RATE)
    part = sound[first : first + SECONDS * RATE]
    return np.asarray(0.03 * (part + own.standard_normal(len(part))), np.float32)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.scale", description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=[125, 250, 500, 1000])
    for count in parser.parse_args(arguments).clips:
        heard = [listened(number) for number in range(count)]
        started, cpu = time.perf_counter(), time.process_time()
        found = list(OffsetSeeker().seek(heard, fresh={one.item for one in heard}, sounds=Remade()))
        plan = plan_moments(
            CaseId("case"),
            takes={one.item: TakeId(one.item) for one in heard},
            offsets=[
                Offset(id=OffsetId(str(n)), case=CaseId("case"), found=one, made_by=None, state="suggested", version=0)
                for n, one in enumerate(found)
            ],
            existing=(),
            lengths_s={},
            mint=lambda: MomentId("moment"),
        )
        result = {
            "bench": "moments.scale",
            "machine": machine(),
            "clips": count,
            "elapsed_s": round(time.perf_counter() - started, 1),
            "cpu_s": round(time.process_time() - cpu, 1),
            "offsets": len(found),
            "moments": len(plan.shaped),
            "peak_memory_bytes": peak_memory_bytes(),
        }
        print(json.dumps(result), flush=True)
    return 0


def listened(number: int) -> Listened:
    """The soundprint of a clip."""
    examiner, samples = SoundprintExaminer(), clip(number)
    examiner.hear(SoundBlock(at_s=0.0, samples=samples, clipped=0, counted=len(samples), peak=1.0))
    outcome = examiner.finish(NOTHING_ELSE)
    if not isinstance(outcome, Found) or not isinstance(outcome.value, SoundprintFacts):
        raise SystemExit("no soundprint")
    mel = outcome.array("mel")
    return Listened(
        item=ItemId(f"{number:06}"),
        first_s=outcome.value.first_s,
        column_s=outcome.value.column_s,
        mel=np.frombuffer(mel.data, np.uint8).reshape(mel.shape),
    )
