"""How fast the store writes and replays. Run: python -m bench.store [EVENTS] [FOLDER]

The synthetic log is what an archive of clips holds: per item one Sealed, one Arrived, five findings (one of them with
24 tags), one search with a copy in every third, one take.
"""

import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from firsthand.model.arrays import Array
from firsthand.model.events import (
    ArchiveMade,
    Arrived,
    CaseOpened,
    CopiesSought,
    Event,
    FindingMade,
    Sealed,
    TakeShaped,
)
from firsthand.model.findings import ContainerFacts, SoundFacts, Tag
from firsthand.model.ids import ArrivalId, CaseId, CopyId, FindingId, ItemId, PersonId, TakeId, item_id, random_id
from firsthand.model.links import CopyFound, Span, TakeSpan
from firsthand.model.outcomes import EngineId, Found, NothingThere, Outcome
from firsthand.storage import archive

BATCH = 1000
ACTOR = PersonId("person_bench")
CASE = CaseId("case_bench")


def main(events: int, folder: Path) -> None:
    """Prints one measured number a line."""
    held = archive.create(
        folder / "archive",
        first=ArchiveMade(format=archive.FORMAT, made_with="bench"),
        actor=ACTOR,
        at=datetime.now(UTC),
    )
    held.records.append([CaseOpened(case=CASE, name="bench")], actor=ACTOR, at=datetime.now(UTC))
    source = synthetic()

    single = list(islice(source, 1800))  # after about a thousand every folder of payloads is there
    for event in single[:900]:
        held.records.append([event], actor=ACTOR, at=datetime.now(UTC))
    started, worked = time.perf_counter(), time.process_time()
    for event in single[900:]:
        held.records.append([event], actor=ACTOR, at=datetime.now(UTC))
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    print(f"appends, one event each, all flushed: {900 / took:.0f} /s; {cpu / 900 * 1e6:.0f} µs of CPU each")
    print(f"one flush of 4 kB to this disk: {_flush_s(folder) * 1e6:.0f} µs; {_flushes(held, source)}")

    blocks = [os.urandom(100_000) for _ in range(200)]
    started = time.perf_counter()
    for block in blocks:
        held.sealed.seal(io.BytesIO(block))
    print(f"files of 100 kB sealed: {len(blocks) / (time.perf_counter() - started):.0f} /s")

    written = 0
    started, worked = time.perf_counter(), time.process_time()
    while written < events and (batch := list(islice(source, BATCH))):
        written += len(held.records.append(batch, actor=ACTOR, at=datetime.now(UTC)))
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    each = cpu / max(1, written) * 1e6
    print(f"events in batches of {BATCH}, made and appended: {written / took:.0f} /s; {each:.0f} µs of CPU each")

    started, worked = time.perf_counter(), time.process_time()
    checked = held.records.check()
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    rate = checked.entries_checked / took
    print(
        f"replayed and compared: {checked.entries_checked} entries in {took:.1f} s ({cpu:.1f} s of CPU), {rate:.0f} /s"
    )
    print(f"problems: {len(checked.problems)}; rows: {checked.rows_checked}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    held.close()


def _flush_s(folder: Path) -> float:
    """The median of 100 flushes, each of 4 kB more in one file."""
    times = []
    descriptor = os.open(folder / "flushed", os.O_WRONLY | os.O_CREAT)
    for _ in range(100):
        os.write(descriptor, bytes(4096))
        started = time.perf_counter()
        os.fsync(descriptor)
        times.append(time.perf_counter() - started)
    os.close(descriptor)
    return sorted(times)[50]


def _flushes(held: archive.Archive, source: Iterator[Event]) -> str:
    """How often 100 appends flush, by strace."""
    if shutil.which("strace") is None:
        return "flushes were not counted: there is no strace"
    command = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-p", str(os.getpid())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        while "TracerPid:\t0" in Path("/proc/self/status").read_text():
            time.sleep(0.01)
        for event in islice(source, 100):
            held.records.append([event], actor=ACTOR, at=datetime.now(UTC))
        strace.terminate()
        _, told = strace.communicate()
    return f"{sum('sync(' in line for line in told.splitlines()) / 100:.2f} flushes an append"


def synthetic() -> Iterator[Event]:
    """Events of a desk at work, without end; the same in every run but for their random ids."""
    before: ItemId | None = None
    number = 0
    while True:
        item = item_id(sha256(b"%d" % number).hexdigest())
        yield Sealed(item=item, bytes=1000 + number)
        yield Arrived(
            arrival=ArrivalId(random_id("arrival")),
            item=item,
            case=CASE,
            collector="desk",
            obtained_from="@witness",
            how="messenger",
            path=f"/clips/площа/{number}.mp4",
            name=f"{number}.mp4",
            modified_at="2022-02-26T14:30:00.000000Z",
        )
        yield from _findings(item, number)
        yield _search(item, before, number)
        span = TakeSpan(span=Span(item=item, start_s=0.0, end_s=12.5), take_start_s=0.0, speed=1.0)
        yield TakeShaped(take=TakeId(random_id("take")), spans=(span,), state="alone", edited=False)
        before = item
        number += 1


def _findings(item: ItemId, number: int) -> Iterator[FindingMade]:
    tags = tuple(Tag(reader="ffmpeg", where="container", name=f"tag {n}", value=f"value {number}") for n in range(24))
    container = ContainerFacts(
        format_name="mov,mp4,m4a,3gp,3g2,mj2", duration_s=12.5, bit_rate=800_000, streams=(), tags=tags, times=(),
        positions=(), device="", rewritten_by=(), edit_lists=(), readers=("ffmpeg 7",), packets_sha256=(), notes=(),
    )  # fmt: skip
    sound = SoundFacts(
        first_s=0.0, end_s=12.5, samples_per_second=48_000, channels=2, mean_db=-23.1, peak_db=-1.5,
        digital_silence=False, silent=(), clipped_ratio=0.0, column_s=0.05, lost_samples=0,
    )  # fmt: skip
    peaks = Array(dtype="i1", shape=(250, 2), data=bytes(500))
    outcomes: dict[str, Outcome] = {
        "container": Found(value=container),
        "sound": Found(value=sound, arrays=(("peaks", peaks),)),
        "pictures": NothingThere(why="no pictures"),
        "fingerprint": NothingThere(why="no pictures"),
        "soundprint": NothingThere(why="silence"),
    }
    for name, outcome in outcomes.items():
        engine = EngineId(name=name, version=1)
        finding = FindingId(random_id("finding"))
        yield FindingMade(finding=finding, item=item, made_by=engine, outcome=outcome, environment="bench")


def _search(item: ItemId, before: ItemId | None, number: int) -> CopiesSought:
    found: tuple[CopyFound, ...] = ()
    if before is not None and number % 3 == 0:
        found = (
            CopyFound(
                a=Span(item=before, start_s=0.0, end_s=12.5), b=Span(item=item, start_s=0.0, end_s=12.5),
                verdict="copy", score=0.93, matched_by=("picture",), edited="b", edits=("cropped",), speed=1.0,
                transform=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
            ),
        )  # fmt: skip
    copies = tuple(CopyId(random_id("copy")) for _ in found)
    engine = EngineId(name="copies", version=1)
    return CopiesSought(item=item, made_by=engine, copies=copies, found=found, against=number, not_looked="")


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as scratch:
        main(wanted, Path(scratch))
