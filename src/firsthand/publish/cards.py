"""One take as a card says it: on the front page, on the wall, at the head of its own page."""

import re
from dataclasses import dataclass

from firsthand.model.findings import FileTime, PicturesFacts, SoundFacts
from firsthand.model.ids import ItemId, TakeId, sha256_of
from firsthand.model.text import shown
from firsthand.publish.claims import best_time, first_position, interval_of
from firsthand.publish.content import Content, ItemShown, Strip, TakeShown
from firsthand.publish.drawing import wave_path
from firsthand.publish.language import Language
from firsthand.publish.numbers import has_failed, is_damaged, take_length_s

BADGES = (
    "copies",
    "moment",
    "suggested",
    "edited",
    "damaged",
    "unreadable",
    "still",
    "no_picture",
    "no_sound",
    "silent",
)
_PLAIN_ID = re.compile(r"[a-z]+_[0-9a-f]{1,64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """key: one of BADGES."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A time or a place as the file claims it. trust: a key of the language; empty for places."""

    text: str
    basis: str
    trust: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card shows. order: sorts by the time claimed, unknown last."""

    page: str
    title: str
    measure: str
    badges: tuple[Badge, ...]
    when: Claimed | None
    where: Claimed | None
    strip: Strip | None
    wave: str
    length_s: float
    no_picture: str
    order: str


def card_of(content: Content, one: TakeShown, language: Language, *, cameras: int = 0) -> Card:
    """The card of a take: pictures, sound and claims are those of its best item. cameras: of its moment, if any."""
    best = content.items[one.best]
    time = best_time(best)
    return Card(
        page=take_page(one.take.id),
        title=tidy(best.name, 200),
        measure=measure(best, language, length_s=take_length_s(one.take)),
        badges=tuple(_badges(content, one, language, cameras)),
        when=claimed_time(time, language),
        where=claimed_place(best, language),
        strip=best.strip,
        wave=wave_path(best.sound, best.length_s) if best.sound else "",
        length_s=best.length_s,
        no_picture=language.say("card.no_picture"),
        order=order_of(time),
    )


def measure(item: ItemShown, language: Language, *, length_s: float) -> str:
    """Length, picture size and bytes in one line."""
    pictures = item.found(PicturesFacts)
    parts = [language.length(length_s)] if length_s else []
    if isinstance(pictures, PicturesFacts):
        parts += [language.say("still")] if pictures.still else []
        parts.append(f"{pictures.width_px}\u2009×\u2009{pictures.height_px}")
    return " · ".join([*parts, language.size(item.item.bytes)])


def claimed_time(time: FileTime | None, language: Language) -> Claimed | None:
    """A claimed time in words, with its basis and trust."""
    if time is None:
        return None
    text = language.instant(time.instant) if time.instant else language.wall(time.wall_time)
    if not time.instant:
        text = language.say("time.no_zone", at=text)
    basis = language.say("basis.file_system") if time.trust == "file_system" else time.basis
    return Claimed(text=tidy(text, 120), basis=basis, trust=time.trust)


def claimed_place(item: ItemShown, language: Language) -> Claimed | None:
    """A claimed position in words, with its basis."""
    place = first_position(item)
    if place is None:
        return None
    text = f"{place.lat_deg:.5f}, {place.lon_deg:.5f}"
    return Claimed(text=text, basis=place.basis)


def order_of(time: FileTime | None) -> str:
    """Sorts claims by the earliest they may mean; empty where there is none."""
    interval = interval_of(time) if time is not None else None
    return interval.earliest.isoformat() if interval else ""


def in_order(content: Content) -> list[TakeShown]:
    """Takes by the time their best item claims; those without one last; then by name."""

    def key(one: TakeShown) -> tuple[bool, str, str, str]:
        best = content.items[one.best]
        order = order_of(best_time(best))
        return (not order, order, best.name, one.take.id)

    return sorted(content.takes, key=key)


def tidy(text: str, most: int = 400) -> str:
    """Foreign text as it may stand on a page: nothing invisible, not endless. Escaping is the template's."""
    safe = shown(text[: most + 1])
    return safe if len(text) <= most else safe[:most] + "…"


def take_page(take: TakeId) -> str:
    """Where a take's page lies in the report."""
    return f"takes/{file_name(take)}.html"


def item_page(item: ItemId) -> str:
    """Where an item's page lies in the report."""
    return f"items/{sha256_of(item)}.html"


def file_name(identity: str) -> str:
    """An id as part of a file name: ours are plain; any other is spelled in hex, so none leads out of the folder."""
    return identity if _PLAIN_ID.match(identity) else "x_" + identity.encode("utf-8", "surrogatepass").hex()[:120]


def _badges(content: Content, one: TakeShown, language: Language, cameras: int) -> list[Badge]:
    best = content.items[one.best]
    pictures, sound = best.found(PicturesFacts), best.found(SoundFacts)
    copies = len(one.items())
    keys = [
        ("suggested", copies > 1 and one.take.state == "suggested"),
        ("edited", one.take.edited),
        ("damaged", is_damaged(best) and pictures is not None),
        ("unreadable", has_failed(best) and pictures is None and sound is None),
        ("still", isinstance(pictures, PicturesFacts) and pictures.still),
        ("no_picture", pictures is None),
        ("no_sound", sound is None and not (isinstance(pictures, PicturesFacts) and pictures.still)),
        ("silent", isinstance(sound, SoundFacts) and sound.digital_silence),
    ]
    first = [Badge(key="copies", text=language.say("badge.copies", n=copies))] if copies > 1 else []
    if cameras > 1:
        first.append(Badge(key="moment", text=language.say("badge.moment", n=cameras)))
    return first + [Badge(key=key, text=language.say(f"badge.{key}")) for key, holds in keys if holds]
