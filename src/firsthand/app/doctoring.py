"""Doctor: what this installation has, what it lacks and what that costs, before a case depends on it."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firsthand import __version__
from firsthand.app.settings import Settings
from firsthand.app.wiring import opened
from firsthand.model.errors import FirsthandError
from firsthand.notary.keys import KeyLook, look_at
from firsthand.runtime.machine import Disk, clock_is_kept, disk_of, version_of, version_of_program
from firsthand.runtime.sandbox import WALLS, strongest
from firsthand.storage.sqlite import LIBRARY_VERSION

FEW_BYTES = 5 << 30
# name → (how its version is asked, what is missed without it)
_LIBRARIES = {
    "av": "nothing can be decoded",
    "cryptography": "no checkpoint can be signed",
    "jinja2": "no report can be written",
    "numpy": "nothing can be examined",
    "opencv-python-headless": "pictures cannot be compared",
    "pymediainfo": "some tags of cameras and phones are not read",
    "rfc3161-client": "no checkpoint can be stamped",
    "sqlalchemy": "no archive can be opened",
}
_PROGRAMS = {
    "exiftool": (("-ver",), "times and places in makers' own tags are not read (22 local times of 221 files, not 4)"),
    "bwrap": (("--version",), "one wall less round decoding; the kernel's own walls remain where it has them"),
    "openssl": (("version",), "no second opinion on time stamps"),
}  # fmt: skip
_COST_OF_WALLS = {
    "strong": "",
    "partly": "a decoder taken over by a file could reach some of what your account can; use Linux 5.13 or later",
    "weak": "a decoder taken over by a file could do what your account can; examine doubtful files on Linux",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Something firsthand uses. version: empty where it is missing; then `missed` says what that costs."""

    name: str
    version: str
    missed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What doctor found. advice: what somebody should do, most pressing first; empty: nothing."""

    components: tuple[Component, ...]
    walls: tuple[str, ...]
    walls_shown: str
    walls_missing: tuple[str, ...]
    strength: str
    archive: str
    archive_state: str
    disk: Disk
    keys: KeyLook
    clock: str
    advice: tuple[str, ...]


def check_up(settings: Settings) -> Checkup:
    """Looks at this machine and, where there is one, at the archive. Changes nothing."""
    sandbox = strongest()
    libraries = [Component(name=n, version=version_of(n), missed=missed) for n, missed in _LIBRARIES.items()]
    programs = [
        Component(name=name, version=version_of_program(name, *asked), missed=missed)
        for name, (asked, missed) in _PROGRAMS.items()
    ]
    disk = disk_of(settings.archive)
    seen = _archive(settings)
    keys = look_at(settings.keys / seen.id)
    clock, clock_advice = _clock(seen.latest_at)
    unfinished = "an erasure was cut short, and some of it still lies here: firsthand erase --finish"
    advice = [clock_advice, unfinished * seen.unfinished, _COST_OF_WALLS[sandbox.strength]]
    advice += [_disk_advice(disk, settings.archive), _keys_advice(keys, settings.archive, made=bool(seen.id))]
    advice += [f"{one.name} is missing: {one.missed}" for one in (*libraries, *programs) if not one.version]
    return Checkup(
        components=(*_versions(), *libraries, *programs),
        walls=sandbox.walls,
        walls_shown=sandbox.shown,
        walls_missing=tuple(wall for wall in WALLS if wall not in sandbox.walls),
        strength=sandbox.strength,
        archive=str(settings.archive),
        archive_state=seen.state,
        disk=disk,
        keys=keys,
        clock=clock,
        advice=tuple(line for line in advice if line),
    )


def document(checkup: Checkup) -> dict[str, Any]:
    """firsthand.doctor/1"""
    return {
        "schema": "firsthand.doctor/1",
        "version": __version__,
        "components": [
            {"name": one.name, "version": one.version or None, "without_it": one.missed} for one in checkup.components
        ],
        "sandbox": {
            "walls": list(checkup.walls),
            "missing": list(checkup.walls_missing),
            "strength": checkup.strength,
        },
        "archive": {"place": checkup.archive, "state": checkup.archive_state},
        "disk": {
            "free_bytes": checkup.disk.free_bytes,
            "total_bytes": checkup.disk.total_bytes,
            "file_system": checkup.disk.file_system,
            "encrypted": checkup.disk.encrypted,
            "encrypted_how": checkup.disk.how,
        },
        "keys": {
            "place": str(checkup.keys.place),
            "held": checkup.keys.held,
            "locked": checkup.keys.locked,
            "open_to_others": checkup.keys.open_to_others,
        },
        "clock": checkup.clock,
        "advice": list(checkup.advice),
    }


def keys_state(keys: KeyLook) -> str:
    """In words."""
    if not keys.held:
        return "no key yet: the first command that writes makes one"
    return "locked by a passphrase" if keys.locked else "not locked: whoever can read the file can sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Archive:
    """The archive's state in words, its id, when its log was last written to, and whether an erasure waits."""

    state: str
    id: str = ""
    latest_at: str = ""
    unfinished: bool = False


def _archive(settings: Settings) -> _Archive:
    if not (settings.archive / "archive.toml").exists():
        return _Archive(state="there is none yet")
    try:
        with opened(settings, finishing=False) as desk:
            items, size = len(desk.records.items()), desk.records.head().size
            writable = desk.custody.checked.writable
            return _Archive(
                state=f"{items} items, {size} entries" + ", can be read and not written" * (not writable),
                id=desk.custody.archive_id,
                latest_at=max((entry.at for entry in desk.records.log(max(0, size - 1))), default=""),
                unfinished=desk.custody.destroyer.pending(),
            )
    except FirsthandError as error:
        return _Archive(state=f"cannot be opened: {error.why}")


def _versions() -> list[Component]:
    """firsthand itself, and what comes with Python or inside a library."""
    ours = [("firsthand", __version__), ("Python", platform.python_version()), ("SQLite", LIBRARY_VERSION)]
    return [Component(name=name, version=version, missed="nothing runs") for name, version in ours]


def _keys_advice(keys: KeyLook, archive: Path, *, made: bool) -> str:
    if keys.place.resolve().is_relative_to(archive.resolve()):
        return "the signing keys lie in the archive: whoever copies it can sign for you; set FIRSTHAND_KEYS elsewhere"
    if keys.open_to_others:
        return f"other accounts can read the signing key: chmod -R go= {keys.place}"
    if made and not keys.held:
        return f"this machine has no key for the archive in {keys.place}: bring it along, or a new one will be named"
    return ""


def _clock(latest_at: str) -> tuple[str, str]:
    now = datetime.now(UTC)
    kept = {
        True: "kept by the network",
        False: "not kept by the network",
        None: "the system does not tell if it is kept",
    }
    shown = f"{now.isoformat(timespec='seconds')}, {kept[clock_is_kept()]}"
    if latest_at and datetime.fromisoformat(latest_at) > now:
        return shown, f"the clock stands before the archive's last entry ({latest_at}): set it right before adding more"
    if now.year < 2025:
        return shown, "the clock cannot be right: set it before adding anything"
    return shown, ""


def _disk_advice(disk: Disk, archive: Path) -> str:
    if disk.free_bytes < FEW_BYTES:
        return f"only {disk.free_bytes / 1e9:.1f} GB are free where {archive} lies: make room before adding more"
    if disk.encrypted == "no":
        return "the archive's disk is not encrypted: whoever takes the machine reads who gave what"
    return ""
