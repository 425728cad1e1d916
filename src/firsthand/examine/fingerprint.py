"""The fingerprint of an item's pictures: what a copy of them would share, however it was edited."""

from array import array
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_pictures
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.features import CODE_BYTES, FeatureFinder, Features, FeatureSettings, feature_arrays
from firsthand.examine.pdq import pdq
from firsthand.examine.sampling import Ticks
from firsthand.examine.trail import SMALL_PX, Trail, TrailSettings, small_picture
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import FingerprintFacts
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintSettings:
    """All that alters a fingerprint.

    every_s: a picture is looked at closely at or after each multiple of this; and where the trail jumps to another
    scene, unless one was within at_least_apart_s. fine_every_s: one of these is also looked at twice as large, so that
    a small inset has features of its own.
    """

    every_s: float = 1.0
    at_least_apart_s: float = 0.25
    fine_every_s: float = 4.0
    features: FeatureSettings = field(default_factory=FeatureSettings)
    fine: FeatureSettings = field(
        # Cells of 40 px: an inset of 30 % keeps forty features of four hundred, a crop to 40 % of a side sixty.
        default_factory=lambda: FeatureSettings(
            long_side_px=640, levels=2, candidates=800, most=400, grid_columns=16, grid_rows=12
        )
    )
    trail: TrailSettings = field(default_factory=TrailSettings)


class FingerprintExaminer:
    """Local features, a small grey picture and a PDQ hash of one picture a second and of each new scene,
    and a trail of small pictures ten times a second, with more between in the first seconds: what moves, and when.

    Grows by at most 41 kB a second where no scene changes, so by 147 MB for an hour.
    Limits: black and flat pictures have no features; text and dark pictures have few that tell them apart.
    """

    engine = EngineId(name="fingerprint", version=5, settings=settings_digest(FingerprintSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = FingerprintSettings()
        self._ticks = Ticks(self._settings.every_s)
        self._trail = Trail(self._settings.trail)
        self._finder = FeatureFinder(self._settings.features)
        self._fine_ticks = Ticks(self._settings.fine_every_s)
        self._fine_finder = FeatureFinder(self._settings.fine)
        self._fine_frame = array("L")
        self._fine: list[Features] = []
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
            if self._fine_ticks.wants(picture.at_s):
                self._fine_frame.append(len(self._at_s))
                self._fine.append(self._fine_finder.features(picture.grey(self._settings.fine.long_side_px)))
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
            *feature_arrays("", self._features),
            ("fine_frame", as_array(np.array(self._fine_frame), "u4")),
            ("fine_first", as_array(np.cumsum([0, *(len(one.size) for one in self._fine)]), "u4")),
            *feature_arrays("fine_", self._fine),
            ("grey", as_array(np.stack(self._small), "u1")),
            ("pdq", as_array(np.stack(self._pdq), "u1")),
            ("trail_s", as_array(np.array(self._trail.at_s), "f8")),
            ("trail", as_array(np.stack(self._trail.pictures), "u1")),
            ("between_s", as_array(np.array(self._trail.between_s), "f8")),
            ("between", as_array(_stacked(self._trail.between), "u1")),
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


def _stacked(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.stack(pictures) if pictures else np.zeros((0, SMALL_PX, SMALL_PX), np.uint8)
