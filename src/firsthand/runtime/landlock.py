"""Landlock: a process gives up files, TCP and signals for itself and its children, for good. Linux 5.13 and later.

No library is needed: three system calls, whose numbers are the same on every processor.
Source: Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h of the kernel.
Limits: looking at a file's size and times (stat) and changing its mode, owner or times are not covered; seccomp is.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
# How many kinds of access to files each version of the interface knows: later ones stand in higher bits.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals: to processes outside
_NO_NEW_PRIVILEGES = 38


def version() -> int:
    """The kernel's version of the interface; 0 where it has none, or it is switched off."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))))


def restrict(*, readable: Iterable[Path] = (), executable: Iterable[Path] = ()) -> None:
    """From now on this thread and what it starts may open nothing but what lies under these, and that for reading.

    executable: single files that may be run (and read). Paths that do not exist are left out. TCP and, from version
    6 on, signals and abstract sockets reach nothing outside. Raises OSError where the kernel refuses.
    """
    known = version()
    rights = (1 << _FILE_RIGHTS.get(known, _FILE_RIGHTS[max(_FILE_RIGHTS)])) - 1
    wanted = struct.pack("=QQQ", rights, _TCP, _SCOPES)[: 8 if known < 4 else 16 if known < 6 else 24]
    ruleset = _called(_CREATE_RULESET, ctypes.c_char_p(wanted), ctypes.c_size_t(len(wanted)), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | (_READ_DIR if path.is_dir() else 0))
        for path in executable:
            _allow(ruleset, path, _READ_FILE | _EXECUTE)
        no_new_privileges()
        _called(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def no_new_privileges() -> None:
    """Programs started from here gain nothing by set-uid bits. Raises OSError."""
    zero = ctypes.c_ulong(0)
    if _libc().prctl(ctypes.c_int(_NO_NEW_PRIVILEGES), ctypes.c_ulong(1), zero, zero, zero):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = struct.pack("=Qi", rights, beneath)
        _called(
            _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.c_char_p(rule), ctypes.c_uint32(0)
        )
    finally:
        os.close(beneath)


def _called(number: int, *arguments: object) -> int:
    answer = int(_libc().syscall(ctypes.c_long(number), *arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "landlock")
    return answer


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
