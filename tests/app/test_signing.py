"""Signing goes on from the latest checkpoint signed here, and never from anything else."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from firsthand.app.checkpointing import checkpoint
from firsthand.app.verifying import verify
from firsthand.ledger.merkle import Frontier
from firsthand.ledger.notes import read_checkpoint, read_note
from firsthand.model.errors import IntegrityError
from firsthand.storage.records import SqlRecords
from tests.support.custody import Silent, desk, filled, receive

ROOT = Path(__file__).parents[2]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which entry on leaf hashes were asked for, each time."""
    real, starts = SqlRecords.leaf_hashes, list[int]()

    def noted(self: SqlRecords, start: int = 0) -> bytes:
        starts.append(start)
        return real(self, start)

    monkeypatch.setattr(SqlRecords, "leaf_hashes", noted)
    return starts


def test_signing_reads_the_entries_since_the_last_checkpoint_and_gives_the_head_of_them_all(
    tmp_path: Path, asked: list[int]
) -> None:
    filled(tmp_path)
    for number in range(6):
        with desk(tmp_path) as here:
            last = here.records.head().size
            asked.clear()
            receive(here, b"more" * number, name=f"{number}.mp4")
            receive(here, b"again" * number, name=f"{number}-again.mp4")
            signed = checkpoint(here).checkpoint
            assert asked == [last]
            assert signed.root == Frontier.of(here.records.leaf_hashes()).root().hex()
    with desk(tmp_path) as here:
        assert verify(here, progress=Silent()).problems == ()


@pytest.mark.parametrize("left", [b"", b"\0" * 32, b"torn", None])
def test_without_what_was_remembered_of_the_head_all_entries_are_gone_through(
    tmp_path: Path, asked: list[int], left: bytes | None
) -> None:
    filled(tmp_path)
    roots = next((tmp_path / "keys").rglob("latest.roots"))
    roots.unlink()
    if left is not None:
        roots.write_bytes(left)
    with desk(tmp_path) as here:
        asked.clear()
        receive(here, b"more", name="more.mp4")
        checkpoint(here)
        assert asked == [0]
    with desk(tmp_path) as here:
        asked.clear()
        receive(here, b"and more", name="more.mp4")
        checkpoint(here)
        assert 0 not in asked  # and remembered again
    with desk(tmp_path) as here:
        assert verify(here, progress=Silent()).problems == ()


def test_an_entry_changed_since_the_last_checkpoint_is_not_signed_and_one_before_it_is_for_verify_to_name(
    tmp_path: Path,
) -> None:
    filled(tmp_path)
    with desk(tmp_path) as here:
        size = here.records.head().size
        receive(here, b"more", name="more.mp4")
        _changed(tmp_path, seq=size)
        with pytest.raises(IntegrityError, match="no longer give the head"):
            checkpoint(here)
    assert not (tmp_path / "archive" / "checkpoints" / f"{size + 3:012}.checkpoint").exists()
    _changed(tmp_path, seq=size)  # put right
    _changed(tmp_path, seq=2)
    with desk(tmp_path) as here:
        checkpoint(here)
        assert {one.where for one in verify(here, progress=Silent()).problems} >= {"entry 2"}


def test_many_who_sign_at_once_sign_one_after_the_other_and_every_checkpoint_holds(tmp_path: Path) -> None:
    filled(tmp_path)
    program = (
        "import sys; from pathlib import Path; from tests.support.custody import desk, receive\n"
        "from firsthand.app.checkpointing import checkpoint\n"
        "with desk(Path(sys.argv[1])) as here:\n"
        "    for number in range(8):\n"
        "        receive(here, f'{sys.argv[2]} {number}'.encode(), name='a.mp4')\n"
        "        checkpoint(here)\n"
    )
    working = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(one)], cwd=ROOT) for one in range(6)]
    assert [one.wait() for one in working] == [0] * 6
    with desk(tmp_path) as here:
        verified = verify(here, progress=Silent())
        assert verified.problems == ()
        latest = next((tmp_path / "keys").rglob("latest.checkpoint")).read_bytes()
        assert read_checkpoint(read_note(latest).text).size == max(here.custody.checkpoints.sizes())
    assert len(list((tmp_path / "archive" / "checkpoints").iterdir())) > 10


def _changed(folder: Path, *, seq: int) -> None:
    """Turns the first byte of an entry's hash round."""
    with closing(sqlite3.connect(folder / "archive" / "records.sqlite", isolation_level=None)) as connection:
        (hashed,) = connection.execute("SELECT hash FROM entries WHERE seq = ?", (seq,)).fetchone()
        changed = bytes([hashed[0] ^ 255]) + hashed[1:]
        connection.execute("UPDATE entries SET hash = ? WHERE seq = ?", (changed, seq))
