"""Out of any history, any item can be erased: what is left replays, and its name is in no byte of the folder."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from firsthand.model.codec import decode_event
from firsthand.model.events import ArchiveMade, Erased, Event, PersonNamed
from firsthand.model.ids import ErasureId, sha256_of
from firsthand.model.redacting import Redaction, redacted
from firsthand.storage import archive
from tests.storage.events import ACTOR, AT, item
from tests.storage.histories import histories


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_out_of_any_history_any_item_can_be_erased(history: list[list[Event]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        made = ArchiveMade(format=archive.FORMAT, made_with="test")
        person = PersonNamed(person=ACTOR, name="Оля", authenticated_by="none")
        held = archive.create(Path(scratch) / "archive", first=made, actor=ACTOR, at=AT, named=(person,))
        for events in history:
            held.records.append(events, actor=ACTOR, at=AT)
        erased = _erased(held)
        size = held.records.head().size
        held.records.erase(erased, items=(item(0),), actor=ACTOR, at=AT, expected_size=size)
        held.destroyer.destroy()
        checked = held.records.check()
        assert checked.problems == ()
        assert len(checked.erased) == 1
        assert held.records.item(item(0)) is None
        held.close()
        digest = sha256_of(item(0)).encode()
        assert not any(digest in path.read_bytes() for path in Path(scratch).rglob("*") if path.is_file())


def _erased(held: archive.Archive) -> Erased:
    redaction = Redaction(gone={item(0)})
    entries, left = [], []
    for entry in held.records.log():
        event = decode_event(entry.kind, entry.payload)
        stays = redaction.left_of(event)
        if stays is not event:
            entries.append(entry.seq)
            left += [redacted(entry.seq, stays)] if stays is not None else []
    return Erased(
        erasure=ErasureId("erasure_1"), what="item", entries=tuple(entries), redacted=tuple(left), files=1,
        why="asked", order="12", asked_by=ACTOR, alone="test",
    )  # fmt: skip
