"""Fifty desks on one archive."""

import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

from firsthand import __version__
from firsthand.model.events import ArchiveMade, Arrived, CaseOpened, PersonNamed, Sealed
from firsthand.model.ids import ArrivalId, CaseId, PersonId, item_id, random_id
from firsthand.storage import archive as archives

WRITERS, EACH = 50, 4
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _person(name: str) -> PersonNamed:
    return PersonNamed(person=PersonId(random_id("person")), name=name, authenticated_by="none")


def write(folder: str, case: str, writer: int) -> list[str]:
    """What one desk does: names itself, seals the same files as everybody, lets each arrive. Returns its arrivals."""
    made: list[str] = []
    opened = archives.open(Path(folder))
    me = _person(f"writer {writer}")
    opened.records.append((me,), actor=me.person, at=AT)
    for number in range(EACH):
        arrival = ArrivalId(random_id("arrival"))
        item = item_id(f"{number:064x}")
        opened.records.append(
            (
                Sealed(item=item, bytes=number),
                Arrived(
                    arrival=arrival, item=item, case=CaseId(case), collector="", obtained_from="", how="",
                    path=f"/{writer}/{number}", name=str(number), modified_at="",
                ),
            ),
            actor=me.person,
            at=AT,
        )  # fmt: skip
        made.append(arrival)
    opened.close()
    return made


def test_fifty_processes_writing_at_once_lose_nothing_and_write_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    maker, case = _person("maker"), CaseOpened(case=CaseId(random_id("case")), name="one")
    first = ArchiveMade(format=archives.FORMAT, made_with=f"firsthand {__version__}")
    archives.create(folder, first=first, actor=maker.person, at=AT, named=(maker, case)).close()

    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        told = pool.starmap(write, [(str(folder), case.case, writer) for writer in range(WRITERS)], chunksize=1)

    acknowledged = [arrival for arrivals in told for arrival in arrivals]
    opened = archives.open(folder)
    try:
        assert len(acknowledged) == WRITERS * EACH == len(set(acknowledged))
        assert {one.id for one in opened.records.arrivals_of_case(case.case)} == set(acknowledged)
        assert len(opened.records.items()) == EACH  # the first to seal a file wins; it is there once
        check = opened.records.check()
        assert check.problems == ()
        # maker, archive, case; then each writer's name, its arrivals, and each file's sealing once: no gap, no double
        assert check.entries_checked == 3 + WRITERS + WRITERS * EACH + EACH
    finally:
        opened.close()
