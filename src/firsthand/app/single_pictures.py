"""Single pictures of sealed items, decoded behind the walls for people to look at."""

from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from firsthand.app.desk import Desk
from firsthand.app.examination import FramesAnswer, FramesRequest
from firsthand.model.codec import decode, encode
from firsthand.model.errors import MalformedRecord, UnreadableMedia
from firsthand.model.ids import ItemId
from firsthand.runtime.child import Child, ChildFailed

FRAMES_CHILD = "firsthand.app.frames_child"
WALL_S = 900.0

Shown = tuple[float, NDArray[np.uint8]]


class SinglePictures:
    """Decodes pictures of items, one after the other, in one child. A context manager: the child ends with it."""

    def __init__(self, desk: Desk, *, long_side_px: int) -> None:
        self._desk, self._long_side_px = desk, long_side_px
        self._child = Child(FRAMES_CHILD)

    def __enter__(self) -> "SinglePictures":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close()

    def of(self, item: ItemId, wanted_s: tuple[float, ...]) -> list[Shown]:
        """What the item shows at these seconds, in the order asked: when each picture was presented, and its RGB
        [height, width, 3]. Decodes from the start, so the time grows with the latest second.

        Raises UnreadableMedia where the item does not decode.
        """
        request = FramesRequest(wanted_s=wanted_s, long_side_px=self._long_side_px, wall_s=WALL_S, cpu_s=WALL_S)
        next_step = f"firsthand show {item}"
        try:
            with self._desk.sealed.open(item) as file:
                asked = self._child.ask(encode(request), file.fileno(), wall_s=WALL_S + 60)
            answer = decode(asked, FramesAnswer)
        except (ChildFailed, MalformedRecord) as error:
            raise UnreadableMedia(item, why=error.why, next_step=next_step) from error
        if not len(answer.pictures) == len(answer.at_s) == len(wanted_s) or any(
            one.dtype != "u1" or len(one.shape) != 3 or one.shape[2] != 3 or 0 in one.shape for one in answer.pictures
        ):
            raise UnreadableMedia(item, why=answer.why or "it gave no picture", next_step=next_step)
        ascending = [
            (at_s, np.frombuffer(one.data, np.uint8).reshape(one.shape))
            for at_s, one in zip(answer.at_s, answer.pictures, strict=True)
        ]
        place = sorted(range(len(wanted_s)), key=lambda number: wanted_s[number])
        return [ascending[place.index(number)] for number in range(len(wanted_s))]
