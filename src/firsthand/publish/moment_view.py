"""What a moment's page says: cameras on one clock, waveforms, who filmed when, what each offset rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

from firsthand.model.ids import ItemId
from firsthand.model.moments import MomentItem, Offset, may_be_one_recording
from firsthand.publish.cards import file_name, take_page, tidy
from firsthand.publish.content import Content, Filmed, MomentShown
from firsthand.publish.drawing import Bar, bar, loudness_line, second_ticks, wave_path
from firsthand.publish.language import Language

MOST_CAMERAS, MOST_OFFSETS, MOST_STRETCHES, MOST_WAITING = 60, 120, 80, 200
COLOURS = 8  # cameras differ by colour; with more of them colours come again
MOST_LAID = 8  # waveforms that are laid over each other
SHORTEST_GAP_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera of a moment. bar, begins, ends: where it filmed, and how far either end may be off."""

    page: str
    title: str
    colour: int
    reference: bool
    bar: Bar
    begins: Bar
    ends: Bar
    wave: str
    words: str
    clock: str
    files: int  # of the take, this one among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One camera's loudness as a line on the moment's clock."""

    colour: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How many cameras were filming during a stretch, as part of a drawing."""

    x: float
    width: float
    cameras: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The moment on one clock."""

    cameras: tuple[Camera, ...]
    left_out: int
    ticks: tuple[tuple[float, str], ...]
    laid: tuple[Laid, ...]
    steps: tuple[Step, ...]
    most: int  # cameras at once
    stretches: tuple[str, ...]  # who filmed when, in words
    stretches_left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One camera's picture at an instant; file: empty where no stored picture is near."""

    title: str
    colour: int
    file: str
    width_px: int
    height_px: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """An offset in words, with what it rests on."""

    a_title: str
    b_title: str
    words: str
    basis: str
    link: str


def moment_page(moment: MomentShown) -> str:
    """Where a moment's page lies in the report."""
    return f"moments/{file_name(moment.moment.id)}.html"


def drawing_of(content: Content, shown: MomentShown, language: Language) -> Drawing:
    """Cameras in the order they began, at most MOST_CAMERAS."""
    ends_s = _ends(shown)
    colours = colours_of(shown)
    in_order = sorted(shown.moment.items, key=lambda one: (one.offset_s, one.item))[:MOST_CAMERAS]
    files = {take.take.id: len(take.items()) for take in content.takes}
    cameras = tuple(
        _camera(content, shown, one, colour=colours[one.item], files=files.get(one.take, 1), language=language)
        for one in in_order
    )
    heard = [one for one in in_order if one.item in shown.sounds][:MOST_LAID]
    ticks, step_s = second_ticks(*ends_s)
    stretches = [one for one in shown.filmed if one.items or one.end_s - one.start_s >= SHORTEST_GAP_S]
    return Drawing(
        cameras=cameras,
        left_out=len(shown.moment.items) - len(in_order),
        ticks=tuple((x, _clock(at_s, language, whole=step_s >= 1)) for x, at_s in ticks),
        laid=tuple(
            Laid(
                colour=colours[one.item],
                line=loudness_line(shown.sounds[one.item], offset_s=one.offset_s, rate=one.rate, of=ends_s),
            )
            for one in heard
        ),
        steps=tuple(_step(one, ends_s) for one in stretches),
        most=max((len(one.items) for one in stretches), default=0),
        stretches=tuple(_stretch(content, one, language) for one in stretches[:MOST_STRETCHES]),
        stretches_left_out=max(0, len(stretches) - MOST_STRETCHES),
    )


def colours_of(shown: MomentShown) -> dict[ItemId, int]:
    """A colour a camera, in the order they began."""
    in_order = sorted(shown.moment.items, key=lambda one: (one.offset_s, one.item))
    return {one.item: number % COLOURS for number, one in enumerate(in_order)}


def shots_of(content: Content, shown: MomentShown, language: Language) -> tuple[tuple[str, tuple[Shot, ...]], ...]:
    """Each instant's time in words, and its pictures."""
    colours = colours_of(shown)
    began = list(colours)  # as the bars stand
    out = []
    for instant in shown.instants:
        shots = []
        for one in sorted(instant.seen, key=lambda one: began.index(one.item)):
            apart = language.number(one.apart_s)
            near = language.say("instant.exact") if one.apart_s < 0.05 else language.say("instant.apart", seconds=apart)
            words = f"{language.at(one.picture_s)} · {near}" if one.file else language.say("instant.none")
            shots.append(
                Shot(
                    title=tidy(content.items[one.item].name, 80),
                    colour=colours[one.item],
                    file=one.file or "",
                    width_px=one.size_px[0],
                    height_px=one.size_px[1],
                    words=words,
                )
            )
        out.append((_clock(instant.at_s, language), tuple(shots)))
    return tuple(out)


