"""People's own files: read in full or refused, and never touched."""

import os
from pathlib import Path

import pytest

from firsthand.model.errors import NothingMatched, StillChanging
from firsthand.model.offered import Offered
from firsthand.storage.received import FolderWalk


def walked(*paths: Path) -> dict[str, Offered]:
    return {offered.name: offered for offered in FolderWalk().walk(os.fspath(path) for path in paths)}


def test_a_folder_is_taken_with_all_it_holds_and_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.mp4").write_bytes(b"a")
    (tmp_path / "in" / "deep" / "b.mp4").write_bytes(b"b")
    found = list(FolderWalk().walk([str(tmp_path / "in"), str(tmp_path / "in" / "a.mp4")]))
    assert [one.name for one in found] == ["a.mp4", "b.mp4"]


def test_a_path_that_does_not_exist_is_said_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(NothingMatched):
        list(FolderWalk().walk([str(tmp_path / "gone")]))


def test_links_that_lead_out_or_nowhere_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"not yours")
    (tmp_path / "elsewhere").mkdir()
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "real.mp4").write_bytes(b"r")
    (inside / "out.mp4").symlink_to(tmp_path / "secret.mp4")
    (inside / "folder-out").symlink_to(tmp_path / "elsewhere")
    (inside / "within.mp4").symlink_to(inside / "real.mp4")
    (inside / "nowhere.mp4").symlink_to(inside / "gone.mp4")
    (inside / "loop").symlink_to(inside)
    kinds = {name: offered.kind for name, offered in walked(inside).items()}
    assert kinds == {
        "real.mp4": "file",
        "out.mp4": "link_out",
        "folder-out": "link_out",
        "within.mp4": "file",
        "nowhere.mp4": "dangling_link",
    }


def test_a_pipe_is_no_file_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert walked(tmp_path)["pipe.mp4"].kind == "special"


@pytest.mark.parametrize("name", ["a\nb.mp4", "ф" * 125 + ".mp4", "\udcff\udcfe.mp4", " .mp4", "-rf.mp4"])
def test_any_name_the_file_system_allows_is_kept_byte_for_byte(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (offered,) = FolderWalk().walk([str(tmp_path)])
    assert offered.name == name
    assert os.fsencode(offered.path) == os.fsencode(tmp_path / name)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.mp4"
    path.write_bytes(b"x" * 100)
    offered = walked(tmp_path)["growing.mp4"]
    with path.open("ab") as file:
        file.write(b"more")
    with FolderWalk().open(offered) as source, pytest.raises(StillChanging):
        source.read()


def test_reading_changes_nothing_about_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"x" * 100)
    before = path.stat()
    with FolderWalk().open(walked(tmp_path)["a.mp4"]) as source:
        assert source.read() == b"x" * 100
    after = path.stat()
    assert (before.st_mtime_ns, before.st_size, before.st_mode) == (after.st_mtime_ns, after.st_size, after.st_mode)
