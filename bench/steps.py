"""Where the time of examining goes: what each step takes by the clock, in percent of bare decoding.

In this process, without the child, the readers of tags and recording. Each step's own time: what it calls and is listed
too is not counted twice. Counting itself takes about a microsecond a call, which is within what the step before shows.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from bench.examine import bare, examined, sample_files
from bench.machine import corpus_digest, machine
from firsthand.examine import looks, tone
from firsthand.examine.features import FeatureFinder
from firsthand.examine.fingerprint import FingerprintExaminer, FingerprintSettings
from firsthand.examine.pictures import PicturesExaminer
from firsthand.examine.scenes import SceneWatch
from firsthand.examine.sound import SoundExaminer
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.examine.strip import FilmStrip
from firsthand.examine.trail import Trail
from firsthand.media import decode
from firsthand.media.picture import DecodedPicture
from firsthand.media.sound import SoundMixer

FINE_PX = FingerprintSettings().fine.long_side_px


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench steps", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of which each step's least is taken (3)")
    options = parser.parse_args(arguments)
    files = sample_files()
    steps = Steps()
    examined(files[-1])
    bare_s = float("inf")
    least: dict[str, float] = {}
    for _ in range(options.runs):
        bare_s = min(bare_s, sum(bare(path) for path in files))
        steps.begin()
        for path in files:
            examined(path)
        least = {name: min(spent, least.get(name, spent)) for name, spent in steps.own_s.items()}
    percent = {name: round(100 * spent / bare_s, 2) for name, spent in sorted(least.items(), key=lambda one: -one[1])}
    for name, share in percent.items():
        print(f"{name:<48} {share:6.2f} %  {steps.calls[name]:7} calls")
    result = {"bench": "steps", "machine": machine(), "corpus_sha256": corpus_digest(files), "files": len(files),
              "runs": options.runs, "bare_s": round(bare_s, 2), "percent_of_bare": percent}  # fmt: skip
    print(json.dumps(result))
    return 0


class Steps:
    """Puts itself before the steps' own functions, for as long as this process lives."""

    def __init__(self) -> None:
        self.own_s: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._inside: list[float] = []
        for owner, function, name in _STEPS:
            setattr(owner, function, self._timed(getattr(owner, function), name))

    def begin(self) -> None:
        """Counts from nothing."""
        self.own_s.clear()
        self.calls.clear()

    def _timed(self, function: Callable[..., Any], name: str | Callable[..., str]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                took = time.perf_counter() - began
                said = name if isinstance(name, str) else name(*given)
                self.own_s[said] += took - self._inside.pop()
                self.calls[said] += 1
                if self._inside:
                    self._inside[-1] += took

        return timed


def _by_size(what: str) -> Callable[..., str]:
    def name(finder: FeatureFinder, *_: Any) -> str:
        return f"{what}, larger look" if finder._settings.long_side_px == FINE_PX else what

    return name


_STEPS: tuple[tuple[Any, str, str | Callable[..., str]], ...] = (
    (decode.Pass, "_frames_of", "decoding"),
    (decode, "open_container", "opening"),
    (SoundMixer, "take", "sound gathered and mixed"),
    (DecodedPicture, "luma", "every picture: its samples"),
    (SceneWatch, "see", "every picture: kept"),
    (SceneWatch, "_work", "every picture: statistics, cuts"),
    (PicturesExaminer, "see", "pictures: a look"),
    (PicturesExaminer, "finish", "pictures: borders, overlays, answer"),
    (FilmStrip, "see", "pictures: film strip"),
    (tone.Tone, "see", "pictures: colour and detail"),
    (FeatureFinder, "features", _by_size("fingerprint: local features")),
    (FeatureFinder, "_mirrored_codes", _by_size("fingerprint: mirrored codes")),
    (DecodedPicture, "grey", "grey pictures"),
    (DecodedPicture, "square", "fingerprint: squares of the trail"),
    (Trail, "see", "fingerprint: trail"),
    (looks, "pdq", "fingerprint: PDQ"),
    (FingerprintExaminer, "finish", "fingerprint: answer"),
    (SoundExaminer, "hear", "sound"),
    (SoundprintExaminer, "hear", "soundprint"),
)
