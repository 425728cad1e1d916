"""What is taken at the door, and what is left where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.intake.judge import begins_like_media, has_media_name, judge
from firsthand.model.offered import Offered, OfferedKind


def offered(name: str, *, kind: OfferedKind = "file", named: bool = False, head: bytes = b"", why: str = "") -> Offered:
    return Offered(
        path="/in/" + name, name=name, kind=kind, named=named, head=head, bytes=len(head), modified_at="", why=why
    )


@pytest.mark.parametrize("name", ["a.mp4", "A.MOV", "кліп.webm", "x.tar.jpg", "\udcff.mkv"])
def test_a_media_name_is_taken_even_when_the_file_is_empty_or_lies(name: str) -> None:
    assert judge(offered(name)) is None


def test_media_without_a_media_name_is_taken() -> None:
    assert judge(offered("IMG_0412", head=b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00")) is None


def test_a_list_beside_the_clips_is_left_where_it_is_and_nothing_failed() -> None:
    refused = judge(offered("MANIFEST.csv", head=b"file,sha256,byte"))
    assert refused is not None
    assert "left where it is" in refused.why
    assert not refused.failed


def test_what_a_person_names_is_taken_whatever_it_is() -> None:
    assert judge(offered("notes.txt", named=True)) is None


@pytest.mark.parametrize("kind", ["special", "dangling_link", "link_out", "unreadable"])
def test_what_is_no_readable_file_is_refused_with_a_reason(kind: OfferedKind) -> None:
    refused = judge(offered("a.mp4", kind=kind, named=True, why="Permission denied"))
    assert refused is not None
    assert refused.why
    assert refused.failed


@given(st.text(), st.binary(max_size=16))
def test_judging_never_stumbles_over_a_name_or_a_beginning(name: str, head: bytes) -> None:
    refused = judge(offered(name, head=head))
    assert (refused is None) == (has_media_name(name) or begins_like_media(head))
