"""Copies are sought side by side, and what is found does not hang on how many do it or on who dies meanwhile."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from firsthand.app import seeking
from firsthand.app.desk import Desk
from firsthand.app.indexing import KeptIndex
from firsthand.app.linking import comparable, seek_copies
from firsthand.app.seeking import SeekAnswer, Sought, sought_in_order
from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound
from firsthand.runtime.child import ChildFailed
from firsthand.runtime.pool import ThreadedPool
from tests.link.drawn import carried
from tests.support.custody import desk, receive
from tests.support.fingerprinted import fingerprinted
from tests.support.silent import SilentProgress

PLACES = 3


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six items are worth two processes here."""
    monkeypatch.setattr(seeking, "FEWEST_EACH", 2)


@pytest.fixture
def queue(tmp_path: Path) -> list[ItemId]:
    """Three places filmed, each of them twice; the fourth shows nothing to compare."""
    with desk(tmp_path) as here:
        films = [fingerprinted(here, f"film {n}", carried(n % PLACES, 1)) for n in range(2 * PLACES)]
        empty = receive(here, b"nothing to compare", name="empty.mp4")
    return [*films[:PLACES], empty, *films[PLACES:]]


def with_workers(here: Desk, workers: int) -> Desk:
    return replace(here, executor=ThreadedPool(workers))


def answers(folder: Path, queue: list[ItemId], *, workers: int) -> list[Sought]:
    with desk(folder) as one:
        here = with_workers(one, workers)
        with KeptIndex(here, comparable(here), progress=SilentProgress(), tidy=False) as kept:
            kept.prepare(queue, progress=SilentProgress())
            return list(sought_in_order(here, kept, queue))


def children() -> Iterator[psutil.Process]:
    for one in psutil.Process().children(recursive=True):
        if seeking.CHILD_MODULE in one.cmdline():
            yield one


def test_many_find_what_one_finds(tmp_path: Path, queue: list[ItemId]) -> None:
    alone, together = answers(tmp_path, queue, workers=1), answers(tmp_path, queue, workers=2)
    assert together == alone
    assert [one.against for one in alone] == [0, 1, 2, 3, 3, 4, 5]
    assert [one.comparable for one in alone] == [True] * PLACES + [False] + [True] * PLACES
    partners = [{found.b.item for found in one.found if found.verdict == "copy"} for one in alone]
    assert partners == [set()] * (PLACES + 1) + [{queue[n]} for n in range(PLACES)]
    assert not list(children())


def test_each_pair_is_compared_once_and_in_the_order_of_sealing(tmp_path: Path, queue: list[ItemId]) -> None:
    with desk(tmp_path) as one:
        here = with_workers(one, 2)
        seek_copies(here, progress=SilentProgress())
        before = here.records.copies(None)
        assert len(before) == PLACES
        seek_copies(here, progress=SilentProgress())
        assert here.records.copies(None) == before


def test_the_answers_of_a_process_that_dies_are_found_here(
    tmp_path: Path, queue: list[ItemId], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = answers(tmp_path, queue, workers=1)
    whole = seeking._Askers.ask
    killed: list[int] = []

    def kill(askers: seeking._Askers, place: int) -> SeekAnswer:
        if place == PLACES + 2:
            whole(askers, place - 1)  # so that there is one to kill
            child, _ = askers._of_thread.own
            os.kill(child.pid, signal.SIGKILL)
            psutil.Process(child.pid).wait(10)
            killed.append(place)
            raise ChildFailed("Crashed", "it was killed")
        return whole(askers, place)

    monkeypatch.setattr(seeking._Askers, "ask", kill)
    assert answers(tmp_path, queue, workers=2) == alone
    assert killed


def test_whoever_stops_waiting_leaves_no_process_behind(tmp_path: Path, queue: list[ItemId]) -> None:
    with desk(tmp_path) as one:
        here = with_workers(one, 2)
        with KeptIndex(here, comparable(here), progress=SilentProgress(), tidy=False) as kept:
            kept.prepare(queue, progress=SilentProgress())
            asking = sought_in_order(here, kept, queue)
            next(asking)
            assert list(children())
            asking.close()
            assert not list(children())


def test_an_index_that_cannot_be_written_is_held_by_each_process(
    tmp_path: Path, queue: list[ItemId], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = answers(tmp_path, queue, workers=1)
    for segment in (tmp_path / "archive" / "index").iterdir():
        segment.unlink()
    monkeypatch.setattr(KeptIndex, "_write_waiting", lambda _self: None)
    assert [by_item(one.found) for one in answers(tmp_path, queue, workers=2)] == [by_item(one.found) for one in alone]


def by_item(found: tuple[CopyFound, ...]) -> list[tuple[ItemId, str]]:
    return [(one.b.item, one.verdict) for one in found]
