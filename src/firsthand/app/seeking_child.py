"""A process that seeks copies of items that wait: see app/seeking.py, which starts it as
`python -m firsthand.app.seeking_child <descriptor of its socket> …`.

It writes nothing: neither to the log nor to the index.
"""

import os
import socket
import sys
from functools import partial
from pathlib import Path

from firsthand.app.indexing import print_of_item, revisions, usable_segments
from firsthand.app.seeking import SeekAnswer, SeekRequest, Waiting
from firsthand.app.settings import Settings
from firsthand.app.wiring import opened
from firsthand.link.copies import CopySeeker
from firsthand.link.index import PrintIndex
from firsthand.link.index_segments import revision_bytes
from firsthand.model.codec import decode, encode
from firsthand.model.ids import ItemId
from firsthand.runtime.wire import MAX_REQUEST_BYTES, receive_with_descriptor, send


def main() -> None:
    """Serves requests until the parent hangs up."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    asker: Asker | None = None
    while (received := receive_with_descriptor(connection, MAX_REQUEST_BYTES)) is not None:
        message, descriptor = received
        with os.fdopen(descriptor, "rb") as told:
            if asker is None:
                asker = Asker(decode(_whole(told.fileno()), Waiting))
        send(connection, encode(asker.ask(decode(message, SeekRequest).place)))


class Asker:
    """One process's own view of the archive and its index."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._desk = opened(Settings(archive=Path(waiting.archive), acting_as="", workers=1), finishing=False)
        self._seeker = CopySeeker()
        self._revision = revisions(self._desk)
        self._index = PrintIndex(
            segments=usable_segments(self._desk.segments),
            answering=waiting.answering,
            current=self._is_current,
            read=partial(print_of_item, self._desk),
            kept_bytes=waiting.kept_bytes,
        )
        for item in waiting.answering:
            self._add(item)
        self._next = 0  # of the queue, which may not answer yet

    def ask(self, place: int) -> SeekAnswer:
        """What is found of the item at this place, among those that answer and those before it; places rise."""
        queue = self._waiting.queue
        for item in queue[self._next : place]:
            self._add(item)
        self._next = max(self._next, place)
        query = print_of_item(self._desk, queue[place])
        found = self._seeker.seek(query, self._index) if query is not None else ()
        return SeekAnswer(found=found, comparable=query is not None)

    def _add(self, item: ItemId) -> None:
        """From now on the item may answer; where no segment could be written it is held in memory."""
        if self._index.holds(item):
            self._index.allow(item)
        elif item in self._revision and (one := print_of_item(self._desk, item)) is not None:
            self._index.add(one)

    def _is_current(self, item: ItemId, revision: bytes) -> bool:
        return item in self._revision and revision_bytes(self._revision[item]) == revision


def _whole(descriptor: int) -> bytes:
    """All of the file, whatever others read of it meanwhile: they share its position."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


if __name__ == "__main__":
    main()
