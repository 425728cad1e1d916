"""What a take's page says: its copies on one time axis, what each lost, matched pictures, what is merely alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from firsthand.model.findings import ContainerFacts, PicturesFacts, SoundFacts
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, TakeSpan
from firsthand.publish.cards import item_page, measure, tidy
from firsthand.publish.content import Content, Matched, TakeShown
from firsthand.publish.drawing import Bar, bar
from firsthand.publish.language import Language
from firsthand.publish.numbers import take_extent_s

MOST_ROWS, MOST_PAIRS, MOST_ALIKE = 200, 24, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item of a take: where it lies on the take's axis, how it was edited, what it lost."""

    page: str
    title: str
    measure: str
    best: bool
    bars: tuple[Bar, ...]
    spans: str
    edits: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two items that a machine compared, and what it says of them."""

    a_page: str
    a_title: str
    b_page: str
    b_title: str
    words: str
    frames: tuple[Matched, ...] = ()
    looked: bool = False  # pictures were sought for this pair


def rows_of(content: Content, shown: TakeShown, language: Language) -> tuple[Row, ...]:
    """A row an item, the best first; at most MOST_ROWS."""
    start_s, end_s = take_extent_s(shown.take)
    ends = (start_s, max(end_s, start_s + 0.001))
    of_item: dict[ItemId, list[TakeSpan]] = {}
    for part in shown.take.spans:
        of_item.setdefault(part.span.item, []).append(part)
    edits = _edits_of(content, shown, language)
    rows = []
    for item in shown.items()[:MOST_ROWS]:
        one, parts = content.items[item], of_item[item]
        spans = [
            language.say(
                "row.span" if part.speed > 0 else "row.span.backwards",
                span=language.span(part.span.start_s, part.span.end_s),
                at=language.at(max(0.0, _edges_s(part)[0] - start_s)),
            )
            + ("" if abs(abs(part.speed) - 1) < 0.002 else " " + _speed(part.speed, language))
            for part in parts
        ]
        rows.append(
            Row(
                page=item_page(item),
                title=tidy(one.name, 160),
                measure=measure(one, language, length_s=one.length_s),
                best=item == shown.best,
                bars=tuple(_bar_of(part, ends) for part in parts),
                spans="; ".join(spans),
                edits=edits.get(item, ()),
                lost=tuple(_lost(content, shown, item, language)) if item != shown.best else (),
            )
        )
    return tuple(rows)


def pairs_of(content: Content, shown: TakeShown, language: Language) -> tuple[tuple[Pair, ...], int]:
    """Copies between the take's items, those with the best item first; and how many were left out."""
    members = set(shown.items())
    within = [one for one in _copies(content, members) if {one.found.a.item, one.found.b.item} <= members]
    within.sort(key=lambda one: shown.best not in (one.found.a.item, one.found.b.item))
    chosen = within[:MOST_PAIRS]
    pairs = (_pair(content, one, language, content.matched.get(one.id, ())) for one in chosen)
    return tuple(pairs), len(within) - len(chosen)


def alike_of(content: Content, shown: TakeShown, language: Language) -> tuple[tuple[Pair, ...], int]:
    """What was compared with the take's items and not joined to them; and how many were left out."""
    members = set(shown.items())
    found = [
        one
        for one in content.copies
        if members & {one.found.a.item, one.found.b.item}
        and (one.found.verdict != "copy" or one.state == "rejected")
        and one.found.a.item in content.items
        and one.found.b.item in content.items
    ]
    return tuple(_pair(content, one, language, ()) for one in found[:MOST_ALIKE]), max(0, len(found) - MOST_ALIKE)


def copy_words(copy: Copy, language: Language) -> str:
    """What the machine found of a pair, in one line: spans, verdict, by what, score, edits, who decided."""
    found = copy.found
    spans = f"{language.span(found.a.start_s, found.a.end_s)} ↔ {language.span(found.b.start_s, found.b.end_s)}"
    by = ", ".join(language.say(f"by.{one}") for one in found.matched_by)
    parts = [
        spans,
        language.say(f"verdict.{found.verdict}"),
        language.say("pair.by", by=by) if by else "",
        language.say("pair.score", score=language.number(found.score, 2)),
        _edit_words(found.edits, language),
        "" if abs(abs(found.speed) - 1) < 0.002 else _speed(found.speed, language),
        language.say(f"link.{copy.state}"),
    ]
    return " · ".join(part for part in parts if part)


