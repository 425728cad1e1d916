"""Whatever is changed in an archive, verify names it: random bytes, and changes aimed by one who knows how it works.

Run: python -m bench tamper [RANDOM] [SEED]     (default 1000 random changes)

Each change is made in a fresh copy of one small archive, and verify runs over the whole of it. What it finds by itself
is `named`. What it can only find with the checkpoint that somebody else keeps is `outside`. A random change that alters
nothing that can be read (unused space of the database file) is `unused`. All else would be `missed`.
"""

import itertools
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.custody import Silent, desk, filled, receive

from bench.machine import machine
from firsthand.app.checkpointing import checkpoint
from firsthand.app.erasing import erase_alone, order_of
from firsthand.app.verifying import Asked, verify
from firsthand.app.withholding import hold_item, quarantine
from firsthand.ledger.entries import Entry, entry_bytes, payload_digest, read_entry
from firsthand.ledger.merkle import Frontier, leaf_hash
from firsthand.model.errors import FirsthandError
from firsthand.storage import tables

Change = Callable[[Path], None]
DATABASE = "archive/records.sqlite"


def main(arguments: list[str]) -> int:
    wanted = int(arguments[0]) if arguments else 1000
    seed = int(arguments[1]) if len(arguments) > 1 else 20261122
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        outside = _made(folder / "desk")
        if _judged(folder, lambda copy: None, outside) != "missed":
            raise SystemExit("the unchanged archive does not pass, so nothing that follows would mean anything")
        random_counts = _randomly(folder, wanted, seed)
        print(f"random, seed {seed}: {dict(random_counts)}")
        aimed = {name: _judged(folder, change, outside) for name, change in sorted(_aimed(folder).items())}
    for name, verdict in aimed.items():
        if verdict != "named":
            print(f"  {verdict}: {name}")
    print(f"aimed: {len(aimed)} changes, {dict(Counter(aimed.values()))}")
    return 1 if random_counts["missed"] or "missed" in aimed.values() else 0


def _made(folder: Path) -> bytes:
    """The archive every change is made in; returns the note that somebody else keeps."""
    items = filled(folder, items=4)
    with desk(folder) as here:
        hold_item(here, items[0], "court")
        quarantine(here, items[3], "to be looked at")
        erase_alone(here, order_of(here, "item", items[1], why="asked", order="12"), "bench", progress=Silent())
    shutil.copytree(folder / "archive", folder / "yesterday")
    with desk(folder) as here:
        receive(here, b"the last clip", name="last.mp4")
        return checkpoint(here).note


def _judged(folder: Path, change: Change, outside: bytes) -> str:
    """`named`, `outside`, `missed`."""
    copy = folder / "copy"
    shutil.copytree(folder / "desk", copy)
    try:
        change(copy)
        if _named(copy, Asked()):
            return "named"
        return "outside" if _named(copy, Asked(against=(("outside", outside),))) else "missed"
    finally:
        shutil.rmtree(copy)


def _named(folder: Path, asked: Asked) -> bool:
    try:
        with desk(folder) as here:
            return not verify(here, progress=Silent(), asked=asked).passed
    except (FirsthandError, ValueError):
        return True  # told as an error: the archive cannot even be opened


