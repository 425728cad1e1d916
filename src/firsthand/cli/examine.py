"""`firsthand examine`"""

import click

from firsthand.app.examining import examine_fast, examine_missing, examine_stale
from firsthand.app.linking import seek_copies, shape_takes
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results


@click.command("examine", short_help="Make findings that are missing, or stale ones again.")
@click.option("--case", "case_name", metavar="NAME", help="Only items of this case.")
@click.option("--stale", is_flag=True, help="Also again what an earlier version of an examiner answered.")
@click.option("--fast", is_flag=True, help="Only key frames, of what was not looked at in any way.")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="Clips examined side by side (default: one a core)."
)
@archive_options
def command(
    case_name: str | None,
    stale: bool,
    fast: bool,
    workers: int | None,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Make the findings that are missing, then link what is new.

    \b
    firsthand examine --stale       after an update that raised an examiner's version

    Earlier findings are kept; the newest that looked is the current one.
    """
    if stale and fast:
        raise click.UsageError("--stale and --fast do not go together: --fast looks at what was never looked at")
    progress = TerminalProgress()
    with desk(archive, acting_as, workers=workers) as here:
        case = here.case(case_name) if case_name else None
        examining = examine_stale if stale else examine_fast if fast else examine_missing
        outcomes = examining(here, case, progress=progress)
        seek_copies(here, progress=progress)
        shape_takes(here, progress=progress)
    if as_json:
        print_json(
            {
                "schema": "firsthand.examine/1",
                "examined": {
                    name: outcomes.get(name, 0) for name in ("found", "nothing_there", "not_looked", "failed")
                },
            }
        )
    else:
        results().print(f"{sum(outcomes.values())} findings made, {outcomes.get('failed', 0)} of them failed.")
    return 3 if outcomes.get("failed") else 0