def lead_of(content: Content, language: Language) -> tuple[str, tuple[Shot, ...]] | None:
    """The instant of the first moment that most cameras have a picture of, for the front page."""
    shots = shots_of(content, content.moments[0], language) if content.moments else ()
    pictured = [one for one in shots if sum(bool(shot.file) for shot in one[1]) > 1]
    return max(pictured, key=lambda one: sum(bool(shot.file) for shot in one[1]), default=None)


def rests_of(content: Content, offsets: tuple[Offset, ...], language: Language, *, most: int) -> tuple[Rests, ...]:
    """Offsets in plain words, at most so many."""
    return tuple(_rests(content, one, language) for one in offsets[:most])


def summary_of(shown: MomentShown, language: Language) -> str:
    """How long, and how much of it was filmed by several, in one line."""
    shared = language.say("moment.shared", length=language.length(shown.shared_s))
    whole = language.say("moment.whole", length=language.length(shown.end_s - shown.start_s))
    doubt = f" · {language.say('moment.same')}" if shown.one_recording else ""
    return f"{shared} · {whole}{doubt}"


def title_of(content: Content, shown: MomentShown) -> str:
    """A moment is called by its reference's file."""
    return tidy(content.items[shown.moment.reference].name, 160)


def _ends(shown: MomentShown) -> tuple[float, float]:
    return shown.start_s, max(shown.end_s, shown.start_s + 0.001)


def _camera(
    content: Content, shown: MomentShown, one: MomentItem, *, colour: int, files: int, language: Language
) -> Camera:
    item, ends_s = content.items[one.item], _ends(shown)
    end_s = one.offset_s + item.length_s / one.rate
    reference = one.item == shown.moment.reference
    off_s = one.plus_minus_s
    ppm = (one.rate - 1) * 1e6
    if reference:
        words = language.say("camera.reference")
    else:
        key = "camera.after" if one.offset_s >= 0 else "camera.before"
        words = language.say(
            key, seconds=language.number(abs(one.offset_s), 2), plus_minus=language.number(off_s, 2)
        )  # fmt: skip
    return Camera(
        page=take_page(one.take),
        title=tidy(item.name, 160),
        colour=colour,
        reference=reference,
        bar=bar(one.offset_s, end_s, of=ends_s),
        begins=bar(one.offset_s - off_s, one.offset_s + off_s, of=ends_s, thinnest=0.0),
        ends=bar(end_s - off_s, end_s + off_s, of=ends_s, thinnest=0.0),
        wave=wave_path(shown.sounds[one.item], item.length_s) if one.item in shown.sounds else "",
        words=words,
        clock=language.say("camera.clock", ppm=language.number(ppm, 0)) if abs(ppm) >= 2 else "",
        files=files,
    )


def _step(one: Filmed, ends_s: tuple[float, float]) -> Step:
    drawn = bar(one.start_s, one.end_s, of=ends_s, thinnest=0.5)
    return Step(x=drawn.x, width=drawn.width, cameras=len(one.items))


def _stretch(content: Content, one: Filmed, language: Language) -> str:
    span = f"{_clock(one.start_s, language)}–{_clock(one.end_s, language)}"
    if not one.items:
        return language.say("stretch.nobody", span=span)
    names = ", ".join(tidy(content.items[item].name, 60) for item in one.items[:6])
    more = len(one.items) - 6
    names += f" {language.say('and_more', n=more)}" if more > 0 else ""
    return language.say("stretch.cameras", n=len(one.items), span=span, names=names)


def _rests(content: Content, one: Offset, language: Language) -> Rests:
    found, number = one.found, language.number
    if found.candidates_s and one.state == "suggested":
        listed = "; ".join(number(second, 2) for second in found.candidates_s[:6])
        words = language.say("offset.candidates", seconds=listed)
    else:
        key = "offset.after" if found.offset_s >= 0 else "offset.before"
        words = language.say(key, seconds=number(abs(found.offset_s), 2), plus_minus=number(found.plus_minus_s, 2))
    return Rests(
        a_title=tidy(content.items[found.a].name, 100),
        b_title=tidy(content.items[found.b].name, 100),
        words=words,
        basis=" · ".join(_basis(one, language)),
        link=found.link,
    )


def _basis(one: Offset, language: Language) -> Iterator[str]:
    found, number = one.found, language.number
    yield language.say(f"method.{found.method}")
    if found.method != "person":
        yield language.say(f"offset.{found.link}")
        yield language.say("pair.score", score=number(found.score, 2))
        ms = number(found.alignment_plus_minus_s * 1000)
        yield language.say("offset.parts", ms=ms, metres=number(found.apart_m, 0))
    if may_be_one_recording(found):
        yield language.say("offset.same")
    yield language.say(f"link.{one.state}")


def _clock(seconds: float, language: Language, *, whole: bool = False) -> str:
    """A second of the moment's clock: `0:07.4`, `−0:03.2`; whole: `0:07`."""
    text = language.at(abs(seconds))
    text = text.rpartition(language.decimal)[0] if whole else text
    return f"\u2212{text}" if seconds <= -0.05 else text
