"""The ports of custody: what signs, stamps, remembers checks and destroys."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from firsthand.model.records import CheckRun, FileCheck


class CheckMemory(Protocol):
    """Remembers, beside the log, when each sealed file was last hashed. It saves work and proves nothing."""

    writable: bool

    def begin(self, kind: str, *, log_size: int, at: datetime) -> CheckRun: ...

    def end(self, run: CheckRun, *, passed: bool, at: datetime) -> None: ...

    def unfinished(self, kind: str) -> CheckRun | None:
        """The latest run of this kind, where it was interrupted."""
        ...

    def last_passed(self) -> CheckRun | None:
        """The latest full run that passed."""
        ...

    def checks(self) -> tuple[FileCheck, ...]: ...

    def note(self, checks: Sequence[FileCheck]) -> None: ...


class CheckpointStore(Protocol):
    """Signed checkpoints and stamps, kept in the archive."""

    def keep(self, size: int, note: bytes) -> bool:
        """False: there is one of this size already."""
        ...

    def keep_stamp(self, size: int, reply: bytes) -> bool: ...

    def keep_refused(self, size: int, reply: bytes) -> None: ...

    def sizes(self) -> tuple[int, ...]: ...

    def note(self, size: int) -> bytes: ...

    def stamp(self, size: int) -> bytes | None: ...

    def strangers(self) -> Iterator[str]: ...


class Keys(Protocol):
    """The signing keys of one archive, kept outside it, and the latest note signed here."""

    def public(self) -> str:
        """The key that signs now, as signed notes write it; empty: there is none yet. Raises KeyLocked."""
        ...

    def first(self) -> str:
        """The key that signs now, made where there is none: of several who make one at once, the first one's."""
        ...

    def make(self) -> str:
        """A new key, which signs from here on; the one before is not kept. Raises KeyLocked where it does not open."""
        ...

    def sign(self, text: bytes) -> bytes: ...

    def latest(self) -> bytes: ...

    def latest_roots(self) -> bytes:
        """The roots that were remembered with the latest note; empty: none were. Believed only where they give the
        note's own head."""
        ...

    def remember(self, note: bytes, roots: bytes) -> None:
        """Keeps the note as the latest. roots: the perfect subtrees' under its head, so that the log can be followed
        from there on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StampJudgement:
    """What a stamp is worth. verdict: `good`; `second_opinion` where only `openssl ts -verify` takes it; `bad`.

    stamped_at: RFC 3339, as the authority said; why: in words, empty for good.
    """

    verdict: Literal["good", "second_opinion", "bad"]
    stamped_at: str
    why: str


class Stamper(Protocol):
    """Speaks with RFC 3161 authorities and judges their replies."""

    def request(self, url: str, note: bytes) -> bytes:
        """The authority's raw reply about the note. Raises Unreachable."""
        ...

    def judge(self, reply: bytes, note: bytes, roots_pem: str) -> StampJudgement: ...


class Destroyer(Protocol):
    """Destroys what erasures noted, on the disk itself."""

    def pending(self) -> bool: ...

    def destroy(self, *, clean_segments: Collection[str] = ()) -> None:
        """Destroys all that is noted; when it returns, nothing of it is left in the archive.

        clean_segments: names of the index's segments that hold nothing of it; the others go too.
        """
        ...
