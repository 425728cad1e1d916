"""What an item's pictures are like: strip, scenes, black, frozen and empty stretches, borders, overlays, rate."""

from array import array
from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_pictures
from firsthand.examine.borders import BorderSettings, borders
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.sampling import Thinned, Ticks
from firsthand.examine.scenes import SceneSettings, SceneWatch
from firsthand.examine.still_things import OverlaySettings, still_overlays
from firsthand.examine.stretches import stretches_where
from firsthand.examine.strip import FilmStrip
from firsthand.examine.tone import Tone, ToneSettings
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import Box, PicturesFacts, StillOverlay, Stretch
from firsthand.model.outcomes import EngineId, Found, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesSettings:
    """All that alters the finding.

    look_every_s, grey_px: how often and how large a picture is looked at closely; kept, kept_for_borders: of how
    many of these overlays and borders are judged. strip_columns: pictures of the film strip. black_brightness,
    black_spread: a picture is black when mean and standard deviation of its stored luma are below both (16 is black
    in limited range). frozen_change: mean absolute change under which a picture repeats the one before;
    frozen_for_s, black_for_s: shorter stretches are left out. least_texture: mean brightness step between
    neighbours of a 320-pixel picture under which there is too little to recognise it by. uneven_ratio,
    uneven_share: the rate varies when more than this share of the intervals are further than this from the middle
    one, beyond clock_slack_s of rounding.
    """

    scenes: SceneSettings = field(default_factory=SceneSettings)
    borders: BorderSettings = field(default_factory=BorderSettings)
    overlays: OverlaySettings = field(default_factory=OverlaySettings)
    tone: ToneSettings = field(default_factory=ToneSettings)
    look_every_s: float = 1.0
    grey_px: int = 320
    kept: int = 32
    kept_for_borders: int = 12
    strip_columns: int = 12
    black_brightness: float = 26.0
    black_spread: float = 6.0
    black_for_s: float = 0.1
    frozen_change: float = 0.05
    frozen_for_s: float = 1.0
    least_texture: float = 1.2
    uneven_ratio: float = 0.25
    uneven_share: float = 0.02
    clock_slack_s: float = 0.0015


