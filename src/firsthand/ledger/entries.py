"""One line of the entry log. It names no person, place or file: those stand in the payload alone."""

import hashlib
import json
import re
from dataclasses import dataclass

SALT_BYTES = 16
_FIELDS = {"actor", "at", "kind", "payload", "seq"}
_ENCODER = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
_NAME = re.compile(r"[a-z0-9_]{1,64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """seq counts from 0 without gaps; at is RFC 3339 in UTC; payload is the salted digest, 64 hex digits."""

    seq: int
    at: str
    actor: str
    kind: str
    payload: str


def payload_digest(salt: bytes, payload: bytes) -> str:
    """SHA-256 over salt and payload. The salt (16 random bytes) keeps guessed captions from being confirmed
    against the digest once the payload has been erased. Raises ValueError for a salt of another length."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(salt + payload).hexdigest()


def entry_bytes(entry: Entry) -> bytes:
    """The exact bytes of the entry's leaf: ASCII JSON with sorted keys and no spaces."""
    fields = {"actor": entry.actor, "at": entry.at, "kind": entry.kind, "payload": entry.payload, "seq": entry.seq}
    return _ENCODER.encode(fields).encode("ascii")


def read_entry(leaf: bytes) -> Entry:
    """The entry these bytes spell. Raises ValueError unless they are exactly what `entry_bytes` writes."""
    fields = json.loads(leaf)
    if not isinstance(fields, dict) or set(fields) != _FIELDS:
        raise ValueError("not an entry: other fields")
    if type(fields["seq"]) is not int or fields["seq"] < 0:
        raise ValueError("not an entry: seq is not a number from 0")
    patterns = {"at": _AT, "actor": _NAME, "kind": _NAME, "payload": _HEX}
    for name, pattern in patterns.items():
        if not isinstance(fields[name], str) or not pattern.match(fields[name]):
            raise ValueError(f"not an entry: {name}")
    entry = Entry(**fields)
    if entry_bytes(entry) != leaf:
        raise ValueError("not an entry: spelled in another way")
    return entry
