"""The index is kept in step with the findings: added to, never rebuilt, and made again where it is torn."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from firsthand.app import indexing
from firsthand.app.desk import Desk
from firsthand.app.erasing import Order, erase_alone
from firsthand.app.indexing import KeptIndex, to_join
from firsthand.app.linking import seek_copies
from firsthand.app.withholding import lift_quarantine, quarantine
from firsthand.link.copies import CopySeeker
from firsthand.model.ids import ItemId, sha256_of
from firsthand.model.outcomes import EngineId
from firsthand.storage.segments import FolderSegments
from tests.link.drawn import carried, filmed, print_from
from tests.support.custody import bytes_under, desk
from tests.support.fingerprinted import find_fingerprint, fingerprinted
from tests.support.silent import SilentProgress


class Told(SilentProgress):
    """Progress that remembers what it told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def tell(self, sentence: str) -> None:
        self.sentences.append(sentence)


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[ItemId]:
    """How often each item's print was read from its findings."""
    counted: Counter[ItemId] = Counter()
    whole = indexing.print_of_item

    def counting(desk: Desk, item: ItemId) -> object:
        counted[item] += 1
        return whole(desk, item)

    monkeypatch.setattr(indexing, "print_of_item", counting)
    return counted


@pytest.fixture
def items(tmp_path: Path) -> list[ItemId]:
    """Six clips of six places, sought."""
    with desk(tmp_path) as here:
        made = [fingerprinted(here, f"place {n}", carried(n, 1)) for n in range(6)]
        seek_copies(here, progress=SilentProgress())
    return made


@contextmanager
def index(
    folder: Path, progress: SilentProgress | None = None, store: FolderSegments | None = None
) -> Iterator[KeptIndex]:
    with desk(folder) as here:
        used = here if store is None else replace(here, segments=store)
        sought = used.records.sought(CopySeeker().engine)
        with KeptIndex(used, sought, progress=progress or SilentProgress(), tidy=True) as kept:
            yield kept


