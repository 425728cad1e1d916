"""The front page: the case in numbers, a time axis of what the files claim, what changed since the last report."""

from dataclasses import dataclass
from datetime import datetime

from firsthand.model.findings import FileTime
from firsthand.model.ids import ItemId
from firsthand.publish.cards import item_page, tidy
from firsthand.publish.claims import best_time, interval_of
from firsthand.publish.content import Before, Content
from firsthand.publish.drawing import AXIS_WIDTH, Bar, TimeAxis, time_axis
from firsthand.publish.language import Language

# What names a zone comes first: these can be laid beside each other; the others can be hours off.
_LANES = ("satellite", "device_with_zone", "device_utc", "device_local", "file_system")
_MOST_BARS = 600
_MOST_CHANGES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """All files whose best claim is trusted alike."""

    trust: str
    count: int
    bars: tuple[Bar, ...]
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The drawing of file times, with the same in words for those who hear the page."""

    lanes: tuple[Lane, ...]
    labels: tuple[tuple[float, str], ...]  # percent of the width, text
    words: str


def axis_of(content: Content, language: Language) -> tuple[Axis | None, list[str]]:
    """The axis, and what it leaves out. A claim without a zone is drawn as wide as zones differ."""
    claims = [best_time(one) for one in content.items.values()]
    dated = [one for one in claims if one is not None]
    spans = [(one, interval) for one in dated if (interval := interval_of(one)) is not None]
    axis = time_axis([interval.earliest + (interval.latest - interval.earliest) / 2 for _, interval in spans])
    notes = [language.say("axis.none", n=len(claims) - len(spans))] if len(claims) > len(spans) else []
    if axis is None:
        return None, notes or [language.say("axis.empty")]
    if axis.earlier or axis.later:
        notes.append(language.say("axis.outside", earlier=axis.earlier, later=axis.later))
    if any(one.trust == "device_local" for one, _ in spans):
        notes.append(language.say("axis.wide"))
    ticks = tuple(round(x, 1) for x, _ in axis.ticks)
    lanes = tuple(
        Lane(trust=trust, count=len(of), bars=_bars(axis, of), ticks=ticks)
        for trust in _LANES
        if (of := [(one, interval.earliest, interval.latest) for one, interval in spans if one.trust == trust])
    )
    words = "; ".join(f"{language.say('trust.' + one.trust)}: {language.say('n_files', n=one.count)}" for one in lanes)
    start, end = language.instant(axis.start.isoformat()), language.instant(axis.end.isoformat())
    said = language.say("axis.words", start=start, end=end, lanes=words)
    labels = tuple((round(x / AXIS_WIDTH * 100, 2), language.tick(tick, axis.step)) for x, tick in axis.ticks)
    return Axis(lanes=lanes, labels=labels, words=said), notes


def _bars(axis: TimeAxis, claims: list[tuple[FileTime, datetime, datetime]]) -> tuple[Bar, ...]:
    """Claims that would fall on the same spot are drawn once: the drawing stays small however large the case."""
    drawn: dict[tuple[int, int], Bar] = {}
    for _, earliest, latest in claims:
        left, right = axis.x(earliest), axis.x(latest)
        if right < 0 or left > AXIS_WIDTH:
            continue
        left, right = max(0.0, left), min(float(AXIS_WIDTH), max(right, left + 3.0))
        drawn.setdefault((round(left), round(right)), Bar(x=round(left, 1), width=round(max(right - left, 3.0), 1)))
    return tuple(list(drawn.values())[:_MOST_BARS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A page of the report, and why it is named."""

    page: str
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs from the report that lay in the folder before."""

    lines: tuple[str, ...]
    items: tuple[Linked, ...]
    left_out: int


def changed_items(content: Content, before: Before) -> tuple[list[ItemId], list[ItemId], list[str]]:
    """Items that are new, items that were examined anew, items that are in the case no more."""
    new = [item for item in content.items if item not in before.items]
    again = [i for i in content.items if before.items.get(i, content.digests[i]) != content.digests[i]]
    return new, again, [item for item in before.items if item not in content.items]


def changes_of(content: Content, language: Language) -> Changes:
    """What is new since the report before, in words, with the first few items."""
    before = content.before
    if before is None:
        return Changes(lines=(language.say("changed.first"),), items=(), left_out=0)
    new, again, gone = changed_items(content, before)
    takes: dict[str, tuple[str, ...]] = {one.take.id: tuple(sorted(one.items())) for one in content.takes}
    regrouped = sum(
        take not in takes or takes[take] != items
        for take, items in before.takes.items()
    )  # fmt: skip
    counts = (("changed.new", len(new)), ("changed.again", len(again)), ("changed.gone", len(gone)))
    lines = [language.say(key, n=count) for key, count in counts if count]
    lines += [language.say("changed.takes", n=regrouped)] if regrouped else []
    now: dict[str, tuple[str, ...]] = {
        one.moment.id: tuple(sorted(item.item for item in one.moment.items)) for one in content.moments
    }
    moved = sum(now.get(moment) != items for moment, items in before.moments.items())
    moved += sum(moment not in before.moments for moment in now)
    lines += [language.say("changed.moments", n=moved)] if moved else []
    since = language.say("changed.since", at=language.instant(tidy(before.made_at, 60)))
    listed = [(item, "changed.item_new") for item in new] + [(item, "changed.item_again") for item in again]
    return Changes(
        lines=(since, " ".join(lines) if lines else language.say("changed.nothing")),
        items=tuple(
            Linked(page=item_page(item), title=tidy(content.items[item].name, 120), why=language.say(why))
            for item, why in listed[:_MOST_CHANGES]
        ),
        left_out=max(0, len(listed) - _MOST_CHANGES),
    )
