"""The case told in a few sentences, for the head of the front page."""

from collections.abc import Iterator
from datetime import datetime

from firsthand.publish.claims import best_time, interval_of
from firsthand.publish.content import Content
from firsthand.publish.language import Language
from firsthand.publish.numbers import Numbers

_OF_A_DEVICE = ("satellite", "device_with_zone", "device_utc")  # what names an instant; copies keep it or lose it


def story_of(content: Content, numbers: Numbers, language: Language) -> tuple[str, ...]:
    """Sentences in plain words, the firmest first: what came in, what it shows, when it says it was made, what rests on
    machines alone, what is missing."""
    if not content.items:
        return (language.say("story.empty"),)
    return tuple(_sentences(content, numbers, language))


def _sentences(content: Content, numbers: Numbers, language: Language) -> Iterator[str]:
    say = language.say
    arrived = sorted(one.received_at for item in content.items.values() for one in item.arrivals)
    came = say("story.files", n=numbers.files)
    yield _ended(f"{came} {_days(arrived[0], arrived[-1], language)}" if arrived else came)
    takes = say("story.takes", n=numbers.takes)
    yield f"{takes}, {say('story.copied', n=numbers.takes_copied)}." if numbers.takes_copied else f"{takes}."
    moments = [one for one in content.moments if not one.one_recording]
    if moments:
        most = max(moments, key=lambda one: (len(one.moment.items), one.shared_s))
        length = language.length(most.shared_s)
        yield say("story.moment", n=len(most.moment.items), length=length)
    claims = [claim for item in content.items.values() if (claim := best_time(item)) and claim.trust in _OF_A_DEVICE]
    instants = sorted(interval.earliest for claim in claims if (interval := interval_of(claim)) is not None)
    if instants:
        days = _days(instants[0].isoformat(), instants[-1].isoformat(), language)
        yield _ended(say("story.claims", n=len(instants), days=days))
    if numbers.suggested:
        yield say("front.suggested", n=numbers.suggested)
    if numbers.failed_items:
        yield say("gaps.failed", n=numbers.failed_items)


def _ended(sentence: str) -> str:
    """With one full stop: a Ukrainian date brings its own."""
    return sentence if sentence.endswith(".") else sentence + "."


def _days(first: str, last: str, language: Language) -> str:
    """`on 26 Feb 2022`, or from when to when."""
    try:
        a, b = (language.day(datetime.fromisoformat(one)) for one in (first, last))
    except ValueError:
        return ""
    return language.say("story.day", day=a) if a == b else language.say("story.days", first=a, last=b)
