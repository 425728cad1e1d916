"""How long a case of many clips takes from stored soundprints and kept sounds to moments, and how that grows.

Clips of 30 s, five phones a scene. `scenes`: simulated phones with places, rooms, noise and gain control, of the same
sources as the reporting half of moments.measure. `bursts`: bursts of noise on one clock, the worst there is: any two
clips fit somewhere. What is read is what an archive keeps: a soundprint and FLAC a clip.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.machine import machine, peak_memory_bytes
from bench.moments.phones import Phone, Source, heard
from bench.moments.sounds import PLAIN_REPORTING
from firsthand.app.kept_sounds import KeptSounds
from firsthand.examine.bulk import as_array
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.link.moments import plan_moments
from firsthand.link.offsets import Listened, OffsetSeeker
from firsthand.media.flac import as_flac
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.ids import CaseId, ItemId, MomentId, OffsetId, TakeId
from firsthand.model.moments import Offset
from firsthand.model.outcomes import Found
from firsthand.storage.soundtracks import FolderSoundtracks

RATE, SECONDS, GROUP, SCENE_S = 16_000, 30, 5, 55
NOTHING_ELSE = Decoded(
    format_name="wav", duration_s=None, bit_rate=None, streams=(), tags=(), readers=(), notes=(), telemetry=(),
    packets_sha256=(), edit_lists=(), picture_stream=None, sound_stream=0, still=False, zero_s=0.0, frames=0,
    pictures_end_s=0.0, sound_end_s=0.0, damaged_frames=0, picture_error="", sound_error="",
)  # fmt: skip
Samples = NDArray[np.float32]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.scale", description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=[125, 250, 500, 1000])
    parser.add_argument("--material", choices=("scenes", "bursts"), default="scenes")
    parser.add_argument("--at-once", type=int, default=2, help="threads that compare (2)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        kept = FolderSoundtracks(Path(made) / "derived" / "sound")
        listened = []
        for number, samples in enumerate((scenes if options.material == "scenes" else bursts)(max(options.clips))):
            kept.keep(name_of(number), as_flac(as_array(np.rint(samples * 32767), "i2")))
            listened.append(listened_to(number, samples))
        for count in options.clips:
            print(json.dumps(timed(listened[:count], kept, options.material, options.at_once)), flush=True)
    return 0


def timed(heard: Sequence[Listened], kept: FolderSoundtracks, material: str, at_once: int) -> dict[str, object]:
    """From soundprints to moments, once."""
    started, cpu = time.perf_counter(), time.process_time()
    fresh = {one.item for one in heard}
    found = list(OffsetSeeker().seek(heard, fresh=fresh, sounds=KeptSounds(kept), at_once=at_once))
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
    strong = [one for one in found if one.link == "strong"]
    moments = [{number_of(one.item) // GROUP for one in shaped.items} for shaped in plan.shaped]
    return {
        "bench": "moments.scale",
        "machine": machine(),
        "material": material,
        "clips": len(heard),
        "threads": at_once,
        "elapsed_s": round(time.perf_counter() - started, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
        "offsets": len(found),
        "strong": len(strong),
        "strong_between_scenes": sum(number_of(one.a) // GROUP != number_of(one.b) // GROUP for one in strong),
        "clips_placed": sum(len(shaped.items) for shaped in plan.shaped),
        "moments": len(moments),
        "moments_of_several_scenes": sum(len(of) > 1 for of in moments),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def name_of(number: int) -> ItemId:
    return ItemId(f"sha256:{number:064}")


def number_of(item: ItemId) -> int:
    return int(item.removeprefix("sha256:"))


def scenes(count: int) -> Iterator[Samples]:
    """What phones heard, five a scene, the same ones every time."""
    for number in range(count):
        rng = np.random.default_rng([8, number // GROUP])
        if number % GROUP == 0:
            chosen = rng.choice(list(PLAIN_REPORTING), size=2, replace=False)
            sources = [
                Source(samples=PLAIN_REPORTING[one](rng, SCENE_S), at_m=rng.uniform(-50, 50, 2), gain=1.0)
                for one in chosen
            ]
        own = np.random.default_rng([9, number])
        phone = Phone(
            name=name_of(number),
            scene=str(number // GROUP),
            kind="plain",
            begins_s=float(own.uniform(0, SCENE_S - SECONDS - 0.5)),
            lasts_s=SECONDS,
            at_m=own.uniform(-10, 10, 2),
            rate_ppm=float(own.uniform(-100, 100)),
            snr_db=float(own.choice([20, 10, 5, 0])),
            gain_control=bool(own.random() < 0.7),
            seed=number,
        )
        yield heard(phone, sources, None)


def bursts(count: int) -> Iterator[Samples]:
    """Bursts of noise, five clips a scene, each with a begin and a hiss of its own."""
    for number in range(count):
        scene, own = np.random.default_rng(number // GROUP), np.random.default_rng(1_000_000 + number)
        loud = np.repeat(scene.exponential(1.0, SCENE_S * 10) ** 2, RATE // 10)
        sound = scene.standard_normal(len(loud)) * loud
        part = sound[int(own.uniform(0, 20) * RATE) :][: SECONDS * RATE]
        yield np.asarray(np.clip(0.03 * (part + own.standard_normal(len(part))), -1, 1), np.float32)


def listened_to(number: int, samples: Samples) -> Listened:
    """The soundprint of a clip."""
    examiner = SoundprintExaminer()
    examiner.hear(SoundBlock(at_s=0.0, samples=samples, clipped=0, counted=len(samples), peak=1.0))
    outcome = examiner.finish(NOTHING_ELSE)
    if not isinstance(outcome, Found) or not isinstance(outcome.value, SoundprintFacts):
        raise SystemExit("no soundprint")
    mel = outcome.array("mel")
    return Listened(
        item=name_of(number),
        first_s=outcome.value.first_s,
        column_s=outcome.value.column_s,
        mel=np.frombuffer(mel.data, np.uint8).reshape(mel.shape),
    )
