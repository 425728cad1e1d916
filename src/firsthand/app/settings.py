"""What a person or a machine may set. Read once, at the door."""

import getpass
import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

ARCHIVE_VARIABLE = "FIRSTHAND_ARCHIVE"
WORKERS_VARIABLE = "FIRSTHAND_WORKERS"
KEYS_VARIABLE = "FIRSTHAND_KEYS"
PASSPHRASE_VARIABLE = "FIRSTHAND_PASSPHRASE"
DEFAULT_ARCHIVE = "firsthand-archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """archive: the folder; acting_as: the person's name as declared; workers: decoding children side by side.

    keys: the folder of signing keys, outside the archive; passphrase: opens them; empty for none.
    """

    archive: Path
    acting_as: str
    workers: int
    keys: Path = field(default_factory=lambda: keys_folder())
    passphrase: str = field(default="", repr=False)


def settings(
    *,
    archive: str | None = None,
    acting_as: str | None = None,
    workers: int | None = None,
    keys: str | None = None,
) -> Settings:
    """Arguments first, then the environment, then defaults: ./firsthand-archive, the account's name, one worker a
    core."""
    return Settings(
        archive=Path(archive or os.environ.get(ARCHIVE_VARIABLE) or DEFAULT_ARCHIVE).absolute(),
        acting_as=acting_as or _account(),
        keys=Path(keys).absolute() if keys else keys_folder(),
        passphrase=os.environ.get(PASSPHRASE_VARIABLE, ""),
        workers=max(1, workers or _whole(os.environ.get(WORKERS_VARIABLE)) or os.cpu_count() or 1),
    )


def keys_folder() -> Path:
    """Where signing keys lie: $FIRSTHAND_KEYS, else the account's own data folder; never in an archive."""
    return Path(os.environ.get(KEYS_VARIABLE) or user_data_path("firsthand") / "keys").absolute()


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # containers without an entry for the running user
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
