"""`firsthand proof`"""

from pathlib import Path

import click

from firsthand.app.proving import Contents, prove
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import print_json, results
from firsthand.model.text import shown


@click.command("proof", short_help="A folder with which a stranger checks one item.")
@click.argument("item", metavar="ITEM")
@click.option("-o", "--output", required=True, metavar="DIR", help="A new or empty folder.")
@click.option("--digest-only", is_flag=True, help="Without the file itself.")
@click.option("--with-arrivals", metavar="CASE", help="With how it came into this case; this may name people.")
@click.option("--with-findings", is_flag=True, help="With what machines measured; this may tell places.")
@archive_options
def command(
    item: str,
    output: str,
    digest_only: bool,
    with_arrivals: str | None,
    with_findings: bool,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Write what a stranger needs to check, offline and without firsthand, that an item is unchanged since received.

    \b
    firsthand proof IMG_0412.MOV -o proof/
    python3 proof/verify.py

    By default it holds the file and the entry that it was sealed, and names nobody. It says nothing about whether what
    the file shows is true; README.txt in it says so in English and Ukrainian.
    """
    with desk(archive, acting_as) as here:
        case = here.case(with_arrivals).id if with_arrivals else None
        contents = Contents(file=not digest_only, arrivals_of=case, findings=with_findings)
        proof = prove(here, item, Path(output), contents)
    if as_json:
        print_json(
            {
                "schema": "firsthand.proof/1",
                "folder": str(proof.folder),
                "item": proof.item,
                "entries": proof.entries,
                "stamped_at": proof.stamped_at or None,
                "left_out": list(proof.left_out),
            }
        )
        return 0
    out = results()
    out.print(f"{shown(str(proof.folder))}: {proof.entries} entries; checked, everything holds.")
    out.print(f"Outside time stamp: {proof.stamped_at or 'none; firsthand checkpoint --stamp-by sets an authority'}")
    for line in proof.left_out:
        out.print(f"  left out: {line}", style="dim")
    out.print(f"A stranger runs: python3 {shown(str(proof.folder / 'verify.py'))}", style="dim")
    return 0
