"""The decoding child's program: one file after another, each decoded once for all examiners that were asked.

Started by runtime/child.py as `python -m firsthand.app.child <descriptor of its socket> <walls>`. The walls go up after
everything was loaded and before the first foreign byte; where one cannot, the child ends.
"""

import os
import socket
import sys
import traceback
from collections.abc import Iterator

from firsthand.app.examination import EngineAnswer, ExamineAnswer, ExamineRequest
from firsthand.app.examiners import EXAMINERS, KEY_FRAMES_ONLY, engines
from firsthand.app.tag_reader import TagReaders
from firsthand.app.warming import warm_up
from firsthand.examine.examiner import Examiner
from firsthand.examine.soundtrack import SoundtrackKeeper
from firsthand.media.decode import Pass
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.media.limits import DecodeLimits
from firsthand.media.picture import DecodedPicture
from firsthand.model.arrays import Array
from firsthand.model.codec import decode, encode
from firsthand.model.errors import FirsthandError
from firsthand.model.outcomes import EngineId, Failed, Found, NotLooked, Outcome
from firsthand.runtime.child import MAX_ANSWER_BYTES
from firsthand.runtime.confine import allow_cpu, confine
from firsthand.runtime.sandbox import sandbox_of
from firsthand.runtime.wire import MAX_REQUEST_BYTES, receive_with_descriptor, send


def main() -> None:
    """Serves requests until the parent hangs up."""
    number, sandbox = int(sys.argv[1]), sandbox_of(sys.argv[2])
    readers = TagReaders(sandbox, closing=number)
    connection = socket.socket(fileno=number)
    warm_up(lambda descriptor: _answer(descriptor, _WARMING, readers))
    confine(sandbox)
    while (received := receive_with_descriptor(connection, MAX_REQUEST_BYTES)) is not None:
        message, descriptor = received
        request = decode(message, ExamineRequest)
        allow_cpu(request.cpu_s + 60)  # the pass stops itself sooner; this ends a decoder that loops
        try:
            answer = _answer(descriptor, request, readers)
        finally:
            os.close(descriptor)
        send(connection, answer)


# What the codec raises for a number that is not finite, and for a type that no record holds.
UNRECORDABLE = (ValueError, TypeError)
_WARMING = ExamineRequest(engines=engines(), wall_s=20.0, cpu_s=20.0, keep_sound=True)


def _answer(descriptor: int, request: ExamineRequest, readers: TagReaders) -> bytes:
    keeper = SoundtrackKeeper() if request.keep_sound else None
    answers = tuple(_examined(descriptor, request, readers, keeper))
    sound = keeper.finish() if keeper is not None else None
    return fitting(answers, sound, spent=readers.spent)


def fitting(
    answers: tuple[EngineAnswer, ...], sound: Array | None, *, spent: bool, most_bytes: int = MAX_ANSWER_BYTES
) -> bytes:
    """The answer as it is sent, within what the parent takes. What cannot be recorded, or is too much (footage of a
    day), fails alone: first the kept sound goes, which comparing can do without, then the largest answers."""
    try:
        document = encode(ExamineAnswer(answers=answers, spent=spent, sound=sound))
    except UNRECORDABLE:
        answers = tuple(EngineAnswer(engine=one.engine, outcome=_recordable(one.outcome)) for one in answers)
        document = encode(ExamineAnswer(answers=answers, spent=spent, sound=sound))
    while len(document) > most_bytes and (sound is not None or any(_bytes_of(one) for one in answers)):
        if sound is None:
            largest = max(answers, key=_bytes_of)
            why = f"its answer has {_bytes_of(largest) >> 20} MB, more than a decoding process may give"
            failed = EngineAnswer(engine=largest.engine, outcome=Failed(error="OverLimit", why=why))
            answers = tuple(failed if one is largest else one for one in answers)
        sound = None
        document = encode(ExamineAnswer(answers=answers, spent=spent, sound=sound))
    return document


def _bytes_of(one: EngineAnswer) -> int:
    return sum(len(array.data) for _, array in one.outcome.arrays) if isinstance(one.outcome, Found) else 0


def _examined(
    descriptor: int, request: ExamineRequest, readers: TagReaders, keeper: SoundtrackKeeper | None
) -> Iterator[EngineAnswer]:
    """One answer an engine. What goes wrong in one examiner fails it alone; what goes wrong before, all of them."""
    answers: dict[EngineId, Outcome] = {}
    running = list(_made(request.engines, answers))
    limits = DecodeLimits(max_wall_s=request.wall_s, max_cpu_s=request.cpu_s)
    try:
        in_haste = all(engine.name in KEY_FRAMES_ONLY for engine in request.engines) and bool(request.engines)
        readings = () if in_haste else readers.read(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        one = Pass(descriptor, limits=limits, readings=readings, key_frames_only=in_haste)
        for given in one:
            if keeper is not None and isinstance(given, SoundBlock):
                keeper.hear(given)
            running = _shown(given, running, answers)
        for examiner in running:
            answers[examiner.engine] = _finished(examiner, one.decoded)
    except Exception as error:  # noqa: BLE001  the job runner: whatever it is becomes the item's outcome
        for examiner in running:
            answers.setdefault(examiner.engine, _failed(error))
    for engine in request.engines:
        yield EngineAnswer(engine=engine, outcome=answers[engine])


def _made(engines: tuple[EngineId, ...], answers: dict[EngineId, Outcome]) -> Iterator[Examiner]:
    for engine in engines:
        make = EXAMINERS.get(engine.name)
        examiner = make() if make is not None else None
        if examiner is None or examiner.engine != engine:
            answers[engine] = NotLooked(because=f"this installation has no engine {engine.name} {engine.version}")
        else:
            yield examiner


def _shown(
    given: DecodedPicture | SoundBlock, running: list[Examiner], answers: dict[EngineId, Outcome]
) -> list[Examiner]:
    """The examiners that are still well after they saw or heard this."""
    well = running
    for examiner in running:
        try:
            if isinstance(given, SoundBlock):
                examiner.hear(given)
            else:
                examiner.see(given)
        except Exception as error:  # noqa: BLE001  the job runner
            answers[examiner.engine] = _failed(error)
            well = [other for other in well if other is not examiner]
    return well


def _finished(examiner: Examiner, decoded: Decoded) -> Outcome:
    try:
        return examiner.finish(decoded)
    except Exception as error:  # noqa: BLE001  the job runner
        return _failed(error)


def _recordable(outcome: Outcome) -> Outcome:
    try:
        encode(outcome)
    except UNRECORDABLE as error:
        return _failed(error)
    return outcome


def _failed(error: Exception) -> Failed:
    if isinstance(error, MemoryError):
        return Failed(error="OverLimit", why="it needs more memory than a decoding process may have")
    if isinstance(error, FirsthandError):
        return Failed(error=type(error).__name__, why=error.why)
    where = traceback.extract_tb(error.__traceback__)[-1]
    return Failed(error=type(error).__name__, why=f"{error} (in {where.name}, line {where.lineno})")


if __name__ == "__main__":
    main()
