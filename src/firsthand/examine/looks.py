"""What was found in the pictures that were looked at closely; of long items, fewer of them and further apart."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firsthand.examine.bulk import as_array
from firsthand.examine.features import Features, feature_arrays
from firsthand.examine.pdq import pdq
from firsthand.model.arrays import Array


class Looks:
    """Looks of one item, in order: features, a small picture and a hash each; of some, features of a larger picture."""

    def __init__(self) -> None:
        self.at_s = array("d")
        self._features: list[Features] = []
        self._small: list[NDArray[np.uint8]] = []
        self._pdq: list[NDArray[np.uint8]] = []
        self._pdq_quality = array("B")
        self._fine_frame = array("L")
        self._fine: list[Features] = []

    def __len__(self) -> int:
        return len(self.at_s)

    @property
    def features(self) -> int:
        """How many features all looks have together, those of larger pictures left out."""
        return sum(len(one.size) for one in self._features)

    def add(
        self,
        at_s: float,
        grey: NDArray[np.uint8],
        small: NDArray[np.uint8],
        features: Features,
        fine: Features | None,
    ) -> None:
        """grey: the picture the features are of; small: the same drawn square; fine: the features of the same picture
        twice as large, where it was looked at."""
        if fine is not None:
            self._fine_frame.append(len(self.at_s))
            self._fine.append(fine)
        self.at_s.append(at_s)
        self._features.append(features)
        self._small.append(small)
        bits, quality = pdq(grey)
        self._pdq.append(bits)
        self._pdq_quality.append(quality)

    def halve(self) -> None:
        """Drops every second look, with all that was found in it; and about half of the larger pictures' features."""
        self.at_s, self._pdq_quality = self.at_s[::2], self._pdq_quality[::2]
        self._features, self._small, self._pdq = self._features[::2], self._small[::2], self._pdq[::2]
        stay = [number for number, frame in enumerate(self._fine_frame) if frame % 2 == 0]
        if len(stay) > (len(self._fine) + 1) // 2:  # all of them lie in looks that stay
            stay = stay[::2]
        self._fine_frame = array("L", (self._fine_frame[number] // 2 for number in stay))
        self._fine = [self._fine[number] for number in stay]

    def arrays(self) -> tuple[tuple[str, Array], ...]:
        """All of it as a finding keeps it. At least one look was taken."""
        frame_s, fine_frame, quality = (np.array(one) for one in (self.at_s, self._fine_frame, self._pdq_quality))
        return (
            ("frame_s", as_array(frame_s, "f8")),
            ("frame_first", as_array(_firsts(self._features), "u4")),
            *feature_arrays("", self._features),
            ("fine_frame", as_array(fine_frame, "u4")),
            ("fine_first", as_array(_firsts(self._fine), "u4")),
            *feature_arrays("fine_", self._fine),
            ("grey", as_array(np.stack(self._small), "u1")),
            ("pdq", as_array(np.stack(self._pdq), "u1")),
            ("pdq_quality", as_array(quality, "u1")),
        )


def _firsts(features: Sequence[Features]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(one.size) for one in features)])
