"""What every result stands on: the machine it was measured on, and exactly which files were measured."""

import hashlib
import os
import platform
import resource
import sys
from collections.abc import Iterable
from pathlib import Path


def media_folder() -> Path:
    """The sample media (FIRSTHAND_MEDIA, default ../shared/media). Exits with a sentence where they are not."""
    default = Path(__file__).parents[2] / "shared" / "media"
    folder = Path(os.environ.get("FIRSTHAND_MEDIA") or default).absolute()
    if not (folder / "clips").is_dir():
        raise SystemExit(f"the sample media are not at {folder}; set FIRSTHAND_MEDIA to where they are")
    return folder


def corpus_digest(files: Iterable[Path]) -> str:
    """SHA-256 in hex over the sorted hex SHA-256 digests of the files, one a line: names and order do not matter."""
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(digests)).encode()).hexdigest()


def machine() -> str:
    """One line: processor, cores, memory, system, Python."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0.0
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.1f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def peak_memory_bytes() -> int:
    """The most memory this process ever held at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # macOS counts bytes, Linux kibibytes


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"
