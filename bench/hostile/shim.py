"""The shim that lets a call fail: compiled when it is needed, loaded before Python, armed in a fork."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
_LOADED = "FIRSTHAND_FAULT_SHIM"


def compiler() -> str | None:
    """A C compiler of this machine."""
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


def with_the_shim(module: str, arguments: list[str]) -> None:
    """Returns in a process that has the shim; one that has not becomes `python -m module arguments` with it.

    Raises SystemExit where there is no compiler, or no Linux.
    """
    if _LOADED in os.environ:
        os.environ.pop("LD_PRELOAD", None)  # children behind walls could not load it
        shutil.rmtree(os.environ.pop(_LOADED))
        return
    made = compiler()
    if made is None or sys.platform != "linux":
        raise SystemExit("faults need Linux and a C compiler")
    folder = Path(tempfile.mkdtemp(prefix="firsthand-shim-"))
    library = folder / "shim.so"
    command = [made, "-shared", "-fPIC", "-O1", "-D_FORTIFY_SOURCE=0", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), _LOADED: str(folder), "OMP_NUM_THREADS": "1"}
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], environment)


def arm(folder: Path, *, nth: int, error: int, descriptor: int, everything: bool = False) -> None:
    """From here on, the nth call that changes something under the folder gets this errno (0: SIGKILL).

    descriptor: what was met is written there as a line, `call path`; everything: each call met, not the nth alone.
    """
    library = ctypes.CDLL(None)
    library.firsthand_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_int]
    library.firsthand_arm(os.fsencode(folder), nth, error, descriptor, int(everything))
