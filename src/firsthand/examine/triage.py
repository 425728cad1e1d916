"""A fingerprint of key frames alone: a first look at footage that there was no time to decode.

It is a finding of its own kind. The full fingerprint stays missing, so a plain `firsthand examine` completes it.
"""

from array import array
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_pictures
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.features import CODE_BYTES, FeatureFinder, Features, FeatureSettings, feature_arrays
from firsthand.examine.pdq import pdq
from firsthand.examine.trail import small_picture
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import TriageFacts
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageSettings:
    """All that alters a triage fingerprint. apart_s: key frames nearer to the last one taken are passed over."""

    apart_s: float = 0.5
    features: FeatureSettings = field(default_factory=FeatureSettings)


class TriageExaminer:
    """Local features, a small grey picture and a PDQ hash of key frames at least half a second apart.

    Wants a pass over key frames; shown every picture, it takes the key frames among them.
    Limits: what moves is not seen, so that a copy cannot be told from another take of the scene by motion; and a
    short excerpt of a copy may hold no key frame's picture at all.
    """

    engine = EngineId(name="triage", version=2, settings=settings_digest(TriageSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = TriageSettings()
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
        if self._seen > 1 and (not picture.key_frame or picture.at_s - self._at_s[-1] < self._settings.apart_s):
            return
        grey = picture.grey(self._settings.features.long_side_px)
        bits, quality = pdq(grey)
        self._at_s.append(picture.at_s)
        self._features.append(self._finder.features(grey))
        self._small.append(small_picture(grey))
        self._pdq.append(bits)
        self._pdq_quality.append(quality)

    def hear(self, block: SoundBlock) -> None:
        """Sound is not looked at here."""

    def finish(self, decoded: Decoded) -> Outcome:
        nothing = no_pictures(decoded, self._seen)
        if nothing is not None:
            return nothing
        counts = [len(one.size) for one in self._features]
        if sum(counts) == 0:
            return NothingThere(
                why=f"all {len(counts)} key frames looked at are black, flat or without a single corner"
            )
        value = TriageFacts(
            frames=len(counts),
            features=sum(counts),
            code_bits=CODE_BYTES * 8,
            method="orb",
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            still=decoded.still,
            end_s=0.0 if decoded.still else max(decoded.pictures_end_s, decoded.duration_s or 0.0),
        )
        arrays = (
            ("frame_s", as_array(np.array(self._at_s), "f8")),
            ("frame_first", as_array(np.cumsum([0, *counts]), "u4")),
            *feature_arrays("", self._features),
            ("grey", as_array(np.stack(self._small), "u1")),
            ("pdq", as_array(np.stack(self._pdq), "u1")),
            ("pdq_quality", as_array(np.array(self._pdq_quality), "u1")),
        )
        return Found(value=value, arrays=arrays)
