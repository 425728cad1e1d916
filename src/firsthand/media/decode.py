"""One pass over an open file: pictures and blocks of sound in the order they lie there, and all that is learnt.

one = Pass(descriptor, limits=DecodeLimits())
for given in one:            # DecodedPicture | SoundBlock
    ...
one.decoded                  # Decoded, complete now
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import av
import av.subtitles.codeccontext  # met only in files with subtitles, when nothing can be loaded any more
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from av.stream import Stream as AvStream
from av.video.frame import VideoFrame

from firsthand.media.boxes import read_tracks
from firsthand.media.edits import edit_notes, shown_from_s
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.media.limits import DecodeLimits
from firsthand.media.opening import choose_pictures, choose_sound, described, open_container, tags_of
from firsthand.media.packets import AnyPacket, PacketReader
from firsthand.media.picture import DecodedPicture, Scaler, Upright
from firsthand.media.sound import SoundMixer, Ticking
from firsthand.media.tags import TagsRead
from firsthand.media.upright import picture_tags, upright_of
from firsthand.model.findings import Stream, Tag

# How far we read ahead, undecoded, to learn which stream is presented first.
AHEAD_BYTES = 32 << 20
AHEAD_PACKETS = 4_096
# So many packets of sound (0.7 s of AAC), or so many bytes of them, are decoded on end: alone between two pictures, one
# finds the processor's caches full of pictures, and takes half as long again.
SOUND_PACKETS = 32
SOUND_BYTES = 1 << 20
# A decoder that refuses this many packets on end will not recover.
MAX_REFUSED = 1_000

CLOCKS_READ_EVERY = 8  # packets: they are slow on virtual machines

Frame = VideoFrame | AudioFrame


class Pass:
    """Decodes a file once. Iterate it once; `decoded` is complete when the iteration has ended."""

    def __init__(
        self,
        descriptor: int,
        *,
        limits: DecodeLimits | None = None,
        readings: tuple[TagsRead, ...] = (),
        key_frames_only: bool = False,
    ) -> None:
        """Opens the file behind a seekable descriptor. Raises UnreadableMedia where nothing can be opened.

        readings: what the other readers of tags said; handed through into `decoded`. key_frames_only: other pictures
        are not decoded, and of the sound no more than where it begins.
        """
        self._limits = limits or DecodeLimits()
        self._readings = readings
        self._tracks = read_tracks(descriptor)
        self._container = open_container(descriptor, self._limits)
        self._pictures = choose_pictures(self._container)
        self._sound = choose_sound(self._container)
        self._errors: dict[int, str] = {}
        self._stopped = ""
        self._give_up_oversized_pictures()
        self._chosen = {s.index for s in (self._pictures, self._sound) if s is not None} - self._errors.keys()
        for index in self._chosen:
            context = self._container.streams[index].codec_context
            context.thread_type = "NONE"
            context.thread_count = 1
            if index == self._picture_index:
                context.options = {"max_pixels": str(self._limits.max_pixels)}
                if key_frames_only:
                    context.skip_frame = "NONKEY"
        self._key_frames_only = key_frames_only
        self._packets = PacketReader(
            self._container,
            tracks=self._tracks,
            wanted=self._chosen,
            max_telemetry_bytes=self._limits.max_telemetry_bytes,
        )
        self._shown_from_s = shown_from_s(self._tracks, self._picture_index)
        self._mixer = SoundMixer()
        self._ticks = Ticking()  # of the pictures
        self._scaler = Scaler()
        self._upright: Upright | None = None
        self._picture_tags: tuple[Tag, ...] = ()
        self._zero_s = 0.0
        self._frames = 0
        self._damaged = 0
        self._refused = dict.fromkeys(self._chosen, 0)
        self._last_at_s: float | None = None  # from the item's zero
        self._step_s = 0.0  # how long a picture is shown, as far as known
        self._decoded: Decoded | None = None

    @property
    def decoded(self) -> Decoded:
        """Everything learnt. Raises RuntimeError while the pass has not ended."""
        if self._decoded is None:
            raise RuntimeError("the pass has not ended")
        return self._decoded

    def __iter__(self) -> Iterator[DecodedPicture | SoundBlock]:
        """Pictures and blocks of sound, sound up to SOUND_PACKETS late. Damaged packets are skipped and counted; no
        FFmpeg error comes out."""
        packets = iter(self._packets)
        held, waiting = self._read_ahead(packets)
        if self._key_frames_only and self._sound_index is not None and self._pictures is not None:
            self._chosen.discard(self._sound_index)
            held = deque(frame for frame in held if isinstance(frame, VideoFrame))
        while held:
            yield from self._presented(held.popleft())
        clock = _Clock(self._limits)
        chosen, sound_index = self._chosen, self._sound_index
        sound: list[AnyPacket] = []
        sound_bytes = 0
        for number, (index, packet) in enumerate(chain(_emptying(waiting), packets), 1):
            if index == sound_index:
                sound.append(packet)
                sound_bytes += packet.size
                if len(sound) == SOUND_PACKETS or sound_bytes > SOUND_BYTES:
                    yield from self._sounding(sound)
                    sound, sound_bytes = [], 0
            elif index in chosen:
                for frame in self._frames_of(index, packet):
                    yield from self._presented(frame)
            if number % CLOCKS_READ_EVERY == 0:
                self._stopped = self._stopped or clock.over()
            if self._stopped:
                break
        yield from self._sounding(sound)
        yield from self._heard(tuple(self._mixer.flush()))
        self._decoded = self._summed_up()
        self._container.close()

    @property
    def _picture_index(self) -> int | None:
        return None if self._pictures is None else self._pictures.index

    @property
    def _sound_index(self) -> int | None:
        return None if self._sound is None else self._sound.index

    def _give_up_oversized_pictures(self) -> None:
        """Pictures over the limit are not decoded at all; the sound beside them is."""
        if self._pictures is None:
            return
        context = self._pictures.codec_context
        if context.width * context.height > self._limits.max_pixels:
            why = f"pictures of {context.width}×{context.height}, over {self._limits.max_pixels} pixels"
            self._errors[self._pictures.index] = why

    def _read_ahead(
        self, packets: Iterator[tuple[int, AnyPacket]]
    ) -> tuple[deque[Frame], deque[tuple[int, AnyPacket]]]:
        """Reads until every chosen stream has given a first frame, and sets the item's zero by the earliest.

        Only first frames are held decoded; what follows them in the same stream waits as packets.
        """
        first: dict[int, float] = {}
        others: list[float] = []
        held: deque[Frame] = deque()
        waiting: deque[tuple[int, AnyPacket]] = deque()
        size = 0
        for index, packet in packets:
            if index in self._chosen and index not in first:
                for frame in self._frames_of(index, packet):
                    if not isinstance(frame, VideoFrame) or self._is_shown(frame):
                        held.append(frame)
                        first.setdefault(index, _time_s(frame))
            elif index in self._chosen:
                waiting.append((index, packet))
                size += packet.size
            elif packet.stream.type in ("video", "audio"):
                others += _presented_from_s(packet)
            if len(first) == len(self._chosen) or size > AHEAD_BYTES or len(waiting) > AHEAD_PACKETS:
                break
        self._zero_s = min([*first.values(), *others], default=0.0)
        return held, waiting

    def _frames_of(self, index: int, packet: AnyPacket) -> Sequence[Frame]:
        """The frames this packet completes; none where the decoder refuses it."""
        try:
            frames: Sequence[Frame] = packet.decode()
        except (FFmpegError, ValueError) as error:
            self._refused[index] += 1
            if index == self._picture_index and packet.size:
                self._damaged += 1
            if self._refused[index] == MAX_REFUSED:
                self._errors[index] = f"the decoder refuses to go on: {error}"
                self._chosen.discard(index)
            return []
        if frames:
            self._refused[index] = 0
        return frames

    def _sounding(self, packets: list[AnyPacket]) -> Iterator[SoundBlock]:
        """The blocks of sound that these packets of the sound track complete."""
        chosen, take = self._chosen, self._mixer.take
        for packet in packets:
            index = packet.stream_index
            if index not in chosen:
                return
            for frame in self._frames_of(index, packet):
                if isinstance(frame, AudioFrame) and (blocks := take(frame)):
                    yield from self._heard(blocks)

    def _presented(self, frame: Frame) -> Sequence[DecodedPicture | SoundBlock]:
        if isinstance(frame, VideoFrame):
            return (self._seen(frame),) if self._is_shown(frame) else ()
        return self._heard(self._mixer.take(frame))

    def _is_shown(self, frame: VideoFrame) -> bool:
        """Not so for pictures that end before the track's edit list begins to show it."""
        if self._shown_from_s is None or frame.pts is None:
            return True
        return self._ticks.seconds(frame.pts + max(frame.duration, 1), frame) > self._shown_from_s

    def _seen(self, frame: VideoFrame) -> DecodedPicture:
        if self._upright is None:
            self._upright = upright_of(frame, self._pictures)
            self._picture_tags = picture_tags(frame)
        at_s = self._picture_at_s(frame)
        picture = DecodedPicture(frame, index=self._frames, at_s=at_s, upright=self._upright, scaler=self._scaler)
        self._frames += 1
        self._damaged += picture.damaged
        if frame.duration:
            self._step_s = self._ticks.seconds(frame.duration, frame)
        elif self._last_at_s is not None and at_s > self._last_at_s:
            self._step_s = at_s - self._last_at_s
        self._last_at_s = at_s
        self._check_duration(at_s)
        return picture

    def _picture_at_s(self, frame: VideoFrame) -> float:
        """From the item's zero. A picture without a time stamp follows its predecessor by that one's duration."""
        if frame.pts is not None:
            return self._ticks.seconds(frame.pts, frame) - self._zero_s
        return 0.0 if self._last_at_s is None else self._last_at_s + self._step_s

    def _heard(self, blocks: Sequence[SoundBlock]) -> Sequence[SoundBlock]:
        if not blocks:
            return ()
        self._check_duration(self._sound_end_s())
        return [replace(block, at_s=block.at_s - self._zero_s) for block in blocks]

    def _sound_end_s(self) -> float:
        return self._mixer.end_s - self._zero_s if self._mixer.heard else 0.0

    def _check_duration(self, at_s: float) -> None:
        if at_s > self._limits.max_duration_s:
            self._stopped = f"over {self._limits.max_duration_s:g} s long"

    def _summed_up(self) -> Decoded:
        container = self._container
        duration_s = None if container.duration is None else container.duration / av.time_base
        still = self._is_still(duration_s)
        pictures_end_s = 0.0 if still or self._last_at_s is None else self._last_at_s + (self._step_s or self._rate_s())
        ffmpeg = "ffmpeg " + ".".join(str(part) for part in av.library_versions["libavformat"])
        return Decoded(
            format_name=container.format.name,
            duration_s=duration_s,
            bit_rate=container.bit_rate or None,
            streams=tuple(self._described(stream) for stream in container.streams),
            tags=(
                *tags_of(container, self._limits),
                *self._picture_tags,
                *(tag for reading in self._readings for tag in reading.tags),
            ),
            readers=(ffmpeg, *(reading.reader for reading in self._readings if reading.reader)),
            notes=(*(reading.note for reading in self._readings if reading.note), *self._own_notes()),
            telemetry=tuple(replace(one, at_s=one.at_s - self._zero_s) for one in self._packets.telemetry),
            packets_sha256=self._packets.sha256,
            edit_lists=edit_notes(self._tracks),
            picture_stream=self._picture_index,
            sound_stream=self._sound_index,
            still=still,
            zero_s=self._zero_s,
            frames=self._frames,
            pictures_end_s=pictures_end_s,
            sound_end_s=self._sound_end_s(),
            damaged_frames=self._damaged,
            picture_error=self._error_of(self._picture_index, gave=self._frames > 0),
            sound_error=self._error_of(self._sound_index, gave=self._mixer.heard),
            stopped=self._stopped,
        )

    def _error_of(self, index: int | None, *, gave: bool) -> str:
        """Why this stream ended early. A stream that is declared and gives nothing is an error too, unless a limit
        ended the pass."""
        if index is None:
            return ""
        nothing = "" if gave or self._stopped else "the stream is declared, but nothing in it can be decoded"
        return self._errors.get(index) or self._packets.error or nothing

    def _rate_s(self) -> float:
        rate = None if self._pictures is None else self._pictures.average_rate
        return 1 / float(rate) if rate else 0.0

    def _is_still(self, duration_s: float | None) -> bool:
        if self._pictures is None or self._sound is not None or self._frames != 1:
            return False
        brand = self._container.metadata.get("major_brand", "")
        return self._container.format.name.endswith("_pipe") or brand in _STILL_BRANDS or not duration_s

    def _described(self, stream: AvStream) -> Stream:
        turn_deg = self._upright.turn_deg if self._upright and stream.index == self._picture_index else None
        boxes = self._tracks[stream.index] if stream.index < len(self._tracks) else None
        return described(stream, turn_deg=turn_deg, boxes=boxes)

    def _own_notes(self) -> Iterator[str]:
        if self._packets.read_errors:
            yield f"reading failed at {self._packets.read_errors} places and went on behind them"
        if self._packets.telemetry_cut:
            yield "telemetry over the size limit was left out"
        if self._upright and self._upright.mirrored:
            yield "the file asks for its pictures to be shown mirrored"


_STILL_BRANDS = {"avif", "mif1", "heic", "heix"}


class _Clock:
    """Tells when a pass has used up its time."""

    def __init__(self, limits: DecodeLimits) -> None:
        self._limits = limits
        self._wall_until = time.monotonic() + limits.max_wall_s
        self._cpu_until = time.process_time() + limits.max_cpu_s

    def over(self) -> str:
        if time.monotonic() > self._wall_until:
            return f"over {self._limits.max_wall_s:g} s of decoding"
        if time.process_time() > self._cpu_until:
            return f"over {self._limits.max_cpu_s:g} s of CPU"
        return ""


def _emptying(waiting: deque[tuple[int, AnyPacket]]) -> Iterator[tuple[int, AnyPacket]]:
    while waiting:
        yield waiting.popleft()


def _time_s(frame: Frame) -> float:
    return 0.0 if frame.pts is None else Ticking().seconds(frame.pts, frame)


def _presented_from_s(packet: AnyPacket) -> list[float]:
    """When an undecoded packet begins to be presented, where it is and says so. Priming counts as not presented."""
    if packet.pts is None or packet.is_discard or not packet.size or packet.has_sidedata("skip_samples"):
        return []
    return [float(packet.pts * packet.time_base)]
