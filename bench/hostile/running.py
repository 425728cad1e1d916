"""Hostile files handed to a decoding child one after another, and what became of them."""

import os
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from firsthand.app.examine_item import decoding_child, examine
from firsthand.app.examiners import engines
from firsthand.model.codec import encode
from firsthand.model.outcomes import Failed, outcome_name
from firsthand.runtime.child import Child

WALL_S = 20.0
HANG_S = 30.0
FORESEEN = ("UnreadableMedia", "OverLimit", "Crashed", "TimedOut", "BadAnswer", "MalformedRecord", "GivenUp")
SECRET = "the-name-of-the-source-is-nobody-knows"
# Memory that Python, numpy, OpenCV and FFmpeg take before they read anything, some 0.2 GB, and what a child may use.
MEMORY_LIMIT_BYTES = 3 << 30


@dataclass(slots=True)
class Told:
    """What a run found. breaches: what must never happen, in words; each names the file."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    children_lost: int = 0
    longest_s: float = 0.0
    longest: str = ""
    peak_memory_bytes: int = 0
    breaches: list[str] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)  # an examiner failed in a way of Python's, not in one of ours


@dataclass(frozen=True, slots=True)
class Bait:
    """What hostile files lead to: a file with a secret, and an address where somebody listens."""

    path: Path
    address: str
    listener: socket.socket

    def connections(self) -> int:
        """How many came. Nobody is let in."""
        count = 0
        while True:
            try:
                self.listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@contextmanager
def bait() -> Iterator[Bait]:
    """A secret and a listener on loopback, for the time of the block."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        path = Path(folder, "secret.mp4")
        path.write_text(SECRET * 10)
        yield Bait(path, f"127.0.0.1:{listener.getsockname()[1]}", listener)


def run(files: Iterable[tuple[str, bytes]], lure: Bait, *, child: Child | None = None) -> Told:
    """Examines every file and judges what came back."""
    told = Told()
    one = child or decoding_child()
    with tempfile.TemporaryFile() as file:
        for name, body in files:
            _examine(one, file.fileno(), name, body, told)
            if told.files % 100 == 0:
                _look_at_memory(one, told)
            if told.files % 500 == 0:
                lost, breaches = told.children_lost, len(told.breaches)
                print(f"{told.files} files, {lost} children lost, {breaches} breaches", flush=True)
    _look_at_memory(one, told)
    one.close()
    if came := lure.connections():
        told.breaches.append(f"{came} connections were made")
    return told


def _examine(child: Child, descriptor: int, name: str, body: bytes, told: Told) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, body, 0)
    before, began = child.pid, time.monotonic()
    answers = examine(child, descriptor, engines(), wall_s=WALL_S, cpu_s=WALL_S)
    took_s = time.monotonic() - began
    told.files += 1
    if took_s > 5.0:
        print(f"  {took_s:5.1f} s  {name}", flush=True)
    told.outcomes.update(outcome_name(outcome) for _, outcome in answers)
    told.errors.update({outcome.error for _, outcome in answers if isinstance(outcome, Failed)})
    if len(answers) != len(engines()):
        told.breaches.append(f"{name}: {len(answers)} outcomes of {len(engines())}")
    if took_s > told.longest_s:
        told.longest_s, told.longest = took_s, name
    if took_s > HANG_S:
        told.breaches.append(f"{name}: no answer for {took_s:.0f} s")
    if before is not None and child.pid != before:
        told.children_lost += 1
        told.deaths.append(f"{name}: {next((o.why for _, o in answers if isinstance(o, Failed)), 'replaced')}")
    for engine, outcome in answers:
        if isinstance(outcome, Failed) and outcome.error not in FORESEEN:
            told.unforeseen.append(f"{name}: {engine.name}: {outcome.error}: {outcome.why}")
        if isinstance(outcome, Failed) and outcome.error in ("ModuleNotFoundError", "ImportError", "LookupError"):
            told.breaches.append(f"{name}: {outcome.error}: {outcome.why}")
    if SECRET.encode() in b"".join(encode(outcome) for _, outcome in answers):
        told.breaches.append(f"{name}: the secret is in the answer")
    if took_s > 2.0:
        _look_at_memory(child, told)


def _look_at_memory(child: Child, told: Told) -> None:
    """The most memory that the child or a helper of it ever held at once."""
    try:
        top = psutil.Process(child.pid) if child.pid is not None else None
        for process in (top, *top.children(recursive=True)) if top is not None else ():
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            peaks = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")]
            told.peak_memory_bytes = max([told.peak_memory_bytes, *peaks])
    except (psutil.Error, OSError):
        return
    if told.peak_memory_bytes > MEMORY_LIMIT_BYTES:
        told.breaches.append(f"{told.peak_memory_bytes} bytes of memory were in use at once")
