"""Examine: what lacks an answer gets one, side by side, and the findings of many items go into one transaction."""

import platform
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from firsthand import __version__
from firsthand.app.desk import Desk
from firsthand.app.examine_item import decoding_child, examine, examine_keeping
from firsthand.media.flac import as_flac
from firsthand.model.errors import ArchiveError, IntegrityError
from firsthand.model.events import FindingMade
from firsthand.model.ids import FindingId, ItemId, random_id
from firsthand.model.outcomes import EngineId, Failed, Found, Outcome, outcome_name
from firsthand.model.records import Case
from firsthand.ports import Progress, SealedStore, Soundtracks
from firsthand.runtime.child import Child
from firsthand.runtime.sandbox import strongest

# What may differ from machine to machine without altering an answer; the examiner's version says what alters it.
ENVIRONMENT = f"firsthand {__version__}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineJob:
    """One item and the engines whose answer is missing. Pickles, so that it can be done anywhere the store is."""

    item: ItemId
    engines: tuple[EngineId, ...]
    sealed: SealedStore
    soundtracks: Soundtracks

    @property
    def in_haste(self) -> bool:
        """Whether key frames alone are asked for."""
        return bool(self.engines) and all(engine.name == "triage" for engine in self.engines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """The answers, and what they were made with that does not alter them (library versions, sandbox)."""

    answers: tuple[tuple[EngineId, Outcome], ...]
    environment: str
    took_s: float = 0.0  # by the clock: what it would take to make them again

    @property
    def array_bytes(self) -> int:
        """How much memory the answers' arrays take."""
        found = (outcome for _, outcome in self.answers if isinstance(outcome, Found))
        return sum(len(array.data) for outcome in found for _, array in outcome.arrays)


def examine_missing(desk: Desk, case: Case | None, *, progress: Progress) -> Counter[str]:
    """Runs the examiners that have never answered on items of the case (None: of the archive).

    Findings made by an earlier version are stale, not missing: see examine_stale. Returns outcomes by JSON name.
    """
    queue = []
    for item, engines in desk.records.missing(desk.engines, case.id if case else None):
        answered = desk.records.answered(item)
        never = tuple(engine for engine in engines if engine.name not in answered)
        if never:
            queue.append(_job(desk, item, never))
    return _examine(desk, queue, progress)


def examine_stale(desk: Desk, case: Case | None, *, progress: Progress) -> Counter[str]:
    """As `examine_missing`, and again whatever was answered by another version, model or setting."""
    missing = desk.records.missing(desk.engines, case.id if case else None)
    return _examine(desk, [_job(desk, item, engines) for item, engines in missing], progress)


def examine_fast(desk: Desk, case: Case | None, *, progress: Progress) -> Counter[str]:
    """Looks at the key frames of items whose pictures were not looked at in any way. What a plain `examine` would make
    is still missing afterwards."""
    from firsthand.app.examiners import fast_engines  # brings OpenCV

    missing = desk.records.missing(fast_engines(), case.id if case else None)
    queue = [_job(desk, item, engines) for item, engines in missing if "fingerprint" not in desk.records.answered(item)]
    return _examine(desk, queue, progress)


def examine_job(job: ExamineJob) -> Examined:
    """One item, decoded once in this worker's child. Raises IntegrityError when the sealed file is not there."""
    began = time.monotonic()
    with job.sealed.open(job.item) as file:
        keep_sound = not job.in_haste and not job.soundtracks.holds(job.item)
        answers, sound = examine_keeping(_child(), file.fileno(), job.engines, keep_sound=keep_sound)
    if sound is not None:
        job.soundtracks.keep(job.item, as_flac(sound))
    environment = f"{ENVIRONMENT}; sandbox: {strongest().shown}"
    return Examined(answers=answers, environment=environment, took_s=time.monotonic() - began)


def examine_descriptor(descriptor: int, engines: tuple[EngineId, ...]) -> tuple[tuple[EngineId, Outcome], ...]:
    """The answers about an open file, from this thread's decoding child, which is started when first needed."""
    return examine(_child(), descriptor, engines)


def keep_missing_sound(desk: Desk, items: Iterable[ItemId], *, progress: Progress) -> None:
    """Makes again the kept sound of items that lack it: what lies under derived/ may be thrown away at any time.

    An item whose sound cannot be decoded any more is left without; comparing it goes by its soundprint alone.
    """
    lacking = [item for item in items if not desk.soundtracks.holds(item)]
    if lacking:
        _examine(desk, [_job(desk, item, ()) for item in lacking], progress)


def _child() -> Child:
    child: Child | None = getattr(_OF_THREAD, "child", None)
    if child is None or child.given_up:
        child = _OF_THREAD.child = decoding_child()
        _CHILDREN.append(child)
    return child


def _job(desk: Desk, item: ItemId, engines: tuple[EngineId, ...]) -> ExamineJob:
    return ExamineJob(item=item, engines=engines, sealed=desk.sealed, soundtracks=desk.soundtracks)


def give_up_children() -> None:
    """Ends what the decoding children of all threads are at. Whoever waits for one gets a failure."""
    for child in tuple(_CHILDREN):  # other threads may add to it
        child.give_up()


def close_children() -> None:
    """Ends the decoding children of all threads. Nobody may be examining."""
    while _CHILDREN:
        _CHILDREN.pop().close()


RECORDED_EVERY_S = 2.0  # and no more work than this waits to be recorded
RECORDED_BYTES = 32 << 20  # of arrays that may wait
_OF_THREAD = threading.local()
_CHILDREN: list[Child] = []


def _examine(desk: Desk, queue: list[ExamineJob], progress: Progress) -> Counter[str]:
    recorder = Recorder(desk, progress)
    progress.begin("examining", len(queue), "clips")
    try:
        for job, done in desk.executor.run(examine_job, queue):
            if isinstance(done, IntegrityError | ArchiveError):
                raise done  # it says nothing of the item: no finding may rest on it
            recorder.take(job, done if isinstance(done, Examined) else _not_examined(job, done))
        recorder.write()
    except BaseException:
        give_up_children()  # what they are at now would not be recorded: nobody has to wait for it
        recorder.write()
        raise
    finally:
        progress.end()
    return recorder.outcomes


class Recorder:
    """Writes answers, those of many small items in one transaction: it takes as long as examining a still does.

    What waits came within RECORDED_EVERY_S of the last transaction, and took no longer to make. In a crash it is lost,
    and made again.
    """

    def __init__(self, desk: Desk, progress: Progress) -> None:
        self.outcomes: Counter[str] = Counter()
        self._desk = desk
        self._progress = progress
        self._waiting: list[tuple[ExamineJob, Examined]] = []
        self._bytes, self._work_s = 0, 0.0
        self._written_at = time.monotonic()

    def take(self, job: ExamineJob, examined: Examined) -> None:
        """One item's answers; they are written now, or with the next."""
        self._waiting.append((job, examined))
        self._bytes += examined.array_bytes
        self._work_s += examined.took_s
        late_s = max(self._work_s, time.monotonic() - self._written_at)
        if late_s >= RECORDED_EVERY_S or self._bytes > RECORDED_BYTES:
            self.write()

    def write(self) -> None:
        """Writes what waits, and tells of it."""
        waiting, self._waiting = self._waiting, []  # what cannot be written is not tried again
        self._bytes, self._work_s = 0, 0.0
        if not waiting:
            return
        self._desk.write(*(finding for job, examined in waiting for finding in _findings(job, examined)))
        for job, examined in waiting:
            self.outcomes.update(outcome_name(outcome) for _, outcome in examined.answers)
            self._progress.advance(1, _note(self._desk, job))
        self._written_at = time.monotonic()


def _findings(job: ExamineJob, examined: Examined) -> Iterable[FindingMade]:
    for engine, outcome in examined.answers:
        yield FindingMade(
            finding=FindingId(random_id("finding")),
            item=job.item,
            made_by=engine,
            outcome=outcome,
            environment=examined.environment,
        )


def _not_examined(job: ExamineJob, error: BaseException) -> Examined:
    failed = Failed(error=type(error).__name__, why=str(error) or "no reason was given")
    return Examined(answers=tuple((engine, failed) for engine in job.engines), environment="")


def _note(desk: Desk, job: ExamineJob) -> str:
    arrivals = desk.records.arrivals(job.item)
    return arrivals[-1].name if arrivals else job.item
