"""Time stamps by a local authority (openssl over loopback), and odd replies that real authorities gave."""

import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firsthand.app.checkpointing import checkpoint, name_authority
from firsthand.app.proof_files.verify import stamped
from firsthand.app.proving import Contents, prove
from firsthand.app.verifying import verify
from firsthand.model.errors import Unreachable
from firsthand.notary.stamps import Rfc3161
from tests.support.custody import PYTHON, Silent, desk, receive
from tests.support.missing import missing

NOTE = b"a note\n"
EXTENSIONS = "[tsa]\nextendedKeyUsage=critical,timeStamping\n[ca]\nbasicConstraints=critical,CA:TRUE\n"
CONFIG = """[tsa_config]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
ess_cert_id_chain = no
"""


class Authority:
    """An authority of our own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "extensions").write_text(EXTENSIONS)
        (folder / "tsa.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self.openssl(*new, "-x509", "-subj", "/CN=test root", "-days", "30", "-keyout", "ca.key", "-out", "ca.pem")
        self.openssl(*new, "-subj", "/CN=test authority", "-keyout", "tsa.key", "-out", "tsa.csr")
        made = ("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7")
        self.openssl(*made, "-days", "30", "-extfile", "extensions", "-extensions", "tsa", "-out", "tsa.pem")
        self.roots = (folder / "ca.pem").read_text()

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        config = ("-config", "tsa.cnf", "-section", "tsa_config")
        self.openssl("ts", "-reply", *config, "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    return Authority(tmp_path_factory.mktemp("tsa") / "authority")


@pytest.fixture
def address(authority: Authority) -> Iterator[str]:
    """The authority behind a loopback address."""

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = authority.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stamp_is_good_for_its_own_bytes_and_roots_alone(authority: Authority, address: str, tmp_path: Path) -> None:
    stamper = Rfc3161()
    reply = stamper.request(address, NOTE)
    assert stamper.judge(reply, NOTE, authority.roots).verdict == "good"
    assert stamper.judge(reply, b"other bytes\n", authority.roots).verdict == "bad"
    assert stamper.judge(reply, NOTE, Authority(tmp_path / "stranger").roots).verdict == "bad"
    assert stamper.judge(reply, NOTE, "no certificates").verdict == "bad"
    for at in range(0, len(reply), 97):
        changed = reply[:at] + bytes([reply[at] ^ 1]) + reply[at + 1 :]
        judged = stamper.judge(changed, NOTE, authority.roots)
        # Bytes outside what is signed (a certificate's own signature by a root we trust anyway) may change nothing.
        assert judged.verdict != "good" or judged.stamped_at == stamper.judge(reply, NOTE, authority.roots).stamped_at


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("timestamp_token_http-timestamp-identrust-com", "no time-stamp reply"),
        ("digicert.tsr", "second opinion"),
        ("self_signed.tsr", "other bytes"),
        ("valid_timestamp.tsr", "other bytes"),
        ("rfc3161-client-issue-104.tsr", "other bytes"),
    ],
)
def test_replies_of_real_authorities_never_pass_for_bytes_they_do_not_stamp(
    media: Path, authority: Authority, name: str, why: str
) -> None:
    judged = Rfc3161().judge((media / "timestamps" / name).read_bytes(), NOTE, authority.roots)
    assert judged.verdict == "bad"
    assert why in judged.why


def test_a_real_stamp_that_the_first_reader_turns_down_gets_its_second_opinion(media: Path) -> None:
    path = media / "timestamps" / "rfc3161-client-issue-104.tsr"
    judged = Rfc3161().judge(path.read_bytes(), b"hello", _certificates_in(path))
    assert judged.verdict == "second_opinion", judged.why
    assert judged.why
    assert judged.stamped_at == "2025-03-11T08:52:08.000000Z"


def test_a_stranger_still_sees_a_stamp_as_good_when_the_authoritys_certificate_has_expired_since(
    media: Path, tmp_path: Path
) -> None:
    reply = media / "timestamps" / "rfc3161-client-issue-104.tsr"  # its certificate ended in January 2026
    shutil.copy(reply, tmp_path / "reply.tsr")
    (tmp_path / "note").write_bytes(b"hello")
    (tmp_path / "other").write_bytes(b"hullo")
    (tmp_path / "roots.pem").write_text(_certificates_in(reply))
    roots = str(tmp_path / "roots.pem")
    assert stamped(str(tmp_path), "reply.tsr", "note", roots) == (True, "Mar 11 08:52:08 2025 UTC")  # type: ignore[no-untyped-call]
    good, words = stamped(str(tmp_path), "reply.tsr", "other", roots)  # type: ignore[no-untyped-call]
    assert not good
    assert words


def _certificates_in(reply: Path) -> str:
    """The authority's certificates as the reply carries them: here they stand in for its published roots."""
    token = subprocess.run(["openssl", "ts", "-reply", "-in", reply, "-token_out"], capture_output=True, check=True)
    command = ["openssl", "pkcs7", "-inform", "DER", "-print_certs"]
    return subprocess.run(command, input=token.stdout, capture_output=True, check=True).stdout.decode()


def test_checkpoints_are_stamped_and_a_stranger_sees_the_outside_time(
    authority: Authority, address: str, tmp_path: Path
) -> None:
    with desk(tmp_path) as here:
        item = receive(here, b"clip", name="a.mp4")
        name_authority(here, address, authority.roots)
        signed = checkpoint(here)
        assert signed.stamp is not None
        assert signed.stamp.verdict == "good"
        proof = prove(here, item, tmp_path / "proof", Contents())
        assert proof.stamped_at == signed.stamp.stamped_at
        assert verify(here, progress=Silent()).stamped_at == signed.stamp.stamped_at
    command = [*PYTHON, str(tmp_path / "proof" / "verify.py")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "the outside time stamp" in told.stdout
    with desk(tmp_path) as here:  # a stamp of other bytes put in its place is named
        (path,) = (tmp_path / "archive" / "checkpoints").glob("*.tsr")
        path.chmod(0o600)
        path.write_bytes(Rfc3161().request(address, NOTE))
        verified = verify(here, progress=Silent())
        assert [one.what for one in verified.problems] == ["a stamp is not good"]


def test_while_the_authority_is_away_the_checkpoint_stands_and_its_stamp_is_pending(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(tmp_path) as here:
        receive(here, b"clip", name="a.mp4")
        name_authority(here, "http://127.0.0.1:1/", authority.roots)
        signed = checkpoint(here)
        assert "no answer" in signed.pending
        verified = verify(here, progress=Silent())
        assert verified.passed
        assert any("not stamped" in line for line in verified.not_checked)
        asked = list[str]()
        monkeypatch.setattr(Rfc3161, "request", lambda self, url, note: asked.append(url))
    assert asked == []  # closing the desk does not ask again for what was asked just now
    monkeypatch.undo()
    with pytest.raises(Unreachable):
        Rfc3161().request("file:///etc/passwd", NOTE)
