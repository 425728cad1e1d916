"""Copies by sound: where pictures are missing, hold too little to tell, or were replaced."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from firsthand.link.edits import edits_between
from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print
from firsthand.link.same_sound import SameSound, same_sound, sound_end_s
from firsthand.model.ids import ItemId
from firsthand.model.links import CopyFound, Edit, MatchedBy, Span

# Mean residuals, see same_sound: copies under noise 0.1 to 0.53, microphones in one room from 0.75. Two microphones
# an arm's length from their source reach 0.37, so where pictures say that two cameras filmed, more is asked for.
COPY_DB = 0.6
COPY_BESIDE_OTHER_PICTURES_DB = 0.3
ALIKE_DB = 1.0
END_S = 0.7
AT_ONCE_S = 0.6  # frames are sampled once a second


class Heard:
    """What the sound of a query agrees with, each pair compared once.

    Growth: one comparison, of 2 to 9 ms for half a minute each, with every item the index suggests by sound (sixty at
    most) and every item that pictures left undecided.
    """

    def __init__(self, query: Print, index: PrintIndex) -> None:
        self._query, self._index = query, index
        self._own = index.heard(query)
        self._same: dict[ItemId, SameSound | None] = {}
        self.suggested: tuple[ItemId, ...] = index.alike_in_sound(query) if self._own is not None else ()

    def same(self, item: ItemId) -> SameSound | None:
        """How the query and an item hold the same sound; None where they do not."""
        if self._own is None:
            return None
        if item not in self._same:
            other = self._index.print(item)
            self._same[item] = same_sound(self._query, other, searched=(self._own, self._index.heard(other)))
        return self._same[item]


def with_sound(
    query: Print, index: PrintIndex, found: list[CopyFound], *, heard: Heard, alike: Collection[ItemId]
) -> list[CopyFound]:
    """What pictures found, with what the sound adds to it. Pairs the pictures settled are left as they are.

    Where pictures hold too little to tell, the same sound settles it. Where one item has no pictures, the sound speaks
    alone: copy or undecidable. Where both have pictures that do not match, the same sound says that a picture was
    replaced, and only sound without a difference in echo does.
    alike: items whose pictures lie over the query's here and there, and show one scene: nothing is said to be replaced
    there.
    """
    settled = {one.b.item for one in found if one.verdict != "undecidable"}
    unsure = {one.b.item: one for one in found if one.verdict == "undecidable"}
    added = []
    for item in dict.fromkeys([*unsure, *heard.suggested]):
        same = heard.same(item) if item not in settled else None
        if same is None:
            continue
        link = _link(query, index.print(item), same, unsure.get(item), replaced=item not in alike)
        if link is not None:
            added.append(link)
    told = {one.b.item for one in added}
    return [one for one in found if one.b.item not in told or one.verdict != "undecidable"] + added


def in_step(a: Print, b: Print, same: SameSound, most: int) -> list[tuple[int, int]]:
    """Frames of a and of b that show one instant if the sound is right, those that were looked at closely first."""
    if not a.frames or not b.frames:
        return []
    pairs = []
    for in_a, second in enumerate((a.frame_s - same.offset_s).tolist()):
        in_b = int(np.abs(b.frame_s - second).argmin())
        apart_s = abs(float(b.frame_s[in_b]) - second)
        if apart_s <= AT_ONCE_S:
            closely = sum(one.fine.part(frame) is not None for one, frame in ((a, in_a), (b, in_b)))
            pairs.append((-closely, apart_s, in_a, in_b))
    return [(in_a, in_b) for _, _, in_a, in_b in sorted(pairs)[:most]]


def _link(a: Print, b: Print, same: SameSound, unsure: CopyFound | None, *, replaced: bool) -> CopyFound | None:
    spans = _spans(a, b, same)
    if unsure is not None:
        if same.residual_db > COPY_DB:
            return None
        matched: tuple[MatchedBy, ...] = ("picture", "sound")
        settled = replace(unsure, a=spans[0], b=spans[1], verdict="copy", score=_score(same), matched_by=matched)
        return _with_edits(a, b, settled)
    pictured = bool(a.frames and b.frames)
    if same.residual_db > (COPY_BESIDE_OTHER_PICTURES_DB if pictured else ALIKE_DB):
        return None
    edits: tuple[Edit, ...] = ("picture_replaced",) if pictured and replaced else ()
    more_a = sound_end_s(a) - (spans[0].end_s - spans[0].start_s)
    more_b = sound_end_s(b) - (spans[1].end_s - spans[1].start_s)
    edited = None
    if more_a > END_S >= more_b:
        edits, edited = (*edits, "excerpt"), "b"
    elif more_b > END_S >= more_a:
        edits, edited = (*edits, "excerpt"), "a"
    return CopyFound(
        a=spans[0],
        b=spans[1],
        verdict="copy" if same.residual_db <= COPY_DB else "undecidable",
        score=_score(same),
        matched_by=("sound",),
        edited="a" if edited == "a" else "b" if edited == "b" else None,
        edits=edits,
        speed=1.0,
        transform=None,
    )


def _with_edits(a: Print, b: Print, found: CopyFound) -> CopyFound:
    if found.transform is None:
        return found
    matrix = np.array(found.transform)
    edited = edits_between(a, b, spans=(found.a, found.b), speed=found.speed, matrix=matrix)
    return replace(found, edits=edited.edits, edited=edited.which)


def _score(same: SameSound) -> float:
    return max(0.0, min(1.0, 1 - same.residual_db / 2))


def _spans(a: Print, b: Print, same: SameSound) -> tuple[Span, Span]:
    """The stretch in both; an end nearer than END_S to an end of either sound is that end."""
    low, high = max(0.0, -same.offset_s), min(sound_end_s(b), sound_end_s(a) - same.offset_s)
    start_s = low if same.b_start_s - low < END_S else same.b_start_s
    end_s = high if high - same.b_end_s < END_S else same.b_end_s
    return (
        Span(item=a.item, start_s=start_s + same.offset_s, end_s=end_s + same.offset_s),
        Span(item=b.item, start_s=start_s, end_s=end_s),
    )
