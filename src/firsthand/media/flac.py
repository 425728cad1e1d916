"""Sound of one channel, 16 000 samples a second, as FLAC: written when it was examined, read when it is compared."""

import io

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from firsthand.media.frames import SAMPLES_PER_SECOND
from firsthand.model.arrays import Array
from firsthand.model.errors import MalformedRecord

# Samples a block of FLAC: what is cut finer, as the encoder would by itself, takes longer and more bytes.
_BLOCK = 4096
_STEP = 16 * _BLOCK  # samples handed to the encoder at once


def as_flac(sound: Array) -> bytes:
    """The samples ([n] i2) as a FLAC file: about 15 to 25 kB a second."""
    samples = np.frombuffer(sound.data, "<i2").astype(np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        track = container.add_stream("flac", rate=SAMPLES_PER_SECOND, options={"frame_size": str(_BLOCK)})
        track.layout, track.format = "mono", "s16"
        track.codec_context.thread_count = 1
        for first in range(0, len(samples), _STEP):
            part = samples[None, first : first + _STEP]
            frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
            frame.sample_rate, frame.pts = SAMPLES_PER_SECOND, first
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return file.getvalue()


def read_flac(file: bytes) -> NDArray[np.float32]:
    """The samples [n], full scale ±1. Only what as_flac wrote is read: raises MalformedRecord for anything else."""
    try:
        with av.open(io.BytesIO(file), "r", format="flac") as container:
            track = container.streams.audio[0]
            if track.codec_context.sample_rate != SAMPLES_PER_SECOND or track.codec_context.channels != 1:
                raise MalformedRecord("a kept sound", why="it is not one channel of 16 000 samples a second")
            parts = [frame.to_ndarray().reshape(-1) for frame in container.decode(track)]
    except (FFmpegError, IndexError) as error:
        raise MalformedRecord("a kept sound", why=f"it is not FLAC as it was written: {error}") from error
    samples = np.concatenate([*parts, np.zeros(0, np.int16)])
    return np.asarray(samples / np.float32(32767), dtype=np.float32)
