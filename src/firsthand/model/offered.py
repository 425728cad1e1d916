"""What the world offers: paths a person named, with what the file system says of them."""

from dataclasses import dataclass
from typing import Literal

OfferedKind = Literal["file", "special", "dangling_link", "unreadable", "link_out"]
HEAD_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A path somebody offered, with what the file system says of it.

    path: absolute; bytes that are not UTF-8 as surrogate escapes. named: the person named it, it was not met in a
    folder. modified_at: RFC 3339, the file system's word. head: the first 16 bytes.
    """

    path: str
    name: str
    kind: OfferedKind
    named: bool
    head: bytes
    bytes: int
    modified_at: str
    why: str = ""  # the system's own words where it cannot be read
