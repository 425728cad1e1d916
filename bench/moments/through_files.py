"""The same promise through the command line alone: files are handed in, `firsthand moments --json` is read.

Scenes of simulated phones as they would arrive: a folder of mp4, mov, webm and 3gp whose names say nothing, each with
moving pictures of its own. Nothing of firsthand is called but its commands.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import av
import numpy as np

from bench.machine import machine
from bench.moments.measure import RIGHT_S
from bench.moments.phones import WRITTEN, Phone
from bench.moments.scenes import REPORTING, Clip, clips, overlap_s


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench moments.through_files", description=__doc__)
    parser.add_argument("--scenes", type=int, default=2, help="of each kind")
    n = parser.parse_args(arguments).scenes
    plan = replace(REPORTING, half="files", plain=n, repeated=n, music=0, long=0, walked=n, together=n)
    with tempfile.TemporaryDirectory() as folder:
        phones = dict(_handed_in(clips(plan), Path(folder) / "in"))
        archive = Path(folder) / "archive"
        added = _firsthand("add", str(Path(folder) / "in"), "--case", "bench", "--archive", str(archive))
        said = _firsthand("moments", "--case", "bench", "--archive", str(archive))
    print(
        json.dumps({"bench": "moments.through_files", "machine": machine(), **summed_up(phones, added, said)}, indent=1)
    )
    return 0


def summed_up(phones: dict[str, Phone], added: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What was said of the pairs of files, by name."""
    at: dict[str, tuple[int, float]] = {}
    pairs: dict[frozenset[str], tuple[float, float]] = {}
    for number, moment in enumerate(said["moments"]):
        at |= {one["name"]: (number, one["offset_s"]) for one in moment["items"]}
    for pair in (*said["waiting"], *(one for moment in said["moments"] for one in moment["pairs"])):
        if pair["link"] == "strong":
            sign = 1 if pair["a_name"] < pair["b_name"] else -1
            pairs[frozenset((pair["a_name"], pair["b_name"]))] = sign * pair["offset_s"], pair["alignment_plus_minus_s"]
    told: dict[str, list[int]] = {}
    wrong = 0
    exact = []
    for a, b in combinations(sorted(phones), 2):
        shared_s, true_s = overlap_s(phones[a], phones[b]), phones[b].begins_s - phones[a].begins_s
        joined = a in at and b in at and at[a][0] == at[b][0]
        right = joined and abs(at[b][1] - at[a][1] - true_s) <= RIGHT_S
        wrong += joined and (phones[a].scene != phones[b].scene or abs(at[b][1] - at[a][1] - true_s) > 3 * RIGHT_S)
        if shared_s >= 3 and min(phones[a].snr_db, phones[b].snr_db) >= 0:
            kind = phones[a].scene.split("-")[1]
            told.setdefault(kind, []).append(int(right))
        if "together" in phones[a].scene and frozenset((a, b)) in pairs:
            offset_s, plus_minus_s = pairs[frozenset((a, b))]
            exact.append(abs(offset_s - true_s) <= plus_minus_s)
    return {
        "files": len(phones),
        "takes": added["takes"],
        "moments": len(said["moments"]),
        "placed_right": {kind: [sum(each), len(each)] for kind, each in told.items()},
        "joined_wrongly": int(wrong),
        "alignment_holds": [sum(exact), len(exact)],
    }


def _handed_in(made: Iterator[Clip], folder: Path) -> Iterator[tuple[str, Phone]]:
    folder.mkdir()
    for number, clip in enumerate(made):
        name = f"clip{number:03}.{WRITTEN[clip.phone.codec][0]}"
        (folder / name).write_bytes(clip.file)
        _with_pictures(folder / name, number)
        yield name, replace(clip.phone, extra=None)


def _with_pictures(path: Path, seed: int) -> None:
    """Remuxes the sound beside moving pictures that no other file has."""
    beside = path.with_name(f"pictures-{path.name}")
    rng = np.random.default_rng(seed)
    scene = np.kron(rng.integers(0, 256, (12, 60, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    with av.open(str(path)) as given, av.open(str(beside), "w") as out:
        sound = given.streams.audio[0]
        copied = out.add_stream_from_template(sound)
        video = out.add_stream("libvpx" if path.suffix == ".webm" else "libx264", rate=10)
        video.width, video.height, video.pix_fmt = 256, 192, "yuv420p"
        lasts_s = float(given.duration or 0) / av.time_base
        for number in range(max(1, int(lasts_s * 10))):
            left = int(300 + 250 * np.sin(number / 10 + seed))
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(scene[:, left : left + 256]), format="rgb24")
            out.mux(video.encode(picture))
        out.mux(video.encode(None))
        for packet in given.demux(sound):
            if packet.dts is not None:
                packet.stream = copied
                out.mux(packet)
    os.replace(beside, path)


def _firsthand(*arguments: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as keys:
        ran = subprocess.run(
            [sys.executable, "-m", "firsthand.cli.main", *arguments, "--json"],
            capture_output=True,
            check=True,
            env={**os.environ, "FIRSTHAND_KEYS": keys},
        )
    document: dict[str, Any] = json.loads(ran.stdout)
    return document
