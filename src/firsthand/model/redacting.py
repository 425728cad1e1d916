"""What is left of an event when an item, a case or a name must go: as much as can stay, and nothing of what goes.

A tuple loses the elements that name what is gone; where the event itself does, nothing is left of it. Free text that
holds one of the words becomes empty. Types decide, so a new event is covered the day it is added.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

from firsthand.model.arrays import Array
from firsthand.model.codec import decode_event, encode_event
from firsthand.model.events import CaseOpened, CopiesSought, Event, MomentsSought, Redacted, Sighted
from firsthand.model.outcomes import EngineId

_OUTLIVES = {"ItemId", "CaseId", "PersonId", "TakeId", "MomentId", "IncidentId"}
"""Ids of things that stand for more than the event they appear in; all others go with what named them."""


class Redaction:
    """What must go: ids (`gone` grows by the ids that only dropped things carried) and words in free text.

    Show it a log's events from first to last: an id is made before it is used.
    """

    def __init__(self, *, gone: set[str], words: tuple[str, ...] = ()) -> None:
        self.gone = gone
        self.words = tuple(word.casefold() for word in words)

    def left_of(self, event: Event) -> Event | None:
        """The event without what must go; the same one where it holds nothing of it; None where nothing is left."""
        try:
            left: Event = self._left(event, type(event))
        except _Gone:
            self._forget(event, type(event))
            return None
        if isinstance(left, CaseOpened) and not left.name:
            return replace(left, name=f"erased {left.case}")  # a case has a name, and no two have the same
        return left

    def _left(self, value: Any, kind: Any) -> Any:
        if isinstance(value, str):
            return self._text(value, kind)
        if isinstance(value, CopiesSought):
            return self._search(value)
        if isinstance(value, MomentsSought):
            return self._moment_search(value)
        if isinstance(value, Redacted):
            return self._redacted(value)
        if isinstance(value, Sighted):
            value = self._sighted(value)
        if isinstance(value, tuple):
            return self._tuple(value, kind)
        if is_dataclass(value) and not isinstance(value, type | Array | EngineId):
            hints = _hints(type(value))
            left = {name: self._left(getattr(value, name), hints[name]) for name in hints}
            same = all(left[name] is getattr(value, name) for name in hints)
            return value if same else replace(value, **left)
        return value

    def _text(self, text: str, kind: Any) -> str:
        if text in self.gone:
            raise _Gone
        if kind is not str:
            return text  # an id, or one of a closed list of words
        folded = text.casefold()
        holds = any(word in folded for word in self.words) or any(gone in text for gone in _long(self.gone, text))
        return "" if holds else text

    def _tuple(self, values: tuple[Any, ...], kind: Any) -> tuple[Any, ...]:
        arguments = get_args(kind)
        inner = arguments[0] if len(arguments) == 2 and arguments[1] is Ellipsis else None
        left = []
        for place, value in enumerate(values):
            of = inner if inner is not None else arguments[place] if place < len(arguments) else Any
            try:
                left.append(self._left(value, of))
            except _Gone:
                if inner is None:
                    raise  # a fixed row without one of its places is no row
                self._forget(value, of)
        same = len(left) == len(values) and all(one is other for one, other in zip(left, values, strict=True))
        return values if same else tuple(left)

    def _search(self, event: CopiesSought) -> CopiesSought:
        """Copies and their ids lie side by side, and go side by side."""
        if event.item in self.gone:
            raise _Gone
        kept = []
        for copy, found in zip(event.copies, event.found, strict=True):
            if {copy, found.a.item, found.b.item} & self.gone:
                self.gone.add(copy)
            else:
                kept.append((copy, found))
        because = self._text(event.not_looked, str)
        if len(kept) == len(event.copies) and because is event.not_looked:
            return event
        copies, found_kept = tuple(copy for copy, _ in kept), tuple(found for _, found in kept)
        return replace(event, copies=copies, found=found_kept, not_looked=because)

    def _moment_search(self, event: MomentsSought) -> MomentsSought:
        """As with copies: an offset and its id go together; items that are gone were not sought."""
        if event.case in self.gone:
            raise _Gone
        kept = []
        for offset, found in zip(event.offsets, event.found, strict=True):
            if {offset, found.a, found.b} & self.gone:
                self.gone.add(offset)
            else:
                kept.append((offset, found))
        items = tuple(item for item in event.items if item not in self.gone)
        if len(kept) == len(event.offsets) and len(items) == len(event.items):
            return event
        if not items:
            raise _Gone
        offsets, found_kept = tuple(offset for offset, _ in kept), tuple(found for _, found in kept)
        return replace(event, items=items, offsets=offsets, found=found_kept)

    def _sighted(self, event: Sighted) -> Sighted:
        """A record may spell a word in ways of its own (JSON may write any letter as \\uXXXX)."""
        spelled_out = _spelled_out(event.record).casefold()
        return replace(event, record="") if any(word in spelled_out for word in self.words) else event

    def _redacted(self, one: Redacted) -> Redacted:
        event = decode_event(one.of, one.document.data)
        left = self.left_of(event)
        if left is None:
            raise _Gone
        return one if left is event else redacted(one.entry, left)

    def _forget(self, value: Any, kind: Any) -> None:
        self.gone.update(text for text, of in _texts(value, kind) if text and _is_own_id(of))


def redacted(entry: int, left: Event) -> Redacted:
    """The record that this is left of that entry's event."""
    document = encode_event(left)
    return Redacted(entry=entry, of=left.kind, document=Array(dtype="u1", shape=(len(document),), data=document))


def _spelled_out(record: str) -> str:
    try:
        return json.dumps(json.loads(record), ensure_ascii=False)
    except (ValueError, RecursionError):
        return record


class _Gone(Exception):
    """What holds this must go too."""


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _long(gone: set[str], text: str) -> Iterator[str]:
    """Ids long enough to stand inside a text by no accident. An item is also known by its digits alone."""
    if len(text) < 24:
        return
    for one in gone:
        if len(one) >= 24:
            yield one.removeprefix("sha256:")


def _texts(value: Any, kind: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, str):
        yield value, kind
    elif isinstance(value, tuple):
        arguments = get_args(kind)
        for place, one in enumerate(value):
            of = arguments[0] if arguments[1:] == (Ellipsis,) else arguments[place] if place < len(arguments) else Any
            yield from _texts(one, of)
    elif is_dataclass(value) and not isinstance(value, type | Array):
        for name, of in _hints(type(value)).items():
            yield from _texts(getattr(value, name), of)


def _is_own_id(kind: Any) -> bool:
    return hasattr(kind, "__supertype__") and kind.__name__ not in _OUTLIVES
