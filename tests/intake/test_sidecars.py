"""What a downloader wrote beside a clip, honest, odd and hostile."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.intake.sidecars import MOST_BYTES, NotASidecar, read_sidecar, sidecar_of
from firsthand.model.sightings import Reach

POST = {
    "extractor": "video.example",
    "extractor_key": "VideoExample",
    "webpage_url": "https://video.example/@olena/123",
    "uploader": "Олена",
    "uploader_id": "@olena",
    "description": "Колона на трасі. Сьогодні",
    "title": "Колона",
    "timestamp": 1645862400,
    "view_count": 1024,
    "like_count": 0,
}


def _said(**changed: Any) -> bytes:
    return json.dumps({**POST, **changed}).encode()


def test_a_sidecar_tells_who_posted_what_where_and_when() -> None:
    says, record = read_sidecar(_said())
    assert (says.platform, says.link) == ("video.example", "https://video.example/@olena/123")
    assert (says.account, says.account_name, says.caption) == ("@olena", "Олена", "Колона на трасі. Сьогодні")
    assert says.posted_from == says.posted_until == "2022-02-26T08:00:00.000000Z"
    assert says.posted_basis == "post"
    assert says.reach == Reach(views=1024, likes=0)
    assert json.loads(record) == POST


def test_a_day_alone_is_a_day_long() -> None:
    says, _ = read_sidecar(_said(timestamp=None, upload_date="20220226"))
    assert (says.posted_from, says.posted_until) == ("2022-02-26T00:00:00.000000Z", "2022-02-26T23:59:59.999999Z")


@pytest.mark.parametrize("extractor", ["generic", "html5", "Generic", "HTML5"])
def test_the_time_of_a_file_is_not_called_that_of_a_post(extractor: str) -> None:
    assert read_sidecar(_said(extractor=extractor, extractor_key=extractor))[0].posted_basis == "file"


@pytest.mark.parametrize(
    ("timestamp", "day"),
    [(1e300, None), (float("nan"), None), (-1e18, None), (True, None), ("1645862400", None), (None, "20221345")],
)
def test_times_that_cannot_be_are_not_told(timestamp: object, day: object) -> None:
    says, _ = read_sidecar(_said(timestamp=timestamp, upload_date=day))
    assert (says.posted_from, says.posted_until) == ("", "")


@pytest.mark.parametrize("count", [-1, 1.5, "9", True, 10**30, None, [], {}])
def test_counts_that_are_none_are_not_told(count: object) -> None:
    assert read_sidecar(_said(view_count=count))[0].reach.views is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"null",
        b"\xff\xfe{}",
        b"{}",
        b'{"formats": []}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b" " * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_account_of_a_post_is_turned_away(data: bytes) -> None:
    with pytest.raises(NotASidecar):
        read_sidecar(data)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*POST, "id"]), inner, max_size=8),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_stands_there_it_is_read_or_turned_away(data: bytes) -> None:
    try:
        says, _ = read_sidecar(data)
    except NotASidecar:
        return
    assert (says.posted_from == "") == (says.posted_until == "")


def test_a_sidecar_has_its_clips_name() -> None:
    assert sidecar_of("Колона [123].mp4") == "Колона [123].info.json"
    assert sidecar_of("clip") == "clip.info.json"
    assert sidecar_of(".mp4") == ".mp4.info.json"
