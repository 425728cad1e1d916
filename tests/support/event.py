"""The made-up event for tests: made once a run, shared by the processes that run tests side by side."""

import os
import pickle
from pathlib import Path

from firsthand.madeup.event import MadeEvent, make_event
from firsthand.madeup.phones import TINY

SEED = 1


def made_once(base: Path) -> MadeEvent:
    """The event below pytest's folder of this run; the first process to ask makes it, the others wait for it."""
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "made-up-event"
    with _Lock(shared / "made-up-event.lock"):
        kept = folder / "made.pickle"
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(pickle.dumps(make_event(folder, seed=SEED, size=TINY)))
        made = pickle.loads(kept.read_bytes())
    assert isinstance(made, MadeEvent)
    return made


class _Lock:
    """Held by one process at a time; the system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a+b")
        if os.name == "nt":
            import msvcrt

            self._file.seek(0)
            msvcrt.locking(self._file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self._file.close()
