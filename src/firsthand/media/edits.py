"""What edit lists do, in words and numbers. FFmpeg applies them; we tell that they are there."""

from firsthand.media.boxes import Edit, TrackBoxes


def shown_from_s(tracks: tuple[TrackBoxes, ...], index: int | None) -> float | None:
    """The container's time from which the edit list shows this track; None where none cuts its beginning off.

    FFmpeg marks what lies before as not for showing, but not where no key frame precedes the cut.
    """
    if index is None or index >= len(tracks):
        return None
    delay_s = 0.0
    for edit in tracks[index].edits:
        if edit.media_s is None:
            delay_s += edit.duration_s
        else:
            return delay_s if edit.media_s > 0 else None
    return None


def edit_notes(tracks: tuple[TrackBoxes, ...]) -> tuple[tuple[int, float, str], ...]:
    """(stream index, container's time it is presented from, in words) of each track with an edit list."""
    found = []
    for index, track in enumerate(tracks):
        if track.edits:
            delay_s = track.edits[0].duration_s if track.edits[0].media_s is None else 0.0
            found.append((index, delay_s, "; ".join(_words(edit) for edit in track.edits[:20])))
    return tuple(found)


def _words(edit: Edit) -> str:
    if edit.media_s is None:
        return f"nothing for {edit.duration_s:.6g} s"
    length = f"{edit.duration_s:.6g} s" if edit.duration_s else "everything"
    speed = "" if edit.rate == 1 else f" at {edit.rate:g} times the speed"
    return f"{length} from {edit.media_s:.6g} s of the track{speed}"
