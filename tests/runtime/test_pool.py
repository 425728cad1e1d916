import subprocess
import sys
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


# The main thread does not take the signal itself, as where a stop comes between its last look and its waiting: Python
# notes the stop, and nothing wakes who waits.
STOPPED_UNSEEN = """
import os, signal, threading, time
from firsthand.runtime.pool import ThreadedPool
signal.signal(signal.SIGINT, signal.default_int_handler)
pool, ended = ThreadedPool(1), threading.Event()
def stop(_):
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGINT)
    ended.wait()
running = pool.run(stop, [0])
pool._threads.submit(int).result()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    next(running)
    print("the task ended first")
except KeyboardInterrupt:
    print("stopped")
finally:
    ended.set()
    pool.close()
"""


def test_a_stop_that_nobody_is_woken_for_is_noticed() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", STOPPED_UNSEEN], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout.strip(), ran.returncode) == ("stopped", 0), ran.stderr
