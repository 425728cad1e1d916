"""Which examiners look at an item inside the decoding child."""

from collections.abc import Callable

from firsthand.examine.container import ContainerExaminer
from firsthand.examine.examiner import Examiner
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.examine.sound import SoundExaminer
from firsthand.examine.soundprint import SoundprintExaminer
from firsthand.examine.triage import TriageExaminer
from firsthand.model.outcomes import EngineId

EXAMINERS: dict[str, Callable[[], Examiner]] = {
    "container": ContainerExaminer,
    "pictures": PicturesExaminer,
    "fingerprint": FingerprintExaminer,
    "sound": SoundExaminer,
    "soundprint": SoundprintExaminer,
    "triage": TriageExaminer,
}
KEY_FRAMES_ONLY = frozenset({"triage"})  # what is asked when there is no time; what every item should have goes on


def engines() -> tuple[EngineId, ...]:
    """The engines of all examiners as they are today: what every item should have an answer of."""
    return tuple(make().engine for name, make in EXAMINERS.items() if name not in KEY_FRAMES_ONLY)


def fast_engines() -> tuple[EngineId, ...]:
    """The engines that look at key frames alone."""
    return tuple(EXAMINERS[name]().engine for name in sorted(KEY_FRAMES_ONLY))
