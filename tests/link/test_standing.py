"""A person's word on a copy outlives every later search."""

from hashlib import sha256
from typing import Literal

from firsthand.link.standing import standing
from firsthand.link.triage import careful, triage_engine
from firsthand.model.ids import CopyId, ItemId, item_id
from firsthand.model.links import Copy, CopyFound, LinkState, Span, Verdict
from firsthand.model.outcomes import EngineId

OLD, NEW = EngineId(name="copies", version=1), EngineId(name="copies", version=2)
A, B, C = (item_id(sha256(name).hexdigest()) for name in (b"a", b"b", b"c"))


def copy(
    name: str, engine: EngineId, state: LinkState = "suggested", *, a: ItemId = A, b: ItemId = B, start_s: float = 0.0,
    verdict: Verdict = "copy",
) -> Copy:  # fmt: skip
    found = CopyFound(
        a=Span(item=a, start_s=start_s, end_s=start_s + 5), b=Span(item=b, start_s=start_s, end_s=start_s + 5),
        verdict=verdict, score=0.9, matched_by=("picture",), edited=None, edits=(), speed=1.0, transform=None,
    )  # fmt: skip
    return Copy(id=CopyId(name), found=found, made_by=engine, state=state, version=0 if state == "suggested" else 1)


def names(*copies: Copy, sought: tuple[ItemId, ...] = (A, B)) -> list[str]:
    return [one.id for one in standing(copies, engine=NEW, sought=sought)]


def test_a_new_search_replaces_what_an_older_one_suggested() -> None:
    assert names(copy("old", OLD), copy("new", NEW)) == ["new"]


def test_an_older_suggestion_stands_until_both_items_were_sought_again() -> None:
    assert names(copy("old", OLD), sought=(A,)) == ["old"]


def test_a_rejected_copy_stays_rejected_when_a_later_search_finds_it_again() -> None:
    assert names(copy("told", OLD, "rejected"), copy("new", NEW)) == ["told"]


def test_it_stays_so_when_the_later_search_has_the_items_the_other_way_round() -> None:
    assert names(copy("told", OLD, "confirmed"), copy("new", NEW, a=B, b=A)) == ["told"]


def test_a_word_on_one_stretch_says_nothing_of_another() -> None:
    assert names(copy("told", OLD, "rejected"), copy("new", NEW, start_s=20.0)) == ["told", "new"]


def test_a_word_on_one_pair_says_nothing_of_another() -> None:
    assert names(copy("told", OLD, "rejected"), copy("new", NEW, b=C), sought=(A, B, C)) == ["told", "new"]


def test_confirming_another_take_silences_a_later_copy() -> None:
    told: Literal["confirmed"] = "confirmed"
    assert names(copy("told", OLD, told, verdict="same_scene_other_take"), copy("new", NEW)) == ["told"]


def test_what_was_found_in_haste_gives_way_when_the_other_item_is_sought_in_full() -> None:
    found_first = copy("found while B had only been looked at in haste", NEW, a=A, b=B)
    found_then = copy("found in full", NEW, a=B, b=A)
    standing_now = standing([found_first, found_then], engine=NEW, sought={A, B}, turn={A: 0, B: 1})
    assert [one.id for one in standing_now] == ["found in full"]
    not_yet = standing([found_first], engine=NEW, sought={A}, turn={A: 0})
    assert len(not_yet) == 1


def test_another_take_is_not_said_of_what_was_looked_at_in_haste() -> None:
    other = copy("other", NEW, verdict="same_scene_other_take").found
    assert [one.verdict for one in careful([other], frozenset({B}))] == ["undecidable"]
    assert careful([other], frozenset({C})) == (other,)
    assert triage_engine(NEW) != NEW
