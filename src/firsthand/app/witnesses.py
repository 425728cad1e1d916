"""What checkpoints and stamps bear witness to: each is held against the log, those kept outside the archive too."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from firsthand.app.checkpointing import remembered, signer_of
from firsthand.app.desk import Desk
from firsthand.ledger.merkle import Frontier, consistency_proof, extends, heads_at, node_of
from firsthand.ledger.notes import Checkpoint, note_digest, read_checkpoint, read_note, read_public_key
from firsthand.ports import Problem, StampJudgement

BEHIND = "the log is shorter than a checkpoint of it: entries were taken off, or an older copy was put back"
REWRITTEN = "the log does not begin with what the checkpoint says: entries before it were changed"


@dataclass(slots=True)
class Witnessed:
    """What came out. signed_by, stamped_at: of the head, or of the latest checkpoint before it."""

    checked: int = 0
    signed_by: str = ""
    stamped_at: str = ""
    problems: list[Problem] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    def problem(self, what: str, where: str, *, expected: str = "", found: str = "") -> None:
        self.problems.append(Problem(what=what, where=where, expected=expected, found=found))


def witness(desk: Desk, *, against: Sequence[tuple[str, bytes]], keys: Sequence[str]) -> Witnessed:
    """Holds every checkpoint and stamp against the log's entries.

    against: notes from outside the archive, each with where it was read; keys: public keys from outside it, by which
    such notes may be signed. A key that only the archive names proves nothing against the archive's own desk.
    """
    out = Witnessed()
    hashes = desk.records.leaf_hashes()
    sizes = desk.custody.checkpoints.sizes()
    latest = remembered(desk)
    lost = desk.records.restorations()
    heads = heads_at(hashes, [*sizes, *([latest.size] if latest else [])])
    _kept(desk, sizes, heads, out)
    size = len(hashes) // 32
    if latest is not None and (latest.size, latest.root) not in lost:
        where = "the checkpoint remembered on this machine"
        _held(latest, heads, size, where, out)
        if latest.size <= size and latest.size not in sizes:
            out.problem("a checkpoint is missing", f"checkpoints/{latest.size:012}.checkpoint")
    elif latest is None:
        out.not_checked.append("this machine remembers no checkpoint of the archive: nothing outside it was compared")
    for where, note in against:
        _outside(desk, hashes, where, note, keys, out)
    covered = max((one for one in sizes if one <= size), default=0)
    if covered < size:
        out.not_checked.append(f"the last {size - covered} entries: no checkpoint is signed over them yet")
    return out


def _kept(desk: Desk, sizes: Sequence[int], heads: dict[int, bytes], out: Witnessed) -> None:
    known = desk.records.signing_keys()
    before = b""
    unstamped = 0
    wanted = bool((authorities := desk.records.stamp_authorities()) and authorities[-1].url)
    for size in sizes:
        where = f"checkpoints/{size:012}.checkpoint"
        try:
            note = desk.custody.checkpoints.note(size)
            standing = read_checkpoint(read_note(note).text)
            signer = signer_of(note, known)
        except (OSError, ValueError) as error:
            out.problem("a checkpoint cannot be read", where, found=str(error))
            before = b"?"
            continue
        out.checked += 1
        if standing.origin != desk.custody.archive_id:
            out.problem(
                "a checkpoint of another archive", where, expected=desk.custody.archive_id, found=standing.origin
            )
        if standing.size != size:
            out.problem("a checkpoint under another number", where, expected=str(size), found=str(standing.size))
        if signer is None:
            out.problem("a checkpoint that no key of the log signed", where)
        if before != b"?" and standing.after != (note_digest(before) if before else ""):
            out.problem("the checkpoint before this one was taken away or changed", where)
        _held(standing, heads, max(heads, default=0) if size not in heads else size, where, out)
        before, out.signed_by = note, signer.name + "+" + signer.id.hex() if signer else ""
        unstamped += not _stamp(desk, size, note, out)
    out.not_checked += [f"checkpoints/{name}: no checkpoint of ours" for name in desk.custody.checkpoints.strangers()]
    if wanted and unstamped:
        out.not_checked.append(
            f"{unstamped} of {len(sizes)} checkpoints are not stamped (pending, or before one was set)"
        )


def _stamp(desk: Desk, size: int, note: bytes, out: Witnessed) -> bool:
    where = f"checkpoints/{size:012}.tsr"
    try:
        reply = desk.custody.checkpoints.stamp(size)
    except OSError as error:
        out.problem("a stamp cannot be read", where, found=str(error))
        return True
    if reply is None:
        return False
    judged = [
        desk.custody.stamper.judge(reply, note, authority.roots_pem)
        for authority in desk.records.stamp_authorities()
        if authority.url
    ]
    good = next((one for one in judged if one.verdict == "good"), None)
    best: StampJudgement | None = good or next((one for one in judged if one.verdict != "bad"), None)
    if best is None:
        out.problem("a stamp is not good", where, found=judged[-1].why if judged else "the log names no authority")
        return True
    if best.verdict == "second_opinion":
        out.not_checked.append(f"{where}: good by openssl alone; the first reader said: {best.why}")
    out.stamped_at = best.stamped_at
    return True


def _held(standing: Checkpoint, heads: dict[int, bytes], size: int, where: str, out: Witnessed) -> None:
    if standing.size not in heads:
        out.problem(BEHIND, where, expected=f"{standing.size} entries", found=f"{size} entries")
    elif heads[standing.size].hex() != standing.root:
        out.problem(REWRITTEN, where, expected=standing.root, found=heads[standing.size].hex())


def _outside(desk: Desk, hashes: bytes, where: str, note: bytes, keys: Sequence[str], out: Witnessed) -> None:
    try:
        standing = read_checkpoint(read_note(note).text)
        for key in keys:
            read_public_key(key)
        signer = signer_of(note, tuple(keys) or desk.records.signing_keys())
    except ValueError as error:
        out.problem("the outside checkpoint cannot be read", where, found=str(error))
        return
    out.checked += 1
    if signer is None:
        by = "the keys given with --key" if keys else "the keys that this log names"
        out.problem("the outside checkpoint is signed by none of the keys", where, expected=by)
    if standing.origin != desk.custody.archive_id:
        found, expected = standing.origin, desk.custody.archive_id
        out.problem("the outside checkpoint is of another archive", where, expected=expected, found=found)
        return
    size = len(hashes) // 32
    if standing.size > size:
        out.problem(BEHIND, where, expected=f"{standing.size} entries", found=f"{size} entries")
        return
    proof = consistency_proof(standing.size, size, node_of(hashes))
    head = Frontier.of(hashes).root()
    old = bytes.fromhex(standing.root)
    if not extends(old_size=standing.size, old_root=old, size=size, root=head, proof=proof):
        out.problem(REWRITTEN, where, expected=standing.root)
