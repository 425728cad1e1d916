"""docs/glossary.md and the model speak of the same things."""

import re
from dataclasses import is_dataclass
from pathlib import Path

from firsthand.model import findings, ids, links, moments, outcomes, records, sightings, time
from firsthand.model.events import EVENT_OF_KIND
from firsthand.model.findings import VALUE_OF_KIND

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
# Records, links, outcomes and times are words in full; of findings and events, those that stand for a kind. The rest
# (a Tag, a Box) are parts of these, explained where they are declared.
WHOLE = (records, sightings, links, moments, outcomes, time)
PARTS = {"CopyFound", "OffsetFound"}


def words_of_the_model() -> set[str]:
    own = {
        name
        for module in WHOLE
        for name, value in vars(module).items()
        if is_dataclass(value) and _is_of(module, value)
    }
    kinds = {value.__name__ for value in (*EVENT_OF_KIND.values(), *VALUE_OF_KIND.values())}
    return (own | kinds) - PARTS


def _is_of(module: object, value: object) -> bool:
    return getattr(value, "__module__", "") == getattr(module, "__name__", None)


def bold() -> set[str]:
    return set(re.findall(r"\*\*(\w+)\*\*", GLOSSARY))


def test_every_word_of_the_model_stands_in_the_glossary() -> None:
    assert words_of_the_model() - bold() == set()


def test_every_type_that_the_glossary_names_is_in_the_model() -> None:
    assert bold() - words_of_the_model() == set()


def test_no_word_is_explained_twice() -> None:
    headwords = re.findall(r"^- (?:\*\*|\*)(.+?)\*", GLOSSARY, flags=re.MULTILINE)
    assert len(headwords) == len(set(headwords))


def test_every_id_names_a_word() -> None:
    named = {name.removesuffix("Id") for name in vars(ids) if name.endswith("Id")}
    assert {word for word in named if f"**{word}**" not in GLOSSARY} == {"Person"}  # the record of a person is an Actor


def test_parts_are_parts_of_something() -> None:
    assert all(any(hasattr(module, part) for module in (links, moments, findings)) for part in PARTS)
