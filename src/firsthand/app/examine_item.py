"""One sealed file examined in a child process: the parent's side."""

from collections.abc import Sequence

from firsthand.app.examination import ExamineAnswer, ExamineRequest
from firsthand.model.arrays import Array
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord
from firsthand.model.outcomes import EngineId, Failed, Outcome
from firsthand.runtime.child import Child, ChildFailed
from firsthand.runtime.sandbox import Sandbox

CHILD_MODULE = "firsthand.app.child"
# An hour of 1080p decodes in about ten minutes on one core; beyond these the file goes on record as too costly.
WALL_S = 4 * 3600.0
CPU_S = 2 * 3600.0
# The child stops by itself at wall_s; only one that hangs inside a decoder needs the parent to end it.
GRACE_S = 60.0


def decoding_child(sandbox: Sandbox | None = None) -> Child:
    """A child that serves `examine`, one item after another. Close it when there are no more.

    sandbox: None is the strongest this machine has.
    """
    return Child(CHILD_MODULE, sandbox=sandbox)


def examine(
    child: Child, descriptor: int, engines: Sequence[EngineId], *, wall_s: float = WALL_S, cpu_s: float = CPU_S
) -> tuple[tuple[EngineId, Outcome], ...]:
    """Each engine's outcome on the file behind the descriptor, in the order asked.

    The child's answer is foreign input: where it is malformed, or the child dies or hangs, every engine has Failed.
    """
    return examine_keeping(child, descriptor, engines, keep_sound=False, wall_s=wall_s, cpu_s=cpu_s)[0]


def examine_keeping(
    child: Child,
    descriptor: int,
    engines: Sequence[EngineId],
    *,
    keep_sound: bool,
    wall_s: float = WALL_S,
    cpu_s: float = CPU_S,
) -> tuple[tuple[tuple[EngineId, Outcome], ...], Array | None]:
    """As `examine`, and the item's sound ([n] i2, 16 000 a second) where it was asked for and there is any."""
    request = ExamineRequest(engines=tuple(engines), wall_s=wall_s, cpu_s=cpu_s, keep_sound=keep_sound)
    try:
        answer = decode(child.ask(encode(request), descriptor, wall_s=wall_s + GRACE_S), ExamineAnswer)
    except ChildFailed as error:
        return _all_failed(engines, Failed(error=error.error, why=error.why)), None
    except MalformedRecord as error:
        child.close()
        return _all_failed(engines, Failed(error="BadAnswer", why=f"the decoding process's answer: {error.why}")), None
    if answer.spent:
        child.close()
    if tuple(one.engine for one in answer.answers) != tuple(engines):
        child.close()
        failed = Failed(error="BadAnswer", why="the decoding process answered what was not asked")
        return _all_failed(engines, failed), None
    sound = answer.sound if answer.sound is not None and answer.sound.dtype == "i2" else None
    return tuple((one.engine, one.outcome) for one in answer.answers), sound


def _all_failed(engines: Sequence[EngineId], outcome: Failed) -> tuple[tuple[EngineId, Outcome], ...]:
    return tuple((engine, outcome) for engine in engines)
