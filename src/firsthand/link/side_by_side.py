"""The same task for many inputs in a few threads, answers in the order of the inputs.

For work that is NumPy's: its transforms and its arithmetic on large arrays let other threads run.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")
AHEAD = 4  # inputs a thread that are taken before their turn, so that none waits for a slow one


def side_by_side(task: Callable[[A], R], inputs: Iterable[A], at_once: int) -> Iterator[R]:
    """What the task gives for each input, in order; its exception where it raises one.

    Inputs are taken in the caller's thread, a few ahead. Leaving early waits for what runs. at_once: threads; with
    one, everything runs in the caller's.
    """
    if at_once <= 1:
        yield from map(task, inputs)
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="firsthand-link") as threads:
        running: deque[Future[R]] = deque()
        try:
            for one in inputs:
                running.append(threads.submit(task, one))
                if len(running) >= AHEAD * at_once:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for future in running:
                future.cancel()
