"""`firsthand report`"""

import click

from firsthand.app.report_data import report_document
from firsthand.app.reporting import LANGUAGES, gathered, report
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, bytes_text, print_json, results
from firsthand.publish.content import Choices


@click.command("report", short_help="A case as a folder of pages to look at, send and print.")
@click.option("--case", "case_name", required=True, metavar="NAME")
@click.option("-o", "--output", "folder", metavar="DIR", help="Where the pages go: a new folder, or an earlier report.")
@click.option("--lang", "code", type=click.Choice(sorted(LANGUAGES)), default="en", show_default=True)
@click.option(
    "--open", "pictures_open", is_flag=True, help="Do not cover pictures: for cases without graphic material."
)
@click.option("--with-people", is_flag=True, help="Also paths, people's names and the files' own tags.")
@archive_options
def command(
    case_name: str,
    folder: str | None,
    code: str,
    pictures_open: bool,
    with_people: bool,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """A case as a folder of pages. They open from disk in any browser and ask nothing of any network.

    \b
    firsthand report --case kyiv -o kyiv-report

    Pictures are covered until asked for; file names are shown, paths and people's names are not. With --json and
    without -o, only the content is printed. The archive is only read.
    """
    if folder is None and not as_json:
        raise click.UsageError("name a folder with -o DIR (or ask for --json)")
    choices = Choices(pictures_open=pictures_open, with_people=with_people)
    progress = TerminalProgress()
    with desk(archive, acting_as) as here:
        case = here.case(case_name)
        if folder is None:
            content = gathered(here, case, before=None, into=None, progress=progress)
            print_json(report_document(content, choices))
            return 0
        made = report(here, case, folder, language=LANGUAGES[code], choices=choices, progress=progress)
    if as_json:
        print_json(report_document(made.content, choices, folder=made.folder, files=made.files, size=made.bytes))
        return 0
    numbers, out = made.numbers, results()
    out.print(
        f"{numbers.files} files, {numbers.takes} takes, between {numbers.independent_least} and "
        f"{numbers.independent_most} independent recordings."
    )
    if numbers.failed_items:
        many = "1 file" if numbers.failed_items == 1 else f"{numbers.failed_items} files"
        out.print(f"{many} could not be read in full: see unread.html.")
    out.print(
        f"{made.files} pages and pictures, {bytes_text(made.bytes)}; the largest {bytes_text(made.largest_bytes)}."
    )
    if with_people:
        out.print("It holds paths and people's names: think of whom you send it to.")
    out.print(f"Open {made.folder}/index.html")
    return 0
