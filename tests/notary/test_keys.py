"""Keys of one archive, kept beside it: made once, whoever asks, and replaced only on purpose."""

import errno
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from firsthand.notary.keys import KEY_FILE, FolderKeys


def first_key(folder: Path) -> str:
    return FolderKeys(folder=folder, name="archive_1").first()


def test_of_many_who_make_the_first_key_at_once_all_sign_with_one(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as at_once:
        for number in range(12):
            made = list(at_once.map(first_key, [tmp_path / str(number)] * 4))
            assert set(made) == {FolderKeys(folder=tmp_path / str(number), name="archive_1").public()}
            assert [path.name for path in (tmp_path / str(number)).iterdir()] == [KEY_FILE]


def test_a_file_system_without_second_names_keeps_the_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    keys = FolderKeys(folder=tmp_path / "keys", name="archive_1")
    assert keys.first() == keys.first() == keys.public()
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE]


def test_a_new_key_takes_the_place_of_the_first(tmp_path: Path) -> None:
    keys = FolderKeys(folder=tmp_path / "keys", name="archive_1")
    first = keys.first()
    made = keys.make()
    assert made != first
    assert keys.public() == keys.first() == made