def _randomly(folder: Path, wanted: int, seed: int) -> Counter[str]:
    """One flipped bit, one changed byte or a stretch of zeros at a time, files weighted alike by kind."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    base = folder / "desk" / "archive"
    kinds = {kind: sorted(p for p in (base / kind).rglob("*") if p.is_file() and p.stat().st_size) for kind in
             ("sealed", "payloads", "checkpoints")}  # fmt: skip
    kinds["database"] = [base / "records.sqlite"]
    kinds["about"] = [base / "archive.toml"]
    before = _dump(base / "records.sqlite")
    tried = itertools.count()
    while (made := counts.total() - counts["no change"]) < wanted:
        number = next(tried)
        if made and made % 100 == 0:
            print(f"  after {made}: {dict(counts)}", flush=True)
        kind = chance.choice(sorted(kinds))
        path = chance.choice(kinds[kind]).relative_to(folder / "desk")
        whole = (folder / "desk" / path).read_bytes()
        changed = bytearray(whole)
        at = chance.randrange(len(whole))
        match number % 3:
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = (changed[at] + chance.randrange(1, 256)) % 256
            case _:
                changed[at : at + 16] = bytes(len(changed[at : at + 16]))
        if bytes(changed) == whole:
            counts["no change"] += 1  # zeros over zeros: another is tried
            continue
        shutil.copytree(folder / "desk", folder / "copy")
        _write(folder / "copy" / path, bytes(changed))
        if _named(folder / "copy", Asked()):
            counts["named"] += 1
        elif kind == "database" and _dump(folder / "copy" / path) == before:
            counts["unused"] += 1
        elif kind == "about" and _same_about(whole, bytes(changed)):
            counts["unused"] += 1  # the instant an archive was made stands in the log; here it is for people
        else:
            counts["missed"] += 1
            print(f"  missed: {path} at byte {at}: {whole[at : at + 16]!r} -> {bytes(changed[at : at + 16])!r}")
        shutil.rmtree(folder / "copy")
    return counts


def _same_about(whole: bytes, changed: bytes) -> bool:
    def id_line(text: bytes) -> list[bytes]:
        return [line for line in text.split(b"\n") if line.startswith((b"id", b"format"))]

    return id_line(whole) == id_line(changed)


def _dump(path: Path) -> list[str]:
    """All that can be read out of a database, but for what checking itself remembers."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return [line for line in connection.iterdump() if '"runs"' not in line and '"file_checks"' not in line]
    except (sqlite3.Error, UnicodeDecodeError):
        return ["damaged"]


def _aimed(folder: Path) -> dict[str, Change]:
    """Changes by somebody who knows the archive's inside."""
    changes: dict[str, Change] = {}
    for table in tables.PROJECTED:
        for column in table.columns:
            changes[f"edit {table.name}.{column.name}"] = _edit(table.name, column.name)
        changes[f"delete a row of {table.name}"] = _sql(f'DELETE FROM "{table.name}" LIMIT 1', needs=table.name)  # noqa: S608
    changes["swap two items' rows"] = _sql(
        "UPDATE items SET bytes = (SELECT sum(bytes) FROM (SELECT DISTINCT bytes FROM items)) - bytes"
    )
    changes["swap two entries"] = _swap_entries
    changes["swap two payloads' places"] = _sql(
        "UPDATE entries SET offset_bytes = offset_bytes + 1 WHERE seq = (SELECT max(seq) FROM entries)"
    )
    changes["drop the last entry"] = _drop_last(also_head=False, also_notes=False)
    changes["drop the last entry, set the head"] = _drop_last(also_head=True, also_notes=False)
    changes["drop the last entry, set the head, drop its checkpoint"] = _drop_last(also_head=True, also_notes=True)
    changes["drop an entry in the middle"] = _sql("DELETE FROM entries WHERE seq = 5")
    changes["replace a payload with its salt"] = _replace_payload
    changes["rewrite from some point with the desk's own key"] = _rewrite(forget=False)
    changes["rewrite from some point with the desk's own key and memory"] = _rewrite(forget=True)
    changes["roll back to yesterday's copy"] = _roll_back(forget=False)
    changes["roll back to yesterday's copy and the machine's memory"] = _roll_back(forget=True)
    changes["replace the database with an older one"] = _older_database
    changes["a checkpoint signed with a stranger's key"] = _stranger_key
    changes["a second log with the same head size"] = _second_log
    changes["a forged stamp"] = _forged_stamp
    changes["remove the middle checkpoint"] = _remove_note(1)
    changes["remove the first checkpoint"] = _remove_note(0)
    changes["remove the last checkpoint"] = _remove_note(-1)
    changes["rename a checkpoint"] = _rename_note
    changes["another archive's id"] = _other_id
    changes["take a sealed file away"] = _sealed(lambda path: path.unlink())
    changes["cut a sealed file off"] = _sealed(lambda path: _write(path, path.read_bytes()[:-1]))
    changes["lengthen a sealed file"] = _sealed(lambda path: _write(path, path.read_bytes() + b"\0"))
    changes["swap two sealed files"] = _swap_sealed
    changes["a link in a sealed file's place"] = _sealed(_linked)
    changes["take a payload file away"] = lambda copy: _payload_files(copy)[0].unlink()
    changes["lengthen a payload file"] = lambda copy: _write(
        _payload_files(copy)[0], _payload_files(copy)[0].read_bytes() + b"\0"
    )
    changes["plant a trigger"] = _sql("CREATE TRIGGER gone AFTER INSERT ON items BEGIN DELETE FROM items; END")
    changes["plant a table"] = _sql("CREATE TABLE more (x)")
    changes["drop an index"] = _sql("DROP INDEX arrivals_by_item")
    changes["undo an erasure in the records"] = _sql("DELETE FROM erasures")
    changes["lift a hold in the records"] = _sql("UPDATE holds SET stands = 0")
    changes["lift a quarantine in the records"] = _sql("UPDATE quarantines SET stands = 0")
    return changes


