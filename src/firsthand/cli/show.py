"""`firsthand show`"""

import click
from rich.console import Console

from firsthand.app.documents import shown_document
from firsthand.app.fixity import GOOD
from firsthand.app.showing import ItemView, show
from firsthand.cli.options import archive_options, desk
from firsthand.cli.talk import bytes_text, clock_text, print_json, results, span_text
from firsthand.model.findings import (
    ContainerFacts,
    FingerprintFacts,
    PicturesFacts,
    SoundFacts,
    SoundprintFacts,
    Stretch,
)
from firsthand.model.outcomes import Found, outcome_name, outcome_why
from firsthand.model.records import Finding
from firsthand.model.sightings import Post
from firsthand.model.text import shown

STYLE = {"found": "green", "nothing_there": "cyan", "not_looked": "yellow", "failed": "red"}
WORDS = {"found": "", "nothing_there": "nothing there", "not_looked": "not looked", "failed": "failed"}
TAGS_SHOWN = 12
CAPTION_SHOWN = 300


@click.command("show", short_help="One item: how it came, what was found.")
@click.argument("item", metavar="ITEM")
@archive_options
def command(item: str, archive: str | None, acting_as: str | None, as_json: bool) -> int:
    """Everything the archive knows of one item. ITEM: its id, the beginning of it, or the name it arrived under.

    \b
    firsthand show IMG_0412.MOV
    """
    with desk(archive, acting_as) as here:
        view = show(here, item)
    if as_json:
        print_json(shown_document(view))
    else:
        _show(view)
    return 0


def _show(view: ItemView) -> None:
    out = results()
    out.print(shown(view.name), style="bold")
    out.print(f"{view.item.id}  {bytes_text(view.item.bytes)}, sealed {view.item.sealed_at}", style="dim")
    check = view.checked
    checked = f"hashed again {check.checked_at}: {check.result}" if check else "never hashed again since"
    due = "; a check is due: firsthand verify --due" if view.is_due else ""
    out.print(f"  {checked}{due}", style="dim" if check is None or check.result == GOOD else "bold red")
    for arrival in view.arrivals:
        case = shown(view.case_names.get(arrival.case, arrival.case))
        said = [
            f"{label} {shown(text)}"
            for label, text in (
                ("collected by", arrival.collector),
                ("obtained from", arrival.obtained_from),
                ("how:", arrival.how),
            )
            if text
        ]
        out.print(f"  arrived in case {case} {arrival.received_at} from {shown(arrival.path)}", style="dim")
        out.print(
            f"    file time {arrival.modified_at or 'unknown'}{'; ' if said else ''}{', '.join(said)}", style="dim"
        )
    for sighting in view.sightings:
        for line in post_lines(sighting.post):
            out.print(f"  {line}", style="dim")
    for finding, stale in view.findings:
        _show_finding(out, finding, stale=stale)
    for made_on in dict.fromkeys(finding.environment for finding, _ in view.findings if finding.environment):
        out.print(f"\nmade with {shown(made_on)}", style="dim")


def post_lines(post: Post) -> list[str]:
    """Where an item was seen online, as a record from there says."""
    by = " ".join(word for word in (post.account_name, post.account) if word)
    lines = [f"{posted_text(post)} on {post.platform or 'an unnamed site'}{f' by {by}' if by else ''}"]
    counts = (
        (post.reach.views, "views"),
        (post.reach.likes, "likes"),
        (post.reach.reposts, "reposts"),
    )
    told = ", ".join(f"{number:,} {word}" for number, word in counts if number is not None)
    caption = post.caption if len(post.caption) <= CAPTION_SHOWN else post.caption[:CAPTION_SHOWN] + " …"
    lines += [f"  “{caption}”"] if caption else []
    lines += [f"  {'; '.join(word for word in (post.link, told) if word)}"] if post.link or told else []
    return [shown(line) for line in lines]


def posted_text(post: Post) -> str:
    """When it was posted, as far as its record tells."""
    if not post.posted_from:
        return "seen online, time not told,"
    if post.posted_basis != "post":
        written = _seconds(post.posted_from)
        return f"seen online (its file there was last written {written}; when it was posted is not told)"
    if post.posted_from == post.posted_until:
        return f"posted {_seconds(post.posted_from)}, as its record says,"
    return f"posted on {post.posted_from[:10]} (UTC), as its record says,"


def _seconds(instant: str) -> str:
    return instant.replace(".000000", "")


