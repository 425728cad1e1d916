"""ExifTool behind its own walls: a process beside the decoding child, which may start ExifTool and nothing else.

The decoding child may not start programs, and ExifTool may have to be started again after a file that broke it. So
this process is forked before the child's walls go up. It is handed one open file after another and answers with tags.
"""

import contextlib
import os
import socket
import time
from pathlib import Path

from firsthand.media.exiftool import COPIED_BYTES, ExifTool
from firsthand.media.limits import DecodeLimits
from firsthand.media.tags import TagsRead
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord
from firsthand.runtime.confine import ChildLimits, confine_reader
from firsthand.runtime.sandbox import Sandbox
from firsthand.runtime.wire import WireBroken, receive, receive_with_descriptor, send

MAX_ANSWER_BYTES = 64 << 20
# ExifTool is ended after 10 s itself, once for its answer and once for its version.
_LIMIT_S = 30.0
_LIMITS = ChildLimits(
    address_space_bytes=4 << 30, data_bytes=2 << 30, open_files=64, written_file_bytes=COPIED_BYTES + 1
)


class TagReader:
    """The decoding child's side. lost: the process is gone, and every further file goes without ExifTool's tags."""

    def __init__(self, sandbox: Sandbox, *, closing: int) -> None:
        """closing: the descriptor of the child's own connection, which the reader must not hold open."""
        self.lost = False
        self._note = ""
        self._connection: socket.socket | None = None
        exiftool = ExifTool()
        if exiftool.program is None:
            self._note = "ExifTool is not installed"
            return
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            os.close(closing)
            ours.close()
            _serve(theirs, exiftool, sandbox)
        theirs.close()
        self._connection = ours

    def read(self, descriptor: int) -> TagsRead:
        """ExifTool's tags; a failure is a note."""
        if self._connection is None:
            return TagsRead(reader="", note=self._note)
        try:
            self._connection.settimeout(_LIMIT_S)
            send(self._connection, b"", descriptor)
            answer = receive(self._connection, MAX_ANSWER_BYTES, until=time.monotonic() + _LIMIT_S)
            return decode(answer, TagsRead)
        except (OSError, WireBroken, MalformedRecord) as error:
            self.close()
            self.lost = True
            self._note = f"the process that runs ExifTool failed: {error or type(error).__name__}"
            return TagsRead(reader="", note=self._note)

    def close(self) -> None:
        """Lets go of the process, which ends when it sees that."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _serve(connection: socket.socket, exiftool: ExifTool, sandbox: Sandbox) -> None:
    """The reader's side: never returns."""
    code = 1
    try:
        confine_reader(sandbox, Path(exiftool.program or ""), _LIMITS)
        limits = DecodeLimits()
        while (received := receive_with_descriptor(connection, 1 << 10)) is not None:
            descriptor = received[1]
            try:
                read = exiftool.read(descriptor, limits)
            except MemoryError:
                exiftool.close()
                read = TagsRead(reader="", note="ExifTool's answer needs more memory than it may have")
            finally:
                os.close(descriptor)
            send(connection, encode(read))
        code = 0
    finally:
        with contextlib.suppress(OSError):
            exiftool.close()
        os._exit(code)  # whatever the child set up before the fork is not ours to tear down
