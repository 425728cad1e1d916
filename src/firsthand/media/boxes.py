"""Edit lists and sample formats of ISO base media files (MP4, MOV, 3GP), which FFmpeg applies but does not tell.

Source: ISO/IEC 14496-12, 8.6.6 (elst), 8.4.2 (mdhd), 8.2.2 (mvhd), 8.5.2 (stsd). Limits: fragments' edit lists and
compressed movie boxes are not read. Every length is hostile: reading is bounded in depth, count and bytes.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BOXES = 20_000
MAX_EDITS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One line of an edit list. media_s: where in the track's media it begins; None: an empty edit, nothing shown."""

    duration_s: float
    media_s: float | None
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackBoxes:
    """One track as its boxes declare it, in file order (FFmpeg's stream order)."""

    sample_format: str  # the first sample entry's four characters, e.g. "avc1", "gpmd"; empty: there is none
    edits: tuple[Edit, ...]


def read_tracks(descriptor: int) -> tuple[TrackBoxes, ...]:
    """The tracks of the file's movie box; empty where the file has none. Never raises for what the file holds."""
    reader = BoxReader(descriptor)
    for kind, start, end in reader.boxes(0, os.fstat(descriptor).st_size):
        if kind == b"moov":
            return _movie(reader, start, end)
    return ()


def _movie(reader: "BoxReader", start: int, end: int) -> tuple[TrackBoxes, ...]:
    movie_scale = 0
    tracks: list[TrackBoxes] = []
    for kind, inner, stop in reader.boxes(start, end):
        if kind == b"mvhd":
            movie_scale = _time_scale(reader, inner, stop)
        elif kind == b"trak":
            tracks.append(_track(reader, inner, stop, movie_scale))
    return tuple(tracks)


def _track(reader: "BoxReader", start: int, end: int, movie_scale: int) -> TrackBoxes:
    media_scale = 0
    lines: list[tuple[int, int, float]] = []
    sample_format = ""
    for kind, inner, stop in reader.boxes(start, end):
        if kind == b"edts":
            for sub, at, until in reader.boxes(inner, stop):
                if sub == b"elst":
                    lines = _edit_lines(reader.read(at, min(until - at, 8 + 20 * MAX_EDITS)))
        elif kind == b"mdia":
            for sub, at, until in reader.boxes(inner, stop):
                if sub == b"mdhd":
                    media_scale = _time_scale(reader, at, until)
                elif sub == b"minf":
                    sample_format = _sample_format(reader, at, until)
    edits = tuple(
        Edit(
            duration_s=duration / movie_scale,
            media_s=None if media < 0 else media / media_scale,
            rate=rate,
        )
        for duration, media, rate in lines
        if movie_scale > 0 and (media < 0 or media_scale > 0)
    )
    return TrackBoxes(sample_format=sample_format, edits=edits)


def _sample_format(reader: "BoxReader", start: int, end: int) -> str:
    for kind, inner, stop in reader.boxes(start, end):
        if kind == b"stbl":
            for sub, at, _ in reader.boxes(inner, stop):
                if sub == b"stsd":
                    return reader.read(at + 12, 4).decode("latin-1")
    return ""


def _time_scale(reader: "BoxReader", start: int, end: int) -> int:
    """Units a second of an mvhd or mdhd; 0 where it does not say."""
    head = reader.read(start, min(end - start, 24))
    at = 20 if head[:1] == b"\x01" else 12
    return int.from_bytes(head[at : at + 4], "big") if len(head) >= at + 4 else 0


def _edit_lines(body: bytes) -> list[tuple[int, int, float]]:
    """(duration in movie units, media time in track units or below zero, rate) a line."""
    if len(body) < 8:
        return []
    line = struct.Struct(">qqhh" if body[0] == 1 else ">iihh")
    count = min(int.from_bytes(body[4:8], "big"), MAX_EDITS, (len(body) - 8) // line.size)
    found = []
    for number in range(count):
        duration, media, whole, fraction = line.unpack_from(body, 8 + number * line.size)
        found.append((duration & (2**64 - 1 if body[0] == 1 else 2**32 - 1), media, whole + fraction / 65536))
    return found


class BoxReader:
    """Reads boxes at their places, at most MAX_BOXES in all."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.left = MAX_BOXES

    def read(self, at: int, length: int) -> bytes:
        return os.pread(self.descriptor, max(length, 0), at)

    def boxes(self, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        """Kind, start and end of the body of each box from start up to end."""
        while start + 8 <= end and self.left > 0:
            self.left -= 1
            head = self.read(start, 16)
            if len(head) < 8:
                return
            size, header = int.from_bytes(head[:4], "big"), 8
            if size == 1 and len(head) == 16:
                size, header = int.from_bytes(head[8:], "big"), 16
            elif size == 0:
                size = end - start
            if size < header:
                return
            yield head[4:8], start + header, min(start + size, end)
            start += size
