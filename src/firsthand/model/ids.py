"""Names for things. An item is named by its bytes; everything else by a random id that tells nothing."""

import re
import secrets
from typing import NewType

ItemId = NewType("ItemId", str)  # "sha256:" and 64 lower-case hex digits of the sealed file
CaseId = NewType("CaseId", str)
PersonId = NewType("PersonId", str)
ArrivalId = NewType("ArrivalId", str)
SightingId = NewType("SightingId", str)
FindingId = NewType("FindingId", str)
CopyId = NewType("CopyId", str)
TakeId = NewType("TakeId", str)
HoldId = NewType("HoldId", str)
ErasureId = NewType("ErasureId", str)
OffsetId = NewType("OffsetId", str)
MomentId = NewType("MomentId", str)

_ITEM_ID = re.compile(r"sha256:[0-9a-f]{64}\Z")


def item_id(sha256_hex: str) -> ItemId:
    """The item named by these 64 hex digits. Raises ValueError when they are not 64 lower-case hex digits."""
    named = f"sha256:{sha256_hex}"
    if not _ITEM_ID.match(named):
        raise ValueError(f"not a SHA-256 in lower-case hex: {sha256_hex!r}")
    return ItemId(named)


def sha256_of(item: ItemId) -> str:
    """The 64 hex digits of an item's name."""
    return item.removeprefix("sha256:")


def random_id(prefix: str) -> str:
    """A fresh id such as `take_9f3c…`: 96 random bits, so ids made on two machines do not meet.

    Ids stand in the entry log, so they must not be derived from a name, a path or a time.
    """
    return f"{prefix}_{secrets.token_hex(12)}"
