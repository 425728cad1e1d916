"""Where an item was seen online, as its page says it: when and on which site; who and what only with people."""

from dataclasses import dataclass

from firsthand.model.sightings import Sighting
from firsthand.publish.cards import tidy
from firsthand.publish.content import Content, ItemShown, TakeShown
from firsthand.publish.language import Language

MOST_SIGHTINGS = 20
_MOST_CAPTION = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingView:
    """when: the sentence of when it was posted. who, caption, link: shown only with people."""

    when: str
    who: str
    caption: str
    link: str
    reach: str


def sightings_of(item: ItemShown, language: Language) -> tuple[SightingView, ...]:
    """Its sightings in this case, in the order they became known, at most MOST_SIGHTINGS."""
    return tuple(
        SightingView(
            when=when_posted(one, language),
            who=tidy(" ".join(word for word in (one.post.account_name, one.post.account) if word), 200),
            caption=tidy(one.post.caption, _MOST_CAPTION),
            link=tidy(one.post.link, 1000),
            reach=_reach(one, language),
        )
        for one in item.sightings[:MOST_SIGHTINGS]
    )


def when_posted(one: Sighting, language: Language) -> str:
    """When and where it was posted, as far as its record tells."""
    site = tidy(one.post.platform, 80) or language.say("sighting.no_site")
    if not one.post.posted_from:
        return language.say("sighting.no_time", site=site)
    if one.post.posted_basis != "post":
        return language.say("sighting.file_time", site=site, at=language.instant(one.post.posted_from))
    if one.post.posted_from == one.post.posted_until:
        return language.say("sighting.posted", site=site, at=language.instant(one.post.posted_from))
    return language.say("sighting.posted_on", site=site, day=one.post.posted_from[:10])


def first_seen(content: Content, take: TakeShown, language: Language) -> str:
    """Which of a take's files was seen online first, or that it is not known."""
    if take.first is None:
        return language.say("take.first.none")
    name = tidy(content.items[take.first.item].name, 120)
    return language.say("take.first", name=name, when=when_posted(take.first, language))


def _reach(one: Sighting, language: Language) -> str:
    counts = (("views", one.post.reach.views), ("likes", one.post.reach.likes), ("reposts", one.post.reach.reposts))
    return " · ".join(language.say(f"sighting.{key}", n=number) for key, number in counts if number is not None)
