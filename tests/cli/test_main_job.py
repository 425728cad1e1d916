"""A folder of clips in; sealed, examined, grouped and verified out; through the command line alone."""

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.support.clips import make_clip, make_sound, pattern, repeated, tone
from tests.support.program import Ran, command, environment, firsthand


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed-in")
    one = make_clip(folder / "one.mp4", seconds=3, sound=tone(), draw=pattern((320, 240), seed=1))
    make_clip(folder / "one-smaller.mp4", seconds=3, size=(240, 180), crf=34, draw=pattern((320, 240), seed=1))
    make_clip(folder / "two.mp4", seconds=2, draw=pattern((320, 240), seed=2))
    make_sound(folder / "said.wav", seconds=1)
    (folder / "deep").mkdir()
    (folder / "deep" / "one-again.mp4").write_bytes(one.read_bytes())
    (folder / "deep" / "empty.mp4").write_bytes(b"")
    (folder / "notes.csv").write_text("file,who\n")
    return folder


@pytest.fixture(scope="module")
def archive(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("desk") / "archive"
    ran = add(archive, clips)
    assert ran.code == 3, ran.talk
    return archive


def add(archive: Path, *paths: Path) -> Ran:
    return firsthand("add", *paths, "--case", "kyiv", "--collector", "the desk", "--archive", archive, "--json")


def test_add_says_what_became_of_every_file_and_that_one_could_not_be_read(clips: Path, tmp_path: Path) -> None:
    ran = add(tmp_path / "archive", clips)
    document = ran.document
    assert ran.code == 3
    assert document["schema"] == "firsthand.add/1"
    assert {one["name"]: one["state"] for one in document["items"]} == {
        "one.mp4": "sealed",
        "one-smaller.mp4": "sealed",
        "two.mp4": "sealed",
        "said.wav": "sealed",
        "one-again.mp4": "already_sealed",
        "empty.mp4": "sealed",
        "notes.csv": "refused",
    }
    assert document["examined"]["failed"] == 5
    assert document["takes"] == 4
    assert document["copies"] == 1


def test_adding_the_same_folder_again_seals_nothing_and_examines_nothing(archive: Path, clips: Path) -> None:
    before = firsthand("verify", "--archive", archive, "--json").document["entries_checked"]
    document = add(archive, clips).document
    assert {one["state"] for one in document["items"]} == {"already_sealed", "refused"}
    assert sum(document["examined"].values()) == 0
    assert firsthand("verify", "--archive", archive, "--json").document["entries_checked"] == before


def test_takes_join_the_copies_of_one_recording(archive: Path) -> None:
    takes = firsthand("takes", "--case", "kyiv", "--archive", archive, "--json").document["takes"]
    joined = {tuple(sorted(one["name"] for one in take["items"])): take for take in takes}
    pair = joined["one-smaller.mp4", "one.mp4"]
    assert pair["state"] == "suggested"
    assert pair["best_name"] == "one.mp4"
    assert pair["earliest_item"] is None
    assert joined["two.mp4",]["state"] == "alone"


def test_copies_name_spans_and_verdict(archive: Path) -> None:
    (copy,) = firsthand("copies", "--case", "kyiv", "--archive", archive, "--json").document["copies"]
    assert {copy["a_name"], copy["b_name"]} == {"one.mp4", "one-smaller.mp4"}
    assert copy["verdict"] == "copy"
    assert copy["speed"] == pytest.approx(1.0, abs=0.02)
    assert copy["a_start_s"] == pytest.approx(0, abs=0.3)
    assert copy["a_end_s"] == pytest.approx(3, abs=0.3)
    assert copy["state"] == "suggested"


def test_show_tells_how_an_item_came_and_every_outcome(archive: Path) -> None:
    document = firsthand("show", "one.mp4", "--archive", archive, "--json").document
    assert [arrival["collector"] for arrival in document["arrivals"]] == ["the desk", "the desk"]
    outcomes = {finding["kind"]: finding["outcome"] for finding in document["findings"]}
    assert outcomes == dict.fromkeys(("container", "pictures", "fingerprint", "sound", "soundprint"), "found")
    silent = firsthand("show", "two.mp4", "--archive", archive, "--json").document
    assert {one["kind"]: one["outcome"] for one in silent["findings"]}["sound"] == "not_looked"
    empty = firsthand("show", "empty.mp4", "--archive", archive, "--json").document
    assert {one["outcome"] for one in empty["findings"]} == {"failed"}
    assert all(one["why"] for one in empty["findings"])


def test_find_looks_without_leaving_a_trace(archive: Path, clips: Path, tmp_path: Path) -> None:
    entries = firsthand("verify", "--archive", archive, "--json").document["head"]
    mirrored = pattern((320, 240), seed=1)
    query = make_clip(tmp_path / "query.mp4", seconds=3, draw=lambda number, at_s: mirrored(number, at_s)[:, ::-1])
    ran = firsthand("find", query, "--archive", archive, "--json")
    assert ran.code == 0
    assert {copy["b_name"] for copy in ran.document["copies"] if copy["verdict"] == "copy"} == {
        "one.mp4",
        "one-smaller.mp4",
    }
    assert firsthand("verify", "--archive", archive, "--json").document["head"] == entries


def test_find_says_when_there_is_nothing_like_it(archive: Path, tmp_path: Path) -> None:
    ran = firsthand(
        "find", make_clip(tmp_path / "new.mp4", draw=pattern((320, 240), seed=77)), "--archive", archive, "--json"
    )
    assert ran.code == 4
    assert ran.document["copies"] == []


def test_verify_passes_and_names_a_sealed_file_that_was_altered(clips: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    add(archive, clips / "two.mp4")
    assert firsthand("verify", "--archive", archive, "--json").document["passed"] is True
    (sealed,) = (path for path in (archive / "sealed").rglob("*") if path.is_file())
    content = bytearray(sealed.read_bytes())
    content[1000] ^= 1
    sealed.chmod(0o644)
    sealed.write_bytes(content)
    ran = firsthand("verify", "--archive", archive, "--json")
    assert ran.code == 90
    assert [problem["where"] for problem in ran.document["problems"]] == [f"sha256:{sealed.name}"]


@pytest.mark.parametrize("name", ["a\nb.mp4", "ф" * 125 + ".mp4", "\udcff\udcfe.mp4"])
def test_any_file_name_comes_back_byte_for_byte_and_does_no_harm(tmp_path: Path, name: str) -> None:
    path = make_clip(tmp_path / "a.mp4", seconds=0.2)
    (tmp_path / "in").mkdir()
    path.rename(tmp_path / "in" / name)
    document = add(tmp_path / "archive", tmp_path / "in").document
    assert os.fsencode(document["items"][0]["name"]) == os.fsencode(name)
    for words in (("takes", "--case", "kyiv"), ("show", document["items"][0]["item"])):
        ran = firsthand(*words, "--archive", tmp_path / "archive")
        assert ran.code == 0, ran.talk
        assert "a\nb" not in ran.out


def test_stopped_by_hand_it_ends_at_once_keeps_what_it_has_and_goes_on_when_called_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    make_clip(tmp_path / "in" / "a.mp4", seconds=0.4)
    archive = tmp_path / "archive"
    add(archive, tmp_path / "in")
    short = make_clip(tmp_path / "short.mp4", seconds=4, draw=pattern((320, 240), seed=2))
    repeated(short, tmp_path / "in" / "b.mp4", every_s=5, times=60)
    with subprocess.Popen(
        command("add", tmp_path / "in", "--case", "kyiv", "--archive", archive, "--workers", "1"),
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    ) as adding:
        _hold_the_decoder(adding)  # however quick the machine, b.mp4 is being examined when the stop comes
        adding.send_signal(signal.SIGINT)
        _, talk = adding.communicate(timeout=60)
    assert adding.returncode == 130
    assert "goes on from here" in talk
    assert firsthand("verify", "--archive", archive, "--json").document["passed"] is True
    again = add(archive, tmp_path / "in").document
    assert {one["state"] for one in again["items"]} == {"already_sealed"}
    assert again["examined"]["found"] > 0
    for name in ("a.mp4", "b.mp4"):
        kinds = firsthand("show", name, "--archive", archive, "--json").document["findings"]
        assert {one["outcome"] for one in kinds} <= {"found", "nothing_there", "not_looked"}


def _heed_interrupts() -> None:
    # A shell without job control starts what it runs in the background deaf to interrupts, and children inherit that.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _hold_the_decoder(adding: subprocess.Popen[str]) -> None:
    """Suspends the decoding child as soon as there is one: starting takes it far longer than finding it takes us."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        # A process that has not yet become the decoder must not be stopped: the program waits for it to.
        decoders = [
            one
            for one in psutil.Process(adding.pid).children(recursive=True)
            if "firsthand.app.child" in " ".join(_words(one))
        ]
        if decoders:
            for one in decoders:
                with contextlib.suppress(psutil.Error):
                    one.suspend()
            return
        time.sleep(0.005)
    adding.kill()
    raise AssertionError("no decoding child was started within a minute")


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []  # it has ended, or only just begun


def test_killed_at_any_moment_what_was_acknowledged_is_there_and_a_rerun_completes(clips: Path, tmp_path: Path) -> None:
    chance = random.Random(20220224)
    archive = tmp_path / "archive"
    whole = firsthand("add", clips, "--case", "kyiv", "--archive", tmp_path / "whole", "--json").document
    acknowledged: set[str] = set()
    for _ in range(10):
        with subprocess.Popen(
            command("add", clips, "--case", "kyiv", "--archive", archive),
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as adding:
            time.sleep(chance.uniform(0.3, 3.0))
            os.killpg(adding.pid, signal.SIGKILL)
        if (archive / "archive.toml").exists():
            verified = firsthand("verify", "--archive", archive, "--json")
            assert verified.document["passed"] is True, verified.out
            sealed = {path.name for path in (archive / "sealed").rglob("*") if len(path.name) == 64}
            assert acknowledged <= sealed
            acknowledged = sealed
    done = add(archive, clips).document
    assert {one["item"] for one in done["items"]} == {one["item"] for one in whole["items"]}
    assert (done["takes"], done["copies"]) == (whole["takes"], whole["copies"])
    assert firsthand("verify", "--archive", archive, "--json").document["passed"] is True
