"""Events for tests: a small desk's histories, valid as the app would write them."""

from datetime import UTC, datetime
from hashlib import sha256

from firsthand.model.arrays import Array
from firsthand.model.codec import decode_event
from firsthand.model.events import (
    Arrived,
    CaseOpened,
    CopiesSought,
    CopyReviewed,
    Erased,
    ErasureAsked,
    Event,
    FindingMade,
    HoldLifted,
    HoldPlaced,
    MomentEnded,
    MomentShaped,
    MomentsSought,
    OffsetReviewed,
    Quarantined,
    QuarantineLifted,
    Restored,
    Sealed,
    Sighted,
    SigningKeyNamed,
    StampAuthorityNamed,
    TakeRedirected,
    TakeShaped,
)
from firsthand.model.findings import Box, PicturesFacts, SoundFacts
from firsthand.model.ids import (
    ArrivalId,
    CaseId,
    CopyId,
    ErasureId,
    FindingId,
    HoldId,
    ItemId,
    MomentId,
    OffsetId,
    PersonId,
    SightingId,
    TakeId,
    item_id,
)
from firsthand.model.links import CopyFound, Span, TakeSpan
from firsthand.model.moments import MomentItem, OffsetFound
from firsthand.model.outcomes import EngineId, Found, Outcome
from firsthand.model.redacting import Redaction, redacted
from firsthand.model.sightings import Post, Reach
from firsthand.storage.records import SqlRecords

ACTOR = PersonId("person_1")
AT = datetime(2022, 2, 26, 12, 30, tzinfo=UTC)
CASE = CaseId("case_kyiv")
SOUND = EngineId(name="sound", version=1)
FOREIGN = 'кіт\n"\\u0041\\' + "\udcff\udc80\x00🎥"


def item(number: int) -> ItemId:
    """The item of this number."""
    return item_id(sha256(b"clip %d" % number).hexdigest())


def sealed(number: int) -> Sealed:
    """The item of this number is sealed."""
    return Sealed(item=item(number), bytes=number)


def opened(case: str = CASE, name: str = "kyiv") -> CaseOpened:
    """A case is opened."""
    return CaseOpened(case=CaseId(case), name=name)


def arrived(number: int, *, arrival: str, path: str = "/clips/a.mp4", name: str = "a.mp4", case: str = CASE) -> Arrived:
    """The item of this number arrives."""
    return Arrived(
        arrival=ArrivalId(arrival),
        item=item(number),
        case=CaseId(case),
        collector=FOREIGN,
        obtained_from=FOREIGN,
        how=FOREIGN,
        path=path,
        name=name,
        modified_at="2022-02-26T14:30:00.000000Z",
    )


def sighted(number: int, *, sighting: str, case: str = CASE, at: str = "2022-02-26T10:00:00.000000Z") -> Sighted:
    """The item of this number was seen online."""
    return Sighted(
        sighting=SightingId(sighting),
        item=item(number),
        case=CaseId(case),
        post=Post(
            platform="video.example",
            link=FOREIGN,
            account=FOREIGN,
            account_name=FOREIGN,
            caption=FOREIGN,
            posted_from=at,
            posted_until=at,
            posted_basis="post",
            reach=Reach(views=1024, likes=0),
        ),
        read_from=FOREIGN,
        record=FOREIGN,
    )


def sound(level: int = 1) -> Found:
    """Something was heard."""
    facts = SoundFacts(
        first_s=0.0, end_s=1.5, samples_per_second=48_000, channels=2, mean_db=-20.0, peak_db=-1.0,
        digital_silence=False, silent=(), clipped_ratio=0.0, column_s=0.5, lost_samples=0,
    )  # fmt: skip
    return Found(value=facts, arrays=(("peaks", Array(dtype="i1", shape=(3, 2), data=bytes([level] * 6))),))


def pictures(end_s: float, *, still: bool = False) -> Found:
    """Something was seen."""
    whole = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)
    facts = PicturesFacts(
        frames=2, first_s=0.0, last_s=0.0, end_s=end_s, width_px=4, height_px=2, variable_rate=False,
        frames_per_second=0.0, still=still, scene_changes_s=(), black=(), frozen=(), low_texture=(), active=whole,
        border="none", overlays=(), strip_columns=0, strip_width_px=0, strip_height_px=0, damaged_frames=0,
    )  # fmt: skip
    return Found(value=facts)


def finding(number: int, outcome: Outcome, *, finding: str, version: int = 1, name: str = "sound") -> FindingMade:
    """An engine answers about the item of this number."""
    return FindingMade(
        finding=FindingId(finding),
        item=item(number),
        made_by=EngineId(name=name, version=version),
        outcome=outcome,
        environment=FOREIGN,
    )


def searched(number: int, *copies: tuple[str, int, int], version: int = 1) -> CopiesSought:
    """Copies of the item are sought; each copy is (id, number of a, number of b)."""
    return CopiesSought(
        item=item(number),
        made_by=EngineId(name="copies", version=version),
        copies=tuple(CopyId(copy) for copy, _, _ in copies),
        found=tuple(copy_found(a, b) for _, a, b in copies),
        against=number,
        not_looked="",
    )


