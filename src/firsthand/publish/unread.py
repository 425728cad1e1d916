"""What could not be read, what was refused, what was not looked at: grouped by reason, with what would be needed."""

from dataclasses import dataclass

from firsthand.model.findings import VALUE_OF_KIND
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import outcome_name, outcome_why
from firsthand.model.records import Refusal
from firsthand.publish.cards import item_page, tidy
from firsthand.publish.content import Content
from firsthand.publish.language import Language

# Kinds that docs/json.md announces and no examiner of this version makes.
_LATER_KINDS = ("content_credentials", "speech", "onscreen_text", "faces")
# What every item should have an answer of; a first look (triage) is made only where it was asked for.
_EXPECTED_KINDS = tuple(kind for kind in VALUE_OF_KIND if kind != "triage")
MOST_NAMES, MOST_GROUPS, MOST_REFUSED = 200, 60, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A link to an item's page."""

    page: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items that gave the same answer for the same reason. need: what would be needed; empty: nothing helps."""

    why: str
    kinds: tuple[str, ...]
    count: int
    items: tuple[Named, ...]
    left_out: int
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedView:
    """A path that was offered and not taken; without people, its last part only."""

    name: str
    why: str
    at: str


def groups_of(content: Content, outcome: str, language: Language) -> tuple[Group, ...]:
    """Current findings of this outcome, grouped by reason, the most frequent first."""
    by_reason: dict[str, dict[ItemId, None]] = {}
    kinds: dict[str, dict[str, None]] = {}
    for item, shown in content.items.items():
        for one in shown.findings:
            if one.current and outcome_name(one.finding.outcome) == outcome:
                why = outcome_why(one.finding.outcome)
                by_reason.setdefault(why, {})[item] = None
                kinds.setdefault(why, {})[one.finding.made_by.name] = None
    ordered = sorted(by_reason.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(
        _group(content, why, tuple(items), tuple(kinds[why]), outcome, language) for why, items in ordered[:MOST_GROUPS]
    )


def never_examined(content: Content, language: Language) -> Group | None:
    """Items that lack any answer of an engine that should have looked."""
    lacking: dict[ItemId, tuple[str, ...]] = {}
    for item, shown in content.items.items():
        answered = {one.finding.made_by.name for one in shown.findings}
        missing = tuple(kind for kind in _EXPECTED_KINDS if kind not in answered)
        if missing:
            lacking[item] = missing
    if not lacking:
        return None
    kinds = tuple(dict.fromkeys(kind for missing in lacking.values() for kind in missing))
    return _group(content, "not examined yet", tuple(lacking), kinds, "not_looked", language)


def kinds_without_engine(content: Content) -> tuple[str, ...]:
    """What nothing in this case was looked at for, because no engine for it was there."""
    answered = {one.finding.made_by.name for item in content.items.values() for one in item.findings}
    return tuple(kind for kind in _LATER_KINDS if kind not in answered)


def refused_of(refusals: tuple[Refusal, ...], *, with_people: bool) -> tuple[RefusedView, ...]:
    """Paths that were not taken, at most MOST_REFUSED."""
    return tuple(
        RefusedView(
            name=tidy(one.path if with_people else last_part(one.path), 300),
            why=one.why if with_people else one.why.replace(one.path, last_part(one.path)),
            at=one.at,
        )
        for one in refusals[:MOST_REFUSED]
    )


def _group(
    content: Content, why: str, items: tuple[ItemId, ...], kinds: tuple[str, ...], outcome: str, language: Language
) -> Group:
    shown = items[:MOST_NAMES]
    return Group(
        why=why,
        kinds=tuple(language.say(f"kind.{k}") if f"kind.{k}" in language.texts else tidy(k, 60) for k in kinds),
        count=len(items),
        items=tuple(Named(page=item_page(item), title=tidy(content.items[item].name, 120)) for item in shown),
        left_out=len(items) - len(shown),
        need=_need(why, outcome, language),
    )


def _need(why: str, outcome: str, language: Language) -> str:
    """What would let us look. The reasons are those of examine/answers.py and the decoding child."""
    if why == "not examined yet":
        return language.say("need.examine")
    if why in ("no picture track", "no sound track"):
        return language.say("need.another_copy")
    if why.startswith("this installation has no engine"):
        return language.say("need.engine")
    if outcome == "failed":
        return language.say("need.limit") if why.startswith("OverLimit") else language.say("need.uploader")
    return ""


def last_part(path: str) -> str:
    """The name at the end of a path, whichever system's."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
