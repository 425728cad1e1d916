"""What an item's sound is like: its waveform, how loud it is, where it is silent, whether it was clipped."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.examine.answers import no_sound
from firsthand.examine.bulk import as_array, settings_digest
from firsthand.examine.soundline import SoundLine
from firsthand.examine.stretches import stretches_where
from firsthand.examine.waveform import COLUMNS_A_LUMP, Waveform
from firsthand.media.frames import SAMPLES_PER_SECOND, Decoded, Picture, SoundBlock
from firsthand.model.findings import SoundFacts
from firsthand.model.outcomes import EngineId, Failed, Found, Outcome

FLOOR_DB = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSettings:
    """All that alters the finding.

    column_samples: of the mono mix at 16 kHz, one waveform column at first (20 ms); most_columns: when there are
    more, neighbours are joined and columns last twice as long, so an hour takes 0.16 s a column and 135 kB;
    silent_db, silent_for_s: a stretch under this level for this long is silent; nothing_peak: half a step of
    16-bit sound: a track that never exceeds it is digital silence.
    """

    column_samples: int = 320
    most_columns: int = 32768
    silent_db: float = -60.0
    silent_for_s: float = 0.5
    nothing_peak: float = 2.0**-16


class SoundExaminer:
    """Waveform, level, silence and clipping of an item's sound track. Memory stays under 4 MB.

    A track of digital silence is Found, with `digital_silence` and one silent stretch: that it is silent is what
    was found. Gaps in the track count as silence and in `lost_samples` (at the track's own rate).
    Limits: level and waveform are those of the mono mix at 16 kHz; peak and clipping are those of the track.
    """

    engine = EngineId(name="sound", version=1, settings=settings_digest(SoundSettings()))

    def __init__(self) -> None:
        self._settings = SoundSettings()
        self._line = SoundLine(lump=self._settings.column_samples * COLUMNS_A_LUMP)
        self._waveform = Waveform(column_samples=self._settings.column_samples, most=self._settings.most_columns)
        self._clipped = 0
        self._counted = 0
        self._peak = 0.0

    def see(self, picture: Picture) -> None:
        """Pictures are not looked at here."""

    def hear(self, block: SoundBlock) -> None:
        self._clipped += block.clipped
        self._counted += block.counted
        self._peak = max(self._peak, block.peak)
        for lump in self._line.lay(block):
            self._waveform.add_lump(lump)

    def finish(self, decoded: Decoded) -> Outcome:
        line, settings = self._line, self._settings
        nothing = no_sound(decoded, line.samples)
        if nothing is not None:
            return nothing
        if line.jumped:
            return Failed(error="UnreadableMedia", why=line.jumped)
        self._waveform.add_lump(line.rest())
        low, high, power = self._waveform.columns(line.samples)
        level_db = _db(power)
        column_s = settings.column_samples * self._waveform.joined / SAMPLES_PER_SECOND
        track = next((one for one in decoded.streams if one.index == decoded.sound_stream), None)
        rate = (track.samples_per_second if track else None) or SAMPLES_PER_SECOND
        value = SoundFacts(
            first_s=line.first_s,
            end_s=line.end_s,
            samples_per_second=rate,
            channels=(track.channels if track else None) or 1,
            mean_db=float(_db(np.array([self._waveform.energy / line.samples]))[0]),
            peak_db=max(FLOOR_DB, 20 * math.log10(self._peak)) if self._peak > 0 else FLOOR_DB,
            digital_silence=self._peak < settings.nothing_peak,
            silent=stretches_where(
                level_db < settings.silent_db,
                starts_s=line.first_s + column_s * np.arange(len(level_db), dtype=np.float64),
                end_s=line.end_s,
                at_least_s=settings.silent_for_s,
            ),
            clipped_ratio=self._clipped / self._counted if self._counted else 0.0,
            column_s=column_s,
            lost_samples=round(line.lost * rate / SAMPLES_PER_SECOND),
        )
        peaks = np.clip(np.rint(np.stack([low, high], axis=1) * 127), -127, 127)
        return Found(value=value, arrays=(("peaks", as_array(peaks, "i1")), ("level_db", as_array(level_db, "f4"))))


def _db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
