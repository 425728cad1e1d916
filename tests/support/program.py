"""Runs `firsthand` as a person or a script would: in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    talk: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        return document


def command(*arguments: str | os.PathLike[str]) -> list[str]:
    """The command line that runs this checkout's firsthand."""
    return [sys.executable, "-m", "firsthand.cli.main", *(os.fspath(argument) for argument in arguments)]


def environment() -> dict[str, str]:
    """The environment with this checkout's package first, no archive named in it, and keys of the test run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FIRSTHAND_") or name == "FIRSTHAND_KEYS"  # never the account's own keys
    }
    return {**kept, "PYTHONPATH": str(SOURCE), "COLUMNS": "160"}


def firsthand(*arguments: str | os.PathLike[str], cwd: Path | None = None) -> Ran:
    """Runs one command to its end."""
    done = subprocess.run(command(*arguments), capture_output=True, env=environment(), cwd=cwd, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"))
