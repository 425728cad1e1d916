"""The edits a query for copies is made with: single ones, and chains of several as copies in the wild have them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.copies import pictures as change
from bench.copies.footage import Clip, Picture, Shown
from bench.copies.pictures import Draw


@dataclass(frozen=True, slots=True)
class Made:
    """A clip on its way through edits, other footage to cut or lay it into, and how strongly it is encoded."""

    clip: Clip
    host: Clip
    crf: int = 23


Edit = Callable[[Made, Draw], Made]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to make a query: edits in order, and the names (model.links.Edit) that a finder should give.
    shows_host: other footage is in it too."""

    name: str
    edits: tuple[Edit, ...]
    called: frozenset[str] = frozenset()
    shows_host: bool = False


def _seen(make: Callable[[Draw], change.Change]) -> Edit:
    return lambda made, rng: replace(made, clip=made.clip.each(make(rng)))


def _poor(made: Made, rng: Draw) -> Made:
    return replace(made, crf=int(rng.integers(34, 40)))


def _at_speed(low: float, high: float) -> Edit:
    def edit(made: Made, rng: Draw) -> Made:
        faster, clip = float(rng.uniform(low, high)), made.clip
        count = max(2, int(len(clip.pictures) / faster))
        kept = [clip.pictures[min(len(clip.pictures) - 1, int(n * faster))] for n in range(count)]
        shown = tuple(
            replace(one, start_s=one.start_s / faster, end_s=one.end_s / faster, rate=one.rate * faster)
            for one in clip.shown
        )
        return replace(made, clip=Clip(pictures=kept, fps=clip.fps, shown=shown))

    return edit


def _at_rate(fps: float) -> Edit:
    def edit(made: Made, rng: Draw) -> Made:
        clip = made.clip
        count = max(2, int(clip.seconds * fps))
        kept = [clip.pictures[min(len(clip.pictures) - 1, int(n / fps * clip.fps))] for n in range(count)]
        return replace(made, clip=replace(clip, pictures=kept, fps=fps))

    return edit


def _reversed(made: Made, rng: Draw) -> Made:
    clip = made.clip
    shown = tuple(
        Shown(
            start_s=clip.seconds - one.end_s,
            end_s=clip.seconds - one.start_s,
            source_s=one.source_at(one.end_s),
            rate=-one.rate,
        )
        for one in clip.shown
    )
    return replace(made, clip=replace(clip, pictures=clip.pictures[::-1], shown=shown))


def _excerpt(seconds: float) -> Edit:
    def edit(made: Made, rng: Draw) -> Made:
        clip = made.clip
        length_s = min(seconds, clip.seconds)
        return replace(made, clip=_part(clip, float(rng.uniform(0, clip.seconds - length_s)), length_s))

    return edit


def _compiled(made: Made, rng: Draw) -> Made:
    """Three to five seconds of it between two stretches of other footage."""
    inner = _part(made.clip, float(rng.uniform(0, max(0.0, made.clip.seconds - 4))), float(rng.uniform(3, 5)))
    height, width = inner.pictures[0].shape[:2]
    other = [
        change.resized(one, width, height)
        for one in _at_rate(inner.fps)(replace(made, clip=made.host), rng).clip.pictures
    ]
    before = other[: int(3 * inner.fps)]
    shift_s = len(before) / inner.fps
    shown = tuple(replace(one, start_s=one.start_s + shift_s, end_s=one.end_s + shift_s) for one in inner.shown)
    return replace(
        made,
        clip=replace(inner, pictures=before + inner.pictures + other[int(3 * inner.fps) :][: len(before)], shown=shown),
    )


def _cut_inside(made: Made, rng: Draw) -> Made:
    """A quarter of it taken out of the middle."""
    clip = made.clip
    third = clip.seconds * 0.375
    first, last = _part(clip, 0.0, third), _part(clip, clip.seconds - third, third)
    shown = first.shown + tuple(
        replace(one, start_s=one.start_s + first.seconds, end_s=one.end_s + first.seconds) for one in last.shown
    )
    return replace(made, clip=replace(clip, pictures=first.pictures + last.pictures, shown=shown))


def _inset(share: float) -> Edit:
    """Small in other footage: this share of its width."""

    def edit(made: Made, rng: Draw) -> Made:
        x, y = (float(one) for one in rng.uniform(0.05, 0.95, 2))
        host = made.host.pictures

        def lay(number: int, picture: Picture) -> Picture:
            under = change.resized(host[number % len(host)], 640, 360)
            wide = 640 * share
            tall = wide * picture.shape[0] / picture.shape[1]
            fits = min(1.0, 340 / tall)
            return change.pasted(under, change.resized(picture, wide * fits, tall * fits), x, y)

        laid = [lay(number, one) for number, one in enumerate(made.clip.pictures)]
        return replace(made, clip=replace(made.clip, pictures=laid))

    return edit


def _part(clip: Clip, start_s: float, length_s: float) -> Clip:
    first = int(start_s * clip.fps)
    kept = clip.pictures[first : first + max(2, int(length_s * clip.fps))]
    start_s, end_s = first / clip.fps, (first + len(kept)) / clip.fps
    shown = tuple(
        Shown(
            start_s=max(one.start_s, start_s) - start_s,
            end_s=min(one.end_s, end_s) - start_s,
            source_s=one.source_at(max(one.start_s, start_s)),
            rate=one.rate,
        )
        for one in clip.shown
        if min(one.end_s, end_s) > max(one.start_s, start_s)
    )
    return replace(clip, pictures=kept, shown=shown)


def _fixed(one: change.Change) -> Edit:
    return _seen(lambda rng: one)


