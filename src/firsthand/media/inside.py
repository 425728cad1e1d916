"""Whether a film may hold positions and texts inside its footage, where only a slow reading finds them.

Dashcams and action cameras keep them in tracks of their own, in blocks between the pictures, in the H.264 stream, in
boxes that others leave empty, or behind the last box. Most films have none of these, which their boxes and two searches
tell in a fraction of a millisecond a MB; ExifTool reads every sample to learn it, 7 ms a small file.
"""

import os

from firsthand.media.boxes import BoxReader

_FOOTAGE = {b"mdat"}
_USUAL = {b"ftyp", b"styp", b"moov", b"moof", b"mfra", b"sidx", b"free", b"skip", b"wide", b"uuid", *_FOOTAGE}
_USUAL_IN_MOVIE = {b"mvhd", b"trak", b"udta", b"iods", b"mvex", b"meta", b"free"}
_USUAL_HANDLERS = {b"vide", b"soun", b"tmcd"}
_USUAL_UUIDS = {
    bytes.fromhex("be7acfcb97a942e89c71999491e3afac"),  # XMP
    bytes.fromhex("d8fec3d61b0e483c92975828877ec481"),  # C2PA
}
# What boxes of cameras that keep positions, EXIF, or pictures as JPEG, hold somewhere; in small letters.
_TELLING = (b"gps", b"3gf ", b"gsen", b"gsea", b"jpeg", b"udat", b"exif")
# Blocks of dashcams between the pictures, and the camera's data of AVCHD in the H.264 stream.
_BETWEEN_PICTURES = (b"freeGPS ", b"MDPM")
_MOST_BOX_BYTES = 8 << 20
_PIECE_BYTES = 1 << 18


def may_hold_more(descriptor: int) -> bool:
    """False where an ISO base media file has nothing but pictures, sound and usual boxes; True in any doubt."""
    size = os.fstat(descriptor).st_size
    reader = BoxReader(descriptor)
    end = 0
    for kind, start, stop in reader.boxes(0, size):
        if (end == 0 and kind != b"ftyp") or kind not in _USUAL:
            return True
        if kind not in _FOOTAGE and not _is_usual(reader, kind, start, stop):
            return True
        end = stop
    return end != size or _holds(descriptor, size)


def _is_usual(reader: BoxReader, kind: bytes, start: int, end: int) -> bool:
    if end - start > _MOST_BOX_BYTES:
        return False
    body = reader.read(start, end - start).lower()
    if any(one in body for one in _TELLING):
        return False
    if kind == b"uuid":
        return body[:16] in {one.lower() for one in _USUAL_UUIDS}
    return kind != b"moov" or all(
        inner in _USUAL_IN_MOVIE and (inner != b"trak" or _handler(reader, at, until) in _USUAL_HANDLERS)
        for inner, at, until in reader.boxes(start, end)
    )


def _handler(reader: BoxReader, start: int, end: int) -> bytes:
    """What kind of track it is, four letters; empty where it does not say."""
    for kind, at, until in reader.boxes(start, end):
        if kind == b"mdia":
            for sub, inner, _ in reader.boxes(at, until):
                if sub == b"hdlr":
                    return reader.read(inner + 8, 4)
    return b""


def _holds(descriptor: int, size: int) -> bool:
    """Whether one of the marks lies anywhere in the file."""
    overlap = max(len(one) for one in _BETWEEN_PICTURES) - 1
    for at in range(0, size, _PIECE_BYTES):
        piece = os.pread(descriptor, _PIECE_BYTES + overlap, at)
        if any(one in piece for one in _BETWEEN_PICTURES):
            return True
    return False
