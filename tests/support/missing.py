"""One place that decides between skipping and failing."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skips with the reason; fails where FIRSTHAND_TEST_ALL=1 says that everything must be there."""
    if os.environ.get("FIRSTHAND_TEST_ALL") == "1":
        pytest.fail(f"{what}, and FIRSTHAND_TEST_ALL=1 wants everything tested")
    pytest.skip(what)
