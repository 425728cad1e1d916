"""Pictures of moments: what an offset rests on, and all cameras at one instant."""

import cv2
import numpy as np
from numpy.typing import NDArray

from firsthand.app.deciding_offsets import offset_between
from firsthand.app.desk import Desk
from firsthand.app.kept_sounds import KeptSounds
from firsthand.app.moment_views import MomentView
from firsthand.app.naming import names_in
from firsthand.app.single_pictures import SinglePictures
from firsthand.app.synchronising import listened, watched
from firsthand.link.hearing_why import Picture, explained, png
from firsthand.link.picture_offsets import Watched
from firsthand.link.seeing_why import explained_by_pictures
from firsthand.link.sound_search import Heard
from firsthand.model.errors import NothingMatched, UnreadableMedia
from firsthand.model.findings import PicturesFacts
from firsthand.model.ids import ItemId
from firsthand.model.moments import MomentItem
from firsthand.model.outcomes import Found
from firsthand.model.records import Case
from firsthand.model.text import shown

TILE_PX, TALL_PX, COLUMNS, TITLE_PX, GAP_PX, HEAD_PX = 400, 300, 4, 44, 12, 40
BEHIND = 128  # grey behind pictures that do not fill their tile
DECODED_S = 600.0  # into an item; from there on the nearest picture of its strip is shown, at once


def explained_png(desk: Desk, case: Case, a: str, b: str) -> bytes:
    """What the offset between two items rests on. Raises NothingMatched where there is none, or nothing to hear."""
    offset = offset_between(desk, case, desk.item(a), desk.item(b))
    found, names = offset.found, names_in(desk, case)
    later = "after" if found.offset_s >= 0 else "before"
    words = (
        f"A: {shown(names.get(found.a, found.a))}",
        f"B: {shown(names.get(found.b, found.b))}",
        f"B began {abs(found.offset_s):.3f} s ± {found.plus_minus_s:.3f} s {later} A "
        f"({found.link}, {offset.state}, by {found.method}; alignment ± {found.alignment_plus_minus_s * 1000:.1f} ms, "
        f"{f'cameras up to {found.apart_m:.0f} m apart, ' if found.method == 'sound' else ''}score {found.score:.2f})",
    )
    if any(listened(desk, item) is None for item in (found.a, found.b)):
        seen = [_watched(desk, item) for item in (found.a, found.b)]
        return png(explained_by_pictures(seen[0], seen[1], offset_s=found.offset_s, words=words))
    heard = [_heard(desk, item) for item in (found.a, found.b)]
    sounds = KeptSounds(desk.soundtracks)
    picture = explained(
        heard[0],
        heard[1],
        sounds.samples(found.a),
        sounds.samples(found.b),
        offset_s=found.offset_s,
        words=words,
    )
    return png(picture)


