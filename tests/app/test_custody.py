"""A chain a stranger can check, and lawful erasure that leaves nothing of what is gone."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from firsthand.app.checkpointing import accept_restored, change_key, checkpoint
from firsthand.app.doctoring import check_up
from firsthand.app.erasing import ask, confirm, erase_alone, order_of
from firsthand.app.proving import Contents, check_proof, prove
from firsthand.app.replicas import compare
from firsthand.app.showing import show
from firsthand.app.verifying import Asked, Kind, Verified, verify
from firsthand.app.withholding import hold_case, hold_item, lift_hold, lift_quarantine, quarantine
from firsthand.model.errors import IntegrityError, KeyLocked, NothingMatched, UsageError, Withheld
from firsthand.model.ids import ItemId, sha256_of
from tests.support.custody import PYTHON, Silent, bytes_under, content, desk, desk_at, filled, receive, settings


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[ItemId]]:
    folder = tmp_path_factory.mktemp("template")
    return folder, filled(folder)


@pytest.fixture
def held(template: tuple[Path, list[ItemId]], tmp_path: Path) -> tuple[Path, list[ItemId]]:
    """A desk's archive and keys, copied; and its three items."""
    folder = tmp_path / "desk"
    shutil.copytree(template[0], folder)
    return folder, template[1]


def checked(folder: Path, asked: Asked | None = None) -> Verified:
    with desk(folder) as here:
        return verify(here, progress=Silent(), asked=asked)


def told(verified: Verified) -> str:
    return "\n".join(f"{one.where}: {one.what} {one.found}" for one in verified.problems)


