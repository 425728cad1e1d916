"""Which device the file names, and which programs left their mark. Indications only: scripts strip and forge them."""

import re
from collections.abc import Iterable

from firsthand.model.findings import Tag

# Pattern over "name=value", and what it points to. Measured on phones', platforms' and editors' files.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"=Twitter-vork muxer", "X (Twitter)"),
        (r"=ISO Media file produced by Google", "YouTube or another Google service"),
        (r"=vid:v|aigc_info|^vid=v", "TikTok"),
        (r"=.*\bLavf\d", "FFmpeg (container written anew)"),
        (r"=.*\bLavc\d", "FFmpeg (encoded anew)"),
        (r"=.*\bHandBrake\b", "HandBrake"),
        (r"=.*\bx26[45]\b", "x264 or x265 encoder"),
        (r"=.*\b(Adobe|Premiere|After Effects)\b", "Adobe software"),
        (r"=.*\b(CapCut|InShot|KineMaster|DaVinci Resolve|Final Cut|iMovie|VivaVideo)\b", "editing software"),
        (r"=.*\bWhatsApp\b", "WhatsApp"),
        (r"=.*\bTelegram\b", "Telegram"),
        (r"=.*\bGPAC\b", "GPAC (MP4Box)"),
        (r"=.*\bMainconcept\b", "MainConcept encoder, as in editing software"),
        (r"=LAME\d", "LAME MP3 encoder"),
        (r"=(Video|Sound)Handle\s*\Z", "Android's muxer: recorded or exported on an Android device"),
        (r"=Core Media (Video|Audio)", "Apple Core Media: recorded or exported on an Apple device"),
    )
)
_ANY_MARK = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _MARKS), re.IGNORECASE)
_WHERE_MARKS_STAND = re.compile(
    r"handler|encod|software|writing|tool|comment|description|vid\Z|aigc|history|creator|library|title|application|"
    r"compressor|muxer|producer",
    re.IGNORECASE,
)
_MAKE = {"make", "comapplequicktimemake", "comandroidmanufacturer", "manufacturer"}
_MODEL = {"model", "comapplequicktimemodel", "comandroidmodel"}
_SOFTWARE = {"software", "comapplequicktimesoftware", "firmware", "comandroidversion"}


def device_of(tags: Iterable[Tag]) -> str:
    """Make, model, software as the file claims them, each once, joined by ", "; empty: it does not say."""
    found: dict[str, str] = {}
    for tag in tags:
        plain = re.sub(r"[^a-z]", "", tag.name.lower())
        for part, names in (("make", _MAKE), ("model", _MODEL), ("software", _SOFTWARE)):
            if plain in names and tag.value.strip():
                value = tag.value.strip()
                found.setdefault(part, f"Android {value}" if plain == "comandroidversion" else value)
    return ", ".join(found[part] for part in ("make", "model", "software") if part in found)


def rewriters_of(tags: Iterable[Tag]) -> tuple[str, ...]:
    """Who seems to have written or rewritten the file, with the tag that says so; each once."""
    found: dict[str, str] = {}
    for tag in tags:
        if tag.name == "XMPToolkit" or not _WHERE_MARKS_STAND.search(tag.name):
            continue  # the toolkit names Adobe in everybody's files
        said = f"{tag.name}={tag.value[:500]}"
        if not _ANY_MARK.search(said):
            continue
        for pattern, words in _MARKS:
            if words not in found and pattern.search(said):
                found[words] = f"{words}: {tag.name} “{tag.value.strip()[:80]}” ({tag.reader}, {tag.where})"
    return tuple(found.values())
