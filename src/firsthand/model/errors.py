"""Errors say which thing, why, what is kept, and what to do next."""


class FirsthandError(Exception):
    """Base of all errors a person is meant to read. exit_code: as listed in docs/json.md."""

    exit_code = 1

    def __init__(self, subject: str, *, why: str, next_step: str = "", kept: str = "") -> None:
        super().__init__(f"{subject}: {why}")
        self.subject = subject
        self.why = why
        self.next_step = next_step
        self.kept = kept


class UsageError(FirsthandError):
    """The command was asked for something it does not do."""

    exit_code = 2


class NothingMatched(FirsthandError):
    """What was asked for is not in the archive."""

    exit_code = 4


class ArchiveError(FirsthandError):
    """The archive cannot be opened or written (missing, other version, read-only, disk full)."""


class Conflict(FirsthandError):
    """Somebody else changed the thing first: it no longer has the version this decision was made on."""


class KeyLocked(FirsthandError):
    """The signing key cannot be used: no passphrase, the wrong one, or no key of ours."""


class Withheld(FirsthandError):
    """A legal hold stands: it must not be erased until somebody lifts the hold."""

    exit_code = 2


class Unreachable(FirsthandError):
    """A machine that was asked to be reached did not answer, or answered something else."""


class AmbiguousTime(FirsthandError):
    """A time without a zone was given where an instant is needed."""

    exit_code = 2


class MalformedRecord(FirsthandError):
    """Bytes that should be a record of ours, or an answer of a decoding child, do not have the agreed shape."""


class UnreadableMedia(FirsthandError):
    """The file's pictures or sound cannot be decoded. It stays sealed as received."""

    exit_code = 3


class OverLimit(FirsthandError):
    """The file asks for more pixels, time or memory than is allowed. It stays sealed as received."""

    exit_code = 3


class IntegrityError(FirsthandError):
    """Sealed bytes, payloads, log and records do not agree. Stops everything; never retried, never a warning."""

    exit_code = 90


class StillChanging(FirsthandError):
    """A file changed while it was being read: somebody is still writing it."""


class UnreadableFile(FirsthandError):
    """The file system would not give the file's bytes."""
