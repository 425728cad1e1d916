"""Proof: a folder with which a stranger checks, without firsthand and offline, that an item is unchanged."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from firsthand.app.checkpointing import checkpoint, signer_of
from firsthand.app.desk import Desk
from firsthand.app.proof_files.verify import check
from firsthand.ledger.merkle import consistency_proof, inclusion_proof, node_of
from firsthand.ledger.notes import public_key_text, read_checkpoint, read_note
from firsthand.model.codec import decode_event
from firsthand.model.errors import ArchiveError, IntegrityError, MalformedRecord, NothingMatched, UsageError
from firsthand.model.events import Arrived, FindingMade, Sealed
from firsthand.model.ids import CaseId, ItemId, sha256_of
from firsthand.model.text import shown
from firsthand.ports import LogEntry

FORMAT = 1
_FILE = ("the file itself", "сам файл")
_ARRIVALS = ("(how it came; they may name people)", "(як вона надійшла; там можуть бути імена людей)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What goes in beside the entry that the item was sealed.

    file: the sealed file itself, else its digest alone; arrivals_of: with how it came into this case, which may name
    people; findings: with what machines measured, which may tell where a camera stood.
    """

    file: bool = True
    arrivals_of: CaseId | None = None
    findings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof as it was written. left_out: what of the item is not in it."""

    folder: Path
    item: ItemId
    entries: int
    stamped_at: str
    left_out: tuple[str, ...]


def prove(desk: Desk, text: str, folder: Path, contents: Contents) -> Proof:
    """Writes the proof of one item into a new or empty folder, and checks it there.

    Raises NothingMatched for an unknown item, UsageError where the folder is not empty, ArchiveError where it cannot be
    written. Cut short, it leaves nothing of that name.
    """
    folder = folder.absolute()
    item = desk.item(text)
    record = desk.records.item(item)
    if record is None:
        raise NothingMatched(shown(text), why="the archive has no record of it")
    _require_free(folder)
    checkpoint(desk)  # the entries must stand below a signature
    entries, left_out = _entries(desk, item, contents)
    chosen = _checkpoints(desk, max(entry.seq for entry in entries) + 1)
    making = folder.with_name(f".{folder.name}.making")
    try:
        shutil.rmtree(making, ignore_errors=True)  # what an interrupted run left
        making.mkdir(parents=True)
        stamps = [_write_checkpoint(desk, making, size) for size in chosen]
        _write_proof(desk, making, item, entries, chosen, stamps, contents)
        stamped_at = max((at for _, at in stamps if at), default="")
        _write_words(desk, making, item, chosen, left_out, stamped_at, record.bytes, record.sealed_at)
        if wrong := [words for good, words in check_proof(making) if not good]:
            shutil.rmtree(making)
            raise IntegrityError(item, why=f"the proof does not hold: {wrong[0]}", next_step="run firsthand verify")
        _put_in_place(making, folder)
    except OSError as error:
        shutil.rmtree(making, ignore_errors=True)
        raise ArchiveError(
            str(folder),
            why=error.strerror or str(error),
            kept="the archive was only read; nothing was left there",
            next_step="make room or name another folder with -o, then run the same command again",
        ) from error
    return Proof(
        folder=folder,
        item=item,
        entries=len(entries),
        stamped_at=stamped_at,
        left_out=tuple(words for words, _ in left_out),
    )


def _require_free(folder: Path) -> None:
    if is_proof(folder):
        raise UsageError(
            str(folder),
            why="a proof lies here already",
            kept="it was left as it is",
            next_step=f"check it with python3 {folder / 'verify.py'}, or name a new folder",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            str(folder),
            why="something else lies here",
            kept="it was left alone",
            next_step="name a new or empty folder",
        )


def _put_in_place(making: Path, folder: Path) -> None:
    """The whole proof at once: a folder of this name is never half a proof."""
    if folder.is_dir():
        folder.rmdir()  # it is empty; on Windows a rename refuses even that
    making.rename(folder)


def is_proof(folder: Path) -> bool:
    """Whether a proof lies here."""
    return (folder / "proof.json").is_file()


def check_proof(folder: Path) -> list[tuple[bool, str]]:
    """The same check that the proof's own verify.py makes, by our copy of it: (whether it holds, in words)."""
    try:
        return [(bool(good), str(words)) for good, words in check(str(folder))]  # type: ignore[no-untyped-call]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return [(False, f"the proof cannot be read: {type(error).__name__}: {error}")]


def _entries(desk: Desk, item: ItemId, contents: Contents) -> tuple[list[LogEntry], list[tuple[str, str]]]:
    """The item's entries that go in, and what stays out in words, English and Ukrainian."""
    wanted, arrivals, findings = [], 0, 0
    for entry in desk.records.log():
        if not entry.payload or sha256_of(item).encode() not in entry.payload:
            continue
        try:
            event = decode_event(entry.kind, entry.payload)
        except MalformedRecord as error:
            raise IntegrityError(f"log entry {entry.seq}", why=error.why, next_step="run firsthand verify") from error
        match event:
            case Sealed() if event.item == item:
                wanted.append(entry)
            case Arrived() if event.item == item and event.case == contents.arrivals_of:
                wanted.append(entry)
            case Arrived() if event.item == item:
                arrivals += 1
            case FindingMade() if event.item == item and contents.findings:
                wanted.append(entry)
            case FindingMade() if event.item == item:
                findings += 1
    left_out = [_FILE] if not contents.file else []
    left_out += [(f"{arrivals} arrivals {_ARRIVALS[0]}", f"надходження: {arrivals} {_ARRIVALS[1]}")] if arrivals else []
    left_out += [(f"{findings} findings", f"висновки машин: {findings}")] if findings else []
    if not any(entry.kind == Sealed.kind for entry in wanted):
        raise IntegrityError(item, why="no entry says that it was sealed", next_step="run firsthand verify")
    return wanted, left_out


