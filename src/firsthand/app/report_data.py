"""The report's content as JSON: one document for scripts, and the same in parts beside the pages."""

import json
from collections.abc import Iterator
from typing import Any

from firsthand.app.documents import copies_document, item_document, takes_document
from firsthand.app.moment_documents import moment_document, offset_document
from firsthand.app.showing import ItemView
from firsthand.app.taking import TakeView
from firsthand.model.codec import to_json
from firsthand.publish.content import Before, Choices, Content, ItemShown, Page
from firsthand.publish.front import changed_items
from firsthand.publish.numbers import numbers_of
from firsthand.publish.unread import last_part

MOST_BYTES = 2_500_000  # of one part; no file of a report is over 3 MB
_LEFT_OUT_OF_ARRIVALS = ("path", "collector", "obtained_from", "how", "by")
_LEFT_OUT_OF_SIGHTINGS = ("link", "account", "account_name", "caption", "read_from")


def report_document(
    content: Content, choices: Choices, *, folder: str = "", files: int = 0, size: int = 0
) -> dict[str, Any]:
    """firsthand.report/1"""
    return {
        **_head(content),
        "folder": folder,
        "files": files,
        "bytes": size,
        "takes": _takes(content),
        "copies": _copies(content),
        "items": [_item(content, one, choices) for one in content.items.values()],
        "moments": _moments(content),
        "waiting": _waiting(content),
        "refusals": _refusals(content, choices),
    }


def data_pages(content: Content, choices: Choices) -> Iterator[Page]:
    """The same document in parts that stay small, and the state that the next report compares with."""
    parts: list[dict[str, Any]] = []
    for name, rows in (
        ("takes", iter(_takes(content))),
        ("copies", iter(_copies(content))),
        ("items", (_item(content, one, choices) for one in content.items.values())),
        ("moments", iter(_moments(content))),
        ("waiting", iter(_waiting(content))),
        ("refusals", iter(_refusals(content, choices))),
    ):
        for number, (count, block) in enumerate(_blocks(rows), start=1):
            path = f"data/{name}-{number}.json"
            parts.append({"file": path, "holds": name, "count": count})
            yield Page(path=path, content=block)
    yield Page(path="data/report.json", content=_line({**_head(content), "parts": parts}))
    state = {
        "schema": "firsthand.report_state/1",
        "made_at": content.made_at,
        "items": dict(content.digests),
        "takes": {one.take.id: sorted(one.items()) for one in content.takes},
        "moments": {one.moment.id: sorted(item.item for item in one.moment.items) for one in content.moments},
    }
    yield Page(path="data/state.json", content=_line(state))


def before_from(state: bytes | None) -> Before | None:
    """The report that lay there before; None: there was none, or its state says nothing we understand."""
    if state is None:
        return None
    try:
        read = json.loads(state)
        items, takes = read["items"], read["takes"]
        return Before(
            made_at=str(read["made_at"]),
            items={str(item): str(digest) for item, digest in items.items()},
            takes=_groups(takes),
            moments=_groups(read.get("moments", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # whoever sent the folder may have changed it: then this is the first report


def _groups(read: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {str(group): tuple(str(item) for item in members) for group, members in read.items()}


def _head(content: Content) -> dict[str, Any]:
    return {
        "schema": "firsthand.report/1",
        "case": content.case.name,
        "made_at": content.made_at,
        "made_with": content.made_with,
        "numbers": to_json(numbers_of(content)),
        "since": _since(content),
    }


def _since(content: Content) -> dict[str, Any] | None:
    before = content.before
    if before is None:
        return None
    new, again, gone = changed_items(content, before)
    return {"made_at": before.made_at, "new": new, "examined_anew": again, "gone": gone}


def _takes(content: Content) -> list[dict[str, Any]]:
    names = {item: one.name for item, one in content.items.items()}
    views = (TakeView(take=one.take, best_item=one.best, first=one.first, names=names) for one in content.takes)
    return list(takes_document(views)["takes"])


def _copies(content: Content) -> list[dict[str, Any]]:
    return list(copies_document(content.copies, {item: one.name for item, one in content.items.items()})["copies"])


def _moments(content: Content) -> list[dict[str, Any]]:
    names = {item: one.name for item, one in content.items.items()}
    return [
        moment_document(one.moment, one.pairs, [(s.start_s, s.end_s, s.items) for s in one.filmed], names)
        for one in content.moments
    ]


def _waiting(content: Content) -> list[dict[str, Any]]:
    names = {item: one.name for item, one in content.items.items()}
    return [offset_document(one, names) for one in content.waiting]


def _item(content: Content, one: ItemShown, choices: Choices) -> dict[str, Any]:
    view = ItemView(
        item=one.item,
        name=one.name,
        arrivals=one.arrivals,
        sightings=one.sightings,
        case_names={content.case.id: content.case.name},
        findings=tuple((shown.finding, shown.stale) for shown in one.findings),
    )
    document = item_document(view)
    del document["schema"]
    if not choices.with_people:
        for arrival in document["arrivals"]:
            for name in _LEFT_OUT_OF_ARRIVALS:
                arrival.pop(name, None)
        for sighting in document["sightings"]:
            for name in _LEFT_OUT_OF_SIGHTINGS:
                sighting.pop(name, None)
        for finding in document["findings"]:
            if "tags" in finding.get("value", {}):
                finding["value"]["tags"] = []
    return document


def _refusals(content: Content, choices: Choices) -> list[dict[str, Any]]:
    return [
        {
            "path" if choices.with_people else "name": one.path if choices.with_people else last_part(one.path),
            "why": one.why if choices.with_people else one.why.replace(one.path, last_part(one.path)),
            "at": one.at,
        }
        for one in content.refusals
    ]


def _blocks(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[int, bytes]]:
    """JSON lists of rows, each list under MOST_BYTES; a row that is larger alone is named and left out."""
    held: list[str] = []
    size = 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=True)
        if len(line) > MOST_BYTES:
            line = json.dumps({"left_out": row.get("item") or row.get("take") or "", "bytes": len(line)})
        if size + len(line) > MOST_BYTES:
            yield len(held), _list(held)
            held, size = [], 0
        held.append(line)
        size += len(line) + 2
    if held:
        yield len(held), _list(held)


def _list(lines: list[str]) -> bytes:
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("ascii")


def _line(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=True, indent=1) + "\n").encode("ascii")
