"""What every examiner is: it sees the pictures and hears the sound of one item once, then answers."""

from typing import Protocol

from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.outcomes import EngineId, Outcome


class Examiner(Protocol):
    """Made fresh for each item. Nothing is kept from one item to the next, and nothing is read from outside."""

    engine: EngineId

    def see(self, picture: Picture) -> None:
        """Called with every presented picture, in order. Must be cheap for pictures it does not want."""
        ...

    def hear(self, block: SoundBlock) -> None:
        """Called with every block of sound, in order."""
        ...

    def finish(self, decoded: Decoded) -> Outcome:
        """The answer, after the last picture and block; called exactly once, also where there were none."""
        ...
