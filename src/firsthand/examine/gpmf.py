"""Positions out of GoPro's telemetry, read from its bytes alone.

Source: the GPMF format description, github.com/gopro/gpmf-parser. Every length is hostile: nesting, items and samples
are bounded, and what does not fit is left out.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MAX_DEPTH = 6
MAX_SAMPLES = 100_000  # of one packet


@dataclass(frozen=True, slots=True, kw_only=True)
class GpsSample:
    """One sample of the receiver. share: 0 to 1, where within its packet's time it lies."""

    lat_deg: float
    lon_deg: float
    altitude_m: float
    share: float
    fixed: bool  # the receiver had a fix (2D or 3D)
    instant: datetime | None  # the satellites' time, UTC; None: not said


@dataclass(slots=True)
class _Stream:
    """What the items of one STRM say about the samples that follow them."""

    scale: tuple[float, ...] = (1.0,)
    fixed: bool = True  # cameras without GPSF say nothing about it
    instant: datetime | None = None


def gps_samples(payload: bytes) -> Iterator[GpsSample]:
    """The samples of one packet in order. Positions 0,0 are kept here: the caller decides what they mean."""
    yield from _walk(memoryview(payload), _Stream(), 0)


def _walk(block: memoryview, stream: _Stream, depth: int) -> Iterator[GpsSample]:
    at = 0
    while at + 8 <= len(block) and depth <= MAX_DEPTH:
        key = bytes(block[at : at + 4])
        kind, size, repeat = block[at + 4], block[at + 5], int.from_bytes(block[at + 6 : at + 8], "big")
        length = size * repeat
        body = block[at + 8 : at + 8 + length]
        if len(body) < length or key == b"\0\0\0\0":
            return
        at += 8 + -(-length // 4) * 4
        if kind == 0:
            yield from _walk(body, _Stream() if key == b"STRM" else stream, depth + 1)
        elif key == b"SCAL":
            stream.scale = _scale(body, chr(kind), size)
        elif key == b"GPSF" and length >= 4:
            stream.fixed = int.from_bytes(body[:4], "big") in (2, 3)
        elif key == b"GPSU":
            stream.instant = _utc(bytes(body))
        elif key == b"GPS5" and size == 20:
            yield from _gps5(body, repeat, stream)
        elif key == b"GPS9" and size == 32:
            yield from _gps9(body, repeat, stream)


def _scale(body: memoryview, kind: str, size: int) -> tuple[float, ...]:
    """Divisors; 1 where they are of no kind we know, zero or endless."""
    code = {"s": "h", "S": "H", "l": "i", "L": "I", "f": "f"}.get(kind)
    width = struct.calcsize(f">{code}") if code else 0
    if not code or not size:
        return (1.0,)
    count = min(len(body) // width, 16)
    values = (float(value) for value in struct.unpack_from(f">{count}{code}", body))
    return tuple(value if value and math.isfinite(value) else 1.0 for value in values) or (1.0,)


def _scaled(values: tuple[int, ...], scale: tuple[float, ...]) -> list[float]:
    return [value / scale[n if n < len(scale) else -1] for n, value in enumerate(values)]


def _gps5(body: memoryview, repeat: int, stream: _Stream) -> Iterator[GpsSample]:
    """Latitude, longitude, altitude, two speeds, each 32 bits."""
    for number in range(min(repeat, MAX_SAMPLES)):
        lat, lon, altitude, *_ = _scaled(struct.unpack_from(">5i", body, number * 20), stream.scale)
        yield GpsSample(
            lat_deg=lat,
            lon_deg=lon,
            altitude_m=altitude,
            share=number / repeat,
            fixed=stream.fixed,
            instant=stream.instant,
        )


def _gps9(body: memoryview, repeat: int, stream: _Stream) -> Iterator[GpsSample]:
    """As GPS5, then days since 2000-01-01, seconds of the day, dilution of precision, and the fix."""
    for number in range(min(repeat, MAX_SAMPLES)):
        values = _scaled(struct.unpack_from(">7i2H", body, number * 32), stream.scale)
        yield GpsSample(
            lat_deg=values[0],
            lon_deg=values[1],
            altitude_m=values[2],
            share=number / repeat,
            fixed=values[8] >= 2,
            instant=_after_2000(values[5], values[6]),
        )


def _after_2000(days: float, seconds: float) -> datetime | None:
    if not (0 < days < 36_525 and 0 <= seconds < 86_401):
        return None
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=days, seconds=seconds)


def _utc(body: bytes) -> datetime | None:
    """`yymmddhhmmss.sss`, UTC."""
    text = body.decode("ascii", "replace").strip("\0 ")
    try:
        return datetime.strptime(f"20{text}", "%Y%m%d%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None
