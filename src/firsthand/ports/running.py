"""What runs tasks, and what tells a person how far they are."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Executor(Protocol):
    """Runs tasks side by side. tests/runtime/executor_suite.py holds what every executor must keep.

    A task is a module-level function; inputs and answers pickle, so that it may run on another machine.
    """

    workers: int

    def run(self, task: Callable[[A], R], inputs: Iterable[A]) -> Iterator[tuple[A, R | BaseException]]:
        """Answers as they are ready, each with its input; a task's exception is its answer.

        Inputs are taken as workers become free. Leaving the iterator early starts no more tasks; the answers of
        running ones are lost, and `close` waits for them.
        """
        ...

    def close(self) -> None: ...


class Progress(Protocol):
    """Tells a person how far a stage is. Never decides anything."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def tell(self, sentence: str) -> None:
        """Something a person should know now, beside how far the stage is."""
        ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...
