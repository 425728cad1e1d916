"""The soundprint: how loud each band of hearing is, 62.5 times a second; what two microphones at one event share."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_sound
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.soundline import SoundLine
from firsthand.media.frames import SAMPLES_PER_SECOND, Decoded, Picture, SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.outcomes import EngineId, Failed, Found, NothingThere, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundprintSettings:
    """All that alters a soundprint.

    window_samples: 64 ms, so that neighbouring bands stay apart down to 60 Hz wide and room echoes of the first
    tens of milliseconds fall into one column; hop_samples: 16 ms, so that a coarse alignment is within 8 ms before
    interpolation, well inside the reach of a refinement on the samples themselves; bands, low_hz, high_hz: 48
    triangles evenly on the mel scale from 80 Hz (below is wind and handling) to 7600 Hz (phones' narrow codecs and
    the resampler's edge lie above). nothing_peak: as in the sound examiner, digital silence.
    """

    window_samples: int = 1024
    hop_samples: int = 256
    bands: int = 48
    low_hz: float = 80.0
    high_hz: float = 7600.0
    nothing_peak: float = 2.0**-16


class SoundprintExaminer:
    """Log-mel bands of an item's sound. Grows by 3 kB a second (11 MB an hour).

    A track that is digital silence has no soundprint: NothingThere. Level 0 dB is a sine at full scale in the
    middle of a band. The last samples that fill no window are left out; sound shorter than one window gives one
    column, filled up with silence.
    """

    engine = EngineId(name="soundprint", version=2, settings=settings_digest(SoundprintSettings()))

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._settings = SoundprintSettings()
        self._line = SoundLine(
            lump=self._settings.hop_samples * _COLUMNS_A_LUMP,
            overlap=self._settings.window_samples - self._settings.hop_samples,
        )
        self._bands = _Bands(self._settings)
        self._mel: list[NDArray[np.uint8]] = []
        self._peak = 0.0

    def see(self, picture: Picture) -> None:
        """Pictures are not looked at here."""

    def hear(self, block: SoundBlock) -> None:
        self._peak = max(self._peak, block.peak)
        for lump in self._line.lay(block):
            self._mel.append(self._bands.of(lump))

    def finish(self, decoded: Decoded) -> Outcome:
        line, settings = self._line, self._settings
        nothing = no_sound(decoded, line.samples)
        if nothing is not None:
            return nothing
        if line.jumped:
            return Failed(error="UnreadableMedia", why=line.jumped)
        if self._peak < settings.nothing_peak:
            return NothingThere(why="the sound track is digital silence")
        self._mel.append(self._last_columns(line.rest()))
        mel = np.concatenate(self._mel)
        value = SoundprintFacts(
            first_s=line.first_s + settings.window_samples / 2 / SAMPLES_PER_SECOND,
            column_s=settings.hop_samples / SAMPLES_PER_SECOND,
            bands=settings.bands,
            low_hz=settings.low_hz,
            high_hz=settings.high_hz,
            columns=len(mel),
        )
        return Found(value=value, arrays=(("mel", as_array(mel, "u1")),))

    def _last_columns(self, rest: NDArray[np.float32]) -> NDArray[np.uint8]:
        settings = self._settings
        count = (len(rest) - settings.window_samples) // settings.hop_samples + 1
        if not self._mel:
            count = max(count, 1)
        full = np.zeros(settings.hop_samples * (_COLUMNS_A_LUMP - 1) + settings.window_samples, np.float32)
        full[: len(rest)] = rest
        return self._bands.of(full)[: max(count, 0)]


# Every lump is worked on in one shape, the last one filled up: sums then run in one order whatever the blocks were.
_COLUMNS_A_LUMP = 128


class _Bands:
    """Turns a lump of samples into bands."""

    def __init__(self, settings: SoundprintSettings) -> None:
        self._settings = settings
        length = settings.window_samples
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
        # A full-scale sine then has power 1 at the middle of a band: 0 dB.
        self._window = (window * (2 / window.sum())).astype(np.float32)
        # Each spectrum bin lies between two corners: on the rising side of one triangle, on the falling side of the
        # one before. Summed so, no matrix product wakes threads, and sums run in one order on every machine.
        self._starts, self._rising, self._falling = _triangles(settings)
        # Kept from lump to lump: memory that is new each time takes as long again as the sums.
        self._windowed = np.empty((_COLUMNS_A_LUMP, length), np.float32)
        self._spectrum = np.empty_like(self._windowed)
        self._power = np.empty((_COLUMNS_A_LUMP, length // 2 - 1), np.float32)
        self._weighed = np.empty_like(self._power)

    def of(self, lump: NDArray[np.float32]) -> NDArray[np.uint8]:
        """[columns, bands] uint8 of the lump's windows: (dB + 100) × 2, clipped."""
        settings = self._settings
        windows = np.lib.stride_tricks.sliding_window_view(lump, settings.window_samples)[:: settings.hop_samples]
        windowed = np.multiply(windows, self._window, out=self._windowed)
        # OpenCV's is a tenth of the time of NumPy's. Each row: the constant, then real and imaginary part of a bin.
        cv2.dft(windowed, dst=self._spectrum, flags=cv2.DFT_ROWS)
        squares = np.square(self._spectrum, out=self._windowed)
        power = np.add(squares[:, 1:-1:2], squares[:, 2:-1:2], out=self._power)
        rising = np.add.reduceat(np.multiply(power, self._rising, out=self._weighed), self._starts, axis=1)
        falling = np.add.reduceat(np.multiply(power, self._falling, out=self._weighed), self._starts, axis=1)
        bands = rising[:, : settings.bands] + falling[:, 1 : settings.bands + 1]
        level_db = 10 * np.log10(np.maximum(bands, 1e-12))
        return np.asarray(np.clip(np.rint((level_db + 100) * 2), 0, 255), dtype=np.uint8)


def _triangles(
    settings: SoundprintSettings,
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The first spectrum bin after each corner [bands + 2], and each bin's weights [bins] in the triangle that
    rises and in the one that falls there. A triangle is 1 at its middle and 0 at the middles of its neighbours. The
    constant and the highest bin, which lie in none, are not counted."""
    # The mel scale: 2595 log10(1 + hz / 700).
    low_mel, high_mel = (2595 * np.log10(1 + hz / 700) for hz in (settings.low_hz, settings.high_hz))
    corners = 700 * (10 ** (np.linspace(low_mel, high_mel, settings.bands + 2) / 2595) - 1)
    bin_hz = np.fft.rfftfreq(settings.window_samples, 1 / SAMPLES_PER_SECOND)[1:-1]
    starts = np.searchsorted(bin_hz, corners)
    within = np.interp(bin_hz, corners, np.arange(settings.bands + 2)) % 1
    inside = (bin_hz >= corners[0]) & (bin_hz < corners[-1])
    rising = np.where(inside, within, 0).astype(np.float32)
    falling = np.where(inside, 1 - within, 0).astype(np.float32)
    return starts, rising, falling
