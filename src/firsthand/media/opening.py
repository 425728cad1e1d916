"""Opening a file through a descriptor, and what its container declares before anything is decoded."""

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import DataStream, Disposition
from av.stream import Stream as AvStream
from av.video.stream import VideoStream

from firsthand.media.boxes import TrackBoxes
from firsthand.media.limits import DecodeLimits
from firsthand.model.errors import UnreadableMedia
from firsthand.model.findings import Stream, Tag

# Containers of footage, sound and stills. Left out on purpose: playlists and scripts (hls, dash, concat), which lead
# to other files, and text, which FFmpeg is glad to take for subtitles.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,wav,w64,aiff,mp3,aac,flac,amr,amrnb,"
    "amrwb,caf,au,ac3,eac3,gif,apng,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,h264,hevc,m4v,ivf,dv,mxf,rm"
)

# FFmpeg prints what it meets in broken files; the file's answer is its outcome, not the terminal.
av.logging.set_level(None)
av.logging.set_libav_level(av.logging.PANIC)


def open_container(descriptor: int, limits: DecodeLimits) -> InputContainer:
    """The file behind the descriptor, from its beginning. Raises UnreadableMedia where FFmpeg cannot open it."""
    try:
        container = av.open(
            "fd:",
            mode="r",
            options={"max_pixels": str(limits.max_pixels)},
            container_options={
                "fd": str(descriptor),
                "protocol_whitelist": "fd",
                "format_whitelist": FORMATS,
                "max_streams": str(limits.max_streams),
            },
            metadata_errors="surrogateescape",
        )
    except (FFmpegError, ValueError, UnicodeError) as error:
        raise UnreadableMedia(
            "the file",
            why=f"FFmpeg cannot open it: {_reason(error)}",
            kept="the file is sealed as received",
            next_step="try the sender for another copy",
        ) from error
    return container


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:300]


def choose_pictures(container: InputContainer) -> VideoStream | None:
    """The default picture stream, the largest where there are several; a cover only where there is nothing else."""
    decodable = [s for s in container.streams.video if s.codec_context is not None]
    moving = [s for s in decodable if not s.disposition & (Disposition.attached_pic | Disposition.dependent)]
    if not moving and not container.streams.audio:
        moving = [s for s in decodable if not s.disposition & Disposition.dependent]
    chosen = [s for s in moving if s.disposition & Disposition.default] or moving
    return max(chosen, key=lambda s: (s.codec_context.width * s.codec_context.height, -s.index), default=None)


def choose_sound(container: InputContainer) -> AudioStream | None:
    """The default sound stream, the one with most channels where there are several."""
    decodable = [s for s in container.streams.audio if s.codec_context is not None]
    chosen = [s for s in decodable if s.disposition & Disposition.default] or decodable
    return max(chosen, key=lambda s: (s.codec_context.channels, -s.index), default=None)


def described(stream: AvStream, *, turn_deg: int | None, boxes: TrackBoxes | None) -> Stream:
    """The stream as its container declares it."""
    base = stream.time_base
    codec = _codec_of(stream)
    if boxes is not None and codec in ("", "bin_data"):
        codec = boxes.sample_format
    known = stream.codec_context if isinstance(stream, VideoStream | AudioStream) else None
    pictures = stream.codec_context if isinstance(stream, VideoStream) else None
    sound = stream.codec_context if isinstance(stream, AudioStream) else None
    aspect = stream.sample_aspect_ratio if isinstance(stream, VideoStream) and pictures else None
    rate = stream.average_rate if pictures else None
    return Stream(
        index=stream.index,
        type=stream.type,
        codec=codec,
        profile=(stream.profile or "") if known else "",
        start_s=None if stream.start_time is None or base is None else float(stream.start_time * base),
        duration_s=None if stream.duration is None or base is None else float(stream.duration * base),
        bit_rate=(known.bit_rate or None) if known else None,
        attached_picture=bool(stream.disposition & Disposition.attached_pic),
        width_px=pictures.width or None if pictures else None,
        height_px=pictures.height or None if pictures else None,
        rotation_deg=turn_deg if pictures else None,
        pixel_aspect_ratio=float(aspect) if aspect else None,
        frames_per_second=float(rate) if rate else None,
        pixel_format=(pictures.pix_fmt or "") if pictures else "",
        colour=_colour(pictures) if pictures else "",
        samples_per_second=sound.sample_rate or None if sound else None,
        channels=sound.channels or None if sound else None,
    )


def _codec_of(stream: AvStream) -> str:
    """FFmpeg's name of the coding; of a data track, of its kind. Empty where FFmpeg knows none."""
    if isinstance(stream, DataStream):
        return stream.name or ""
    context = stream.codec_context if isinstance(stream, VideoStream | AudioStream) else None
    return context.codec.canonical_name if context is not None else ""


# FFmpeg's names (libavutil/pixdesc.c) of the numbers in ITU-T H.273.
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 11: "smpte431",
              12: "smpte432"}  # fmt: skip
_TRANSFER = {1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1",
             14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"}  # fmt: skip
_SPACE = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c",
          14: "ictcp"}  # fmt: skip


def _colour(context: object) -> str:
    """Matrix, primaries, transfer joined by slashes, said once where they agree; empty where nothing is said."""
    names = (
        _SPACE.get(int(getattr(context, "colorspace", 2)), ""),
        _PRIMARIES.get(int(getattr(context, "color_primaries", 2)), ""),
        _TRANSFER.get(int(getattr(context, "color_trc", 2)), ""),
    )
    return "/".join(dict.fromkeys(name for name in names if name))


def tags_of(container: InputContainer, limits: DecodeLimits) -> tuple[Tag, ...]:
    """Every tag FFmpeg reads, as the file holds it; chapters' titles too."""
    found = [("container", name, value) for name, value in container.metadata.items()]
    for stream in container.streams:
        found += [(f"stream {stream.index}", name, value) for name, value in stream.metadata.items()]
    for chapter in container.chapters():
        where = f"chapter {chapter['id']}"
        found += [(where, name, value) for name, value in chapter["metadata"].items()]
    return tuple(
        Tag(reader="ffmpeg", where=where, name=name, value=value[: limits.max_tag_bytes])
        for where, name, value in found[: limits.max_tags]
    )
