"""Makes clips: a moving pattern, tones and clicks, written with PyAV. Every pixel and sample is computed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

Drawing = Callable[[int, float], NDArray[np.uint8]]  # (frame number, seconds) -> [height, width, 3] RGB
Sound = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # seconds [n] -> samples [n], full scale ±1

SOUND_HZ = 48_000


def pattern(size: tuple[int, int], *, seed: int = 1) -> Drawing:
    """A textured scene that pans slowly, with a bright disc moving across: features, motion, no symmetry."""
    width, height = size
    noise = np.random.default_rng(seed)
    coarse = noise.integers(0, 256, (height // 16 + 3, (width + 512) // 16 + 3, 3)).astype(np.uint8)
    scene = np.kron(coarse, np.ones((16, 16, 1), np.uint8))

    def draw(number: int, at_s: float) -> NDArray[np.uint8]:
        shift = int(at_s * 8) % 512
        picture = scene[:height, shift : shift + width].copy()
        y, x = np.ogrid[:height, :width]
        centre_x = (0.2 + 0.6 * (at_s * 0.25 % 1.0)) * width
        picture[(x - centre_x) ** 2 + (y - height * 0.35) ** 2 < (min(width, height) / 8) ** 2] = (250, 240, 60)
        return picture

    return draw


def plain(size: tuple[int, int], *, rgb: tuple[int, int, int] = (0, 0, 0)) -> Drawing:
    """One colour all the time."""
    picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = rgb
    return lambda number, at_s: picture


def tone(hz: float = 440.0, *, level: float = 0.25) -> Sound:
    """A steady tone."""
    return lambda seconds: level * np.sin(2 * np.pi * hz * seconds)


def clicks(every_s: float = 0.5, *, level: float = 0.9) -> Sound:
    """Clicks of 2 ms at 0, every_s, 2·every_s …, silence between."""
    return lambda seconds: np.where(np.mod(seconds + 1e-9, every_s) < 0.002, level, 0.0)


def silence() -> Sound:
    """Digital silence."""
    return np.zeros_like


def make_clip(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (320, 240),
    fps: int = 25,
    draw: Drawing | None = None,
    sound: Sound | None = None,
    sound_seconds: float | None = None,
    sound_starts_s: float = 0.0,
    pictures_start_s: float = 0.0,
    frame_times_s: Sequence[float] | None = None,
    codec: str = "libx264",
    sound_codec: str = "aac",
    layout: str = "stereo",
    sound_hz: int = SOUND_HZ,
    pixel_format: str = "yuv420p",
    b_frames: int = 0,
    crf: int = 20,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    rotation_deg: int = 0,
) -> Path:
    """Writes a clip and returns its path; the container follows the suffix.

    draw None: a panning pattern. sound None: no sound track. frame_times_s: times of the frames, for variable rate.
    sound_starts_s, pictures_start_s: first time stamps. rotation_deg: clockwise turn that shows it upright.
    """
    drawn = draw or pattern(size)
    with av.open(str(path), "w", options=options or {}) as out:
        for name, value in (tags or {}).items():
            out.metadata[name] = value
        video = cast(VideoStream, out.add_stream(codec, rate=fps))
        video.width, video.height, video.pix_fmt = size[0], size[1], pixel_format
        video.time_base = Fraction(1, 90_000)
        video.codec_context.time_base = Fraction(1, 90_000)
        if codec == "libx264":
            video.options = {"crf": str(crf), "preset": "ultrafast", "bf": str(b_frames), "g": "25"}
        if rotation_deg:
            video.set_display_rotation(-rotation_deg)
        track = None
        if sound is not None:
            track = cast(AudioStream, out.add_stream(sound_codec, rate=sound_hz, layout=layout))
        times = frame_times_s if frame_times_s is not None else [n / fps for n in range(round(seconds * fps))]
        for number, at_s in enumerate(times):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(drawn(number, at_s)), format="rgb24")
            frame.pts = round((at_s + pictures_start_s) * 90_000)
            frame.time_base = Fraction(1, 90_000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if track is not None and sound is not None:
            _write_sound(out, track, sound, seconds=sound_seconds or seconds, starts_s=sound_starts_s)
    return path


def make_sound(
    path: Path, *, seconds: float = 2.0, sound: Sound | None = None, codec: str = "pcm_s16le", layout: str = "mono",
    sound_hz: int = SOUND_HZ,
) -> Path:  # fmt: skip
    """Writes a sound file and returns its path."""
    with av.open(str(path), "w") as out:
        track = cast(AudioStream, out.add_stream(codec, rate=sound_hz, layout=layout))
        _write_sound(out, track, sound or tone(), seconds=seconds, starts_s=0.0)
    return path


def _write_sound(out: OutputContainer, track: AudioStream, sound: Sound, *, seconds: float, starts_s: float) -> None:
    """All channels carry the same; times count from the track's first sample."""
    rate = track.codec_context.sample_rate
    channels = track.codec_context.layout.nb_channels
    total = round(seconds * rate)
    step = 1024
    for first in range(0, total, step):
        count = min(step, total - first)
        mono = sound((first + np.arange(count)) / rate).astype(np.float32)
        packed = np.repeat(mono[:, None], channels, axis=1).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(packed), format="flt", layout=track.codec_context.layout.name
        )
        frame.sample_rate = rate
        frame.pts = first + round(starts_s * rate)
        frame.time_base = Fraction(1, rate)
        out.mux(track.encode(frame))
    out.mux(track.encode(None))


def repeated(source: Path, target: Path, *, every_s: float, times: int) -> Path:
    """The source's packets written over and over, every_s apart: long footage that is quickly made. Returns target."""
    with av.open(str(source)) as short, av.open(str(target), "w") as long:
        tracks = {stream.index: long.add_stream_from_template(stream) for stream in short.streams}
        packets = [
            (packet, packet.stream_index, packet.pts, packet.dts, packet.time_base)
            for packet in short.demux()
            if packet.pts is not None and packet.dts is not None
        ]
        for time_over in range(times):
            for packet, index, pts, dts, time_base in packets:
                shift = round(every_s * time_over / time_base)
                packet.stream = tracks[index]
                packet.time_base = time_base  # muxing changed it to the target's
                packet.pts, packet.dts = pts + shift, dts + shift
                long.mux(packet)
    return target
