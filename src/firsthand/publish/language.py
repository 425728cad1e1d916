"""How a language writes numbers, lengths and times, and picks its plural. The words are in words_en and words_uk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Texts = Mapping[str, "str | tuple[str, ...]"]
"""Key → text with {named} places; a tuple holds plural forms, picked by `n`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the report."""

    code: str
    name: str
    texts: Texts
    plural: Callable[[int], int]  # which of the forms a whole number takes
    decimal: str
    thousands: str
    months: tuple[str, ...]  # as they stand in a date
    axis_months: tuple[str, ...]  # short, on an axis
    date: str  # {day} {month} {year}
    reasons: Callable[[str], str | None]  # an engine's English words in this language; None: not known

    def say(self, key: str, **values: object) -> str:
        """The text of this key. `n` picks the plural form and appears written as this language writes numbers.

        Raises KeyError for a key or a place that the catalogue does not have.
        """
        text = self.texts[key]
        if not values and isinstance(text, str) and "{" not in text:
            return text
        if not isinstance(text, str):
            n = values["n"]
            if not isinstance(n, int):
                raise TypeError(f"{key}: a plural needs a whole number")
            text = text[self.plural(n)]
        shown = {name: self.count(value) if isinstance(value, int) else value for name, value in values.items()}
        return text.format_map(shown)

    def count(self, number: int) -> str:
        """`12 345` or `12,345`; four digits stay together."""
        text = f"{number:,}" if abs(number) >= 10_000 else str(number)
        return text.replace(",", self.thousands)

    def number(self, value: float, digits: int = 1) -> str:
        """A number with so many digits behind the decimal mark."""
        whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
        text = self.count(int(whole)) + (f"{self.decimal}{rest}" if rest else "")
        return f"\u2212{text}" if value < 0 and text.strip("0.,") else text

    def compact(self, value: float) -> str:
        """At most three digits that count: `29.97`, `30`, `0.5`."""
        return f"{value:.4g}".replace(".", self.decimal)

    def length(self, seconds: float) -> str:
        """`7.4 s`, `3:05`, `1:02:03`."""
        if seconds < 59.95:
            return f"{self.number(seconds)}\u00a0{self.say('unit.s')}"
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    def at(self, seconds: float) -> str:
        """A place in a clip: `0:07.4`, `1:02:03.5`."""
        minutes, tenths = divmod(round(seconds * 10), 600)
        hours, minutes = divmod(minutes, 60)
        rest = f"{tenths // 10:02}{self.decimal}{tenths % 10}"
        return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"

    def span(self, start_s: float, end_s: float) -> str:
        """`0:03.2–0:15.7`; a still is called one."""
        return self.say("still") if start_s == end_s == 0 else f"{self.at(start_s)}–{self.at(end_s)}"

    def hours(self, seconds: float) -> str:
        """`2 h 05 min`, `12 min`, `40 s`: for sums."""
        if seconds < 60:
            return f"{seconds:.0f}\u00a0{self.say('unit.s')}"
        minutes = round(seconds / 60)
        if minutes < 60:
            return f"{minutes}\u00a0{self.say('unit.min')}"
        hours, minutes = divmod(minutes, 60)
        return f"{self.count(hours)}\u00a0{self.say('unit.h')} {minutes:02}\u00a0{self.say('unit.min')}"

    def size(self, count: float) -> str:
        """`812 bytes`, `3.4 MB`."""
        if count < 1000:
            return self.say("size.bytes", n=int(count))
        for unit in ("kb", "mb"):
            count /= 1000
            if count < 1000:
                return f"{self.number(count)}\u00a0{self.say('unit.' + unit)}"
        return f"{self.number(count / 1000)}\u00a0{self.say('unit.gb')}"

    def instant(self, text: str) -> str:
        """An RFC 3339 instant, in UTC: `26 Feb 2022, 12:30:05 UTC`. What is no instant is shown as it stands."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        return text if at.tzinfo is None else f"{self.wall(at.astimezone(UTC).replace(tzinfo=None).isoformat())} UTC"

    def wall(self, text: str) -> str:
        """What a clock of unknown zone showed, without a zone. What is no such time is shown as it stands."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        return f"{self.day(at)}, {at:%H:%M:%S}"

    def day(self, at: datetime) -> str:
        """`26 Feb 2022`, never broken between two lines."""
        return self.date.replace(" ", "\u00a0").format(day=at.day, month=self.months[at.month - 1], year=at.year)

    def tick(self, at: datetime, step: timedelta) -> str:
        """A place on a time axis, as finely as its ticks stand: `14:30`, `26 Feb`, `Feb 2022`."""
        if step < timedelta(days=1):
            return f"{at:%H:%M}"
        month = self.axis_months[at.month - 1]
        return f"{at.day} {month}" if step < timedelta(days=90) else f"{month} {at.year}"