def copy_found(a: int, b: int) -> CopyFound:
    """b shows what a shows."""
    return CopyFound(
        a=Span(item=item(a), start_s=0.0, end_s=2.5),
        b=Span(item=item(b), start_s=1.0, end_s=3.5),
        verdict="copy",
        score=0.9,
        matched_by=("picture", "sound"),
        edited="b",
        edits=("mirrored",),
        speed=1.0,
        transform=((-1.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    )


def reviewed(copy: str, *, expected_version: int, confirm: bool = True) -> CopyReviewed:
    """A person decides on a copy."""
    state = "confirmed" if confirm else "rejected"
    return CopyReviewed(copy=CopyId(copy), state=state, why=FOREIGN, expected_version=expected_version)  # type: ignore[arg-type]


def shaped(take: str, *numbers: int) -> TakeShaped:
    """A take of these items."""
    spans = tuple(
        TakeSpan(span=Span(item=item(number), start_s=0.0, end_s=1.0), take_start_s=0.25, speed=1.0)
        for number in numbers
    )
    return TakeShaped(take=TakeId(take), spans=spans, state="suggested", edited=False)


def custody() -> tuple[Event, ...]:
    """One event of each kind that custody writes, but for an erasure."""
    return (
        SigningKeyNamed(key="archive_1+00000000+AQ==", why=FOREIGN),
        StampAuthorityNamed(url="http://127.0.0.1/", roots_pem=FOREIGN),
        Restored(lost_size=9, lost_root="00" * 32, why=FOREIGN),
        HoldPlaced(hold=HoldId("hold_1"), item=item(0), case=CaseId(""), why=FOREIGN),
        HoldPlaced(hold=HoldId("hold_2"), item=ItemId(""), case=CASE, why=FOREIGN),
        HoldLifted(hold=HoldId("hold_2"), why=FOREIGN),
        Quarantined(item=item(1), why=FOREIGN),
        Quarantined(item=item(0), why=FOREIGN),
        QuarantineLifted(item=item(0), why=FOREIGN),
        ErasureAsked(erasure=ErasureId("erasure_0"), what="source", subject="кіт", why="asked", order="12"),
    )


def source_erased(records: SqlRecords) -> Erased:
    """The words in FOREIGN are erased from the one arrival, which stays."""
    for entry in records.log():
        if entry.kind == Arrived.kind:
            left = Redaction(gone=set(), words=("кіт",)).left_of(decode_event(entry.kind, entry.payload))
            assert left is not None
            return Erased(
                erasure=ErasureId("erasure_1"), what="source", entries=(entry.seq,),
                redacted=(redacted(entry.seq, left),), files=0, why="asked", order="12", asked_by=ACTOR, alone="test",
            )  # fmt: skip
    raise AssertionError("nothing arrived")


def redirected(take: str, *to: str) -> TakeRedirected:
    """A take's id leads elsewhere."""
    return TakeRedirected(take=TakeId(take), to=tuple(TakeId(one) for one in to))


OFFSETS = EngineId(name="offset", version=1, settings="abc")


def listened(*offsets: tuple[str, int, int], items: tuple[int, ...]) -> MomentsSought:
    """Items of the case are compared by sound; each offset is (id, number of a, number of b)."""
    return MomentsSought(
        case=CASE,
        made_by=OFFSETS,
        items=tuple(item(number) for number in items),
        offsets=tuple(OffsetId(offset) for offset, _, _ in offsets),
        found=tuple(offset_found(a, b) for _, a, b in offsets),
    )


def offset_found(a: int, b: int) -> OffsetFound:
    """b began 2.5 s after a."""
    return OffsetFound(
        a=item(a), b=item(b), offset_s=2.5, plus_minus_s=0.09, alignment_plus_minus_s=0.002, rate=1.0, score=0.97,
        method="sound", link="strong", candidates_s=(), apart_m=30.0, shared_s=12.0, coherence=0.1,
    )  # fmt: skip


def offset_reviewed(offset: str, *, expected_version: int) -> OffsetReviewed:
    """A person rejects an offset."""
    return OffsetReviewed(offset=OffsetId(offset), state="rejected", why=FOREIGN, expected_version=expected_version)


def moment_shaped(moment: str, *numbers: int) -> MomentShaped:
    """A moment of these items."""
    items = tuple(
        MomentItem(take=TakeId(f"take_{number}"), item=item(number), offset_s=0.5, plus_minus_s=0.1, rate=1.0)
        for number in numbers
    )
    return MomentShaped(moment=MomentId(moment), case=CASE, reference=item(numbers[0]), items=items)


def moment_ended(moment: str) -> MomentEnded:
    """A moment no longer stands."""
    return MomentEnded(moment=MomentId(moment), case=CASE)
