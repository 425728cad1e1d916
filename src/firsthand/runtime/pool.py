"""Runs tasks side by side in threads of this process: for tasks that wait for their own child process."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")
NOTICED_S = 0.5  # within which a stop by hand is noticed


class ThreadedPool:
    """ports.Executor on threads. The work itself belongs into child processes, one a thread (threading.local)."""

    def __init__(self, workers: int) -> None:
        """workers: how many tasks run at once, at least 1."""
        if workers < 1:
            raise ValueError("a pool needs at least one worker")
        self.workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="firsthand")

    def run(self, task: Callable[[A], R], inputs: Iterable[A]) -> Iterator[tuple[A, R | BaseException]]:
        """Answers as they are ready, each with its input; a task's exception is its answer.

        Inputs are taken as workers become free. Leaving the iterator early starts no more tasks; the answers of
        running ones are lost, and `close` waits for them.
        """
        left = iter(inputs)
        running: dict[Future[R], A] = {}
        try:
            while True:
                while len(running) < self.workers:
                    try:
                        one = next(left)
                    except StopIteration:
                        break
                    running[self._threads.submit(task, one)] = one
                if not running:
                    return
                # Never for good: a stop by hand that comes just as the waiting begins is noticed only between two.
                for future in wait(running, timeout=NOTICED_S, return_when=FIRST_COMPLETED).done:
                    error = future.exception()
                    yield running.pop(future), future.result() if error is None else error
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Waits for running tasks and ends the threads."""
        self._threads.shutdown(wait=True)
