"""Options that every command takes, and the desk they lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from firsthand.app.settings import settings

if TYPE_CHECKING:
    from firsthand.app.desk import Desk

F = TypeVar("F", bound=Callable[..., Any])


def archive_options(function: F) -> F:
    """--archive, --as and --json."""
    for option in reversed(
        (
            click.option(
                "--archive", metavar="DIR", help="The archive (default: $FIRSTHAND_ARCHIVE, else ./firsthand-archive)."
            ),
            click.option("--as", "acting_as", metavar="NAME", help="Who acts (default: your account's name)."),
            click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else there."),
        )
    ):
        function = option(function)
    return function


def desk(archive: str | None, acting_as: str | None, *, workers: int | None = None) -> Desk:
    """The archive as it stands."""
    from firsthand.app.wiring import opened  # the database library takes half a second: not for help

    return opened(settings(archive=archive, acting_as=acting_as, workers=workers))


def desk_made(
    archive: str | None, acting_as: str | None, *, workers: int | None = None, keys: str | None = None
) -> Desk:
    """The archive, made if it is not there yet. keys: where its signing keys lie, instead of the usual place."""
    from firsthand.app.wiring import opened_or_made

    return opened_or_made(settings(archive=archive, acting_as=acting_as, workers=workers, keys=keys))
