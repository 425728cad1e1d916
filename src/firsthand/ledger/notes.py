"""Checkpoints as C2SP signed notes: the log's size and head as text that people can keep, mail and print.

A checkpoint's text is

    <origin>
    <size of the log>
    <tree head, base64>
    <further lines of ours: `at …`, `after …`>

followed by an empty line and one line a signature: an em dash, the key's name, base64 of key id and Ed25519 signature.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

ED25519 = b"\x01"
_SIGNATURE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_EXTENSION = re.compile(r"(at|after) (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log of `origin` had this size and this tree head (hex). at: by the signer's own clock.

    after: SHA-256 in hex of the signed note before this one; empty for the first. It chains them, so that one taken
    out of the middle is missed.
    """

    origin: str
    size: int
    root: str
    at: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """An Ed25519 key that checks notes. raw: 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: who is said to have signed, and the 64 bytes."""

    name: str
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """text: the signed bytes, up to and with the last newline before the empty line."""

    text: bytes
    signatures: tuple[Signature, ...]


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """The exact bytes that are signed."""
    head = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    lines = [checkpoint.origin, str(checkpoint.size), head]
    lines += [f"{name} {value}" for name, value in (("at", checkpoint.at), ("after", checkpoint.after)) if value]
    return "".join(f"{line}\n" for line in lines).encode()


def read_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint these signed bytes spell; lines of others behind the third are passed over. Raises ValueError."""
    lines = text.decode("utf-8").split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise ValueError("a checkpoint has at least three lines and no empty one")
    origin, size, head = lines[:3]
    root = _from_base64(head)
    if not _SIZE.fullmatch(size) or len(root) != 32:
        raise ValueError("a checkpoint's second line is a number, its third 32 bytes in base64")
    ours = {found[1]: found[2] for line in lines[3:-1] if (found := _EXTENSION.fullmatch(line))}
    at, after = ours.get("at", ""), ours.get("after", "")
    return Checkpoint(origin=origin, size=int(size), root=root.hex(), at=at, after=after)


def signed_note(text: bytes, key: PublicKey, signature: bytes) -> bytes:
    """The note with this one signature."""
    line = base64.b64encode(key.id + signature).decode()
    return text + f"\n— {key.name} {line}\n".encode()


def read_note(note: bytes) -> SignedNote:
    """A signed note taken apart; no signature is checked. Raises ValueError where it is none."""
    text, gap, rest = note.rpartition(b"\n\n")
    if not gap or not rest.endswith(b"\n"):
        raise ValueError("a signed note ends with an empty line and its signatures, one a line")
    signatures = []
    for line in rest.decode("utf-8")[:-1].split("\n"):
        found = _SIGNATURE.fullmatch(line)
        raw = _from_base64(found[2]) if found else b""
        if found is None or len(raw) < 5:
            raise ValueError("a line behind the empty one is no signature")
        signatures.append(Signature(name=found[1], key_id=raw[:4], raw=raw[4:]))
    return SignedNote(text=text + b"\n", signatures=tuple(signatures))


def public_key_text(key: PublicKey) -> str:
    """`name+id+key`, as other programs that check signed notes take it."""
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(ED25519 + key.raw).decode()}"


def read_public_key(text: str) -> PublicKey:
    """The key that `public_key_text` wrote. Raises ValueError for any other text, and where the id does not fit."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _from_base64(encoded)
    key = PublicKey(name=name, raw=raw[1:])
    if not name or raw[:1] != ED25519 or len(raw) != 33 or key_id != key.id.hex():
        raise ValueError("not an Ed25519 key of a signed note")
    return key


def note_digest(note: bytes) -> str:
    """What the next checkpoint's `after` line says of this one."""
    return hashlib.sha256(note).hexdigest()


def _from_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 spelled in another way")
    return raw
