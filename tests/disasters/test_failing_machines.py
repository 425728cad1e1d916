"""Power lost, disk full, disk failing while a file is received. `make faults` does the same to whole commands."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from bench.hostile.shim import compiler

from firsthand import __version__
from firsthand.app.doctoring import check_up
from firsthand.app.receiving import Statement
from firsthand.app.receiving import receive as taken_in
from firsthand.app.settings import settings
from firsthand.app.wiring import SystemClock
from firsthand.model.errors import ArchiveError
from firsthand.model.events import ArchiveMade, Arrived, CaseOpened, PersonNamed, Refused, Sealed
from firsthand.model.ids import ArrivalId, CaseId, PersonId, item_id, random_id
from firsthand.storage import archive as archives
from firsthand.storage.soundtracks import FolderSoundtracks
from tests.support.custody import Silent, desk
from tests.support.missing import missing

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CALLS = (
    "write,pwrite64,fsync,fdatasync,ftruncate,rename,link,linkat,unlink,unlinkat,mkdir,mkdirat,chmod,fchmod,fchmodat"
)
FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO")
TOLD, NOT_TOLD, ACKNOWLEDGED = 7, 8, 0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """An archive that holds one item, which must outlive everything."""
    if shutil.which("strace") is None:
        missing("strace is not installed")
    maker = PersonNamed(person=PersonId(random_id("person")), name="maker", authenticated_by="none")
    first = ArchiveMade(format=archives.FORMAT, made_with=f"firsthand {__version__}")
    case = CaseOpened(case=CaseId(random_id("case")), name="one")
    archives.create(tmp_path / "template", first=first, actor=maker.person, at=AT, named=(maker, case)).close()
    (tmp_path / "first").write_bytes(b"kept before" * 1_000)
    (tmp_path / "clip").write_bytes(b"footage" * 50_000)
    receive(tmp_path / "template", tmp_path / "first")
    return tmp_path / "template"


def receive(folder: Path, clip: Path) -> None:
    """Seals a file and writes its entries, as `add` does for each."""
    opened = archives.open(folder)
    try:
        with clip.open("rb") as source:
            sealed = opened.sealed.seal(source)
        (case,) = opened.records.cases()
        who = PersonNamed(person=PersonId(random_id("person")), name="reporter", authenticated_by="none")
        arrival = Arrived(
            arrival=ArrivalId(random_id("arrival")), item=sealed.item, case=case.id, collector="", obtained_from="",
            how="", path=str(clip), name=clip.name, modified_at="",
        )  # fmt: skip
        opened.records.append((who, Sealed(item=sealed.item, bytes=sealed.bytes), arrival), actor=who.person, at=AT)
    finally:
        opened.close()


def ended(folder: Path, clip: Path, log: Path, *, inject: str = "") -> int:
    """How receiving ended in a fork under strace: acknowledged, told of, a bug, or killed (below zero)."""
    process = os.fork()
    if process == 0:
        code = 1
        try:
            while "TracerPid:\t0" in Path("/proc/self/status").read_text():
                time.sleep(0.001)
            receive(folder, clip)
            code = ACKNOWLEDGED
        except ArchiveError as error:
            code = TOLD if error.next_step and error.why else NOT_TOLD
        finally:
            os._exit(code)
    command = ["strace", "-qq", "-y", "-s", "0", "-e", f"trace={CALLS}", "-o", str(log), "-p", str(process)]
    with subprocess.Popen(command + (["-e", f"inject={inject}"] if inject else []), stderr=subprocess.DEVNULL):
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_received_with_a_fault_at_any_call_that_writes_leaves_everything_or_nothing(
    template: Path, tmp_path: Path
) -> None:
    work, log, clip = tmp_path / "work", tmp_path / "strace", tmp_path / "clip"
    shutil.copytree(template, work)
    assert ended(work, clip, log) == ACKNOWLEDGED
    calls = re.findall(r"^(\w+)\(", log.read_text(), re.MULTILINE)
    places = [(call, calls[: number + 1].count(call)) for number, call in enumerate(calls)]
    assert len(places) > 15
    outcomes = Counter[str]()
    for number, (call, nth) in enumerate(places):
        fault = FAULTS[number % len(FAULTS)]  # each place meets one here, all three in `make faults`
        shutil.rmtree(work)
        shutil.copytree(template, work)
        code = ended(work, clip, log, inject=f"{call}:{fault}:when={nth}")
        where = f"{fault} at {call} {nth}: ended with {code}"
        assert code in (ACKNOWLEDGED, TOLD, -9), where
        outcomes[fault if code else "acknowledged"] += 1
        opened = archives.open(work)
        try:
            assert opened.records.check().problems == (), where
            items = {one.bytes for one in opened.records.items()}
            assert 11_000 in items, f"{where}: what was there is lost"
            assert code != ACKNOWLEDGED or 350_000 in items, f"{where}: acknowledged and lost"
            assert all(opened.sealed.holds(one.id) for one in opened.records.items()), where
        finally:
            opened.close()
        receive(work, clip)  # the rerun comes to its end
    assert all(outcomes[fault] for fault in FAULTS), outcomes


@pytest.mark.slow
def test_commands_with_a_fault_at_any_call_that_writes_lose_nothing_and_come_to_their_end_when_run_again() -> None:
    """A few places of some commands here; `make faults` tries every place of every command."""
    if compiler() is None:
        missing("there is no C compiler to make the shim with")
    chosen = ("a second add", "copies --reject", "quarantine", "erase", "proof")
    command = [sys.executable, "-m", "bench", "faults", "--every", "29"]
    command += [word for title in chosen for word in ("--scenario", title)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["wrong"] == 0
    assert told["injected"] > 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB of its own, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        missing("this user may not mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_stays_full_loses_nothing_and_goes_on_when_there_is_room(
    template: Path, small_disk: Path, tmp_path: Path
) -> None:
    archive = small_disk / "archive"
    shutil.copytree(template, archive)
    acknowledged, next_steps = {11_000}, list[str]()
    for number in range(60):
        clip = tmp_path / f"clip {number}"
        clip.write_bytes(bytes([number]) * (60_000 + number))
        try:
            receive(archive, clip)
        except ArchiveError as error:
            next_steps.append(error.next_step)
        else:
            acknowledged.add(60_000 + number)
    assert len(next_steps) > 10
    assert all("room" in step for step in next_steps)
    assert len(acknowledged) > 5
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    opened = archives.open(archive)
    assert {one.bytes for one in opened.records.items()} >= acknowledged
    assert opened.records.check().problems == ()
    opened.close()
    for number in range(60):
        receive(archive, tmp_path / f"clip {number}")
    opened = archives.open(archive)
    assert {one.bytes for one in opened.records.items()} == {11_000, *(60_000 + number for number in range(60))}
    assert opened.records.check().problems == ()
    opened.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_an_archive_moved_while_in_use_keeps_all_and_takes_no_more_in_the_old_place(
    template: Path, tmp_path: Path, replaced: bool
) -> None:
    opened = archives.open(template)
    who = PersonNamed(person=PersonId(random_id("person")), name="reporter", authenticated_by="none")
    opened.records.append((who,), actor=who.person, at=AT)
    (case,) = opened.records.cases()
    template.rename(tmp_path / "moved")
    if replaced:
        shutil.copytree(tmp_path / "moved", template)
    before = opened.records.head().size
    with pytest.raises(ArchiveError, match=r"moved|not there"):
        opened.records.append((Refused(case=case.id, path="/a", why="b"),), actor=who.person, at=AT)
    if not replaced:
        with pytest.raises(ArchiveError, match="not there"), (tmp_path / "clip").open("rb") as source:
            opened.sealed.seal(source)
        with pytest.raises(ArchiveError) as refused:
            FolderSoundtracks(opened.derived / "sound").keep(item_id("ab" * 32), b"fLaC")
        assert "moved" in refused.value.next_step
        assert not template.exists()
    opened.close()
    moved = archives.open(tmp_path / "moved")
    assert moved.records.head().size == before
    assert moved.records.check().problems == ()
    moved.close()
    receive(tmp_path / "moved", tmp_path / "clip")


def test_a_medium_that_fails_while_a_clip_is_read_costs_that_clip_alone_and_only_until_it_reads_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "card"
    source.mkdir()
    (source / "a.mp4").write_bytes(b"good" * 1000)
    (source / "b.mp4").write_bytes(bytes(3 << 20))
    (source / "c.mp4").write_bytes(b"fine" * 1000)
    real, read = os.readv, Counter[str]()

    def failing(descriptor: int, buffers: list[memoryview]) -> int:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        read[name] += 1
        if name.endswith("b.mp4") and read[name] > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(descriptor, buffers)

    with desk(tmp_path) as here:
        case = here.opened_case("kyiv")
        with monkeypatch.context() as patch:
            patch.setattr("firsthand.storage.received.os.readv", failing)
            offered = list(here.received.walk([str(source)]))
            first = taken_in(here, case, offered, statement=Statement(), progress=Silent())
        assert [one.state for one in first] == ["sealed", "refused", "sealed"]
        assert first[1].failed
        assert "error" in first[1].why.lower()
        assert list(here.sealed.leftovers()) == []
        again = taken_in(here, case, offered, statement=Statement(), progress=Silent())
        assert [one.state for one in again] == ["already_sealed", "sealed", "already_sealed"]
    with desk(tmp_path) as here:
        assert here.records.check().problems == ()


def test_a_clock_that_stands_before_the_last_entry_is_told_of_when_files_are_received(tmp_path: Path) -> None:
    class Told(Silent):
        sentences: ClassVar[list[str]] = []

        def tell(self, sentence: str) -> None:
            self.sentences.append(sentence)

    class SetBack(SystemClock):
        def now(self) -> datetime:
            return AT.replace(year=2020)

    (tmp_path / "a.mp4").write_bytes(b"good" * 1000)
    with desk(tmp_path) as here:
        for clock, told in ((here.clock, 0), (SetBack(), 1)):
            at = replace(here, clock=clock)
            taken_in(
                at,
                at.opened_case("kyiv"),
                list(at.received.walk([str(tmp_path / "a.mp4")])),
                statement=Statement(),
                progress=Told(),
            )
            assert len(Told.sentences) == told
    assert "2020" in Told.sentences[0]


def test_a_clock_that_stands_before_the_last_item_is_told_of_by_doctor(template: Path, tmp_path: Path) -> None:
    opened = archives.open(template)
    who = PersonNamed(person=PersonId(random_id("person")), name="late", authenticated_by="none")
    future = Sealed(item=item_id("ab" * 32), bytes=1)
    opened.records.append((who, future), actor=who.person, at=AT.replace(year=2399))
    opened.close()
    advice = check_up(settings(archive=str(template))).advice
    assert any("clock" in line and "2399" in line for line in advice)
