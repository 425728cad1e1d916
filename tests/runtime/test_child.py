"""What breaks in a child breaks only there, and the next file finds a new child."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from firsthand.runtime.child import Child, ChildFailed


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child("tests.runtime.naughty_child", max_answer_bytes=4_000)
    yield one
    one.close()


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "file").write_bytes(b"footage")
    number = os.open(tmp_path / "file", os.O_RDONLY)
    yield number
    os.close(number)


def test_it_reads_a_file_it_has_no_path_of(child: Child, descriptor: int) -> None:
    assert child.ask(b"read", descriptor, wall_s=20) == b"footage"


def test_one_process_serves_many_files_and_keeps_none_open(child: Child, descriptor: int) -> None:
    child.ask(b"read", descriptor, wall_s=20)
    pid = child.pid
    for _ in range(100):
        child.ask(b"read", descriptor, wall_s=20)
    assert child.pid == pid
    if sys.platform == "linux":
        assert 4 <= int(child.ask(b"descriptors", descriptor, wall_s=20)) < 10


def test_given_up_while_it_is_asked_it_ends_at_once_and_serves_no_more(child: Child, descriptor: int) -> None:
    child.ask(b"read", descriptor, wall_s=20)
    pid = child.pid
    giving_up = threading.Timer(0.2, child.give_up)
    giving_up.start()
    with pytest.raises(ChildFailed) as failed:
        child.ask(b"hang", descriptor, wall_s=600)
    assert failed.value.error == "GivenUp"
    with pytest.raises(ChildFailed):
        child.ask(b"read", descriptor, wall_s=20)
    assert pid is not None
    assert not psutil.pid_exists(pid)
    giving_up.join()


@pytest.mark.parametrize(
    ("request_", "error", "why"),
    [
        (b"crash", "Crashed", "SIGSEGV"),
        (b"leave", "Crashed", "I have had enough"),
        (b"nonsense", "BadAnswer", "over the limit"),
        (b"flood", "BadAnswer", "over the limit"),
    ],
)
def test_a_broken_child_is_told_of_and_replaced(
    child: Child, descriptor: int, request_: bytes, error: str, why: str
) -> None:
    with pytest.raises(ChildFailed) as failed:
        child.ask(request_, descriptor, wall_s=20)
    assert failed.value.error == error
    assert why in failed.value.why
    assert child.ask(b"read", descriptor, wall_s=20) == b"footage"


def test_a_hanging_child_is_ended(child: Child, descriptor: int) -> None:
    child.ask(b"read", descriptor, wall_s=20)
    pid = child.pid
    with pytest.raises(ChildFailed, match="TimedOut"):
        child.ask(b"hang", descriptor, wall_s=0.3)
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_can_write_no_file_and_knows_no_archive(
    child: Child, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTHAND_ARCHIVE", "/secret/archive")
    assert child.ask(b"limits", descriptor, wall_s=20) == b"(0, 0)"
    assert b"secret" not in child.ask(b"environment", descriptor, wall_s=20)
