"""What a child that reads hostile bytes gives up before it reads the first of them."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """Bounds of one child. The defaults carry 8k footage: it peaks at some 0.6 GB beside the libraries."""

    address_space_bytes: int = 6 << 30  # mappings, not memory in use: libraries alone map over 1 GB
    open_files: int = 64


def confine(limits: ChildLimits | None = None) -> None:
    """Takes away from this process what decoding does not need: files it could fill, cores it could dump, memory
    without end. Called once, after imports and before the first foreign byte.

    This is the place for stronger walls (namespaces, Landlock, seccomp). The number of processes is not limited
    here: the limit counts everything its user runs, and would fail on a busy desktop.
    """
    allowed = limits or ChildLimits()
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, allowed.open_files)
    _lower(resource.RLIMIT_AS, allowed.address_space_bytes)


def allow_cpu(seconds: float) -> None:
    """From now on this process may use this much more CPU time before the kernel ends it (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 2
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def _lower(which: int, to: int) -> None:
    _, hard = resource.getrlimit(which)
    wanted = to if hard == resource.RLIM_INFINITY else min(to, hard)
    try:
        resource.setrlimit(which, (wanted, wanted))
    except (ValueError, OSError):
        if which != resource.RLIMIT_AS:  # macOS does not know this one; the parent's time limit remains
            raise
