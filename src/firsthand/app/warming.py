"""Everything that decoding loads only when it meets it, loaded before the walls go up.

Behind the walls nothing can be opened, a module of our own neither. So the child examines a picture and a second of
sound of its own making first; what they do not touch is named here.
"""

import codecs
import importlib
import os
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

# Encodings in which foreign tags and paths are read; Python loads each when it is first asked for.
_ENCODINGS = "ascii latin-1 utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 cp1252 idna unicode-escape".split()


def warm_up(look: Callable[[int], object]) -> None:
    """Calls `look` with a descriptor of each made-up file. Does nothing where there are no files in memory: there
    are no walls that forbid opening, either."""
    for name in _ENCODINGS:
        codecs.lookup(name)
    importlib.import_module("numpy.ma")  # np.median loads it
    datetime.strptime("2000", "%Y").replace(tzinfo=UTC).astimezone()  # loads a module, and the zone's table
    if not hasattr(os, "memfd_create"):
        return
    for made in (_png(), _wav(), b"no media at all"):
        descriptor = os.memfd_create("warming")
        try:
            os.write(descriptor, made)
            look(descriptor)
        finally:
            os.close(descriptor)


def _png() -> bytes:
    """A grey ramp of 64 × 64 pixels."""
    lines = b"".join(b"\0" + bytes((x * 4 + y) % 256 for x in range(64)) for y in range(64))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _wav() -> bytes:
    """A second of a saw-tooth at 8 000 samples a second."""
    sound = struct.pack("<8000h", *((n * 400) % 20_000 - 10_000 for n in range(8_000)))
    form = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body
