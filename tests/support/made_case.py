"""A case made of events, without a clip being decoded: as many takes as wanted, and every text as hostile as wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from firsthand.app.settings import Settings
from firsthand.model.arrays import Array
from firsthand.model.events import (
    ArchiveMade,
    Arrived,
    CaseOpened,
    CopiesSought,
    CopyReviewed,
    Event,
    FindingMade,
    MomentShaped,
    MomentsSought,
    PersonNamed,
    Refused,
    Sealed,
    TakeShaped,
)
from firsthand.model.findings import (
    Box,
    ContainerFacts,
    EditListNote,
    FilePosition,
    FileTime,
    FingerprintFacts,
    PicturesFacts,
    SoundFacts,
    SoundprintFacts,
    Stream,
    Stretch,
    Tag,
)
from firsthand.model.ids import (
    ArrivalId,
    CaseId,
    CopyId,
    FindingId,
    ItemId,
    MomentId,
    OffsetId,
    PersonId,
    TakeId,
    item_id,
)
from firsthand.model.links import CopyFound, Span, TakeSpan
from firsthand.model.moments import MomentItem, OffsetFound
from firsthand.model.outcomes import EngineId, Failed, Found, NothingThere, NotLooked, Outcome
from firsthand.storage import archive

ACTOR, CASE = PersonId("person_made"), CaseId("case_made")
AT = datetime(2022, 2, 26, 12, 30, tzinfo=UTC)
COLUMNS, WIDTH, HEIGHT, SECONDS = 12, 199, 112, 24.0
MOMENT_OF = 5  # of so many takes the first three filmed one moment
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What foreign texts say. `{n}` becomes the item's number."""

    case: str = "kyiv"
    name: str = "clip {n}.mp4"
    path: str = "/home/olena/clips/clip {n}.mp4"
    person: str = "Olena K."
    anything: str = "as sent"


def make_archive(folder: Path, *, takes: int, copies_each: int = 2, texts: Texts | None = None) -> Settings:
    """An archive with one case of so many takes, each shown by so many items; every ninth item is odd in some way."""
    said = texts or Texts()
    place = folder / "archive"
    held = archive.create(
        place,
        first=ArchiveMade(format=archive.FORMAT, made_with="tests"),
        actor=ACTOR,
        at=AT,
        named=(PersonNamed(person=ACTOR, name=said.person, authenticated_by="none"),),
    )
    events = _events(takes, copies_each, said)
    while batch := list(islice(events, _BATCH)):
        held.records.append(batch, actor=ACTOR, at=AT)
    held.close()
    return Settings(archive=place, acting_as="the tests", workers=1)


def item_of(number: int) -> ItemId:
    """The item of this number."""
    return item_id(sha256(b"made %d" % number).hexdigest())


def strip_jpeg(number: int, *, mirrored: bool = False) -> bytes:
    """A film strip of drawn boxes: twelve pictures that differ a little from each other."""
    random = np.random.default_rng(number)
    scene = np.kron(random.integers(30, 220, (8, 40, 3)).astype(np.uint8), np.ones((16, 16, 1), np.uint8))
    frames = [scene[:HEIGHT, 8 * n : 8 * n + WIDTH] for n in range(COLUMNS)]
    frames = [frame[:, ::-1] for frame in frames] if mirrored else frames
    _, encoded = cv2.imencode(".jpg", np.concatenate(frames, axis=1), [cv2.IMWRITE_JPEG_QUALITY, 78])
    return encoded.tobytes()


def _events(takes: int, copies_each: int, said: Texts) -> Iterator[Event]:
    yield CaseOpened(case=CASE, name=said.case)
    yield Refused(case=CASE, path=said.path.format(n="refused"), why=said.anything)
    for take in range(takes):
        members = range(take * copies_each, (take + 1) * copies_each)
        for number in members:
            yield from _item(number, said, strip=strip_jpeg(take, mirrored=number % copies_each == 1))
        yield from _links(take, list(members))
    for first in range(0, takes, MOMENT_OF):
        yield from moment_events(first, min(MOMENT_OF, takes - first), copies_each)


