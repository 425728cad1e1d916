"""Clips as phones, editors and broken uploads make them: right times, right way up, right shape."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firsthand.media.decode import Pass
from firsthand.media.frames import Decoded, SoundBlock
from firsthand.media.limits import DecodeLimits
from firsthand.model.errors import UnreadableMedia
from tests.support.clips import clicks, make_clip, make_sound, plain, silence, tone


@dataclass
class Taken:
    """All that one pass gave."""

    at_s: list[float]
    size: tuple[int, int]
    first: NDArray[np.uint8] | None  # grey, at most 320 on the long side
    blocks: list[SoundBlock]
    decoded: Decoded

    @property
    def sound(self) -> NDArray[np.float32]:
        return np.concatenate([block.samples for block in self.blocks])

    def clicks_s(self) -> NDArray[np.float64]:
        """Times at which the sound turns loud."""
        times = np.concatenate([b.at_s + np.arange(len(b.samples)) / 16_000 for b in self.blocks])
        loud = np.flatnonzero(np.abs(self.sound) > 0.3)
        begins: NDArray[np.float64] = times[loud[np.diff(loud, prepend=-1000) > 200]]
        return begins


def taken(path: Path, limits: DecodeLimits | None = None) -> Taken:
    at_s: list[float] = []
    blocks: list[SoundBlock] = []
    size, first = (0, 0), None
    with path.open("rb") as file:
        one = Pass(file.fileno(), limits=limits)
        for given in one:
            if isinstance(given, SoundBlock):
                blocks.append(given)
            else:
                at_s.append(given.at_s)
                if first is None:
                    size, first = (given.width_px, given.height_px), given.grey(320)
                assert given.luma(4).dtype == np.uint8
    return Taken(at_s, size, first, blocks, one.decoded)


def test_a_clip_without_sound_has_no_sound_stream(tmp_path: Path) -> None:
    one = taken(make_clip(tmp_path / "mute.mp4", seconds=0.4))
    assert one.decoded.sound_stream is None
    assert one.decoded.sound_error == ""
    assert one.blocks == []


def test_digital_silence_is_heard_as_silence_not_as_missing(tmp_path: Path) -> None:
    one = taken(make_clip(tmp_path / "silent.mp4", seconds=0.5, sound=silence()))
    assert len(one.sound) >= 8_000
    assert max(block.peak for block in one.blocks) == 0


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_variable_frame_rate_keeps_each_pictures_own_time(tmp_path: Path, suffix: str) -> None:
    times = [0.0, 0.04, 0.2, 0.24, 0.7, 0.71]
    one = taken(make_clip(tmp_path / f"vfr.{suffix}", frame_times_s=times))
    assert one.at_s == pytest.approx(times, abs=0.001)


@pytest.mark.parametrize(("turn", "bright"), [(90, (1, 1)), (180, (1, 0)), (270, (0, 0)), (0, (0, 1))])
def test_a_rotation_flag_is_applied(tmp_path: Path, turn: int, bright: tuple[int, int]) -> None:
    picture = np.zeros((48, 96, 3), np.uint8)
    picture[:24, 48:] = 255  # stored: the upper right quarter is white
    one = taken(make_clip(tmp_path / "turned.mp4", size=(96, 48), draw=lambda n, s: picture, rotation_deg=turn))
    assert one.size == ((48, 96) if turn in (90, 270) else (96, 48))
    assert one.first is not None
    height, width = one.first.shape
    quarters = one.first.reshape(2, height // 2, 2, width // 2).mean(axis=(1, 3))
    assert np.unravel_index(quarters.argmax(), (2, 2)) == bright
    assert one.decoded.streams[0].rotation_deg == turn


def test_an_edit_list_hides_what_lies_before_it(tmp_path: Path) -> None:
    # Times below zero become an edit list that skips them.
    one = taken(
        make_clip(tmp_path / "cut.mp4", seconds=1, pictures_start_s=-0.2, sound=clicks(0.25), sound_starts_s=-0.2)
    )
    assert one.decoded.edit_lists
    assert one.at_s == pytest.approx([n / 25 for n in range(20)], abs=0.001)
    assert one.clicks_s() == pytest.approx([0.05, 0.3, 0.55], abs=0.002)


@pytest.mark.parametrize(("suffix", "codec"), [("mkv", "libopus"), ("mp4", "aac"), ("mov", "pcm_s16le"), ("ts", "aac")])
def test_streams_that_start_apart_stay_apart(tmp_path: Path, suffix: str, codec: str) -> None:
    path = make_clip(
        tmp_path / f"apart.{suffix}", seconds=1, sound=clicks(0.25), sound_codec=codec, pictures_start_s=0.5
    )
    one = taken(path)
    # MPEG-TS says nothing of the encoder's priming, which is then presented as sound (21 ms of AAC).
    priming_s = 1024 / 48_000 if suffix == "ts" else 0.0
    assert one.blocks[0].at_s == pytest.approx(0, abs=0.001)
    assert one.at_s[0] == pytest.approx(0.5 + priming_s, abs=0.008)
    assert one.clicks_s()[:2] == pytest.approx([priming_s, 0.25 + priming_s], abs=0.003)


@pytest.mark.parametrize("suffix", ["mp4", "flv", "ts"])
def test_a_container_whose_clock_starts_elsewhere_begins_at_the_items_zero(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"shifted.{suffix}"
    options = {"use_editlist": "0"} if suffix == "mp4" else {}
    one = taken(
        make_clip(path, seconds=0.4, pictures_start_s=1.5 if suffix == "ts" else 0, b_frames=2, options=options)
    )
    assert one.decoded.zero_s > 0.05
    assert one.at_s == pytest.approx([n / 25 for n in range(10)], abs=0.001)


def test_five_channels_and_a_deep_one_are_mixed_to_one_without_clipping(tmp_path: Path) -> None:
    one = taken(make_sound(tmp_path / "surround.wav", layout="5.1", sound=tone(level=0.5), seconds=0.5))
    assert len(one.sound) == 8_000
    assert 0.4 < float(np.abs(one.sound).max()) < 0.6
    assert sum(block.counted for block in one.blocks) == 24_000 * 6


def test_sixty_four_channels_that_nobody_named_are_heard_all_alike(tmp_path: Path) -> None:
    rate = 768_000
    level = (np.sin(np.arange(rate // 10) * 2 * np.pi * 440 / rate) * 0.5 * 2**31).astype("<i4")
    body = np.repeat(level[:, None], 64, axis=1).tobytes()
    form = struct.pack("<HHIIHH", 1, 64, rate, rate * 256, 256, 32)
    head = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(body))
    (tmp_path / "many.wav").write_bytes(b"RIFF" + struct.pack("<I", len(head) + len(body)) + head + body)
    one = taken(tmp_path / "many.wav")
    assert len(one.sound) == pytest.approx(1_600, abs=40)
    assert 0.4 < float(np.abs(one.sound).max()) < 0.6


def test_clipping_is_counted_in_the_track_itself(tmp_path: Path) -> None:
    one = taken(make_sound(tmp_path / "loud.wav", sound=tone(level=3.0), seconds=0.2))
    assert sum(block.clipped for block in one.blocks) > 0.5 * sum(block.counted for block in one.blocks)


@pytest.mark.parametrize("size", [(2, 2), (2, 64), (321, 241), (1, 1)])
def test_tiny_and_odd_sizes_have_their_own_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = make_clip(
        tmp_path / "odd.mkv", seconds=0.2, size=size, codec="ffv1", pixel_format="yuv444p", draw=plain(size)
    )
    assert taken(path).size == size


def test_sound_longer_than_pictures_ends_later(tmp_path: Path) -> None:
    one = taken(make_clip(tmp_path / "long.mkv", seconds=0.4, sound=tone(), sound_seconds=1.5, sound_codec="flac"))
    assert one.decoded.pictures_end_s == pytest.approx(0.4, abs=0.002)
    assert one.decoded.sound_end_s == pytest.approx(1.5, abs=0.002)


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [("ffv1", "yuv420p10le"), ("ffv1", "gray"), ("ffv1", "yuv422p"), ("png", "rgb24"), ("libx264", "yuvj420p")],
)
def test_white_is_white_in_every_pixel_format(tmp_path: Path, codec: str, pixel_format: str) -> None:
    white = plain((64, 48), rgb=(255, 255, 255))
    path = make_clip(
        tmp_path / ("w.mov" if codec == "png" else "w.mkv"),
        seconds=0.1,
        size=(64, 48),
        codec=codec,
        pixel_format=pixel_format,
        draw=white,
    )
    one = taken(path)
    assert one.first is not None
    assert one.first.min() >= 250


def test_a_remux_keeps_the_packets_digests(tmp_path: Path) -> None:
    import av

    path = make_clip(tmp_path / "a.mp4", seconds=0.4, sound=tone())
    with av.open(str(path)) as source, av.open(str(tmp_path / "b.mkv"), "w") as out:
        copies = {s.index: out.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = copies[packet.stream_index]
                out.mux(packet)
    assert taken(path).decoded.packets_sha256 == taken(tmp_path / "b.mkv").decoded.packets_sha256


def test_pictures_over_the_pixel_limit_are_not_decoded_and_the_reason_is_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "big.mp4", seconds=0.2, sound=tone())
    one = taken(path, DecodeLimits(max_pixels=320 * 240 - 1))
    assert one.at_s == []
    assert "320×240" in one.decoded.picture_error
    assert one.blocks


def test_a_pass_stops_at_its_time_limit_and_says_so(tmp_path: Path) -> None:
    one = taken(make_clip(tmp_path / "a.mp4", seconds=1), DecodeLimits(max_duration_s=0.5))
    assert len(one.at_s) < 25
    assert one.decoded.stopped == "over 0.5 s long"


@pytest.mark.parametrize("content", [b"", b"hello, this is no footage", b"\0" * 5000])
def test_what_is_no_media_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(UnreadableMedia):
        taken(path)


def test_a_text_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", seconds=0.2)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnreadableMedia):
        taken(playlist)
