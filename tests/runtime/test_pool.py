from collections.abc import Iterator

import pytest

from firsthand.ports import Executor
from firsthand.runtime.pool import ThreadedPool
from tests.runtime.executor_suite import ExecutorSuite


class TestThreadedPool(ExecutorSuite):
    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        pool = ThreadedPool(2)
        yield pool
        pool.close()
