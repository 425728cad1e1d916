"""`firsthand verify`"""

from pathlib import Path

import click

from firsthand.app.documents import compared_document, proof_document, verified_document
from firsthand.app.proving import check_proof, is_proof
from firsthand.app.replicas import Compared, compare
from firsthand.app.verifying import Asked, Verified, verify
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results
from firsthand.model.errors import NothingMatched
from firsthand.model.text import shown
from firsthand.ports import Problem

INTEGRITY = 90
LISTED = 40


@click.command("verify", short_help="Is everything as it was received?")
@click.argument("where", required=False, metavar="[ARCHIVE | PROOF]")
@click.option("--quick", is_flag=True, help="Every entry and file size; hashes only of what was never hashed.")
@click.option("--due", is_flag=True, help="Hash only what schedule.toml says is due (default: after 90 days).")
@click.option("--resume", is_flag=True, help="Go on with a run that was interrupted.")
@click.option("--at-most", type=click.FloatRange(min=0), metavar="MB/S", help="Read no faster (0: no limit).")
@click.option("--against", multiple=True, metavar="FILE", help="A checkpoint kept outside the archive.")
@click.option("--key", "keys", multiple=True, metavar="KEY", help="The desk's public key, known from elsewhere.")
@click.option("--same-as", metavar="ARCHIVE", help="Also a replica: do both hold the same?")
@archive_options
def command(
    where: str | None,
    quick: bool,
    due: bool,
    resume: bool,
    at_most: float | None,
    against: tuple[str, ...],
    keys: tuple[str, ...],
    same_as: str | None,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Hash every sealed file again, replay the log, compare the records row by row, name what differs.

    \b
    firsthand verify
    firsthand verify --against from-the-lawyer.checkpoint
    firsthand verify --due --at-most 50         for a nightly run
    firsthand verify A --same-as B              are two replicas the same?

    Passing says: unchanged since received. It says nothing about whether what the footage shows is true.
    """
    if quick and due:
        raise click.UsageError("--quick and --due are two kinds of run; name one")
    if where is not None and is_proof(Path(where)):
        return _proof(Path(where), as_json=as_json)
    asked = Asked(
        kind="quick" if quick else "due" if due else "full",
        resume=resume,
        at_most_bytes_per_s=None if at_most is None else at_most * 1e6,
        against=tuple((name, _read(name)) for name in against),
        keys=keys,
    )
    progress = TerminalProgress()
    with desk(where or archive, acting_as) as here:
        try:
            verified = verify(here, progress=progress, asked=asked)
        except KeyboardInterrupt as stopped:
            click.echo("\nStopped. Go on with: firsthand verify --resume", err=True)
            raise click.exceptions.Exit(130) from stopped
        compared = None
        if same_as is not None:
            with desk(same_as, acting_as) as other:
                compared = compare(here, other, other_verified=verify(other, progress=progress, asked=asked))
    if as_json:
        document = verified_document(verified)
        print_json(document if compared is None else compared_document(document, compared))
    else:
        _show(verified)
        if compared is not None:
            _show_compared(compared)
    return 0 if verified.passed and (compared is None or compared.same) else INTEGRITY


def _show(verified: Verified) -> None:
    out = results()
    out.print(
        f"{verified.files_checked} sealed files, {verified.entries_checked} entries, {verified.rows_checked} rows, "
        f"{verified.checkpoints_checked} checkpoints checked."
    )
    for problem in verified.problems[:LISTED]:
        out.print(f"  {shown(problem.where)}: {problem.what}{_details(problem)}", style="red")
    if len(verified.problems) > LISTED:
        out.print(f"  … and {len(verified.problems) - LISTED} more; --json lists them", style="red")
    for line in verified.erased:
        out.print(f"  erased: {shown(line)}", style="cyan")
    for line in verified.not_checked:
        out.print(f"  not checked: {shown(line)}", style="yellow")
    out.print(f"Log head: {verified.head.size} entries, root {verified.head.root}", style="dim")
    if verified.signed_by:
        stamped = f", stamped {verified.stamped_at}" if verified.stamped_at else ", not stamped"
        out.print(f"Latest checkpoint signed by {shown(verified.signed_by)}{stamped}", style="dim")
    many = len(verified.problems)
    never = "some file was not found good since it was sealed"
    out.print(f"Oldest check of a sealed file: {verified.oldest_check_at or never}", style="dim")
    out.print(
        "Unchanged since received, as far as this archive can tell by itself."
        if verified.passed
        else f"{many} problem{'s' * (many > 1)}. Leave the archive as it is and compare it with a replica: "
        "firsthand verify --same-as REPLICA",
        style="green" if verified.passed else "bold red",
    )


def _details(problem: Problem) -> str:
    if problem.expected:
        return f" (expected {shown(problem.expected)}, found {shown(problem.found) or 'nothing'})"
    return f": {shown(problem.found)}" if problem.found else ""


def _show_compared(compared: Compared) -> None:
    out = results()
    for line in compared.differences[:LISTED]:
        out.print(f"  {shown(line)}", style="red")
    for line in compared.told:
        out.print(f"  {shown(line)}", style="dim")
    out.print(
        "Both archives hold the same." if compared.same else "The archives are not the same.",
        style="green" if compared.same else "bold red",
    )


def _proof(folder: Path, *, as_json: bool) -> int:
    lines = check_proof(folder)
    passed = all(good for good, _ in lines)
    if as_json:
        print_json(proof_document(folder, lines))
    else:
        out = results()
        for good, line in lines:
            out.print(f"{'ok     ' if good else 'FAILED '}{shown(line)}", style="" if good else "red")
    return 0 if passed else INTEGRITY


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise NothingMatched(
            shown(name), why=error.strerror or str(error), next_step="name a checkpoint's file"
        ) from error