def _checkpoints(desk: Desk, above: int) -> list[int]:
    """The first checkpoint over the entries, the first stamped one, and the latest."""
    sizes = [size for size in desk.custody.checkpoints.sizes() if size >= above]
    stamped = [size for size in sizes if desk.custody.checkpoints.stamp(size) is not None]
    return sorted({sizes[0], *stamped[:1], sizes[-1]})


def _write_checkpoint(desk: Desk, folder: Path, size: int) -> tuple[dict[str, str], str]:
    """(its lines in proof.json, the instant it was stamped)."""
    note = desk.custody.checkpoints.note(size)
    lines = {"note": f"checkpoints/{size}.checkpoint", "stamp": "", "roots": ""}
    (folder / "checkpoints").mkdir(exist_ok=True)
    (folder / lines["note"]).write_bytes(note)
    reply = desk.custody.checkpoints.stamp(size)
    for authority in desk.records.stamp_authorities() if reply is not None else ():
        judged = desk.custody.stamper.judge(reply, note, authority.roots_pem) if reply is not None else None
        if reply is not None and judged is not None and judged.verdict != "bad":
            lines |= {"stamp": f"checkpoints/{size}.tsr", "roots": f"checkpoints/{size}.roots.pem"}
            (folder / lines["stamp"]).write_bytes(reply)
            (folder / lines["roots"]).write_text(authority.roots_pem, encoding="ascii")
            return lines, judged.stamped_at
    return lines, ""


def _write_proof(
    desk: Desk,
    folder: Path,
    item: ItemId,
    entries: Sequence[LogEntry],
    chosen: Sequence[int],
    stamps: Sequence[tuple[dict[str, str], str]],
    contents: Contents,
) -> None:
    node = node_of(desk.records.leaf_hashes())
    (folder / "payloads").mkdir()
    rows: list[dict[str, Any]] = []
    for entry in entries:
        name = f"payloads/{entry.seq}.{entry.kind}"
        (folder / name).write_bytes(entry.payload)
        path = inclusion_proof(entry.seq, chosen[0], node)
        inclusion = [step.hex() for step in path]
        row = {"leaf": entry.leaf.decode(), "payload": name, "salt": entry.salt.hex(), "inclusion": inclusion}
        rows.append(row)
    steps = pairwise(chosen)
    file = "file/" + sha256_of(item) if contents.file else ""
    document = {
        "format": FORMAT,
        "archive": desk.custody.archive_id,
        "item": item,
        "file": file,
        "keys": list(desk.records.signing_keys()),
        "checkpoints": [lines for lines, _ in stamps],
        "consistency": [[step.hex() for step in consistency_proof(old, new, node)] for old, new in steps],
        "entries": rows,
    }
    (folder / "proof.json").write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")
    if file:
        (folder / "file").mkdir()
        with desk.sealed.open(item) as source, (folder / file).open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)


def _write_words(
    desk: Desk,
    folder: Path,
    item: ItemId,
    chosen: Sequence[int],
    left_out: Sequence[tuple[str, str]],
    stamped_at: str,
    size_bytes: int,
    sealed_at: str,
) -> None:
    key = signer_of(desk.custody.checkpoints.note(chosen[-1]), desk.records.signing_keys())
    last = read_checkpoint(read_note(desk.custody.checkpoints.note(chosen[-1])).text)
    words = {
        "item": item,
        "bytes": size_bytes,
        "sealed_at": sealed_at,
        "key": public_key_text(key) if key else "",
        "left_out_en": "; ".join(english for english, _ in left_out) or "—",
        "left_out_uk": "; ".join(ukrainian for _, ukrainian in left_out) or "—",
        "stamp_en": f"Unchanged up to {last.at} (the desk's clock). "
        + (f"Outside time stamp: {stamped_at}." if stamped_at else "There is no outside time stamp."),
        "stamp_uk": f"Без змін до {last.at} (за годинником редакції). "
        + (f"Зовнішня позначка часу: {stamped_at}." if stamped_at else "Зовнішньої позначки часу немає."),
    }
    files = resources.files("firsthand.app.proof_files")
    texts = [files.joinpath(f"README.{language}.txt").read_text(encoding="utf-8") for language in ("en", "uk")]
    (folder / "README.txt").write_text("\n\n".join(texts).format(**words), encoding="utf-8", newline="\n")
    (folder / "verify.py").write_text(
        files.joinpath("verify.py").read_text(encoding="utf-8"), encoding="utf-8", newline="\n"
    )
    listed = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in listed
    )
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="ascii")
