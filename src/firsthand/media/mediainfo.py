"""MediaInfo's reading of a file's tags. The library comes with pymediainfo's wheel; it sees the bytes, no path."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymediainfo
from pymediainfo import MediaInfo

from firsthand.media.limits import DecodeLimits
from firsthand.media.tags import TagsRead
from firsthand.model.findings import Tag

# Named at once: the reader would look round for it at every file, which it cannot behind its walls.
_LIBRARY = next((str(path) for path in sorted(Path(pymediainfo.__file__).parent.glob("libmediainfo*"))), None)
# What MediaInfo computes or takes from the file system rather than from the file.
_NOT_THE_FILES_OWN = {"@type", "@typeorder", "StreamOrder", "CompleteName", "FileSize", "FileExtension_Invalid"}


def read_with_mediainfo(descriptor: int, limits: DecodeLimits | None = None) -> TagsRead:
    """MediaInfo's tags, names and values in its own spelling. A failure is a note.

    Costs about 7 ms of CPU a file, through a file object; through a path it costs twice as much.
    """
    allowed = limits or DecodeLimits()
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        try:
            told = MediaInfo.parse(file, output="JSON", full=False, library_file=_LIBRARY)
        except (OSError, RuntimeError, ValueError) as error:
            return TagsRead(reader="", note=f"MediaInfo failed: {error}")
    try:
        document = json.loads(str(told), parse_float=str, parse_int=str)
        tags = tuple(_tags(document["media"]["track"], allowed)) if document.get("media") else ()
        version = document["creatingLibrary"]["version"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return TagsRead(reader="", note=f"MediaInfo's answer is not what we know: {type(error).__name__} {error}")
    return TagsRead(reader=f"mediainfo {version}", tags=tags)


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
