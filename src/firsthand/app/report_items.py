"""The items that a report shows: findings, film strips and waveforms, a batch of clips at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from firsthand.app.desk import Desk
from firsthand.app.naming import names_in
from firsthand.app.report_folder import ReportFolder
from firsthand.model.findings import PicturesFacts, SoundFacts
from firsthand.model.ids import ItemId, sha256_of
from firsthand.model.outcomes import Found, NothingThere
from firsthand.model.records import Arrival, Case, Finding, Item
from firsthand.model.sightings import Sighting
from firsthand.ports import Progress
from firsthand.publish.content import FindingShown, ItemShown, Page, SoundCurve, Strip
from firsthand.publish.drawing import CURVE_COLUMNS, FINE_COLUMNS, sound_curve
from firsthand.publish.matching import jpeg_size_px

_AT_ONCE = 16  # clips whose pictures and sound are read in one look: a few megabytes


def shown_items(
    desk: Desk, case: Case, *, finer: set[ItemId], into: ReportFolder | None, progress: Progress
) -> tuple[dict[ItemId, ItemShown], dict[ItemId, SoundCurve]]:
    """Each item of the case with all that its page says, in the order they were sealed; and finer waveforms of some.

    into: where film strips are written on the way, so that they need not be held; None: no pictures are wanted.
    """
    names = names_in(desk, case)
    arrivals: dict[ItemId, list[Arrival]] = {}
    for arrival in desk.records.arrivals_of_case(case.id):
        arrivals.setdefault(arrival.item, []).append(arrival)
    sightings: dict[ItemId, list[Sighting]] = {}
    for sighting in desk.records.sightings_of_case(case.id):
        sightings.setdefault(sighting.item, []).append(sighting)
    lengths = {one.item: one.duration_s for one in desk.records.lengths() if one.item in names}
    findings = desk.records.findings_in(case.id)
    installed = set(desk.engines)
    all_items = desk.records.items(case.id)
    items: dict[ItemId, ItemShown] = {}
    sounds: dict[ItemId, SoundCurve] = {}
    progress.begin("reading findings", len(all_items), "clips")
    for batch in _batches(all_items):
        counting = {item.id: _current(findings.get(item.id, ())) for item in batch}
        whole = {} if into is None else _with_arrays(desk, counting)
        for item in batch:
            strip = _strip(whole.get((item.id, "pictures")), item.id, into) if into is not None else None
            heard = whole.get((item.id, "sound"))
            if item.id in finer and (fine := _curve(heard, FINE_COLUMNS)) is not None:
                sounds[item.id] = fine
            items[item.id] = ItemShown(
                item=item,
                name=names[item.id],
                length_s=lengths.get(item.id, 0.0),
                arrivals=tuple(arrivals.get(item.id, ())),
                sightings=tuple(sightings.get(item.id, ())),
                findings=tuple(
                    FindingShown(
                        finding=one,
                        stale=one.made_by not in installed,
                        current=counting[item.id][one.made_by.name].id == one.id,
                    )
                    for one in findings.get(item.id, ())
                ),
                strip=strip,
                sound=_curve(heard),
            )
            progress.advance()
    progress.end()
    return items, sounds


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _with_arrays(desk: Desk, counting: Mapping[ItemId, Mapping[str, Finding]]) -> dict[tuple[ItemId, str], Finding]:
    """The findings that strips and waveforms are drawn from, whole."""
    wanted = [
        one
        for current in counting.values()
        for kind in ("pictures", "sound")
        if (one := current.get(kind)) is not None and isinstance(one.outcome, Found)
    ]
    return {(one.item, one.made_by.name): one for one in desk.records.with_arrays(wanted)}


def _current(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Kind → the finding that counts: the latest that found or found nothing there, else the latest at all."""
    current: dict[str, Finding] = {}
    for one in findings:  # oldest first
        held = current.get(one.made_by.name)
        if held is None or _looked(one) or not _looked(held):
            current[one.made_by.name] = one
    return current


def _looked(finding: Finding) -> bool:
    return isinstance(finding.outcome, Found | NothingThere)


def _curve(heard: Finding | None, columns: int = CURVE_COLUMNS) -> SoundCurve | None:
    if heard is None or not isinstance(heard.outcome, Found) or not isinstance(heard.outcome.value, SoundFacts):
        return None
    return sound_curve(heard.outcome.value, heard.outcome.array("peaks"), columns=columns)


def _strip(seen: Finding | None, item: ItemId, into: ReportFolder) -> Strip | None:
    """The stored film strip as a file, where its bytes are a JPEG of the size the finding names."""
    if seen is None or not isinstance(seen.outcome, Found) or not isinstance(seen.outcome.value, PicturesFacts):
        return None
    facts, arrays = seen.outcome.value, dict(seen.outcome.arrays)
    jpeg = arrays["strip_jpeg"].data if "strip_jpeg" in arrays else b""
    size_px = (facts.strip_columns * facts.strip_width_px, facts.strip_height_px)
    if facts.strip_columns < 1 or jpeg_size_px(jpeg) != size_px:
        return None
    path = f"pictures/{sha256_of(item)}.jpg"
    into.write(Page(path=path, content=jpeg))
    at_s = memoryview(arrays["strip_s"].data).cast("d") if "strip_s" in arrays else ()
    return Strip(
        file=path,
        columns=facts.strip_columns,
        width_px=facts.strip_width_px,
        height_px=facts.strip_height_px,
        at_s=tuple(float(one) for one in at_s),
    )
