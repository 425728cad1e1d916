"""Copies within the sample media, by pictures alone, against what SCENES.csv and FAMILIES.csv know of them.

python -m bench copies: every pair, what was missed, what was falsely called a copy, and CPU seconds.
"""

import argparse
import csv
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer

from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print, print_of
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from firsthand.model.ids import item_id
from firsthand.model.links import CopyFound

PICTURES = {".mp4", ".mkv", ".mov", ".webm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Pairs of file names that show one recording, and groups within which nothing is known for sure."""

    copies: frozenset[frozenset[str]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies", description=__doc__)
    default = Path(__file__).parents[3] / "shared" / "media"
    parser.add_argument("--media", type=Path, default=Path(os.environ.get("FIRSTHAND_MEDIA") or default))
    options = parser.parse_args(arguments)
    folders = (options.media / "clips", options.media / "copies-tmk")
    files = sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    examined = {path.name: picture_print(path) for path in files}
    begun = time.process_time()
    found = linked(examined)
    seconds = time.process_time() - begun
    known = known_copies(options.media)
    called = {pair for pair, one in found.items() if one.verdict == "copy"}
    for pair, one in sorted(found.items(), key=lambda both: sorted(both[0])):
        print(f"{one.verdict:<22} {one.score:.2f} {' | '.join(sorted(pair))} {' '.join(one.edits)}")
    result = {
        "bench": "copies",
        "files": len(files),
        "known_pairs": len(known.copies),
        "missed": sorted(sorted(pair) for pair in known.copies - called),
        "false": sorted(sorted(pair) for pair in called - known.copies),
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
        {"pictures": pictures.finish(one.decoded), "fingerprint": fingerprint.finish(one.decoded)},
    )
    if found is None:  # black: an empty print, which must match nothing
        return print_of_nothing(path)
    return found


def print_of_nothing(path: Path) -> Print:
    """The print of a file without a feature."""
    from firsthand.model.findings import ContainerFacts
    from firsthand.model.outcomes import Found

    nothing = ContainerFacts(
        format_name="", duration_s=None, bit_rate=None, streams=(), tags=(), times=(), positions=(), device="",
        rewritten_by=(), edit_lists=(), readers=(), packets_sha256=(), notes=(),
    )  # fmt: skip
    found = print_of(item_id(sha256(path.name.encode()).hexdigest()), {"container": Found(value=nothing)})
    assert found is not None
    return found


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


def known_copies(media: Path) -> Known:
    """What the sample media's own tables say; sound-only sets are left out."""
    groups: list[list[str]] = []
    with (media / "clips" / "SCENES.csv").open(newline="") as file:
        groups += [row["files"].split("|") for row in csv.DictReader(file) if row["kind"].startswith("copies")]
    families: dict[str, list[str]] = {}
    with (media / "copies-tmk" / "FAMILIES.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            families.setdefault(row["family"], []).append(row["file"])
    return Known(copies=frozenset(_pairs([*groups, *families.values()])))


def _pairs(groups: Iterable[list[str]]) -> Iterable[frozenset[str]]:
    return (frozenset(pair) for group in groups for pair in combinations(group, 2))
