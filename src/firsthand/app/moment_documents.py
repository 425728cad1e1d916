"""The JSON document of moments (docs/json.md)."""

from collections.abc import Mapping
from typing import Any

from firsthand.app.moment_views import MomentsView, MomentView
from firsthand.model.ids import ItemId
from firsthand.model.moments import Offset


def moments_document(views: MomentsView) -> dict[str, Any]:
    """firsthand.moments/1"""
    return {
        "schema": "firsthand.moments/1",
        "moments": [_moment(view) for view in views.moments],
        "waiting": [_pair(one, views.names) for one in views.loose],
    }


def _moment(view: MomentView) -> dict[str, Any]:
    return {
        "moment": view.moment.id,
        "reference": view.moment.reference,
        "items": [
            {
                "take": one.take,
                "item": one.item,
                "name": view.names.get(one.item, ""),
                "offset_s": one.offset_s,
                "plus_minus_s": one.plus_minus_s,
                "rate": one.rate,
            }
            for one in view.moment.items
        ],
        "pairs": [_pair(one, view.names) for one in view.pairs],
        "coverage": [
            {"start_s": round(one.start_s, 3), "end_s": round(one.end_s, 3), "items": list(one.items)}
            for one in view.coverage
        ],
    }


def _pair(offset: Offset, names: Mapping[ItemId, str]) -> dict[str, Any]:
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
        "method": found.method,
        "link": found.link,
        "state": offset.state,
        "id": offset.id,
    }
    return {**pair, "candidates_s": list(found.candidates_s)} if found.candidates_s else pair
