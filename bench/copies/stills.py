"""Does a screenshot find its clip and its second, also cropped, captioned, mirrored, small and badly compressed?

python -m bench copies.stills --half reporting
"""

import argparse
import json
import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.copies import pictures as change
from bench.copies.corpus import PICTURES, family_of
from bench.copies.footage import Picture
from bench.copies.named import framed_as_on_a_phone, words
from bench.copies.naming import kept_in, key, print_of_file, sources_of
from bench.machine import corpus_digest, machine, media_folder
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock

WITHIN_S = 0.5
LONG_SIDE_PX = 720

Draw = np.random.Generator
VARIANTS: dict[str, Callable[[Draw], change.Change]] = {
    "as it is": lambda rng: lambda picture: picture,
    "third of the size": lambda rng: change.scaled(1 / 3),
    "cropped to 70 %": lambda rng: change.cropped(rng, 0.7),
    "captioned": change.captioned,
    "words": words,
    "mirrored": lambda rng: change.mirrored,
    "letterboxed": lambda rng: change.barred(rng, sideways=False),
    "on a phone's screen": framed_as_on_a_phone,
    "brighter": lambda rng: change.toned(1.1, 25),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.stills", description=__doc__)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning")
    parser.add_argument("--each", type=int, default=2, help="instants of each source (2)")
    parser.add_argument("--seed", type=int, help="of all draws (tuning 1, reporting 2)")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-naming")
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    options.cache = kept_in(options.cache)
    folders = [media_folder() / "clips", media_folder() / "copies-tmk"]
    files = sorted(path for one in folders for path in one.iterdir() if path.suffix.lower() in PICTURES)
    sources = sources_of(files, folders)[0 if options.half == "tuning" else 1 :: 2]
    # Beside the sources: the same signer in the same room, over and over.
    known = sources + [path for path in files if path.name.startswith("sample-videos__") and path.suffix == ".mkv"]
    prints = {path.name: _kept(options.cache, path) for path in known}
    names = {one.item: name for name, one in prints.items()}
    family = family_of(folders)
    index, seeker = PrintIndex(prints.values()), CopySeeker()
    asked, right, second, false = Counter[str](), Counter[str](), Counter[str](), []
    seed = options.seed or (1 if options.half == "tuning" else 2)
    for path, variant, at_s, still in _stills(sources, options.each, seed, options.cache):
        asked[variant] += 1
        copies = [one for one in seeker.seek(still, index) if one.verdict == "copy"]
        own = [one for one in copies if names[one.b.item] == path.name]
        right[variant] += bool(own)
        second[variant] += any(abs(one.b.start_s - at_s) <= WITHIN_S for one in own)
        strangers = [
            names[one.b.item] for one in copies if _family(family, names[one.b.item]) != _family(family, path.name)
        ]
        false += [f"{variant} of {path.name} at {at_s:.2f} s = {name}" for name in strangers]
        if options.misses and not any(abs(one.b.start_s - at_s) <= WITHIN_S for one in own):
            seen = [(one.verdict, round(one.score, 2), round(one.b.start_s, 2)) for one in seeker.seek(still, index)
                    if names[one.b.item] == path.name]  # fmt: skip
            print(f"missed: {variant} of {path.name} at {at_s:.2f} s: {seen}", flush=True)
    for variant, count in asked.items():
        print(f"{variant:<24} clip {right[variant]:3} and second {second[variant]:3} of {count}")
    print("\n".join(f"FALSE: {one}" for one in false))
    result = {
        "bench": "copies.stills", "half": options.half, "seed": seed, "machine": machine(),
        "corpus_sha256": corpus_digest(files), "stills": sum(asked.values()), "clip": sum(right.values()),
        "second": sum(second.values()), "false": len(false), "items": len(index),
        "by_variant": {variant: [second[variant], count] for variant, count in asked.items()},
    }  # fmt: skip
    print(json.dumps(result))
    return 0


def _family(family: dict[str, str], name: str) -> str:
    return family.get(name, name)


def _stills(sources: list[Path], each: int, seed: int, cache: Path) -> Iterator[tuple[Path, str, float, Print]]:
    for path in sources:
        kept = cache / f"stills-{key(path.name)}-{seed}-{each}.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(list(_made(path, each, seed))))
        for variant, at_s, still in pickle.loads(kept.read_bytes()):
            yield path, variant, at_s, still


def _made(path: Path, each: int, seed: int) -> Iterator[tuple[str, float, Print]]:
    rng = np.random.default_rng([seed, int(key(path.name), 16)])
    pictures = _pictures(path, sorted(rng.uniform(0.05, 0.95, each)))
    for at_s, picture in pictures:
        for variant, make in VARIANTS.items():
            changed = make(rng)(picture)
            quality = int(rng.integers(45, 80))
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "still.jpg"
                cv2.imwrite(str(file), np.ascontiguousarray(changed[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
                yield variant, at_s, print_of_file(file, f"{variant} {at_s} {path.name}")


def _pictures(path: Path, shares: list[float]) -> list[tuple[float, Picture]]:
    """The pictures at these shares of the clip's length, with their seconds."""
    with path.open("rb") as file:
        one = Pass(file.fileno())
        times = [given.at_s for given in one if not isinstance(given, SoundBlock)]
    wanted = {times[int(share * (len(times) - 1))] for share in shares}
    with path.open("rb") as file:
        return [
            (given.at_s, given.rgb(LONG_SIDE_PX).copy())
            for given in Pass(file.fileno())
            if not isinstance(given, SoundBlock) and given.at_s in wanted
        ]


def _kept(cache: Path, path: Path) -> Print:
    kept = cache / f"source-{key(path.name)}.pickle"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(print_of_file(path, path.name)))
    one: Print = pickle.loads(kept.read_bytes())
    return one
