"""Sealed files in a folder."""

import errno
import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firsthand.model.errors import ArchiveError, IntegrityError
from firsthand.model.ids import sha256_of
from firsthand.ports import SealedStore
from firsthand.storage import durable, sealed
from firsthand.storage.sealed import FolderSealed
from tests.storage.sealed_suite import SealedSuite


class TestFolderSealed(SealedSuite):
    @pytest.fixture
    def store(self, tmp_path: Path) -> SealedStore:
        return FolderSealed(tmp_path / "sealed")


@pytest.fixture
def folder(tmp_path: Path) -> FolderSealed:
    return FolderSealed(tmp_path / "sealed")


def path_of(folder: FolderSealed, received: bytes) -> Path:
    digest = hashlib.sha256(received).hexdigest()
    return folder.root / digest[:2] / digest[2:4] / digest


def test_a_sealed_file_is_read_only_and_lies_under_its_digest(folder: FolderSealed) -> None:
    item = folder.seal(io.BytesIO(b"clip")).item
    path = path_of(folder, b"clip")
    assert path.name == sha256_of(item)
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_a_rotten_sealed_file_does_not_swallow_the_good_copy_that_arrives_again(folder: FolderSealed) -> None:
    folder.seal(io.BytesIO(b"clip"))
    path = path_of(folder, b"clip")
    path.chmod(0o600)
    path.write_bytes(b"clop")
    with pytest.raises(IntegrityError, match="no longer holds") as told:
        folder.seal(io.BytesIO(b"clip"))
    kept = list(folder.leftovers())
    assert [(folder.root / name).read_bytes() for name in kept] == [b"clip"]
    assert kept[0] in told.value.kept
    assert path.read_bytes() == b"clop"


def test_a_link_is_no_sealed_file_wherever_it_leads(folder: FolderSealed, tmp_path: Path) -> None:
    item = folder.seal(io.BytesIO(b"clip")).item
    path = path_of(folder, b"clip")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert not folder.holds(item)
    assert list(folder.items()) == []
    assert list(folder.leftovers()) == [path.relative_to(folder.root).as_posix()]
    with pytest.raises(IntegrityError):
        folder.open(item)


def test_strangers_are_listed_and_are_no_items(folder: FolderSealed) -> None:
    folder.seal(io.BytesIO(b"clip"))
    (folder.root / "notes.txt").write_text("x")
    wrong = folder.root / "ab" / "cd" / ("ef" * 32)
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"x")
    assert set(folder.leftovers()) == {"ab/cd/" + "ef" * 32, "notes.txt"}
    assert len(list(folder.items())) == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("call", ["write_all", "flush_file", "make_folder", "flush_folder", "_publish"])
def test_a_disk_that_refuses_says_what_to_do_and_leaves_nothing_half(
    folder: FolderSealed, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(sealed, call, refuse)
        with pytest.raises(ArchiveError) as told:
            folder.seal(io.BytesIO(b"clip"))
    assert os.strerror(code) in told.value.why
    assert told.value.next_step
    assert list(folder.leftovers()) == []
    assert folder.seal(io.BytesIO(b"clip")).bytes == 4
    assert len(list(folder.items())) == 1


def test_a_disk_that_refuses_to_forget_the_second_name_has_sealed_the_file_and_it_is_told_of(
    folder: FolderSealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refusing)
        item = folder.seal(io.BytesIO(b"received")).item
    assert folder.open(item).read() == b"received"
    assert len(list(folder.leftovers())) == 1
    assert folder.destroy(item)
    assert list(folder.leftovers()) == []


def test_without_hard_links_a_file_is_still_sealed_once(folder: FolderSealed, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert folder.seal(io.BytesIO(b"clip")).new
    assert not folder.seal(io.BytesIO(b"clip")).new
    assert list(folder.leftovers()) == []


def test_only_what_the_system_took_counts_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, block: whole(descriptor, bytes(block[:3])))
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    durable.write_all(descriptor, b"0123456789")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


SEALER = """
import io, sys
from pathlib import Path
from firsthand.storage.sealed import FolderSealed
store = FolderSealed(Path(sys.argv[1]))
for number in range(10_000):
    print(store.seal(io.BytesIO(b"%d " % number * 60_000)).item, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.01, 0.037, 0.081])
def test_sealing_killed_half_way_leaves_either_nothing_or_a_whole_sealed_file(tmp_path: Path, after_s: float) -> None:
    store = FolderSealed(tmp_path / "sealed")
    environment = {**os.environ, "PYTHONPATH": str(Path(sealed.__file__).parents[2])}
    command = [sys.executable, "-c", SEALER, str(store.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as sealer:
        assert sealer.stdout is not None
        acknowledged = [sealer.stdout.readline().strip()]
        time.sleep(after_s)
        sealer.send_signal(signal.SIGKILL)
        acknowledged += sealer.stdout.read().split("\n")[:-1]
    there = list(store.items())
    assert set(acknowledged) <= set(there)
    for item in there:
        with store.open(item) as opened:
            assert hashlib.sha256(opened.read()).hexdigest() == sha256_of(item)
    assert all(name.startswith("incoming-") for name in store.leftovers())