def _edit(table: str, column: str) -> Change:
    text = f'UPDATE "{table}" SET "{column}" = CASE typeof("{column}") WHEN \'integer\' THEN "{column}" + 1000 ELSE CAST("{column}" || \'!\' AS TEXT) END'  # noqa: E501, S608
    return _sql(text, needs=table)


def _sql(statement: str, *, needs: str = "") -> Change:
    def change(copy: Path) -> None:
        with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints=ON")
            if needs and not connection.execute(f'SELECT count(*) FROM "{needs}"').fetchone()[0]:  # noqa: S608
                filler = ", ".join("1" for _ in tables.metadata.tables[needs].columns)
                connection.execute(f'INSERT INTO "{needs}" VALUES ({filler})')  # noqa: S608  an empty table: plant a row
                return
            if " LIMIT 1" in statement:
                limited = statement.replace(" LIMIT 1", "")
                connection.execute(f'{limited} WHERE rowid = (SELECT min(rowid) FROM "{needs}")')  # noqa: S608
            else:
                connection.execute(statement)

    return change


def _swap_entries(copy: Path) -> None:
    with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as connection:
        rows = connection.execute("SELECT leaf, hash FROM entries WHERE seq IN (4, 5) ORDER BY seq").fetchall()
        for seq, row in ((5, rows[0]), (4, rows[1])):
            connection.execute("UPDATE entries SET leaf = ?, hash = ? WHERE seq = ?", (*row, seq))
    _set_head(copy)


def _set_head(copy: Path) -> None:
    """The kept head made to fit the entries, as an insider would."""
    with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as connection:
        hashes = b"".join(row[0] for row in connection.execute("SELECT hash FROM entries ORDER BY seq"))
        frontier = Frontier.of(hashes)
        connection.execute("UPDATE frontier SET size = ?, roots = ?", (frontier.size, b"".join(frontier.roots)))


def _drop_last(*, also_head: bool, also_notes: bool) -> Change:
    def change(copy: Path) -> None:
        with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as connection:
            for table in ("findings", "entries"):
                connection.execute(f"DELETE FROM {table} WHERE seq = (SELECT max(seq) FROM entries)")  # noqa: S608
        if also_head:
            _set_head(copy)
        if also_notes:
            _notes(copy)[-1].unlink()

    return change


def _replace_payload(copy: Path) -> None:
    """Body and salt changed together in their file: the digest in the entry still tells."""
    path = _payload_files(copy)[0]
    whole = bytearray(path.read_bytes())
    whole[12:28] = bytes(range(16))
    whole[30] ^= 1
    _write(path, bytes(whole))


def _rewrite(*, forget: bool) -> Change:
    """An arrival's collector changed, payload, entry, hashes, head, records and checkpoints made to fit."""

    def change(copy: Path) -> None:
        _forge_arrival(copy)
        for path in _notes(copy):
            path.unlink()
        memory = next((copy / "keys").rglob("latest.checkpoint"))
        memory.unlink()
        with desk(copy) as here:
            checkpoint(here)
        if not forget:
            original = next((copy.parent / "desk" / "keys").rglob("latest.checkpoint"))
            _write(memory, original.read_bytes())

    return change