def _single(name: str, edit: Edit, *called: str, shows_host: bool = False) -> Recipe:
    return Recipe(name=name, edits=(edit,), called=frozenset(called), shows_host=shows_host)


_MIRROR, _CAPTION, _LETTERBOX = (
    _fixed(change.mirrored),
    _seen(change.captioned),
    _seen(lambda rng: change.barred(rng, sideways=False)),
)
_CROP = _seen(lambda rng: change.cropped(rng, float(rng.uniform(0.65, 0.85))))
_CAMCORD, _SCREEN, _EMOJI, _NOISE = (
    _seen(change.filmed_off_a_screen),
    _seen(change.screen),
    _seen(change.emoji),
    _seen(change.noisy),
)
_LOGO = _seen(lambda rng: change.stamped(rng, 0.2))

SINGLE: tuple[Recipe, ...] = (
    _single("reencoded", _poor),
    _single("half size", _fixed(change.scaled(0.5))),
    _single("quarter size", _fixed(change.scaled(0.25))),
    _single("squeezed", _seen(change.squeezed)),
    _single("mirrored", _MIRROR, "mirrored"),
    _single("rotated 90", _fixed(change.turned(1)), "rotated_90"),
    _single("rotated 180", _fixed(change.turned(2)), "rotated_180"),
    _single("rotated 270", _fixed(change.turned(3)), "rotated_270"),
    _single("tilted", _seen(change.tilted)),
    _single("cropped, 90 % of a side kept", _seen(lambda rng: change.cropped(rng, 0.9)), "cropped"),
    _single("cropped, 75 % of a side kept", _seen(lambda rng: change.cropped(rng, 0.75)), "cropped"),
    _single("cropped, 63 % of a side kept", _seen(lambda rng: change.cropped(rng, 0.63)), "cropped"),
    _single("cropped, 40 % of a side kept", _seen(lambda rng: change.cropped(rng, 0.4)), "cropped"),
    _single("letterboxed", _LETTERBOX, "letterboxed"),
    _single("pillarboxed", _seen(lambda rng: change.barred(rng, sideways=True)), "letterboxed"),
    _single("blurred bars", _seen(change.blurred_bars)),
    _single("9:16 crop", _seen(change.upright_crop), "cropped"),
    _single("caption", _CAPTION, "overlay"),
    _single("meme bars", _seen(change.meme)),
    _single("logo", _LOGO, "overlay"),
    _single("large logo", _seen(lambda rng: change.stamped(rng, 0.35)), "overlay"),
    _single("emoji", _EMOJI, "overlay"),
    _single("inset of 50 %", _inset(0.5), shows_host=True),
    _single("inset of 40 %", _inset(0.4), shows_host=True),
    _single("inset of 30 %", _inset(0.3), shows_host=True),
    _single("screen recording", _SCREEN),
    _single("filmed off a screen", _CAMCORD),
    _single("speed 0.5", _at_speed(0.5, 0.55), "speed"),
    _single("speed 0.7-0.9", _at_speed(0.7, 0.9), "speed"),
    _single("speed 1.1-1.4", _at_speed(1.1, 1.4), "speed"),
    _single("speed 1.8-2", _at_speed(1.8, 2.0), "speed"),
    _single("10 pictures a second", _at_rate(10)),
    _single("24 pictures a second", _at_rate(24)),
    _single("grey", _fixed(change.grey)),
    _single("sepia", _fixed(change.sepia)),
    _single("dark", _fixed(change.toned(0.5, 0))),
    _single("bright", _fixed(change.toned(1.0, 60))),
    _single("blurred", _seen(change.blurred)),
    _single("noise", _NOISE),
    _single("excerpt of 2 s", _excerpt(2.0)),
    _single("excerpt of 4 s", _excerpt(4.0)),
    _single("compilation", _compiled, shows_host=True),
    _single("reversed", _reversed),
    _single("cut inside", _cut_inside),
)  # fmt: skip


def _chain(name: str, *edits: Edit, shows_host: bool = False) -> Recipe:
    return Recipe(name="chain: " + name, edits=edits, shows_host=shows_host)


CHAINS: tuple[Recipe, ...] = (
    _chain("crop, caption, poor encoding", _CROP, _CAPTION, _poor),
    _chain("mirror, crop, excerpt of 4 s", _excerpt(4.0), _MIRROR, _CROP),
    _chain("letterbox, caption, logo", _LETTERBOX, _CAPTION, _LOGO),
    _chain("mirror, speed 1.2", _MIRROR, _at_speed(1.15, 1.25)),
    _chain("blurred bars, caption, emoji", _seen(change.blurred_bars), _CAPTION, _EMOJI),
    _chain("caption, filmed off a screen", _CAPTION, _CAMCORD),
    _chain("caption, inset of 50 %", _CAPTION, _inset(0.5), shows_host=True),
    _chain("grey, crop, speed 0.8", _fixed(change.grey), _CROP, _at_speed(0.78, 0.85)),
    _chain("rotated 90, letterbox", _fixed(change.turned(1)), _LETTERBOX),
    _chain("mirror, compilation", _MIRROR, _compiled, shows_host=True),
    _chain("crop, noise, poor encoding", _CROP, _NOISE, _poor),
    _chain("caption, screen recording, half size", _CAPTION, _SCREEN, _fixed(change.scaled(0.5))),
    _chain("crop, reversed", _CROP, _reversed),
)  # fmt: skip


def make(recipe: Recipe, clip: Clip, host: Clip, rng: np.random.Generator) -> Made:
    """The query that a recipe makes of a clip."""
    made = Made(clip=clip, host=host)
    for edit in recipe.edits:
        made = edit(made, rng)
    return made
