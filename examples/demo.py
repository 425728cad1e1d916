"""Draws a few clips, makes copies of them, and runs the main job on the folder: `make demo`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 25, 8
DEMO = Path("demo")


def main() -> int:
    """Makes demo/clips, adds them to demo/archive, shows what came out."""
    shutil.rmtree(DEMO, ignore_errors=True)
    clips = DEMO / "clips"
    clips.mkdir(parents=True)
    square, road = list(scene(seed=1)), list(scene(seed=2))
    write(clips / "square.mp4", square)
    write(clips / "road.mp4", road)
    write(clips / "square-again-smaller.mp4", [smaller(frame) for frame in square], quality=32)
    write(clips / "square-mirrored.mp4", [frame[:, ::-1] for frame in square])
    write(clips / "square-cropped-captioned.mp4", [captioned(frame[40:320, 90:570]) for frame in square])
    write(clips / "road-excerpt.mp4", road[70:145])
    run("add", str(clips), "--case", "demo", "--collector", "the demo")
    run("takes", "--case", "demo")
    run("copies", "--case", "demo")
    run("verify")
    print(f"\nThe clips are in {clips}, the archive in {DEMO / 'archive'}.")
    print("Try: .venv/bin/firsthand show square.mp4 --archive demo/archive")
    return 0


def scene(seed: int) -> Iterator[Frame]:
    """A drawn street of boxes and signs, filmed by a hand that pans, while vehicles pass. uint8 RGB frames."""
    random = np.random.default_rng(seed)
    street = np.full((HEIGHT * 2, WIDTH * 2, 3), (176, 196, 214), np.uint8)
    street[HEIGHT:] = (112, 108, 100)
    for _ in range(60):
        left, top = int(random.integers(0, WIDTH * 2 - 60)), int(random.integers(60, HEIGHT + 40))
        size = random.integers(30, 160, 2)
        colour = tuple(int(c) for c in random.integers(40, 230, 3))
        cv2.rectangle(street, (left, top), (left + int(size[0]), top + int(size[1])), colour, -1)
        for window in range(int(size[0]) // 18):
            corner = (left + 5 + window * 18, top + 8)
            cv2.rectangle(street, corner, (corner[0] + 9, corner[1] + 14), (30, 30, 40), -1)
    noise = random.normal(0, 9, street.shape)
    street = np.clip(street + noise, 0, 255).astype(np.uint8)
    path = np.cumsum(random.normal(0, 0.7, (RATE * SECONDS, 2)), axis=0)
    for number, (dx, dy) in enumerate(path):
        seen = street.copy()
        for vehicle in range(3):
            at = int(number * (5 + vehicle) - 300 * vehicle)
            cv2.rectangle(
                seen, (at, HEIGHT + 60 + 40 * vehicle), (at + 110, HEIGHT + 105 + 40 * vehicle), (60, 80, 40), -1
            )
        left, top = int(250 + number * 0.9 + dx), int(150 + dy)
        yield np.ascontiguousarray(seen[top : top + HEIGHT, left : left + WIDTH])


def smaller(frame: Frame) -> Frame:
    """The frame at 426×240."""
    return np.asarray(cv2.resize(frame, (426, 240), interpolation=cv2.INTER_AREA), np.uint8)


def captioned(frame: Frame) -> Frame:
    """The frame with a caption bar."""
    out = frame.copy()
    cv2.rectangle(out, (0, 235), (480, 280), (250, 250, 250), -1)
    cv2.putText(out, "BREAKING: COLUMN IN TOWN", (20, 266), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (180, 0, 0), 2)
    return out


def write(path: Path, frames: list[Frame], *, quality: int = 24) -> None:
    """H.264 and a faint tone in an mp4."""
    height, width = (side // 2 * 2 for side in frames[0].shape[:2])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": str(quality), "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def run(*arguments: str) -> None:
    """One firsthand command on the demo's archive, shown as a person would type it."""
    print(f"\n$ firsthand {' '.join(arguments)}", flush=True)
    subprocess.run(
        [sys.executable, "-m", "firsthand.cli.main", *arguments, "--archive", str(DEMO / "archive")],
        check=True,
        env={**os.environ, "FIRSTHAND_KEYS": str(DEMO / "keys")},  # else they would lie in the account's own folder
    )


if __name__ == "__main__":
    sys.exit(main())
