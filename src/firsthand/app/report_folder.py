"""The folder a report lies in: files written whole, an earlier report replaced, nothing else touched."""

import os
import re
from pathlib import Path

from firsthand.model.errors import ArchiveError, UsageError
from firsthand.model.text import shown
from firsthand.publish.content import Page

MARK = "ABOUT-THIS-FOLDER.txt"
_MARKED = "This folder is a report made by firsthand. Open index.html in any browser; no network is needed.\n"
# The only names we ever write, so the only ones we ever remove.
_OURS = re.compile(
    r"(index|unread|takes-\d+|moments-\d+)\.html\Z|assets/(style\.css|report\.js|takes-\d+\.js)\Z"
    r"|(takes|items|moments)/[a-z0-9_]+\.html\Z|pictures/[a-z0-9-]+\.jpg\Z|data/[a-z]+(-\d+)?\.json\Z"
)
_FOLDERS = ("", "assets", "takes", "items", "moments", "pictures", "data")


class ReportFolder:
    """Where one report goes. Raises UsageError for a folder that holds anything but a report."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._written: set[str] = set()
        self._empty = not self._folder.is_dir() or not any(self._folder.iterdir())
        self.bytes = 0
        self.largest_bytes = 0
        if self._folder.exists() and not self._folder.is_dir():
            raise UsageError(shown(folder), why="this is a file, and a report is a folder", next_step="name a folder")
        if self._folder.is_dir() and any(self._folder.iterdir()) and not (self._folder / MARK).is_file():
            raise UsageError(
                shown(folder),
                why="the folder is not empty, and what lies there is no report",
                next_step="name a new folder, or an earlier report to replace",
                kept="nothing there was touched",
            )
        for name in _FOLDERS[1:]:
            if (self._folder / name).is_symlink():
                raise UsageError(
                    shown(str(self._folder / name)),
                    why="this is a link, and a report writes no further than its own folder",
                    next_step="remove the link, or name a new folder",
                )

    @property
    def files(self) -> int:
        """How many files were written."""
        return len(self._written)

    def claim(self) -> None:
        """Makes the folder and marks it as ours first, so that an interrupted report can be made again."""
        try:
            for name in _FOLDERS:
                (self._folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._refused(error) from error
        self._put(MARK, _MARKED.encode())

    def read(self, path: str) -> bytes | None:
        """A file of the report that lies there; None: there is none, or it cannot be read."""
        try:
            return (self._folder / path).read_bytes()
        except OSError:
            return None

    def write(self, page: Page) -> None:
        """Writes one file whole: an interrupted report holds no half page. Raises ArchiveError."""
        if not _OURS.match(page.path):
            raise ValueError(f"a report has no file of this name: {page.path}")
        self._put(page.path, page.content)
        self._written.add(page.path)
        self.bytes += len(page.content)
        self.largest_bytes = max(self.largest_bytes, len(page.content))

    def remove_what_was_not_written(self) -> None:
        """Removes what an earlier report left here and this one has not; files of other names stay."""
        for name in _FOLDERS:
            for entry in os.scandir(self._folder / name):
                path = f"{name}/{entry.name}" if name else entry.name
                if path not in self._written and _OURS.match(path) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)

    def _put(self, path: str, content: bytes) -> None:
        target = self._folder / path
        partial = target.with_name(target.name + ".part")
        try:
            if not self._empty:
                partial.unlink(missing_ok=True)
                # Replacing a file makes some file systems flush it at once: six thousand times, that is half a minute.
                target.unlink(missing_ok=True)
            with partial.open("xb") as file:
                file.write(content)
            partial.rename(target)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> ArchiveError:
        return ArchiveError(
            shown(str(self._folder)),
            why=error.strerror or str(error),
            kept="the archive was only read",
            next_step="make room or choose another folder with -o, then run the same command again",
        )
