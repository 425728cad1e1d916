"""Segments of the index: whole or not there, torn ones named, replaced ones gone."""

import os
import zlib
from pathlib import Path

import pytest

from firsthand.model.errors import ArchiveError
from firsthand.ports import Block, StoredIndex
from firsthand.storage import segments
from firsthand.storage.segments import FolderSegments

OURS = "index 1"


def block(data: bytes) -> Block:
    return Block(dtype="u4", shape=(len(data) // 4,), data=memoryview(data))


def blocks(seed: int, *, kib: int = 3000) -> dict[str, Block]:
    data = bytes((n * 7 + seed) % 251 for n in range(1024)) * kib
    return {"codes": block(data), "empty": block(b""), "few": block(b"abcd" * 5)}


@pytest.fixture
def store(tmp_path: Path) -> FolderSegments:
    return FolderSegments(tmp_path / "index")


def path_of(store: FolderSegments, name: str) -> Path:
    return store.folder / f"{name}.segment"


def test_what_was_written_is_read_again_array_for_array(store: FolderSegments) -> None:
    name = store.write(OURS, blocks(1))
    opened = store.opened(OURS)
    assert opened.unusable == ()
    assert [one.name for one in opened.segments] == [name]
    for key, one in blocks(1).items():
        again = opened.segments[0].blocks[key]
        assert (again.dtype, again.shape, bytes(again.data)) == (one.dtype, one.shape, bytes(one.data))


def test_an_archive_without_the_folder_has_no_segments(store: FolderSegments) -> None:
    assert store.opened(OURS) == StoredIndex(segments=(), unusable=())
    assert store.writable


def test_segments_of_another_version_are_named_and_not_used(store: FolderSegments) -> None:
    ours, other = store.write(OURS, blocks(1)), store.write("index 0", blocks(2))
    opened = store.opened(OURS)
    assert [one.name for one in opened.segments] == [ours]
    assert [name for name, _ in opened.unusable] == [other]
    assert "another version" in opened.unusable[0][1]


def test_every_way_of_being_torn_is_noticed(store: FolderSegments) -> None:
    name = store.write(OURS, blocks(1))
    path = path_of(store, name)
    whole = path.read_bytes()
    os.chmod(path, 0o600)
    header = 44 + int.from_bytes(whole[8:12], "little")
    torn = {
        "empty": b"",
        "a part of the head": whole[:20],
        "a part of the header": whole[: header - 5],
        "cut in half": whole[: len(whole) // 2],
        "one byte short": whole[:-1],
        "one byte long": whole + b"\0",
        "a hole": whole[:1_500_000] + bytes(4096) + whole[1_504_096:],
        "another header": whole[:50] + b"x" + whole[51:],
        "something else": b"SQLite format 3\0" * 100,
        "another format": b"FHINDEX2" + whole[8:],
        "a length beyond reason": whole[:8] + b"\xff\xff\xff\xff" + whole[12:],
    }
    for how, damaged in torn.items():
        path.write_bytes(damaged)
        opened = store.opened(OURS)
        assert opened.segments == (), how
        assert [one for one, _ in opened.unusable] == [name], how
        assert opened.unusable[0][1], how


def test_a_header_that_lies_with_a_good_digest_is_refused(store: FolderSegments) -> None:
    from hashlib import sha256

    lies = (
        b"[]",
        b"{}",
        b"{" * 5000,
        b'{"settings":"index 1","bytes":64,"crc":[%d],"replaces":[],"blocks":[{"name":"a","dtype":"u4","shape":[999],'
        b'"start":0}]}' % zlib.crc32(bytes(64)),
        b'{"settings":"index 1","bytes":64,"crc":[%d],"replaces":[],"blocks":[{"name":"a","dtype":"zz","shape":[1],'
        b'"start":0}]}' % zlib.crc32(bytes(64)),
        b'{"settings":"index 1","bytes":64,"crc":[%d],"replaces":[],"blocks":[{"name":"a","dtype":"u4","shape":[-1],'
        b'"start":0}]}' % zlib.crc32(bytes(64)),
        b'{"settings":"index 1","bytes":64,"crc":7,"replaces":[],"blocks":[]}',
    )
    store.folder.mkdir()
    for line in lies:
        head = b"FHINDEX1" + len(line).to_bytes(4, "little") + sha256(line).digest() + line
        path_of(store, "lie").write_bytes(head.ljust(-(-len(head) // 64) * 64, b"\0") + bytes(64))
        opened = store.opened(OURS)
        assert opened.segments == (), line
        assert len(opened.unusable) == 1, line


def test_a_segment_takes_the_place_of_those_it_was_made_of(store: FolderSegments) -> None:
    first, second = store.write(OURS, blocks(1)), store.write(OURS, blocks(2))
    reader = store.opened(OURS)  # somebody who reads meanwhile
    kept = path_of(store, first).read_bytes()
    both = store.write(OURS, blocks(3), replaces=(first, second))
    assert [one.name for one in store.opened(OURS).segments] == [both]
    assert bytes(reader.segments[0].blocks["few"].data) == b"abcd" * 5  # what was mapped stays
    path_of(store, first).write_bytes(kept)  # a crash between writing and taking away
    assert [one.name for one in store.opened(OURS).segments] == [both]


def test_a_disk_that_refuses_leaves_nothing_half_written(
    store: FolderSegments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(segments, "write_all", full)
    with pytest.raises(ArchiveError, match="No space left") as refused:
        store.write(OURS, blocks(1))
    assert refused.value.kept == "the index can be made again at any time"
    assert list(store.folder.iterdir()) == []


def test_discarding_what_is_gone_is_no_error(store: FolderSegments) -> None:
    name = store.write(OURS, blocks(1))
    store.discard([name, "never", name])
    assert store.opened(OURS).segments == ()
