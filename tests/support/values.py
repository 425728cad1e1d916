"""Random model values of any type, made from its type hints: a new field is tested the day it is added."""

import math
import types
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from firsthand.model.arrays import ITEM_BYTES, Array
from firsthand.model.findings import VALUE_OF_KIND
from firsthand.model.outcomes import Found

# What file names and tags hold: any script, NUL, backslashes, and bytes that are not UTF-8 as surrogate escapes.
_PLAIN = st.characters(exclude_categories=["Cs"])
_ESCAPE = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"])
texts = st.text(_PLAIN | _ESCAPE | st.sampled_from("\\\x00u\n\"'"), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False)
whole_numbers = st.integers(-(2**63) + 1, 2**63 - 1)


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    """Arrays of every type, some empty."""
    dtype = draw(st.sampled_from(sorted(ITEM_BYTES)))
    shape = tuple(draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)))
    size = math.prod(shape) * ITEM_BYTES[dtype]
    return Array(dtype=dtype, shape=shape, data=draw(st.binary(min_size=size, max_size=size)))


def values(of: Any) -> st.SearchStrategy[Any]:
    """Random values of this type."""
    origin, arguments = get_origin(of), get_args(of)
    if origin in (Union, types.UnionType):
        return st.one_of([values(one) for one in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[1:] == (Ellipsis,):
            return st.lists(values(arguments[0]), max_size=2).map(tuple)
        return st.tuples(*(values(one) for one in arguments))
    if hasattr(of, "__supertype__"):
        return values(of.__supertype__)
    if of is Found:
        found = st.one_of([values(one) for one in VALUE_OF_KIND.values()])
        return st.builds(Found, value=found, arrays=st.lists(st.tuples(texts, arrays()), max_size=2).map(tuple))
    if of is Array:
        return arrays()
    leaves: dict[Any, st.SearchStrategy[Any]] = {
        str: texts,
        int: whole_numbers,
        float: numbers,
        bool: st.booleans(),
        type(None): st.none(),
    }
    if of in leaves:
        return leaves[of]
    if is_dataclass(of) and isinstance(of, type):
        hints = get_type_hints(of)
        return st.builds(of, **{field.name: values(hints[field.name]) for field in fields(of)})
    raise TypeError(f"no strategy for {of!r}")
