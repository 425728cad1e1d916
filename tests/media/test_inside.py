"""Whether ExifTool has to look inside the footage is told from boxes and two searches; in doubt it looks."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from firsthand.media import exiftool
from firsthand.media.inside import may_hold_more
from tests.support.clips import make_clip, tone
from tests.support.missing import missing


def asked(path: Path, content: bytes | None = None) -> bool:
    if content is not None:
        path.write_bytes(content)
    with path.open("rb") as file:
        return may_hold_more(file.fileno())


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "plain.mp4", seconds=0.5, sound=tone()).read_bytes()


def test_pictures_and_sound_alone_hold_nothing_more(tmp_path: Path, plain: bytes) -> None:
    assert asked(tmp_path / "a.mp4", plain) is False


FREE_GPS = b"\0\0\x10\0freeGPS \x4c\0\0\0" + bytes(300)
CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "a dashcam's block between the pictures": lambda plain: plain + box(b"mdat", FREE_GPS),
    "a block across two pieces": lambda plain: plain + box(b"mdat", bytes((1 << 18) - len(plain) - 12) + FREE_GPS),
    "camera data in the H.264 stream": lambda plain: plain + box(b"mdat", b"\x06\x05\x20MDPM" + bytes(40)),
    "positions in a box that others leave empty": lambda plain: plain + box(b"free", box(b"gps ", b"$GPRMC,1")),
    "a box of the camera's own": lambda plain: plain + box(b"GPS ", bytes(32)),
    "sensors in a box with a number": lambda plain: plain + box(b"uuid", bytes(range(16)) + bytes(32)),
    "something behind the last box": lambda plain: plain + b"8db42d694ccc418790edff439fe026bf",
    "a track of another kind": lambda plain: plain.replace(b"soun", b"meta", 1),
    "EXIF in a box that others leave empty": lambda plain: plain + box(b"free", b"Exif\0\0MM\0\x2a"),
    "pictures as JPEG": lambda plain: plain.replace(b"stts", b"JPEG", 1),
    "no boxes at all": lambda plain: b"\x1a\x45\xdf\xa3" + bytes(200),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_what_may_hold_more_is_looked_into(tmp_path: Path, plain: bytes, change: Callable[[bytes], bytes]) -> None:
    assert asked(tmp_path / "b.mp4", change(plain)) is True


def test_damage_raises_nothing(tmp_path: Path, plain: bytes) -> None:
    for at in range(0, min(len(plain), 4000), 7):
        asked(tmp_path / "c.mp4", plain[:at] + b"\xff\0\xff" + plain[at + 3 :])


def test_exiftool_says_the_same_where_it_is_not_asked_to_look(
    tmp_path: Path, plain: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("exiftool") is None:
        missing("ExifTool is not installed")
    path = tmp_path / "d.mp4"
    path.write_bytes(plain)
    reader = exiftool.ExifTool()
    try:
        with path.open("rb") as file:
            quickly = reader.read(file.fileno())
            monkeypatch.setattr(exiftool, "may_hold_more", lambda descriptor: True)
            slowly = reader.read(file.fileno())
    finally:
        reader.close()
    assert quickly.reader.startswith("exiftool")
    assert set(quickly.tags) == {tag for tag in slowly.tags if tag.where != "Composite"}
