"""Kept sound: whole or not at all, and nothing lost when it is thrown away."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from firsthand.media.flac import as_flac, read_flac
from firsthand.model.arrays import Array
from firsthand.model.errors import ArchiveError, MalformedRecord
from firsthand.storage.soundtracks import FolderSoundtracks
from tests.storage.events import item


def samples(count: int) -> Array:
    numbers = np.random.default_rng(1).integers(-32768, 32767, count).astype("<i2")
    return Array(dtype="i2", shape=(count,), data=numbers.tobytes())


@pytest.mark.parametrize("count", [0, 1, 4096, 50_001])
def test_what_was_heard_comes_back_sample_for_sample(count: int) -> None:
    sound = samples(count)
    back = np.rint(read_flac(as_flac(sound)) * 32767).astype("<i2") if count else np.zeros(0, "<i2")
    assert back.tobytes() == sound.data


def test_what_is_no_kept_sound_is_refused() -> None:
    for foreign in (b"", b"RIFF", b"fLaC" + b"\0" * 60):
        with pytest.raises(MalformedRecord):
            read_flac(foreign)


def test_a_kept_sound_is_there_until_it_is_thrown_away(tmp_path: Path) -> None:
    kept = FolderSoundtracks(tmp_path / "sound")
    assert kept.flac(item(1)) is None
    kept.keep(item(1), b"flac")
    kept.keep(item(1), b"flac")
    assert kept.holds(item(1))
    assert kept.flac(item(1)) == b"flac"
    assert pickle.loads(pickle.dumps(kept)).flac(item(1)) == b"flac"
    assert [path.name for path in tmp_path.rglob("*.making")] == []


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "sound").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="sound"):
        FolderSoundtracks(tmp_path / "sound").keep(item(1), b"flac")
