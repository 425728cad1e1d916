"""Items with fingerprints of drawn pictures, written straight into the records: nothing is encoded or decoded."""

from collections.abc import Iterable

from bench.copies.edits import Frames

from firsthand.app.desk import Desk
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.model.events import FindingMade
from firsthand.model.ids import FindingId, ItemId, random_id
from firsthand.model.outcomes import EngineId, Outcome
from tests.examine.made import show
from tests.support.custody import receive


def fingerprinted(here: Desk, name: str, frames: Frames) -> ItemId:
    """An item that shows these pictures, ten a second."""
    item = receive(here, f"bytes of {name}".encode(), name=f"{name}.mp4")
    find_fingerprint(here, item, frames)
    return item


def find_fingerprint(here: Desk, item: ItemId, frames: Frames, *, engine: EngineId | None = None) -> None:
    """Records a fingerprint of these pictures, as `engine` (None: today's) made it."""
    outcome = fingerprint_of(picture for _, picture in frames)
    here.write(
        FindingMade(
            finding=FindingId(random_id("finding")),
            item=item,
            made_by=engine or FingerprintExaminer.engine,
            outcome=outcome,
            environment="test",
        )
    )


def fingerprint_of(pictures: Iterable[object]) -> Outcome:
    """What the examiner finds in these pictures."""
    return show(FingerprintExaminer(), pictures)  # type: ignore[arg-type]
