"""From NumPy to the model's arrays, and from settings to their digest: what every examiner ends with."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.model.arrays import Array


def as_array(numbers: NDArray[Any], dtype: str) -> Array:
    """The numbers as a C-ordered, little-endian block. dtype: as model.arrays.Array names it ("u1", "f4" …)."""
    block = np.ascontiguousarray(numbers, dtype="<" + dtype)
    return Array(dtype=dtype, shape=block.shape, data=block.tobytes())


def settings_digest(settings: Any) -> str:
    """SHA-256 in hex over the names and values of a settings dataclass: other values, another engine."""
    plain = json.dumps(asdict(settings), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(plain.encode()).hexdigest()
