"""How often sealed files are hashed again, and how fast: schedule.toml in the archive's folder, written by hand.

[fixity]
every_days = 90              a sealed file is due this long after its last check
at_most_mb_per_s = 50        0 or left out: as fast as the disk gives
"""

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from firsthand.model.errors import UsageError

FILE = "schedule.toml"
EVERY_DAYS = 90.0
MOST_DAYS = 36_500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """every_days: how long a check holds; at_most_bytes_per_s: 0 for no limit."""

    every_days: float = EVERY_DAYS
    at_most_bytes_per_s: float = 0.0


def read_schedule(folder: Path) -> Schedule:
    """The archive's schedule, or the default of 90 days. Raises UsageError for a file that does not say one."""
    path = folder / FILE
    if not path.is_file():
        return Schedule()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        fixity = said.get("fixity", {})
        every_days, speed = float(fixity.get("every_days", EVERY_DAYS)), float(fixity.get("at_most_mb_per_s", 0))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise _wrong(path, str(error)) from error
    if strange := set(said) - {"fixity"}:
        raise _wrong(path, f"{sorted(strange)[0]!r} does not stand under [fixity]")
    if unknown := set(fixity) - {"every_days", "at_most_mb_per_s"}:
        raise _wrong(path, f"[fixity] has no {sorted(unknown)[0]!r}")
    if not 0 <= every_days <= MOST_DAYS or not 0 <= speed < math.inf:
        raise _wrong(path, f"every_days is 0 to {MOST_DAYS:.0f}, at_most_mb_per_s 0 or more")
    return Schedule(every_days=every_days, at_most_bytes_per_s=speed * 1e6)


def _wrong(path: Path, why: str) -> UsageError:
    return UsageError(str(path), why=why, next_step="put it right, or take the file away for the default of 90 days")
