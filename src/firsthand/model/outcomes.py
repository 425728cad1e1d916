"""What an examiner answers. Silence, no sound track, no model and a crash are four different answers."""

from dataclasses import dataclass
from typing import Any

from firsthand.model.arrays import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineId:
    """Which engine made a finding, exactly enough to tell whether it must be made again."""

    name: str  # the finding's kind, e.g. "fingerprint"
    version: int  # the examiner's own integer, raised only when its answers change
    model: str = ""  # SHA-256 of the weights; empty where there are none
    settings: str = ""  # digest over what alters values; empty where nothing does


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """We looked and there is something.

    value: one of the frozen types in model/findings.py. arrays: its large parts, by name.
    """

    value: Any
    arrays: tuple[tuple[str, Array], ...] = ()

    def array(self, name: str) -> Array:
        """The named array. Raises KeyError when the finding has none of that name."""
        for own, array in self.arrays:
            if own == name:
                return array
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingThere:
    """We looked, and there is nothing: silence, no faces, no text. `why` says what was looked at, in words."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLooked:
    """We did not look: no sound track, model not installed, over the limit."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """We tried and could not. The item stays sealed as received."""

    error: str  # the kind of error, e.g. "UnreadableMedia"
    why: str  # in words a reporter can act on


Outcome = Found | NothingThere | NotLooked | Failed

OUTCOME_NAMES: dict[type, str] = {
    Found: "found",
    NothingThere: "nothing_there",
    NotLooked: "not_looked",
    Failed: "failed",
}


def outcome_name(outcome: Outcome) -> str:
    """`found`, `nothing_there`, `not_looked` or `failed`: the words of the JSON output."""
    return OUTCOME_NAMES[type(outcome)]


def outcome_why(outcome: Outcome) -> str:
    """The reason an outcome gives in words; empty for Found."""
    match outcome:
        case Found():
            return ""
        case NothingThere(why=why):
            return why
        case NotLooked(because=because):
            return because
        case Failed(error=error, why=why):
            return f"{error}: {why}"
