"""Tasks side by side in threads give what they would give one after the other."""

import threading
import time
from collections.abc import Iterator

import pytest

from firsthand.link.side_by_side import AHEAD, side_by_side


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_answers_come_in_the_order_of_the_inputs(at_once: int) -> None:
    def slow_at_first(number: int) -> int:
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number * number

    assert list(side_by_side(slow_at_first, range(20), at_once)) == [number * number for number in range(20)]


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_task_that_fails_fails_in_its_turn(at_once: int) -> None:
    answers = side_by_side(lambda number: 6 // number, [3, 2, 0, 1], at_once)
    assert [next(answers), next(answers)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(answers)


def test_inputs_are_taken_in_the_callers_thread_and_only_a_few_ahead() -> None:
    taken: list[int] = []

    def inputs() -> Iterator[int]:
        for number in range(1000):
            assert threading.current_thread() is threading.main_thread()
            taken.append(number)
            yield number

    answers = side_by_side(lambda number: number, inputs(), 2)
    assert next(answers) == 0
    answers.close()  # type: ignore[attr-defined]
    assert len(taken) <= 2 * AHEAD + 1
