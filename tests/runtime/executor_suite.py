"""What every executor must keep. A test module gives it a fixture `executor`."""

import threading
from collections.abc import Iterator

from firsthand.ports import Executor


def double(number: int) -> int:
    return number * 2


def refuse_odd(number: int) -> int:
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


STARTED, RELEASED, DONE = threading.Event(), threading.Event(), threading.Event()


def wait_if_odd(number: int) -> int:
    if number % 2:
        STARTED.set()
        RELEASED.wait(60)
        DONE.set()
    else:
        STARTED.wait(60)
    return number


class ExecutorSuite:
    def test_every_input_is_answered_once(self, executor: Executor) -> None:
        assert dict(executor.run(double, range(20))) == {n: 2 * n for n in range(20)}

    def test_no_input_gives_no_answer(self, executor: Executor) -> None:
        assert list(executor.run(double, [])) == []

    def test_an_exception_is_the_answer_of_its_own_input_alone(self, executor: Executor) -> None:
        answers = dict(executor.run(refuse_odd, range(6)))
        assert [n for n in range(6) if isinstance(answers[n], ValueError)] == [1, 3, 5]
        assert answers[4] == 4

    def test_inputs_are_taken_as_workers_become_free(self, executor: Executor) -> None:
        taken: list[int] = []

        def inputs() -> Iterator[int]:
            for number in range(1_000):
                taken.append(number)
                yield number

        running = executor.run(double, inputs())
        next(running)
        assert len(taken) <= 2 * executor.workers
        running.close()  # type: ignore[attr-defined]
        after = len(taken)
        assert after <= 2 * executor.workers

    def test_it_serves_again_after_an_iterator_was_left_early(self, executor: Executor) -> None:
        for _ in executor.run(double, range(100)):
            break
        assert dict(executor.run(double, [7])) == {7: 14}

    def test_leaving_early_waits_for_no_task_and_closing_waits_for_all(self, executor: Executor) -> None:
        for event in (STARTED, RELEASED, DONE):
            event.clear()
        for _ in executor.run(wait_if_odd, [0, 1]):
            break
        assert not DONE.is_set()
        RELEASED.set()
        executor.close()
        assert DONE.is_set()