def _show_finding(out: Console, finding: Finding, *, stale: bool) -> None:
    name = outcome_name(finding.outcome)
    out.print()
    out.print(f"{finding.made_by.name}", style=f"bold {STYLE[name]}", end="")
    answer = ": ".join(words for words in (WORDS[name], shown(outcome_why(finding.outcome))) if words)
    out.print(f"  {answer}", end="")
    out.print(f"  version {finding.made_by.version}{', stale' if stale else ''}", style="dim")
    if isinstance(finding.outcome, Found):
        for line in _lines(finding.outcome.value):
            out.print(f"  {line}")


def _lines(value: object) -> list[str]:
    match value:
        case ContainerFacts():
            return _container(value)
        case PicturesFacts():
            return _pictures(value)
        case SoundFacts():
            return _sound(value)
        case FingerprintFacts():
            features = f"{value.features} features of {value.code_bits} bits"
            return [f"{features} in {value.frames} sampled pictures ({value.method})"]
        case SoundprintFacts():
            return [f"{value.columns} columns of {value.bands} bands, {value.column_s * 1000:.0f} ms apart"]
        case _:
            return []


def _container(facts: ContainerFacts) -> list[str]:
    length = "no length given" if facts.duration_s is None else clock_text(facts.duration_s)
    lines = [f"{facts.format_name}, {length}"]
    for stream in facts.streams:
        size = f" {stream.width_px}×{stream.height_px}" if stream.width_px and stream.height_px else ""
        turned = f", turned {stream.rotation_deg}°" if stream.rotation_deg else ""
        rate = f", {stream.frames_per_second:.3g} a second" if stream.frames_per_second else ""
        sound = f" {stream.samples_per_second} Hz, {stream.channels} channels" if stream.samples_per_second else ""
        lines.append(f"stream {stream.index}: {stream.type} {stream.codec}{size}{turned}{rate}{sound}")
    lines += [
        f"file claims time {time.instant or time.wall_time} "
        f"({'; '.join(word for word in (time.basis, time.trust.replace('_', ' '), time.note) if word)})"
        for time in facts.times
    ]
    places = facts.positions[:3]
    lines += [f"file claims position {place.lat_deg:.5f}, {place.lon_deg:.5f} ({place.basis})" for place in places]
    lines += [f"… and {len(facts.positions) - 3} more positions"] if len(facts.positions) > 3 else []
    lines += [f"device as claimed: {facts.device}"] if facts.device else []
    lines += [f"traces of re-encoding: {', '.join(facts.rewritten_by)}"] if facts.rewritten_by else []
    lines += [f"edit list, stream {one.stream}: {one.note}" for one in facts.edit_lists]
    lines += [f"note: {note}" for note in facts.notes]
    return [shown(line) for line in lines]


def _pictures(facts: PicturesFacts) -> list[str]:
    if facts.still:
        return [f"a still, {facts.width_px}×{facts.height_px}"]
    rate = "variable rate, " if facts.variable_rate else ""
    lines = [
        f"{facts.frames} pictures of {facts.width_px}×{facts.height_px}, {rate}{facts.frames_per_second:.3g} a second, "
        f"{span_text(facts.first_s, facts.end_s)}"
    ]
    lines += (
        [f"cuts at {', '.join(clock_text(at) for at in facts.scene_changes_s[:12])}"] if facts.scene_changes_s else []
    )
    for word, stretches in (("black", facts.black), ("frozen", facts.frozen), ("little texture", facts.low_texture)):
        lines += [f"{word}: {_stretches(stretches)}"] if stretches else []
    lines += [f"border: {facts.border.replace('_', ' ')}"] if facts.border != "none" else []
    lines += [f"{len(facts.overlays)} still overlays"] if facts.overlays else []
    lines += [f"{facts.damaged_frames} damaged pictures"] if facts.damaged_frames else []
    return lines


def _sound(facts: SoundFacts) -> list[str]:
    level = (
        "digital silence"
        if facts.digital_silence
        else f"{facts.mean_db:.1f} dB on average, peak {facts.peak_db:.1f} dB"
    )
    lines = [
        f"{facts.samples_per_second} Hz, {facts.channels} channels, {span_text(facts.first_s, facts.end_s)}, {level}"
    ]
    lines += [f"silent: {_stretches(facts.silent)}"] if facts.silent and not facts.digital_silence else []
    lines += [f"{facts.clipped_ratio:.2%} of samples at full scale"] if facts.clipped_ratio > 0.0005 else []
    lines += [f"{facts.lost_samples} samples missing"] if facts.lost_samples else []
    return lines


def _stretches(stretches: tuple[Stretch, ...], most: int = 6) -> str:
    text = ", ".join(span_text(one.start_s, one.end_s) for one in stretches[:most])
    return f"{text} and {len(stretches) - most} more" if len(stretches) > most else text
