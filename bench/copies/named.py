"""Which names an edited query should be given, and which are open: as good said as not."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from bench.copies import pictures as change
from bench.copies.footage import Picture
from bench.copies.making import CHAINS, SINGLE, Edit, Made, Recipe
from bench.copies.pictures import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRecipe:
    """A recipe, the names it must be called by, and those that are neither right nor wrong."""

    recipe: Recipe
    called: frozenset[str]
    open: frozenset[str] = frozenset()


def _seen(make: Callable[[Draw], change.Change]) -> Edit:
    return lambda made, rng: replace(made, clip=made.clip.each(make(rng)))


def words(rng: Draw) -> change.Change:
    """Outlined words straight on the picture, of one or two lines, anywhere."""
    lines = [str(one) for one in rng.choice(change.WORDS, int(rng.integers(1, 3)), replace=False)]
    x, y, size = float(rng.uniform(0.04, 0.3)), float(rng.uniform(0.12, 0.8)), float(rng.uniform(0.9, 1.6))

    def write(picture: Picture) -> Picture:
        drawn = picture.copy()
        height, width = drawn.shape[:2]
        for number, line in enumerate(lines):
            at = (int(x * width), int((y + 0.12 * number) * height))
            for thick, shade in ((6, (0, 0, 0)), (2, (250, 250, 250))):
                cv2.putText(drawn, line, at, cv2.FONT_HERSHEY_SIMPLEX, size * width / 480, shade, thick, cv2.LINE_AA)
        return drawn

    return write


def framed_as_on_a_phone(rng: Draw) -> change.Change:
    """A screenshot of a phone: the clip between a clock above and buttons below."""
    shade = int(rng.choice([0, 18, 250]))

    def shot(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        wide = max(240, width)
        fits = change.resized(picture, wide, height * wide / width)
        top, low = int(0.25 * wide), int(0.45 * wide)
        screen = np.pad(fits, ((top, low), (0, 0), (0, 0)), constant_values=shade)
        ink = (235, 235, 235) if shade < 128 else (20, 20, 20)
        cv2.putText(screen, "12:40", (12, int(0.1 * wide)), cv2.FONT_HERSHEY_SIMPLEX, wide / 480, ink, 2)
        cv2.putText(
            screen, "share   save   1 204", (12, len(screen) - low // 2), cv2.FONT_HERSHEY_SIMPLEX, wide / 480, ink, 2
        )
        return screen

    return shot


def _watermark(rng: Draw) -> change.Change:
    """A half see-through word, small, in a corner."""
    right, low = (int(one) for one in rng.integers(0, 2, 2))
    strength = float(rng.uniform(0.45, 0.8))

    def mark(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        over = picture.copy()
        at = (int((0.03 + 0.67 * right) * width), int((0.1 + 0.85 * low) * height))
        cv2.putText(over, "@eye24", at, cv2.FONT_HERSHEY_SIMPLEX, width / 430, (255, 255, 255), 3, cv2.LINE_AA)
        return np.asarray(cv2.addWeighted(over, strength, picture, 1 - strength, 0), np.uint8)

    return mark


def _ticker(made: Made, rng: Draw) -> Made:
    """Words that run along a strip at the bottom."""
    height, width = made.clip.pictures[0].shape[:2]
    tall = max(12, int(0.11 * height))
    strip = np.full((tall, 4 * width, 3), (140, 10, 10), np.uint8)
    words = "   ".join(str(one) for one in rng.permutation(change.WORDS)) + "   "
    cv2.putText(strip, 2 * words, (0, int(0.75 * tall)), cv2.FONT_HERSHEY_SIMPLEX, tall / 40, (255, 255, 255), 2)

    def lay(number: int, picture: Picture) -> Picture:
        drawn = picture.copy()
        left = (number * 4) % (2 * width)
        drawn[height - tall :] = strip[:, left : left + width]
        return drawn

    laid = [lay(number, one) for number, one in enumerate(made.clip.pictures)]
    return replace(made, clip=replace(made.clip, pictures=laid))


def _barred(share: tuple[float, float], shade: int, *, sideways: bool) -> Edit:
    def make(rng: Draw) -> change.Change:
        part = float(rng.uniform(*share))

        def bars(picture: Picture) -> Picture:
            tall, wide = (0, int(part * picture.shape[1])) if sideways else (int(part * picture.shape[0]), 0)
            return np.pad(picture, ((tall, tall), (wide, wide), (0, 0)), constant_values=shade)

        return bars

    return _seen(make)


def _one_side(rng: Draw) -> change.Change:
    """10 to 25 % cut off at one side."""
    side, part = int(rng.integers(0, 4)), float(rng.uniform(0.1, 0.25))

    def cut(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        y, x = int(part * height), int(part * width)
        cuts = (picture[y:], picture[: height - y], picture[:, x:], picture[:, : width - x])
        return np.ascontiguousarray(cuts[side])

    return cut


def _gamma(rng: Draw) -> change.Change:
    power = float(rng.choice([0.6, 1.6]))
    curve = np.clip(255 * (np.arange(256) / 255) ** power, 0, 255).astype(np.uint8)
    return lambda picture: curve[picture]


def _tinted(rng: Draw) -> change.Change:
    """Warmer or colder."""
    warm = float(rng.choice([0.75, 1.25]))
    return lambda picture: change.clipped(picture * np.array([warm, 1.0, 1 / warm]))


def _named(name: str, called: str, *edits: Edit, open_to: str = "") -> NamedRecipe:
    recipe = Recipe(name=name, edits=edits)
    return NamedRecipe(recipe=recipe, called=frozenset(called.split()), open=frozenset(open_to.split()))


# What the recipes of making.py are to be called, beyond the names they carry. A compilation, an inset or a screen
# recording needs no word for what lies around.
_CALLED = {
    "tilted": ("tilted", "cropped"),
    "blurred bars": ("blurred_bars", ""),
    "meme bars": ("letterboxed", "overlay"),
    "inset of 50 %": ("picture_in_picture", ""), "inset of 40 %": ("picture_in_picture", ""),
    "inset of 30 %": ("picture_in_picture", ""),
    "screen recording": ("screen_recording", ""),
    "filmed off a screen": ("screen_recording", "tilted recoloured blurred noise"),
    "grey": ("greyscale", "recoloured"), "sepia": ("recoloured", ""), "dark": ("recoloured", ""),
    "bright": ("recoloured", ""),
    "blurred": ("blurred", ""), "noise": ("noise", ""), "reversed": ("reversed", ""),
    "reencoded": ("", "blurred"),
    "compilation": ("compilation", ""),
    "cut inside": ("", "excerpt compilation"),
    "chain: crop, caption, poor encoding": ("cropped overlay", "blurred"),
    "chain: mirror, crop, excerpt of 4 s": ("mirrored cropped", ""),
    "chain: letterbox, caption, logo": ("letterboxed overlay", ""),
    "chain: mirror, speed 1.2": ("mirrored speed", ""),
    "chain: blurred bars, caption, emoji": ("blurred_bars overlay", ""),
    "chain: caption, filmed off a screen": ("screen_recording", "overlay tilted recoloured blurred noise"),
    "chain: caption, inset of 50 %": ("picture_in_picture", "overlay"),
    "chain: grey, crop, speed 0.8": ("greyscale cropped speed", "recoloured"),
    "chain: rotated 90, letterbox": ("rotated_90 letterboxed", ""),
    "chain: mirror, compilation": ("mirrored compilation", ""),
    "chain: crop, noise, poor encoding": ("cropped", "noise blurred"),
    "chain: caption, screen recording, half size": ("screen_recording", "overlay"),
    "chain: crop, reversed": ("cropped reversed", ""),
}  # fmt: skip


def _of(recipe: Recipe) -> NamedRecipe:
    called, open_to = _CALLED.get(recipe.name, ("", ""))
    # Every query shows a part of its source only.
    return NamedRecipe(
        recipe=recipe,
        called=recipe.called | frozenset(called.split()),
        open=frozenset(open_to.split()) | {"excerpt"},
    )


NAMED: tuple[NamedRecipe, ...] = (
    *(_of(recipe) for recipe in (*SINGLE, *CHAINS)),
    *(
        replace(one, open=one.open | {"excerpt"})
        for one in (
            _named("words without a bar", "overlay", _seen(words)),
            _named("see-through watermark", "overlay", _seen(_watermark)),
            _named("ticker", "overlay", _ticker),
            _named("thin bars", "letterboxed", _barred((0.04, 0.08), 0, sideways=False)),
            _named("white bars", "letterboxed", _barred((0.1, 0.3), 255, sideways=True)),
            _named("grey bars", "letterboxed", _barred((0.08, 0.2), 70, sideways=False)),
            _named("one side cut off", "cropped", _seen(_one_side)),
            _named("gamma", "recoloured", _seen(_gamma)),
            _named("tinted", "recoloured", _seen(_tinted)),
            _named("crop, quarter size", "cropped", _seen(lambda rng: change.cropped(rng, 0.7)),
                   _seen(lambda rng: change.scaled(0.4))),
            _named("crop, letterbox", "cropped letterboxed", _seen(lambda rng: change.cropped(rng, 0.8)),
                   _barred((0.1, 0.2), 0, sideways=False)),
            _named("words, mirror", "overlay mirrored", _seen(words), _seen(lambda rng: change.mirrored)),
            _named("half size, noise, words", "overlay", _seen(lambda rng: change.scaled(0.5)), _seen(words),
                   _seen(change.noisy), open_to="noise"),
            _named("squeezed, caption", "overlay", _seen(change.squeezed), _seen(change.captioned)),
        )
    ),
)  # fmt: skip
