"""Copies within the sample media, by pictures alone, against what SCENES.csv and FAMILIES.csv know of them.

python -m bench copies.sample: every pair, what was missed, what was falsely called a copy, and CPU seconds.
"""

import argparse
import csv
import json
import time
from collections.abc import Iterable
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from bench.machine import corpus_digest, machine, media_folder
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print, print_of
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from firsthand.model.findings import ContainerFacts
from firsthand.model.ids import item_id
from firsthand.model.links import CopyFound
from firsthand.model.outcomes import Found

PICTURES = {".mp4", ".mkv", ".mov", ".webm"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.sample", description=__doc__)
    parser.parse_args(arguments)
    media = media_folder()
    folders = (media / "clips", media / "copies-tmk")
    files = sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    examined = {path.name: picture_print(path) for path in files}
    begun = time.process_time()
    found = linked(examined)
    seconds = time.process_time() - begun
    known = known_copies(media)
    called = {pair for pair, one in found.items() if one.verdict == "copy"}
    for pair, one in sorted(found.items(), key=lambda both: sorted(both[0])):
        print(f"{one.verdict:<22} {one.score:.2f} {' | '.join(sorted(pair))} {' '.join(one.edits)}")
    result = {
        "bench": "copies.sample",
        "machine": machine(),
        "corpus_sha256": corpus_digest(files),
        "files": len(files),
        "known_pairs": len(known),
        "missed": sorted(sorted(pair) for pair in known - called),
        "false": sorted(sorted(pair) for pair in called - known),
        "seek_cpu_s": round(seconds, 2),
    }
    print(json.dumps(result))
    return 0


def picture_print(path: Path) -> Print:
    """A file's print from its pictures; packets and sound are withheld, so that pictures must speak for themselves."""
    pictures, fingerprint = PicturesExaminer(), FingerprintExaminer()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if not isinstance(given, SoundBlock):
                pictures.see(given)
                fingerprint.see(given)
    found = print_of(
        item_id(sha256(path.name.encode()).hexdigest()),
        {
            "pictures": pictures.finish(one.decoded),
            "fingerprint": fingerprint.finish(one.decoded),
            "container": Found(value=_NO_PACKETS),
        },
    )
    assert found is not None  # a file with a container has a print, be it empty
    return found


_NO_PACKETS = ContainerFacts(
    format_name="", duration_s=None, bit_rate=None, streams=(), tags=(), times=(), positions=(), device="",
    rewritten_by=(), edit_lists=(), readers=(), packets_sha256=(), notes=(),
)  # fmt: skip


def linked(examined: dict[str, Print]) -> dict[frozenset[str], CopyFound]:
    """Each item sought among those before it: pairs of names with the best of what was found."""
    names = {one.item: name for name, one in examined.items()}
    seeker, index = CopySeeker(), PrintIndex()
    pairs: dict[frozenset[str], CopyFound] = {}
    for name, one in examined.items():
        for found in seeker.seek(one, index):
            pair = frozenset((name, names[found.b.item]))
            if pair not in pairs or found.score > pairs[pair].score:
                pairs[pair] = found
        index.add(one)
    return pairs


def known_copies(media: Path) -> frozenset[frozenset[str]]:
    """Pairs of file names that show one recording, as the sample media's own tables say; sound alone is left out."""
    groups: list[list[str]] = []
    with (media / "clips" / "SCENES.csv").open(newline="") as file:
        groups += [row["files"].split("|") for row in csv.DictReader(file) if row["kind"].startswith("copies")]
    families: dict[str, list[str]] = {}
    with (media / "copies-tmk" / "FAMILIES.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            families.setdefault(row["family"], []).append(row["file"])
    return frozenset(_pairs([*groups, *families.values()]))


def _pairs(groups: Iterable[list[str]]) -> Iterable[frozenset[str]]:
    return (frozenset(pair) for group in groups for pair in combinations(group, 2))
