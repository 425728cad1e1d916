"""What the file claims is told with its basis, and never taken for more than a claim."""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.examine.container_places import tagged_positions, telemetry_positions
from firsthand.examine.container_times import claimed_times
from firsthand.examine.container_traces import device_of, rewriters_of
from firsthand.examine.gpmf import gps_samples
from firsthand.media.frames import Telemetry
from firsthand.model.findings import FileTime, Tag


def tag(name: str, value: str, *, reader: str = "ffmpeg", where: str = "container") -> Tag:
    return Tag(reader=reader, where=where, name=name, value=value)


def one_time(name: str, value: str, *, where: str = "container") -> FileTime:
    (time,) = claimed_times([tag(name, value, where=where)], None, satellites_basis="")
    return time


@pytest.mark.parametrize("value", ["1904-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z", "0000:00:00 00:00:00"])
def test_a_clock_that_was_never_set_is_unset_not_a_date(value: str) -> None:
    assert one_time("creation_time", value).trust == "unset"


@pytest.mark.parametrize("value", ["2033-05-18T03:33:20.000000Z", "1970-01-12T13:46:40Z", "2023-02-31T10:00:00Z"])
def test_a_date_no_camera_can_have_written_is_implausible(value: str) -> None:
    assert one_time("creation_time", value).trust == "implausible"


def test_a_zone_beside_the_time_is_kept_as_an_instant() -> None:
    time = one_time("com.apple.quicktime.creationdate", "2023-05-09T12:41:46+0100")
    assert (time.trust, time.instant) == ("device_with_zone", "2023-05-09T11:41:46.000000Z")


def test_a_time_without_a_zone_never_becomes_an_instant() -> None:
    time = one_time("DateTimeOriginal", "2022:02:26 14:30:00", where="ExifIFD")
    assert (time.trust, time.instant, time.wall_time) == ("device_local", "", "2022-02-26T14:30:00")


def test_local_time_in_a_utc_field_is_suspected_when_satellites_disagree_by_whole_hours() -> None:
    satellites = datetime(2019, 11, 18, 23, 45, 14, tzinfo=UTC)
    claims = claimed_times(
        [tag("creation_time", "2019-11-18T15:45:32.000000Z")], satellites, satellites_basis="GPS time"
    )
    assert [claim.trust for claim in claims] == ["satellite", "device_local"]
    assert claims[1].instant == ""
    assert "8 h later" in claims[1].note


@pytest.mark.parametrize(
    ("value", "lat", "lon"),
    [
        ("+51.5334-000.1255+026.756/", 51.5334, -0.1255),
        ("+5131.5-00007.5/", 51.525, -0.125),
        ("-335130.0+1511230.0/", -33.858333, 151.208333),
    ],
)
def test_iso_6709_is_read_in_all_its_spellings(value: str, lat: float, lon: float) -> None:
    (position,) = tagged_positions([tag("location", value)])
    assert (position.lat_deg, position.lon_deg) == pytest.approx((lat, lon), abs=1e-5)


@pytest.mark.parametrize("value", ["+00.0000+000.0000/", "+95.0+010.0/", "nonsense"])
def test_zero_zero_and_nowhere_are_no_positions(value: str) -> None:
    assert tagged_positions([tag("location", value)]) == ()


def test_traces_name_the_tag_they_rest_on() -> None:
    (trace,) = rewriters_of([tag("handler_name", "Twitter-vork muxer", where="stream 0")])
    assert trace.startswith("X (Twitter)")
    assert "Twitter-vork muxer" in trace


def test_the_device_is_what_the_tags_claim() -> None:
    assert device_of([tag("Model", "iPhone 14 Pro"), tag("Make", "Apple")]) == "Apple, iPhone 14 Pro"


def klv(key: bytes, kind: bytes, size: int, body: bytes) -> bytes:
    repeat = len(body) // size if size else 0
    return key + kind + bytes([size]) + struct.pack(">H", repeat) + body + b"\0" * (-len(body) % 4)


def nested(key: bytes, body: bytes) -> bytes:
    return key + b"\0\x01" + struct.pack(">H", len(body)) + body


def gps5(lat: float, lon: float, *, fix: int = 3) -> bytes:
    sample = struct.pack(">5i", round(lat * 1e7), round(lon * 1e7), 12_000, 0, 0)
    stream = (
        klv(b"GPSF", b"L", 4, struct.pack(">I", fix))
        + klv(b"GPSU", b"U", 16, b"191118234514.000")
        + klv(b"SCAL", b"l", 4, struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100))
        + klv(b"GPS5", b"l", 20, sample * 3)
    )
    return nested(b"DEVC", nested(b"STRM", stream))


def test_gopro_telemetry_gives_one_position_a_packet_and_the_satellites_time() -> None:
    packets = [Telemetry(codec_tag="gpmd", at_s=float(n), payload=gps5(33.1, -117.3)) for n in range(3)]
    positions, at, unfixed = telemetry_positions(packets)
    assert [position.at_s for position in positions] == [0, 1, 2]
    assert (positions[0].lat_deg, positions[0].lon_deg, positions[0].altitude_m) == pytest.approx((33.1, -117.3, 12))
    assert at == datetime(2019, 11, 18, 23, 45, 14, tzinfo=UTC)
    assert unfixed == 0


@pytest.mark.parametrize("payload", [gps5(33.1, -117.3, fix=0), gps5(0, 0)])
def test_telemetry_without_a_fix_or_at_zero_zero_gives_no_position(payload: bytes) -> None:
    positions, _, unfixed = telemetry_positions([Telemetry(codec_tag="gpmd", at_s=0, payload=payload)])
    assert positions == ()
    assert unfixed == 3


@given(st.data())
def test_hostile_telemetry_ends_quietly(data: st.DataObject) -> None:
    whole = bytearray(gps5(33.1, -117.3))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert len(list(gps_samples(bytes(whole[: data.draw(st.integers(0, len(whole)))])))) <= 100_000


def test_a_height_that_is_no_number_is_left_out_and_the_place_is_kept() -> None:
    (found,) = tagged_positions([tag("location", "+50.45+030.52+" + "9" * 400 + "/")])
    assert (found.lat_deg, found.altitude_m) == (50.45, None)
    halves = [("GPSLatitude", "50.45"), ("GPSLongitude", "30.52"), ("GPSAltitude", "9" * 400)]
    (found,) = tagged_positions([tag(name, value, reader="exiftool", where="Composite") for name, value in halves])
    assert found.altitude_m is None


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0.0])
def test_a_scale_that_is_no_number_divides_by_one(scale: float) -> None:
    body = klv(b"SCAL", b"f", 4, struct.pack(">5f", 1e7, 1e7, scale, 1, 1)) + klv(
        b"GPS5", b"l", 20, struct.pack(">5i", 504500000, 305200000, 120, 0, 0)
    )
    (sample,) = gps_samples(nested(b"DEVC", nested(b"STRM", body)))
    assert (sample.lat_deg, sample.altitude_m) == (50.45, 120)
