"""The figures of bench/copies are what they say: known answers get the known marks."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from bench.copies.corpus import Examined, Query
from bench.copies.footage import Clip, Shown
from bench.copies.making import CHAINS, SINGLE, make
from bench.copies.peers import PeerPrint
from bench.copies.score import Answer, false_pairs, is_hit, peers_recall, segment_ap

from firsthand.model.ids import item_id
from firsthand.model.links import CopyFound, Span, Verdict

SOURCE = item_id(sha256(b"source").hexdigest())
NOTHING = PeerPrint(pdq=np.zeros((0, 8, 32), np.uint8), quality=np.zeros(0, np.uint8), phash=np.zeros((0, 8), np.uint8))


def answer(found: tuple[CopyFound, ...], shown: Shown, *, families: frozenset[str] = frozenset({"source"})) -> Answer:
    examined = Examined(name="query", family="source", outcomes={}, peer=NOTHING, seconds=10.0)
    query = Query(
        examined=examined, families=families, source="source", recipe="any", called=frozenset(), shown=(shown,)
    )
    return Answer(query=query, found=found, peers={}, took_s=0.0)


def link(a: tuple[float, float], b: tuple[float, float], *, speed: float, verdict: Verdict = "copy") -> CopyFound:
    query = item_id(sha256(b"query").hexdigest())
    return CopyFound(
        a=Span(item=query, start_s=a[0], end_s=a[1]), b=Span(item=SOURCE, start_s=b[0], end_s=b[1]), verdict=verdict,
        score=0.9, matched_by=("picture",), edited=None, edits=(), speed=speed, transform=None,
    )  # fmt: skip


PLAIN = Shown(start_s=2.0, end_s=8.0, source_s=30.0, rate=1.0)
BACKWARDS = Shown(start_s=0.0, end_s=6.0, source_s=36.0, rate=-1.0)


@pytest.mark.parametrize(
    ("shown", "found"),
    [(PLAIN, link((2, 8), (30, 36), speed=1.0)), (BACKWARDS, link((0, 6), (30, 36), speed=-1.0))],
    ids=["forwards", "backwards"],
)
def test_the_truth_itself_is_a_hit_and_scores_one(shown: Shown, found: CopyFound) -> None:
    told = answer((found,), shown)
    assert is_hit(told, SOURCE)
    assert segment_ap([told], {"source": SOURCE}) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "found",
    [
        link((2, 8), (31.5, 37.5), speed=1.0),
        link((2, 4.5), (30, 32.5), speed=1.0),
        link((2, 8), (30, 36), speed=1.0, verdict="undecidable"),
        link((2, 8), (30, 42), speed=0.5),
    ],
    ids=["a second and a half off", "less than half of it", "not called a copy", "at half the speed"],
)
def test_what_is_not_right_is_no_hit(found: CopyFound) -> None:
    assert not is_hit(answer((found,), PLAIN), SOURCE)


def test_one_of_two_queries_found_scores_half() -> None:
    found = answer((link((2, 8), (30, 36), speed=1.0),), PLAIN)
    assert segment_ap([found, answer((), PLAIN)], {"source": SOURCE}) == pytest.approx(0.5)


def test_every_recipe_keeps_the_truth_of_where_its_pictures_come_from() -> None:
    """Each picture carries its own second as brightness, so that the time map can be read off the edited clip."""
    fps, count = 10.0, 70
    numbered = [np.full((90, 160, 3), 40 + 2 * number, np.uint8) for number in range(count)]
    whole = Shown(start_s=0.0, end_s=count / fps, source_s=0.0, rate=1.0)
    clip = Clip(pictures=numbered, fps=fps, shown=(whole,))
    host = Clip(pictures=[np.zeros((90, 160, 3), np.uint8)] * 80, fps=fps, shown=())
    timed = [one for one in SINGLE if one.name.split()[0] in ("speed", "excerpt", "compilation", "reversed", "cut")]
    assert len(timed) >= 8
    assert len(SINGLE) >= 36
    assert len(CHAINS) >= 12
    for recipe in timed:
        made = make(recipe, clip, host, np.random.default_rng(3)).clip
        for shown in made.shown:
            at_s = (shown.start_s + shown.end_s) / 2
            picture = made.pictures[int(at_s * made.fps)]
            assert (picture.mean() - 40) / 2 / fps == pytest.approx(shown.source_at(at_s), abs=0.21), recipe.name


@pytest.mark.parametrize(
    ("of_query", "of_item", "false"),
    [({"one"}, {"one"}, 0), ({"one", "host"}, {"host"}, 0), ({"one"}, {"two", "one"}, 0), ({"one"}, {"two"}, 1)],
    ids=["the same", "the query lies in it", "it lies in other footage", "nothing in common"],
)
def test_false_is_what_shares_no_footage_the_host_of_an_inset_too(
    of_query: set[str], of_item: set[str], false: int
) -> None:
    asked = answer((link((2, 8), (30, 36), speed=1.0),), PLAIN, families=frozenset(of_query))
    assert len(false_pairs(asked, {SOURCE: frozenset(of_item)}, {SOURCE: "item"})) == false


def test_a_peer_is_held_to_hard_negatives_as_firsthand_is() -> None:
    other, trap = (item_id(sha256(name).hexdigest()) for name in (b"other", b"trap"))
    families = {SOURCE: frozenset({"source"}), other: frozenset({"other"}), trap: frozenset({"drawn"})}

    def asked(*alike: float, of: str) -> Answer:
        one = answer((), PLAIN, families=frozenset({of}))
        peers = {item: {"peer": score} for item, score in zip(families, alike, strict=True)}
        return replace(one, peers=peers)

    trapped = asked(0.1, 0.2, 1.0, of="drawn")
    drawn = replace(trapped, query=replace(trapped.query, examined=replace(trapped.query.examined, name="trap")))
    answers = [asked(0.9, 0.4, 0.8, of="source"), asked(0.6, 0.5, 0.3, of="source"), asked(0.45, 0.1, 0.1, of="source")]
    told = peers_recall(answers, [drawn], families, {"source": SOURCE})
    assert told == {"peer, no false pair of clips": 0.6667, "peer, no false pair of all": 0.3333}
