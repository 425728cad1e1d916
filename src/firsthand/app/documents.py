"""The JSON documents scripts rely on (docs/json.md): the same for the command line and any other door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from firsthand.model.codec import to_json
from firsthand.model.ids import ItemId
from firsthand.model.links import Copy, CopyFound
from firsthand.model.outcomes import Found, outcome_name, outcome_why
from firsthand.model.records import Finding
from firsthand.model.text import shown

if TYPE_CHECKING:  # a document of takes does not wait for the libraries that find copies
    from pathlib import Path

    from firsthand.app.checkpointing import Signed
    from firsthand.app.explaining import Explanation
    from firsthand.app.finding_copies import Lookup
    from firsthand.app.hash_listing import HashLookup
    from firsthand.app.pipeline import Added
    from firsthand.app.replicas import Compared
    from firsthand.app.showing import ItemView
    from firsthand.app.taking import TakeView
    from firsthand.app.verifying import Verified

OUTCOMES = ("found", "nothing_there", "not_looked", "failed")


def added_document(added: Added, *, archive: str, elapsed_s: float) -> dict[str, Any]:
    """firsthand.add/1"""
    items = []
    for one in added.items:
        entry: dict[str, Any] = {
            "item": one.item,
            "path": one.path,
            "name": one.name,
            "bytes": one.bytes,
            "state": one.state,
        }
        items.append({**entry, "why": one.why} if one.why else entry)
    return {
        "schema": "firsthand.add/1",
        "archive": archive,
        "case": added.case.name,
        "items": items,
        "examined": {name: added.examined.get(name, 0) for name in OUTCOMES},
        "copies": added.copies,
        "takes": added.takes,
        "moments": added.moments,
        "sightings": added.sightings,
        "elapsed_s": round(elapsed_s, 3),
    }


def copies_document(
    copies: Iterable[Copy], names: Mapping[ItemId, str], hasty: frozenset[ItemId] | None = None
) -> dict[str, Any]:
    """firsthand.copies/1. hasty: items of which key frames alone were looked at; None: that is not told."""
    return {
        "schema": "firsthand.copies/1",
        "copies": [
            {**_copy(copy.found, names), "state": copy.state, "id": copy.id, **_haste(copy.found, hasty)}
            for copy in copies
        ],
    }


def explanation_document(explanation: Explanation, *, picture: str | None) -> dict[str, Any]:
    """firsthand.explain/1"""
    seen, copy = explanation.seen, explanation.copy
    return {
        "schema": "firsthand.explain/1",
        "copy": {**_copy(copy.found, explanation.names), "state": copy.state, "id": copy.id},
        "a_picture_s": _s(seen.a_s) if seen else None,
        "b_picture_s": _s(seen.b_s) if seen else None,
        "points": [[round(float(value), 4) for value in point] for point in seen.points] if seen else [],
        "picture": picture,
        "not_shown": explanation.not_shown,
    }


def find_document(lookup: Lookup) -> dict[str, Any]:
    """firsthand.find/1"""
    return {
        "schema": "firsthand.find/1",
        "query": {
            "path": lookup.path,
            "name": lookup.name,
            "item": lookup.item,
            "in_archive": lookup.in_archive,
            "searched": lookup.searched,
            "not_looked": lookup.not_looked,
        },
        "copies": [
            {**_copy(found, lookup.names), "state": "suggested", **_haste(found, lookup.hasty)}
            for found in lookup.found
        ],
    }


def hashes_document(lookup: HashLookup) -> dict[str, Any]:
    """firsthand.hashes/1"""
    return {
        "schema": "firsthand.hashes/1",
        "query": {"path": lookup.path, "hashes": lookup.hashes, "items": lookup.items, "frames": lookup.frames},
        "matches": [
            {
                "line": one.line,
                "label": one.label,
                "item": one.item,
                "name": lookup.names.get(one.item, ""),
                "at_s": _s(one.second),
                "distance": one.distance,
                "quality": one.quality,
            }
            for one in lookup.matches
        ],
        "cut": lookup.cut,
    }


def takes_document(takes: Iterable[TakeView]) -> dict[str, Any]:
    """firsthand.takes/1"""
    return {
        "schema": "firsthand.takes/1",
        "takes": [
            {
                "take": view.take.id,
                "state": view.take.state,
                "edited": view.take.edited,
                "best_item": view.best_item,
                "best_name": view.names[view.best_item],
                "earliest_item": view.earliest_item,
                "items": [
                    {
                        "item": part.span.item,
                        "name": view.names[part.span.item],
                        "start_s": _s(part.span.start_s),
                        "end_s": _s(part.span.end_s),
                        "take_start_s": _s(part.take_start_s),
                        "speed": round(part.speed, 6),
                    }
                    for part in view.take.spans
                ],
                "lost": [
                    {
                        "item": one.item,
                        "name": view.names[one.item],
                        "missing_s": one.missing_s,
                        "pixels_ratio": one.pixels_ratio,
                        "edits": list(one.edits),
                        "compared": one.compared,
                    }
                    for one in view.lost
                ],
                "derived": [
                    {
                        "item": one.item,
                        "name": view.names[one.item],
                        "from_item": one.source,
                        "from_name": view.names[one.source],
                        "edits": list(one.edits),
                        "keeps": list(one.keeps),
                        "guess": True,
                    }
                    for one in view.derived
                ],
            }
            for view in takes
        ],
    }


def item_document(view: ItemView) -> dict[str, Any]:
    """firsthand.item/1"""
    return {
        "schema": "firsthand.item/1",
        "item": view.item.id,
        "name": view.name,
        "bytes": view.item.bytes,
        "sealed_at": view.item.sealed_at,
        "arrivals": [
            {name: value for name, value in to_json(arrival).items() if name not in ("item", "case")}
            | {"case": view.case_names.get(arrival.case, arrival.case)}
            for arrival in view.arrivals
        ],
        "sightings": [
            {"id": sighting.id, **to_json(sighting.post), "read_from": sighting.read_from}
            | {"received_at": sighting.received_at, "case": view.case_names.get(sighting.case, sighting.case)}
            for sighting in view.sightings
        ],
        "findings": [_finding(finding, stale=stale) for finding, stale in view.findings],
    }


def shown_document(view: ItemView) -> dict[str, Any]:
    """firsthand.item/1 as `show` gives it: also the sealed file's last check, and on what each finding was made."""
    document, check = item_document(view), view.checked
    findings = zip(document["findings"], view.findings, strict=True)
    return {
        **document,
        "last_checked": {"at": check.checked_at, "result": check.result} if check is not None else None,
        "findings": [{**one, "environment": finding.environment} for one, (finding, _) in findings],
    }


