"""Records read back as they were written, and bytes that are no record say so in one way only."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firsthand.model.arrays import Array
from firsthand.model.codec import (
    decode,
    decode_event,
    decode_without_arrays,
    encode,
    encode_event,
    encode_without_arrays,
)
from firsthand.model.errors import MalformedRecord
from firsthand.model.events import EVENT_OF_KIND, CaseOpened
from firsthand.model.findings import VALUE_OF_KIND
from firsthand.model.ids import CaseId
from firsthand.model.outcomes import EngineId, Failed, Found, NothingThere, NotLooked, Outcome
from tests.support.values import values

KINDS = sorted({**EVENT_OF_KIND, **VALUE_OF_KIND, "found": Found})
TYPES: dict[str, type] = {**EVENT_OF_KIND, **VALUE_OF_KIND, "found": Found}
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("kind", KINDS)
@few
@given(drawn=st.data())
def test_what_was_written_is_read_again_and_written_in_the_same_bytes(kind: str, drawn: st.DataObject) -> None:
    value = drawn.draw(values(TYPES[kind]))
    written = encode(value)
    read: Any = decode(written, TYPES[kind])
    assert read == value
    assert encode(read) == written
    line, _, _ = written.partition(b"\n")
    assert line == _spell(json.loads(line))[:-1]  # keys in order, no spaces


@pytest.mark.parametrize("kind", KINDS)
@few
@given(drawn=st.data())
def test_a_byte_changed_is_refused_or_is_another_record_in_just_those_bytes(kind: str, drawn: st.DataObject) -> None:
    written = bytearray(encode(drawn.draw(values(TYPES[kind]))))
    for at in drawn.draw(st.lists(st.integers(0, len(written) - 1), min_size=1, max_size=40)):
        changed = bytearray(written)
        changed[at] ^= drawn.draw(st.integers(1, 255))
        try:
            read: Any = decode(bytes(changed), TYPES[kind])
        except MalformedRecord:
            continue
        assert encode(read) == changed


@few
@given(st.binary(max_size=60))
def test_any_other_bytes_are_refused_in_one_way(junk: bytes) -> None:
    with pytest.raises(MalformedRecord):
        decode(junk, CaseOpened)


@few
@given(outcome=values(Outcome))
def test_the_first_line_alone_gives_the_outcome_without_its_arrays(outcome: Any) -> None:
    line = encode_without_arrays(outcome)
    assert encode(outcome).startswith(line)
    read: Any = decode_without_arrays(line, Outcome)  # type: ignore[arg-type]
    if isinstance(outcome, Found):
        assert read.value == outcome.value
        assert [name for name, _ in read.arrays] == [name for name, _ in outcome.arrays]
        assert all(array.data == b"" for _, array in read.arrays)
    else:
        assert read == outcome


POISON: dict[str, Any] = {
    "a number no float holds": 10**400,
    "a nested list": [[[[]]]],
    "a record": {"is": "found"},
    "a truth": True,
    "nothing": None,
    "a list as a type": {"dtype": ["u1"], "shape": [1]},
    "a length below zero": {"dtype": "u1", "shape": [-1]},
    "too long": {"dtype": "f8", "shape": [2**62, 2**62]},
}


@pytest.mark.parametrize("poison", sorted(POISON))
@pytest.mark.parametrize("field", ["mean_db", "column_s", "silent", "digital_silence", "arrays"])
def test_a_hostile_answer_of_a_child_is_malformed_and_never_another_error(field: str, poison: str) -> None:
    value = {
        "is": "sound", "first_s": 0.0, "end_s": 1.0, "samples_per_second": 1, "channels": 1, "mean_db": 0.0,
        "peak_db": 0.0, "digital_silence": False, "silent": [], "clipped_ratio": 0.0, "column_s": 1.0,
        "lost_samples": 0,
    }  # fmt: skip
    document: dict[str, Any] = {"is": "found", "value": value, "arrays": []}
    if field == "arrays":
        document["arrays"] = [["peaks", POISON[poison]]]
    else:
        value[field] = POISON[poison]
    if field == "digital_silence" and poison == "a truth":
        assert decode(_spell(document), Found).value.digital_silence is True
        return
    with pytest.raises(MalformedRecord):
        decode(_spell(document), Found)


@pytest.mark.parametrize(
    "line",
    [
        '{"case":"c","name":"n","name":"n"}', '{"case":"c", "name":"n"}', '{"name":"n","case":"c"}',
        '{"case":"c","name":"\\u006e"}', '{"case":"c","name":"n","is":null}', '{"case":"c"}',
        '{"case":"c","name":"n","note":1}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_record_has_one_spelling(line: str) -> None:
    assert decode_event("case_opened", b'{"case":"c","name":"n"}\n') == CaseOpened(case=CaseId("c"), name="n")
    with pytest.raises(MalformedRecord):
        decode_event("case_opened", line.encode() + b"\n")


def test_an_unknown_kind_of_event_points_to_a_newer_firsthand() -> None:
    with pytest.raises(MalformedRecord, match="newer firsthand"):
        decode_event("edition_published", encode_event(CaseOpened(case=CaseId("c"), name="n")))


def test_a_record_written_before_a_field_was_added_still_reads() -> None:
    assert decode(b'{"name":"sound","version":1}\n', EngineId) == EngineId(name="sound", version=1)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_cannot_be_recorded(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        encode((number,))


def test_four_outcomes_have_four_spellings() -> None:
    outcomes = [NothingThere(), NotLooked(because=""), Failed(error="", why="")]
    assert len({encode(outcome) for outcome in outcomes}) == len(outcomes)


@pytest.mark.parametrize(("shape", "data"), [((), b"\0"), ((2,), b"\0"), ((-1, -1), b"\0")])
def test_an_array_whose_bytes_do_not_fit_its_shape_cannot_be_made(shape: tuple[int, ...], data: bytes) -> None:
    with pytest.raises(ValueError):
        Array(dtype="u1", shape=shape, data=data)


def _spell(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"
