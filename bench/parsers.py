"""Our own parsers under guided fuzzing (atheris): records, log entries, notes, keys, boxes, telemetry, positions in
tags, proofs, settings files, stamps. Each may refuse in the way it documents, and in no other.

Run: python -m bench parsers [--seconds N]     N for each parser (20); needs atheris (pip install atheris; Linux)
"""

import argparse
import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.machine import machine

Target = Callable[[bytes], None]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench parsers", description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="for each parser (20)")
    parser.add_argument("--target", choices=sorted(TARGETS), help="only this one, in this process")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        print("not run: atheris is not installed (pip install atheris; it has wheels for Linux)")
        return 0
    if options.target:
        _fuzz(options.target, options.seconds)
    runs, broken = dict[str, int](), dict[str, str]()
    for name in sorted(TARGETS):
        runs[name], told = _in_a_process(name, options.seconds)
        broken |= {name: told} if told else {}
        print(f"{name}: {runs[name]} inputs{', BROKEN' if told else ''}", flush=True)
    for name, told in broken.items():
        print(f"  BROKEN {name}: {told}")
    print(json.dumps({"bench": "parsers", "machine": machine(), "seconds": options.seconds, "inputs": runs,
                      "broken": sorted(broken)}))  # fmt: skip
    return 1 if broken else 0


def _in_a_process(name: str, seconds: int) -> tuple[int, str]:
    """(inputs tried, what broke it; empty: nothing)."""
    command = [sys.executable, "-m", "bench", "parsers", "--target", name, "--seconds", str(seconds)]
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "FIRSTHAND_FUZZ_FOLDER": scratch}
        ran = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    tried = re.search(r"number_of_executed_units:\s*(\d+)", ran.stderr)
    if ran.returncode == 0 and tried:
        return int(tried[1]), ""
    return int(tried[1]) if tried else 0, (ran.stderr + ran.stdout)[-2000:]