def moment_events(first: int, takes: int, copies_each: int) -> Iterator[Event]:
    """So many takes from this one on: the first three of one moment, with a gap before the third; the fourth waits."""
    places = ((0.0, 0.0), (9.5, 0.09), (40.25, 0.35))[:takes]
    items = [item_of((first + number) * copies_each) for number in range(takes)]
    found = [
        _offset(items[0], item, offset_s, link="strong", plus_minus_s=off_s)
        for item, (offset_s, off_s) in list(zip(items, places, strict=False))[1:]
    ]
    if takes > 3:
        found.append(_offset(items[0], items[3], 3.0, link="ambiguous", plus_minus_s=0.2))
    yield MomentsSought(
        case=CASE,
        made_by=EngineId(name="moments", version=1),
        items=tuple(items),
        offsets=tuple(OffsetId(f"offset_{first:012x}{number:012x}") for number in range(len(found))),
        found=tuple(found),
    )
    if len(places) > 1:
        shaped = [
            MomentItem(
                take=TakeId(f"take_{first + number:024x}"), item=items[number], offset_s=offset_s, plus_minus_s=off_s,
                rate=1.0 if number == 0 else 1.000_03,
            )
            for number, (offset_s, off_s) in enumerate(places)
        ]  # fmt: skip
        yield MomentShaped(
            moment=MomentId(f"moment_{first:024x}"), case=CASE, reference=items[0], items=tuple(shaped)
        )  # fmt: skip


def _offset(
    a: ItemId, b: ItemId, offset_s: float, *, link: Literal["strong", "ambiguous"], plus_minus_s: float
) -> OffsetFound:
    return OffsetFound(
        a=a, b=b, offset_s=offset_s, plus_minus_s=plus_minus_s, alignment_plus_minus_s=0.002, rate=1.0, score=0.97,
        method="sound", link=link, candidates_s=(3.0, 6.5) if link == "ambiguous" else (), apart_m=30.0,
        shared_s=14.5, coherence=0.02,
    )  # fmt: skip


