"""The JSON document of `firsthand demo`: apart, so that no other command loads what draws."""

from typing import Any

from firsthand.app.demonstrating import Demonstrated


def demo_document(demonstrated: Demonstrated, *, elapsed_s: float) -> dict[str, Any]:
    """firsthand.demo/1"""
    compared = demonstrated.compared
    return {
        "schema": "firsthand.demo/1",
        "events": [str(event.folder) for event in demonstrated.events],
        "clips": sum(len(event.truth.items) for event in demonstrated.events),
        "copies": {
            "true": compared.pairs,
            "linked": compared.linked,
            "through_others": compared.through_others,
            "missed": [
                {"a_name": one.a_name, "b_name": one.b_name, "edits": list(one.edits)} for one in compared.missed
            ],
            "wrong": [{"id": one.id, "a": one.found.a.item, "b": one.found.b.item} for one in compared.wrong],
        },
        "takes": {
            "true": compared.takes,
            "whole": compared.whole,
            "split": [one.best_name for one in compared.split],
            "mixed": [list(names) for names in compared.mixed],
        },
        "moments": {
            "cameras": compared.moments.cameras,
            "on_one_clock": compared.moments.on_one_clock,
            "missed": list(compared.moments.missed),
            "shown_twice": list(compared.moments.twice),
            "strangers": list(compared.moments.strangers),
            "offsets": [
                {
                    "name": one.name,
                    "reference_name": one.reference_name,
                    "found_s": one.found_s,
                    "plus_minus_s": one.plus_minus_s,
                    "true_s": round(one.true_s, 4),
                    "by_source_s": [round(edge_s, 4) for edge_s in one.by_source_s],
                    "held": one.held,
                }
                for one in compared.moments.offsets
            ],
        },
        "edits": [{"name": one.name, "true": list(one.true), "named": list(one.named)} for one in compared.edits],
        "elapsed_s": round(elapsed_s, 3),
    }
