"""MediaInfo's reading of a file's tags. The library comes with pymediainfo's wheel; it sees the bytes, no path."""

import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymediainfo
from pymediainfo import MediaInfo

from firsthand.media.limits import DecodeLimits
from firsthand.media.tags import TagsRead
from firsthand.model.findings import Tag

LIMIT_S = 5.0
"""Usual files take milliseconds. Some made-up ones take time that grows with the square of their size: 5 000 tracks
in 1 MB over a minute."""

# Named at once: the reader would look round for it at every file, which it cannot behind its walls.
_LIBRARY = next((str(path) for path in sorted(Path(pymediainfo.__file__).parent.glob("libmediainfo*"))), None)
_PIECE_BYTES = 1 << 16
# Half of MediaInfo's own setting, and half of the time. Given up for it is how far apart key pictures lie, which it
# tells of one file in fifteen, after having read many pictures.
_SHARE_LOOKED_AT = 0.25
# What MediaInfo computes or takes from the file system rather than from the file.
_NOT_THE_FILES_OWN = {"@type", "@typeorder", "StreamOrder", "CompleteName", "FileSize", "FileExtension_Invalid"}


def read_with_mediainfo(descriptor: int, limits: DecodeLimits | None = None, *, limit_s: float = LIMIT_S) -> TagsRead:
    """MediaInfo's tags, names and values in its own spelling. A failure is a note, and so is taking over limit_s.

    Costs about 7 ms of CPU a file, through a file object; through a path it costs twice as much.
    """
    allowed = limits or DecodeLimits()
    with _Impatient(os.dup(descriptor), limit_s) as file:
        file.seek(0)
        try:
            told = MediaInfo.parse(file, output="JSON", full=False, library_file=_LIBRARY, parse_speed=_SHARE_LOOKED_AT)
        except (OSError, RuntimeError, ValueError) as error:
            return TagsRead(reader="", note=f"MediaInfo failed: {error}")
    try:
        document = json.loads(str(told), parse_float=str, parse_int=str)
        tags = tuple(_tags(document["media"]["track"], allowed)) if document.get("media") else ()
        version = document["creatingLibrary"]["version"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return TagsRead(reader="", note=f"MediaInfo's answer is not what we know: {type(error).__name__} {error}")
    return TagsRead(reader=f"mediainfo {version}", tags=tags)


class _Impatient(io.FileIO):
    """Gives no more bytes once time is up: MediaInfo asks for them piece by piece, and cannot be stopped otherwise."""

    def __init__(self, descriptor: int, limit_s: float) -> None:
        super().__init__(descriptor, "rb")
        self._limit_s = limit_s
        self._until = time.monotonic() + limit_s

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._until:
            raise OSError(f"it took over {self._limit_s:g} s")
        return super().read(min(size, _PIECE_BYTES) if size and size > 0 else _PIECE_BYTES)


def _tags(tracks: list[dict[str, Any]], limits: DecodeLimits) -> Iterator[Tag]:
    left = limits.max_tags
    for track in tracks:
        where = " ".join(part for part in (track["@type"], track.get("@typeorder", "")) if part)
        fields = [(name, value) for name, value in track.items() if name != "extra"]
        extra = track.get("extra")
        fields += extra.items() if isinstance(extra, dict) else ()
        for name, value in fields:
            if name in _NOT_THE_FILES_OWN or name.startswith("File_") or left <= 0:
                continue
            left -= 1
            yield Tag(reader="mediainfo", where=where, name=name, value=str(value)[: limits.max_tag_bytes])
