"""A decoder that a file has taken over gets nothing out and reaches nothing else."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firsthand.runtime import landlock, seccomp
from firsthand.runtime.child import Child, ChildFailed
from firsthand.runtime.sandbox import Sandbox, sandbox_of, strongest
from tests.support.missing import missing

MODULE = "tests.runtime.naughty_child"
KERNELS_OWN = Sandbox(walls=("landlock", "seccomp", "rlimits"))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


@pytest.fixture
def aims(tmp_path: Path) -> Iterator[tuple[dict[str, str], int]]:
    """What an intruder goes for, and a descriptor of the file that says so."""
    (tmp_path / "secret").write_text("the archive")
    with socket.create_server(("127.0.0.1", 0)) as server:
        wanted = {
            "secret": str(tmp_path / "secret"),
            "folder": str(tmp_path),
            "new": str(tmp_path / "new"),
            "parent": str(os.getpid()),
            "port": str(server.getsockname()[1]),
        }
        (tmp_path / "aims").write_text(json.dumps(wanted))
        descriptor = os.open(tmp_path / "aims", os.O_RDONLY)
        yield wanted, descriptor
        os.close(descriptor)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def broken_out(sandbox: Sandbox, descriptor: int) -> set[str]:
    child = Child(MODULE, sandbox=sandbox)
    try:
        return set(child.ask(b"break out", descriptor, wall_s=60).decode().split("\n")) - {""}
    finally:
        child.close()


def needs(*walls: str) -> None:
    there = {"landlock": landlock.version() > 0, "seccomp": seccomp.available()}
    there["bubblewrap"] = "bubblewrap" in strongest().walls
    for wall in walls:
        if not there[wall]:
            missing(f"this machine has no {wall}")


def test_an_intruder_can_do_nothing_behind_the_strongest_walls(aims: tuple[dict[str, str], int]) -> None:
    if strongest().strength != "strong":
        missing("this machine has no strong sandbox")
    wanted, descriptor = aims
    assert broken_out(strongest(), descriptor) == set()
    assert Path(wanted["secret"]).read_text() == "the archive"
    assert not Path(wanted["new"]).exists()


def test_nothing_but_what_pip_installs_is_needed_for_that(aims: tuple[dict[str, str], int]) -> None:
    needs("landlock", "seccomp")
    assert broken_out(KERNELS_OWN, aims[1]) == set()


def test_the_trial_itself_breaks_out_where_there_are_no_walls(aims: tuple[dict[str, str], int]) -> None:
    done = broken_out(Sandbox(walls=("rlimits",)), aims[1])
    assert {"connect", "run a program", "start a process", "map new code", "list a folder"} <= done


@pytest.mark.parametrize("wall", ["seccomp", "landlock", "bubblewrap"])
def test_each_wall_alone_keeps_the_archive_and_the_network_away(aims: tuple[dict[str, str], int], wall: str) -> None:
    needs(wall)
    if wall == "landlock" and landlock.version() < 4:
        missing("this kernel's Landlock does not know connections")
    wanted, descriptor = aims
    done = broken_out(Sandbox(walls=(wall, "rlimits")), descriptor)
    assert not done & {"read the archive", "write a file", "remove a file", "rename a file", "connect"}
    assert Path(wanted["secret"]).read_text() == "the archive"


def test_an_ordinary_user_has_the_same_walls(open_folder: Path) -> None:
    needs("landlock", "seccomp")
    if os.getuid() != 0:
        return  # then every other test here has shown it
    try:
        pwd.getpwnam("nobody")
    except KeyError:
        missing("this machine has no user nobody")
    setpriv = shutil.which("setpriv") or missing("setpriv is not installed")
    code = (
        "from firsthand.runtime.confine import confine; from firsthand.runtime.sandbox import Sandbox\n"
        "import socket\n"
        "confine(Sandbox(walls=('landlock', 'seccomp', 'rlimits')))\n"
        "for attempt in (lambda: open('/etc/passwd'), socket.socket):\n"
        "    try: attempt()\n"
        "    except OSError: print('refused')\n"
    )
    python = Path("/usr/bin/python3")
    if (
        not python.exists()
        or subprocess.run([python, "-c", "import tomllib"], capture_output=True, check=False).returncode
    ):
        missing("no Python 3.11 that an ordinary user may run")
    source = Path(__file__).parents[2] / "src" / "firsthand"
    shutil.copytree(source, open_folder / "firsthand", ignore=shutil.ignore_patterns("__pycache__"))
    told = subprocess.run(
        [setpriv, "--reuid=nobody", "--clear-groups", python, "-c", code],
        env={"PYTHONPATH": str(open_folder), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.stdout.split(), told.stderr) == (["refused", "refused"], "")


def test_a_child_that_eats_memory_is_refused_it(aims: tuple[dict[str, str], int]) -> None:
    child = Child(MODULE)
    with pytest.raises(ChildFailed, match="MemoryError"):
        child.ask(b"bomb", aims[1], wall_s=60)


def test_a_child_that_cannot_raise_a_wall_reads_nothing(aims: tuple[dict[str, str], int]) -> None:
    child = Child(MODULE, sandbox=Sandbox(walls=("rlimits",)))
    object.__setattr__(child.sandbox, "walls", ("no such wall", "rlimits"))
    with pytest.raises(ChildFailed, match="no such walls"):
        child.ask(b"read", aims[1], wall_s=60)


def test_the_walls_are_named_as_they_are_passed_on() -> None:
    assert sandbox_of(strongest().argument) == strongest()
    assert "rlimits" in strongest().walls
