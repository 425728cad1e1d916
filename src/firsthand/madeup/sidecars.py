"""What a downloader writes beside a clip: yt-dlp's .info.json, as far as a desk reads it."""

import json
from datetime import UTC
from pathlib import Path

from firsthand.madeup.online import Posted


def write_sidecar(posted: Posted) -> Path:
    """Writes NAME.info.json beside NAME.mp4. Addresses end in .example, so none can be real."""
    post, path = posted.post, posted.path
    posted_at = post.posted_at.astimezone(UTC)
    address = f"https://video.example/@{post.account}/{path.stem}"
    sidecar = {
        "_type": "video",
        "id": path.stem,
        "title": post.caption.split(".")[0],
        "description": post.caption,
        "uploader": post.account,
        "uploader_id": f"@{post.account}",
        "uploader_url": f"https://video.example/@{post.account}",
        "timestamp": int(posted_at.timestamp()),
        "upload_date": posted_at.strftime("%Y%m%d"),
        "webpage_url": address,
        "original_url": address,
        "extractor": "video.example",
        "extractor_key": "MadeUp",
        "view_count": post.views,
        "like_count": post.views // 23,
        "repost_count": post.views // 310,
        "duration": round(posted.length_s, 3),
        "language": post.language,
        "ext": "mp4",
    }
    out = path.with_suffix(".info.json")
    out.write_text(json.dumps(sidecar, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return out
