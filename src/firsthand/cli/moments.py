"""`firsthand moments`"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from firsthand.app.moment_clock import began_at, instant_of
from firsthand.app.moment_documents import began_document, moments_document
from firsthand.app.moment_views import MomentsView, MomentView, moment_named, moments_of
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import TerminalProgress, clock_text, print_json, results
from firsthand.model.errors import UsageError
from firsthand.model.moments import MomentItem, Offset, may_be_one_recording
from firsthand.model.text import shown

if TYPE_CHECKING:
    from firsthand.app.desk import Desk
    from firsthand.model.records import Case

LISTED = 8
CANDIDATES = 6
BAR = 32  # characters of a moment's whole length
NAME = 40
ONE_RECORDING = (
    ": their sounds are all but one recording; perhaps not two cameras, but a copy, a filmed screen, or one soundtrack "
    "laid over both"
)


@click.command("moments", short_help="Which takes filmed the same moment, and when each began.")
@click.option("--case", "case_name", required=True, metavar="NAME")
@click.option("--explain", nargs=2, metavar="A B", help="Draw what an offset rests on, into -o FILE.png.")
@click.option("--at", "at_s", type=float, metavar="SECONDS", help="Draw all cameras at one instant, into -o FILE.png.")
@click.option("--moment", "moment_id", metavar="ID", help="Which moment --at and --export mean (default: the largest).")
@click.option("--export", metavar="FILE", help="Write the moment for editors: .otio, .csv, or .wav with markers.")
@click.option("-o", "--output", metavar="FILE", help="Where --explain and --at draw.")
@click.option("--confirm", nargs=2, metavar="A B", help="The offset between A and B is right.")
@click.option("--reject", nargs=2, metavar="A B", help="It is wrong; it joins nothing any more.")
@click.option("--set", "set_", nargs=3, metavar="A B SECONDS", help="B began so much later than A, seen in both.")
@click.option("--known", nargs=2, metavar="A TIME", help="A began at TIME (with its zone): when did the others?")
@click.option("--plus-minus", "plus_minus_s", type=float, default=0.04, show_default=True, metavar="SECONDS")
@click.option("--why", default="", metavar="TEXT", help="What a decision rests on.")
@archive_options
def command(
    case_name: str,
    explain: tuple[str, str] | None,
    at_s: float | None,
    moment_id: str | None,
    export: str | None,
    output: str | None,
    confirm: tuple[str, str] | None,
    reject: tuple[str, str] | None,
    set_: tuple[str, str, str] | None,
    known: tuple[str, str] | None,
    plus_minus_s: float,
    why: str,
    archive: str | None,
    acting_as: str | None,
    as_json: bool,
) -> int:
    """Which takes filmed the same moment, and how much later each began.

    \b
    firsthand moments --case kyiv
    firsthand moments --case kyiv --explain a.mp4 b.mp4 -o why.png
    firsthand moments --case kyiv --at 12.4 -o sheet.png
    firsthand moments --case kyiv --set a.mp4 b.mp4 12.41 --plus-minus 0.04 --why "the same clap in both"
    firsthand moments --case kyiv --export kyiv.otio
    firsthand moments --case kyiv --known a.mp4 2026-02-14T11:18:55+02:00

    ± is how far the offset can be wrong: alignment, clocks, and cameras up to 30 m apart (sound needs 0.09 s for
    that). An ambiguous offset joins nothing: the sound repeats itself, and a person must choose.
    """
    if (explain or at_s is not None) and not output:
        raise UsageError("firsthand moments", why="a picture needs a place to go", next_step="add -o FILE.png")
    with desk(archive, acting_as) as here:
        case = here.case(case_name)
        _decide(here, case, confirm=confirm, reject=reject, set_=set_, plus_minus_s=plus_minus_s, why=why)
        views = moments_of(here, case)
        written = _write(here, case, views, explain, at_s, moment_id, export, output)
        began = began_at(views, here.item(known[0]), instant_of(known[1])) if known else ()
    if as_json:
        print_json({**moments_document(views), **({"began": began_document(began, views.names)} if known else {})})
    elif began:
        for one in began:
            at = one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            own = "known" if one.plus_minus_s == 0 else f"± {one.plus_minus_s:.2f} s"
            results().print(f"{shown(views.names.get(one.item, '?'))} began at {at} {own}")
    elif written:
        results().print("\n".join(f"Wrote {shown(path)}." for path in written))
    else:
        _show(views)
    return 0


def _decide(
    here: "Desk",
    case: "Case",
    *,
    confirm: tuple[str, str] | None,
    reject: tuple[str, str] | None,
    set_: tuple[str, str, str] | None,
    plus_minus_s: float,
    why: str,
) -> None:
    from firsthand.app.deciding_offsets import review_offset, set_offset  # brings NumPy

    progress = TerminalProgress()
    if confirm:
        review_offset(here, case, *confirm, state="confirmed", why=why, progress=progress)
    if reject:
        review_offset(here, case, *reject, state="rejected", why=why, progress=progress)
    if set_:
        try:
            offset_s = float(set_[2])
        except ValueError as error:
            raise UsageError(shown(set_[2]), why="not a number of seconds", next_step="--set A B 12.41") from error
        set_offset(here, case, *set_[:2], offset_s=offset_s, plus_minus_s=plus_minus_s, why=why, progress=progress)


def _write(
    here: "Desk",
    case: "Case",
    views: MomentsView,
    explain: tuple[str, str] | None,
    at_s: float | None,
    moment_id: str | None,
    export: str | None,
    output: str | None,
) -> list[str]:
    from firsthand.app.moment_exports import exported
    from firsthand.app.moment_pictures import explained_png, sheet_png

    written = []
    if output and explain:
        _save(output, explained_png(here, case, *explain))
        written.append(output)
    elif output and at_s is not None:
        _save(output, sheet_png(here, moment_named(views, moment_id), at_s=at_s))
        written.append(output)
    if export:
        _save(export, exported(here, case, moment_named(views, moment_id), suffix=Path(export).suffix))
        written.append(export)
    return written


def _save(path: str, content: bytes) -> None:
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise UsageError(
            shown(path), why=f"cannot be written: {error.strerror or error}", next_step="name another file"
        ) from error


def _show(views: MomentsView) -> None:
    out = results()
    for view in views.moments:
        _show_moment(view)
    if not views.moments:
        out.print("No two takes of this case share a moment, as far as was heard.")
    waiting = [one for one in views.loose if one.state == "suggested"]
    if waiting:
        out.print(f"{len(waiting)} for a person to decide:", style="bold")
        for one in waiting[:LISTED]:
            a, b = shown(views.names.get(one.found.a, "?")), shown(views.names.get(one.found.b, "?"))
            out.print(f"  {offset_text(one, a, b)}")
        if len(waiting) > LISTED:
            out.print(f"  … and {len(waiting) - LISTED} more")


def _show_moment(view: MomentView) -> None:
    out = results()
    takes = len(view.moment.items)
    out.print(
        f"{view.moment.id}  {takes} takes filmed the same {clock_text(view.shared_s)} "
        f"(in all {clock_text(view.end_s - view.start_s)})",
        style="bold",
    )
    first = view.moment.items[0]
    wide = max(len(shown(view.names.get(one.item, "?"))) for one in view.moment.items)
    for one in view.moment.items:
        name = shown(view.names.get(one.item, "?")).ljust(min(wide, NAME))
        if one is first:
            out.print(f"  {name}  {_bar(view, one)}  the reference")
            continue
        later = "after" if one.offset_s >= 0 else "before"
        rate = "" if abs(one.rate - 1) < 2e-6 else f", clock {(one.rate - 1) * 1e6:+.0f} ppm"
        out.print(
            f"  {name}  {_bar(view, one)}  began {abs(one.offset_s):.2f} ± {one.plus_minus_s:.2f} s {later} it{rate}"
        )
    for seen in view.coverage[:LISTED]:
        stretch = f"{seen.start_s:.1f} to {seen.end_s:.1f} s"
        cameras = "1 camera" if len(seen.items) == 1 else f"{len(seen.items)} cameras"
        out.print(f"    {stretch}: {cameras if seen.items else 'nobody filmed'}", style="dim" if seen.items else "bold")
    if len(view.coverage) > LISTED:
        out.print(f"    … and {len(view.coverage) - LISTED} more stretches: --json lists them", style="dim")
    for pair in view.pairs:
        alike = may_be_one_recording(pair.found)
        if pair.state == "suggested" and (alike or pair.found.link != "strong"):
            a, b = shown(view.names.get(pair.found.a, "?")), shown(view.names.get(pair.found.b, "?"))
            out.print(f"    {offset_text(pair, a, b)}", style="" if alike else "dim")


def moment_text(view: MomentView) -> str:
    """A moment in one line: how many takes, how long, and when the surest of the others began."""
    first, *others = view.moment.items
    surest = min(others, key=lambda one: one.plus_minus_s)
    name, reference = (shown(view.names.get(one.item, "?")) for one in (surest, first))
    later = "after" if surest.offset_s >= 0 else "before"
    return (
        f"{len(view.moment.items)} takes filmed the same {clock_text(view.shared_s)}; "
        f"{name} began {abs(surest.offset_s):.2f} ± {surest.plus_minus_s:.2f} s {later} {reference}"
    )


def _bar(view: MomentView, one: MomentItem) -> str:
    """When this camera was filming, from the moment's first second to its last."""
    whole_s = max(view.end_s - view.start_s, 1e-6)
    begins = (one.offset_s - view.start_s) / whole_s * BAR
    ends = begins + view.lengths_s.get(one.item, 0.0) / one.rate / whole_s * BAR
    first = min(BAR - 1, max(0, round(begins)))
    last = min(BAR, max(first + 1, round(ends)))
    return "·" * first + "█" * (last - first) + "·" * (BAR - last)


def offset_text(offset: Offset, a_name: str, b_name: str) -> str:
    """One offset in words, on one line."""
    found = offset.found
    said = f"{found.link}, {offset.state}" if offset.state != "suggested" else found.link
    if found.link == "ambiguous" and found.candidates_s and offset.state == "suggested":
        listed = ", ".join(f"{one:+.2f}" for one in found.candidates_s[:CANDIDATES])
        more = len(found.candidates_s) - CANDIDATES
        others = f" or one of {more} others: --json lists them" if more > 0 else ""
        return (
            f"{b_name} and {a_name}: the sound repeats itself; it may be {listed} s{others} (score {found.score:.2f})"
        )
    later = "after" if found.offset_s >= 0 else "before"
    return (
        f"{b_name} began {abs(found.offset_s):.2f} ± {found.plus_minus_s:.2f} s {later} {a_name} "
        f"({said}, by {found.method}, score {found.score:.2f})"
        f"{ONE_RECORDING if may_be_one_recording(found) and offset.state == 'suggested' else ''}"
    )
