"""The fingerprint of an item's pictures: what a copy of them would share, however it was edited."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_pictures
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.features import CODE_BYTES, FeatureFinder, FeatureSettings
from firsthand.examine.looks import Looks
from firsthand.examine.sampling import Ticks
from firsthand.examine.trail import SMALL_PX, Trail, TrailSettings
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import FingerprintFacts
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintSettings:
    """All that alters a fingerprint.

    every_s: a picture is looked at closely at or after each multiple of this; and where the trail jumps to another
    scene, unless one was within at_least_apart_s. Of every second one, and of those looked at twice as large, the codes
    of the mirrored picture are kept too: of 171 edited copies as many were found as with
    those of all. fine_every_s: one of these is also looked at twice as large, so that
    a small inset has features of its own. most_looks: when there are more, every second goes and the distances
    double, so that a stream of many hours can be recorded: an hour and a half at one a second.
    """

    every_s: float = 1.0
    at_least_apart_s: float = 0.25
    fine_every_s: float = 4.0
    most_looks: int = 5400
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

    Grows by at most 41 kB a second where no scene changes, so by 147 MB for an hour, and never beyond 270 MB.
    Limits: after an hour and a half pictures are looked at every two seconds, after three every four, and so on; after
    three hours the trail has five pictures a second. Black and flat pictures have no features; text and dark pictures
    have few that tell them apart.
    """

    engine = EngineId(name="fingerprint", version=7, settings=settings_digest(FingerprintSettings()))

    def __init__(self, settings: FingerprintSettings | None = None) -> None:
        cv2.setNumThreads(1)
        self._settings = settings or FingerprintSettings()
        self._every_s = self._settings.every_s
        self._ticks = Ticks(self._every_s)
        self._trail = Trail(self._settings.trail)
        self._finder = FeatureFinder(self._settings.features)
        self._fine_ticks = Ticks(self._settings.fine_every_s)
        self._fine_finder = FeatureFinder(self._settings.fine)
        self._looks = Looks()
        self._mirrored = False  # whether the last look has the codes of its mirror image
        self._size_px = (0, 0)
        self._seen = 0

    def see(self, picture: Picture) -> None:
        if self._seen == 0:
            self._size_px = (picture.width_px, picture.height_px)
        self._seen += 1
        jumped = self._trail.see(picture)
        if self._ticks.wants(picture.at_s) or (jumped and self._far_from_last(picture.at_s)):
            self._look(picture)

    def hear(self, block: SoundBlock) -> None:
        """Sound is not looked at here."""

    def finish(self, decoded: Decoded) -> Outcome:
        nothing = no_pictures(decoded, self._seen)
        if nothing is not None:
            return nothing
        frames, features = len(self._looks), self._looks.features
        if features == 0:
            return NothingThere(why=f"all {frames} pictures looked at are black, flat or without a single corner")
        value = FingerprintFacts(
            frames=frames,
            features=features,
            code_bits=CODE_BYTES * 8,
            method="orb",
            width_px=self._size_px[0],
            height_px=self._size_px[1],
        )
        arrays = (
            *self._looks.arrays(),
            ("trail_s", as_array(np.array(self._trail.at_s), "f8")),
            ("trail", as_array(np.stack(self._trail.pictures), "u1")),
            ("between_s", as_array(np.array(self._trail.between_s), "f8")),
            ("between", as_array(_stacked(self._trail.between), "u1")),
        )
        return Found(value=value, arrays=arrays)

    def _far_from_last(self, at_s: float) -> bool:
        apart_s = self._settings.at_least_apart_s * self._every_s / self._settings.every_s
        return at_s - self._looks.at_s[-1] >= apart_s

    def _look(self, picture: Picture) -> None:
        fine = None
        closely = self._fine_ticks.wants(picture.at_s)
        self._mirrored = closely or not self._mirrored
        if closely:
            fine = self._fine_finder.features(picture.grey(self._settings.fine.long_side_px))
        grey = picture.grey(self._settings.features.long_side_px)
        small = self._trail.small(picture)
        self._looks.add(picture.at_s, grey, small, self._finder.features(grey, mirrored=self._mirrored), fine)
        if len(self._looks) > self._settings.most_looks:
            self._looks.halve()
            self._every_s *= 2
            self._ticks = Ticks(self._every_s)
            self._fine_ticks = Ticks(self._settings.fine_every_s * self._every_s / self._settings.every_s)
            for ticks in (self._ticks, self._fine_ticks):
                ticks.wants(picture.at_s)


def _stacked(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return np.stack(pictures) if pictures else np.zeros((0, SMALL_PX, SMALL_PX), np.uint8)
