"""Every time of making that the file claims, each with the field it stands in and how far that field can be trusted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from firsthand.model.findings import FileTime, Tag, Trust
from firsthand.model.time import instant_text

# A clock of 1904 or 1970 was never set: these are the zeros of QuickTime's and Unix's counts.
_ZEROS = {datetime(1904, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)}
# Digital footage is not older; and no examiner is pure that asks today's date, so the far end is fixed and generous.
# When the item arrived is compared with these claims elsewhere.
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC)

_CONTAINER_NOTE = "when the container was written: the start or the end of filming, or a later rewrite"
_LOCAL_NOTE = "local time in a UTC field suspected"

# Names of tags that hold a time of making, in lower case without punctuation.
_UTC_FIELDS = {"creationtime", "encodeddate", "trackcreatedate", "mediacreatedate"}
_OWN_FIELDS = {
    *("comapplequicktimecreationdate", "creationdate", "datetimeoriginal", "datetimedigitized", "createdate", "date"),
    *("recordeddate", "contentcreatedate", "dateencoded", "subsecdatetimeoriginal", "icrd", "dateutc"),
}
_SATELLITE_FIELDS = {"gpsdatetime"}

_TIME = re.compile(
    r"(?P<y>\d{4})[:/-](?P<mo>\d\d)[:/-](?P<d>\d\d)[T ](?P<h>\d\d):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?\Z"
)


def claimed_times(tags: Iterable[Tag], satellites: datetime | None, *, satellites_basis: str) -> tuple[FileTime, ...]:
    """The claims in the order of how much they are worth; the same claim of the same field is listed once a reader.

    satellites: the instant of the first fix in the telemetry; None: there is none.
    """
    found = list(_from_tags(tags))
    if satellites is not None:
        text = instant_text(satellites)
        found.append(FileTime(basis=satellites_basis, instant=text, wall_time="", trust="satellite", note=""))
    return tuple(sorted(_suspected(_distinct(found)), key=lambda one: _ORDER.index(one.trust)))


_ORDER: tuple[Trust, ...] = (
    *("satellite", "device_with_zone", "device_utc", "device_local", "file_system", "implausible", "unset"),
)


def _from_tags(tags: Iterable[Tag]) -> Iterator[FileTime]:
    for tag in tags:
        plain = re.sub(r"[^a-z]", "", tag.name.lower())
        value = tag.value.removeprefix("UTC ").strip()
        basis = f"{tag.where} {tag.name} ({tag.reader})"
        if plain in _SATELLITE_FIELDS:
            yield _claim(value, basis, zone=UTC, trust="satellite", note="")
        elif plain in _UTC_FIELDS or (plain == "createdate" and tag.where == "QuickTime"):
            yield _claim(value, basis, zone=UTC, trust="device_utc", note=_CONTAINER_NOTE)
        elif plain in _OWN_FIELDS:
            yield _claim(value, basis, zone=None, trust="device_local", note="")


def _claim(value: str, basis: str, *, zone: timezone | None, trust: Trust, note: str) -> FileTime:
    """zone: what the field's standard says where the text has none; None: it says nothing."""
    if re.fullmatch(r"[0:/T Z.+-]*", value):
        return FileTime(basis=basis, instant="", wall_time=value, trust="unset", note="the field is all zeros")
    read = _TIME.fullmatch(value)
    if read is None:
        return FileTime(basis=basis, instant="", wall_time=value, trust=trust, note="not a full date and time")
    try:
        at = _read(read)
        said = _zone(read["zone"])
        zoned = None if (said or zone) is None else at.replace(tzinfo=said or zone)
        judged = zoned or at.replace(tzinfo=UTC)
        odd = _oddity(judged)
        text = "" if zoned is None else instant_text(zoned)
    except (ValueError, OverflowError):
        return FileTime(basis=basis, instant="", wall_time=value, trust="implausible", note="no such date")
    if odd is not None:
        return FileTime(basis=basis, instant=text, wall_time="" if text else value, trust=odd[0], note=odd[1])
    if zoned is None:
        return FileTime(basis=basis, instant="", wall_time=at.isoformat(), trust="device_local", note="no zone given")
    if zone is None:
        trust = "device_utc" if zoned.utcoffset() == timedelta(0) else "device_with_zone"
        note = "" if trust == "device_utc" else f"written as {zoned.isoformat()}"
    return FileTime(basis=basis, instant=text, wall_time="", trust=trust, note=note)


def _read(read: re.Match[str]) -> datetime:
    fraction = int((read["f"] or "0").ljust(6, "0")[:6])
    year, month, day, hour, minute, second = (int(read[name] or 0) for name in ("y", "mo", "d", "h", "mi", "s"))
    return datetime(year, month, day, hour, minute, second, fraction)  # noqa: DTZ001  the caller gives the zone


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _oddity(at: datetime) -> tuple[Trust, str] | None:
    if at in _ZEROS:
        return "unset", "the zero of the clock's count: never set"
    if not _EARLIEST <= at < _LATEST:
        return "implausible", "no camera of this kind recorded then"
    return None


def _distinct(claims: Iterable[FileTime]) -> list[FileTime]:
    """Tracks usually repeat the movie's time: one reader's same claim of the same trust is listed once."""
    seen: set[tuple[str, str, str, str]] = set()
    kept = []
    for claim in claims:
        reader = claim.basis.rpartition(" ")[2]
        key = (reader, claim.instant, claim.wall_time, claim.trust)
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept


def _suspected(claims: list[FileTime]) -> list[FileTime]:
    """Some cameras write local time into fields that are UTC by the standard (measured: GoPro Max, 8 hours).

    Told by the satellites' time, which lies whole quarters of an hour away; such a claim becomes a wall time.
    """
    anchors = [datetime.fromisoformat(c.instant) for c in claims if c.trust == "satellite" and c.instant]
    if not anchors:
        return claims
    judged = []
    for claim in claims:
        if claim.trust == "device_utc" and claim.instant:
            at = datetime.fromisoformat(claim.instant)
            away_s = (anchors[0] - at).total_seconds()
            quarters = round(away_s / 900)
            if quarters and abs(quarters) <= 14 * 4 and abs(away_s - quarters * 900) <= 120:
                judged.append(_as_local(claim, at, quarters / 4))
                continue
        judged.append(claim)
    return judged


def _as_local(claim: FileTime, at: datetime, hours: float) -> FileTime:
    side = "later" if hours > 0 else "earlier"
    note = f"{_LOCAL_NOTE}: satellites say {abs(hours):g} h {side}"
    wall = at.replace(tzinfo=None).isoformat()
    return replace(claim, instant="", wall_time=wall, trust="device_local", note=note)
