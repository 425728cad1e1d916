"""How far from each other two cameras stood, as far as their files say."""

import math
import statistics
from collections.abc import Iterable

from firsthand.app.desk import Desk
from firsthand.link.offsets import APART_M
from firsthand.model.findings import ContainerFacts
from firsthand.model.ids import ItemId
from firsthand.model.outcomes import Found

EARTH_M = 6_371_000.0
UNSURE_M = 10.0  # a phone's fix under open sky, each of two
# Farther than this no shared sound is told from others: one of both files claims what is not so, and neither counts.
FARTHEST_M = 1000.0

Place = tuple[float, float]  # latitude, longitude in degrees, WGS 84


def places_of(desk: Desk, items: Iterable[ItemId]) -> dict[ItemId, Place]:
    """Where each item's file claims that it was filmed; items whose files claim nothing are left out.

    A file that tells of many positions counts for the median of them.
    """
    places = {}
    for item in items:
        finding = desk.records.current(item, "container")
        if finding is None or not isinstance(finding.outcome, Found):
            continue
        facts = finding.outcome.value
        if isinstance(facts, ContainerFacts) and facts.positions:
            places[item] = (
                statistics.median(one.lat_deg for one in facts.positions),
                statistics.median(one.lon_deg for one in facts.positions),
            )
    return places


def apart_m(a: Place | None, b: Place | None) -> float:
    """How far apart two cameras may have stood: their distance and what a phone's fix may be off; APART_M where a
    place is not known, or not to be believed."""
    if a is None or b is None:
        return APART_M
    far_m = distance_m(a, b)
    return far_m + 2 * UNSURE_M if far_m <= FARTHEST_M else APART_M


def distance_m(a: Place, b: Place) -> float:
    """Along the ground, on a ball."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(one) for one in (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))
