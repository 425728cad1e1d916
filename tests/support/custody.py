"""A small desk for tests of custody: real storage, keys and log; nothing is decoded."""

import io
import sys
from pathlib import Path

from firsthand.app.checkpointing import checkpoint
from firsthand.app.desk import Desk
from firsthand.app.settings import Settings
from firsthand.app.wiring import opened, opened_or_made
from firsthand.model.events import Arrived, FindingMade, Sealed
from firsthand.model.ids import ArrivalId, FindingId, ItemId, random_id
from firsthand.model.outcomes import EngineId, NothingThere


class Silent:
    """Implements ports.Progress."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def tell(self, sentence: str) -> None: ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...


def settings(folder: Path, *, acting_as: str = "ann", passphrase: str = "", keys: str = "keys") -> Settings:
    """An archive at folder/archive whose keys lie at folder/keys."""
    return Settings(
        archive=folder / "archive", acting_as=acting_as, workers=1, keys=folder / keys, passphrase=passphrase
    )


def desk(folder: Path, *, acting_as: str = "ann", passphrase: str = "", keys: str = "keys") -> Desk:
    """The archive, made if it is not there."""
    return opened_or_made(settings(folder, acting_as=acting_as, passphrase=passphrase, keys=keys))


def desk_at(archive: Path, keys: Path, *, acting_as: str = "ann") -> Desk:
    """An archive anywhere."""
    return opened(Settings(archive=archive, acting_as=acting_as, workers=1, keys=keys, passphrase=""))


def receive(here: Desk, content: bytes, *, name: str, case: str = "kyiv", obtained_from: str = "a neighbour") -> ItemId:
    """As `add` would, without examining: sealed, arrived, one finding."""
    held = here.opened_case(case)
    sealed = here.sealed.seal(io.BytesIO(content))
    here.write(
        Sealed(item=sealed.item, bytes=sealed.bytes),
        Arrived(
            arrival=ArrivalId(random_id("arrival")),
            item=sealed.item,
            case=held.id,
            collector="desk",
            obtained_from=obtained_from,
            how="by hand",
            path=f"/clips/{name}",
            name=name,
            modified_at="2022-02-26T14:30:00.000000Z",
        ),
    )
    here.write(
        FindingMade(
            finding=FindingId(random_id("finding")),
            item=sealed.item,
            made_by=EngineId(name="sound", version=1),
            outcome=NothingThere(why=f"no sound in {name}"),
            environment="test",
        )
    )
    return sealed.item


def filled(folder: Path, *, items: int = 3) -> list[ItemId]:
    """An archive of a few items with a checkpoint after each."""
    received = []
    for number in range(items):
        with desk(folder) as here:
            received.append(receive(here, content(number), name=f"clip-{number}.mp4"))
            checkpoint(here)
    return received


def content(number: int) -> bytes:
    """The bytes of the clip of this number, easy to search for."""
    return f"FOOTAGE-{number}-".encode() * 300


def bytes_under(folder: Path) -> bytes:
    """All bytes of all files, and their names."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.name.encode())
        if path.is_file():
            parts.append(path.read_bytes())
    return b"\0".join(parts)


PYTHON = [sys.executable, "-I"]
