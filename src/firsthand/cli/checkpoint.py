"""`firsthand checkpoint`"""

from pathlib import Path

import click

from firsthand.app.checkpointing import Signed, accept_restored, change_key, checkpoint, name_authority
from firsthand.app.documents import checkpoint_document
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import print_json, talk
from firsthand.model.errors import NothingMatched
from firsthand.model.text import shown

SOME_FAILED = 3


@click.command("checkpoint", short_help="Sign the log as it stands; print it for others to keep.")
@click.option("--new-key", metavar="WHY", help="Sign with a new key from here on; what the old one signed stays good.")
@click.option("--stamp-by", metavar="URL", help="Have checkpoints stamped by this RFC 3161 authority ('' ends it).")
@click.option("--roots", metavar="FILE", help="The authority's certificates, PEM; with --stamp-by.")
@click.option("--restored", metavar="WHY", help="The archive was put back from an older copy on purpose.")
@archive_options
def command(
    new_key: str | None,
    stamp_by: str | None,
    roots: str | None,
    restored: str | None,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Sign the log's size and head, and print the note for a second organisation to keep.

    \b
    firsthand checkpoint > 2026-11-22.checkpoint       give this file to somebody else
    firsthand verify --against 2026-11-22.checkpoint   later: nothing before it was changed
    firsthand checkpoint --stamp-by https://tsa.example/tsr --roots tsa.pem

    The note tells how many entries the log has, and nothing of what they are about. With --stamp-by, the SHA-256 of
    each checkpoint is sent to that address whenever a command has written; nothing else leaves the machine.

    Keys lie outside the archive, in $FIRSTHAND_KEYS if set. A key that is made while $FIRSTHAND_PASSPHRASE is set is
    locked by it.
    """
    with desk(archive, acting_as) as here:
        if restored:
            accept_restored(here, restored)
        if new_key:
            change_key(here, new_key)
        if stamp_by is not None:
            name_authority(here, stamp_by, _read(roots) if roots else "")
        signed = checkpoint(here)
    if as_json:
        print_json(checkpoint_document(signed))
    else:
        click.echo(signed.note.decode(), nl=False)
        _say(signed)
    return SOME_FAILED if signed.pending else 0


def _say(signed: Signed) -> None:
    out = talk()
    out.print(f"{signed.checkpoint.size} entries, signed {signed.checkpoint.at}.", style="dim")
    if signed.pending:
        out.print(f"Stamp pending: {shown(signed.pending)}", style="yellow")
    elif signed.stamp is not None:
        by = " (by openssl; the first reader turned it down)" if signed.stamp.verdict == "second_opinion" else ""
        out.print(f"Stamped {signed.stamp.stamped_at}{by}.", style="dim")


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise NothingMatched(shown(name), why=str(error), next_step="name a PEM file") from error
