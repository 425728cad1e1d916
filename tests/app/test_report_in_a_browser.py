"""The pages as a browser shows them: hostile texts do nothing, nothing is asked of a network, all can use them."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firsthand.app.settings import Settings
from tests.app.test_report import make
from tests.support.browser import Browser, browser
from tests.support.made_case import Texts, item_of, make_archive
from tests.support.missing import missing

AXE = ("axe-core@4.14.1", "package/axe.min.js")
HOSTILE = (
    "</title></script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "'\"><svg onload=alert(1)>{{ 7*7 }}{% raw %}${alert(1)}]]><!--\u202egnp.4pm\x00\x1b[2J\udcff"
    "<a href='javascript:alert(1)'>x</a>"
)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in which every foreign text is an attack, with everything shown."""
    place = tmp_path_factory.mktemp("hostile")
    texts = Texts(
        name=HOSTILE.replace("{", "{{").replace("}", "}}") + "{n}",
        path="/" + HOSTILE.replace("{", "{{").replace("}", "}}") + "{n}",
        person=HOSTILE,
        anything=HOSTILE,
    )
    settings = make_archive(place, takes=4, texts=texts)
    make(settings, place / "r", "--with-people")
    return place / "r"


@pytest.fixture(scope="module")
def nice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("nice")
    settings: Settings = make_archive(place, takes=45, copies_each=1)
    make(settings, place / "r")
    return place / "r"


def some_pages(report: Path) -> list[Path]:
    take, item = (
        sorted((report / "takes").iterdir())[0],
        report / "items" / f"{item_of(1).removeprefix('sha256:')}.html",
    )
    moment = sorted((report / "moments").iterdir())[0]
    lists = [report / name for name in ("index.html", "takes-1.html", "moments-1.html", "unread.html")]
    return [*lists, take, moment, item]


def test_hostile_texts_do_nothing(chromium: Browser, hostile: Path) -> None:
    for page in some_pages(hostile):
        chromium.go(page)
        chromium.run("document.querySelectorAll('details').forEach(one => one.open = true)")
        if page.name.startswith("takes-"):  # the script's own cards are made of the same texts
            chromium.run(
                "const sort = document.getElementById('sift-sort'); sort.value = 'name';"
                "sort.dispatchEvent(new Event('change'))"
            )
            assert chromium.run("document.querySelectorAll('#sifted .card').length") == 4
        assert "owned" not in chromium.run("document.title.replace(/[^]*·/, '')")
        assert chromium.run("document.querySelectorAll('script:not([src]), [onerror], [onload], iframe').length") == 0
        assert chromium.run("document.querySelectorAll('a[href^=\"javascript\"]').length") == 0
        assert "49" not in chromium.run("document.querySelector('h1').textContent")
        assert chromium.console == []


def test_hostile_texts_are_there_to_be_read(chromium: Browser, hostile: Path) -> None:
    chromium.go(some_pages(hostile)[-1])
    heading = chromium.run("document.querySelector('h1').textContent")
    assert "<script>document.title" in heading
    assert "\\u{202e}" in heading
    assert "\u202e" not in heading


def test_nothing_is_asked_of_a_network(chromium: Browser, hostile: Path, nice: Path) -> None:
    for page in (*some_pages(hostile), *some_pages(nice)):
        chromium.go(page)
        assert chromium.requests
        assert [url for url in chromium.requests if not url.startswith(("file:", "data:"))] == []


def test_a_script_that_got_in_would_not_run(chromium: Browser, nice: Path, tmp_path: Path) -> None:
    shutil.copytree(nice, tmp_path / "r")
    page = tmp_path / "r" / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", "<script>document.title='owned'</script></main>"), encoding="utf-8")
    chromium.go(page)
    assert chromium.run("document.title") != "owned"
    assert any("Content Security Policy" in line for line in chromium.console)


