"""What an item's page says: its findings in plain words, how it came, how to check that it is unchanged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from firsthand.model.findings import (
    ContainerFacts,
    FingerprintFacts,
    PicturesFacts,
    SoundFacts,
    SoundprintFacts,
    Stretch,
)
from firsthand.model.outcomes import Found, outcome_name, outcome_why
from firsthand.publish.cards import claimed_time, tidy
from firsthand.publish.content import FindingShown, ItemShown
from firsthand.publish.language import Language

MOST_LINES, MOST_STRETCHES, MOST_TAGS, MOST_ARRIVALS = 60, 8, 300, 50
KINDS = ("container", "pictures", "fingerprint", "sound", "soundprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact. own: words of an engine, in its English, behind the text."""

    text: str
    own: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding in plain words, with the engine that made it."""

    kind: str
    outcome: str
    why: str
    lines: tuple[Line, ...]
    left_out: int
    version: int
    model: str
    settings: str
    made_at: str
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalView:
    """One arrival. said: key and text of what people stated; shown only with people."""

    received_at: str
    name: str
    modified_at: str
    path: str
    said: tuple[tuple[str, str], ...]


def findings_of(item: ItemShown, language: Language) -> tuple[FindingView, ...]:
    """The current findings, kinds in the order of KINDS."""
    current = [one for one in item.findings if one.current]
    current.sort(key=lambda one: _place(one.finding.made_by.name))
    return tuple(_finding(one, language) for one in current)


def arrivals_of(item: ItemShown) -> tuple[ArrivalView, ...]:
    """Its arrivals in this case, oldest first, at most MOST_ARRIVALS."""
    return tuple(
        ArrivalView(
            received_at=one.received_at,
            name=tidy(one.name, 300),
            modified_at=one.modified_at,
            path=tidy(one.path, 1000),
            said=tuple(
                (key, tidy(text, 1000))
                for key, text in (
                    ("arrival.collector", one.collector),
                    ("arrival.from", one.obtained_from),
                    ("arrival.how", one.how),
                )
                if text
            ),
        )
        for one in item.arrivals[:MOST_ARRIVALS]
    )


def tags_of(item: ItemShown) -> tuple[tuple[str, str, str], ...]:
    """Where, name and value of the file's tags, as they stand there, at most MOST_TAGS."""
    container = item.found(ContainerFacts)
    tags = container.tags if isinstance(container, ContainerFacts) else ()
    return tuple(
        (f"{tidy(one.where, 60)} ({tidy(one.reader, 40)})", tidy(one.name, 120), tidy(one.value, 400))
        for one in tags[:MOST_TAGS]
    )


def _place(kind: str) -> tuple[int, str]:
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind)


def _finding(one: FindingShown, language: Language) -> FindingView:
    finding, made_by = one.finding, one.finding.made_by
    lines: list[Line] = []
    if isinstance(finding.outcome, Found):
        lines = list(_lines(finding.outcome.value, language))
    return FindingView(
        kind=made_by.name,
        outcome=outcome_name(finding.outcome),
        why=outcome_why(finding.outcome),
        lines=tuple(lines[:MOST_LINES]),
        left_out=max(0, len(lines) - MOST_LINES),
        version=made_by.version,
        model=made_by.model,
        settings=made_by.settings,
        made_at=finding.made_at,
        stale=one.stale,
    )


def _lines(value: object, language: Language) -> Iterable[Line]:
    match value:
        case ContainerFacts():
            return _container(value, language)
        case PicturesFacts():
            return _pictures(value, language)
        case SoundFacts():
            return _sound(value, language)
        case FingerprintFacts():
            said = language.say("fingerprint.line", features=value.features, frames=value.frames)
            return (Line(text=said),)
        case SoundprintFacts():
            ms = language.number(value.column_s * 1000, 0)
            return (Line(text=language.say("soundprint.line", columns=value.columns, bands=value.bands, ms=ms)),)
        case _:
            return ()


