"""Both languages say everything, and put the same things in the same places."""

import re
import string
from importlib import resources
from pathlib import Path

import pytest

from firsthand.model.links import Edit, LinkState, MatchedBy, Verdict
from firsthand.publish import words_en, words_uk
from firsthand.publish.cards import BADGES
from firsthand.publish.language import Language
from firsthand.publish.reasons_uk import in_ukrainian
from firsthand.publish.words_en import ENGLISH
from firsthand.publish.words_uk import UKRAINIAN, plural_form

ROOM = Path(words_en.__file__).parent
FORMS = {"en": 2, "uk": 3}
OWN_NAMES = (
    r"\{\w+\}|firsthand( examine| verify| moments( --set)?)?|SHA-256|UTC|C2PA|Linux|macOS|Windows"
    r"|\((mov, mp4|ts)\)|mkv|webm"
)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_languages_have_the_same_keys() -> None:
    assert set(words_en.TEXTS) == set(words_uk.TEXTS)


def test_a_text_has_the_same_places_in_both_languages() -> None:
    for key, english in words_en.TEXTS.items():
        ukrainian = words_uk.TEXTS[key]
        assert isinstance(english, str) == isinstance(ukrainian, str), key
        if isinstance(english, str) and isinstance(ukrainian, str):
            assert places(english) == places(ukrainian), key
        else:
            assert (len(english), len(ukrainian)) == (FORMS["en"], FORMS["uk"]), key
            assert len({frozenset(places(form)) for form in (*english, *ukrainian)}) == 1, key


def test_no_ukrainian_text_was_left_in_english() -> None:
    for key, text in words_uk.TEXTS.items():
        for form in (text,) if isinstance(text, str) else text:
            words = re.sub(OWN_NAMES, "", form)
            assert not re.search("[a-z]", words.lower()), key


def test_every_text_a_template_asks_for_is_there() -> None:
    asked = set()
    for template in (resources.files("firsthand.publish") / "templates").iterdir():
        asked |= set(re.findall(r"""\bt\(["']([^"'~]+)["'][,)]""", template.read_text(encoding="utf-8")))
    for module in ROOM.glob("*.py"):
        asked |= set(re.findall(r"""\bsay\(\s*"([^"]+)"[,)\s]""", module.read_text(encoding="utf-8")))
    assert asked - set(words_en.TEXTS) == set()
    assert len(asked) > 100


def test_every_word_of_a_closed_list_has_its_text() -> None:
    wanted = [f"edit.{one}" for one in Edit.__args__]  # type: ignore[attr-defined]
    wanted += [f"verdict.{one}" for one in Verdict.__args__]  # type: ignore[attr-defined]
    wanted += [f"by.{one}" for one in MatchedBy.__args__]  # type: ignore[attr-defined]
    wanted += [f"link.{one}" for one in LinkState.__args__]  # type: ignore[attr-defined]
    wanted += [f"badge.{one}" for one in BADGES] + [f"badge.filter.{one}" for one in BADGES]
    assert [key for key in wanted if key not in words_en.TEXTS] == []


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 файлів"), (1, "1 файл"), (2, "2 файли"), (4, "4 файли"), (5, "5 файлів"), (11, "11 файлів"),
        (12, "12 файлів"), (14, "14 файлів"), (21, "21 файл"), (22, "22 файли"), (101, "101 файл"),
        (111, "111 файлів"), (112, "112 файлів"), (1004, "1004 файли"), (12345, "12\u00a0345 файлів"),
    ],
)  # fmt: skip
def test_ukrainian_counts_as_people_do(count: int, words: str) -> None:
    assert UKRAINIAN.say("n_files", n=count) == words
    assert plural_form(count) in (0, 1, 2)


@pytest.mark.parametrize(
    ("language", "length", "day", "size", "below"),
    [
        (ENGLISH, "7.4\u00a0s", "26\u00a0Feb\u00a02022, 12:30:05 UTC", "2.4\u00a0MB", "\u22127.5"),
        (UKRAINIAN, "7,4\u00a0с", "26\u00a0лютого\u00a02022\u00a0р., 12:30:05 UTC", "2,4\u00a0МБ", "\u22127,5"),
    ],
)
def test_numbers_and_times_are_written_as_the_language_does(
    language: Language, length: str, day: str, size: str, below: str
) -> None:
    assert language.length(7.4) == length
    assert language.instant("2022-02-26T14:30:05+02:00") == day
    assert language.size(2_400_000) == size
    assert language.number(-7.5) == below
    assert language.number(-0.01) == language.number(0.0)


def test_a_time_that_is_none_is_shown_as_it_stands() -> None:
    assert ENGLISH.instant("yesterday") == "yesterday"
    assert ENGLISH.instant("2022-02-26T14:30:05") == "2022-02-26T14:30:05"


def test_engines_reasons_are_translated_and_unknown_ones_left_to_be_marked() -> None:
    assert in_ukrainian("no sound track") == "немає звукової доріжки"
    assert in_ukrainian("UnreadableMedia: the stream is declared, but nothing in it can be decoded") == (
        "Не читається: потік оголошено, але нічого в ньому не декодується"
    )
    assert in_ukrainian("something nobody foresaw") is None


def test_lengths_roll_over_where_clocks_do() -> None:
    assert ENGLISH.length(59.94) == "59.9\u00a0s"
    assert ENGLISH.length(59.97) == "1:00"
    assert ENGLISH.at(59.97) == "1:00.0"
    assert ENGLISH.at(3661.25) == "1:01:01.2"
