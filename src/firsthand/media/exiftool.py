"""ExifTool's reading of a file's tags, where the program is installed. One process serves many files.

Starting ExifTool costs some 200 ms, a file then 20 to 30: so it is kept open (`-stay_open`). A sandboxed ExifTool can
open nothing by name, so the bytes of a file are copied into memory that it shares with us; for large files, and where
there is no such memory, a process of its own reads the file as stdin. It never has a path of the archive.
"""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

from firsthand.media.boxes import read_tracks
from firsthand.media.inside import may_hold_more
from firsthand.media.limits import DecodeLimits
from firsthand.media.tags import TagsRead
from firsthand.model.findings import Tag

# -n: values as stored, not prettified; QuickTimeUTC: the standard says UTC.
_WANTED = ("-G1", "-n", "-api", "QuickTimeUTC=1", "-json", "--System:all", "--ExifTool:all")
# Positions inside the footage too (dashcams), where there may be any: it doubles what a file takes. Not for GoPro's
# track, which is read from the packets: it takes ten times as long as all other tags, and of its positions the answer
# would hold one.
_INSIDE = "-ee3"
# Without what it works out from several tags (a bit rate, a size in megapixels): a fifth of what a file takes. Only
# where no EXIF or position is in the file, of which it joins what they keep in parts.
_AS_STORED = "-e"
_READ_ELSEWHERE = "gpmd"
_READY = b"{ready}\n"
MAX_ANSWER_BYTES = 32 << 20
COPIED_BYTES = 64 << 20
"""Files up to this size are copied (milliseconds); for larger ones decoding dwarfs another start of ExifTool."""


class ExifTool:
    """Asks one ExifTool process after another; close() ends it."""

    def __init__(self, *, limit_s: float = 10.0) -> None:
        """limit_s: how long one file may take before the process is killed and the file goes without."""
        self._program = shutil.which("exiftool")
        self._limit_s = limit_s
        self._running: subprocess.Popen[bytes] | None = None
        self._version = ""
        # Opened now: behind its walls this process opens nothing for writing.
        self._nowhere = os.open(os.devnull, os.O_RDWR) if self._program else subprocess.DEVNULL
        self._shared = os.memfd_create("clip") if self._program and hasattr(os, "memfd_create") else None

    @property
    def program(self) -> str | None:
        """Where ExifTool lies; None: it is not installed."""
        return self._program

    def read(self, descriptor: int, limits: DecodeLimits | None = None) -> TagsRead:
        """ExifTool's tags under its family 1 groups. Absent, too slow or confused: a note, not an error."""
        if self._program is None:
            return TagsRead(reader="", note="ExifTool is not installed")
        try:
            if self._shared is not None and os.fstat(descriptor).st_size <= COPIED_BYTES:
                _copy(descriptor, self._shared)
                answer = self._ask([*_wanted(descriptor), f"/proc/self/fd/{self._shared}"])
            else:
                answer = self._run_once(descriptor)
            found = json.loads(answer or b"[]", parse_float=str, parse_int=str) or [{}]
            tags = tuple(_tags(found[0], limits or DecodeLimits()))
            return TagsRead(reader=f"exiftool {self._known_version()}", tags=tags)
        except (OSError, EOFError, TimeoutError, subprocess.TimeoutExpired) as error:
            self.close()
            return TagsRead(reader="", note=f"ExifTool failed: {error or type(error).__name__}")
        except (ValueError, KeyError, AttributeError, RecursionError) as error:
            self.close()
            return TagsRead(reader="", note=f"ExifTool's answer is not what we know: {error}")

    def close(self) -> None:
        """Ends the process; the next read starts another."""
        if self._running is not None:
            self._running.kill()
            self._running.communicate()
            self._running = None

    def _known_version(self) -> str:
        if not self._version and self._shared is not None:
            self._version = self._ask(["-ver"]).decode().strip()
        elif not self._version:
            self._version = subprocess.run(
                [str(self._program), "-ver"],
                stdin=self._nowhere,
                stdout=subprocess.PIPE,
                stderr=self._nowhere,
                timeout=self._limit_s,
                check=True,
                text=True,
            ).stdout.strip()
        return self._version

    def _run_once(self, descriptor: int) -> bytes:
        wanted = _wanted(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return subprocess.run(
            [str(self._program), "-config", "", *wanted, "-"],
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=self._nowhere,
            timeout=self._limit_s,
            check=False,
        ).stdout

    def _ask(self, arguments: list[str]) -> bytes:
        """The answer to one command. Raises TimeoutError, EOFError (it died) or ValueError (it says too much)."""
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise EOFError("it has no pipes")
        os.write(process.stdin.fileno(), ("\n".join([*arguments, "-execute"]) + "\n").encode())
        deadline = time.monotonic() + self._limit_s
        answer = bytearray()
        while not answer.endswith(_READY):
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not select.select([process.stdout], [], [], left_s)[0]:
                raise TimeoutError(f"no answer within {self._limit_s:g} s")
            part = os.read(process.stdout.fileno(), 1 << 16)
            if not part:
                raise EOFError("it ended in the middle of an answer")
            answer += part
            if len(answer) > MAX_ANSWER_BYTES:
                raise ValueError("an answer over the size limit")
        return bytes(answer[: -len(_READY)])

    def _started(self) -> subprocess.Popen[bytes]:
        if self._running is None or self._running.poll() is not None:
            # An empty -config: the user's own configuration is Perl that would be run.
            self._running = subprocess.Popen(
                [str(self._program), "-config", "", "-stay_open", "True", "-@", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._nowhere,
                pass_fds=() if self._shared is None else (self._shared,),
            )
        return self._running


def _wanted(descriptor: int) -> tuple[str, ...]:
    if not may_hold_more(descriptor):
        return (*_WANTED, _AS_STORED)
    elsewhere = any(track.sample_format == _READ_ELSEWHERE for track in read_tracks(descriptor))
    return _WANTED if elsewhere else (*_WANTED, _INSIDE)


def _copy(descriptor: int, shared: int) -> None:
    """Makes the shared memory hold what the file holds. Memory that the last file took is written over: that takes
    half of the time."""
    os.lseek(shared, 0, os.SEEK_SET)
    size, done = os.fstat(descriptor).st_size, 0
    while done < size and (count := os.sendfile(shared, descriptor, done, size - done)):
        done += count
    os.ftruncate(shared, done)


def _tags(found: dict[str, Any], limits: DecodeLimits) -> Iterator[Tag]:
    left = limits.max_tags
    for full_name, value in found.items():
        group, colon, name = full_name.partition(":")
        if not colon:  # SourceFile: our own name for it
            continue
        for one in value if isinstance(value, list) else [value]:
            if left > 0:
                left -= 1
                text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
                yield Tag(reader="exiftool", where=group, name=name, value=text[: limits.max_tag_bytes])
