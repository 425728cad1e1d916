"""Checkpoints: the log's size and head, signed at the end of every command that wrote, stamped where an authority is
set, and remembered outside the archive.
"""

import logging
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.ledger.merkle import Frontier
from firsthand.ledger.notes import (
    Checkpoint,
    PublicKey,
    checkpoint_text,
    note_digest,
    read_checkpoint,
    read_note,
    read_public_key,
    signed_note,
)
from firsthand.model.errors import ArchiveError, FirsthandError, IntegrityError, UsageError
from firsthand.model.events import Restored, SigningKeyNamed, StampAuthorityNamed
from firsthand.model.text import shown
from firsthand.model.time import instant_text
from firsthand.notary.keys import signed_by
from firsthand.ports import StampJudgement

_talk = logging.getLogger("firsthand")
FIRST_KEY = "the first key of this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint as it was signed. stamp: what the authority's reply is worth; None: no authority is set.

    pending: why there is no reply yet; empty: there is one, or none is wanted.
    """

    checkpoint: Checkpoint
    note: bytes
    stamp: StampJudgement | None
    pending: str


def sign_what_was_written(desk: Desk) -> None:
    """At the end of a command: a checkpoint, if it wrote. What hinders it is said, and does not undo the command."""
    try:
        size = desk.records.head().size
        if size != desk.custody.size_when_opened and size not in desk.custody.checkpoints.sizes():
            signed = checkpoint(desk)
            if signed.pending:
                _talk.warning("The checkpoint's time stamp is pending: %s", signed.pending)
    except FirsthandError as error:
        _talk.warning("No checkpoint was signed: %s. Next: %s", error, error.next_step or "firsthand checkpoint")
    except (OSError, ValueError) as error:  # a disk that fails, or notes that somebody changed: verify names which
        _talk.warning("No checkpoint was signed: %s. Next: firsthand verify", error)


def checkpoint(desk: Desk) -> Signed:
    """Signs the log as it stands, or gives the checkpoint there is of it; asks for its stamp where one is due.

    Raises IntegrityError where the log no longer holds what was signed here before, KeyLocked, ArchiveError.
    """
    key = _key(desk)
    head = desk.records.head()
    hashes = desk.records.leaf_hashes()
    if Frontier.of(hashes).root().hex() != head.root:
        raise _not_the_log(desk, "its entries no longer give the head that is kept with it")
    _require_remembered(desk, hashes)
    note = _kept(desk, head.size)
    if note is None:
        before = max(desk.custody.checkpoints.sizes(), default=None)
        standing = Checkpoint(
            origin=desk.custody.archive_id,
            size=head.size,
            root=head.root,
            at=instant_text(desk.clock.now()),
            after=note_digest(desk.custody.checkpoints.note(before)) if before is not None else "",
        )
        text = checkpoint_text(standing)
        note = signed_note(text, key, desk.custody.keys.sign(text))
        if not desk.custody.checkpoints.keep(head.size, note):
            note = desk.custody.checkpoints.note(head.size)  # another process signed the same head
    desk.custody.keys.remember(note)
    stamp, pending = _stamped(desk, head.size, note)
    return Signed(checkpoint=read_checkpoint(read_note(note).text), note=note, stamp=stamp, pending=pending)


def change_key(desk: Desk, why: str) -> None:
    """From here on another key signs. The old one is kept as retired, and what it signed stays good."""
    if not desk.custody.keys.public():
        _key(desk)
    desk.write(SigningKeyNamed(key=desk.custody.keys.make(), why=why))


def name_authority(desk: Desk, url: str, roots_pem: str) -> None:
    """Checkpoints are stamped by this authority from here on; an empty url ends it."""
    if url and not url.startswith(("https://", "http://")):
        raise UsageError(shown(url), why="an authority's address begins with http:// or https://")
    if url and "BEGIN CERTIFICATE" not in roots_pem:
        raise UsageError(shown(url), why="a stamp can only be judged by the authority's certificates (PEM)")
    desk.write(StampAuthorityNamed(url=url, roots_pem=roots_pem))


def accept_restored(desk: Desk, why: str) -> None:
    """Says that the archive was put back from an older copy on purpose; what was signed since is known to be lost."""
    latest = desk.custody.keys.latest()
    if not latest:
        raise UsageError(desk.place, why="no later state of this archive is remembered on this machine")
    lost = read_checkpoint(read_note(latest).text)
    desk.write(Restored(lost_size=lost.size, lost_root=lost.root, why=why))


def remembered(desk: Desk) -> Checkpoint | None:
    """The latest checkpoint that was signed on this machine, as kept outside the archive."""
    latest = desk.custody.keys.latest()
    try:
        return read_checkpoint(read_note(latest).text) if latest else None
    except (ValueError, UnicodeDecodeError):
        return None


def signer_of(note: bytes, keys: tuple[str, ...]) -> PublicKey | None:
    """The first of these keys that signed the note."""
    taken = read_note(note)
    for text in keys:
        key = read_public_key(text)
        if any(signed_by(key, taken.text, one) for one in taken.signatures):
            return key
    return None


def _key(desk: Desk) -> PublicKey:
    """The signing key, made and named in the log when it is first needed."""
    public = desk.custody.keys.public() or desk.custody.keys.make()
    if public not in desk.records.signing_keys():
        desk.write(SigningKeyNamed(key=public, why=FIRST_KEY))
    return read_public_key(public)


def _require_remembered(desk: Desk, hashes: bytes) -> None:
    """A log that lost what was signed here must not be signed anew as if nothing had happened."""
    last = remembered(desk)
    if last is None or (last.size, last.root) in desk.records.restorations():
        return
    if last.size * 32 > len(hashes):
        raise _not_the_log(
            desk, f"{last.size} entries were signed here on {last.at}, and now it has {len(hashes) // 32}"
        )
    if Frontier.of(hashes[: last.size * 32]).root().hex() != last.root:
        raise _not_the_log(desk, f"its first {last.size} entries are not those signed here on {last.at}")


def _not_the_log(desk: Desk, why: str) -> IntegrityError:
    return IntegrityError(
        desk.place,
        why=f"the log does not hold what was signed before: {why}",
        kept="nothing was signed",
        next_step="firsthand verify; after putting back an older copy on purpose: firsthand checkpoint --restored WHY",
    )


def _kept(desk: Desk, size: int) -> bytes | None:
    """The checkpoint of this size, where one is kept and a key of the log signed it."""
    if size not in desk.custody.checkpoints.sizes():
        return None
    note = desk.custody.checkpoints.note(size)
    try:
        signer = signer_of(note, desk.records.signing_keys())
    except (ValueError, UnicodeDecodeError):
        signer = None
    if signer is None:
        raise IntegrityError(
            f"checkpoints/{size:012}.checkpoint", why="no key of the log signed it", next_step="run firsthand verify"
        )
    return note


def _stamped(desk: Desk, size: int, note: bytes) -> tuple[StampJudgement | None, str]:
    """(what the stamp is worth, why there is none yet)."""
    authorities = desk.records.stamp_authorities()
    if not authorities or not authorities[-1].url:
        return None, ""
    url, roots_pem = authorities[-1].url, authorities[-1].roots_pem
    kept = desk.custody.checkpoints.stamp(size)
    if kept is not None:
        return desk.custody.stamper.judge(kept, note, roots_pem), ""
    try:
        reply = desk.custody.stamper.request(url, note)
    except ArchiveError:
        raise
    except FirsthandError as error:
        return None, error.why
    judged = desk.custody.stamper.judge(reply, note, roots_pem)
    if judged.verdict == "bad":
        desk.custody.checkpoints.keep_refused(size, reply)
        return judged, f"{url} gave no good stamp: {judged.why}"
    desk.custody.checkpoints.keep_stamp(size, reply)
    return judged, ""
