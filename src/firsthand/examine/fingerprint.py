"""The fingerprint of an item's pictures: what a copy of them would share, however it was edited."""

from array import array
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_pictures
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.features import CODE_BYTES, FeatureFinder, Features, FeatureSettings
from firsthand.examine.pdq import pdq
from firsthand.examine.sampling import Ticks
from firsthand.examine.trail import Trail, TrailSettings, small_picture
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import FingerprintFacts
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintSettings:
    """All that alters a fingerprint.

    every_s: a picture is looked at closely at or after each multiple of this; and where the trail jumps to another
    scene, unless one was within at_least_apart_s.
    """

    every_s: float = 1.0
    at_least_apart_s: float = 0.25
    features: FeatureSettings = field(default_factory=FeatureSettings)
    trail: TrailSettings = field(default_factory=TrailSettings)


class FingerprintExaminer:
    """Local features, a small grey picture and a PDQ hash of one picture a second and of each new scene,
    and a trail of small pictures ten times a second: what moves, and when.

    Grows by at most 33 kB a second where no scene changes, so by 116 MB for an hour.
    Limits: black and flat pictures have no features; text and dark pictures have few that tell them apart.
    """

    engine = EngineId(name="fingerprint", version=2, settings=settings_digest(FingerprintSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = FingerprintSettings()
        self._ticks = Ticks(self._settings.every_s)
        self._trail = Trail(self._settings.trail)
        self._finder = FeatureFinder(self._settings.features)
        self._size_px = (0, 0)
        self._seen = 0
        self._at_s = array("d")
        self._features: list[Features] = []
        self._small: list[NDArray[np.uint8]] = []
        self._pdq: list[NDArray[np.uint8]] = []
        self._pdq_quality = array("B")

    def see(self, picture: Picture) -> None:
        if self._seen == 0:
            self._size_px = (picture.width_px, picture.height_px)
        self._seen += 1
        jumped = self._trail.see(picture)
        if self._ticks.wants(picture.at_s) or (jumped and self._far_from_last(picture.at_s)):
            self._take(picture.at_s, picture.grey(self._settings.features.long_side_px))

    def hear(self, block: SoundBlock) -> None:
        """Sound is not looked at here."""

    def finish(self, decoded: Decoded) -> Outcome:
        nothing = no_pictures(decoded, self._seen)
        if nothing is not None:
            return nothing
        counts = [len(one.size) for one in self._features]
        if sum(counts) == 0:
            return NothingThere(why=f"all {len(counts)} pictures looked at are black, flat or without a single corner")
        value = FingerprintFacts(
            frames=len(counts),
            features=sum(counts),
            code_bits=CODE_BYTES * 8,
            method="orb",
            width_px=self._size_px[0],
            height_px=self._size_px[1],
        )
        arrays = (
            ("frame_s", as_array(np.array(self._at_s), "f8")),
            ("frame_first", as_array(np.cumsum([0, *counts]), "u4")),
            ("code", as_array(np.concatenate([one.code for one in self._features]), "u1")),
            ("mirrored", as_array(np.concatenate([one.mirrored for one in self._features]), "u1")),
            ("xy", as_array(np.concatenate([one.xy for one in self._features]), "u2")),
            ("size", as_array(np.concatenate([one.size for one in self._features]), "u1")),
            ("angle", as_array(np.concatenate([one.angle for one in self._features]), "u1")),
            ("grey", as_array(np.stack(self._small), "u1")),
            ("pdq", as_array(np.stack(self._pdq), "u1")),
            ("trail_s", as_array(np.array(self._trail.at_s), "f8")),
            ("trail", as_array(np.stack(self._trail.pictures), "u1")),
            ("pdq_quality", as_array(np.array(self._pdq_quality), "u1")),
        )
        return Found(value=value, arrays=arrays)

    def _far_from_last(self, at_s: float) -> bool:
        return at_s - self._at_s[-1] >= self._settings.at_least_apart_s

    def _take(self, at_s: float, grey: NDArray[np.uint8]) -> None:
        self._at_s.append(at_s)
        self._features.append(self._finder.features(grey))
        self._small.append(small_picture(grey))
        bits, quality = pdq(grey)
        self._pdq.append(bits)
        self._pdq_quality.append(quality)
