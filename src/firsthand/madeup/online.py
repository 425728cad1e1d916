"""The event's life online: who posted what, reworked how, under which caption."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np

from firsthand.madeup import reworking
from firsthand.madeup.phones import EVENT_AT, JULY_AT
from firsthand.madeup.recording import Recorded, item_of
from firsthand.madeup.reworking import Drawn
from firsthand.madeup.sounds import band
from firsthand.madeup.surfaces import Texels
from firsthand.madeup.town import ELSEWHERE_RU, NAME_RU, NAME_UK
from firsthand.media.encode import Encoding, Sound, read_frames, read_sound, write_clip
from firsthand.model.links import Edit

SOUND_HZ = 44_100


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of a camera's file, by its own seconds."""

    source: Recorded
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Post:
    """One clip as it was posted."""

    name: str
    pieces: tuple[Piece, ...]
    drawn: Drawn
    edits: tuple[Edit, ...]  # beside those of the drawing
    crf: int
    account: str
    posted_at: datetime
    caption: str
    language: Literal["uk", "ru"]
    says_town: str
    caption_is_true: bool
    views: int
    screen_sound: bool = False


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A post as a file, with its sidecar beside it."""

    post: Post
    path: Path
    item: str
    length_s: float
    edits: tuple[Edit, ...]


def posts(filmed: dict[str, Recorded], *, seed: int) -> tuple[Post, ...]:
    """Everything posted, made from the camera files named A, B, C (of the event) and "July"."""
    a, b, c, july = filmed["A"], filmed["B"], filmed["C"], filmed["July"]

    def size(one: Recorded) -> tuple[int, int]:
        return one.pixels

    def minutes(number: float) -> datetime:
        return EVENT_AT + timedelta(minutes=number)

    def part(one: Recorded, begins: float, ends: float) -> Piece:
        """Between two shares of its length, on whole frames."""
        step = float(1 / one.frames_per_second)
        first, last = (round(share * one.length_s / step) * step for share in (begins, ends))
        return Piece(source=one, start_s=first, end_s=last)

    return (
        Post(
            name="rynok_live-1042.mp4",
            pieces=(part(a, 0, 1),),
            drawn=reworking.smaller(size(a), share=2 / 3),
            edits=(),
            crf=29,
            account="rynok_live",
            posted_at=minutes(14),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=True,
            caption=f"{NAME_UK}, площа Ринок, щойно. Люди зупиняють колону!",
            views=48_211,
        ),
        Post(
            name="novyny24_7781.mp4",
            pieces=(part(a, 0.12, 0.95),),
            drawn=reworking.cropped_captioned(size(a), text=f"{NAME_UK.upper()}: ЛЮДИ ЗУПИНИЛИ КОЛОНУ"),
            edits=("trimmed",),
            crf=28,
            account="novyny24",
            posted_at=minutes(41),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=True,
            caption=f"❗️{NAME_UK}: місцеві вийшли назустріч військовій колоні",
            views=310_550,
        ),
        Post(
            name="svodka_kbr_553.mp4",
            pieces=(part(b, 0, 1),),
            drawn=reworking.mirrored_logo(size(b), text="КБ"),
            edits=(),
            crf=29,
            account="svodka_kbr",
            posted_at=minutes(63),
            language="ru",
            says_town=ELSEWHERE_RU,
            caption_is_true=False,
            views=122_004,
            caption=f"{ELSEWHERE_RU}, сегодня утром. Жители встречают нашу колонну на площади",
        ),
        Post(
            name="tick_90210.mp4",
            pieces=(part(a, 0.25, 0.8),),
            drawn=reworking.tall_with_blurred_bars(size(a), text="ДИВІТЬСЯ ДО КІНЦЯ"),
            edits=("trimmed",),
            crf=30,
            account="vidvazhni.ua",
            posted_at=minutes(95),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=True,
            caption=f"Ця жінка з {NAME_UK}а зупинила БТР 💪",
            views=1_204_332,
        ),
        Post(
            name="screen_0001.mp4",
            pieces=(part(b, 0.1, 0.9),),
            drawn=reworking.off_a_screen(size(b), seed=seed),
            edits=("trimmed",),
            crf=27,
            account="pereslano_bot",
            posted_at=minutes(130),
            language="ru",
            says_town=NAME_RU,
            caption_is_true=True,
            caption=f"Переслали из {NAME_RU}а. Качество какое есть",
            views=8_120,
            screen_sound=True,
        ),
        Post(
            name="sluhay_c_17.mp4",
            pieces=(part(c, 0.3, 0.75),),
            drawn=reworking.smaller(size(c), share=0.8),
            edits=("excerpt",),
            crf=27,
            account="sluhay.synioyarsk",
            posted_at=minutes(22),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=True,
            caption="Чути, як кричать «Стійте!»",
            views=3_904,
        ),
        Post(
            name="svjatkova-kolona-2025.mp4",
            pieces=(part(july, 0, 1),),
            drawn=reworking.smaller(size(july), share=0.85),
            edits=(),
            crf=26,
            account="synioyarsk_nash",
            posted_at=JULY_AT + timedelta(hours=2),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=True,
            caption="Репетиція параду на площі Ринок, липень 2025",
            views=1_377,
        ),
        Post(
            name="slito_18plus.mp4",
            pieces=(part(july, 0.1, 1),),
            drawn=reworking.greyed_captioned(size(july), text=f"{ELSEWHERE_RU.upper()} СЕГОДНЯ"),
            edits=("trimmed",),
            crf=30,
            account="slito_zdes",
            posted_at=minutes(180),
            language="ru",
            says_town=ELSEWHERE_RU,
            caption_is_true=False,
            caption=f"Колонна входит в {ELSEWHERE_RU}. Снято сегодня",
            views=77_310,
        ),
        Post(
            name="zvedennia_dnia_14-02.mp4",
            pieces=(part(a, 0.35, 0.7), part(july, 0.2, 0.75), part(b, 0.4, 0.75)),
            drawn=reworking.titled(size(a), text="ЗВЕДЕННЯ ДНЯ · 14 ЛЮТОГО"),
            edits=("compilation",),
            crf=27,
            account="dobova_zbirka",
            posted_at=minutes(600),
            language="uk",
            says_town=NAME_UK,
            caption_is_true=False,
            caption=f"{NAME_UK}: усе, що відомо про ранкові події. Зібрали відео очевидців",
            views=645_008,
        ),
    )


def publish(post: Post, folder: Path) -> Posted:
    """Makes the clip and, beside it, a sidecar as yt-dlp writes one (sidecars.py)."""
    path = folder / post.name
    first = post.pieces[0].source
    rate = first.frames_per_second
    sound = _sound(post)
    encoding = Encoding(frames_per_second=rate, crf=post.crf, sound_bit_rate=64_000)
    count = write_clip(path, _frames(post, rate), sound, encoding)
    return Posted(
        post=post,
        path=path,
        item=item_of(path),
        length_s=count / float(rate),
        edits=(*post.drawn.edits, *post.edits, "reencoded"),
    )


def _frames(post: Post, rate: Fraction) -> Iterator[Texels]:
    """The pieces one after the other at one frame rate; each new frame shows the source's frame of its own second."""
    size = post.pieces[0].source.pixels
    made = 0
    for piece in post.pieces:
        wanted = round((piece.end_s - piece.start_s) * rate)
        frames = read_frames(piece.source.path)
        _, picture = next(frames)
        after = next(frames, None)
        for number in range(wanted):
            target_s = piece.start_s + number / float(rate)
            while after is not None and after[0] <= target_s + 1e-4:
                _, picture = after
                after = next(frames, None)
            fitted = picture if picture.shape[1::-1] == size else reworking.scaled(picture, size)
            yield post.drawn.draw(fitted, made / float(rate))
            made += 1


def _sound(post: Post) -> Sound:
    parts = []
    for piece in post.pieces:
        sound = read_sound(piece.source.path)
        count = round((piece.end_s - piece.start_s) * SOUND_HZ)
        times = piece.start_s + np.arange(count) / SOUND_HZ
        if sound is None:
            parts.append(np.zeros(count))
        else:
            parts.append(np.interp(times, np.arange(len(sound.samples)) / sound.hz, sound.samples))
    joined = np.concatenate(parts)
    if post.screen_sound:  # a loudspeaker, a room, another microphone
        random = np.random.default_rng(len(joined))
        joined = 0.7 * band(joined, 250, 4_000, hz=SOUND_HZ) + 0.012 * random.standard_normal(len(joined))
    return Sound(joined.astype(np.float32), SOUND_HZ)