def _forge_arrival(copy: Path) -> None:
    with closing(sqlite3.connect(copy / DATABASE, isolation_level=None)) as connection:
        rows = connection.execute("SELECT seq, leaf, file, offset_bytes, length_bytes FROM entries").fetchall()
        seq, leaf, file, offset, length = next(row for row in reversed(rows) if b'"arrived"' in row[1])
        path = copy / "archive" / "payloads" / file[:2] / file[2:]
        whole = bytearray(path.read_bytes())
        begin = offset + 12
        salt, body = bytes(whole[begin : begin + 16]), bytes(whole[begin + 16 : begin + 16 + length])
        forged = body.replace(b'"collector":"desk"', b'"collector":"Desk"')
        whole[begin + 16 : begin + 16 + length] = forged
        _write(path, bytes(whole))
        entry = read_entry(leaf)
        new = entry_bytes(
            Entry(seq=seq, at=entry.at, actor=entry.actor, kind=entry.kind, payload=payload_digest(salt, forged))
        )
        connection.execute("UPDATE entries SET leaf = ?, hash = ? WHERE seq = ?", (new, leaf_hash(new), seq))
        connection.execute("UPDATE arrivals SET collector = 'Desk' WHERE seq = ?", (seq,))
    _set_head(copy)


def _roll_back(*, forget: bool) -> Change:
    def change(copy: Path) -> None:
        shutil.rmtree(copy / "archive")
        shutil.copytree(copy / "yesterday", copy / "archive")
        if forget:
            next((copy / "keys").rglob("latest.checkpoint")).unlink()

    return change


def _older_database(copy: Path) -> None:
    shutil.copy(copy / "yesterday" / "records.sqlite", copy / DATABASE)


def _stranger_key(copy: Path) -> None:
    """The last checkpoint signed again by a key made for the purpose, under the archive's name."""
    import base64

    from firsthand.ledger.notes import read_note, read_public_key, signed_note
    from firsthand.notary.keys import FolderKeys

    path = _notes(copy)[-1]
    text = read_note(path.read_bytes()).text
    keys = FolderKeys(folder=copy / "stranger", name=text.decode().split("\n")[0])
    key = read_public_key(keys.make())
    assert base64.b64encode(key.raw)
    _write(path, signed_note(text, key, keys.sign(text)))


def _second_log(copy: Path) -> None:
    """Another history of the same length under the same checkpoints."""
    _forge_arrival(copy)


def _forged_stamp(copy: Path) -> None:
    path = _notes(copy)[-1]
    path.with_suffix(".tsr").write_bytes(json.dumps({"stamped": "2020-01-01"}).encode())


def _remove_note(place: int) -> Change:
    return lambda copy: _notes(copy)[place].unlink()


def _rename_note(copy: Path) -> None:
    path = _notes(copy)[-1]
    path.rename(path.with_name("000000000002.checkpoint"))


def _other_id(copy: Path) -> None:
    path = copy / "archive" / "archive.toml"
    path.write_text(path.read_text().replace('id = "archive_', 'id = "archive_f'))


def _sealed(act: Callable[[Path], object]) -> Change:
    return lambda copy: (act(_sealed_files(copy)[0]), None)[1]


def _swap_sealed(copy: Path) -> None:
    one, other = _sealed_files(copy)[:2]
    held = one.read_bytes()
    _write(one, other.read_bytes())
    _write(other, held)


def _linked(path: Path) -> None:
    target = path.parents[4] / "moved"
    path.rename(target)
    path.symlink_to(target)


def _sealed_files(copy: Path) -> list[Path]:
    return sorted(path for path in (copy / "archive" / "sealed").rglob("*") if path.is_file())


def _payload_files(copy: Path) -> list[Path]:
    return sorted(path for path in (copy / "archive" / "payloads").rglob("*") if path.is_file())


def _notes(copy: Path) -> list[Path]:
    return sorted((copy / "archive" / "checkpoints").glob("*.checkpoint"))


def _write(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
