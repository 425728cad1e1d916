"""Which examiners look at an item inside the decoding child."""

from collections.abc import Callable

from firsthand.examine.container import ContainerExaminer
from firsthand.examine.examiner import Examiner
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.examine.sound import SoundExaminer
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.model.outcomes import EngineId

EXAMINERS: dict[str, Callable[[], Examiner]] = {
    "container": ContainerExaminer,
    "pictures": PicturesExaminer,
    "fingerprint": FingerprintExaminer,
    "sound": SoundExaminer,
    "soundprint": SoundprintExaminer,
}


def engines() -> tuple[EngineId, ...]:
    """The engines of all examiners as they are today: what every item should have an answer of."""
    return tuple(make().engine for make in EXAMINERS.values())
