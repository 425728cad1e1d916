"""The parent's side of a child process that reads hostile bytes, so that what breaks there breaks only there.

    child = Child("firsthand.app.child")
    answer = child.ask(request, descriptor, wall_s=60)

The child gets an open descriptor and no path. It serves one file after another, and is replaced after any failure.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from firsthand.runtime import wire
from firsthand.runtime.sandbox import Sandbox, command, strongest

MAX_ANSWER_BYTES = 768 << 20  # of ten hours of footage and their sound
_STDERR_KEPT = 2_000


class ChildFailed(Exception):
    """The child gave no answer. error: TimedOut, Crashed, BadAnswer or GivenUp; why: in words."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


class Child:
    """One child process, started when first asked. Not for use by two threads at once, but for `give_up`."""

    def __init__(
        self, module: str, *, max_answer_bytes: int = MAX_ANSWER_BYTES, sandbox: Sandbox | None = None
    ) -> None:
        """module: what `python -m` runs; its arguments are the number of its socket's descriptor and the walls it
        must raise (Sandbox.argument). sandbox: None is the strongest this machine has."""
        self._module = module
        self._sandbox = sandbox
        self._max_answer_bytes = max_answer_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._stderr: int | None = None
        self.given_up = False

    @property
    def sandbox(self) -> Sandbox:
        """The walls round this child."""
        if self._sandbox is None:
            self._sandbox = strongest()
        return self._sandbox

    @property
    def pid(self) -> int | None:
        """The running child's process id; None while there is none."""
        return None if self._process is None else self._process.pid

    def ask(self, request: bytes, descriptor: int, *, wall_s: float) -> bytes:
        """The child's answer to this request about the file behind the descriptor.

        Raises ChildFailed after wall_s seconds, when the child dies or is given up, or when it says more than it may;
        the child is then gone, and unless it was given up the next ask starts a new one. Bytes are not judged here:
        treat them as foreign.
        """
        connection = self._running()
        deadline = time.monotonic() + wall_s
        try:
            connection.settimeout(wall_s)
            wire.send(connection, request, descriptor)
            return wire.receive(connection, self._max_answer_bytes, until=deadline)
        except TimeoutError as error:
            self.close()
            raise ChildFailed("TimedOut", f"no answer within {wall_s:g} s") from error
        except (wire.WireBroken, OSError) as error:
            raise self._autopsy(error) from error

    def give_up(self) -> None:
        """Ends what the child is at, for good: whoever waits for its answer, or asks again, gets ChildFailed.

        For any thread. Where the child is just being started, the thread that starts it ends it.
        """
        self.given_up = True
        self._kill()

    def close(self) -> None:
        """Ends the child and everything it started; nothing of it is left."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._kill()
            self._process.wait()
            self._process = None
        if self._stderr is not None:
            os.close(self._stderr)
            self._stderr = None

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def _running(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self.close()  # it died while idle
        if self._connection is None and not self.given_up:
            self._start()
        if self.given_up:
            self.close()
            raise ChildFailed("GivenUp", "the program was stopped")
        if self._connection is None:
            raise ChildFailed("Crashed", "the decoding process did not start")
        return self._connection

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        listen, speak = os.pipe()
        # A child that floods stderr loses words rather than waiting for a reader.
        os.set_blocking(speak, False)
        os.set_blocking(listen, False)
        with theirs:
            self._process = subprocess.Popen(
                command(
                    self.sandbox,
                    [sys.executable, "-m", self._module, str(theirs.fileno()), self.sandbox.argument],
                ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=speak,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )
        os.close(speak)
        self._connection, self._stderr = ours, listen

    def _autopsy(self, error: Exception) -> ChildFailed:
        """What became of the child, in words; it is gone afterwards."""
        ended = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = self._process.wait(timeout=1.0)
        said = self._said()
        self.close()
        if self.given_up:
            return ChildFailed("GivenUp", "the program was stopped")
        if ended is None:
            return ChildFailed("BadAnswer", str(error))
        # bubblewrap tells of a signal as a shell does: 128 and its number.
        by_signal = -ended if ended < 0 else ended - 128 if "bubblewrap" in self.sandbox.walls else 0
        if by_signal > 0:
            known = by_signal in signal.Signals.__members__.values()
            name = signal.Signals(by_signal).name if known else str(by_signal)
            meaning = {"SIGXCPU": "it used up its CPU time", "SIGKILL": "it was killed, perhaps for want of memory"}
            return ChildFailed("Crashed", f"the decoding process ended by {name}: {meaning.get(name, 'it crashed')}")
        return ChildFailed("Crashed", f"the decoding process ended with code {ended}{': ' + said if said else ''}")

    def _said(self) -> str:
        """The last words on stderr, shortened."""
        if self._stderr is None:
            return ""
        try:
            words = os.read(self._stderr, 1 << 16)
        except BlockingIOError:
            return ""
        return words.decode("utf-8", "replace").strip()[-_STDERR_KEPT:]


def _environment() -> dict[str, str]:
    """What the child needs to start, and nothing that tells of the archive or the desk."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # One core a child: the pool has one child a core already.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
        "OPENCV_OPENCL_RUNTIME": "disabled",  # it would look for a graphics driver behind the walls
    }
