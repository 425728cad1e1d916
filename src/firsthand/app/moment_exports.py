"""A moment for editors: an OpenTimelineIO timeline, a table, or a sound file with markers."""

import csv
import io
import json
import struct
from typing import Any

import numpy as np

from firsthand.app.desk import Desk
from firsthand.app.kept_sounds import KeptSounds
from firsthand.app.moment_views import MomentView
from firsthand.model.errors import NothingMatched, UsageError
from firsthand.model.moments import MomentItem
from firsthand.model.records import Case
from firsthand.model.text import shown

# Editors count in whole frames; at this rate every place is right to a millisecond.
OTIO_RATE = 1000.0
RATE = 16_000
LONGEST_WAV_S = 6 * 3600.0


def exported(desk: Desk, case: Case, view: MomentView, *, suffix: str) -> bytes:
    """The moment as a file of this kind: `.otio`, `.csv` or `.wav`. Raises UsageError for any other."""
    match suffix.lower():
        case ".otio":
            return otio(view, paths=_paths(desk, case)).encode()
        case ".csv":
            return table(view).encode()
        case ".wav":
            return marked_wav(desk, view)
    raise UsageError(
        f"a file ending in {shown(suffix) or 'nothing'}", why="not an export this does", next_step=".otio, .csv or .wav"
    )


def otio(view: MomentView, *, paths: dict[str, str]) -> str:
    """An OpenTimelineIO timeline: one track a camera, every clip at its place. paths: item → where its file lay."""
    tracks = []
    for one in view.moment.items:
        gap_s, lasts_s = one.offset_s - view.start_s, view.lengths_s.get(one.item, 0.0)
        gap: list[dict[str, Any]] = [{"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": _range(0.0, gap_s)}]
        clip = {
            "OTIO_SCHEMA": "Clip.1",
            "name": shown(view.names.get(one.item, one.item)),
            "source_range": _range(0.0, lasts_s),
            "media_reference": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "target_url": paths.get(one.item, ""),
                "available_range": _range(0.0, lasts_s),
            },
            "metadata": {"firsthand": _facts(one)},
        }
        tracks.append(
            {
                "OTIO_SCHEMA": "Track.1",
                "name": shown(view.names.get(one.item, one.item)),
                "kind": "Video",
                "children": [*(gap if gap_s > 0 else []), clip],
            }
        )
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": view.moment.id,
        "global_start_time": None,
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": tracks},
        "metadata": {"firsthand": {"moment": view.moment.id, "reference": view.moment.reference}},
    }
    return json.dumps(timeline, indent=1)


def table(view: MomentView) -> str:
    """One row an item, comma-separated, the first row naming the columns."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["name", "item", "take", "offset_s", "plus_minus_s", "rate", "ends_s"])
    for one in view.moment.items:
        ends_s = one.offset_s + view.lengths_s.get(one.item, 0.0) / one.rate
        name = shown(view.names.get(one.item, ""))
        # A spreadsheet runs what begins so; a leading apostrophe makes it text.
        name = "'" + name if name[:1] in ("=", "+", "-", "@") else name
        rows.writerow([name, one.item, one.take, one.offset_s, one.plus_minus_s, one.rate, round(ends_s, 4)])
    return out.getvalue()


def marked_wav(desk: Desk, view: MomentView) -> bytes:
    """The reference's sound on the moment's whole length, with a marker where each camera begins and ends."""
    sound = KeptSounds(desk.soundtracks).samples(view.moment.reference)
    if sound is None:
        raise NothingMatched(
            view.moment.id, why="the reference's sound is not kept", next_step="firsthand add it again"
        )
    lasts_s = view.end_s - view.start_s
    if lasts_s > LONGEST_WAV_S:
        raise UsageError(view.moment.id, why=f"a sound file of {lasts_s:.0f} s is too long", next_step="--export .otio")
    laid = np.zeros(round(lasts_s * RATE), "<i2")
    first = round(-view.start_s * RATE)
    part = np.clip(np.rint(sound * 32767), -32768, 32767)[: max(0, len(laid) - first)]
    laid[first : first + len(part)] = part.astype("<i2")
    marks = []
    for one in view.moment.items:
        name = shown(view.names.get(one.item, one.item))
        ends_s = one.offset_s + view.lengths_s.get(one.item, 0.0) / one.rate
        marks.append((one.offset_s - view.start_s, f"{name} begins +- {one.plus_minus_s:.2f} s"))
        marks.append((ends_s - view.start_s, f"{name} ends"))
    return _wav(laid.tobytes(), sorted(marks))


def _wav(samples: bytes, marks: list[tuple[float, str]]) -> bytes:
    fmt = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    cues, labels = struct.pack("<I", len(marks)), b"adtl"
    for number, (at_s, text) in enumerate(marks, start=1):
        at = min(round(at_s * RATE), len(samples) // 2)
        cues += struct.pack("<II4sIII", number, at, b"data", 0, 0, at)
        labels += _chunk(b"labl", struct.pack("<I", number) + text.encode("utf-8", "replace") + b"\0")
    body = b"WAVE" + _chunk(b"fmt ", fmt) + _chunk(b"data", samples) + _chunk(b"cue ", cues) + _chunk(b"LIST", labels)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _range(start_s: float, lasts_s: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start_s), "duration": _time(lasts_s)}


def _time(seconds: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": OTIO_RATE, "value": float(round(seconds * OTIO_RATE))}


def _facts(one: MomentItem) -> dict[str, Any]:
    return {
        "item": one.item,
        "take": one.take,
        "offset_s": one.offset_s,
        "plus_minus_s": one.plus_minus_s,
        "rate": one.rate,
    }


def _paths(desk: Desk, case: Case) -> dict[str, str]:
    paths: dict[str, str] = {}
    for arrival in desk.records.arrivals_of_case(case.id):
        paths.setdefault(arrival.item, shown(arrival.path))
    return paths
