"""firsthand report: a folder of pages from an archive, nothing else touched, nothing said that was not asked for."""

import contextlib
import io
import itertools
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from firsthand.app.report_folder import MARK
from firsthand.app.reporting import gathered, templates
from firsthand.app.settings import Settings
from firsthand.app.wiring import opened
from firsthand.cli.main import main
from firsthand.model.ids import MomentId, TakeId
from firsthand.publish.content import Choices
from firsthand.publish.pages import Report
from firsthand.publish.words_en import ENGLISH
from tests.support.made_case import Texts, item_of, make_archive
from tests.support.program import Ran

MOST_BYTES = 3_000_000
GOLDENS = Path(__file__).parents[1] / "goldens"


class Silent:
    """Progress that tells nobody."""

    def begin(self, stage: str, total: int | None, unit: str) -> None: ...

    def tell(self, sentence: str) -> None: ...

    def advance(self, by: int = 1, note: str = "") -> None: ...

    def end(self) -> None: ...


class Links(HTMLParser):
    """What a page leads to, and the elements it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src") and value:
                self.links.append(value)


class Words(HTMLParser):
    """The words of a page, a block a line."""

    BLOCKS = frozenset("h1 h2 h3 p li dt dd div article section figcaption summary th td pre nav ul footer".split())

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "title")
        self.parts.append("\n" if tag in self.BLOCKS else "")
        self.parts += [
            f"[{value}]" for name, value in attrs if name in ("alt", "aria-label") and tag != "nav" and value
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "title")
        self.parts.append("\n" if tag in self.BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self.parts += [] if self._silent else [data]

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.parts).splitlines())
        return "\n".join(line for line in lines if line) + "\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return make_archive(tmp_path_factory.mktemp("small"), takes=5)


def firsthand(*arguments: str | Path) -> Ran:
    """As a person would type it, but in this process: importing takes longer than a small report."""
    out, talk = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(talk), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, out.getvalue(), talk.getvalue())


def make(settings: Settings, folder: Path, *more: str) -> None:
    ran = firsthand("report", "--case", "kyiv", "--archive", settings.archive, "-o", folder, *more)
    assert ran.code == 0, ran.talk


def pages(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.html")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["en", "uk"])
def test_pages_say_what_they_said_before(small: Settings, tmp_path: Path, code: str) -> None:
    make(small, tmp_path / "r", "--lang", code)
    told = []
    take = next((tmp_path / "r" / "takes").glob("*0.html"))
    item = tmp_path / "r" / "items" / (item_of(4).removeprefix("sha256:") + ".html")
    for page in (
        tmp_path / "r" / "index.html",
        tmp_path / "r" / "takes-1.html",
        take,
        item,
        next((tmp_path / "r" / "moments").iterdir()),
        tmp_path / "r/moments-1.html",
        tmp_path / "r/unread.html",
    ):
        words = Words()
        words.feed(read(page))
        told.append(f"== {page.relative_to(tmp_path / 'r').as_posix()}\n{words.text()}")
    # When it was made, and by which version, differs from run to run.
    text = re.sub(r"\d+ \S+ 20(2[3-9]|[3-9]\d)( р\.)?, \d\d:\d\d:\d\d UTC", "NOW", "\n".join(told))
    text = re.sub(r"firsthand \d+\.\d+\.\d+\S*", "firsthand VERSION", text)
    text = re.sub("(this report|цей звіт): .*", r"\1: SIZE", text)  # JPEG is not encoded alike everywhere
    golden = GOLDENS / f"report-{code}.txt"
    if os.environ.get("FIRSTHAND_APPROVE") == "1":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_link_leads_to_a_file_of_the_report(small: Settings, tmp_path: Path) -> None:
    make(small, tmp_path / "r")
    followed = 0
    for page in pages(tmp_path / "r"):
        links = Links()
        links.feed(read(page))
        for link in links.links:
            if not link.startswith("#"):
                assert (page.parent / link).resolve().is_relative_to((tmp_path / "r").resolve())
                assert (page.parent / link).is_file(), f"{page.name} leads to {link}"
                followed += 1
    assert followed > 100


def test_every_page_forbids_scripts_and_requests_of_others(small: Settings, tmp_path: Path) -> None:
    make(small, tmp_path / "r")
    for page in pages(tmp_path / "r"):
        links = Links()
        links.feed(read(page))
        assert "default-src 'none'" in read(page)
        assert "unsafe" not in read(page)
        assert not {name for name in links.attributes if name.startswith("on") or name == "style"}
        assert not links.tags & {"iframe", "object", "embed", "video", "audio", "base"}


def test_paths_people_and_tags_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    texts = Texts(path="/home/secretpath/{n}.mp4", person="Secretname", anything="secretword")
    settings = make_archive(tmp_path, takes=3, texts=texts)
    make(settings, tmp_path / "without")
    make(settings, tmp_path / "with", "--with-people")
    for folder, wanted in (("without", False), ("with", True)):
        files = [path for path in (tmp_path / folder).rglob("*") if path.suffix in (".html", ".json", ".js", ".txt")]
        everything = "".join(read(path) for path in files)
        assert ("secretpath" in everything) is wanted
        assert ("Secretname" in everything) is wanted
        assert ('"tag 3"' in everything) is wanted


def test_pictures_are_covered_unless_told_otherwise(small: Settings, tmp_path: Path) -> None:
    make(small, tmp_path / "covered")
    make(small, tmp_path / "open", "--open")
    for page in pages(tmp_path / "covered"):
        outside = re.sub(r"<details class=\"cover\">.*?</details>", "", read(page), flags=re.DOTALL)
        assert "<img" not in outside
        assert '<details class="cover" open' not in read(page)
    assert any("<img" in read(page) for page in pages(tmp_path / "covered"))
    assert not any('class="cover"' in read(page) for page in pages(tmp_path / "open"))


def test_four_answers_are_told_apart(small: Settings, tmp_path: Path) -> None:
    make(small, tmp_path / "r")
    unread = read(tmp_path / "r" / "unread.html")
    failed, refused, not_looked, nothing = (
        unread.index(f'id="{one}"') for one in ("failed", "refused", "notlooked", "nothing")
    )
    assert failed < unread.index("Cannot be read") < refused < not_looked < unread.index("no sound track") < nothing
    assert unread.index("the sound track is digital silence") > nothing


def test_the_next_report_says_what_changed_and_removes_what_is_gone(small: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    make(small, folder)
    assert "first report in this folder" in read(folder / "index.html")
    state = json.loads(read(folder / "data/state.json"))
    del state["items"][item_of(3)]
    del state["moments"]
    state["items"][item_of(2)] = "another"
    state["items"]["sha256:" + "0" * 64] = "gone"
    (folder / "data/state.json").write_text(json.dumps(state))
    (folder / "takes" / "take_00ff.html").write_text("of an earlier report")
    (folder / "notes of the desk.html").write_text("mine")
    make(small, folder)
    front = read(folder / "index.html")
    assert "1 new file. 1 file was examined anew. 1 file is no longer in the case. 1 moment was put" in front
    assert not (folder / "takes" / "take_00ff.html").exists()
    assert read(folder / "notes of the desk.html") == "mine"
    make(small, folder)
    assert "Nothing changed." in read(folder / "index.html")


@pytest.mark.parametrize(
    "state", [b"", b"[]", b'{"items": 3}', b"\xff", b'{"items": {}, "takes": {"a": 5}, "made_at": 1}']
)
def test_a_state_that_somebody_altered_counts_as_none(small: Settings, tmp_path: Path, state: bytes) -> None:
    folder = tmp_path / "r"
    make(small, folder)
    (folder / "data/state.json").write_bytes(state)
    make(small, folder)
    assert "first report in this folder" in read(folder / "index.html")


def test_a_folder_that_is_no_report_is_left_alone(small: Settings, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    ran = firsthand("report", "--case", "kyiv", "--archive", small.archive, "-o", tmp_path)
    assert ran.code == 2
    assert "no report" in ran.talk
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_an_interrupted_report_can_be_made_again(small: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    make(small, folder)
    (folder / "index.html").unlink()
    (folder / "data/state.json").unlink()
    (folder / "takes-1.html.part").write_text("half")
    make(small, folder)
    assert (folder / "index.html").is_file()
    assert (folder / MARK).is_file()
    assert not list(folder.glob("*.part"))


def test_links_do_not_lead_a_report_out_of_its_folder(small: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    make(small, folder)
    for page in (folder / "takes").iterdir():
        page.unlink()
    (folder / "takes").rmdir()
    (tmp_path / "elsewhere").mkdir()
    (folder / "takes").symlink_to(tmp_path / "elsewhere")
    ran = firsthand("report", "--case", "kyiv", "--archive", small.archive, "-o", folder)
    assert ran.code == 2
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_front_page_states_how_large_the_report_is(small: Settings, tmp_path: Path) -> None:
    make(small, tmp_path / "r")
    held = [path for path in (tmp_path / "r").rglob("*") if path.is_file() and path.name != MARK]
    said = re.search(r"this report: ([\d,]+) files, ([\d.]+)\u00a0kB", read(tmp_path / "r/index.html"))
    assert said is not None
    assert int(said[1]) == len(held)
    rest = sum(path.stat().st_size for path in held if path.name != "index.html")
    assert abs(float(said[2]) * 1000 - rest) < 100


def test_json_holds_the_same_content(small: Settings, tmp_path: Path) -> None:
    ran = firsthand("report", "--case", "kyiv", "--archive", small.archive, "--json")
    document = ran.document
    assert (ran.code, document["schema"]) == (0, "firsthand.report/1")
    assert (len(document["items"]), len(document["takes"]), len(document["copies"])) == (10, 5, 5)
    assert [len(one["items"]) for one in document["moments"]] == [3]
    assert document["numbers"]["independent_least"] == 5
    assert document["numbers"]["independent_most"] == 9  # one take's link is confirmed, four are not
    assert "path" not in document["items"][0]["arrivals"][0]
    make(small, tmp_path / "r")
    head = json.loads(read(tmp_path / "r/data/report.json"))
    assert head["numbers"] == document["numbers"]
    assert {part["holds"]: part["count"] for part in head["parts"]} == {
        "takes": 5, "copies": 5, "items": 10, "moments": 1, "waiting": 1, "refusals": 1,
    }  # fmt: skip
    for part in head["parts"]:
        assert len(json.loads(read(tmp_path / "r" / part["file"]))) == part["count"]


def test_a_case_without_moments_says_what_would_find_some(tmp_path: Path) -> None:
    make(make_archive(tmp_path, takes=1), tmp_path / "r")
    assert "No two recordings of this case were found to share a moment" in read(tmp_path / "r/moments-1.html")
    assert list((tmp_path / "r/moments").iterdir()) == []
    assert "Filmed at the same time" not in read(tmp_path / "r/index.html")


def test_a_case_without_files_says_so_and_draws_no_empty_tables(tmp_path: Path) -> None:
    make(make_archive(tmp_path, takes=0), tmp_path / "r")
    front = read(tmp_path / "r/index.html")
    assert "Nothing has been received in this case yet." in front
    assert "1 path was not taken in" in front
    assert "figures" not in front


def test_many_moments_are_paged(tmp_path: Path) -> None:
    settings = make_archive(tmp_path, takes=5, copies_each=1)
    with opened(settings) as desk:
        one = gathered(desk, desk.case("kyiv"), before=None, into=None, progress=Silent())
    moment = one.moments[0]
    many = tuple(replace(moment, moment=replace(moment.moment, id=MomentId(f"moment_{n:024x}"))) for n in range(300))
    choices = Choices(pictures_open=False, with_people=False)
    report = Report(replace(one, moments=many), language=ENGLISH, choices=choices, templates=templates())
    lists = [page for page in report.pages() if page.path.startswith("moments-")]
    assert len(lists) == 15
    assert max(len(page.content) for page in lists) < MOST_BYTES


def test_items_in_quarantine_are_in_no_report(tmp_path: Path) -> None:
    settings = make_archive(tmp_path, takes=5, texts=Texts(name="clip-{n}-.mp4", path="/in/clip-{n}-.mp4"))
    hidden = item_of(2)  # the second take's best, and a camera of the moment
    ran = firsthand("quarantine", hidden, "--why", "a child", "--archive", settings.archive)
    assert ran.code == 0, ran.talk
    make(settings, tmp_path / "r", "--with-people")
    digest = hidden.removeprefix("sha256:")
    for path in (tmp_path / "r").rglob("*"):
        assert digest not in path.name
        if path.suffix in (".html", ".json", ".js"):
            assert digest not in read(path), path
            assert "clip-2-" not in read(path), path


def test_without_a_folder_or_json_it_asks_for_one(small: Settings) -> None:
    assert firsthand("report", "--case", "kyiv", "--archive", small.archive).code == 2
    assert firsthand("report", "--case", "nobody", "--archive", small.archive, "--json").code == 4


def test_endless_texts_make_no_endless_files(tmp_path: Path) -> None:
    endless = Texts(anything="ы" * 100_000, name="я" * 80 + "{n}.mp4")
    settings = make_archive(tmp_path, takes=1, copies_each=1, texts=endless)
    make(settings, tmp_path / "r", "--with-people")
    largest = max((tmp_path / "r").rglob("*"), key=lambda path: path.stat().st_size)
    assert largest.stat().st_size < MOST_BYTES


def test_two_thousand_takes_are_paged(tmp_path: Path) -> None:
    settings = make_archive(tmp_path, takes=1, copies_each=1)
    with opened(settings) as desk:
        one = gathered(desk, desk.case("kyiv"), before=None, into=None, progress=Silent())
    take = one.takes[0]
    many = tuple(replace(take, take=replace(take.take, id=TakeId(f"take_{n:024x}"))) for n in range(2000))
    choices = Choices(pictures_open=False, with_people=False)
    report = Report(replace(one, takes=many), language=ENGLISH, choices=choices, templates=templates())
    walls, index, cards = 0, "", 0
    for page in itertools.takewhile(lambda page: not page.path.startswith("takes/"), report.pages()):
        assert len(page.content) < MOST_BYTES
        walls += page.path.startswith("takes-")
        cards += page.content.count(b'<article class="card">')
        index += page.content.decode() if page.path.startswith("assets/takes-") else ""
    assert (walls, cards, index.count('"page"')) == (50, 2000, 2000)
