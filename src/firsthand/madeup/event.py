"""Makes the event: the town, the phones' files, their online life, and truth.json beside them.

made = make_event(Path("demo/event"), seed=1, size=DEMO)
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from firsthand.madeup import phones as phone_list
from firsthand.madeup.copying import true_copies, true_takes
from firsthand.madeup.filming import staged
from firsthand.madeup.moments import true_moment
from firsthand.madeup.online import Post, Posted, posts, publish
from firsthand.madeup.phones import AFTERWARDS_AT, EVENT_AT, JULY_AT, Size
from firsthand.madeup.recording import Recorded, Shot, record, true_camera, true_item
from firsthand.madeup.sidecars import write_sidecar
from firsthand.madeup.sounds import Source, february_sounds, street_sounds
from firsthand.madeup.story import afterwards, february, july
from firsthand.madeup.sun import SunPosition, sun_position
from firsthand.madeup.town import (
    BELL,
    CHURCH,
    NAME_UK,
    OBELISK,
    ORIGIN_LAT_DEG,
    ORIGIN_LON_DEG,
    Town,
    on_earth,
    town,
)  # fmt: skip
from firsthand.madeup.truth import (
    TrueFirst,
    TrueItem,
    TruePlace,
    TrueSighting,
    TrueSound,
    TrueSun,
    TrueTake,
    TrueWords,
    Truth,
    write_truth,
)
from firsthand.madeup.voices import HZ, has_voice

CLIPS, PHONES, ONLINE, TRUTH = "clips", "phones", "online", "truth.json"
AGAIN_S = 0.6  # the other take of the square lasts this share of what phones film of the event


@dataclass(frozen=True, kw_only=True)
class MadeEvent:
    """A made-up event on disk: clips to hand in, and what is true about them."""

    folder: Path
    truth: Truth

    @property
    def clips(self) -> Path:
        """The folder to hand in."""
        return self.folder / CLIPS

    def path(self, name: str) -> Path:
        """The file of this name. Raises KeyError where the event has none."""
        for one in self.truth.items:
            if one.name == name:
                return self.folder / one.path
        raise KeyError(name)


def make_event(
    folder: Path,
    *,
    seed: int,
    size: Size,
    workers: int | None = None,
    filmed: Callable[[int], None] = lambda frames: None,
) -> MadeEvent:
    """Makes everything below the folder; the same seed and size give the same files with the same libraries.

    filmed: told of frames as they are made, from several threads.
    """
    (folder / CLIPS / PHONES).mkdir(parents=True, exist_ok=True)
    (folder / CLIPS / ONLINE).mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)  # the phones are filmed side by side; OpenCV's own threads would only get in the way
    winter = town(seed=seed, season="winter")
    shots = event_shots(winter, seed=seed, size=size)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        made = list(pool.map(lambda shot: record(shot, folder / CLIPS / PHONES, size=size, filmed=filmed), shots))
        chosen = [one for one in posts({one.shot.take: one for one in made}, seed=seed) if _wanted(one, size)]
        online = list(pool.map(lambda post: publish(post, folder / CLIPS / ONLINE), chosen))
    for one in online:
        write_sidecar(one)
    truth = _truth(folder, made, online, seed=seed, size=size)
    write_truth(truth, folder / TRUTH)
    return MadeEvent(folder=folder, truth=truth)


def frames_of(*, seed: int, size: Size) -> int:
    """How many frames `make_event` will say were filmed."""
    holders = phone_list.phones(size.phones, seed=seed, spread=size.spread)
    event = sum(round(size.film_s * phone.frame_rate(size)) for phone in holders)
    others = (holders[0], phone_list.july_phone(seed=seed, spread=size.spread))
    return event + sum(round(size.film_s * AGAIN_S * phone.frame_rate(size)) for phone in others)


def _wanted(post: Post, size: Size) -> bool:
    return size.reworked is None or post.name in size.reworked


def event_shots(winter: Town, *, seed: int, size: Size) -> list[Shot]:
    """What each phone films of the event; and, minutes later, the first phone once more from almost the same spot."""
    story, later = (
        february(size.length_s, seed=seed, spread=size.spread),
        afterwards(size.film_s * AGAIN_S + 1, seed=seed),
    )
    stage = staged(winter, story, _sun(EVENT_AT), seed=seed)
    sources = february_sounds(story, seed=seed)
    shots = []
    holders = phone_list.phones(size.phones, seed=seed, spread=size.spread)
    for number, phone in enumerate(holders):
        spare = size.length_s - size.film_s
        begins = spare * (number / max(1, len(holders) - 1)) ** 1.3
        shots.append(
            Shot(
                phone=phone, stage=stage, sources=sources, stage_at=EVENT_AT, begins_s=round(begins, 3),
                length_s=size.film_s, take=phone.name, seed=seed + number,
            )
        )  # fmt: skip
    again = phone_list.later(holders[0], east_m=2.4, north_m=-0.8)
    shots.append(
        Shot(
            phone=again, stage=staged(winter, later, _sun(AFTERWARDS_AT), seed=seed),
            sources=street_sounds(later, seed=seed), stage_at=AFTERWARDS_AT, begins_s=0.0,
            length_s=size.film_s * AGAIN_S, take="A, minutes later", seed=seed + 20, file_name="IMG_4822.MOV",
        )
    )  # fmt: skip
    summer = july(size.film_s * AGAIN_S, seed=seed, spread=size.spread)
    shots.append(
        Shot(
            phone=phone_list.july_phone(seed=seed, spread=size.spread),
            stage=staged(town(seed=seed, season="summer"), summer, _sun(JULY_AT), seed=seed),
            sources=street_sounds(summer, seed=seed), stage_at=JULY_AT, begins_s=0.0, length_s=size.film_s * AGAIN_S,
            take="July", seed=seed + 30,
        )
    )  # fmt: skip
    return shots


def _sun(at: datetime) -> SunPosition:
    return sun_position(lat_deg=ORIGIN_LAT_DEG, lon_deg=ORIGIN_LON_DEG, at=at)


def _truth(folder: Path, made: list[Recorded], online: list[Posted], *, seed: int, size: Size) -> Truth:
    event = [one for one in made if one.shot.stage_at == EVENT_AT]
    sources = event[0].shot.sources
    takes = true_takes(made, online)
    suns = tuple(_true_sun(at) for at in sorted({one.shot.stage_at for one in made}))
    return Truth(
        seed=seed,
        size=size.name,
        event_at=EVENT_AT.isoformat(),
        town=NAME_UK,
        voices="synthetic: espeak-ng" if has_voice() else "vowel-like bursts: espeak-ng is not installed",
        items=(*(true_item(one, folder) for one in made), *(_posted_item(one, folder) for one in online)),
        takes=takes,
        copies=true_copies(takes, online),
        moments=(true_moment("the column", event),),
        cameras=tuple(true_camera(one, size) for one in made),
        suns=suns,
        places=_places(),
        sounds=tuple(_true_sound(source) for source in sources),
        words=tuple(_true_words(source, event) for source in sources if source.words is not None)
        if has_voice()
        else (),
        sightings=tuple(_sighting(one) for one in online),
        first_posted=tuple(_first(take, online) for take in takes if _showing(take, online)),
    )


def _posted_item(posted: Posted, folder: Path) -> TrueItem:
    path = posted.path.relative_to(folder).as_posix()
    return TrueItem(item=posted.item, name=posted.path.name, path=path, made="online", length_s=posted.length_s)


def _sighting(posted: Posted) -> TrueSighting:
    post = posted.post
    return TrueSighting(
        item=posted.item, name=posted.path.name, account=post.account, posted_at=post.posted_at.isoformat(),
        caption=post.caption, language=post.language, says_town=post.says_town, caption_is_true=post.caption_is_true,
    )  # fmt: skip


def _showing(take: TrueTake, online: list[Posted]) -> list[Posted]:
    return [one for one in online if one.item in {span.item for span in take.items}]


def _first(take: TrueTake, online: list[Posted]) -> TrueFirst:
    first = min(_showing(take, online), key=lambda one: one.post.posted_at)
    return TrueFirst(
        take=take.take, item=first.item, name=first.path.name, account=first.post.account,
        posted_at=first.post.posted_at.isoformat(),
    )  # fmt: skip


def _true_sun(at: datetime) -> TrueSun:
    sun = _sun(at)
    return TrueSun(at=at.isoformat(), azimuth_deg=sun.azimuth_deg, elevation_deg=sun.elevation_deg)


def _places() -> tuple[TruePlace, ...]:
    named = (
        ("the middle of the square", np.zeros(3)), ("church tower", np.array([*CHURCH, 33.4])), ("bell", BELL),
        ("obelisk", np.array([*OBELISK, 9.4])), ("town sign", np.array([-21.0, 4.6, 2.7])),
    )  # fmt: skip
    out = []
    for name, at in named:
        lat_deg, lon_deg = on_earth(at)
        out.append(
            TruePlace(
                name=name,
                lat_deg=lat_deg,
                lon_deg=lon_deg,
                east_m=float(at[0]),
                north_m=float(at[1]),
                height_m=float(at[2]),
            )
        )
    return tuple(out)


def _true_sound(source: Source) -> TrueSound:
    at = source.at(source.begins_s)
    return TrueSound(
        source=source.name, east_m=float(at[0]), north_m=float(at[1]), height_m=float(at[2]),
        begins_s=source.begins_s, moves=source.path is not None,
    )  # fmt: skip


def _true_words(source: Source, event: list[Recorded]) -> TrueWords:
    assert source.words is not None
    ends_s = source.begins_s + len(source.samples) / HZ
    heard = tuple(
        one.path.name
        for one in event
        if one.shot.begins_s <= source.begins_s and ends_s <= one.shot.begins_s + one.length_s
    )
    return TrueWords(
        text=source.words.text, language=source.words.language, begins_s=source.begins_s, ends_s=ends_s, heard=heard
    )
