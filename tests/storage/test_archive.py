"""Making and opening an archive."""

import os
import stat
from pathlib import Path

import pytest

from firsthand.model.errors import ArchiveError
from firsthand.model.events import ArchiveMade
from firsthand.storage import archive, schema
from tests.storage.events import ACTOR, AT, item, opened, sealed

MADE = ArchiveMade(format=archive.FORMAT, made_with="test")


def make(folder: Path) -> archive.Archive:
    return archive.create(folder, first=MADE, actor=ACTOR, at=AT)


def test_a_new_archive_has_its_first_entry_and_only_its_owner_may_enter(tmp_path: Path) -> None:
    held = make(tmp_path / "desk" / "архів ?#%")
    assert held.records.head().size == 1
    assert {path.name for path in held.folder.iterdir()} >= {
        "archive.toml", "records.sqlite", "sealed", "payloads", "derived", "index",
    }  # fmt: skip
    assert os.name == "nt" or stat.S_IMODE(held.folder.stat().st_mode) == 0o700
    assert [path.name for path in held.folder.parent.iterdir()] == [held.folder.name]
    held.close()
    again = archive.open(held.folder)
    assert (again.id, again.created_at) == (held.id, "2022-02-26T12:30:00.000000Z")
    again.close()


def test_an_empty_folder_may_become_an_archive_and_a_full_one_may_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty").close()
    with pytest.raises(ArchiveError, match="archive here already"):
        make(tmp_path / "empty")
    with pytest.raises(ArchiveError, match="something else lies here"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize("kind", ["missing", "foreign", "file"])
def test_what_is_no_archive_says_what_to_do(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / kind
    if kind == "foreign":
        folder.mkdir()
    if kind == "file":
        folder.write_text("x")
    with pytest.raises(ArchiveError) as told:
        archive.open(folder)
    assert "firsthand add PATH --case NAME" in told.value.next_step


def test_an_archive_of_a_newer_format_or_shape_says_that_firsthand_must_be_updated(tmp_path: Path) -> None:
    held = make(tmp_path / "archive")
    with held.records._database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    held.close()
    with pytest.raises(ArchiveError, match="9999") as told:
        archive.open(held.folder)
    assert "update firsthand" in told.value.next_step
    about = held.folder / "archive.toml"
    about.write_text(about.read_text().replace("format = 1", "format = 2"))
    with pytest.raises(ArchiveError, match="format 2"):
        archive.open(held.folder)
    about.write_text("format = ")
    with pytest.raises(ArchiveError, match=r"archive\.toml"):
        archive.open(held.folder)


def test_an_archive_without_its_records_says_so(tmp_path: Path) -> None:
    held = make(tmp_path / "archive")
    held.close()
    (held.folder / "records.sqlite").unlink()
    with pytest.raises(ArchiveError, match=r"records\.sqlite is missing"):
        archive.open(held.folder)


def test_an_archive_that_cannot_be_written_is_read_and_checked_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = make(tmp_path / "archive")
    held.records.append([opened(), sealed(0)], actor=ACTOR, at=AT)
    held.close()
    before = sorted(path.name for path in held.folder.iterdir())
    monkeypatch.setattr(archive, "_is_writable", lambda folder: False)
    read = archive.open(held.folder)
    assert not read.writable
    assert read.records.item(item(0)) is not None
    assert read.records.check().problems == ()
    with pytest.raises(ArchiveError, match="cannot be written"):
        read.records.append([sealed(1)], actor=ACTOR, at=AT)
    assert sorted(path.name for path in held.folder.iterdir()) == before
    read.close()


def test_a_creation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise ArchiveError("x", why="no room")

    monkeypatch.setattr(schema, "upgrade", refuse)
    with pytest.raises(ArchiveError, match="no room"):
        make(tmp_path / "archive")
    assert list(tmp_path.iterdir()) == []
