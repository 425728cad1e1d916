"""Checkpoints and their stamps in a folder: checkpoints/<size>.checkpoint, <size>.tsr, write-once.

The number is the log's size with twelve digits, so names sort as the log grew. Nothing in them tells what the archive
is about, so erasure leaves them alone.
"""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from firsthand.storage.durable import flush_file, flush_folder, make_folder, write_all, written_to

_ABANDONED_S = 24 * 3600.0
_NAME = re.compile(r"(\d{12})\.checkpoint")


class CheckpointFiles:
    """The checkpoints under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, size: int, note: bytes) -> bool:
        """Keeps the signed note of a log of this size. False: there is one of this size already."""
        return self._keep(f"{size:012}.checkpoint", note)

    def keep_stamp(self, size: int, reply: bytes) -> bool:
        """Keeps the authority's raw reply about the note of this size. False: there is one already."""
        return self._keep(f"{size:012}.tsr", reply)

    def keep_refused(self, size: int, reply: bytes) -> None:
        """Keeps a reply that is no good stamp beside the note: what was answered may matter later."""
        number = 1
        while not self._keep(f"{size:012}.refused-{number}.tsr", reply):
            number += 1

    def sizes(self) -> tuple[int, ...]:
        """Sizes of the log of which a checkpoint is kept, ascending."""
        names = sorted(path.name for path in self.root.iterdir()) if self.root.is_dir() else []
        return tuple(int(found[1]) for name in names if (found := _NAME.fullmatch(name)))

    def note(self, size: int) -> bytes:
        """The signed note of this size. Raises OSError where it cannot be read."""
        return (self.root / f"{size:012}.checkpoint").read_bytes()

    def stamp(self, size: int) -> bytes | None:
        """The authority's reply about the note of this size; None: it was not stamped."""
        path = self.root / f"{size:012}.tsr"
        return path.read_bytes() if path.exists() else None

    def strangers(self) -> Iterator[str]:
        """Names of what lies here and is neither a checkpoint nor a reply about one."""
        known = {f"{size:012}" for size in self.sizes()}
        for path in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            number, _, kind = path.name.partition(".")
            if number not in known or not re.fullmatch(r"checkpoint|tsr|refused-\d+\.tsr", kind):
                yield path.name

    def _keep(self, name: str, content: bytes) -> bool:
        path = self.root / name
        making = self.root / f".{name}.{os.getpid()}"
        with written_to(self.root, kept="the archive is as it was; it has one checkpoint less"):
            make_folder(self.root, inside=self.root.parent)
            making.unlink(missing_ok=True)
            try:
                descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)
                try:
                    write_all(descriptor, content)
                    flush_file(descriptor)
                finally:
                    os.close(descriptor)
                if path.exists():
                    making.unlink()
                    return False
                os.rename(making, path)
            except OSError:
                with contextlib.suppress(OSError):
                    making.unlink(missing_ok=True)
                raise
            flush_folder(self.root)
        self._clear()
        return True

    def _clear(self) -> None:
        """What was left by a process that was killed while it wrote."""
        for path in self.root.glob(".*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()