def _links(take: int, members: list[int]) -> Iterator[Event]:
    first, spans = members[0], []
    for number in members:
        span = Span(item=item_of(number), start_s=0.0, end_s=SECONDS)
        spans.append(TakeSpan(span=span, take_start_s=0.0, speed=1.0))
        if number != first:
            found = CopyFound(
                a=Span(item=item_of(first), start_s=0.0, end_s=SECONDS), b=span, verdict="copy", score=0.97,
                matched_by=("picture", "sound"), edited="b", edits=("mirrored", "reencoded"), speed=1.0,
                transform=((-1.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
            )  # fmt: skip
            copy = CopyId(f"copy_{number:024x}")
            engine = EngineId(name="copies", version=1)
            yield CopiesSought(
                item=item_of(number), made_by=engine, copies=(copy,), found=(found,), against=number, not_looked=""
            )
            if take == 0:
                yield CopyReviewed(copy=copy, state="confirmed", why="seen", expected_version=0)
    state = "alone" if len(members) == 1 else "confirmed" if take == 0 else "suggested"
    yield TakeShaped(take=TakeId(f"take_{take:024x}"), spans=tuple(spans), state=state, edited=False)  # type: ignore[arg-type]


def _item(number: int, said: Texts, *, strip: bytes) -> Iterator[Event]:
    item = item_of(number)
    yield Sealed(item=item, bytes=2_400_000 + number)
    yield Arrived(
        arrival=ArrivalId(f"arrival_{number}"),
        item=item,
        case=CASE,
        collector=said.person,
        obtained_from=said.person,
        how=said.anything,
        path=said.path.format(n=number),
        name=said.name.format(n=number),
        modified_at="2022-02-26T14:30:00.000000Z",
    )
    outcomes: dict[str, Outcome] = {
        "container": Found(value=_container(number, said)),
        "pictures": _pictures(strip),
        "fingerprint": Found(value=_FINGERPRINT),
        "sound": _sound(number),
        "soundprint": Found(value=_SOUNDPRINT),
    }
    odd: dict[int, dict[str, Outcome]] = {
        4: {"sound": NotLooked(because="no sound track"), "soundprint": NotLooked(because="no sound track")},
        5: {"soundprint": NothingThere(why="the sound track is digital silence")},
        7: {"pictures": Failed(error="UnreadableMedia", why=said.anything)},
    }
    for name, outcome in {**outcomes, **odd.get(number % 9, {})}.items():
        yield FindingMade(
            finding=FindingId(f"finding_{number}_{name}"),
            item=item,
            made_by=EngineId(name=name, version=1),
            outcome=outcome,
            environment=said.anything,
        )


def _container(number: int, said: Texts) -> ContainerFacts:
    at = AT + timedelta(minutes=number * 7 % 600)
    times = [
        FileTime(
            basis="QuickTime CreationDate (exiftool)", instant=at.isoformat(), wall_time="", trust="device_with_zone",
            note=said.anything,
        ),
        FileTime(
            basis="QuickTime CreateDate (exiftool)", instant="", wall_time="2022-02-26T15:01:00", trust="device_local",
            note="no zone given",
        ),
    ]  # fmt: skip
    video = Stream(
        index=0, type="video", codec="h264", profile="High", start_s=0.0, duration_s=SECONDS, bit_rate=800_000,
        attached_picture=False, width_px=1280, height_px=720, rotation_deg=0, pixel_aspect_ratio=1.0,
        frames_per_second=25.0, pixel_format="yuv420p", colour="bt709", samples_per_second=None, channels=None,
    )  # fmt: skip
    return ContainerFacts(
        format_name="mov,mp4",
        duration_s=SECONDS,
        bit_rate=800_000,
        streams=(video,),
        tags=tuple(Tag(reader="ffmpeg", where="container", name=f"tag {n}", value=said.anything) for n in range(24)),
        times=tuple(times[number % 3 // 2 :]),
        positions=(
            (FilePosition(basis=said.anything, lat_deg=50.45, lon_deg=30.5234, altitude_m=None, at_s=None),)
            if number % 2
            else ()
        ),
        device=said.anything,
        rewritten_by=(said.anything,),
        edit_lists=(EditListNote(stream=0, presented_from_s=0.0, note=said.anything),),
        readers=("ffmpeg 8",),
        packets_sha256=(),
        notes=(said.anything,),
    )


def _pictures(strip: bytes) -> Found:
    facts = PicturesFacts(
        frames=600, first_s=0.0, last_s=SECONDS - 0.04, end_s=SECONDS, width_px=1280, height_px=720,
        variable_rate=False, frames_per_second=25.0, still=False, scene_changes_s=(), black=(),
        frozen=(Stretch(start_s=2.0, end_s=4.5),), low_texture=(),
        active=Box(left=0.0, top=0.0, right=1.0, bottom=1.0), border="none", overlays=(), strip_columns=COLUMNS,
        strip_width_px=WIDTH, strip_height_px=HEIGHT, damaged_frames=0,
    )  # fmt: skip
    at_s = np.arange(COLUMNS, dtype="<f8") * (SECONDS / COLUMNS)
    return Found(
        value=facts,
        arrays=(
            ("strip_jpeg", Array(dtype="u1", shape=(len(strip),), data=strip)),
            ("strip_s", Array(dtype="f8", shape=(COLUMNS,), data=at_s.tobytes())),
        ),
    )


def _sound(number: int) -> Found:
    columns = 1200
    wave = np.abs(np.sin(np.arange(columns) * 0.02 + number)) * np.random.default_rng(number).uniform(20, 120, columns)
    peaks = np.stack([-wave, wave], axis=1).astype("i1")
    facts = SoundFacts(
        first_s=0.0, end_s=SECONDS, samples_per_second=48_000, channels=2, mean_db=-23.1, peak_db=-1.5,
        digital_silence=False, silent=(), clipped_ratio=0.0, column_s=0.02, lost_samples=0,
    )  # fmt: skip
    return Found(value=facts, arrays=(("peaks", Array(dtype="i1", shape=(columns, 2), data=peaks.tobytes())),))


_FINGERPRINT = FingerprintFacts(frames=24, features=7200, code_bits=256, method="made", width_px=320, height_px=180)
_SOUNDPRINT = SoundprintFacts(first_s=0.0, column_s=0.016, bands=48, low_hz=60.0, high_hz=7000.0, columns=1500)
