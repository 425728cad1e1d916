"""Sound kept for fine comparison, in a folder of what can be made again: derived/sound/ab/cd/<sha256>.flac."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from firsthand.model.ids import ItemId, sha256_of
from firsthand.storage.durable import make_folder, written_to


@dataclass(frozen=True, slots=True)
class FolderSoundtracks:
    """Implements ports.Soundtracks. Pickles, so that workers elsewhere can keep what they heard."""

    folder: Path

    def keep(self, item: ItemId, flac: bytes) -> None:
        """Keeps an item's sound: written beside its place and renamed, so that no half file is ever read.

        Raises ArchiveError where the disk refuses.
        """
        path = self.path(item)
        making = path.with_name(f".{secrets.token_hex(6)}.making")
        with written_to(path, kept="the sealed file; its sound is kept when it is added again"):
            try:
                # Nothing is made above the archive's own folder, which may have been moved meanwhile.
                make_folder(path.parent, inside=self.folder.parent.parent)
                making.write_bytes(flac)
                os.replace(making, path)
            except OSError:
                with contextlib.suppress(OSError):
                    making.unlink(missing_ok=True)
                raise

    def holds(self, item: ItemId) -> bool:
        """Whether this item's sound lies here."""
        return self.path(item).is_file()

    def flac(self, item: ItemId) -> bytes | None:
        """The FLAC file that was kept; None where there is none."""
        try:
            return self.path(item).read_bytes()
        except FileNotFoundError:
            return None

    def path(self, item: ItemId) -> Path:
        """Where an item's sound lies, or would."""
        name = sha256_of(item)
        return self.folder / name[:2] / name[2:4] / f"{name}.flac"
