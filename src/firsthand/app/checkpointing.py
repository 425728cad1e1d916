"""Checkpoints: the log's size and head, signed at the end of every command that wrote, stamped where an authority is
set, and remembered outside the archive.
"""

import logging
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.ledger.merkle import Frontier, Growing
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
from firsthand.ports import LogHead, StampJudgement

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
    note = _standing(desk, None) or _standing(desk, _key(desk))
    standing = read_checkpoint(read_note(note).text)
    stamp, pending = _stamped(desk, standing.size, note)
    return Signed(checkpoint=standing, note=note, stamp=stamp, pending=pending)


def change_key(desk: Desk, why: str) -> None:
    """From here on another key signs. The old one is not kept, and what it signed stays good."""
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
    public = desk.custody.keys.first()
    if public not in desk.records.signing_keys():
        desk.write(SigningKeyNamed(key=public, why=FIRST_KEY))
    return read_public_key(public)


def _standing(desk: Desk, key: PublicKey | None) -> bytes:
    """The note over the log as it stands, signed now where there is none; empty where there is neither it nor a key.

    Nobody writes meanwhile: each note names the one before it, so none may come between.
    """
    with desk.records.alone():
        last, head = remembered(desk), desk.records.head()
        note = _kept(desk, head.size)
        if not note and key is None:
            return b""
        frontier = _followed(desk, last, head)
        if key is not None:
            note = note or _signed(desk, head)
        if last is None or last.size <= head.size or _is_given_up(desk, last):
            desk.custody.keys.remember(note, b"".join(frontier.roots))
        return note


def _signed(desk: Desk, head: LogHead) -> bytes:
    """Signed with the key that is there now and that the log names: somebody may have changed it meanwhile."""
    before = max(desk.custody.checkpoints.sizes(), default=None)
    standing = Checkpoint(
        origin=desk.custody.archive_id,
        size=head.size,
        root=head.root,
        at=instant_text(desk.clock.now()),
        after=note_digest(desk.custody.checkpoints.note(before)) if before is not None else "",
    )
    text = checkpoint_text(standing)
    public = desk.custody.keys.public()
    note = signed_note(text, read_public_key(public), desk.custody.keys.sign(text))
    if public not in desk.records.signing_keys() or signer_of(note, (public,)) is None:
        raise ArchiveError(
            desk.place,
            why="the signing key is being changed at this moment",
            kept="what was written is kept, unsigned",
            next_step="firsthand checkpoint",
        )
    desk.custody.checkpoints.keep(head.size, note)
    return note


def _followed(desk: Desk, last: Checkpoint | None, head: LogHead) -> Frontier:
    """What the head is made of, followed from the latest checkpoint signed here over the entries since, so that signing
    costs no more as the log grows. That the entries before are still those is for verify to say.

    Where it cannot be followed, all entries are gone through. Raises IntegrityError for a log that does not give its
    head, and for one that lost what was signed here: it must not be signed anew as if nothing had happened.
    """
    if last is not None and (begun := _frontier_of(desk, last)) is not None and last.size <= head.size:
        growing = Growing(begun)
        growing.extend(desk.records.leaf_hashes(last.size)[: (head.size - last.size) * 32])
        if (followed := growing.frontier()).root().hex() == head.root:
            return followed
    hashes = desk.records.leaf_hashes()[: head.size * 32]
    whole = Frontier.of(hashes)
    if whole.root().hex() != head.root:
        raise _not_the_log(desk, "its entries no longer give the head that is kept with it")
    if last is not None and not _is_given_up(desk, last):
        _require_remembered(desk, last, hashes)
    return whole


def _frontier_of(desk: Desk, last: Checkpoint) -> Frontier | None:
    """What was remembered with the latest checkpoint, where it gives that checkpoint's head."""
    kept = desk.custody.keys.latest_roots()
    try:
        roots = tuple(kept[start : start + 32] for start in range(0, len(kept), 32))
        frontier = Frontier(size=last.size, roots=roots)
    except ValueError:
        return None
    return frontier if frontier.root().hex() == last.root else None


def _is_given_up(desk: Desk, last: Checkpoint) -> bool:
    """Whether the log says that this state is known to be lost."""
    return (last.size, last.root) in desk.records.restorations()


def _require_remembered(desk: Desk, last: Checkpoint, hashes: bytes) -> None:
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


def _kept(desk: Desk, size: int) -> bytes:
    """The checkpoint of this size; empty: none is kept. Raises IntegrityError where no key of the log signed it."""
    if size not in desk.custody.checkpoints.sizes():
        return b""
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
