"""Numbers in bulk, without NumPy: the model stays standard library only, stages make arrays of these."""

from dataclasses import dataclass

ITEM_BYTES = {"u1": 1, "i1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "u8": 8, "i8": 8, "f2": 2, "f4": 4, "f8": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """A C-ordered, little-endian block of numbers.

    dtype: one of `u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8`; shape: at least one length, zeros allowed;
    data: exactly as many bytes as they say.
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    def __post_init__(self) -> None:
        if not self.shape:  # the codec marks an array that was not loaded by a first length of 0
            raise ValueError("an array has at least one dimension")
        count = 1
        for length in self.shape:
            if length < 0:
                raise ValueError(f"a length below zero in shape {self.shape}")
            count *= length
        if self.dtype not in ITEM_BYTES or count * ITEM_BYTES[self.dtype] != len(self.data):
            raise ValueError(f"{len(self.data)} bytes do not hold {self.shape} of {self.dtype!r}")
