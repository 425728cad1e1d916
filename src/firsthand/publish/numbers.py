"""The case in numbers, and how many independent recordings it may hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from firsthand.model.findings import ContainerFacts, FingerprintFacts, PicturesFacts, SoundprintFacts
from firsthand.model.ids import ItemId
from firsthand.model.links import Take
from firsthand.model.outcomes import Failed
from firsthand.publish.content import Content, ItemShown, TakeShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Counts over one case. files_s: all files played one after the other; takes_s: each recording once.

    independent_least, independent_most: see `independent`. suggested: takes whose links no person has confirmed.
    """

    files: int
    bytes: int
    takes: int
    takes_copied: int
    suggested: int
    files_s: float
    takes_s: float
    independent_least: int
    independent_most: int
    failed_items: int
    refused: int


def numbers_of(content: Content) -> Numbers:
    """The counts of this report."""
    least, most = independent(content)
    return Numbers(
        files=len(content.items),
        bytes=sum(one.item.bytes for one in content.items.values()),
        takes=len(content.takes),
        takes_copied=sum(len(shown.items()) > 1 for shown in content.takes),
        suggested=sum(shown.take.state == "suggested" for shown in content.takes),
        files_s=sum(one.length_s for one in content.items.values()),
        takes_s=sum(take_length_s(shown.take) for shown in content.takes),
        independent_least=least,
        independent_most=most,
        failed_items=sum(has_failed(one) for one in content.items.values()),
        refused=len(content.refusals),
    )


def independent(content: Content) -> tuple[int, int]:
    """Between how many and how many independent recordings the case holds.

    At least: takes, where every pair left undecided is taken for one recording, and neither remainders of
    compilations nor files that could not be compared count. At most: every link that no person confirmed is taken
    for wrong, and each remainder of a compilation for as many recordings as its cuts allow. A file cut together from
    recordings that match nothing else counts as one: the machine cannot tell.
    """
    if not content.takes:
        return 0, 0
    return max(1, _least(content)), _most(content)


def take_extent_s(take: Take) -> tuple[float, float]:
    """The take's earliest and latest known second, on its own line."""
    edges = [0.0, 0.0] if not take.spans else []
    for part in take.spans:  # backwards, a span's end lies before its start
        edges += [part.take_start_s, part.take_start_s + (part.span.end_s - part.span.start_s) * part.speed]
    return min(edges), max(edges)


def take_length_s(take: Take) -> float:
    """From the take's earliest known second to its latest."""
    start_s, end_s = take_extent_s(take)
    return end_s - start_s


def has_failed(item: ItemShown) -> bool:
    """Whether a current finding of it failed."""
    return any(one.current and isinstance(one.finding.outcome, Failed) for one in item.findings)


def is_damaged(item: ItemShown) -> bool:
    """Whether decoding it ended early, or the decoder found or hid damaged pictures, or a finding failed."""
    pictures, container = item.found(PicturesFacts), item.found(ContainerFacts)
    broken = isinstance(container, ContainerFacts) and any(
        note.startswith(("pictures: ", "sound: ", "decoding stopped: ")) for note in container.notes
    )
    return broken or has_failed(item) or (isinstance(pictures, PicturesFacts) and pictures.damaged_frames > 0)


def _least(content: Content) -> int:
    groups = _Groups(number for number, _ in enumerate(content.takes))
    of_item: dict[ItemId, list[int]] = {}
    for number, shown in enumerate(content.takes):
        for item in shown.items():
            of_item.setdefault(item, []).append(number)
    for copy in content.copies:
        if copy.state != "rejected" and copy.found.verdict == "undecidable":
            for a in of_item.get(copy.found.a.item, ()):
                for b in of_item.get(copy.found.b.item, ()):
                    groups.join(a, b)
    counted = {
        groups.root(number)
        for number, shown in enumerate(content.takes)
        if not shown.take.edited and any(_was_compared(content.items[item]) for item in shown.items())
    }
    return len(counted)


def _most(content: Content) -> int:
    """Within each take, items that only a machine joined stand apart; edited remainders count with their cuts."""
    confirmed = [copy for copy in content.copies if copy.state == "confirmed" and copy.found.verdict == "copy"]
    count = 0
    for shown in content.takes:
        if shown.take.edited:
            count += 1 + _cuts_within(content, shown)
            continue
        members = shown.items()
        groups = _Groups(members)
        for copy in confirmed:
            if copy.found.a.item in members and copy.found.b.item in members:
                groups.join(copy.found.a.item, copy.found.b.item)
        count += len({groups.root(item) for item in members})
    return count


def _cuts_within(content: Content, shown: TakeShown) -> int:
    cuts = 0
    for part in shown.take.spans:
        pictures = content.items[part.span.item].found(PicturesFacts)
        if isinstance(pictures, PicturesFacts):
            cuts += sum(part.span.start_s < at < part.span.end_s for at in pictures.scene_changes_s)
    return cuts


def _was_compared(item: ItemShown) -> bool:
    return item.found(FingerprintFacts) is not None or item.found(SoundprintFacts) is not None


class _Groups:
    """Things joined two by two, told by one of each group."""

    def __init__(self, members: Iterable[object]) -> None:
        self._above = {member: member for member in members}

    def root(self, member: object) -> object:
        while self._above[member] != member:
            self._above[member] = self._above[self._above[member]]
            member = self._above[member]
        return member

    def join(self, a: object, b: object) -> None:
        self._above[self.root(a)] = self.root(b)
