"""`firsthand erase`"""

import click

from firsthand.app.erasing import Gone, What, ask, confirm, erase_alone, finish, order_of
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, print_json, results


@click.command("erase", short_help="Destroy an item, a payload, a source's name or a case, as the law may order.")
@click.argument("item", required=False, metavar="[ITEM]")
@click.option("--payload", metavar="ENTRY", help="What one entry of the log says, by the entry's number.")
@click.option("--source", metavar="NAME", help="A person's name or handle, wherever it stands in free text.")
@click.option("--case", "case_name", metavar="NAME", help="A whole case; items in other cases too stay.")
@click.option("--why", default="", metavar="TEXT", help="Why. It stays for good: do not name what goes.")
@click.option("--order", default="", metavar="TEXT", help="By whose order: a court's reference, a request's number.")
@click.option("--confirm", "asked", metavar="ERASURE", help="Carry out what somebody else asked for.")
@click.option("--alone", metavar="REASON", help="Why there is no second person.")
@click.option("--finish", "go_on", is_flag=True, help="Go on with an erasure that was cut short.")
@archive_options
def command(
    item: str | None,
    payload: str | None,
    source: str | None,
    case_name: str | None,
    why: str,
    order: str,
    asked: str | None,
    alone: str | None,
    go_on: bool,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Destroy something for good: sealed file, payloads, salts, findings, index, free pages. That it happened stays.

    \b
    firsthand erase IMG_0412.MOV --why "withdrawn" --order "request 12" --as ann     asks
    firsthand erase --confirm erasure_9f3c… --as ben                                  a second person carries it out
    firsthand erase --source @witness --why "asked to" --order "art. 17" --alone "night shift"

    Proofs of other items stay valid; verify lists it under erased. Backups and copies elsewhere are not touched.
    """
    subjects: list[tuple[What, str | None]] = [
        ("item", item),
        ("payload", payload),
        ("source", source),
        ("case", case_name),
    ]
    named = [(what, text) for what, text in subjects if text is not None]
    if len(named) + (asked is not None) + go_on != 1:
        raise click.UsageError("name one thing: ITEM, --payload, --source, --case, --confirm or --finish")
    if named and not (why and order):
        raise click.UsageError("an erasure needs --why and --order")
    progress = TerminalProgress()
    with desk(archive, acting_as) as here:
        if go_on:
            finish(here, progress=progress)
            return _told({"schema": "firsthand.erase/1", "state": "finished"}, "Nothing is left to destroy.", as_json)
        if asked is not None:
            return _gone(confirm(here, asked, progress=progress), as_json)
        what, text = named[0]
        wanted = order_of(here, what, text, why=why, order=order)
        if alone:
            return _gone(erase_alone(here, wanted, alone, progress=progress), as_json)
        erasure = ask(here, wanted)
    return _told(
        {"schema": "firsthand.erase/1", "state": "asked", "erasure": erasure},
        f"Asked for; nothing is erased yet. Somebody else runs: firsthand erase --confirm {erasure} --as NAME",
        as_json,
    )


def _gone(gone: Gone, as_json: bool) -> int:
    document = {"schema": "firsthand.erase/1", "state": "erased", "erasure": gone.erasure}
    counts = {"payloads": gone.payloads, "redacted": gone.redacted, "files": gone.files}
    return _told(
        {**document, **counts},
        f"Erased: {gone.payloads} payloads, {gone.files} sealed files; {gone.redacted} payloads redacted. "
        "Erase it from backups and from what was sent out too.",
        as_json,
    )


def _told(document: dict[str, object], words: str, as_json: bool) -> int:
    if as_json:
        print_json(document)
    else:
        results().print(words)
    return 0
