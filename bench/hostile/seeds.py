"""Small sound files to be broken: every container and coding a phone, a platform or an archive is likely to hand in."""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

# (container, picture coding, sound coding); empty: none
_CLIPS = (
    ("mp4", "libx264", "aac"),
    ("mov", "mjpeg", "pcm_s16le"),
    ("mp4", "mpeg4", "mp3"),
    ("matroska", "libx264", "libopus"),
    ("webm", "libvpx-vp9", "libopus"),
    ("avi", "mpeg4", "mp3"),
    ("mpegts", "mpeg2video", "mp2"),
    ("flv", "flv1", "mp3"),
    ("gif", "gif", ""),
    ("apng", "apng", ""),
    ("wav", "", "pcm_s16le"),
    ("flac", "", "flac"),
    ("ogg", "", "libopus"),
    ("mp3", "", "libmp3lame"),
    ("adts", "", "aac"),
    ("aiff", "", "pcm_s16be"),
)
_STILLS = ("mjpeg", "png", "bmp", "tiff", "libwebp")
_SIZE = (96, 64)
_FRAMES = 8


def seeds() -> dict[str, bytes]:
    """Name → bytes; codings that this FFmpeg cannot write are left out."""
    found: dict[str, bytes] = {}
    for container, pictures, sound in _CLIPS:
        if all(not name or _can_write(name) for name in (pictures, sound)):
            found[f"{container}-{pictures or sound}"] = _clip(container, pictures, sound)
    for coding in _STILLS:
        if _can_write(coding):
            found[f"still-{coding}"] = _clip("image2pipe", coding, "", frames=1)
    return found


def _can_write(coding: str) -> bool:
    try:
        av.codec.Codec(coding, "w")
    except ValueError:
        return False
    return True


def _clip(container: str, pictures: str, sound: str, *, frames: int = _FRAMES) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as opened:
        opened.metadata["title"] = "seed"
        video = track = None
        if pictures:
            video = cast(VideoStream, opened.add_stream(pictures, rate=25))
            video.width, video.height = _SIZE
            video.pix_fmt = _pixel_format(video)
        if sound:
            track = cast(AudioStream, opened.add_stream(sound, rate=48_000 if sound == "libopus" else 44_100))
            track.layout = "mono"
        for frame in _pictures(frames) if video is not None else ():
            opened.mux(video.encode(frame) if video is not None else [])
        if video is not None:
            opened.mux(video.encode(None))
        if track is not None:
            for block in _sounds(track.codec_context.sample_rate):
                opened.mux(track.encode(block))
            opened.mux(track.encode(None))
    return out.getvalue()


def _pixel_format(stream: VideoStream) -> str:
    formats = [one.name for one in stream.codec_context.codec.video_formats or ()]
    if stream.codec_context.codec.name == "mjpeg":
        return "yuvj420p"
    return next((name for name in ("yuv420p", "rgb24", "bgr24", "rgb8") if name in formats), formats[0])


def _pictures(count: int) -> Iterator[av.VideoFrame]:
    width, height = _SIZE
    noise = np.random.default_rng(7).integers(0, 256, (height, width * 2, 3)).astype(np.uint8)
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(noise[:, number * 4 : number * 4 + width]), format="rgb24"
        )
        frame.pts, frame.time_base = number, Fraction(1, 25)
        yield frame


def _sounds(rate: int) -> Iterator[av.AudioFrame]:
    for number in range(12):
        samples = (np.sin(np.arange(number * 1024, (number + 1) * 1024) * 0.06) * 0.4).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, number * 1024, Fraction(1, rate)
        yield frame