def best(kept: KeptIndex, place: int) -> ItemId | None:
    """The likeliest item for another copy of this place's clip."""
    query = print_from("query", [(at_s, picture // 2 + 60) for at_s, picture in carried(place, 1)])
    found = kept.index.candidates(query, mirrored=False)
    return found[0].item if found else None


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "archive" / "index").glob("*.segment"))


def test_what_lies_in_the_archive_is_used_and_no_print_is_read_again(
    tmp_path: Path, items: list[ItemId], read: Counter[ItemId]
) -> None:
    read.clear()
    with index(tmp_path) as kept:
        assert len(kept.index) == 6
        assert best(kept, 3) == items[3]
    assert read == {}
    assert len(segments(tmp_path)) == 1


def test_an_add_takes_in_what_is_new_alone(tmp_path: Path, items: list[ItemId], read: Counter[ItemId]) -> None:
    with desk(tmp_path) as here:
        new = fingerprinted(here, "place 7", carried(7, 1))
        read.clear()
        with KeptIndex(here, [*items, new], progress=SilentProgress(), tidy=True):
            pass
    assert read == {new: 1}
    assert len(segments(tmp_path)) == 2
    with desk(tmp_path) as here:
        seek_copies(here, progress=SilentProgress())
    assert len(segments(tmp_path)) == 2
    with index(tmp_path) as kept:
        assert len(kept.index) == 7
        assert best(kept, 7) == new


def test_a_torn_segment_is_told_of_and_made_again_from_the_findings(tmp_path: Path, items: list[ItemId]) -> None:
    (path,) = segments(tmp_path)
    os.chmod(path, 0o600)
    path.write_bytes(path.read_bytes()[:100_000])
    told = Told()
    with index(tmp_path, told) as kept:
        assert best(kept, 3) == items[3]
    (sentence,) = told.sentences
    assert "torn" in sentence
    assert "made again from the findings" in sentence
    again = Told()
    with index(tmp_path, again) as kept:
        assert len(kept.index) == 6
    assert again.sentences == []


def test_an_index_of_another_version_is_made_again(
    tmp_path: Path, items: list[ItemId], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "SETTINGS", "index 9")
    told = Told()
    with index(tmp_path, told) as kept:
        assert best(kept, 2) == items[2]
    assert "another version" in told.sentences[0]
    assert len(segments(tmp_path)) == 1


def test_an_index_that_was_thrown_away_is_made_again_without_a_word(tmp_path: Path, items: list[ItemId]) -> None:
    (path,) = segments(tmp_path)
    path.unlink()
    path.parent.rmdir()
    told = Told()
    with index(tmp_path, told) as kept:
        assert best(kept, 4) == items[4]
    assert told.sentences == []
    assert len(segments(tmp_path)) == 1


def test_an_archive_that_cannot_be_written_answers_from_memory(tmp_path: Path, items: list[ItemId]) -> None:
    class ReadOnly(FolderSegments):
        writable = property(lambda self: False)

        def write(self, *_: object, **__: object) -> str:
            raise AssertionError("it was written to")

        def discard(self, *_: object) -> None:
            raise AssertionError("something was taken away")

    (path,) = segments(tmp_path)
    os.chmod(path, 0o600)
    path.write_bytes(path.read_bytes()[:-1])
    with index(tmp_path, store=ReadOnly(path.parent)) as kept:
        assert best(kept, 5) == items[5]


def test_an_erased_item_is_gone_from_the_index_and_the_others_answer_without_being_read_again(
    tmp_path: Path, items: list[ItemId], read: Counter[ItemId]
) -> None:
    with desk(tmp_path) as here:
        for item in (items[2], items[3]):
            here.soundtracks.keep(item, b"fLaC of " + item.encode())
    read.clear()
    with desk(tmp_path) as here:
        order = Order(what="item", subject=items[3], why="a court said so", order="order 7")
        erase_alone(here, order, "nobody else is here", progress=SilentProgress())
    with index(tmp_path) as kept:
        assert best(kept, 3) != items[3]
        assert best(kept, 2) == items[2]
        assert len(kept.index) == 5
    assert read == {}
    with desk(tmp_path) as here:
        assert here.soundtracks.holds(items[2])
        assert not here.soundtracks.holds(items[3])
    assert [path.name for path in (tmp_path / "archive" / "derived").rglob("*.flac")] == [f"{sha256_of(items[2])}.flac"]
    held = bytes_under(tmp_path / "archive" / "index")
    assert bytes.fromhex(sha256_of(items[2])) in held
    assert bytes.fromhex(sha256_of(items[3])) not in held


def test_a_join_under_way_does_not_bring_back_what_is_erased_meanwhile(tmp_path: Path, items: list[ItemId]) -> None:
    with desk(tmp_path) as here:
        stored = indexing._usable(here.segments, SilentProgress())
        order = Order(what="item", subject=items[3], why="a court said so", order="order 7")
        erase_alone(here, order, "nobody else is here", progress=SilentProgress())
        (left,) = segments(tmp_path)
        indexing.keep(here, stored[0][1], replaces=[stored[0][0]])
    assert segments(tmp_path) == [left]
    assert bytes.fromhex(sha256_of(items[3])) not in left.read_bytes()


def test_an_erased_finding_is_gone_from_the_index_though_its_item_stays(tmp_path: Path, items: list[ItemId]) -> None:
    with desk(tmp_path) as here:
        (seq,) = [one.seq for one in here.records.findings(items[3]) if one.made_by.name == "fingerprint"]
        order = Order(what="payload", subject=str(seq), why="a court said so", order="order 8")
        erase_alone(here, order, "nobody else is here", progress=SilentProgress())
        names = {path.name for path in segments(tmp_path)}
        assert all(items[3] not in segment.items for segment in indexing.usable_segments(here.segments))
    with index(tmp_path) as kept:
        assert best(kept, 2) == items[2]
    assert names <= {path.name for path in segments(tmp_path)}


def test_whatever_else_lies_in_the_index_goes_with_an_erasure(tmp_path: Path, items: list[ItemId]) -> None:
    folder = tmp_path / "archive" / "index"
    (folder / "old.segment").write_bytes(b"FHINDEX0 of another version, holding anything")
    (folder / "notes").mkdir()
    (folder / "notes" / "of" / "mine").mkdir(parents=True)
    (folder / "notes" / "a name").write_bytes(b"a name")
    (folder / "link").symlink_to(tmp_path)
    with desk(tmp_path) as here:
        order = Order(what="item", subject=items[3], why="a court said so", order="order 7")
        erase_alone(here, order, "nobody else is here", progress=SilentProgress())
    assert list(folder.iterdir()) == segments(tmp_path)
    assert len(segments(tmp_path)) == 1
    assert (tmp_path / "archive").is_dir()


def test_an_item_in_quarantine_answers_nothing_until_it_is_lifted(tmp_path: Path, items: list[ItemId]) -> None:
    with desk(tmp_path) as here:
        quarantine(here, items[3], "graphic")
    with index(tmp_path) as kept:
        assert best(kept, 3) != items[3]
        assert items[3] not in kept.index
    with desk(tmp_path) as here:
        lift_quarantine(here, items[3], "looked at")
    with index(tmp_path) as kept:
        assert best(kept, 3) == items[3]


def test_a_newer_fingerprint_takes_the_place_of_the_older_one(tmp_path: Path, items: list[ItemId]) -> None:
    with desk(tmp_path) as here:
        find_fingerprint(here, items[3], filmed(50, 1), engine=EngineId(name="fingerprint", version=99))
    with index(tmp_path) as kept:
        assert best(kept, 3) != items[3]
        query = print_from("query", filmed(50, 1))
        assert kept.index.candidates(query, mirrored=False)[0].item == items[3]


def test_many_small_segments_become_one_while_others_read(tmp_path: Path) -> None:
    made = []
    for number in range(9):
        with desk(tmp_path) as here:
            made.append(fingerprinted(here, f"place {number}", filmed(number, 1, seconds=2)))
            seek_copies(here, progress=SilentProgress())
    with index(tmp_path) as reader:
        before = best_still(reader)
        with index(tmp_path):
            pass
        assert best_still(reader) == before
    assert len(segments(tmp_path)) <= 2
    with index(tmp_path) as kept:
        assert len(kept.index) == 9
        assert best_still(kept) == before == made[4]


def best_still(kept: KeptIndex) -> ItemId:
    return kept.index.candidates(print_from("query", filmed(4, 1, seconds=2)), mirrored=False)[0].item


def test_segments_are_joined_by_eights_and_never_beyond_what_one_can_hold() -> None:
    assert to_join([(str(n), 5_000) for n in range(7)]) == []
    assert to_join([(str(n), 5_000) for n in range(9)]) == [[str(n) for n in range(9)]]
    assert to_join([(str(n), 5_000 * 8**n) for n in range(7)]) == []
    assert to_join([(str(n), 40_000_000) for n in range(20)]) == []
