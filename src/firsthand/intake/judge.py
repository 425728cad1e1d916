"""Is this a file we take? Judged on facts handed in; nothing is opened here."""

from dataclasses import dataclass

from firsthand.model.offered import Offered

MEDIA_ENDINGS = frozenset(
    """
    3g2 3gp aac ac3 aif aiff amr ape apng asf au avi avif bmp caf dv f4v flac flv gif heic heif ivf jfif jpe jpeg jpg
    jxl lrv m1v m2t m2ts m2v m4a m4b m4v mjpeg mjpg mka mkv mov mp2 mp3 mp4 mpe mpeg mpg mpv mts mxf oga ogg ogv opus
    png qt rm rmvb tif tiff ts vob wav weba webm webp wma wmv
    """.split()
)

_MAGIC: tuple[tuple[int, bytes], ...] = (
    (4, b"ftyp"), (4, b"moov"), (4, b"mdat"), (4, b"wide"), (0, b"\x1aE\xdf\xa3"), (0, b"RIFF"), (0, b"OggS"),
    (0, b"fLaC"), (0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf1"), (0, b"\xff\xf9"),
    (0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n\x1a\n"), (0, b"GIF8"), (0, b"BM"), (0, b"II*\x00"), (0, b"MM\x00*"),
    (0, b"\x00\x00\x01\xba"), (0, b"\x00\x00\x01\xb3"), (0, b"FLV\x01"), (0, b"0&\xb2u\x8ef\xcf\x11"),
    (0, b"#!AMR"), (0, b"FORM"), (0, b".snd"), (0, b"caff"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """Why an offered path is left alone. failed: somebody should do something about it."""

    why: str
    failed: bool


def judge(offered: Offered) -> NotTaken | None:
    """None: take it. Anything a person named is taken if it can be read; in a folder, files that neither call
    themselves video, sound or a picture nor begin like one are left where they are. Damaged and empty files with a
    media name are taken: what they were is for the examination, not for the door."""
    match offered.kind:
        case "special":
            return NotTaken(why="not a file: a device, socket or pipe", failed=True)
        case "dangling_link":
            return NotTaken(why="a link that leads nowhere", failed=True)
        case "link_out":
            return NotTaken(why="a link that leads out of the folder; name its target to add it", failed=True)
        case "unreadable":
            return NotTaken(why=f"cannot be read: {offered.why}", failed=True)
        case "file":
            if offered.named or has_media_name(offered.name) or begins_like_media(offered.head):
                return None
            return NotTaken(why="not video, sound or a picture; left where it is", failed=False)


def has_media_name(name: str) -> bool:
    """Whether the name's ending is one that video, sound or pictures carry."""
    stem, dot, ending = name.rpartition(".")
    return bool(dot and stem) and ending.lower() in MEDIA_ENDINGS


def begins_like_media(head: bytes) -> bool:
    """Whether the first bytes are those of a container or picture format we know."""
    return any(head[at : at + len(magic)] == magic for at, magic in _MAGIC)
