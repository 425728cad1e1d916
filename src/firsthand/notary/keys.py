"""The desk's signing keys: one folder an archive, outside the archive, for its owner alone.

    <keys>/<archive id>/signing.pem          Ed25519, PKCS #8, with a passphrase if one was set
    <keys>/<archive id>/latest.checkpoint    the latest note that was signed here
    <keys>/<archive id>/latest.roots         what its head was made of: signing the next one goes on from there

The latest note is this machine's own memory: an archive put back to yesterday's state no longer reaches it.
cryptography is loaded where it is used: a command that only looks does not wait for it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.ledger.notes import PublicKey, Signature, public_key_text
from firsthand.model.errors import ArchiveError, KeyLocked

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE, LATEST_FILE, ROOTS_FILE = "signing.pem", "latest.checkpoint", "latest.roots"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderKeys:
    """The keys of one archive. name: what signatures are made under; passphrase: empty for none."""

    folder: Path
    name: str
    passphrase: str = ""

    def public(self) -> str:
        """The key that signs now, as signed notes write it; empty: there is none yet. Raises KeyLocked."""
        path = self.folder / KEY_FILE
        return _public(self._private(path), self.name) if path.is_file() else ""

    def first(self) -> str:
        """The key that signs now, made where there is none: of several who make one at once, the first one's.

        Raises as `make` does.
        """
        if not (self.folder / KEY_FILE).is_file():
            self._write(self.folder / KEY_FILE, self._fresh()[0], replacing=False)
        return self.public()

    def make(self) -> str:
        """Makes a new signing key in the place of the one before, which is not needed again: what it signed is checked
        by its public half, in the log.

        Raises KeyLocked for one that cannot be opened, ArchiveError where the new one cannot be kept.
        """
        pem, public = self._fresh()
        self.public()  # whoever cannot open the old key may not replace it
        self._write(self.folder / KEY_FILE, pem)
        return public

    def _fresh(self) -> tuple[bytes, str]:
        """A new private key as a file, locked where there is a passphrase; and its public half."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.generate()
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if self.passphrase:
            encryption = serialization.BestAvailableEncryption(self.passphrase.encode())
        pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        return pem, _public(private, self.name)

    def sign(self, text: bytes) -> bytes:
        """64 bytes. Raises KeyLocked, ArchiveError where there is no key."""
        return self._private(self.folder / KEY_FILE).sign(text)

    def latest(self) -> bytes:
        """The latest note signed here; empty: none is remembered."""
        path = self.folder / LATEST_FILE
        return path.read_bytes() if path.is_file() else b""

    def latest_roots(self) -> bytes:
        """The roots remembered with it; empty: none are."""
        path = self.folder / ROOTS_FILE
        return path.read_bytes() if path.is_file() else b""

    def remember(self, note: bytes, roots: bytes) -> None:
        """Keeps the note as the latest, and the roots under its head. Cut short between the two, they do not fit each
        other, and whoever reads them sees it."""
        self._write(self.folder / LATEST_FILE, note)
        self._write(self.folder / ROOTS_FILE, roots)

    def _private(self, path: Path) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        password = self.passphrase.encode() or None
        try:
            pem = path.read_bytes()
            encrypted = b"ENCRYPTED" in pem
            private = serialization.load_pem_private_key(pem, password if encrypted else None)
        except OSError as error:
            raise ArchiveError(str(path), why=error.strerror or str(error), next_step="firsthand checkpoint") from error
        except (ValueError, TypeError) as error:
            raise KeyLocked(
                str(path),
                why="the signing key needs its passphrase" if password is None else "the passphrase does not open it",
                kept="what was written is kept, unsigned",
                next_step="set FIRSTHAND_PASSPHRASE, then: firsthand checkpoint",
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyLocked(str(path), why="it is no Ed25519 key", next_step="firsthand checkpoint --new-key WHY")
        return private

    def _write(self, path: Path, content: bytes, *, replacing: bool = True) -> None:
        """Whole or not at all, readable for its owner alone. replacing: else what is there already stays."""

        def written() -> None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            making = path.with_name(f".{path.name}.{os.getpid()}.making")
            making.unlink(missing_ok=True)
            descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            if replacing:
                os.replace(making, path)
            else:
                _put_first(making, path)

        self._told(written)

    def _told(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as error:
            raise ArchiveError(
                str(self.folder),
                why=f"keys cannot be kept there: {error.strerror or error}",
                kept="what was written to the archive is kept, unsigned",
                next_step="name a folder of your own with FIRSTHAND_KEYS",
            ) from error


def _put_first(making: Path, path: Path) -> None:
    """Puts the file in its place unless something is there."""
    try:
        os.link(making, path)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise
        if not path.exists():  # a file system without second names: two at once may meet here
            os.replace(making, path)
    making.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLook:
    """A signing key seen from outside. held: there is one; locked: it needs a passphrase; open_to_others: other
    accounts of this machine can read it."""

    place: Path
    held: bool
    locked: bool
    open_to_others: bool


def look_at(folder: Path) -> KeyLook:
    """The signing key in this folder, without opening it."""
    path = folder / KEY_FILE
    try:
        pem, mode = path.read_bytes(), path.stat().st_mode
    except OSError:
        return KeyLook(place=folder, held=False, locked=False, open_to_others=False)
    return KeyLook(
        place=folder,
        held=True,
        locked=b"ENCRYPTED" in pem,
        open_to_others=os.name != "nt" and bool(mode & 0o077),
    )


def signed_by(key: PublicKey, text: bytes, signature: Signature) -> bool:
    """Whether this key made this signature over these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if signature.name != key.name or signature.key_id != key.id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature.raw, text)
    except InvalidSignature:
        return False
    return True


def _public(private: Ed25519PrivateKey, name: str) -> str:
    from cryptography.hazmat.primitives import serialization

    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return public_key_text(PublicKey(name=name, raw=raw))
