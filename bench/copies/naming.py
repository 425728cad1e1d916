"""Are edits called by their names, where the copy itself is known? Edited stretches are laid over their source as the
truth has it, so that naming is measured without the search.

python -m bench copies.naming --half reporting
"""

import argparse
import json
import pickle
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path

import av
import numpy as np

from bench.copies.corpus import BLACK, PICTURES, SHORTEST_S, WINDOW_S, family_of, made_by
from bench.copies.footage import Clip, Shown, read, write
from bench.copies.making import make
from bench.copies.named import NAMED, NamedRecipe
from bench.machine import corpus_digest, machine, media_folder
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.link.edits import Edited, edits_between
from firsthand.link.motion import Overlaid, TimeMap
from firsthand.link.passing import Seen, Units
from firsthand.link.prints import Print, print_of
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from firsthand.model.ids import item_id
from firsthand.model.links import Span

MUST_HOLD = ("mirrored", "rotated_90", "rotated_180", "rotated_270", "cropped", "letterboxed", "overlay", "speed")
ALSO = (
    "tilted", "blurred_bars", "picture_in_picture", "screen_recording", "reversed", "recoloured", "greyscale",
    "blurred", "noise", "excerpt", "compilation",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An edited stretch of a source and the source, as prints, and the truth."""

    name: str
    recipe: NamedRecipe
    query: Print
    source: Print
    shown: Shown


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench copies.naming", description=__doc__)
    parser.add_argument("--half", choices=("tuning", "reporting"), default="tuning")
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th query (1)")
    parser.add_argument("--seed", type=int, help="of all draws (tuning 1, reporting 2)")
    parser.add_argument("--clips", type=Path, action="append", help="a folder of clips instead of the sample media")
    parser.add_argument("--only", default="", help="recipes whose name holds this")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "firsthand-bench-naming")
    parser.add_argument("--misses", action="store_true", help="name every wrong and every missing name")
    options = parser.parse_args(arguments)
    folders = options.clips or [media_folder() / "clips", media_folder() / "copies-tmk"]
    files = sorted(path for one in folders for path in one.iterdir() if path.suffix.lower() in PICTURES)
    seed = options.seed or (1 if options.half == "tuning" else 2)
    options.cache = kept_in(options.cache)
    tally, spent, asked, not_laid = Tally(), 0.0, 0, Counter[str]()
    for one in _asked(
        files, folders, options.half, seed=seed, every=options.every, only=options.only, cache=options.cache
    ):
        begun = time.process_time()
        named = _named(one)
        spent += time.process_time() - begun
        if named is None:
            not_laid[one.recipe.recipe.name] += 1
            continue
        asked += 1
        wrong = tally.count(one, named)
        if options.misses and wrong:
            print(f"{one.name}: {wrong}", flush=True)
    result = {
        "bench": "copies.naming", "half": options.half, "seed": seed, "machine": machine(),
        "corpus_sha256": corpus_digest(files), "asked": asked, "not_laid": sum(not_laid.values()),
        "cpu_s_each": round(spent / max(1, asked), 4), **tally.report(),
    }  # fmt: skip
    print("not laid over each other:", dict(not_laid))
    print(json.dumps(result))
    return 0


class Tally:
    """Right, said and true, by name; `edited` apart: how often the side is right where one is said."""

    def __init__(self) -> None:
        self._right, self._said, self._true = Counter[str](), Counter[str](), Counter[str]()
        self._sides = Counter[str]()
        self._spoilt: dict[str, Counter[str]] = defaultdict(Counter)

    def count(self, one: Asked, named: Edited) -> str:
        """Counts one answer; what is wrong with it, in words."""
        judged = set(MUST_HOLD + ALSO) - one.recipe.open
        said = {str(edit) for edit in named.edits} & judged
        true = one.recipe.called & judged
        self._right.update(said & true)
        self._said.update(said)
        self._true.update(true)
        if one.recipe.called:
            self._sides[{"a": "right", "b": "wrong", None: "not said"}[named.which]] += 1
        for name in said - true:
            self._spoilt[name][one.recipe.recipe.name] += 1
        for name in true - said:
            self._spoilt["no " + name][one.recipe.recipe.name] += 1
        parts = [f"+{name}" for name in sorted(said - true)] + [f"-{name}" for name in sorted(true - said)]
        parts += ["side"] if one.recipe.called and named.which == "b" else []
        return " ".join(parts)

    def report(self) -> dict[str, object]:
        """Prints a table and gives the figures."""
        rows = {}
        for name in MUST_HOLD + ALSO:
            precision = self._right[name] / self._said[name] if self._said[name] else float("nan")
            recall = self._right[name] / self._true[name] if self._true[name] else float("nan")
            rows[name] = [round(precision, 3), round(recall, 3), self._said[name], self._true[name]]
            wrong, missed = dict(self._spoilt[name]), dict(self._spoilt["no " + name])
            print(f"{name:<20} precision {precision:5.2f} of {self._said[name]:<4} recall {recall:5.2f} of "
                  f"{self._true[name]:<4} wrong {wrong} missed {missed}")  # fmt: skip
        return {"names": rows, "sides": dict(self._sides)}


def _named(one: Asked) -> Edited | None:
    """What edits_between says of the stretch under the true time map; None where no two pictures lie over another."""
    a, b, shown = one.query, one.source, one.shown
    speed = 1 / shown.rate
    time_map = TimeMap(speed=speed, offset_s=shown.start_s - speed * shown.source_s)
    ends = sorted((shown.source_s, shown.source_at(shown.end_s)))
    seen = _laid(a, b, time_map, ends[0], ends[1])
    if seen is None:
        return None
    overlaid = Overlaid(a, b, seen.matrix)
    agreement = overlaid.measured(time_map, ends[0], min(ends[1], b.end_s))
    return edits_between(
        a,
        b,
        spans=(
            Span(item=a.item, start_s=shown.start_s, end_s=min(shown.end_s, a.end_s)),
            Span(item=b.item, start_s=ends[0], end_s=min(ends[1], b.end_s)),
        ),
        speed=speed,
        matrix=seen.matrix,
        pictures=overlaid.pictures(agreement),
    )


def _laid(a: Print, b: Print, time_map: TimeMap, start_s: float, end_s: float) -> Seen | None:
    """The strongest fit among frames that show nearly one instant, as a search would find it."""
    best: Seen | None = None
    inside = [n for n, at_s in enumerate(b.frame_s) if start_s - 0.5 <= at_s <= end_s + 0.5]
    for mirrored in (False, True):
        units = Units(a, b, mirrored=mirrored)
        for frame_b in inside[:: max(1, len(inside) // 6)]:
            at_s = time_map.speed * b.frame_s[frame_b] + time_map.offset_s
            frame_a = int(np.abs(a.frame_s - at_s).argmin())
            seen = units.seen(frame_a, frame_b)
            if seen is not None and (best is None or seen.fit.witnesses > best.fit.witnesses):
                best = seen
    return best if best is not None and best.fit.witnesses >= 8 else None


def _asked(
    files: list[Path], folders: list[Path], half: str, *, seed: int, every: int, only: str, cache: Path
) -> Iterator[Asked]:
    sources = sources_of(files, folders)[0 if half == "tuning" else 1 :: 2]
    for place, path in enumerate(sources):
        source = _kept(cache / f"source-{key(path.name)}.pickle", path)
        clips: tuple[Clip, Clip] | None = None
        for row, recipe in enumerate(NAMED):
            if (row + place) % every or only not in recipe.recipe.name:
                continue
            kept = cache / f"{key(path.name)}-{seed}-{key(recipe.recipe.name)}.pickle"
            if not kept.exists():
                if clips is None:
                    draw = np.random.default_rng([seed, int(key(path.name), 16)])
                    length_s = min(WINDOW_S, 0.8 * source.end_s)
                    window = read(path, start_s=float(draw.uniform(0, source.end_s - length_s)), length_s=length_s)
                    clips = window, read(sources[(place + 1) % len(sources)], length_s=WINDOW_S)
                made = make(recipe.recipe, *clips, np.random.default_rng([seed, row, int(key(path.name), 16)]))
                kept.write_bytes(pickle.dumps((_print_of_clip(made.clip, made.crf, kept.stem), made.clip.shown)))
            query, shown = pickle.loads(kept.read_bytes())
            longest = max(shown, key=lambda one: one.end_s - one.start_s)
            name = f"{recipe.recipe.name} of {path.name}"
            yield Asked(name=name, recipe=recipe, query=query, source=source, shown=longest)


def sources_of(files: list[Path], folders: list[Path]) -> list[Path]:
    """The longest file of each family that plays long enough, in the order of the names' digests."""
    family = family_of(folders)
    longest: dict[str, tuple[float, Path]] = {}
    for path in files:
        with av.open(str(path)) as file:
            seconds = (file.duration or 0) / av.time_base
        group = family.get(path.name, path.name)
        if path.name != BLACK and seconds >= SHORTEST_S and seconds > longest.get(group, (0.0, path))[0]:
            longest[group] = (seconds, path)
    return sorted((path for _, path in longest.values()), key=lambda path: sha256(path.name.encode()).digest())


def kept_in(cache: Path) -> Path:
    """A folder of its own for each version of the examiners and each shape of what is kept."""
    folder = cache / key(" ".join([made_by(), *(field.name for field in fields(Print))]))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _kept(kept: Path, path: Path) -> Print:
    if not kept.exists():
        kept.write_bytes(pickle.dumps(print_of_file(path, path.name)))
    one: Print = pickle.loads(kept.read_bytes())
    return one


def _print_of_clip(clip: Clip, crf: int, name: str) -> Print:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "query.mp4"
        write(clip, path, crf=crf)
        return print_of_file(path, name)


def print_of_file(path: Path, name: str) -> Print:
    pictures, fingerprint = PicturesExaminer(), FingerprintExaminer()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if not isinstance(given, SoundBlock):
                pictures.see(given)
                fingerprint.see(given)
    outcomes = {"pictures": pictures.finish(one.decoded), "fingerprint": fingerprint.finish(one.decoded)}
    found = print_of(item_id(sha256(name.encode()).hexdigest()), outcomes)
    if found is None:
        raise ValueError(f"{name} has no picture to compare")
    return found


def key(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:10]
