"""Findings of many small items go into one transaction; what was answered is recorded whatever ends the run."""

from dataclasses import replace
from pathlib import Path

import pytest

from firsthand.app import examining
from firsthand.app.desk import Desk
from firsthand.app.examining import Examined, ExamineJob, close_children, examine_missing
from firsthand.app.receiving import Statement
from firsthand.app.receiving import receive as take_in
from tests.support.clips import make_clip
from tests.support.custody import Silent, desk

CLIPS = 4


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(CLIPS):
        make_clip(clips / f"{number}.mp4", seconds=0.2 + 0.1 * number)
    opened = desk(tmp_path)
    offered = list(opened.received.walk([str(clips)]))
    take_in(opened, opened.opened_case("kyiv"), offered, statement=Statement(), progress=Silent())
    return opened


def recorded(here: Desk) -> tuple[int, int]:
    """How many findings there are, and of how many items."""
    found = [one for item in here.records.items() for one in here.records.findings(item.id)]
    return len(found), len({one.item for one in found})


def transactions(here: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many findings each write will bring."""
    counts: list[int] = []
    append = type(here.records).append

    def counted(self: object, events: object, **named: object) -> object:
        counts.append(len(events))  # type: ignore[arg-type]
        return append(self, events, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(here.records), "append", counted)
    return counts


@pytest.mark.parametrize(
    ("name", "value", "together"),
    [("RECORDED_EVERY_S", 1000.0, True), ("RECORDED_EVERY_S", 0.0, False), ("RECORDED_BYTES", 0, False)],
)
def test_small_items_are_recorded_together_unless_time_or_memory_forbid(
    here: Desk, monkeypatch: pytest.MonkeyPatch, name: str, value: float, together: bool
) -> None:
    monkeypatch.setattr(examining, "RECORDED_EVERY_S", 1000.0)
    monkeypatch.setattr(examining, name, value)
    counts = transactions(here, monkeypatch)
    with here:
        outcomes = examine_missing(here, None, progress=Silent())
        engines = len(here.engines)
        assert counts == ([CLIPS * engines] if together else [engines] * CLIPS)
        assert recorded(here) == (CLIPS * engines, CLIPS)
    close_children()
    assert sum(outcomes.values()) == CLIPS * engines


def test_what_took_long_to_make_waits_for_nothing(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "RECORDED_EVERY_S", 1000.0)
    take = examining.Recorder.take
    monkeypatch.setattr(
        examining.Recorder, "take", lambda self, job, examined: take(self, job, replace(examined, took_s=3600.0))
    )
    counts = transactions(here, monkeypatch)
    with here:
        examine_missing(here, None, progress=Silent())
        assert counts == [len(here.engines)] * CLIPS
    close_children()


def test_what_was_answered_before_a_stop_by_hand_is_recorded(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "RECORDED_EVERY_S", 1000.0)
    take = examining.Recorder.take

    def stopped_at_the_second(self: examining.Recorder, job: ExamineJob, examined: Examined) -> None:
        take(self, job, examined)
        if len(self._waiting) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(examining.Recorder, "take", stopped_at_the_second)
    with here:
        with pytest.raises(KeyboardInterrupt):
            examine_missing(here, None, progress=Silent())
        assert recorded(here)[1] == 2
        monkeypatch.setattr(examining.Recorder, "take", take)
        examine_missing(here, None, progress=Silent())
        assert recorded(here)[1] == CLIPS
    close_children()
