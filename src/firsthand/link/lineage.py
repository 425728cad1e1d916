"""What each copy of a take has lost against the best one, as far as the links between them say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, Edit, Take

MISSING_S = 1.0  # less of the recording than this is sampling error
FEWER_PIXELS = 0.85

# Edits that take something away from the picture or the sound; the rest say how, not what was lost.
LOSING: frozenset[Edit] = frozenset(
    {"cropped", "overlay", "picture_in_picture", "screen_recording", "blurred", "noise", "greyscale", "sound_replaced"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What one item of a take lacks that the best has. edits: only where the link says that this item carries them.

    missing_s: seconds of the take it does not show. pixels_ratio: its picture's pixels ÷ the best one's; None where
    not known. compared: a link joins the two directly; without one, edits cannot be told.
    """

    item: ItemId
    missing_s: float
    pixels_ratio: float | None
    edits: tuple[Edit, ...]
    compared: bool


def lost(take: Take, best: ItemId, copies: Iterable[Copy], pixels: Mapping[ItemId, float]) -> tuple[Lost, ...]:
    """One answer for each item of the take but the best, in the take's order.

    copies: those that stand; rejected ones are passed over. pixels: of each item's picture without its bars.
    """
    whole = _covered(take, None)
    links = {
        (one.found.b.item if one.found.a.item == best else one.found.a.item): one
        for one in copies
        if best in (one.found.a.item, one.found.b.item) and one.state != "rejected" and one.found.verdict == "copy"
    }
    answers = []
    for item in dict.fromkeys(part.span.item for part in take.spans):
        if item == best:
            continue
        link, own, of_best = links.get(item), pixels.get(item, 0.0), pixels.get(best, 0.0)
        missing_s = whole - _covered(take, item)
        answers.append(
            Lost(
                item=item,
                missing_s=round(missing_s, 3) if missing_s > MISSING_S else 0.0,
                pixels_ratio=round(own / of_best, 4) if own and of_best else None,
                edits=_carried(link, item) if link is not None else (),
                compared=link is not None,
            )
        )
    return tuple(answers)


def _carried(link: Copy, item: ItemId) -> tuple[Edit, ...]:
    """The losing edits of a link, where it says that this item carries them."""
    carrier = {"a": link.found.a.item, "b": link.found.b.item, None: None}[link.found.edited]
    return tuple(edit for edit in link.found.edits if edit in LOSING) if carrier == item else ()


def _covered(take: Take, item: ItemId | None) -> float:
    """Seconds of the take's own time that an item shows; None: that any does."""
    stretches = sorted(
        (part.take_start_s, part.take_start_s + part.speed * (part.span.end_s - part.span.start_s))
        for part in take.spans
        if item is None or part.span.item == item
    )
    total, reached = 0.0, float("-inf")
    for start_s, end_s in sorted((min(both), max(both)) for both in stretches):
        total += max(0.0, end_s - max(start_s, reached))
        reached = max(reached, end_s)
    return total
