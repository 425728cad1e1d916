"""What parent and decoding child say to each other, as model values that the codec checks."""

from dataclasses import dataclass

from firsthand.model.arrays import Array
from firsthand.model.outcomes import EngineId, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineRequest:
    """Which engines are asked about the file, and how much decoding it may cost."""

    engines: tuple[EngineId, ...]
    wall_s: float
    cpu_s: float
    keep_sound: bool = False  # whether the sound itself is asked for too


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAnswer:
    """One engine's outcome."""

    engine: EngineId
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineAnswer:
    """One answer for each engine asked, in the order asked. spent: the child has lost its reader of tags and wants to
    be replaced."""

    answers: tuple[EngineAnswer, ...]
    spent: bool = False
    sound: Array | None = None  # i2, see examine/soundtrack.py; None: not asked for, or nothing heard


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesRequest:
    """Which seconds of the file are wanted as pictures, and how much decoding it may cost."""

    wanted_s: tuple[float, ...]
    long_side_px: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesAnswer:
    """One picture [height, width, 3] RGB for each wanted second in ascending order, with its own second; none where
    `why` says so."""

    at_s: tuple[float, ...]
    pictures: tuple[Array, ...]
    why: str
