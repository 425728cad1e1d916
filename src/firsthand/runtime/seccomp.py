"""seccomp: a process gives up system calls, for itself and its children, for good. Linux, x86_64 and aarch64.

The filter is a small program of classic BPF that the kernel runs at each call. Calls that are refused return EACCES, so
that a library that tries its luck goes on without. Source: Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass

from firsthand.runtime.landlock import no_new_privileges
from firsthand.runtime.syscalls import AUDIT_ARCH, numbers

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_SET_FILTER, _ALL_THREADS = 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_PR_GET_SECCOMP = 21

_PROT_EXEC = 4
_CLONE_THREAD = 0x10000
_AT_EMPTY_PATH = 0x1000
_TCGETS, _FIONREAD, _FIONBIO, _FIOCLEX = 0x5401, 0x541B, 0x5421, 0x5451
_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# What computing on open descriptors needs, and nothing that names a file, an address or another process.
_COMPUTING = """
    read write readv writev pread64 preadv lseek close fstat munmap mremap brk madvise futex clock_gettime
    clock_getres clock_nanosleep nanosleep gettimeofday getrandom recvmsg sendmsg sendto recvfrom shutdown poll ppoll
    select pselect6 exit exit_group rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack getpid gettid getuid geteuid
    getgid getegid sched_yield sched_getaffinity getrlimit getrusage restart_syscall set_robust_list rseq membarrier
    dup fcntl uname sysinfo times fadvise64
"""
# What a program that reads files has no business with.
_MISCHIEF = """
    socket connect bind listen accept accept4 ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd
    mount umount2 pivot_root chroot move_mount fsopen open_tree mount_setattr setns unshare
    bpf perf_event_open io_uring_setup io_uring_enter io_uring_register userfaultfd keyctl add_key request_key
    init_module finit_module delete_module kexec_load reboot swapon acct quotactl syslog iopl ioperm
    settimeofday clock_settime adjtimex sethostname setdomainname
    open_by_handle_at name_to_handle_at creat truncate unlink unlinkat rmdir rename renameat renameat2 mkdir mkdirat
    link linkat symlink symlinkat mknod mknodat chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr utime utimes utimensat futimesat
"""


@dataclass(frozen=True, slots=True)
class _When:
    """A condition on one argument: its value, no bit of `without`, or some bit of `with_bit`."""

    argument: int
    equals: int | None = None
    without: int = 0
    with_bit: int = 0


def available() -> bool:
    """Whether this kernel filters calls and this processor is one whose numbers we know."""
    if sys.platform != "linux" or platform.machine() not in AUDIT_ARCH:
        return False
    return int(ctypes.CDLL(None, use_errno=True).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def allow_computing_only() -> None:
    """From now on this process opens, starts, connects to and signals nothing; new code cannot be mapped in.

    Open descriptors can be read, written and passed; threads can be started. It can still learn whether a path
    exists (newfstatat, which the C library uses for fstat). Raises OSError where the kernel refuses.
    """
    _install(computing_only())


def refuse_mischief() -> None:
    """From now on this process and what it starts make no connection, write no file by name and touch no other
    process's memory; reading files and starting programs is left to Landlock. Raises OSError."""
    _install(_without_mischief())


def computing_only() -> list[bytes]:
    """The filter of `allow_computing_only`, one instruction each."""
    program = [*_head(), *_answers(numbers(_COMPUTING), _ALLOW)]
    for name in ("mmap", "mprotect"):
        program += _allowed_when(name, _When(2, without=_PROT_EXEC))
    program += _allowed_when("newfstatat", _When(3, with_bit=_AT_EMPTY_PATH))
    program += _allowed_when("clone", _When(0, with_bit=_CLONE_THREAD))
    program += _allowed_when("prlimit64", _When(0, equals=0))
    program += _allowed_when("tgkill", _When(0, equals=os.getpid()))
    for request in (_TCGETS, _FIONREAD, _FIONBIO, _FIOCLEX):
        program += _allowed_when("ioctl", _When(1, equals=request), falls_through=True)
    program += _answers(numbers("clone3"), _refusal(errno.ENOSYS))  # its flags lie in memory: clone is asked instead
    return [*program, _op(_RETURN, _refusal(errno.EACCES))]


def _without_mischief() -> list[bytes]:
    program = [*_head(), *_answers(numbers(_MISCHIEF), _refusal(errno.EACCES))]
    program += _answers(numbers("openat2"), _refusal(errno.ENOSYS))  # its flags lie in memory: openat is asked instead
    program += _refused_when("openat", _When(2, with_bit=_WRITING_FLAGS))
    program += _refused_when("open", _When(1, with_bit=_WRITING_FLAGS))
    return [*program, _op(_RETURN, _ALLOW)]


def _head() -> list[bytes]:
    """Calls made in another numbering (32 bits, x32) end the process."""
    return [
        _op(_LOAD, _ARCH_AT),
        _op(_JUMP_EQUAL, AUDIT_ARCH[platform.machine()], yes=1),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER_AT),
        _op(_JUMP_AT_LEAST, 0x40000000, no=1),
        _op(_RETURN, _KILL),
    ]


def _answers(calls: list[int], answer: int) -> list[bytes]:
    return [part for number in calls for part in (_op(_JUMP_EQUAL, number, no=1), _op(_RETURN, answer))]


def _allowed_when(name: str, when: _When, *, falls_through: bool = False) -> list[bytes]:
    """Allows the call under this condition; otherwise refuses it, or goes on to the next rule (falls_through)."""
    otherwise = [] if falls_through else [_op(_RETURN, _refusal(errno.EACCES))]
    return _judged(name, when, met=[_op(_RETURN, _ALLOW)], otherwise=otherwise)


def _refused_when(name: str, when: _When) -> list[bytes]:
    return _judged(name, when, met=[_op(_RETURN, _refusal(errno.EACCES))], otherwise=[_op(_RETURN, _ALLOW)])


def _judged(name: str, when: _When, *, met: list[bytes], otherwise: list[bytes]) -> list[bytes]:
    """Only the low half of an argument is looked at: flags and process ids are 32 bits wide."""
    calls = numbers(name)
    if not calls:
        return []
    if when.equals is not None:
        test = _op(_JUMP_EQUAL, when.equals, no=len(met))
    elif when.with_bit:
        test = _op(_JUMP_ANY_BIT, when.with_bit, no=len(met))
    else:
        test = _op(_JUMP_ANY_BIT, when.without, yes=len(met))
    body = [_op(_LOAD, _ARGUMENTS_AT + 8 * when.argument), test, *met, *otherwise, _op(_LOAD, _NUMBER_AT)]
    return [_op(_JUMP_EQUAL, calls[0], no=len(body)), *body]


def _refusal(number: int) -> int:
    return _REFUSE | number


def _op(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; yes, no: how many instructions a jump skips."""
    return struct.pack("=HBBI", code, yes, no, value)


def _install(program: list[bytes]) -> None:
    code = ctypes.create_string_buffer(b"".join(program))
    # struct sock_fprog: a count, padding to a pointer's alignment, a pointer
    description = struct.pack("@HP", len(program), ctypes.addressof(code))
    no_new_privileges()
    libc = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(_SECCOMP[platform.machine()])
    failed = libc.syscall(number, ctypes.c_uint(_SET_FILTER), ctypes.c_uint(_ALL_THREADS), ctypes.c_char_p(description))
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "seccomp")
