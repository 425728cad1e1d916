"""What every part of the records' questions rests on."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from firsthand.model.codec import decode_without_arrays
from firsthand.model.errors import IntegrityError, MalformedRecord


class Asking(ABC):
    """Something that answers queries."""

    @abstractmethod
    def _rows(self, query: sa.Executable) -> Sequence[Any]:
        """All rows of the answer."""


def read_line(line: str, expected: Any, subject: str) -> Any:
    """A column that holds a model value as the codec writes it. Raises IntegrityError for one that was altered."""
    try:
        return decode_without_arrays(line.encode("utf-8"), expected)
    except MalformedRecord as error:
        raise altered(subject, error.why) from error


def altered(subject: str, why: str) -> IntegrityError:
    """What is said of a record that is not as it was written."""
    return IntegrityError(subject, why=f"its record was altered: {why}", next_step="run firsthand verify")
