"""A phone records a stage: one file with pictures, sound and tags, and what is true about it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from firsthand.madeup.filming import Stage, film
from firsthand.madeup.hearing import recorded
from firsthand.madeup.phones import Phone, Size
from firsthand.madeup.sounds import Source
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.town import on_earth
from firsthand.madeup.truth import TrueCamera, TrueItem, TruePose
from firsthand.media.encode import Encoding, write_clip
from firsthand.model.ids import item_id

POSE_EVERY_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Shot:
    """What one phone films of one stage. begins_s: true second of the stage's story; stage_at: the story's second 0."""

    phone: Phone
    stage: Stage
    sources: tuple[Source, ...]
    stage_at: datetime
    begins_s: float
    length_s: float
    take: str
    seed: int
    file_name: str = ""

    @property
    def zero_at(self) -> datetime:
        """The instant of the file's zero."""
        return self.stage_at + timedelta(seconds=self.begins_s)

    def name(self) -> str:
        """The file's name, as the phone gives it."""
        return self.file_name or self.phone.file_name(self.phone.shows(self.zero_at))

    def true_s(self, own_s: float) -> float:
        """A second of the file as a true second of the story."""
        return self.begins_s + own_s / self.phone.rate


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A file a phone made."""

    shot: Shot
    path: Path
    item: str
    length_s: float  # of the pictures
    pixels: tuple[int, int]  # width and height as displayed
    frames_per_second: Fraction


def record(shot: Shot, folder: Path, *, size: Size, filmed: Callable[[int], None] = lambda frames: None) -> Recorded:
    """Films the shot into the folder. filmed: told the number of frames now and then."""
    phone = shot.phone
    per_second = phone.frame_rate(size)
    count = round(shot.length_s * per_second)
    own_s = np.arange(count) / float(per_second)
    frames = film(
        shot.stage,
        place=phone.place,
        hand=phone.hand,
        look=phone.look,
        size=phone.pixels(size),
        focal_px=phone.focal_px(size),
        times_s=shot.begins_s + own_s / phone.rate,
        seed=shot.seed,
    )
    sound = recorded(
        shot.sources,
        place=phone.place,
        begins_s=shot.begins_s,
        length_s=count / float(per_second),
        rate=phone.rate,
        microphone=phone.microphone,
    )
    path = folder / shot.name()

    def stored() -> Iterator[Texels]:
        for frame in frames:
            filmed(1)
            # Held upright, a phone stores its pictures lying and notes the turn that shows them upright.
            yield np.rot90(frame, 1) if phone.upright else frame

    encoding = Encoding(
        frames_per_second=per_second,
        crf=22,
        turn_deg=90 if phone.upright else 0,
        tags=phone.tags(phone.shows(shot.zero_at), phone),
    )
    write_clip(path, stored(), sound, encoding)
    return Recorded(
        shot=shot,
        path=path,
        item=item_of(path),
        length_s=count / float(per_second),
        pixels=phone.pixels(size),
        frames_per_second=per_second,
    )


def item_of(path: Path) -> str:
    """The item's name: the digest of its bytes."""
    with path.open("rb") as file:
        return item_id(hashlib.file_digest(file, "sha256").hexdigest())


def true_item(made: Recorded, folder: Path) -> TrueItem:
    """What truth.json says of the file."""
    return TrueItem(
        item=made.item,
        name=made.path.name,
        path=made.path.relative_to(folder).as_posix(),
        made="camera",
        length_s=made.length_s,
    )


def true_camera(made: Recorded, size: Size) -> TrueCamera:
    """What truth.json says of the camera."""
    shot, phone = made.shot, made.shot.phone
    width, height = phone.pixels(size)
    focal = phone.focal_px(size)
    lat_deg, lon_deg = on_earth(phone.place)
    poses = []
    for own_s in np.arange(0, made.length_s, POSE_EVERY_S):
        aim = phone.hand.aim(shot.true_s(float(own_s)), shot.stage.story, phone.place)
        poses.append(
            TruePose(at_s=float(own_s), heading_deg=aim.heading_deg % 360, tilt_deg=aim.tilt_deg, roll_deg=aim.roll_deg)
        )
    return TrueCamera(
        item=made.item,
        name=made.path.name,
        phone=phone.name,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        height_m=float(phone.place[2]),
        east_m=float(phone.place[0]),
        north_m=float(phone.place[1]),
        width_px=width,
        height_px=height,
        focal_px=focal,
        field_of_view_deg=float(np.degrees(2 * np.arctan(width / 2 / focal))),
        zero_at=shot.zero_at.isoformat(),
        clock_error_s=phone.clock_error_s,
        rate=phone.rate,
        poses=tuple(poses),
    )
