"""What each copy of a take has lost against the best one, and a guess which copy was made from which: as far as the
links between them say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, Edit, Take

MISSING_S = 1.0  # less of the recording than this is sampling error
FEWER_PIXELS = 0.85

# Edits that take something away from the picture or the sound; the rest say how, not what was lost.
LOSING: frozenset[Edit] = frozenset(
    {"cropped", "overlay", "picture_in_picture", "screen_recording", "blurred", "noise", "greyscale", "recoloured",
     "sound_replaced"}
)  # fmt: skip

# Edits that nobody undoes: what carries them was made from what does not.
LASTING = LOSING | frozenset[Edit](
    {
        *("letterboxed", "blurred_bars", "speed", "reversed", "mirrored", "tilted", "rotated_90"),
        *("rotated_180", "rotated_270", "excerpt", "trimmed", "cut_inside", "compilation", "reencoded"),
    }
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A guess: `item` was made from `source`, or from a copy like it that is not in the archive.

    edits: what was done on the way. keeps: edits of the source against the best copy that the item still shows.
    """

    item: ItemId
    source: ItemId
    edits: tuple[Edit, ...]
    keeps: tuple[Edit, ...]


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


def derived(take: Take, best: ItemId, copies: Iterable[Copy]) -> tuple[Derived, ...]:
    """A guess at what each item of the take was made from, in the take's order; no answer where no link tells which of
    two came first.

    Of those that an item can have been made from, the one is taken from which the fewest edits lead to it: a crop of a
    captioned copy differs from that by the crop alone, from the original by crop and caption. It must show all of the
    recording that the item shows. Always a guess: two people can make the same crop of the same file, and the copy in
    between may never have been seen.
    """
    members = tuple(dict.fromkeys(part.span.item for part in take.spans))
    from_best: dict[ItemId, frozenset[Edit]] = {}
    sources: dict[ItemId, list[tuple[ItemId, frozenset[Edit]]]] = {}
    for one in copies:
        pair = {"a": one.found.a.item, "b": one.found.b.item}
        if one.state == "rejected" or one.found.verdict != "copy" or not set(pair.values()) <= set(members):
            continue
        done = frozenset(edit for edit in one.found.edits if edit in LASTING)
        if one.found.edited is None or not done:
            continue
        item, source = pair[one.found.edited], pair["b" if one.found.edited == "a" else "a"]
        if source == best:
            from_best[item] = done
        if _covered(take, item) <= _covered(take, source) + MISSING_S:
            sources.setdefault(item, []).append((source, done))
    answers = []
    for item in members:
        # The fewest edits; between equals the best copy, then the take's order.
        ranked = sorted(sources.get(item, ()), key=lambda one: (_weight(one[1]), one[0] != best, members.index(one[0])))
        if item != best and ranked:
            source, done = ranked[0]
            kept = from_best.get(source, frozenset()) & from_best.get(item, frozenset()) & LOSING
            answers.append(Derived(item=item, source=source, edits=tuple(sorted(done)), keeps=tuple(sorted(kept))))
    return tuple(answers)


def _weight(edits: frozenset[Edit]) -> int:
    """How much was done: encoding anew comes with every edit and says nothing by itself."""
    return 2 * len(edits - {"reencoded"}) + ("reencoded" in edits)


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
