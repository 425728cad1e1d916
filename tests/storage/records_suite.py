"""What every store of records must keep. A store joins by a subclass with its own `records` fixture."""

import pytest
from hypothesis import given, settings

from firsthand.model.errors import AmbiguousTime, Conflict, NothingMatched, UsageError
from firsthand.model.events import Event, PersonNamed, Quarantined, Refused
from firsthand.model.ids import CaseId, CopyId, ItemId, OffsetId, PersonId, TakeId
from firsthand.model.outcomes import EngineId, Failed, Found, NothingThere, NotLooked
from firsthand.ports import Records
from tests.storage.events import (
    ACTOR,
    AT,
    CASE,
    FOREIGN,
    OFFSETS,
    SOUND,
    arrived,
    copy_found,
    finding,
    item,
    listened,
    moment_ended,
    moment_shaped,
    offset_found,
    offset_reviewed,
    opened,
    pictures,
    redirected,
    reviewed,
    sealed,
    searched,
    shaped,
    sighted,
    sound,
)
from tests.storage.histories import histories

COPIES = EngineId(name="copies", version=1)


def write(records: Records, *events: Event) -> tuple[Event, ...]:
    """Appends as the one actor."""
    return records.append(events, actor=ACTOR, at=AT)


class RecordsSuite:
    """Promises of ports.Records."""

    @pytest.fixture
    def records(self) -> Records:
        """Records with an empty log."""
        raise NotImplementedError

    def fresh(self) -> Records:
        """Other records with an empty log, for tests that need many."""
        raise NotImplementedError

    def test_an_empty_archive_answers_every_question_with_nothing(self, records: Records) -> None:
        assert records.head().size == 0
        assert records.head().root.startswith("e3b0c442")
        assert (records.cases(), records.items(), records.takes(), records.copies()) == ((), (), (), ())
        assert (records.case("kyiv"), records.item(item(0)), records.copy(CopyId("copy_0"))) == (None, None, None)
        assert records.current(item(0), "sound") is None
        assert records.take(TakeId("take_0")) == ()
        assert records.missing([SOUND]) == ()
        assert records.append([], actor=ACTOR, at=AT) == ()
        assert records.check().problems == ()

    def test_the_log_grows_by_what_was_written_and_checks(self, records: Records) -> None:
        assert write(records, opened(), sealed(0)) == (opened(), sealed(0))
        before = records.head()
        write(records, sealed(1))
        checked = records.check()
        assert (before.size, records.head().size) == (2, 3)
        assert checked.head == records.head() != before
        assert (checked.entries_checked, checked.problems, checked.not_checked) == (3, (), ())

    def test_names_of_any_bytes_come_back_exactly(self, records: Records) -> None:
        write(records, opened(name=FOREIGN), sealed(0), arrived(0, arrival="a", path=FOREIGN, name=FOREIGN))
        write(records, Refused(case=CASE, path=FOREIGN, why=FOREIGN))
        write(records, PersonNamed(person=PersonId("person_2"), name=FOREIGN, authenticated_by="none"))
        case, arrival, refusal = records.case(FOREIGN), records.arrived(CASE, FOREIGN), records.refusals(CASE)[0]
        assert case is not None
        assert case.name == FOREIGN
        assert arrival is not None
        assert (arrival.path, arrival.name, arrival.collector, arrival.how) == (FOREIGN,) * 4
        assert arrival.by == ACTOR
        assert arrival.received_at == "2022-02-26T12:30:00.000000Z"
        assert (refusal.path, refusal.why) == (FOREIGN, FOREIGN)
        actor = records.actor(FOREIGN, "none")
        assert actor is not None
        assert actor.id == "person_2"
        assert records.actor(FOREIGN, "session") is None
        assert records.find_items(FOREIGN) == (item(0),)
        assert records.check().problems == ()

    def test_the_same_bytes_twice_are_one_item_and_two_arrivals(self, records: Records) -> None:
        write(records, opened(), sealed(0), arrived(0, arrival="a", path="/one"))
        assert write(records, sealed(0), arrived(0, arrival="b", path="/two")) == (
            arrived(0, arrival="b", path="/two"),
        )
        assert [one.id for one in records.items()] == [item(0)]
        assert [one.path for one in records.arrivals(item(0))] == ["/one", "/two"]
        assert [one.id for one in records.arrivals_of_case(CASE)] == ["a", "b"]

    def test_sightings_come_back_exactly_and_hide_with_their_item(self, records: Records) -> None:
        write(records, opened(), opened("case_2", "other"), sealed(0), sealed(1))
        write(records, sighted(0, sighting="s1"), sighted(1, sighting="s2"), sighted(0, sighting="s3", case="case_2"))
        assert [one.id for one in records.sightings(item(0))] == ["s1", "s3"]
        assert [one.id for one in records.sightings_of_case(CASE)] == ["s1", "s2"]
        first = records.sightings(item(0))[0]
        assert (first.post, first.read_from) == (sighted(0, sighting="s1").post, FOREIGN)
        assert first.received_at == "2022-02-26T12:30:00.000000Z"
        write(records, Quarantined(item=item(0), why="x"))
        assert [one.id for one in records.sightings_of_case(CASE)] == ["s2"]
        assert records.sightings(item(0)) == ()
        assert records.check().problems == ()

    def test_of_two_cases_of_one_name_the_first_is_kept(self, records: Records) -> None:
        written = write(records, opened("case_1"), opened("case_2"))
        assert written == (opened("case_1"),)
        assert write(records, opened("case_3")) == ()
        assert [case.id for case in records.cases()] == ["case_1"]
        assert records.head().size == 1

    def test_the_first_answer_of_an_engine_about_an_item_is_kept(self, records: Records) -> None:
        write(records, opened(), sealed(0))
        first, second = finding(0, sound(1), finding="f1"), finding(0, NothingThere(), finding="f2")
        assert write(records, first, second) == (first,)
        assert write(records, second) == ()
        assert [one.id for one in records.findings(item(0))] == ["f1"]
        assert records.check().problems == ()

    def test_the_first_search_of_an_engine_for_an_item_is_kept(self, records: Records) -> None:
        write(records, sealed(0), sealed(1), searched(1, ("c1", 0, 1)))
        assert write(records, searched(1, ("c2", 0, 1))) == ()
        assert [copy.id for copy in records.copies()] == ["c1"]
        assert (records.unsought(COPIES), records.sought(COPIES)) == ((item(0),), (item(1),))
        write(records, searched(0))
        assert records.sought(COPIES) == (item(1), item(0))
        assert records.unsought(EngineId(name="copies", version=2)) == (item(0), item(1))

    def test_all_of_an_append_is_written_or_none(self, records: Records) -> None:
        write(records, opened())
        before = records.head()
        with pytest.raises(NothingMatched):
            write(records, sealed(0), arrived(1, arrival="a"))
        with pytest.raises(Conflict):
            write(records, sealed(0), arrived(0, arrival="a"), arrived(0, arrival="a"))
        assert records.head() == before
        assert records.items() == ()
        checked = records.check()
        assert (checked.problems, checked.not_checked) == ((), ())

    def test_a_time_without_a_zone_or_an_actor_without_an_id_is_turned_away(self, records: Records) -> None:
        with pytest.raises(AmbiguousTime):
            records.append([sealed(0)], actor=ACTOR, at=AT.replace(tzinfo=None))
        with pytest.raises(UsageError):
            records.append([sealed(0)], actor=PersonId("Оля"), at=AT)
        assert records.head().size == 0

    def test_what_lacks_an_answer_is_the_queue(self, records: Records) -> None:
        write(records, opened(), opened("case_2", "lviv"), sealed(0), sealed(1), sealed(2))
        write(records, arrived(1, arrival="a", case="case_2"))
        raised = EngineId(name="sound", version=2)
        write(records, finding(0, sound(), finding="f0"), finding(1, Failed(error="E", why="w"), finding="f1"))
        assert records.missing([SOUND]) == ((item(2), (SOUND,)),)
        assert records.missing([raised, SOUND]) == (
            (item(0), (raised,)),
            (item(1), (raised,)),
            (item(2), (raised, SOUND)),
        )
        assert records.missing([raised], CaseId("case_2")) == ((item(1), (raised,)),)
        assert [one.id for one in records.items(CaseId("case_2"))] == [item(1)]
        assert records.missing([]) == ()

    def test_a_failure_or_a_refusal_to_look_never_hides_an_answer(self, records: Records) -> None:
        write(records, sealed(0), finding(0, NotLooked(because="no model"), finding="f1", version=1))
        current = records.current(item(0), "sound")
        assert current is not None
        assert current.outcome == NotLooked(because="no model")
        write(records, finding(0, sound(7), finding="f2", version=2))
        write(records, finding(0, Failed(error="E", why=FOREIGN), finding="f3", version=3))
        current = records.current(item(0), "sound")
        assert current is not None
        assert (current.id, current.environment) == ("f2", FOREIGN)
        assert current.outcome == sound(7)
        write(records, finding(0, NothingThere(why="silence"), finding="f4", version=4))
        current = records.current(item(0), "sound")
        assert current is not None
        assert current.id == "f4"
        assert [one.id for one in records.findings(item(0))] == ["f1", "f2", "f3", "f4"]

    def test_items_whose_current_finding_failed_are_listed_for_their_case(self, records: Records) -> None:
        write(records, opened(), sealed(0), sealed(1), sealed(2), arrived(0, arrival="a"), arrived(1, arrival="b"))
        broken = Failed(error="UnreadableMedia", why="cut off")
        write(records, *(finding(number, broken, finding=f"f{number}") for number in range(3)))
        assert records.failed(CASE) == (item(0), item(1))
        assert records.answered(item(0)) == {"sound"}
        write(records, finding(0, NotLooked(because="x"), finding="f8", name="pictures"))
        write(records, finding(1, sound(), finding="f9", version=2))
        write(records, finding(1, broken, finding="f10", version=3))
        assert records.failed(CASE) == (item(0),)
        assert records.answered(item(0)) == {"sound", "pictures"}
        assert records.answered(item(9)) == frozenset()

    def test_an_item_lasts_to_the_later_end_of_its_pictures_and_its_sound(self, records: Records) -> None:
        write(records, *(sealed(number) for number in range(4)))
        write(records, finding(0, sound(), finding="f0"), finding(0, pictures(7.5), finding="f1", name="pictures"))
        write(records, finding(1, sound(), finding="f2"), finding(1, pictures(0.5), finding="f3", name="pictures"))
        write(records, finding(2, pictures(0.04, still=True), finding="f4", name="pictures"))
        write(records, finding(1, Failed(error="E", why="w"), finding="f5", version=2))
        lengths = [(length.item, length.duration_s) for length in records.lengths()]
        assert lengths == [(item(0), 7.5), (item(1), 1.5), (item(2), 0.0), (item(3), 0.0)]

    def test_findings_are_listed_without_their_arrays_and_current_has_them(self, records: Records) -> None:
        write(records, sealed(0), finding(0, sound(5), finding="f1"))
        listed = records.findings(item(0))[0].outcome
        current = records.current(item(0), "sound")
        assert isinstance(listed, Found)
        assert listed.value == sound().value
        assert listed.array("peaks").data == b""
        assert current is not None
        assert isinstance(current.outcome, Found)
        assert current.outcome.array("peaks").data == bytes([5] * 6)

    def test_findings_of_a_case_come_together_and_their_arrays_too(self, records: Records) -> None:
        write(records, opened(), opened("case_2", "other"), sealed(0), sealed(1), sealed(2))
        write(records, arrived(0, arrival="a"), arrived(1, arrival="b"), arrived(2, arrival="c", case="case_2"))
        write(records, finding(0, sound(5), finding="f1"), finding(1, sound(6), finding="f2"))
        write(records, finding(2, sound(7), finding="f3"), finding(0, pictures(1.0), finding="f4", name="pictures"))
        held = records.findings_in(CASE)
        assert held == {item(0): records.findings(item(0)), item(1): records.findings(item(1))}
        whole = records.with_arrays([held[item(1)][0], held[item(0)][0], held[item(0)][1]])
        assert [one.id for one in whole] == ["f2", "f1", "f4"]
        assert whole[0] == records.current(item(1), "sound")
        assert whole[1] == records.current(item(0), "sound")
        assert records.with_arrays([]) == ()
        write(records, Quarantined(item=item(0), why="seen"))
        assert set(records.findings_in(CASE)) == {item(1)}

    def test_items_are_found_by_the_start_of_their_id_or_by_a_name_or_path(self, records: Records) -> None:
        write(records, opened(), sealed(0), sealed(1), arrived(1, arrival="a", path="/clips/x.mp4", name="x.mp4"))
        digits = item(0).removeprefix("sha256:")
        assert records.find_items(digits[:4].upper()) == (item(0),)
        assert records.find_items("sha256:" + digits[:9]) == (item(0),)
        assert records.find_items(digits) == (item(0),)
        assert records.find_items(digits[:3]) == ()
        assert records.find_items("x.mp4") == records.find_items("/clips/x.mp4") == (item(1),)
        assert records.find_items("%") == records.find_items("") == ()

    def test_a_decision_on_a_copy_that_changed_in_between_is_turned_away(self, records: Records) -> None:
        write(records, sealed(0), sealed(1), searched(1, ("c1", 0, 1)))
        assert records.version("c1") == 0
        write(records, reviewed("c1", expected_version=0))
        with pytest.raises(Conflict):
            write(records, reviewed("c1", expected_version=0, confirm=False))
        with pytest.raises(NothingMatched):
            write(records, reviewed("c9", expected_version=0))
        copy = records.copy(CopyId("c1"))
        assert copy is not None
        assert (copy.state, copy.version, copy.found, copy.made_by) == ("confirmed", 1, copy_found(0, 1), COPIES)
        write(records, reviewed("c1", expected_version=1, confirm=False), reviewed("c1", expected_version=2))
        assert records.version("c1") == 3
        assert [one.state for one in records.copies()] == ["confirmed"]

    def test_offsets_and_moments_are_kept_by_case_and_replay(self, records: Records) -> None:
        write(records, opened(), opened("case_other", "lviv"), *(sealed(number) for number in range(3)))
        write(records, listened(("o1", 0, 1), items=(0, 1)), listened(("o2", 1, 2), items=(2,)))
        write(records, moment_shaped("m1", 0, 1), moment_shaped("m2", 2, 0), moment_ended("m2"))
        assert set(records.compared_for_moments(CASE, OFFSETS)) == {item(0), item(1), item(2)}
        assert [one.id for one in records.offsets(CASE)] == ["o1", "o2"]
        assert records.offsets(CASE)[0].found == offset_found(0, 1)
        assert [(one.id, one.reference, len(one.items)) for one in records.moments(CASE)] == [("m1", item(0), 2)]
        other = CaseId("case_other")
        assert records.offsets(other) == ()
        assert records.moments(other) == ()
        assert records.compared_for_moments(other, OFFSETS) == ()
        assert records.check().problems == ()

    def test_a_decision_on_an_offset_that_changed_in_between_is_turned_away(self, records: Records) -> None:
        write(records, opened(), sealed(0), sealed(1), listened(("o1", 0, 1), items=(0, 1)))
        write(records, offset_reviewed("o1", expected_version=0))
        with pytest.raises(Conflict):
            write(records, offset_reviewed("o1", expected_version=0))
        with pytest.raises(NothingMatched):
            write(records, offset_reviewed("o9", expected_version=0))
        offset = records.offset(OffsetId("o1"))
        assert offset is not None
        assert (offset.state, offset.version) == ("rejected", 1)
        assert records.version("o1") == 1

    def test_a_search_made_on_an_old_version_is_turned_away(self, records: Records) -> None:
        write(records, opened(), sealed(0), sealed(1))
        subject = records.moments_subject(CASE)
        seen = records.version(subject)
        write(records, listened(items=(0,)))
        with pytest.raises(Conflict):
            records.append([listened(items=(1,))], actor=ACTOR, at=AT, expected={subject: seen})

    def test_an_append_made_on_an_old_version_is_turned_away_whole(self, records: Records) -> None:
        write(records, sealed(0), shaped("take_1", 0))
        seen = records.version("takes")
        records.append([shaped("take_2", 0)], actor=ACTOR, at=AT, expected={"takes": seen})
        with pytest.raises(Conflict):
            records.append([sealed(1), shaped("take_3", 0)], actor=ACTOR, at=AT, expected={"takes": seen})
        assert [take.id for take in records.takes()] == ["take_1", "take_2"]
        assert records.item(item(1)) is None
        assert records.version("unheard of") == 0

    def test_copies_are_asked_for_by_both_their_ends(self, records: Records) -> None:
        write(records, *(sealed(number) for number in range(4)))
        write(records, searched(1, ("c1", 0, 1)), searched(2, ("c2", 0, 2), ("c3", 1, 2)), searched(3, ("c4", 3, 0)))
        assert [copy.id for copy in records.copies([item(0), item(1), item(2)])] == ["c1", "c2", "c3"]
        assert [copy.id for copy in records.copies([item(3), item(0)])] == ["c4"]
        assert records.copies([]) == records.copies([item(1)]) == ()
        many = [ItemId(f"sha256:{number:064x}") for number in range(1200)]
        assert [copy.id for copy in records.copies([*many, item(1), item(2)])] == ["c3"]

    def test_the_id_of_a_merged_take_leads_to_where_its_footage_is_now(self, records: Records) -> None:
        write(records, sealed(0), *(shaped(f"take_{number}", 0) for number in range(5)))
        write(records, redirected("take_0", "take_1"), redirected("take_1", "take_3", "take_2"))
        assert records.take(TakeId("take_0")) == ("take_2", "take_3")
        assert records.take(TakeId("take_4")) == ("take_4",)
        assert [take.id for take in records.takes()] == ["take_2", "take_3", "take_4"]
        write(records, shaped("take_1", 0))
        assert records.take(TakeId("take_0")) == ("take_1",)
        assert records.takes()[0].spans == shaped("take_1", 0).spans
        write(records, redirected("take_4", "take_4"))  # a circle ends
        assert records.take(TakeId("take_4")) == ()
        assert records.check().problems == ()

    def test_any_history_replays_to_the_rows_that_stand_there(self) -> None:
        @settings(max_examples=25, deadline=None, database=None)
        @given(histories())
        def replays(history: list[list[Event]]) -> None:
            records = self.fresh()
            written = 0
            for events in history:
                written += len(records.append(events, actor=ACTOR, at=AT))
            checked = records.check()
            assert checked.problems == ()
            assert checked.entries_checked == written == checked.head.size
            assert checked.head == records.head()

        replays()
