"""Two people add the same folder at the same moment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clips import make_clip, tone


@pytest.mark.parametrize("there_already", [True, False])
def test_two_adds_of_the_same_folder_at_once_both_end_and_seal_each_file_once(
    tmp_path: Path, there_already: bool
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(2):
        make_clip(clips / f"{number}.mp4", seconds=0.5, size=(96, 64), sound=tone(300 + 200 * number))
    firsthand = [sys.executable, "-m", "firsthand.cli.main"]
    at = ["--archive", str(tmp_path / "archive"), "--json"]
    if there_already:
        (tmp_path / "first").mkdir()
        make_clip(tmp_path / "first" / "first.mp4", seconds=0.2, size=(96, 64))
        first = [*firsthand, "add", str(tmp_path / "first"), "--case", "one", *at]
        subprocess.run(first, check=True, capture_output=True)
    running = [
        subprocess.Popen(
            [*firsthand, "add", str(clips), "--case", "one", *at], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    states = [[one["state"] for one in json.loads(out)["items"]] for out, _ in told]
    assert sum(one.count("sealed") for one in states) == 2
    verified = subprocess.run([*firsthand, "verify", *at], capture_output=True, check=False)
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["files_checked"] == 2 + there_already
