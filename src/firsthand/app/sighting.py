"""Where items were seen online: from what a downloader wrote beside them, and which was seen first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firsthand.app.desk import Desk
from firsthand.intake.sidecars import MOST_BYTES, SIDECAR_ENDING, NotASidecar, read_sidecar, sidecar_of
from firsthand.model.errors import StillChanging, UnreadableFile
from firsthand.model.events import Sighted
from firsthand.model.ids import ItemId, SightingId, random_id
from firsthand.model.offered import Offered
from firsthand.model.records import Case
from firsthand.model.sightings import Sighting
from firsthand.ports import Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecars:
    """The sidecars among what was offered, each by the path of its clip. paths: theirs, which are no clips."""

    of: dict[str, Offered]
    paths: frozenset[str]


def sidecars_among(offered: Sequence[Offered]) -> Sidecars:
    """A sidecar is NAME.info.json beside NAME.mp4, both offered; without its clip it says nothing here."""
    by_path = {one.path: one for one in offered if one.kind == "file" and one.name.endswith(SIDECAR_ENDING)}
    of = {}
    for one in offered:
        folder = one.path[: len(one.path) - len(one.name)]
        beside = by_path.get(folder + sidecar_of(one.name))
        if beside is not None and beside is not one:
            of[one.path] = beside
    return Sidecars(of=of, paths=frozenset(one.path for one in of.values()))


def sight(desk: Desk, case: Case, item: ItemId, sidecar: Offered) -> str:
    """Records what the sidecar says of the item, once. Gives why it was not taken; empty: it was, or was before."""
    try:
        post, record = read_sidecar(_read(desk.received, sidecar))
    except (NotASidecar, StillChanging, UnreadableFile) as error:
        return error.why if isinstance(error, StillChanging | UnreadableFile) else str(error)
    # The same record read again says the same; one that tells another reach is another look at the post.
    known = ((one.case, one.read_from, one.post) for one in desk.records.sightings(item))
    if (case.id, sidecar.path, post) not in known:
        sighting = SightingId(random_id("sighting"))
        desk.write(
            Sighted(sighting=sighting, item=item, case=case.id, post=post, read_from=sidecar.path, record=record)
        )
    return ""


def seen_first(sightings: Iterable[Sighting]) -> Sighting | None:
    """The sighting whose post came before those of all other items. None: no post with a time is known, or the
    times that are known leave open which came first."""
    posts = [one for one in sightings if one.post.posted_basis == "post" and one.post.posted_from]
    if not posts:
        return None
    first = min(posts, key=lambda one: (one.post.posted_until, one.post.posted_from, one.item))
    others = (one for one in posts if one.item != first.item)
    return None if any(one.post.posted_from <= first.post.posted_until for one in others) else first


def _read(received: Received, sidecar: Offered) -> bytes:
    with received.open(sidecar) as source:
        data = source.read(MOST_BYTES + 1)
        if len(data) <= MOST_BYTES:
            source.read(1)  # at its end the file must still be what it was when it was met
        return data