def verified_document(verified: Verified) -> dict[str, Any]:
    """firsthand.verify/1"""
    return {
        "schema": "firsthand.verify/1",
        "passed": verified.passed,
        "files_checked": verified.files_checked,
        "entries_checked": verified.entries_checked,
        "rows_checked": verified.rows_checked,
        "erased": list(verified.erased),
        "head": {
            "size": verified.head.size,
            "root": verified.head.root,
            "signed_by": verified.signed_by or None,
            **({"stamped_at": verified.stamped_at} if verified.stamped_at else {}),
        },
        "kind": verified.kind,
        "checkpoints_checked": verified.checkpoints_checked,
        "oldest_check_at": verified.oldest_check_at or None,
        "problems": [
            {name: value for name, value in to_json(problem).items() if value or name in ("what", "where")}
            for problem in verified.problems
        ],
        "not_checked": list(verified.not_checked),
    }


def compared_document(verified: dict[str, Any], compared: Compared) -> dict[str, Any]:
    """firsthand.verify/1 of the first archive, with how the second differs."""
    return {
        **verified,
        "passed": verified["passed"] and compared.same,
        "same_as": {
            "same": compared.same,
            "differences": list(compared.differences),
            "told": list(compared.told),
            "head": {"size": compared.other.head.size, "root": compared.other.head.root},
        },
    }


def proof_document(folder: Path, lines: Iterable[tuple[bool, str]]) -> dict[str, Any]:
    """firsthand.verify/1 of a proof: each line that was checked, in words."""
    told = list(lines)
    return {
        "schema": "firsthand.verify/1",
        "kind": "proof",
        "proof": str(folder),
        "passed": all(good for good, _ in told),
        "held": [words for good, words in told if good],
        "problems": [{"what": words, "where": "proof"} for good, words in told if not good],
        "not_checked": ["the key and the stamp authority against ones known from elsewhere (verify.py --key, --roots)"],
    }


def checkpoint_document(signed: Signed) -> dict[str, Any]:
    """firsthand.checkpoint/1"""
    return {
        "schema": "firsthand.checkpoint/1",
        "size": signed.checkpoint.size,
        "root": signed.checkpoint.root,
        "at": signed.checkpoint.at,
        "note": signed.note.decode(),
        "stamp": None
        if signed.stamp is None
        else {
            "verdict": signed.stamp.verdict,
            "stamped_at": signed.stamp.stamped_at or None,
            "why": signed.stamp.why,
        },
        "pending": signed.pending or None,
    }


def _haste(found: CopyFound, hasty: frozenset[ItemId] | None) -> dict[str, bool]:
    return {} if hasty is None else {"key_frames_only": bool({found.a.item, found.b.item} & hasty)}


def _copy(found: CopyFound, names: Mapping[ItemId, str]) -> dict[str, Any]:
    return {
        "a": found.a.item,
        "a_name": names.get(found.a.item, ""),
        "a_start_s": _s(found.a.start_s),
        "a_end_s": _s(found.a.end_s),
        "b": found.b.item,
        "b_name": names.get(found.b.item, ""),
        "b_start_s": _s(found.b.start_s),
        "b_end_s": _s(found.b.end_s),
        "verdict": found.verdict,
        "score": round(found.score, 4),
        "matched_by": list(found.matched_by),
        "edited": found.edited,
        "edits": list(found.edits),
        "speed": round(found.speed, 5),
        "transform": [list(row) for row in found.transform] if found.transform else None,
    }


def _finding(finding: Finding, *, stale: bool) -> dict[str, Any]:
    outcome = finding.outcome
    made_by = finding.made_by
    document: dict[str, Any] = {
        "kind": made_by.name,
        "made_by": {
            "name": made_by.name,
            "version": made_by.version,
            "model": made_by.model,
            "settings": made_by.settings,
        },
        "made_at": finding.made_at,
        "stale": stale,
        "outcome": outcome_name(outcome),
    }
    if why := outcome_why(outcome):
        document["why"] = shown(why)
    if isinstance(outcome, Found):
        document["value"] = to_json(outcome.value)
    return document


def _s(seconds: float) -> float:
    return round(seconds, 4)
