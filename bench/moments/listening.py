"""Clips as the archive hears them: each file decoded by firsthand's own pass, its soundprint and sound kept."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.moments.phones import Phone
from bench.moments.scenes import Clip
from firsthand.app.synchronising import AMR_EDITED_S
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.examine.soundtrack import SoundtrackKeeper
from firsthand.link.offsets import Listened
from firsthand.media.decode import Pass
from firsthand.media.flac import as_flac, read_flac
from firsthand.media.frames import SoundBlock
from firsthand.model.findings import SoundprintFacts
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A clip that was listened to. talked_over: a voice was laid over it afterwards. flac: its kept sound."""

    phone: Phone
    talked_over: bool
    heard: Listened
    flac: bytes
    file_bytes: int


class Kept:
    """Kept sounds in memory, decoded when asked for. Implements link.offsets.Sounds."""

    def __init__(self, takes: Iterable[Take]) -> None:
        self._flac = {take.heard.item: take.flac for take in takes}
        self._decoded: dict[ItemId, NDArray[np.float32]] = {}

    def samples(self, item: ItemId) -> NDArray[np.float32] | None:
        if item not in self._decoded:
            self._decoded[item] = read_flac(self._flac[item])
            while len(self._decoded) > 64:
                self._decoded.pop(next(iter(self._decoded)))
        return self._decoded[item]


def listened_to(clips: Iterable[Clip]) -> Iterator[Take]:
    """Every clip, decoded once."""
    for number, clip in enumerate(clips):
        descriptor = os.memfd_create("clip")
        try:
            os.write(descriptor, clip.file)
            os.lseek(descriptor, 0, os.SEEK_SET)
            examiner, keeper = SoundprintExaminer(), SoundtrackKeeper()
            one = Pass(descriptor)
            for given in one:
                if isinstance(given, SoundBlock):
                    examiner.hear(given)
                    keeper.hear(given)
        finally:
            os.close(descriptor)
        outcome, sound = examiner.finish(one.decoded), keeper.finish()
        if not isinstance(outcome, Found) or not isinstance(outcome.value, SoundprintFacts) or sound is None:
            raise SystemExit(f"{clip.phone.name} has no soundprint")
        mel = outcome.array("mel")
        yield Take(
            phone=replace(clip.phone, extra=None),
            talked_over=clip.phone.extra is not None,
            heard=Listened(
                item=ItemId(f"{number:04}"),
                first_s=outcome.value.first_s,
                column_s=outcome.value.column_s,
                mel=np.frombuffer(mel.data, np.uint8).reshape(mel.shape),
                delay_unsure_s=AMR_EDITED_S if clip.phone.codec == "amr" else 0.0,
            ),
            flac=as_flac(sound),
            file_bytes=len(clip.file),
        )
