"""Copies sought side by side: items waiting to be compared are asked in processes of their own, answers come in order.

All that wait stand in the index before the first is asked, and each is compared with those before it alone. So every
process can ask on its own, and what is found does not hang on how many there are.
"""

import logging
import tempfile
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import count

from firsthand.app.desk import Desk
from firsthand.app.indexing import KeptIndex, print_of_item
from firsthand.link.copies import CopySeeker
from firsthand.link.index import KEPT_BYTES
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord
from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound
from firsthand.runtime.child import Child, ChildFailed
from firsthand.runtime.sandbox import Sandbox

CHILD_MODULE = "firsthand.app.seeking_child"
FEWEST_EACH = 6  # items that a process is worth starting for, which takes a second of work
WALL_S = 3600.0
_LEAST_KEPT_BYTES = 64 << 20
_talk = logging.getLogger("firsthand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was found of an item. comparable: whether it has anything to compare; against: with how many it was."""

    found: tuple[CopyFound, ...]
    comparable: bool
    against: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a process needs to know once: the archive, the items that may answer, and those that wait, in order.

    kept_bytes: of other items' prints that it may hold in memory.
    """

    archive: str
    answering: tuple[ItemId, ...]
    queue: tuple[ItemId, ...]
    kept_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeekRequest:
    """Which item of the queue is asked."""

    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeekAnswer:
    """comparable: see Sought."""

    found: tuple[CopyFound, ...]
    comparable: bool


def sought_in_order(desk: Desk, kept: KeptIndex, queue: Sequence[ItemId]) -> Generator[Sought, None, None]:
    """One answer an item of the queue, in its order; afterwards it may itself be an answer of those behind it.

    queue: items that `kept` was prepared with. Leaving the iterator early ends what is being asked.
    """
    workers = min(desk.executor.workers, len(queue) // FEWEST_EACH)
    if workers < 2:
        for item in queue:
            yield _sought_here(desk, kept, item)
        return
    waiting = Waiting(
        archive=desk.place,
        answering=kept.index.answering(),
        queue=tuple(queue),
        kept_bytes=max(_LEAST_KEPT_BYTES, KEPT_BYTES // workers),
    )
    with _Askers(waiting) as askers:
        early: dict[int, SeekAnswer | BaseException] = {}
        answers = desk.executor.run(askers.ask, range(len(queue)))
        for place in count():
            while place not in early:
                asked = next(answers, None)
                if asked is None:
                    return
                early[asked[0]] = asked[1]
            answer = early.pop(place)
            if isinstance(answer, SeekAnswer):
                yield Sought(found=answer.found, comparable=answer.comparable, against=len(kept.index))
                kept.allow(queue[place])
            elif isinstance(answer, ChildFailed):
                _talk.warning("A process that seeks copies gave no answer (%s): one clip is compared here.", answer.why)
                yield _sought_here(desk, kept, queue[place])
            else:
                raise answer


def _sought_here(desk: Desk, kept: KeptIndex, item: ItemId) -> Sought:
    query = print_of_item(desk, item)
    found = CopySeeker().seek(query, kept.index) if query is not None else ()
    against = len(kept.index)
    if query is not None:
        kept.add(query)
    return Sought(found=found, comparable=query is not None, against=against)


class _Askers:
    """A process for each thread that asks. `ask` raises ChildFailed where its process gave no usable answer."""

    def __init__(self, waiting: Waiting) -> None:
        self._of_thread = threading.local()
        self._children: list[tuple[Child, threading.Lock]] = []  # the lock is held while its thread asks
        self._over = False
        self._told = tempfile.TemporaryFile()  # noqa: SIM115  it is closed with this
        self._told.write(encode(waiting))
        self._told.flush()

    def __enter__(self) -> "_Askers":
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        children = tuple(self._children)
        for child, _asking in children:
            child.give_up()
        for child, asking in children:
            with asking:
                child.close()
        self._told.close()

    def ask(self, place: int) -> SeekAnswer:
        """The answer of the item at this place of the queue. For any thread; each has to ask in rising order."""
        if not hasattr(self._of_thread, "own"):
            # It reads our own findings and nothing foreign, and needs the archive: no walls.
            self._of_thread.own = Child(CHILD_MODULE, sandbox=Sandbox(walls=())), threading.Lock()
            self._children.append(self._of_thread.own)
        child, asking = self._of_thread.own
        with asking:
            if self._over:
                raise ChildFailed("GivenUp", "nobody waits for it any more")
            document = child.ask(encode(SeekRequest(place=place)), self._told.fileno(), wall_s=WALL_S)
            try:
                return decode(document, SeekAnswer)
            except MalformedRecord as error:
                child.close()
                raise ChildFailed("BadAnswer", error.why) from error
