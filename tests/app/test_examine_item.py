"""Every file gets an outcome from every engine, whatever it is."""

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import av
import pytest

from firsthand.app import examiners
from firsthand.app.child import _answer, fitting
from firsthand.app.examination import EngineAnswer, ExamineAnswer, ExamineRequest
from firsthand.app.examine_item import decoding_child, examine
from firsthand.app.examiners import engines
from firsthand.app.tag_reader import TagReaders
from firsthand.examine.sound import SoundExaminer
from firsthand.media.frames import Decoded
from firsthand.media.tags import TagsRead
from firsthand.model.arrays import Array
from firsthand.model.codec import decode
from firsthand.model.findings import FingerprintFacts
from firsthand.model.outcomes import EngineId, Failed, Found, NotLooked, Outcome
from firsthand.runtime.child import Child
from tests.support.clips import make_clip, tone


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    one = decoding_child()
    yield one
    one.close()


def outcomes(child: Child, path: Path) -> dict[str, Outcome]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return {engine.name: outcome for engine, outcome in examine(child, descriptor, engines(), wall_s=60)}
    finally:
        os.close(descriptor)


def test_a_sound_clip_is_found(child: Child, tmp_path: Path) -> None:
    found = outcomes(child, make_clip(tmp_path / "a.mp4", seconds=0.4, sound=tone(), tags={"comment": "мітинг"}))
    container = found["container"]
    assert isinstance(container, Found)
    assert [stream.type for stream in container.value.streams] == ["video", "audio"]
    assert any(tag.value == "мітинг" for tag in container.value.tags)
    assert not [name for name, outcome in found.items() if isinstance(outcome, Failed)]


def test_a_track_of_subtitles_beside_the_pictures_costs_no_finding(child: Child, tmp_path: Path) -> None:
    make_clip(tmp_path / "a.mp4", seconds=0.4, sound=tone())
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:00,300\nМітинг\n")
    with (
        av.open(str(tmp_path / "a.mp4")) as clip,
        av.open(str(tmp_path / "a.srt")) as words,
        av.open(str(tmp_path / "both.mkv"), "w") as both,
    ):
        tracks = {stream: both.add_stream_from_template(stream) for one in (clip, words) for stream in one.streams}
        for packet in (*clip.demux(), *words.demux()):
            if packet.dts is not None:
                packet.stream = tracks[packet.stream]
                both.mux(packet)
    found = outcomes(child, tmp_path / "both.mkv")
    container = found["container"]
    assert isinstance(container, Found)
    assert [stream.type for stream in container.value.streams] == ["video", "audio", "subtitle"]
    assert not [name for name, outcome in found.items() if isinstance(outcome, Failed)]


def test_what_is_no_media_fails_for_every_engine_and_says_why(child: Child, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").write_bytes(b"")
    for outcome in outcomes(child, tmp_path / "empty.mp4").values():
        assert isinstance(outcome, Failed)
        assert outcome.error == "UnreadableMedia"


def test_an_engine_this_installation_lacks_has_not_looked(child: Child, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.2)
    unknown = EngineId(name="clairvoyance", version=3)
    with path.open("rb") as file:
        assert isinstance(dict(examine(child, file.fileno(), [unknown]))[unknown], NotLooked)


def test_every_damaged_file_has_an_outcome_and_ends_no_child(child: Child, media: Path) -> None:
    pids = set()
    for path in sorted((media / "damaged").iterdir()):
        for name, outcome in outcomes(child, path).items():
            assert isinstance(outcome, Found | Failed | NotLooked) or outcome.why, (path.name, name)
            assert not (isinstance(outcome, Failed) and outcome.error in ("Crashed", "TimedOut", "BadAnswer")), (
                path.name
            )
        pids.add(child.pid)
    assert len(pids) == 1


class Unrecordable(SoundExaminer):
    """Answers with a number that no record can hold."""

    def finish(self, decoded: Decoded) -> Outcome:
        found = super().finish(decoded)
        assert isinstance(found, Found)
        return replace(found, value=replace(found.value, mean_db=math.nan))


def test_an_answer_that_cannot_be_recorded_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(examiners.EXAMINERS, "sound", Unrecordable)

    class NoReaders:
        spent = False

        def read(self, descriptor: int) -> tuple[TagsRead, ...]:
            return ()

    descriptor = os.open(make_clip(tmp_path / "a.mp4", seconds=0.4, sound=tone()), os.O_RDONLY)
    request = ExamineRequest(engines=engines(), wall_s=60, cpu_s=60)
    try:
        answer = decode(_answer(descriptor, request, cast(TagReaders, NoReaders())), ExamineAnswer)
    finally:
        os.close(descriptor)
    by_name = {one.engine.name: one.outcome for one in answer.answers}
    assert isinstance(by_name["sound"], Failed)
    assert [name for name, outcome in by_name.items() if isinstance(outcome, Failed)] == ["sound"]


def test_what_is_too_much_for_one_answer_fails_alone_and_the_kept_sound_goes_first() -> None:
    facts = FingerprintFacts(frames=1, features=1, code_bits=256, method="orb", width_px=2, height_px=2)

    def array(count: int) -> Array:
        return Array(dtype="u1", shape=(count,), data=bytes(count))

    def answered(most_bytes: int) -> ExamineAnswer:
        large, small = (Found(value=facts, arrays=(("code", array(count)),)) for count in (50_000, 2_000))
        answers = tuple(
            EngineAnswer(engine=EngineId(name=name, version=1), outcome=outcome)
            for name, outcome in (("small", small), ("large", large))
        )
        document = fitting(answers, array(30_000), spent=False, most_bytes=most_bytes)
        assert len(document) <= most_bytes
        return decode(document, ExamineAnswer)

    def kinds(one: ExamineAnswer) -> list[str]:
        return [type(answer.outcome).__name__ for answer in one.answers]

    whole, without_sound, without_large = (answered(most) for most in (90_000, 60_000, 9_000))
    assert (kinds(whole), whole.sound is not None) == (["Found", "Found"], True)
    assert (kinds(without_sound), without_sound.sound) == (["Found", "Found"], None)
    assert (kinds(without_large), without_large.sound) == (["Found", "Failed"], None)
    failed = without_large.answers[1].outcome
    assert isinstance(failed, Failed)
    assert failed.error == "OverLimit"
