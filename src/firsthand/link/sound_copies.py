"""Copies by sound: where pictures are missing, hold too little to tell, or were replaced."""

from dataclasses import replace

from firsthand.link.index import PrintIndex
from firsthand.link.prints import Print
from firsthand.link.same_sound import SameSound, same_sound, sound_end_s
from firsthand.model.links import CopyFound, Edit, MatchedBy, Span

# Mean residuals, see same_sound: copies under noise 0.1 to 0.53, microphones in one room from 0.75. Two microphones
# an arm's length from their source reach 0.37, so where pictures say that two cameras filmed, more is asked for.
COPY_DB = 0.6
COPY_BESIDE_OTHER_PICTURES_DB = 0.3
ALIKE_DB = 1.0
END_S = 0.7


def with_sound(query: Print, index: PrintIndex, found: list[CopyFound]) -> list[CopyFound]:
    """What pictures found, with what the sound adds to it. Pairs the pictures settled are left as they are.

    Where pictures hold too little to tell, the same sound settles it. Where one item has no pictures, the sound speaks
    alone: copy or undecidable. Where both have pictures that do not match, the same sound says that a picture was
    replaced, and only sound without a difference in echo does.
    Growth: one comparison, of 2 to 9 ms for half a minute each, with every item the index suggests by sound (sixty at
    most) and every item that pictures left undecided.
    """
    settled = {one.b.item for one in found if one.verdict != "undecidable"}
    unsure = {one.b.item: one for one in found if one.verdict == "undecidable"}
    added = []
    heard = index.heard(query)
    suggested = [*unsure, *index.alike_in_sound(query)] if heard is not None else []
    for item in dict.fromkeys(suggested):
        if item in settled:
            continue
        other = index.print(item)
        same = same_sound(query, other, searched=(heard, index.heard(other)))
        link = None if same is None else _link(query, other, same, unsure.get(other.item))
        if link is not None:
            added.append(link)
    told = {one.b.item for one in added}
    return [one for one in found if one.b.item not in told or one.verdict != "undecidable"] + added


def _link(a: Print, b: Print, same: SameSound, unsure: CopyFound | None) -> CopyFound | None:
    spans = _spans(a, b, same)
    if unsure is not None:
        if same.residual_db > COPY_DB:
            return None
        matched: tuple[MatchedBy, ...] = ("picture", "sound")
        return replace(unsure, a=spans[0], b=spans[1], verdict="copy", score=_score(same), matched_by=matched)
    pictured = bool(a.frames and b.frames)
    if same.residual_db > (COPY_BESIDE_OTHER_PICTURES_DB if pictured else ALIKE_DB):
        return None
    edits: tuple[Edit, ...] = ("picture_replaced",) if pictured else ()
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
