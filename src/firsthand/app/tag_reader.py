"""The readers of tags, each in a process of its own beside the decoding child, so that it can be given up.

They parse hostile bytes too, and neither can be stopped from inside: MediaInfo counts to four billion where a table
says so, ExifTool is Perl. So each is forked before the child's walls go up and raises its own. MediaInfo gets the
child's walls. ExifTool's process may start ExifTool and nothing else: a file that broke it must not be its last.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

from firsthand.app.warming import warm_up
from firsthand.media.exiftool import COPIED_BYTES, ExifTool
from firsthand.media.mediainfo import read_with_mediainfo
from firsthand.media.tags import TagsRead
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord
from firsthand.runtime.confine import ChildLimits, confine, confine_reader
from firsthand.runtime.sandbox import Sandbox
from firsthand.runtime.wire import WireBroken, receive, receive_with_descriptor, send

MAX_ANSWER_BYTES = 64 << 20
MEDIAINFO_LIMIT_S = 10.0  # usual files take milliseconds
EXIFTOOL_LIMIT_S = 30.0  # its own process ends it after 10 s, and it may be asked twice
_EXIFTOOL_LIMITS = ChildLimits(
    address_space_bytes=4 << 30, data_bytes=2 << 30, open_files=64, written_file_bytes=COPIED_BYTES + 1
)


class TagReader:
    """The decoding child's side of one reader. lost: it gave no answer, and every further file goes without."""

    def __init__(
        self, name: str, read: Callable[[int], TagsRead], *, walls: Callable[[], None], limit_s: float
    ) -> None:
        """walls: called in the new process before the first foreign byte."""
        self.lost = False
        self._name = name
        self._limit_s = limit_s
        self._note = ""
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            _serve(theirs, read, walls)
        theirs.close()
        self._connection = ours

    def read(self, descriptor: int) -> TagsRead:
        """The reader's tags; a failure is a note."""
        if self.lost:
            return TagsRead(reader="", note=self._note)
        try:
            self._connection.settimeout(self._limit_s)
            send(self._connection, b"", descriptor)
            answer = receive(self._connection, MAX_ANSWER_BYTES, until=time.monotonic() + self._limit_s)
            return decode(answer, TagsRead)
        except TimeoutError:
            return self._given_up(f"no answer within {self._limit_s:g} s")
        except (OSError, WireBroken, MalformedRecord) as error:
            return self._given_up(str(error) or type(error).__name__)

    def _given_up(self, why: str) -> TagsRead:
        self.lost = True
        self._connection.close()
        self._note = f"{self._name} failed: {why}"
        return TagsRead(reader="", note=self._note)


class TagReaders:
    """All readers of tags. spent: one of them is lost, so the child should be replaced."""

    def __init__(self, sandbox: Sandbox, *, closing: int) -> None:
        """closing: the descriptor of the child's own connection, which no reader may hold open."""
        exiftool = ExifTool()

        def mediainfo_walls() -> None:
            os.close(closing)
            warm_up(read_with_mediainfo)
            confine(sandbox)

        def exiftool_walls() -> None:
            os.close(closing)
            confine_reader(sandbox, Path(exiftool.program or ""), _EXIFTOOL_LIMITS)

        self._readers = [TagReader("MediaInfo", read_with_mediainfo, walls=mediainfo_walls, limit_s=MEDIAINFO_LIMIT_S)]
        if exiftool.program is not None:
            self._readers.append(TagReader("ExifTool", exiftool.read, walls=exiftool_walls, limit_s=EXIFTOOL_LIMIT_S))
        self._missing = () if exiftool.program else (TagsRead(reader="", note="ExifTool is not installed"),)

    @property
    def spent(self) -> bool:
        """Whether a reader was lost."""
        return any(reader.lost for reader in self._readers)

    def read(self, descriptor: int) -> tuple[TagsRead, ...]:
        """What each says of the file; a failure is a note."""
        return (*(reader.read(descriptor) for reader in self._readers), *self._missing)


def _serve(connection: socket.socket, read: Callable[[int], TagsRead], walls: Callable[[], None]) -> None:
    """The reader's side: never returns."""
    code = 1
    try:
        walls()
        while (received := receive_with_descriptor(connection, 1 << 10)) is not None:
            descriptor = received[1]
            try:
                tags = read(descriptor)
            except MemoryError:
                tags = TagsRead(reader="", note="a reader of tags needs more memory than it may have")
            finally:
                os.close(descriptor)
            with contextlib.suppress(BrokenPipeError):
                send(connection, encode(tags))
        code = 0
    finally:
        os._exit(code)  # whatever the child set up before the fork is not ours to tear down