def _fuzz(name: str, seconds: int) -> None:
    """Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["firsthand"]):
        target, seeds = TARGETS[name]()
    folder = Path(os.environ.get("FIRSTHAND_FUZZ_FOLDER", ".")) / "corpus"
    folder.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)
    # -rss_limit_mb: a parser that takes memory by what a length field says is broken too
    flags = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", "-max_len=4096", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *flags, f"-artifact_prefix={folder.parent}/", str(folder)], target)
    atheris.Fuzz()


def _records() -> tuple[Target, list[bytes]]:
    from bench.store import synthetic
    from firsthand.model.codec import decode_event, encode, encode_event
    from firsthand.model.errors import MalformedRecord
    from firsthand.model.events import EVENT_OF_KIND

    kinds = sorted(EVENT_OF_KIND)

    def target(given: bytes) -> None:
        if given:
            try:
                event = decode_event(kinds[given[0] % len(kinds)], given[1:])
            except MalformedRecord:
                return
            if not _is_spelled(given[1:], encode(event)):
                raise AssertionError("it reads as a record that is written in other bytes")

    events = [event for event, _ in zip(synthetic(), range(12), strict=False)]
    return target, [bytes([kinds.index(event.kind)]) + encode_event(event) for event in events]


def _is_spelled(given: bytes, written: bytes) -> bool:
    """One value, one spelling; but for fields that have a default, which records from before there was one lack."""
    if given == written:
        return True
    lacking, (line, _, rest) = given.partition(b"\n"), written.partition(b"\n")
    return len(lacking[0]) < len(line) and lacking[2] == rest and _within(json.loads(lacking[0]), json.loads(line))


def _within(less: Any, more: Any) -> bool:
    """Whether every field of `less` stands in `more` with the same value."""
    if isinstance(less, dict) and isinstance(more, dict):
        return all(name in more and _within(value, more[name]) for name, value in less.items())
    if isinstance(less, list) and isinstance(more, list):
        return len(less) == len(more) and all(map(_within, less, more))
    return type(less) is type(more) and bool(less == more)


def _answers() -> tuple[Target, list[bytes]]:
    from itertools import islice

    from bench.store import synthetic
    from firsthand.app.examination import ExamineAnswer
    from firsthand.model.codec import decode, encode
    from firsthand.model.errors import MalformedRecord
    from firsthand.model.events import FindingMade
    from firsthand.model.outcomes import Outcome

    def target(given: bytes) -> None:
        kinds: list[Any] = [ExamineAnswer, Outcome]
        for kind in kinds:
            try:
                read = decode(given, kind)
            except MalformedRecord:
                continue
            if not _is_spelled(given, encode(read)):
                raise AssertionError("it reads as an answer that is written in other bytes")

    return target, [encode(one.outcome) for one in islice(synthetic(), 9) if isinstance(one, FindingMade)]


def _entries() -> tuple[Target, list[bytes]]:
    from firsthand.ledger.entries import Entry, entry_bytes, read_entry

    def target(given: bytes) -> None:
        try:
            entry = read_entry(given)
        except ValueError:
            return
        if entry_bytes(entry) != given:
            raise AssertionError("it reads as an entry that is written in other bytes")

    at = "2026-11-26T12:00:00.000000Z"
    return target, [entry_bytes(Entry(seq=7, at=at, actor="person_1", kind="sealed", payload="ab" * 32))]


def _notes() -> tuple[Target, list[bytes]]:
    from firsthand.ledger.notes import (
        Checkpoint,
        PublicKey,
        checkpoint_text,
        public_key_text,
        read_checkpoint,
        read_note,
        read_public_key,
        signed_note,
    )
    from firsthand.notary.keys import signed_by

    key = PublicKey(name="archive_1", raw=bytes(range(32)))

    def target(given: bytes) -> None:
        with contextlib.suppress(ValueError):
            note = read_note(given)
            read_checkpoint(note.text)
            for signature in note.signatures:
                signed_by(key, note.text, signature)
        try:
            read = read_public_key(given.decode("latin-1"))
        except ValueError:
            return
        if public_key_text(read) != given.decode("latin-1"):
            raise AssertionError("it reads as a key that is written in another way")

    text = checkpoint_text(Checkpoint(origin="archive_1", size=3, root="cd" * 32, at="2026-11-26T12:00:00Z", after="a"))
    return target, [signed_note(text, key, bytes(64)), public_key_text(key).encode()]


def _boxes() -> tuple[Target, list[bytes]]:
    from bench.hostile.seeds import seeds
    from firsthand.media.boxes import read_tracks
    from firsthand.media.edits import edit_notes, shown_from_s

    descriptor = os.memfd_create("boxes")

    def target(given: bytes) -> None:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, given, 0)
        tracks = read_tracks(descriptor)
        edit_notes(tracks)
        shown_from_s(tracks, 0)

    body = seeds()["mp4-libx264"]
    return target, [body[body.find(b"moov") - 4 :], body[:4096]]


def _telemetry() -> tuple[Target, list[bytes]]:
    import struct

    from firsthand.examine.container_places import telemetry_positions
    from firsthand.media.frames import Telemetry
    from firsthand.model.codec import encode

    def target(given: bytes) -> None:
        positions, _, _ = telemetry_positions([Telemetry(codec_tag="gpmd", at_s=0.0, payload=given)])
        encode(positions)

    def item(key: bytes, kind: bytes, size: int, body: bytes) -> bytes:
        return key + kind + struct.pack(">BH", size, len(body) // size) + body + bytes(-len(body) % 4)

    scale = item(b"SCAL", b"l", 4, struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100))
    samples = item(b"GPS5", b"l", 20, struct.pack(">5i", 504500000, 305200000, 120000, 1, 1) * 3)
    fix, utc = item(b"GPSF", b"L", 4, struct.pack(">I", 3)), item(b"GPSU", b"c", 16, b"220226143000.000")
    floats = item(b"SCAL", b"f", 4, struct.pack(">5f", 1e7, 1e7, 1e3, 1e3, 1e2))
    bodies = [item(b"STRM", b"\0", 1, fix + utc + one + samples) for one in (scale, floats)]
    return target, [item(b"DEVC", b"\0", 1, one) for one in bodies]


def _positions() -> tuple[Target, list[bytes]]:
    from firsthand.examine.container_places import tagged_positions, unset_positions
    from firsthand.examine.container_times import claimed_times
    from firsthand.model.codec import encode
    from firsthand.model.findings import Tag

    names = ("location", "com.apple.quicktime.location.ISO6709", "GPSCoordinates", "GPSLatitude", "GPSLongitude",
             "GPSAltitude", "creation_time", "CreateDate", "GPSDateTime", "OffsetTime")  # fmt: skip

    def target(given: bytes) -> None:
        values = given.decode("utf-8", "surrogateescape").split("\n")
        tags = [
            Tag(reader="exiftool", where="Composite", name=name, value=value)
            for name, value in zip(names, values, strict=False)
        ]
        encode(tagged_positions(tags))
        list(unset_positions(tags))
        encode(claimed_times(tags, None, satellites_basis="GPS"))

    return target, [
        b"+50.4501+030.5234+112.000/\n+5027.006+03031.404-12/\n50.4501, 30.5234, 112\n50.45\n30.52\n112",
        b"+00.0000+000.0000/\n\n0 0\n\n\n\n2022-02-26T14:30:00.000000Z\n2022:02:26 14:30:00+02:00\n2022:02:26 12:30Z",
    ]


def _proofs() -> tuple[Target, list[bytes]]:
    from firsthand.app.proving import check_proof

    folder = Path(os.environ.get("FIRSTHAND_FUZZ_FOLDER", ".")) / "proof"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "payloads").mkdir()
    leaf = '{"actor":"a","at":"2026-11-26T12:00:00.000000Z","kind":"sealed","payload":"' + "0" * 64 + '","seq":0}'
    row = {"leaf": leaf, "payload": "payloads/0.sealed", "salt": "00" * 16, "inclusion": ["ab" * 32]}
    lines = {"note": "checkpoints/1.checkpoint", "stamp": "", "roots": ""}
    document = {"format": 1, "archive": "a", "item": "sha256:" + "0" * 64, "file": "", "keys": ["a+00000000+AQ=="],
                "checkpoints": [lines], "consistency": [], "entries": [row]}  # fmt: skip
    (folder / "payloads" / "0.sealed").write_bytes(b'{"bytes":1,"item":"sha256:00"}\n')
    (folder / "checkpoints" / "1.checkpoint").write_bytes(b"a\n1\nAA==\n\n\xe2\x80\x94 a AAAA\n")

    def target(given: bytes) -> None:
        (folder / "proof.json").write_bytes(given)
        if all(good for good, _ in check_proof(folder)):
            raise AssertionError("a proof of nothing holds")

    return target, [json.dumps(document).encode()]


def _settings_files() -> tuple[Target, list[bytes]]:
    from firsthand.app.schedule import read_schedule
    from firsthand.model.errors import ArchiveError, UsageError
    from firsthand.storage.archive import about_of

    folder = Path(os.environ.get("FIRSTHAND_FUZZ_FOLDER", "."))

    def target(given: bytes) -> None:
        for name in ("schedule.toml", "archive.toml"):
            (folder / name).write_bytes(given)
        with contextlib.suppress(UsageError):
            read_schedule(folder)
        with contextlib.suppress(ArchiveError):
            about_of(folder)

    return target, [
        b'format = 1\nid = "archive_1"\ncreated_at = "2026-11-26T12:00:00.000000Z"\n',
        b"[fixity]\nevery_days = 90\nat_most_mb_per_s = 50\n",
    ]


def _sidecars() -> tuple[Target, list[bytes]]:
    from firsthand.intake.sidecars import NotASidecar, read_sidecar

    def target(given: bytes) -> None:
        with contextlib.suppress(NotASidecar):
            read_sidecar(given)

    return target, [
        b'{"extractor": "a", "webpage_url": "b", "uploader_id": "@c", "description": "d", "timestamp": 1645862400}',
        b'{"extractor_key": "Generic", "title": "e", "upload_date": "20220226", "view_count": 7, "like_count": null}',
    ]


def _stamps() -> tuple[Target, list[bytes]]:
    import firsthand.notary.stamps as stamps

    stamps.__dict__["shutil"] = None  # openssl is another's program; asking it costs a process each time

    def target(given: bytes) -> None:
        try:
            judged = stamps.Rfc3161().judge(given, b"note", "")
        except AttributeError as error:
            if "which" not in str(error):
                raise
            return
        if judged.verdict != "bad":
            raise AssertionError("a stamp without roots is good")

    return target, [bytes.fromhex("30050203010203"), bytes.fromhex("30053003020100"), bytes.fromhex("30053003020102")]


TARGETS: dict[str, Callable[[], tuple[Target, list[bytes]]]] = {
    "records": _records,
    "a child's answers": _answers,
    "log entries": _entries,
    "notes and keys": _notes,
    "boxes": _boxes,
    "telemetry": _telemetry,
    "positions and times in tags": _positions,
    "proofs": _proofs,
    "settings files": _settings_files,
    "stamps": _stamps,
    "sidecars": _sidecars,
}
