"""The report as files: each page rendered from its template. Pure: templates come in as text, pages go out as bytes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jinja2

from firsthand.model.findings import ContainerFacts
from firsthand.model.text import shown
from firsthand.publish.cards import (
    BADGES,
    Card,
    card_of,
    claimed_place,
    claimed_time,
    in_order,
    item_page,
    take_page,
    tidy,
)
from firsthand.publish.claims import best_time
from firsthand.publish.content import Choices, Content, ItemShown, MomentShown, Page, TakeShown
from firsthand.publish.drawing import wave_path
from firsthand.publish.front import Linked, axis_of, changes_of
from firsthand.publish.item_view import (
    KINDS,
    MOST_ARRIVALS,
    MOST_TAGS,
    arrivals_of,
    findings_of,
    tags_of,
)
from firsthand.publish.language import Language
from firsthand.publish.moment_times import times_of
from firsthand.publish.moment_view import (
    MOST_OFFSETS,
    MOST_WAITING,
    colours_of,
    drawing_of,
    lead_of,
    moment_page,
    rests_of,
    shots_of,
    summary_of,
    title_of,
)
from firsthand.publish.numbers import Numbers, numbers_of, take_extent_s
from firsthand.publish.sighting_view import MOST_SIGHTINGS, first_seen, sightings_of
from firsthand.publish.story import story_of
from firsthand.publish.take_view import MOST_ROWS, alike_of, pairs_of, rows_of
from firsthand.publish.unread import MOST_REFUSED, groups_of, kinds_without_engine, never_examined, refused_of

TAKES_A_PAGE, MOMENTS_A_PAGE = 40, 20
_MOMENTS_ON_FRONT = 2
_TAKES_AN_INDEX = 1500
_ON_FRONT = 6
_SHORT_PX = 672  # narrower strips are shown at their own size even on a phone


class Report:
    """One report in one language. Pages are made one after the other, so that a large case fits in little memory."""

    def __init__(self, content: Content, *, language: Language, choices: Choices, templates: Mapping[str, str]) -> None:
        self._content = content
        self._language = language
        self._choices = choices
        self._templates = templates
        self._takes = in_order(content)
        self._cards: dict[str, Card] = {}
        self._pages = max(1, -(-len(self._takes) // TAKES_A_PAGE))
        self._of_item = _takes_of_items(content)
        self._moments_of_take: dict[str, list[MomentShown]] = {}
        for moment in content.moments:
            for take in dict.fromkeys(one.take for one in moment.moment.items):
                self._moments_of_take.setdefault(take, []).append(moment)
        self._moment_pages = max(1, -(-len(content.moments) // MOMENTS_A_PAGE))
        self._environment = jinja2.Environment(
            loader=jinja2.DictLoader(dict(templates)),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            t=language.say,
            l=language,
            tidy=tidy,
            choices=choices,
            case_name=tidy(content.case.name, 200),
            made_at=content.made_at,
            made_with=content.made_with,
            in_language=self._in_language,
            known_kind=KINDS.__contains__,
            between=self._between,
            short_px=_SHORT_PX,
        )

    def pages(self) -> Iterator[Page]:
        """Every file but the pictures and the front page, which is made when the size of the rest is known."""
        for name in ("style.css", "report.js"):
            yield Page(path=f"assets/{name}", content=self._templates[name].encode())
        indexes = list(self._indexes())
        yield from indexes
        for number in range(1, self._pages + 1):
            yield self._wall(number, [one.path for one in indexes])
        for shown_take in self._takes:
            yield self._take(shown_take)
        for item in self._content.items.values():
            yield self._item(item)
        for moment in self._content.moments:
            yield self._moment(moment)
        for number in range(1, self._moment_pages + 1):
            yield self._moments(number)
        yield self._unread()

    def front(self, *, files: int, size: int) -> Page:
        """The front page, to be written last: where it stands, the rest stands too. files, size: of the rest, in
        bytes."""
        axis, notes = axis_of(self._content, self._language)
        numbers = numbers_of(self._content)
        most_copied = sorted(self._takes, key=lambda one: -len(one.items()))[:_ON_FRONT]
        return self._page(
            "index.html",
            "front.html",
            here="nav.front",
            numbers=numbers,
            no_sightings=not any(one.sightings for one in self._content.items.values()),
            files=files + 1,
            size=size,
            story=story_of(self._content, numbers, self._language),
            axis=axis,
            axis_notes=notes,
            cards=[self._card(one) for one in most_copied],
            changes=changes_of(self._content, self._language),
            moments=[self._moment_row(one) for one in self._content.moments[:_MOMENTS_ON_FRONT]],
            lead=lead_of(self._content, self._language),
            moments_total=len(self._content.moments),
            waiting=len(self._content.waiting),
        )

    def _wall(self, number: int, index_files: list[str]) -> Page:
        on_page = self._takes[(number - 1) * TAKES_A_PAGE : number * TAKES_A_PAGE]
        return self._page(
            f"takes-{number}.html",
            "wall.html",
            here="nav.takes",
            total=len(self._takes),
            number=number,
            of=self._pages,
            cards=[self._card(one) for one in on_page],
            index_files=index_files,
            badge_keys=("copies", *(key for key in BADGES if key != "copies")),
        )

    def _take(self, one: TakeShown) -> Page:
        rows = rows_of(self._content, one, self._language)
        pairs, pairs_left_out = pairs_of(self._content, one, self._language)
        alike, alike_left_out = alike_of(self._content, one, self._language)
        start_s, end_s = take_extent_s(one.take)
        return self._page(
            take_page(one.take.id),
            "take.html",
            here="",
            card=self._card(one),
            id=tidy(one.take.id, 80),
            state=one.take.state,
            first=first_seen(self._content, one, self._language),
            edited=one.take.edited,
            rows=rows,
            rows_left_out=max(0, len(one.items()) - MOST_ROWS),
            end=self._language.at(end_s - start_s),
            pairs=pairs,
            pairs_left_out=pairs_left_out,
            alike=alike,
            alike_left_out=alike_left_out,
            moments=[
                {
                    "page": moment_page(m),
                    "title": title_of(self._content, m),
                    "summary": summary_of(m, self._language),
                    "cameras": len(m.moment.items),
                }
                for m in self._moments_of_take.get(one.take.id, ())
            ],
        )

    def _moment_row(self, shown_moment: MomentShown) -> dict[str, Any]:
        """A moment as lists of moments show it."""
        return {
            "page": moment_page(shown_moment),
            "title": title_of(self._content, shown_moment),
            "summary": summary_of(shown_moment, self._language),
            "drawing": drawing_of(self._content, shown_moment, self._language),
        }

    def _moment(self, shown_moment: MomentShown) -> Page:
        content, language = self._content, self._language
        return self._page(
            moment_page(shown_moment),
            "moment.html",
            here="",
            id=tidy(shown_moment.moment.id, 80),
            cameras=len(shown_moment.moment.items),
            **self._moment_row(shown_moment),
            instants=shots_of(content, shown_moment, language),
            times=times_of(content, shown_moment, colours_of(shown_moment), language),
            offsets=rests_of(content, shown_moment.pairs, language, most=MOST_OFFSETS),
            offsets_left_out=max(0, len(shown_moment.pairs) - MOST_OFFSETS),
        )

    def _moments(self, number: int) -> Page:
        content = self._content
        on_page = content.moments[(number - 1) * MOMENTS_A_PAGE : number * MOMENTS_A_PAGE]
        return self._page(
            f"moments-{number}.html",
            "moments.html",
            here="nav.moments",
            total=len(content.moments),
            number=number,
            of=self._moment_pages,
            moments=[self._moment_row(one) for one in on_page],
            waiting=rests_of(content, content.waiting, self._language, most=MOST_WAITING) if number == 1 else (),
            waiting_total=len(content.waiting),
            waiting_left_out=max(0, len(content.waiting) - MOST_WAITING),
        )

    def _item(self, item: ItemShown) -> Page:
        language, people = self._language, self._choices.with_people
        tags = tags_of(item)
        every_tag = _tag_count(item)
        return self._page(
            item_page(item.item.id),
            "item.html",
            here="",
            item=item,
            title=tidy(item.name, 200),
            wave=wave_path(item.sound, item.length_s) if item.sound else "",
            strip_times=", ".join(language.at(at) for at in item.strip.at_s) if item.strip else "",
            time=claimed_time(best_time(item), language),
            place=claimed_place(item, language),
            takes=[
                Linked(
                    page=take_page(one.take.id),
                    title=tidy(self._content.items[one.best].name, 120),
                    why=language.say("n_files", n=len(one.items())),
                )
                for one in self._of_item.get(item.item.id, ())
            ],
            findings=findings_of(item, language),
            arrivals=arrivals_of(item),
            arrivals_left_out=max(0, len(item.arrivals) - MOST_ARRIVALS),
            sightings=sightings_of(item, language),
            sightings_left_out=max(0, len(item.sightings) - MOST_SIGHTINGS),
            tags=tags if people else (),
            tags_left_out=max(0, every_tag - MOST_TAGS),
            tags_hidden=0 if people else every_tag,
            digest=item.item.id,
        )

    def _unread(self) -> Page:
        content, language = self._content, self._language
        lacking = never_examined(content, language)
        return self._page(
            "unread.html",
            "unread.html",
            here="nav.unread",
            failed=groups_of(content, "failed", language),
            refused=refused_of(content.refusals, with_people=self._choices.with_people),
            refused_left_out=max(0, len(content.refusals) - MOST_REFUSED),
            not_looked=([lacking] if lacking else []) + list(groups_of(content, "not_looked", language)),
            nothing=groups_of(content, "nothing_there", language),
            never=kinds_without_engine(content),
            stale=sum(any(one.current and one.stale for one in item.findings) for item in content.items.values()),
        )

    def _indexes(self) -> Iterator[Page]:
        """All takes as a script that the wall sorts and filters; plain ASCII JSON, so no text can end the script."""
        for start in range(0, len(self._takes), _TAKES_AN_INDEX):
            rows = [self._index_row(one) for one in self._takes[start : start + _TAKES_AN_INDEX]]
            line = json.dumps(rows, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
            script = f"(globalThis.firsthandTakes ??= []).push(...{line});\n"
            yield Page(path=f"assets/takes-{start // _TAKES_AN_INDEX + 1}.js", content=script.encode("ascii"))

    def _index_row(self, one: TakeShown) -> dict[str, Any]:
        card, language = self._card(one), self._language
        names = [tidy(self._content.items[item].name, 120) for item in one.items()[:20]]
        row: dict[str, Any] = {
            "page": card.page,
            "title": card.title,
            "measure": card.measure,
            "badges": [[badge.key, badge.text] for badge in card.badges],
            "when": f"{language.say('when')} {card.when.text}" if card.when else language.say("when.none"),
            "where": f"{language.say('where')} {card.where.text}" if card.where else "",
            "time": card.order,
            "copies": len(one.items()),
            "length": round(card.length_s, 2),
            "arrived": min((a.received_at for i in one.items() for a in self._content.items[i].arrivals), default=""),
            "names": " ".join(names),
            "blank": card.no_picture,
            "strip": "",
        }
        if card.strip is not None:
            width = card.strip.width_px * card.strip.columns
            row |= {"strip": card.strip.file, "width": width, "height": card.strip.height_px}
            row["short"] = width < _SHORT_PX
            row["alt"] = language.say("strip.alt", n=card.strip.columns, name=tidy(card.title, 80))
        return row

    def _card(self, one: TakeShown) -> Card:
        card = self._cards.get(one.take.id)
        if card is None:  # the index, the wall and the take's page show the same card
            cameras = max((len(m.moment.items) for m in self._moments_of_take.get(one.take.id, ())), default=0)
            card = self._cards[one.take.id] = card_of(self._content, one, self._language, cameras=cameras)
        return card

    def _page(self, path: str, template: str, **values: object) -> Page:
        root = "../" * path.count("/")
        html = self._environment.get_template(template).render(root=root, **values)
        return Page(path=path, content=html.encode("utf-8", "backslashreplace"))

    def _in_language(self, text: str) -> str | None:
        """An engine's words in the report's language; None where they are shown in their own English."""
        known = self._language.reasons(shown(text))
        return None if known is None else tidy(known, 600)

    def _between(self, numbers: Numbers) -> str:
        count, least, most = self._language.count, numbers.independent_least, numbers.independent_most
        return count(least) if least == most else f"{count(least)}–{count(most)}"


def _takes_of_items(content: Content) -> dict[str, list[TakeShown]]:
    takes: dict[str, list[TakeShown]] = {}
    for one in content.takes:
        for item in one.items():
            takes.setdefault(item, []).append(one)
    return takes


def _tag_count(item: ItemShown) -> int:
    container = item.found(ContainerFacts)
    return len(container.tags) if isinstance(container, ContainerFacts) else 0
