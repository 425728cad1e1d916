"""The JSON document of moments (docs/json.md)."""

from collections.abc import Iterable, Mapping
from typing import Any

from firsthand.app.moment_clock import BeganAt
from firsthand.app.moment_views import MomentsView
from firsthand.model.ids import ItemId
from firsthand.model.moments import Moment, Offset, may_be_one_recording


def moments_document(views: MomentsView) -> dict[str, Any]:
    """firsthand.moments/1"""
    return {
        "schema": "firsthand.moments/1",
        "moments": [
            moment_document(view.moment, view.pairs, [(s.start_s, s.end_s, s.items) for s in view.coverage], view.names)
            for view in views.moments
        ],
        "waiting": [offset_document(one, views.names) for one in views.loose],
    }


def began_document(began: Iterable[BeganAt], names: Mapping[ItemId, str]) -> list[dict[str, Any]]:
    """When every take of a moment began, one of them being known."""
    return [
        {
            "item": one.item,
            "name": names.get(one.item, ""),
            "at": one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "plus_minus_s": round(one.plus_minus_s, 4),
        }
        for one in began
    ]


def moment_document(
    moment: Moment,
    pairs: Iterable[Offset],
    coverage: Iterable[tuple[float, float, tuple[ItemId, ...]]],
    names: Mapping[ItemId, str],
) -> dict[str, Any]:
    """One moment. coverage: from when to when (seconds of its clock) which items were filming."""
    return {
        "moment": moment.id,
        "reference": moment.reference,
        "items": [
            {
                "take": one.take,
                "item": one.item,
                "name": names.get(one.item, ""),
                "offset_s": one.offset_s,
                "plus_minus_s": one.plus_minus_s,
                "rate": one.rate,
            }
            for one in moment.items
        ],
        "pairs": [offset_document(one, names) for one in pairs],
        "coverage": [
            {"start_s": round(start_s, 3), "end_s": round(end_s, 3), "items": list(items)}
            for start_s, end_s, items in coverage
        ],
    }


def offset_document(offset: Offset, names: Mapping[ItemId, str]) -> dict[str, Any]:
    """One offset."""
    found = offset.found
    pair: dict[str, Any] = {
        "a": found.a,
        "a_name": names.get(found.a, ""),
        "b": found.b,
        "b_name": names.get(found.b, ""),
        "offset_s": found.offset_s,
        "plus_minus_s": found.plus_minus_s,
        "alignment_plus_minus_s": found.alignment_plus_minus_s,
        "score": found.score,
        "coherence": found.coherence,
        "one_recording": may_be_one_recording(found),
        "method": found.method,
        "link": found.link,
        "state": offset.state,
        "id": offset.id,
    }
    return {**pair, "candidates_s": list(found.candidates_s)} if found.candidates_s else pair
