"""One line of the entry log. It names no person, place or file: those stand in the payload alone."""

import hashlib
import json
import re
from dataclasses import dataclass

SALT_BYTES = 16
_ENCODER = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))
_LEAF = re.compile(
    r'\{"actor":"(?P<actor>[a-z0-9_]{1,64})",'
    r'"at":"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)",'
    r'"kind":"(?P<kind>[a-z0-9_]{1,64})",'
    r'"payload":"(?P<payload>[0-9a-f]{64})",'
    r'"seq":(?P<seq>0|[1-9]\d{0,17})\}'
)


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
    read = _LEAF.fullmatch(str(leaf, "ascii"))
    if read is None:
        raise ValueError("not an entry, or spelled in another way")
    actor, at, kind, payload, seq = read.groups()
    return Entry(seq=int(seq), at=at, actor=actor, kind=kind, payload=payload)
