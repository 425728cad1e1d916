"""The file's packets in the order they lie there, hashed on the way; data tracks are kept aside."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from av.container import InputContainer
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.packet import Packet

from firsthand.media.boxes import TrackBoxes
from firsthand.media.frames import Telemetry

# PyAV's Packet is generic for type checkers alone.
AnyPacket: TypeAlias = "Packet[Any]"

# A damaged file may refuse many packets in a row; each refusal is a fresh try behind the last.
MAX_READ_ERRORS = 200


class PacketReader:
    """Iterate once. Ends with the file, or with an error that is told in `error`."""

    def __init__(
        self, container: InputContainer, *, tracks: tuple[TrackBoxes, ...], wanted: set[int], max_telemetry_bytes: int
    ) -> None:
        self._container = container
        self._wanted = wanted
        self._hashes = [hashlib.sha256() for _ in container.streams]
        self._telemetry_left = max_telemetry_bytes
        self._formats = dict(enumerate(track.sample_format for track in tracks))
        self._data = {stream.index for stream in container.streams if stream.type == "data"}
        self.telemetry: list[Telemetry] = []
        self.telemetry_cut = False
        self.error = ""
        self.read_errors = 0

    @property
    def sha256(self) -> tuple[str, ...]:
        """One a stream, over the payloads of its packets in order."""
        return tuple(one.hexdigest() for one in self._hashes)

    def __iter__(self) -> Iterator[tuple[int, AnyPacket]]:
        """Each packet with its stream's index; at the end an empty packet a wanted stream, to flush its decoder."""
        updates, data = [one.update for one in self._hashes], self._data
        known = len(updates)
        for packet in self._read():
            if not packet.size:
                continue
            index = packet.stream_index
            if index >= known:  # a stream that turned up in mid-file
                continue
            updates[index](packet)
            if index in data:
                self._keep_aside(packet)
            yield index, packet
        for index in sorted(self._wanted):
            end: AnyPacket = Packet()
            end.stream = self._container.streams[index]
            end.time_base = end.stream.time_base or Fraction(1, 1)  # the frames it sets free inherit it
            yield index, end

    def _read(self) -> Iterator[AnyPacket]:
        """Reading goes on behind a damaged place as long as FFmpeg finds something there."""
        while True:
            try:
                yield from self._container.demux()
                return
            except EndOfFile:
                return
            except FFmpegError as error:
                self.read_errors += 1
                if self.read_errors >= MAX_READ_ERRORS:
                    self.error = f"the file cannot be read further: {error.strerror or error}"
                    return

    def _keep_aside(self, packet: AnyPacket) -> None:
        tag = self._formats.get(packet.stream_index, "")
        if tag != "gpmd" and bytes(packet)[:4] != b"DEVC":
            return
        if packet.size > self._telemetry_left:
            self.telemetry_cut = True
            return
        self._telemetry_left -= packet.size
        at_s = 0.0 if packet.pts is None else float(packet.pts * packet.time_base)
        self.telemetry.append(Telemetry(codec_tag=tag or "gpmd", at_s=at_s, payload=bytes(packet)))
