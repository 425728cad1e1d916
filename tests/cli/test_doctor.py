"""Doctor tells what stands and what is missing, and changes nothing."""

import json
from pathlib import Path

import pytest

from firsthand.app.doctoring import check_up, document
from firsthand.app.settings import settings
from firsthand.cli.main import main
from firsthand.runtime.sandbox import strongest


def test_doctor_answers_a_script_and_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--archive", str(tmp_path / "none"), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert told["schema"] == "firsthand.doctor/1"
    assert tuple(told["sandbox"]["walls"]) == strongest().walls
    assert {"av", "exiftool", "bwrap"} <= {one["name"] for one in told["components"]}
    assert told["disk"]["free_bytes"] > 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_told_with_what_that_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checkup = check_up(settings(archive=str(tmp_path / "none")))
    assert any(line.startswith("exiftool is missing: ") for line in checkup.advice)
    exiftool = next(one for one in document(checkup)["components"] if one["name"] == "exiftool")
    assert exiftool["version"] is None
    assert exiftool["without_it"]