class PicturesExaminer:
    """Statistics of every picture, and a closer look at one a second.

    Grows by 20 bytes a picture (2.2 MB for an hour at 30 a second) beside about 7 MB.
    """

    engine = EngineId(name="pictures", version=4, settings=settings_digest(PicturesSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = PicturesSettings()
        self._scenes = SceneWatch(self._settings.scenes)
        self._look = Ticks(self._settings.look_every_s)
        self._strip = FilmStrip(self._settings.strip_columns)
        self._tone = Tone(self._settings.tone)
        self._kept = Thinned(most=self._settings.kept, first_every_s=0.0)
        self._size_px = (0, 0)
        self._textured_s = array("d")
        self._texture = array("f")
        self._damaged = 0

    def see(self, picture: Picture) -> None:
        if not self._scenes.at_s:
            self._size_px = (picture.width_px, picture.height_px)
        self._scenes.see(picture)
        self._damaged += picture.damaged
        self._strip.see(picture)
        if self._look.wants(picture.at_s):
            self._look_closely(picture, black=self._is_black(*self._scenes.last_look()))

    def hear(self, block: SoundBlock) -> None:
        """Sound is not looked at here."""

    def finish(self, decoded: Decoded) -> Outcome:
        nothing = no_pictures(decoded, len(self._scenes.at_s))
        if nothing is not None:
            return nothing
        self._scenes.end()
        at_s, change, brightness, spread = (
            np.array(one)
            for one in (self._scenes.at_s, self._scenes.change, self._scenes.brightness, self._scenes.spread)
        )
        black = self._is_black(brightness, spread)
        end_s = max(decoded.pictures_end_s, float(at_s[-1]))
        active, border = self._borders()
        jpeg, strip_width_px, strip_height_px = self._strip.jpeg()
        strip_s = self._strip.times_s()
        value = PicturesFacts(
            frames=len(at_s),
            first_s=float(at_s[0]),
            last_s=float(at_s[-1]),
            end_s=end_s,
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            variable_rate=self._rate_varies(at_s),
            frames_per_second=_rate(at_s, still=decoded.still),
            still=decoded.still,
            scene_changes_s=tuple(self._scenes.cuts_s),
            black=self._black_stretches(black, at_s, end_s, still=decoded.still),
            frozen=self._frozen_stretches(change, at_s, end_s),
            low_texture=self._empty_stretches(end_s),
            active=active,
            border=border,
            overlays=self._overlays(active),
            strip_columns=len(strip_s),
            strip_width_px=strip_width_px,
            strip_height_px=strip_height_px,
            damaged_frames=max(self._damaged, decoded.damaged_frames),
        )
        arrays = (
            ("strip_jpeg", as_array(np.frombuffer(jpeg, np.uint8), "u1")),
            ("strip_s", as_array(np.array(strip_s), "f8")),
            ("brightness", as_array(np.rint(brightness), "u1")),
            ("change", as_array(change, "f4")),
            ("sampled_s", as_array(at_s, "f8")),
            *self._tone.arrays(),
        )
        return Found(value=value, arrays=arrays)

    def _look_closely(self, picture: Picture, *, black: bool) -> None:
        grey = picture.grey(self._settings.grey_px)
        self._textured_s.append(picture.at_s)
        self._texture.append(_mean_step(grey))
        self._tone.see(picture, grey, whole_px=self._settings.grey_px)
        if not black and self._kept.wants(picture.at_s):
            self._kept.keep(picture.at_s, grey.copy())

    def _kept_pictures(self, count: int) -> NDArray[np.uint8]:
        """[n, height, width] kept pictures, all in the size of the first."""
        chosen = [self._kept.pictures[index] for index in self._kept.spread(count)]
        if not chosen:
            return np.zeros((0, 1, 1), np.uint8)
        height, width = chosen[0].shape
        return np.stack([one if one.shape == (height, width) else cv2.resize(one, (width, height)) for one in chosen])

    def _borders(self) -> tuple[Box, Literal["none", "bars", "blurred_bars"]]:
        return borders(self._kept_pictures(self._settings.kept_for_borders), self._settings.borders)

    def _overlays(self, active: Box) -> tuple[StillOverlay, ...]:
        pictures = self._kept_pictures(self._settings.kept)
        ratio = self._settings.overlays.long_side_px / max(pictures.shape[1:])
        size = (max(1, round(pictures.shape[2] * ratio)), max(1, round(pictures.shape[1] * ratio)))
        small = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in pictures]
        return still_overlays(np.stack(small), active, self._settings.overlays) if small else ()

    def _rate_varies(self, at_s: NDArray[np.float64]) -> bool:
        settings = self._settings
        if len(at_s) < 3:
            return False
        apart = np.diff(at_s)
        usual = float(np.median(apart))
        uneven = np.abs(apart - usual) > settings.uneven_ratio * usual + settings.clock_slack_s
        return bool(uneven.mean() > settings.uneven_share)

    def _is_black(self, brightness: Any, spread: Any) -> Any:
        """Of numbers a bool, of arrays an array of bools."""
        return (brightness < self._settings.black_brightness) & (spread < self._settings.black_spread)

    def _black_stretches(
        self, black: NDArray[np.bool_], at_s: NDArray[np.float64], end_s: float, *, still: bool
    ) -> tuple[Stretch, ...]:
        least_s = 0.0 if still else self._settings.black_for_s
        return stretches_where(black, starts_s=at_s, end_s=end_s, at_least_s=least_s)

    def _frozen_stretches(
        self, change: NDArray[np.float32], at_s: NDArray[np.float64], end_s: float
    ) -> tuple[Stretch, ...]:
        """Repeated pictures together with the one they repeat; a long-shown single picture is none."""
        repeats = change < self._settings.frozen_change
        repeats[0] = False
        # Two frozen scenes that meet at a cut stay two: a stretch is moved to its first picture, not joined by it.
        first_of_pair_s = np.concatenate([at_s[:1], at_s[:-1]])
        runs = stretches_where(repeats, starts_s=at_s, end_s=end_s, at_least_s=0.0)
        begins = dict(zip(at_s.tolist(), first_of_pair_s.tolist(), strict=True))
        whole = [Stretch(start_s=begins[run.start_s], end_s=run.end_s) for run in runs]
        return tuple(one for one in whole if one.end_s - one.start_s >= self._settings.frozen_for_s - 1e-9)

    def _empty_stretches(self, end_s: float) -> tuple[Stretch, ...]:
        low = np.array(self._texture) < self._settings.least_texture
        return stretches_where(low, starts_s=np.array(self._textured_s), end_s=end_s, at_least_s=0.0)


def _mean_step(grey: NDArray[np.uint8]) -> float:
    """Mean brightness step between neighbours side by side and one above the other, 0 to 255."""
    if min(grey.shape) < 2:
        return 0.0
    across = cv2.norm(grey[:, 1:], grey[:, :-1], cv2.NORM_L1) / (grey.shape[0] * (grey.shape[1] - 1))
    down = cv2.norm(grey[1:], grey[:-1], cv2.NORM_L1) / ((grey.shape[0] - 1) * grey.shape[1])
    return float(across + down) / 2


def _rate(at_s: NDArray[np.float64], *, still: bool) -> float:
    """Pictures a second from the first to the last; 0 where there is only one."""
    shown_s = float(at_s[-1] - at_s[0])
    return 0.0 if still or len(at_s) < 2 or shown_s <= 0 else (len(at_s) - 1) / shown_s