def test_the_wall_sorts_and_filters_all_takes(chromium: Browser, nice: Path) -> None:
    chromium.go(nice / "takes-1.html")
    chromium.run("document.getElementById('sift-words').value = 'CLIP 44';"
                 "document.getElementById('sift-words').dispatchEvent(new Event('input'))")  # fmt: skip
    titles = "[...document.querySelectorAll('#sifted h2')].map(one => one.textContent)"
    assert chromium.run(titles) == ["clip 44.mp4"]  # it lies on the second page
    chromium.run("document.getElementById('sift-words').value = '';"
                 "document.getElementById('sift-sort').value = 'name';"
                 "document.getElementById('sift-sort').dispatchEvent(new Event('change'));"
                 "document.getElementById('sift-words').dispatchEvent(new Event('input'))")  # fmt: skip
    assert chromium.run(titles)[:3] == ["clip 0.mp4", "clip 1.mp4", "clip 2.mp4"]
    chromium.run("document.getElementById('sift-only').value = 'no_sound';"
                 "document.getElementById('sift-only').dispatchEvent(new Event('change'))")  # fmt: skip
    assert chromium.run(f"{titles}.length") == 5


def test_pictures_stay_covered_until_asked_for(chromium: Browser, nice: Path) -> None:
    chromium.go(nice / "takes-1.html")
    seen = "[...document.images].filter(one => one.checkVisibility()).length"
    assert chromium.run(seen) == 0
    assert not [url for url in chromium.requests if "/pictures/" in url]
    chromium.run("document.querySelector('.cover summary').click()")
    assert chromium.run(seen) == 1


def test_one_button_uncovers_all_pictures_of_a_page(chromium: Browser, nice: Path) -> None:
    for page in (nice / "takes-1.html", some_pages(nice)[5]):
        chromium.go(page)
        covers = chromium.run("document.querySelectorAll('.cover').length")
        assert covers > 1
        chromium.run("document.querySelector('button.uncover').click()")
        assert chromium.run("document.querySelectorAll('.cover[open]').length") == covers


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_window(chromium: Browser, hostile: Path, nice: Path, width: int) -> None:
    for page in (*some_pages(hostile), *some_pages(nice)):
        chromium.go(page, width=width, height=800)
        assert chromium.run("document.documentElement.scrollWidth") <= width, page


def test_axe_finds_no_serious_fault(chromium: Browser, nice: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    axe = _axe(tmp_path_factory.mktemp("axe"))
    for dark in (False, True):
        for page in some_pages(nice):
            chromium.go(page, width=390 if dark else 1280, dark=dark)
            chromium.run(axe + ";0")
            found, passed = chromium.run("axe.run().then(all => [JSON.stringify(all.violations), all.passes.length])")
            assert passed > 10  # it did look
            faults = [
                f"{one['id']}: {one['nodes'][0]['html'][:200]}"
                for one in json.loads(found)
                if one["impact"] in ("serious", "critical")
            ]
            assert faults == [], page


def test_pages_can_be_printed(chromium: Browser, nice: Path) -> None:
    for page in some_pages(nice):
        chromium.go(page)
        assert chromium.pdf().startswith(b"%PDF")


def test_a_moment_lays_its_recordings_on_one_clock(chromium: Browser, nice: Path) -> None:
    chromium.go(some_pages(nice)[5])
    bars = chromium.run("[...document.querySelectorAll('.clock .filmed')].map(one => one.getBoundingClientRect().left)")
    assert bars == sorted(bars)
    assert len(set(bars)) == 3
    clock = chromium.run(
        "(box => [box.left, box.width])(document.querySelector('.lane-drawing').getBoundingClientRect())"
    )
    second_begins = (bars[1] - clock[0]) / clock[1] * (40.25 + 24)
    assert abs(second_begins - 9.5) < 0.2
    assert "nobody was filming" in chromium.run("document.body.textContent")


def _axe(folder: Path) -> str:
    """axe-core from the npm registry: it is used by this test alone and is no part of firsthand."""
    npm = shutil.which("npm")
    if npm is None:
        missing("npm is not installed, so axe-core cannot be had")
    package, member = AXE
    got = subprocess.run([npm, "pack", package, "--silent"], cwd=folder, capture_output=True, text=True, check=False)
    tarballs = list(folder.glob("*.tgz"))
    if got.returncode != 0 or not tarballs:
        missing(f"npm could not fetch {package}")
    shutil.unpack_archive(tarballs[0], folder, filter="data")
    return (folder / member).read_text(encoding="utf-8")