def test_a_command_that_wrote_ends_with_a_signed_checkpoint_and_a_looking_one_leaves_none(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        receive(here, b"clip", name="a.mp4")
    sizes = sorted(path.name for path in (tmp_path / "archive" / "checkpoints").iterdir())
    assert len(sizes) == 1
    with desk(tmp_path) as here:
        here.records.items()
    assert sorted(path.name for path in (tmp_path / "archive" / "checkpoints").iterdir()) == sizes
    assert checked(tmp_path).signed_by


def test_keys_lie_outside_the_archive_and_only_their_owner_reads_them(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    pem = next((folder / "keys").rglob("signing.pem"))
    assert pem.stat().st_mode & 0o077 == 0
    assert pem.read_bytes() not in bytes_under(folder / "archive")
    assert b"PRIVATE KEY" not in bytes_under(folder / "archive")


def test_a_checkpoint_kept_elsewhere_still_holds_after_more_was_added(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    with desk(folder) as here:
        outside = checkpoint(here).note
        receive(here, b"one more", name="more.mp4")
    verified = checked(folder, Asked(against=(("note", outside),)))
    assert verified.problems == ()


def test_a_history_rewritten_with_the_desks_own_key_is_caught_by_a_note_kept_elsewhere(tmp_path: Path) -> None:
    filled(tmp_path)
    with desk(tmp_path) as here:
        outside = checkpoint(here).note
    about = (tmp_path / "archive" / "archive.toml").read_bytes()
    shutil.rmtree(tmp_path / "archive")
    with desk(tmp_path, keys="other") as here:  # the same desk tells another story, under the same name and key
        receive(here, b"another story", name="a.mp4")
    (tmp_path / "archive" / "archive.toml").write_bytes(about)
    for path in (tmp_path / "archive" / "checkpoints").iterdir():
        path.unlink()
    next((tmp_path / "keys").rglob("latest.checkpoint")).unlink()
    with desk(tmp_path) as here:
        checkpoint(here)
    assert checked(tmp_path).problems == ()  # by itself, nothing is to be seen
    assert "does not begin with" in told(checked(tmp_path, Asked(against=(("note", outside),)))) or "shorter" in told(
        checked(tmp_path, Asked(against=(("note", outside),)))
    )


def test_yesterdays_copy_put_back_is_caught_by_this_machines_own_memory(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    shutil.copytree(folder / "archive", folder / "yesterday")
    with desk(folder) as here:
        receive(here, b"today", name="today.mp4")
    shutil.rmtree(folder / "archive")
    (folder / "yesterday").rename(folder / "archive")
    assert "shorter than a checkpoint" in told(checked(folder))
    with desk(folder) as here, pytest.raises(IntegrityError, match="signed before"):
        checkpoint(here)
    with desk(folder) as here:  # put back on purpose: said, logged, and signed again
        accept_restored(here, "the disk died")
        checkpoint(here)
    assert checked(folder).problems == ()


def test_a_new_key_signs_on_and_the_old_ones_checkpoints_still_hold(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    before = checked(folder).signed_by
    old = next((folder / "keys").rglob("signing.pem")).read_bytes()
    with desk(folder) as here:
        change_key(here, "the laptop was lost")
    assert old not in bytes_under(folder / "keys")
    verified = checked(folder)
    assert verified.problems == ()
    assert verified.signed_by != before
    assert verified.checkpoints_checked > 3


def test_a_key_with_a_passphrase_signs_only_with_it_and_what_was_written_is_kept(tmp_path: Path) -> None:
    with desk(tmp_path, passphrase="кіт на даху") as here:
        receive(here, b"clip", name="a.mp4")
    with desk(tmp_path) as here:
        receive(here, b"other", name="b.mp4")  # closing cannot sign, and says so
    with desk(tmp_path) as here:
        assert len(here.records.items()) == 2
        with pytest.raises(KeyLocked, match="passphrase"):
            checkpoint(here)
        with pytest.raises(KeyLocked, match="passphrase"):
            change_key(here, "not mine to change")
    with desk(tmp_path, passphrase="кіт на даху") as here:
        assert checkpoint(here).checkpoint.size == here.records.head().size


def test_a_checkpoint_taken_out_of_the_middle_forged_or_moved_is_named(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    notes = sorted((folder / "archive" / "checkpoints").iterdir())
    kept = {path: path.read_bytes() for path in notes}

    def put_back() -> None:
        for path, note in kept.items():
            path.unlink(missing_ok=True)
            path.write_bytes(note)

    notes[1].unlink()
    assert "taken away or changed" in told(checked(folder))
    put_back()
    notes[-1].unlink()
    assert "a checkpoint is missing" in told(checked(folder))
    put_back()
    notes[0].unlink()
    notes[0].write_bytes(kept[notes[1]])
    assert "under another number" in told(checked(folder))
    put_back()
    forged = kept[notes[1]].replace(b"\nat 2", b"\nat 1")
    notes[1].unlink()
    notes[1].write_bytes(forged)
    assert "no key of the log signed" in told(checked(folder))


def test_a_stranger_checks_a_proof_with_bare_python_and_any_change_fails(
    held: tuple[Path, list[ItemId]], tmp_path: Path
) -> None:
    folder, items = held
    with desk(folder) as here:
        proof = prove(here, items[1], tmp_path / "proof", Contents(arrivals_of=here.case("kyiv").id, findings=True))
    assert proof.entries == 3

    def run() -> "subprocess.CompletedProcess[str]":
        command = [*PYTHON, str(tmp_path / "proof" / "verify.py")]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", encoding="utf-8")

    assert run().returncode == 0, run().stdout
    words = (tmp_path / "proof" / "README.txt").read_text(encoding="utf-8")
    assert "nothing about whether what the file shows is true" in words
    assert "чи правда те, що видно у файлі" in words
    checked_files = [path for path in (tmp_path / "proof").rglob("*") if path.suffix not in (".py", ".txt", ".json")]
    for path in [path for path in checked_files if path.is_file() and path.name != "SHA256SUMS"]:
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert run().returncode == 1, path
        assert not all(good for good, _ in check_proof(tmp_path / "proof"))
        path.write_bytes(whole)
    document = json.loads((tmp_path / "proof" / "proof.json").read_text())
    for place in range(len(document["entries"])):
        changed = json.loads(json.dumps(document))
        changed["entries"][place]["leaf"] = changed["entries"][place]["leaf"].replace('"at":"20', '"at":"19')
        (tmp_path / "proof" / "proof.json").write_text(json.dumps(changed))
        assert run().returncode == 1


def test_a_proof_over_a_change_of_keys_holds_for_whoever_knows_one_of_them(
    held: tuple[Path, list[ItemId]], tmp_path: Path
) -> None:
    folder, items = held
    with desk(folder) as here:
        change_key(here, "a laptop was lost")
        prove(here, items[0], tmp_path / "proof", Contents())
        keys = here.records.signing_keys()
    proof = tmp_path / "proof"

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*PYTHON, str(proof / "verify.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")

    assert len(keys) == 2
    for key in keys:
        assert run("--key", key).returncode == 0, run("--key", key).stdout
    stranger = keys[0][:-4] + "AAA="
    assert "FAILED  signed by the key that you know: no checkpoint here" in run("--key", stranger).stdout
    # A log of somebody's own, before the desk's genuine checkpoint: the proof that joins them cannot be left out.
    document = json.loads((proof / "proof.json").read_text())
    document["consistency"] = []
    (proof / "proof.json").write_text(json.dumps(document))
    assert run("--key", keys[1]).returncode == 1
    assert not all(good for good, _ in check_proof(proof))


def test_a_proof_names_nobody_unless_asked_to(held: tuple[Path, list[ItemId]], tmp_path: Path) -> None:
    folder, items = held
    with desk(folder) as here:
        proof = prove(here, items[0], tmp_path / "proof", Contents(file=False))
    assert b"neighbour" not in bytes_under(tmp_path / "proof")
    assert b"clip-0.mp4" not in bytes_under(tmp_path / "proof")
    assert content(0) not in bytes_under(tmp_path / "proof")
    assert any("arrivals" in line for line in proof.left_out)
    words = (tmp_path / "proof" / "README.txt").read_text(encoding="utf-8")
    assert "Not in this folder: the file itself; 1 arrivals" in words
    assert "Не вкладено в цю теку: сам файл; надходження: 1" in words


def test_verify_py_stays_short_enough_to_be_read() -> None:
    from importlib import resources

    text = resources.files("firsthand.app.proof_files").joinpath("verify.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    compile(text, "verify.py", "exec", dont_inherit=True)


def test_an_erased_item_is_gone_from_every_byte_of_the_archive_and_the_rest_still_verifies(
    held: tuple[Path, list[ItemId]], tmp_path: Path
) -> None:
    folder, items = held
    with desk(folder) as here:
        outside = checkpoint(here).note
        prove(here, items[0], tmp_path / "proof", Contents())
    (folder / "archive" / "derived" / "proxy").mkdir(parents=True)
    (folder / "archive" / "derived" / "proxy" / "clip-1.mp4.jpg").write_bytes(content(1))
    (folder / "archive" / "sealed" / "incoming-0123456789ab").write_bytes(content(1)[:100])
    stray = folder / "archive" / "payloads" / "ab" / ("c" * 30)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"clip-1.mp4")
    before = bytes_under(folder / "archive")
    assert content(1) in before
    assert b"clip-1.mp4" in before
    with desk(folder) as here:
        gone = erase_alone(
            here, order_of(here, "item", items[1], why="withdrawn", order="request 12"), "night", progress=Silent()
        )
        assert gone.files == 1
        left = bytes_under(folder / "archive")  # while the archive is still open
    for trace in (content(1)[:64], b"clip-1.mp4", sha256_of(items[1]).encode()):
        assert trace not in left
        assert trace not in bytes_under(folder / "archive")
    verified = checked(folder, Asked(against=(("note", outside),)))
    assert verified.problems == ()
    assert "request 12" in verified.erased[0]
    assert all(good for good, _ in check_proof(tmp_path / "proof"))
    with desk(folder) as here:
        assert [item.id for item in here.records.items()] == [items[0], items[2]]
        receive(here, content(1), name="again.mp4")  # the same bytes may be received again
    assert checked(folder).problems == ()


def test_a_sources_name_goes_and_the_clip_stays(held: tuple[Path, list[ItemId]]) -> None:
    folder, _ = held
    with desk(folder) as here:
        item = receive(here, b"clip of a witness", name="Olena-Sadova.mp4", obtained_from="Olena Sadova (@olena)")
        with pytest.raises(UsageError, match="names the source"):
            order_of(here, "source", "Olena Sadova", why="Olena Sadova asked", order="art. 17")
        for name in ("Olena Sadova", "Olena-Sadova"):
            order = order_of(here, "source", name, why="asked to", order="art. 17")
            erase_alone(here, order, "night", progress=Silent())
        (arrival,) = here.records.arrivals(item)
        assert (arrival.obtained_from, arrival.name, arrival.collector) == ("", "", "desk")
    assert b"Olena" not in bytes_under(folder / "archive")
    assert checked(folder).problems == ()


def test_a_case_goes_with_the_items_that_are_in_no_other(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with desk(folder) as here:
        own = receive(here, b"secret footage", name="own.mp4", case="operation badger")
        receive(here, content(0), name="shared.mp4", case="operation badger")
        order = order_of(here, "case", "operation badger", why="closed", order="statute")
        erase_alone(here, order, "night", progress=Silent())
        assert [case.name for case in here.records.cases()] == ["kyiv"]
        assert {item.id for item in here.records.items()} == set(items)
    left = bytes_under(folder / "archive")
    for trace in (b"badger", b"secret footage", b"shared.mp4", sha256_of(own).encode()):
        assert trace not in left
    assert content(0) in left
    assert checked(folder).problems == ()


def test_an_erasure_needs_a_second_person(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with desk(folder) as here:
        asked = ask(here, order_of(here, "item", items[0], why="withdrawn", order="request 12"))
        with pytest.raises(UsageError, match="second person"):
            confirm(here, asked, progress=Silent())
        assert here.records.item(items[0]) is not None
    with desk(folder, acting_as="ben") as here:
        confirm(here, asked, progress=Silent())
        assert here.records.item(items[0]) is None
    assert checked(folder).problems == ()


def test_a_hold_on_an_item_or_its_case_forbids_erasure_until_it_is_lifted(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with desk(folder) as here:
        order = order_of(here, "item", items[0], why="withdrawn", order="request 12")
        for kind in ("item", "case"):
            hold = hold_item(here, items[0], "court") if kind == "item" else hold_case(here, "kyiv", "court")
            with pytest.raises(Withheld):
                erase_alone(here, order, "night", progress=Silent())
            with pytest.raises(Withheld):
                ask(here, order)
            lift_hold(here, hold, "over")
        erase_alone(here, order, "night", progress=Silent())
    assert checked(folder).problems == ()


def test_an_item_in_quarantine_is_in_no_view_and_still_checked(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with desk(folder) as here:
        case = here.case("kyiv")
        quarantine(here, "clip-1.mp4", "a child is recognisable")
        records = here.records
        assert items[1] not in {item.id for item in (*records.items(), *records.items(case.id))}
        assert records.item(items[1]) is None
        assert records.arrivals(items[1]) == ()
        assert records.findings(items[1]) == ()
        assert records.current(items[1], "sound") is None
        assert items[1] not in {arrival.item for arrival in records.arrivals_of_case(case.id)}
        assert items[1] not in {length.item for length in records.lengths()}
        assert records.find_items("clip-1.mp4") == ()
        with pytest.raises(NothingMatched):
            here.item(items[1])
    assert checked(folder).files_checked == 3
    with desk(folder) as here:
        lift_quarantine(here, items[1], "released")
        assert here.records.item(items[1]) is not None


def test_a_payload_still_lying_there_after_an_erasure_is_named_and_opening_finishes_it(
    held: tuple[Path, list[ItemId]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from firsthand.storage.destroying import Destroyer

    folder, items = held
    with monkeypatch.context() as cut:  # the machine stops between recording the erasure and destroying
        cut.setattr(Destroyer, "destroy", lambda self, **_: None)
        with desk(folder) as here:
            order = order_of(here, "item", items[0], why="withdrawn", order="request 12")
            erase_alone(here, order, "night", progress=Silent())
        assert content(0) in bytes_under(folder / "archive")
        assert "its payload still lies there" in told(checked(folder))
    advice = check_up(settings(folder)).advice
    assert any("firsthand erase --finish" in line for line in advice)
    assert content(0) in bytes_under(folder / "archive"), "doctor changes nothing"
    assert checked(folder).problems == ()
    assert check_up(settings(folder)).archive_state.startswith("2 items")
    assert content(0) not in bytes_under(folder / "archive")


def test_a_planted_note_to_destroy_destroys_nothing(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with closing(sqlite3.connect(folder / "archive" / "records.sqlite", isolation_level=None)) as connection:
        file, offset, length = connection.execute(
            "SELECT file, offset_bytes, length_bytes FROM entries WHERE seq = 4"
        ).fetchone()
        connection.execute("INSERT INTO destroying VALUES (1, ?, '', 0, 0)", (items[0],))
        connection.execute("INSERT INTO destroying VALUES (2, '', ?, ?, ?)", (file, offset, length))
    assert checked(folder).problems == ()
    assert content(0) in bytes_under(folder / "archive")


def test_the_date_of_an_items_last_check_is_shown_and_that_another_is_due(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    with desk(folder) as here:
        assert show(here, items[0]).checked is None
        assert not show(here, items[0]).is_due
    (folder / "archive" / "schedule.toml").write_text("[fixity]\nevery_days = 0\n")
    assert checked(folder).passed
    with desk(folder) as here:
        view = show(here, items[0])
        assert view.checked is not None
        assert view.checked.result == "good"
        assert view.is_due


@pytest.mark.parametrize("text", ["every_days = 7", "[fixity]\nevery_day = 7", "[fixity]\nevery_days = nan", "x"])
def test_a_schedule_that_says_nothing_is_not_taken_for_one(held: tuple[Path, list[ItemId]], text: str) -> None:
    folder, _ = held
    (folder / "archive" / "schedule.toml").write_text(text)
    with pytest.raises(UsageError, match=r"schedule\.toml"):
        checked(folder)


def test_an_interrupted_run_goes_on_and_quick_looks_at_what_is_new(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held

    class Stopped(Silent):
        def advance(self, by: int = 1, note: str = "") -> None:
            self.seen = getattr(self, "seen", 0) + by
            if self.seen > len(content(0)):
                raise KeyboardInterrupt

    with desk(folder) as here, pytest.raises(KeyboardInterrupt):
        verify(here, progress=Stopped())
    assert checked(folder, Asked(resume=True)).files_checked == 2
    with pytest.raises(NothingMatched, match="no run"):
        checked(folder, Asked(resume=True))
    with desk(folder) as here:
        receive(here, b"new", name="new.mp4")
    assert checked(folder, Asked(kind="quick")).files_checked == 1
    assert checked(folder, Asked(kind="due")).files_checked == 0
    (folder / "archive" / "schedule.toml").write_text("[fixity]\nevery_days = 0\n")
    due = checked(folder, Asked(kind="due"))
    assert due.files_checked == 4
    assert due.oldest_check_at
    path = next((folder / "archive" / "sealed").rglob(sha256_of(items[0])))
    path.chmod(0o600)
    path.write_bytes(b"short")
    assert "another size" in told(checked(folder, Asked(kind="quick")))


def test_a_file_that_cannot_be_read_never_passes(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    path = next((folder / "archive" / "sealed").rglob(sha256_of(items[0])))
    path.parent.chmod(0o700)
    path.unlink()
    path.mkdir()  # as a disk that gives nothing back
    kinds: list[Kind] = ["full", "quick", "due"]
    for kind in kinds:
        verified = checked(folder, Asked(kind=kind))
        assert not verified.passed, kind
        assert items[0] in told(verified)


def test_replicas_are_the_same_until_one_of_them_differs(held: tuple[Path, list[ItemId]]) -> None:
    folder, items = held
    shutil.copytree(folder / "archive", folder / "replica")

    def differences() -> str:
        with desk(folder) as here, desk_at(folder / "replica", folder / "keys") as other:
            verified = verify(other, progress=Silent())
            return "\n".join(compare(here, other, other_verified=verified).differences)

    assert differences() == ""
    path = next((folder / "replica" / "sealed").rglob(sha256_of(items[0])))
    path.chmod(0o600)
    path.write_bytes(content(0)[:-1] + b"!")
    assert "was altered" in differences()
    path.unlink()
    assert f"{items[0]}: sealed in" in differences()
    path.write_bytes(content(0))
    with desk(folder) as here:
        receive(here, b"new", name="new.mp4")
    assert "an older copy" in differences()
