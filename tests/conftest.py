"""Fixtures that all rooms share. FIRSTHAND_TEST_ALL=1: a missing component fails instead of skipping."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from firsthand.madeup.event import MadeEvent

from tests.support.missing import missing


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of sample media (FIRSTHAND_MEDIA, default ../shared/media)."""
    default = Path(__file__).parents[2] / "shared" / "media"
    folder = Path(os.environ.get("FIRSTHAND_MEDIA") or default).absolute()
    if not (folder / "clips").is_dir():
        missing(f"the sample media are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def demo_event(tmp_path_factory: pytest.TempPathFactory) -> "MadeEvent":
    """A small made-up event with its truth: `demo_event.clips` is the folder to add, `demo_event.truth` what is true.

    Read only: it is made once for all tests that ask.
    """
    from tests.support.event import made_once  # drawing and encoding are loaded only where they are needed

    return made_once(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True, scope="session")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Signing keys of archives made in tests lie in a folder of their own, not in the account's."""
    os.environ["FIRSTHAND_KEYS"] = str(tmp_path_factory.mktemp("keys"))
