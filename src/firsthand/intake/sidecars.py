"""What a downloader wrote beside a clip: where it was seen online. Judged on bytes handed in; nothing is opened here.

Read is yt-dlp's `NAME.info.json` beside `NAME.mp4`. Everything in it is the platform's and the uploader's word, and
anybody may have written the file: it is kept whole, and what is taken out of it is shown as what it says.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from firsthand.model.sightings import Post, Reach
from firsthand.model.time import instant_text

SIDECAR_ENDING = ".info.json"
MOST_BYTES = 8 << 20
"""yt-dlp lists every format and comment it met; usual files hold 20 kB to 1 MB."""

# These extractors know no post: their time is when the file itself was last changed (measured on a local server).
_NO_POST = {"generic", "html5"}
_DAY = re.compile(r"\d{8}\Z")
_MOST_COUNT = 2**53


class NotASidecar(ValueError):
    """The bytes are no account of a clip. Its text says why."""


def sidecar_of(name: str) -> str:
    """The name that a sidecar of the clip of this name has."""
    stem, dot, _ = name.rpartition(".")
    return (stem if dot and stem else name) + SIDECAR_ENDING


def read_sidecar(data: bytes) -> tuple[Post, str]:
    """What it says of the clip's post, and its text as it was.

    Raises NotASidecar for bytes that are no JSON object, too many, or say nothing of a post.
    """
    if len(data) > MOST_BYTES:
        raise NotASidecar(f"larger than {MOST_BYTES >> 20} MB")
    try:
        record = data.decode("utf-8")
        says = json.loads(record, parse_constant=lambda _: None)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotASidecar(f"not JSON in UTF-8: {error}" if str(error) else "not JSON in UTF-8") from error
    if not isinstance(says, dict):
        raise NotASidecar("not an account of one clip")
    extractor = _text(says, "extractor_key") or _text(says, "extractor")
    posted_from, posted_until = _posted(says)
    post = Post(
        platform=_text(says, "extractor") or extractor,
        link=_text(says, "webpage_url") or _text(says, "original_url"),
        account=_text(says, "uploader_id") or _text(says, "channel_id"),
        account_name=_text(says, "uploader") or _text(says, "channel"),
        caption=_text(says, "description") or _text(says, "title"),
        posted_from=posted_from,
        posted_until=posted_until,
        posted_basis="file" if extractor.casefold() in _NO_POST else "post",
        reach=Reach(
            views=_count(says, "view_count"),
            likes=_count(says, "like_count"),
            reposts=_count(says, "repost_count"),
            comments=_count(says, "comment_count"),
        ),
    )
    if not (post.link or post.account or post.account_name or post.caption or post.posted_from):
        raise NotASidecar("it names no link, account, caption or time")
    return post, record


def _text(says: dict[str, Any], name: str) -> str:
    value = says.get(name)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _count(says: dict[str, Any], name: str) -> int | None:
    value = says.get(name)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_COUNT
    return value if usable else None


def _posted(says: dict[str, Any]) -> tuple[str, str]:
    """From and until, both empty where it tells no time that can be. yt-dlp's times and days are UTC."""
    stamp = says.get("timestamp")
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        try:
            at = instant_text(datetime.fromtimestamp(stamp, UTC))
        except (ValueError, OverflowError, OSError):
            return "", ""
        return at, at
    day = says.get("upload_date")
    if isinstance(day, str) and _DAY.match(day):
        try:
            began = datetime(int(day[:4]), int(day[4:6]), int(day[6:]), tzinfo=UTC)
            return instant_text(began), instant_text(began + timedelta(days=1) - timedelta(microseconds=1))
        except (ValueError, OverflowError):
            return "", ""
    return "", ""
