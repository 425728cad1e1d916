"""Two archives that should be the same: entry for entry, file for file."""

from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.app.verifying import Verified

LISTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """same: same log and same sealed files, and the other archive passed its own check."""

    same: bool
    differences: tuple[str, ...]
    told: tuple[str, ...]
    other: Verified


def compare(here: Desk, other: Desk, *, other_verified: Verified) -> Compared:
    """Where the other archive differs from this one. Each must have been verified: what lies here is not hashed
    again."""
    differences = []
    if here.custody.archive_id != other.custody.archive_id:
        differences.append(
            f"they are two archives, not replicas: {here.custody.archive_id} and {other.custody.archive_id}"
        )
    differences += _entries(here, other)
    ours, theirs = set(here.sealed.items()), set(other.sealed.items())
    differences += [f"{item}: sealed in {here.place}, not in {other.place}" for item in sorted(ours - theirs)]
    differences += [f"{item}: sealed in {other.place}, not in {here.place}" for item in sorted(theirs - ours)]
    differences += [f"{other.place}: {one.where}: {one.what}" for one in other_verified.problems]
    known = set(here.custody.checkpoints.sizes()) ^ set(other.custody.checkpoints.sizes())
    told = [f"{len(known)} checkpoints are kept in one of them alone"] if known else []
    return Compared(
        same=not differences, differences=tuple(differences[:LISTED]), told=tuple(told), other=other_verified
    )


def _entries(here: Desk, other: Desk) -> list[str]:
    ours, theirs = here.records.leaf_hashes(), other.records.leaf_hashes()
    shared = min(len(ours), len(theirs))
    found = []
    if ours[:shared] != theirs[:shared]:
        first = next(at for at in range(0, shared, 32) if ours[at : at + 32] != theirs[at : at + 32])
        found.append(f"the logs part ways at entry {first // 32}")
    elif len(ours) != len(theirs):
        shorter, longer = (here, other) if len(ours) < len(theirs) else (other, here)
        lacking = abs(len(ours) - len(theirs)) // 32
        found.append(f"{shorter.place} lacks the last {lacking} entries of {longer.place}: it is an older copy")
    return found