def _container(facts: ContainerFacts, language: Language) -> Iterator[Line]:
    say = language.say
    length = say("container.no_length") if facts.duration_s is None else language.length(facts.duration_s)
    yield Line(text=f"{_format(facts.format_name, language)}, {length}")
    for stream in facts.streams:
        kind = f"stream.{stream.type}"
        parts = [
            say(kind) if kind in language.texts else tidy(stream.type, 40),
            tidy(stream.codec, 60),
            f"{stream.width_px}\u2009×\u2009{stream.height_px}" if stream.width_px and stream.height_px else "",
            say("stream.turned", degrees=stream.rotation_deg) if stream.rotation_deg else "",
            say("stream.rate", rate=language.compact(stream.frames_per_second)) if stream.frames_per_second else "",
            say("stream.hz", hz=stream.samples_per_second, channels=stream.channels or 1)
            if stream.samples_per_second
            else "",
        ]
        yield Line(text=say("stream.line", number=stream.index) + " " + ", ".join(part for part in parts if part))
    for time in facts.times:
        claim = claimed_time(time, language)
        if claim is not None and time.trust == "unset":
            yield Line(text=say("claim.unset", basis=tidy(claim.basis, 160)))
        elif claim is not None:
            text = say("claim.time", at=claim.text, basis=tidy(claim.basis, 160), trust=say(f"trust.{time.trust}"))
            yield Line(text=text, own=time.note)
    for place in facts.positions[:3]:
        position = f"{place.lat_deg:.5f}, {place.lon_deg:.5f}"
        at = "" if place.at_s is None else " " + say("claim.at", at=language.at(place.at_s))
        yield Line(text=say("claim.position", position=position, basis=tidy(place.basis, 160)) + at)
    if len(facts.positions) > 3:
        yield Line(text=say("claim.more_positions", n=len(facts.positions) - 3))
    if facts.device:
        yield Line(text=say("claim.device", device=tidy(facts.device, 200)))
    for trace in facts.rewritten_by:
        yield Line(text=say("claim.rewritten", trace=tidy(trace, 240)))
    for note in facts.edit_lists:
        yield Line(text=say("container.edit_list", number=note.stream), own=note.note)
    for remark in facts.notes:
        yield Line(text=say("container.note"), own=remark)


_FORMATS = {"mov": "format.mp4", "matroska": "format.matroska", "mpegts": "format.mpegts"}


def _format(name: str, language: Language) -> str:
    """A container as people call it; FFmpeg's own name where we have no better."""
    key = _FORMATS.get(name.partition(",")[0])
    return tidy(name, 100) if key is None else language.say(key)


def _pictures(facts: PicturesFacts, language: Language) -> Iterator[Line]:
    say = language.say
    size = f"{facts.width_px}\u2009×\u2009{facts.height_px}"
    if facts.still:
        yield Line(text=say("pictures.still", size=size))
        return
    yield Line(
        text=say(
            "pictures.line",
            frames=facts.frames,
            size=size,
            rate=language.compact(facts.frames_per_second),
            span=language.span(facts.first_s, facts.end_s),
        )
    )
    if facts.variable_rate:
        yield Line(text=say("pictures.variable"))
    if facts.scene_changes_s:
        cuts = ", ".join(language.at(at) for at in facts.scene_changes_s[:12])
        more = len(facts.scene_changes_s) - 12
        yield Line(text=say("pictures.cuts", cuts=cuts) + (f" {say('and_more', n=more)}" if more > 0 else ""))
    for key, stretches in (("black", facts.black), ("frozen", facts.frozen), ("low_texture", facts.low_texture)):
        if stretches:
            yield Line(text=say(f"pictures.{key}", spans=_spans(stretches, language)))
    if facts.border != "none":
        yield Line(text=say(f"pictures.{facts.border}"))
    if facts.overlays:
        yield Line(text=say("pictures.overlays", n=len(facts.overlays)))
    if facts.damaged_frames:
        yield Line(text=say("pictures.damaged", n=facts.damaged_frames))


def _sound(facts: SoundFacts, language: Language) -> Iterator[Line]:
    say = language.say
    span = language.span(facts.first_s, facts.end_s)
    yield Line(text=say("sound.line", hz=facts.samples_per_second, channels=facts.channels, span=span))
    if facts.digital_silence:
        yield Line(text=say("sound.digital_silence"))
        return
    levels = language.number(facts.mean_db), language.number(facts.peak_db)
    yield Line(text=say("sound.level", mean=levels[0], peak=levels[1]))
    if facts.silent:
        yield Line(text=say("sound.silent", spans=_spans(facts.silent, language)))
    if facts.clipped_ratio > 0.0005:
        yield Line(text=say("sound.clipped", percent=language.number(facts.clipped_ratio * 100, 2)))
    if facts.lost_samples:
        yield Line(text=say("sound.lost", n=facts.lost_samples))


def _spans(stretches: tuple[Stretch, ...], language: Language) -> str:
    text = ", ".join(language.span(one.start_s, one.end_s) for one in stretches[:MOST_STRETCHES])
    more = len(stretches) - MOST_STRETCHES
    return f"{text} {language.say('and_more', n=more)}" if more > 0 else text
