"""RFC 3161 time stamps: asked for, and judged twice, by rfc3161-client and by `openssl ts -verify`.

The first demands DER throughout, which some real authorities do not keep to; so its refusal is not the last word where
openssl takes the same reply. Limits: no revocation lists are asked for, as nothing may leave the machine; a
certificate that has expired since is judged as of the instant it stamped. The libraries are loaded where they are used:
a command that stamps nothing does not wait for them.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.model.errors import Unreachable
from firsthand.model.time import instant_text
from firsthand.ports import StampJudgement

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

WAIT_S = 8.0
MAX_REPLY_BYTES = 1 << 20
_HASHES = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}
_GRANTED = (0, 1)  # granted, granted with modifications


class Rfc3161:
    """Implements ports.Stamper."""

    def request(self, url: str, note: bytes) -> bytes:
        """The authority's raw reply about the note's SHA-256, whatever it says. Raises Unreachable."""
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        asked = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256)
        query = asked.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            request = urllib.request.Request(url, data=query, headers=headers)
            if request.type not in ("http", "https"):
                raise ValueError("an authority's address begins with http:// or https://")
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                reply = answer.read(MAX_REPLY_BYTES + 1)
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise Unreachable(
                url,
                why=f"the stamp authority gave no answer: {getattr(error, 'reason', error)}",
                kept="the checkpoint is kept, and its stamp is pending",
                next_step="firsthand checkpoint asks again; so does the next command that writes",
            ) from error
        if not isinstance(reply, bytes) or len(reply) > MAX_REPLY_BYTES:
            raise Unreachable(url, why="the answer is larger than any stamp", next_step="ask the authority")
        return reply

    def judge(self, reply: bytes, note: bytes, roots_pem: str) -> StampJudgement:
        """What the reply is worth as a stamp of exactly these bytes, by an authority that leads to these roots."""
        from rfc3161_client import decode_timestamp_response

        try:
            response = decode_timestamp_response(reply)
            if response.status not in _GRANTED:
                said = "; ".join(response.status_string) or "no reason was given"
                return _bad("", f"the authority refused: {said}")
            stamped = response.tst_info
            algorithm = stamped.message_imprint.hash_algorithm.dotted_string
            imprint, at = stamped.message_imprint.message, stamped.gen_time
        except ValueError as error:
            return _second_opinion(reply, note, roots_pem, first=f"not in strict DER ({str(error)[:120]})")
        if algorithm not in _HASHES or _HASHES[algorithm](note).digest() != imprint:
            return _bad(instant_text(at), "it stamps other bytes than these")
        if first := _by_client(response, note, roots_pem):
            return _second_opinion(reply, note, roots_pem, first=first)
        return StampJudgement(verdict="good", stamped_at=instant_text(at), why="")


def _bad(stamped_at: str, why: str) -> StampJudgement:
    return StampJudgement(verdict="bad", stamped_at=stamped_at, why=why)


def _by_client(response: TimeStampResponse, note: bytes, roots_pem: str) -> str:
    """Empty: good."""
    from cryptography import x509
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        roots = x509.load_pem_x509_certificates(roots_pem.encode())
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(response, note)
    except (VerificationError, ValueError) as error:
        return str(error) or type(error).__name__
    return ""


def _second_opinion(reply: bytes, note: bytes, roots_pem: str, *, first: str) -> StampJudgement:
    """What openssl says of a reply that the first reader turned down for the reason `first`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "reply.tsr").write_bytes(reply)
        (folder / "note").write_bytes(note)
        (folder / "roots.pem").write_text(roots_pem, encoding="ascii", errors="replace")
        try:
            told = _openssl(folder, "-reply", "-in", "reply.tsr", "-text")
            at = _time_in(told.stdout.decode("utf-8", "replace")) if told.returncode == 0 else None
            if at is None:
                return _bad("", f"it is no time-stamp reply, or was not granted: {first}")
            # As of the instant it claims: a certificate that was good when it stamped may have expired since.
            # The desk's own choice of certificates is what a stamp must lead to, whether a root or one below it.
            when = ("-attime", str(int(at.timestamp())), "-partial_chain")
            done = _openssl(folder, "-verify", "-in", "reply.tsr", "-data", "note", "-CAfile", "roots.pem", *when)
        except (OSError, subprocess.TimeoutExpired) as error:
            return _bad("", f"{first}; openssl could not be asked for a second opinion: {error}")
    if done.returncode == 0 and b"Verification: OK" in done.stdout + done.stderr:
        return StampJudgement(verdict="second_opinion", stamped_at=instant_text(at), why=first)
    lines = (done.stderr.decode("utf-8", "replace").strip() or "openssl says no").splitlines()
    return _bad(instant_text(at), f"{first}; second opinion: {lines[-1][-200:]}")


def _openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("openssl is not installed")
    return subprocess.run([openssl, "ts", *arguments], cwd=folder, capture_output=True, timeout=60, check=False)


def _time_in(text: str) -> datetime | None:
    """The stamp's time in openssl's words; None where nothing was granted."""
    granted = re.search(r"^Status: Granted", text, re.MULTILINE)
    found = re.search(r"^Time stamp: (\w{3}) +(\d+) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d{4}) GMT$", text, re.MULTILINE)
    if granted is None or found is None:
        return None
    month = "JanFebMarAprMayJunJulAugSepOctNovDec".index(found[1]) // 3 + 1
    day, hour, minute, second, year = (int(found[n]) for n in range(2, 7))
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