def _copies(content: Content, members: set[ItemId]) -> Iterable[Copy]:
    for one in content.copies:
        if one.found.verdict == "copy" and one.state != "rejected" and one.found.a.item in members:
            yield one


def _pair(content: Content, copy: Copy, language: Language, frames: tuple[Matched, ...]) -> Pair:
    a, b = copy.found.a.item, copy.found.b.item
    return Pair(
        a_page=item_page(a),
        a_title=tidy(content.items[a].name, 120),
        b_page=item_page(b),
        b_title=tidy(content.items[b].name, 120),
        words=copy_words(copy, language),
        frames=frames,
        looked=copy.id in content.matched,
    )


def _bar_of(part: TakeSpan, ends: tuple[float, float]) -> Bar:
    first, last = _edges_s(part)
    return bar(first, last, of=ends, backwards=part.speed < 0)


def _edges_s(part: TakeSpan) -> tuple[float, float]:
    """Where the span begins and ends on the take's line; backwards, its first second is the later one."""
    other = part.take_start_s + (part.span.end_s - part.span.start_s) * part.speed
    return min(part.take_start_s, other), max(part.take_start_s, other)


def _edits_of(content: Content, shown: TakeShown, language: Language) -> dict[ItemId, tuple[str, ...]]:
    """Edits each item carries against the best one: against a third they would be somebody else's."""
    edits: dict[ItemId, dict[str, None]] = {}
    for one in _copies(content, set(shown.items())):
        found = one.found
        ends = {"a": found.a.item, "b": found.b.item}
        if shown.best not in ends.values():
            continue
        other = found.b.item if found.a.item == shown.best else found.a.item
        words = [language.say(f"edit.{edit}") for edit in found.edits]
        if found.edited is None and words:
            words = [language.say("row.edits.either", edits=", ".join(words))]
        edits.setdefault(ends.get(found.edited or "", other), {}).update(dict.fromkeys(words))
    return {item: tuple(words) for item, words in edits.items()}


def _edit_words(edits: Iterable[str], language: Language) -> str:
    return ", ".join(language.say(f"edit.{edit}") for edit in edits)


def _speed(speed: float, language: Language) -> str:
    return language.say("row.speed", speed=language.number(abs(speed), 3))


def _lost(content: Content, shown: TakeShown, item: ItemId, language: Language) -> Iterable[str]:
    """What the best copy has and this one has not."""
    best, one = content.items[shown.best], content.items[item]
    shows_s = {
        key: sum((p.span.end_s - p.span.start_s) * abs(p.speed) for p in shown.take.spans if p.span.item == key)
        for key in (shown.best, item)
    }
    missing_s = shows_s[shown.best] - shows_s[item]
    if missing_s > 0.5:
        yield language.say("lost.length", length=language.length(missing_s))
    ours, theirs = one.found(PicturesFacts), best.found(PicturesFacts)
    if isinstance(ours, PicturesFacts) and isinstance(theirs, PicturesFacts):
        share = ours.width_px * ours.height_px / max(1, theirs.width_px * theirs.height_px)
        if share < 0.95:
            yield language.say("lost.pixels", percent=language.number((1 - share) * 100, 0))
        if theirs.frames_per_second and ours.frames_per_second < 0.9 * theirs.frames_per_second:
            rates = (language.compact(ours.frames_per_second), language.compact(theirs.frames_per_second))
            yield language.say("lost.rate", ours=rates[0], theirs=rates[1])
    elif isinstance(theirs, PicturesFacts):
        yield language.say("lost.pictures")
    if best.found(SoundFacts) is not None and one.found(SoundFacts) is None:
        yield language.say("lost.sound")
    our_file, their_file = one.found(ContainerFacts), best.found(ContainerFacts)
    if isinstance(our_file, ContainerFacts) and isinstance(their_file, ContainerFacts):
        if their_file.times and not our_file.times:
            yield language.say("lost.times")
        if their_file.positions and not our_file.positions:
            yield language.say("lost.positions")
        if their_file.device and not our_file.device:
            yield language.say("lost.device")
