"""How we talk to people: results on stdout, talk and progress on stderr, one JSON document for scripts."""

import json
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as RichTask
from rich.text import Text

from firsthand.model.text import shown

QUIET_EVERY_S = 10.0


def results() -> Console:
    """Where results go. Colour where a terminal or FORCE_COLOR asks for it; never markup from foreign text."""
    return Console(highlight=False, markup=False, soft_wrap=True)


def talk() -> Console:
    """Where talk goes."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def print_json(document: dict[str, Any]) -> None:
    """The one JSON document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=True, indent=2 if sys.stdout.isatty() else None) + "\n")


def clock_text(seconds: float) -> str:
    """`7.4 s`, `3:05`, `1:02:03`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span_text(start_s: float, end_s: float) -> str:
    """`0:03.2–0:15.7`; a still is `still`."""
    return "still" if start_s == end_s == 0 else f"{_position(start_s)}–{_position(end_s)}"


def _position(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def bytes_text(count: float) -> str:
    """`812 bytes`, `3.4 MB`."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError


class _Rate(ProgressColumn):
    """Bytes or clips a second."""

    def render(self, task: RichTask) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        if task.fields["unit"] == "bytes":
            return Text(f"{bytes_text(speed)}/s")
        return Text(f"{speed:.1f} {task.fields['unit']}/s")


class TerminalProgress:
    """Implements ports.Progress on stderr: bars with rate and time left on a terminal, a line now and then in a log."""

    def __init__(self) -> None:
        self._console = talk()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._stage, self._unit, self._done, self._total = "", "", 0, None
        self._said_at = 0.0

    _total: int | None

    def begin(self, stage: str, total: int | None, unit: str) -> None:
        if total == 0:
            self._stage = ""
            return
        self._stage, self._unit, self._done, self._total = stage, unit, 0, total
        self._said_at = time.monotonic()
        if self._console.is_terminal:
            columns = [TextColumn("{task.description:<22}"), BarColumn(bar_width=24)]
            count = TextColumn("{task.percentage:>3.0f}%") if unit == "bytes" else MofNCompleteColumn()
            left = [
                _Rate(),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}"),
            ]
            self._bar = Progress(*columns, count, *left, console=self._console)
            self._bar.start()
            self._task = self._bar.add_task(stage, total=total, note="", unit=unit)

    def tell(self, sentence: str) -> None:
        self._console.print(sentence, style="yellow")

    def advance(self, by: int = 1, note: str = "") -> None:
        if not self._stage:
            return
        self._done += by
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=by, note=_short(shown(note)))
        elif time.monotonic() - self._said_at > QUIET_EVERY_S:
            self._said_at = time.monotonic()
            of = f" of {self._total}" if self._total else ""
            self._console.print(f"{self._stage}: {self._done}{of} {self._unit}")

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None
        self._stage = ""


def _short(text: str, room: int = 32) -> str:
    return text if len(text) <= room else text[: room // 2 - 1] + "…" + text[-room // 2 :]
