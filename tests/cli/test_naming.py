"""Edits are called by their names on real files, through the command line alone; stills find their second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.clips import Drawing, Sound, make_clip
from tests.support.program import firsthand

Picture = NDArray[np.uint8]
SECONDS, SIZE = 6.0, (320, 240)


def street(seed: int = 1) -> Drawing:
    """What a camera sees that is panned over a wide wall while coloured discs cross it."""
    rng = np.random.default_rng(seed)
    width, height = SIZE
    wide = np.zeros((height + 40, width + 240, 3), np.float32)
    for cells, weight in ((8, 60), (30, 40), (90, 30)):
        coarse = rng.normal(0, 1, (cells, 2 * cells, 3)).astype(np.float32)
        wide += weight * cv2.resize(coarse, (width + 240, height + 40), interpolation=cv2.INTER_CUBIC)
    scene = np.clip(128 + wide, 0, 255).astype(np.uint8)
    path, phase = rng.uniform(0.2, 0.6, (4, 2)), rng.uniform(0, 6, (4, 2))

    def draw(number: int, at_s: float) -> Picture:
        left, top = int(110 + 100 * np.sin(at_s * 0.9)), int(20 + 18 * np.sin(at_s * 1.3 + 1))
        picture = scene[top : top + height, left : left + width].copy()
        for (x, y), shade in zip(0.5 + 0.4 * np.sin(2 * path * at_s + phase), (250, 20, 200, 60), strict=True):
            cv2.circle(picture, (int(x * width), int(y * height)), 20, (shade, 90, 255 - shade), -1)
        return picture

    return draw


def changed(change: Callable[[Picture], Picture], draw: Drawing | None = None) -> Drawing:
    drawn = draw or street()
    return lambda number, at_s: np.ascontiguousarray(change(drawn(number, at_s)))


def speech(seed: int) -> Sound:
    """Bursts of noise in changing bands: sound that can be told from other sound."""

    def sound(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros_like(seconds)
        # Every syllable by its own number, so that a block of samples is the same wherever it begins.
        for number in range(int(seconds[0] * 6), int(seconds[-1] * 6) + 1) if len(seconds) else ():
            rng = np.random.default_rng([seed, number])
            hz, loud = rng.uniform(150, 3000, 4), rng.uniform(0, 0.2)
            inside = (seconds * 6).astype(int) == number
            total[inside] += loud * np.sin(2 * np.pi * np.outer(hz, seconds[inside])).sum(0)
        return np.clip(total, -1, 1)

    return sound


def captioned(picture: Picture) -> Picture:
    drawn = picture.copy()
    drawn[180:215] = (20, 20, 60)
    cv2.putText(drawn, "BREAKING 12:40", (20, 206), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (240, 240, 240), 2)
    return drawn


def sepia(picture: Picture) -> Picture:
    """RGB; the shades of one brown."""
    return (
        np.asarray(picture.mean(2, keepdims=True) * np.array([1.08, 0.95, 0.7]), np.float32)
        .clip(0, 255)
        .astype(np.uint8)
    )


def remux(source: Path, path: Path) -> Path:
    with av.open(str(source)) as given, av.open(str(path), "w") as out:
        tracks = {one.index: out.add_stream_from_template(one) for one in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                out.mux(packet)
    return path


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed-in")
    make_clip(folder / "one.mp4", seconds=SECONDS, size=SIZE, draw=street(), sound=speech(1), crf=18)
    return folder


@pytest.fixture(scope="module")
def archive(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("desk") / "archive"
    ran = firsthand("add", handed_in, "--case", "kyiv", "--archive", archive, "--json")
    assert ran.code == 0, ran.talk
    return archive


def found(archive: Path, query: Path) -> dict[str, Any]:
    """The one copy that `find` tells of."""
    ran = firsthand("find", query, "--archive", archive, "--json")
    (copy,) = ran.document["copies"]
    assert copy["verdict"] == "copy", copy
    answer: dict[str, Any] = copy
    return answer


@pytest.mark.parametrize(
    ("name", "change", "size"),
    [
        ("cropped", lambda picture: picture[30:228, 40:304], (264, 198)),
        ("letterboxed", lambda picture: np.pad(picture, ((40, 40), (0, 0), (0, 0))), (320, 320)),
        ("overlay", captioned, SIZE),
        ("greyscale", lambda picture: np.repeat(picture.mean(2, keepdims=True), 3, 2).astype(np.uint8), SIZE),
        ("recoloured", lambda picture: sepia(picture), SIZE),
    ],
)
def test_the_edited_one_and_its_edit_are_named(
    archive: Path, tmp_path: Path, name: str, change: Callable[[Picture], Picture], size: tuple[int, int]
) -> None:
    query = make_clip(tmp_path / "query.mp4", seconds=SECONDS, size=size, draw=changed(change), crf=26)
    copy = found(archive, query)
    shown = {"cropped", "letterboxed", "overlay", "greyscale", "mirrored", "speed", "recoloured", "blurred_bars"}
    assert set(copy["edits"]) & shown == {name}
    assert copy["edited"] == "a"


def test_the_tinted_one_of_two_copies_is_not_the_best_however_well_encoded(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    tinted = make_clip(made / "tinted.mp4", seconds=SECONDS, size=SIZE, draw=changed(sepia), sound=speech(1), crf=8)
    plain = make_clip(made / "plain.mp4", seconds=SECONDS, size=SIZE, draw=street(), sound=speech(1), crf=26)
    assert tinted.stat().st_size > plain.stat().st_size
    assert firsthand("add", made, "--case", "kyiv", "--archive", tmp_path / "desk", "--json").code == 0
    (take,) = firsthand("takes", "--case", "kyiv", "--archive", tmp_path / "desk", "--json").document["takes"]
    assert take["best_name"] == "plain.mp4"


def test_a_plain_reencode_is_reencoded_and_nothing_else(archive: Path, tmp_path: Path) -> None:
    query = make_clip(tmp_path / "query.mp4", seconds=SECONDS, size=(224, 168), crf=33, draw=changed(_smaller))
    copy = found(archive, query)
    assert copy["edits"] == ["reencoded"]
    assert copy["edited"] == "a"


def _smaller(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, (224, 168), interpolation=cv2.INTER_AREA), np.uint8)


def test_the_same_packets_in_another_container_are_remuxed(archive: Path, handed_in: Path, tmp_path: Path) -> None:
    copy = found(archive, remux(handed_in / "one.mp4", tmp_path / "one.mkv"))
    assert copy["edits"] == ["remuxed"]
    assert "packets" in copy["matched_by"]


def test_a_container_that_turns_the_same_packets_is_said_to_turn_them(
    archive: Path, handed_in: Path, tmp_path: Path
) -> None:
    plain = make_clip(tmp_path / "plain.mp4", seconds=2, draw=street(5), crf=20)
    turned = make_clip(tmp_path / "turned.mp4", seconds=2, draw=street(5), crf=20, rotation_deg=90)
    desk = tmp_path / "desk"
    assert firsthand("add", plain, "--case", "kyiv", "--archive", desk, "--json").code == 0
    copy = found(desk, turned)
    assert copy["matched_by"] == ["packets"]
    assert set(copy["edits"]) & {"rotated_90", "rotated_270"}
    assert "remuxed" in copy["edits"]


def test_another_sound_under_the_same_pictures_is_sound_replaced(archive: Path, tmp_path: Path) -> None:
    query = make_clip(tmp_path / "query.mp4", seconds=SECONDS, size=SIZE, draw=street(), sound=speech(2), crf=28)
    copy = found(archive, query)
    assert "sound_replaced" in copy["edits"]
    assert "sound" not in copy["matched_by"]


def test_other_pictures_over_the_same_sound_are_picture_replaced(archive: Path, tmp_path: Path) -> None:
    query = make_clip(tmp_path / "query.mp4", seconds=SECONDS, size=SIZE, draw=street(9), sound=speech(1), crf=20)
    copy = found(archive, query)
    assert "picture_replaced" in copy["edits"]
    assert copy["matched_by"] == ["sound"]


@pytest.mark.parametrize(
    ("name", "at_s", "change"),
    [
        ("", 2.36, lambda picture: picture),
        ("", 3.87, lambda picture: picture),  # other instants fall on whole cells of the trail, this one does not
        ("mirrored", 2.36, lambda picture: picture[:, ::-1]),
        ("cropped", 2.36, lambda picture: picture[36:, 48:]),
        ("overlay", 2.36, captioned),
    ],
)
def test_a_screenshot_finds_its_clip_and_second(
    archive: Path, tmp_path: Path, name: str, at_s: float, change: Callable[[Picture], Picture]
) -> None:
    still = tmp_path / "shot.jpg"
    cv2.imwrite(str(still), np.ascontiguousarray(change(street()(0, at_s))[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 70])
    copy = found(archive, still)
    assert (copy["a_start_s"], copy["a_end_s"]) == (0, 0)
    assert copy["b_start_s"] == copy["b_end_s"] == pytest.approx(at_s, abs=0.3)
    assert set(copy["edits"]) & {"mirrored", "cropped", "overlay", "letterboxed"} == ({name} if name else set())


def test_a_screenshot_of_another_street_finds_nothing(archive: Path, tmp_path: Path) -> None:
    still = tmp_path / "shot.png"
    cv2.imwrite(str(still), street(31)(0, 1.0))
    ran = firsthand("find", still, "--archive", archive, "--json")
    assert ran.code == 4
    assert not [copy for copy in ran.document["copies"] if copy["verdict"] == "copy"]


def test_a_query_without_pictures_of_one_frame_or_all_black_gets_a_right_answer(archive: Path, tmp_path: Path) -> None:
    black = make_clip(tmp_path / "black.mp4", seconds=2, draw=lambda number, at_s: np.zeros((240, 320, 3), np.uint8))
    one = make_clip(tmp_path / "frame.mp4", seconds=0.04, draw=street(), crf=18)
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    ran = firsthand("find", black, "--archive", archive, "--json")
    assert (ran.code, ran.document["copies"]) == (4, [])
    ran = firsthand("find", one, "--archive", archive, "--json")
    assert [copy["verdict"] for copy in ran.document["copies"]] in (["copy"], ["undecidable"])
    assert all(copy["b_start_s"] <= 0.3 for copy in ran.document["copies"] if copy["verdict"] == "copy")
    ran = firsthand("find", words, "--archive", archive, "--json")
    assert ran.code != 1
    assert ran.document.get("copies", []) == []


def test_a_crop_of_a_captioned_copy_is_guessed_to_come_from_it(handed_in: Path, tmp_path: Path) -> None:
    caption = make_clip(tmp_path / "captioned.mp4", seconds=SECONDS, size=SIZE, draw=changed(captioned), crf=24)
    both = changed(lambda picture: captioned(picture)[24:, 32:])
    crop = make_clip(tmp_path / "cropped.mp4", seconds=SECONDS, size=(288, 216), draw=both, crf=27)
    desk = tmp_path / "desk"
    for path in (handed_in / "one.mp4", caption, crop):
        assert firsthand("add", path, "--case", "kyiv", "--archive", desk, "--json").code == 0
    (take,) = firsthand("takes", "--case", "kyiv", "--archive", desk, "--json").document["takes"]
    assert take["best_name"] == "one.mp4"
    guessed = {one["name"]: one for one in take["derived"]}
    assert guessed["captioned.mp4"]["from_name"] == "one.mp4"
    assert guessed["cropped.mp4"]["from_name"] == "captioned.mp4"
    assert guessed["cropped.mp4"]["keeps"] == ["overlay"]
    assert all(one["guess"] is True for one in take["derived"])
    text = firsthand("takes", "--case", "kyiv", "--archive", desk).out
    assert "a guess: made from captioned.mp4" in text
