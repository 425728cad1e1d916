"""Fixtures that all rooms share. FIRSTHAND_TEST_ALL=1: a missing component fails instead of skipping."""

import os
from pathlib import Path

import pytest

from tests.support.missing import missing


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of sample media (FIRSTHAND_MEDIA, default ../shared/media)."""
    default = Path(__file__).parents[2] / "shared" / "media"
    folder = Path(os.environ.get("FIRSTHAND_MEDIA") or default).absolute()
    if not (folder / "clips").is_dir():
        missing(f"the sample media are not at {folder}")
    return folder
