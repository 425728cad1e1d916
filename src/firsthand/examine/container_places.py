"""Every position the file claims: tags of the whole file, and telemetry along the way."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from firsthand.examine.gpmf import gps_samples
from firsthand.media.frames import Telemetry
from firsthand.model.findings import FilePosition, Tag

_ISO6709 = re.compile(r"(?P<lat>[+-]\d{2,6}(?:\.\d+)?)(?P<lon>[+-]\d{3,7}(?:\.\d+)?)(?P<alt>[+-]\d+(?:\.\d+)?)?")
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_ISO6709_FIELDS = {"location", "locationeng", "comapplequicktimelocationiso", "xyz", "locationiso"}
# ExifTool's other groups hold each half without its sign; its Composite joins them.
_HALVES = {"gpslatitude", "gpslongitude", "gpsaltitude"}
# One position a packet (about a second) tells the way; an hour is then 3 600 of them.
MAX_POSITIONS = 20_000


def tagged_positions(tags: Iterable[Tag]) -> tuple[FilePosition, ...]:
    """Positions of the file as a whole, once a reader; 0,0 and what lies off the globe left out."""
    found: dict[tuple[str, float, float], FilePosition] = {}
    halves: dict[str, dict[str, float]] = {}
    for tag in tags:
        plain = re.sub(r"[^a-z]", "", tag.name.lower())
        position = None
        if plain in _ISO6709_FIELDS:
            position = _iso6709(tag)
        elif plain == "gpscoordinates":
            position = _numbers(tag)
        elif plain in _HALVES and tag.where == "Composite" and _NUMBERS.fullmatch(tag.value):
            halves.setdefault(tag.reader, {})[plain] = float(tag.value)
        if position is not None:
            found.setdefault((tag.reader, position.lat_deg, position.lon_deg), position)
    for reader, half in halves.items():
        if "gpslatitude" in half and "gpslongitude" in half and not any(key[0] == reader for key in found):
            lat, lon = half["gpslatitude"], half["gpslongitude"]
            if is_position(lat, lon):
                basis = f"GPSLatitude, GPSLongitude ({reader})"
                found[reader, lat, lon] = _position(basis, lat, lon, half.get("gpsaltitude"), None)
    return tuple(found.values())


def telemetry_positions(telemetry: Iterable[Telemetry]) -> tuple[tuple[FilePosition, ...], datetime | None, int]:
    """Positions along the way, the satellites' time at the first fix, and how many samples had no fix.

    One position a packet. Without a fix the receiver repeats old or made-up values: those are not positions.
    """
    positions: list[FilePosition] = []
    first_at: datetime | None = None
    unfixed = 0
    for packet in telemetry:
        taken = False
        for sample in gps_samples(packet.payload):
            if not sample.fixed or not is_position(sample.lat_deg, sample.lon_deg):
                unfixed += 1
            elif not taken and len(positions) < MAX_POSITIONS:
                taken = True
                first_at = first_at or sample.instant
                basis = f"GPS samples ({packet.codec_tag})"
                positions.append(_position(basis, sample.lat_deg, sample.lon_deg, sample.altitude_m, packet.at_s))
    return tuple(positions), first_at, unfixed


def is_position(lat_deg: float, lon_deg: float) -> bool:
    """On the globe, and not 0,0, which is what receivers and programs write for "unset"."""
    return abs(lat_deg) <= 90 and abs(lon_deg) <= 180 and (abs(lat_deg) > 1e-6 or abs(lon_deg) > 1e-6)


def _position(basis: str, lat: float, lon: float, altitude: float | None, at_s: float | None) -> FilePosition:
    if altitude is not None and not math.isfinite(altitude):
        altitude = None  # a row of digits, or a scale that is no number: it says nothing
    return FilePosition(basis=basis, lat_deg=lat, lon_deg=lon, altitude_m=altitude, at_s=at_s)


def _iso6709(tag: Tag) -> FilePosition | None:
    read = _ISO6709.match(tag.value.strip())
    if read is None:
        return None
    lat, lon = _degrees(read["lat"], 2), _degrees(read["lon"], 3)
    altitude = float(read["alt"]) if read["alt"] else None
    if not is_position(lat, lon):
        return None
    return _position(f"{tag.where} {tag.name} ({tag.reader})", lat, lon, altitude, None)


def _degrees(text: str, width: int) -> float:
    """ISO 6709: DD.D, DDMM.M or DDMMSS.S by the number of digits before the point."""
    sign = -1.0 if text[0] == "-" else 1.0
    whole = text[1:].split(".")[0]
    if len(whole) <= width:
        return sign * float(text[1:])
    degrees = int(whole[:width])
    if len(whole) <= width + 2:
        return sign * (degrees + float(text[1 + width :]) / 60)
    return sign * (degrees + int(whole[width : width + 2]) / 60 + float(text[3 + width :]) / 3600)


def _numbers(tag: Tag) -> FilePosition | None:
    numbers = [float(text) for text in _NUMBERS.findall(tag.value)[:3]]
    if len(numbers) < 2 or not is_position(numbers[0], numbers[1]):
        return None
    altitude = numbers[2] if len(numbers) > 2 else None
    return _position(f"{tag.where} {tag.name} ({tag.reader})", numbers[0], numbers[1], altitude, None)


def unset_positions(tags: Iterable[Tag]) -> Iterator[str]:
    """Which tags hold 0,0: told as a note, since "unset" differs from "no tag"."""
    for tag in tags:
        plain = re.sub(r"[^a-z]", "", tag.name.lower())
        numbers = _NUMBERS.findall(tag.value.replace("+", " ").replace("-", " "))[:2]
        if plain in _ISO6709_FIELDS | {"gpscoordinates"} and len(numbers) == 2 and not any(map(float, numbers)):
            yield f"{tag.where} {tag.name} ({tag.reader}) holds 0,0: unset"
