"""What may be said of a pair of which one item was only looked at in its key frames."""

from collections.abc import Iterable
from dataclasses import replace

from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound
from firsthand.model.outcomes import EngineId


def careful(found: Iterable[CopyFound], key_frames_only: frozenset[ItemId]) -> tuple[CopyFound, ...]:
    """The findings, with "another take" softened to "undecidable" where either item's motion was not seen: that it
    moves unlike is then no finding but a gap."""
    return tuple(
        replace(one, verdict="undecidable")
        if one.verdict == "same_scene_other_take" and {one.a.item, one.b.item} & key_frames_only
        else one
        for one in found
    )


def triage_engine(engine: EngineId) -> EngineId:
    """The engine that a search made on key frames alone is recorded under, so that the full one is still missing."""
    return replace(engine, settings=f"{engine.settings}-key-frames")
