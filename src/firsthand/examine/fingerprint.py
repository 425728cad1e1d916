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
from firsthand.examine.sampling import Sampler, SamplingSettings
from firsthand.examine.scenes import SceneSettings, SceneWatch
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import FingerprintFacts
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome

SMALL_PX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintSettings:
    """All that alters a fingerprint."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    scenes: SceneSettings = field(default_factory=SceneSettings)


class FingerprintExaminer:
    """Local features, a small grey picture and a PDQ hash of one picture a second and of each new scene.

    Grows by at most 22 kB a sampled picture, so by 80 MB for an hour.
    Limits: black and flat pictures have no features; text and dark pictures have few that tell them apart.
    """

    engine = EngineId(name="fingerprint", version=1, settings=settings_digest(FingerprintSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = FingerprintSettings()
        self._scenes = SceneWatch(self._settings.scenes)
        self._sampler = Sampler(self._settings.sampling)
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
        cut_at_s = self._scenes.see(picture).cut_at_s
        if self._sampler.wants(picture.at_s, cut_at_s):
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
            ("code_mirrored", as_array(np.concatenate([one.code_mirrored for one in self._features]), "u1")),
            ("xy", as_array(np.concatenate([one.xy for one in self._features]), "u2")),
            ("size", as_array(np.concatenate([one.size for one in self._features]), "u1")),
            ("angle", as_array(np.concatenate([one.angle for one in self._features]), "u1")),
            ("grey", as_array(np.stack(self._small), "u1")),
            ("pdq", as_array(np.stack(self._pdq), "u1")),
            ("pdq_quality", as_array(np.array(self._pdq_quality), "u1")),
        )
        return Found(value=value, arrays=arrays)

    def _take(self, at_s: float, grey: NDArray[np.uint8]) -> None:
        self._at_s.append(at_s)
        self._features.append(self._finder.features(grey))
        small = cv2.resize(grey, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA)
        self._small.append(np.asarray(small, dtype=np.uint8))
        bits, quality = pdq(grey)
        self._pdq.append(bits)
        self._pdq_quality.append(quality)
