"""Doctor tells what stands and what is missing, and changes nothing."""

import json
from pathlib import Path

import pytest

from firsthand.app.doctoring import check_up, document
from firsthand.app.settings import settings
from firsthand.cli.main import main
from firsthand.runtime.sandbox import strongest
from tests.support.custody import filled


def test_doctor_answers_a_script_and_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--archive", str(tmp_path / "none"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert told["schema"] == "firsthand.doctor/1"
    assert tuple(told["sandbox"]["walls"]) == strongest().walls
    assert {"firsthand", "Python", "SQLite", "av", "exiftool", "bwrap"} <= {one["name"] for one in told["components"]}
    assert told["disk"]["free_bytes"] > 0
    assert told["disk"]["encrypted"] in ("yes", "no", "not known")
    assert told["keys"]["held"] is False
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_told_with_what_that_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checkup = check_up(settings(archive=str(tmp_path / "none")))
    assert any(line.startswith("exiftool is missing: ") for line in checkup.advice)
    exiftool = next(one for one in document(checkup)["components"] if one["name"] == "exiftool")
    assert exiftool["version"] is None
    assert exiftool["without_it"]


def test_where_the_keys_lie_and_who_can_read_them_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "desk"
    filled(folder, items=1)
    monkeypatch.setenv("FIRSTHAND_KEYS", str(folder / "keys"))
    checkup = check_up(settings(archive=str(folder / "archive")))
    assert checkup.keys.held
    assert not checkup.keys.locked
    assert not any("signing key" in line for line in checkup.advice)
    (checkup.keys.place / "signing.pem").chmod(0o644)
    assert any("other accounts" in line for line in check_up(settings(archive=str(folder / "archive"))).advice)
    monkeypatch.setenv("FIRSTHAND_KEYS", str(tmp_path / "elsewhere"))
    assert any("no key" in line for line in check_up(settings(archive=str(folder / "archive"))).advice)
    monkeypatch.setenv("FIRSTHAND_KEYS", str(folder / "archive" / "keys"))
    assert any("in the archive" in line for line in check_up(settings(archive=str(folder / "archive"))).advice)