def sheet_png(desk: Desk, view: MomentView, *, at_s: float) -> bytes:
    """All cameras that were filming at this second of the moment's clock, as each one's file shows it.

    Each tile says which second its picture is of. Raises NothingMatched where nobody was filming.
    """
    filming = []
    for one in view.moment.items:
        own_s = (at_s - one.offset_s) * one.rate
        if 0 <= own_s <= view.lengths_s.get(one.item, 0.0):
            filming.append((one, own_s))
    if not filming:
        raise NothingMatched(
            f"second {at_s:g}",
            why="no camera of this moment was filming then",
            next_step=f"choose between {view.start_s:.1f} and {view.end_s:.1f} s",
        )
    with SinglePictures(desk, long_side_px=TILE_PX) as single:
        tiles = [_tile(desk, single, view, one, own_s) for one, own_s in filming]
    columns = min(COLUMNS, len(tiles))
    tall = max(len(tile) for tile in tiles)
    rows = -(-len(tiles) // columns)
    columns_px, rows_px = columns * (TILE_PX + GAP_PX) + GAP_PX, rows * (tall + GAP_PX) + HEAD_PX + GAP_PX
    sheet = np.full((rows_px, columns_px, 3), 255, np.uint8)
    cameras = "1 camera was" if len(tiles) == 1 else f"{len(tiles)} cameras were"
    head = f"second {at_s:g}: {cameras} filming"
    cv2.putText(sheet, head, (GAP_PX, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (20, 20, 20), 1, cv2.LINE_AA)
    for place, tile in enumerate(tiles):
        y = HEAD_PX + place // columns * (tall + GAP_PX)
        x = GAP_PX + place % columns * (TILE_PX + GAP_PX)
        sheet[y : y + len(tile), x : x + TILE_PX] = tile
    return png(sheet)


def _tile(desk: Desk, single: SinglePictures, view: MomentView, one: MomentItem, own_s: float) -> Picture:
    picture, picture_s = _picture(desk, single, one.item, own_s)
    tile = np.full((TALL_PX + TITLE_PX, TILE_PX, 3), 255, np.uint8)
    tile[TITLE_PX:] = BEHIND
    name = shown(view.names.get(one.item, "?"))
    _text(tile, name if len(name) < 50 else name[:23] + "..." + name[-23:], 16)
    if picture is None:
        _text(tile, f"own second {own_s:.2f} ± {one.plus_minus_s:.2f}: no pictures", 36)
        return tile
    _text(tile, f"own second {own_s:.2f} ± {one.plus_minus_s:.2f}; picture of {picture_s:.2f}", 36)
    high, wide = picture.shape[:2]
    scale = min(TILE_PX / wide, TALL_PX / high)
    high, wide = max(1, round(high * scale)), max(1, round(wide * scale))
    y, x = TITLE_PX + (TALL_PX - high) // 2, (TILE_PX - wide) // 2
    tile[y : y + high, x : x + wide] = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    return tile


def _picture(desk: Desk, single: SinglePictures, item: ItemId, own_s: float) -> tuple[NDArray[np.uint8] | None, float]:
    """What the item shows then (BGR), and the second it is of: of the strip where decoding is too slow or fails."""
    kept, kept_s = _nearest_picture(desk, item, own_s)
    if kept is None or own_s > DECODED_S:
        return kept, kept_s
    try:
        ((shown_s, picture),) = single.of(item, (own_s,))
    except UnreadableMedia:
        return kept, kept_s
    return np.ascontiguousarray(picture[..., ::-1]), shown_s


def _nearest_picture(desk: Desk, item: ItemId, own_s: float) -> tuple[NDArray[np.uint8] | None, float]:
    finding = desk.records.current(item, "pictures")
    if finding is None or not isinstance(finding.outcome, Found):
        return None, 0.0
    facts = finding.outcome.value
    if not isinstance(facts, PicturesFacts):
        return None, 0.0
    times_s = np.frombuffer(finding.outcome.array("strip_s").data, "<f8")
    strip = cv2.imdecode(np.frombuffer(finding.outcome.array("strip_jpeg").data, np.uint8), cv2.IMREAD_COLOR)
    if not len(times_s) or strip is None:
        return None, 0.0
    place = int(np.argmin(np.abs(times_s - own_s)))
    y = place // facts.strip_columns * facts.strip_height_px
    x = place % facts.strip_columns * facts.strip_width_px
    picture = np.asarray(strip[y : y + facts.strip_height_px, x : x + facts.strip_width_px], np.uint8)
    return (picture if picture.size else None), float(times_s[place])


def _heard(desk: Desk, item: ItemId) -> Heard:
    one = listened(desk, item)
    if one is None:
        raise NothingMatched(item, why="it has no sound to draw", next_step=f"firsthand show {item}")
    return Heard(first_s=one.first_s, column_s=one.column_s, mel=one.mel)


def _watched(desk: Desk, item: ItemId) -> Watched:
    one = watched(desk, item)
    if one is None:
        raise NothingMatched(item, why="it has neither sound nor moving pictures", next_step=f"firsthand show {item}")
    return one


def _text(into: Picture, text: str, y: int) -> None:
    cv2.putText(into, text, (4, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (20, 20, 20), 1, cv2.LINE_AA)
