"""Which entries were erased, and what stands in their place: read from the log itself, before it is replayed."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from firsthand.ledger.entries import payload_digest, read_entry
from firsthand.model.codec import decode_event
from firsthand.model.errors import IntegrityError, MalformedRecord
from firsthand.model.events import Erased
from firsthand.storage.payloads import PayloadFiles, Place


@dataclass(slots=True)
class Gone:
    """entries: number → what is left of it (None: nothing). told: each erasure in words, oldest first."""

    entries: dict[int, bytes | None] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def read_gone(rows: Mapping[int, tuple[bytes, Place]], payloads: PayloadFiles) -> Gone:
    """What the `erased` entries among `rows` say, the later the stronger. rows: number → (leaf, place).

    The latest is read first: an earlier one may itself have been redacted by it. One whose payload is not the one
    recorded says nothing here; replaying names it.
    """
    gone = Gone()
    for seq in sorted(rows, reverse=True):
        leaf, place = rows[seq]
        event = _erasure(seq, leaf, place, gone, payloads)
        if event is None:
            continue
        left = {one.entry: one.document.data for one in event.redacted}
        for entry in event.entries:
            if entry < seq:
                gone.entries.setdefault(entry, left.get(entry))
        files = f", {event.files} sealed files" if event.files else ""
        when = read_entry(leaf).at
        what = f"{len(event.entries)} payloads{files} ({event.what}), {when}"
        by = f"{event.asked_by}, alone: {event.alone}" if event.alone else f"{event.asked_by}, confirmed by another"
        gone.told.append(f"entry {seq}: {what}; order: {event.order}; why: {event.why}; asked for by {by}")
    gone.told.reverse()
    return gone


def _erasure(seq: int, leaf: bytes, place: Place, gone: Gone, payloads: PayloadFiles) -> Erased | None:
    try:
        entry = read_entry(leaf)
        document = gone.entries.get(seq)
        if document is None:
            salt, document = payloads.read(place)
            if payload_digest(salt, document) != entry.payload:
                return None
        event = decode_event(entry.kind, document)
    except (ValueError, TypeError, IntegrityError, MalformedRecord, sqlite3.DatabaseError):
        return None
    return event if isinstance(event, Erased) else None
