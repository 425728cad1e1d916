"""Model values to bytes and back, checked on the way in: the same door for payloads and for a child's answers.

A document is one line of ASCII JSON (sorted keys, no spaces), a newline, then the bytes of its arrays one after the
other. Lone surrogates (bytes of foreign names that are not UTF-8) survive as JSON escapes.
"""

import json
import math
import sys
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from firsthand.model.arrays import ITEM_BYTES, Array
from firsthand.model.errors import MalformedRecord
from firsthand.model.events import EVENT_OF_KIND, Event
from firsthand.model.findings import VALUE_OF_KIND
from firsthand.model.outcomes import OUTCOME_NAMES

T = TypeVar("T")
_TAG_OF_TYPE: dict[type, str] = {**OUTCOME_NAMES, **{value: kind for kind, value in VALUE_OF_KIND.items()}}
_TYPE_OF_TAG: dict[str, type] = {tag: value for value, tag in _TAG_OF_TYPE.items()}
MAX_DEPTH = 32


def encode(value: Any) -> bytes:
    """The one spelling of a model value in bytes: equal values give equal bytes."""
    blocks: list[bytes] = []
    return b"".join([_spelled(_plain(value, blocks)), b"\n", *blocks])


def encode_without_arrays(value: Any) -> bytes:
    """The first line of `encode`, with its newline: arrays by type and shape only. `decode_without_arrays` reads it."""
    return _spelled(_plain(value, [])) + b"\n"


def decode(document: bytes, expected: type[T]) -> T:
    """The value `encode` wrote, or raises MalformedRecord: wrong shape, wrong type, a missing or unknown field,
    a number that is not finite, bytes too few or too many."""
    value, used = _decoded(document, expected)
    if used != len(document):
        raise _malformed("bytes are left over behind the arrays")
    return value


def decode_without_arrays(document: bytes, expected: type[T]) -> T:
    """As `decode`, from the first line alone: arrays come back empty, of length 0 in their first dimension."""
    line, _, _ = document.partition(b"\n")
    return _Reader(None).read(_loaded(line), expected, 0)  # type: ignore[no-any-return]


def encode_event(event: Event) -> bytes:
    """An event's payload; its kind stands in the log entry."""
    return encode(event)


def decode_event(kind: str, payload: bytes) -> Event:
    """The event of this kind. Raises MalformedRecord for an unknown kind or a payload that is not one."""
    if kind not in EVENT_OF_KIND:
        raise _malformed(f"no event is called {kind!r}; the archive was written by a newer firsthand")
    event: Event = decode(payload, EVENT_OF_KIND[kind])
    return event


def to_json(value: Any) -> Any:
    """The value as JSON shows it to scripts: fields by name, arrays left out."""
    if isinstance(value, Array):
        return {"dtype": value.dtype, "shape": list(value.shape)}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(one) for one in value]
    return value


def _plain(value: Any, blocks: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("only finite numbers can be recorded")
        return value
    if isinstance(value, tuple):
        return [_plain(one, blocks) for one in value]
    if isinstance(value, Array):
        blocks.append(value.data)
        return {"dtype": value.dtype, "shape": list(value.shape)}
    if is_dataclass(value) and not isinstance(value, type):
        document = {field.name: _plain(getattr(value, field.name), blocks) for field in sorted_fields(type(value))}
        tag = _TAG_OF_TYPE.get(type(value))
        return document if tag is None else {"is": tag, **document}
    raise TypeError(f"a {type(value).__name__} cannot be recorded")


@cache
def sorted_fields(of: type) -> tuple[Any, ...]:
    """Fields in name order: arrays are written in this order, so they are read back in it."""
    return tuple(sorted(fields(of), key=lambda field: field.name))


@cache
def _hints(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def _spelled(plain: Any) -> bytes:
    return json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _loaded(line: bytes) -> Any:
    try:
        plain = json.loads(line, parse_constant=_no_constant)
        if _spelled(plain) != line:  # one value has one spelling: `1e0`, a doubled key or a space is no record of ours
            raise _malformed("the first line is spelled in another way")
    except (ValueError, RecursionError) as error:
        raise _malformed("the first line is not JSON") from error
    return plain


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _decoded(document: bytes, expected: type[T]) -> tuple[T, int]:
    line, newline, _ = document.partition(b"\n")
    if not newline:
        raise _malformed("there is no end of line")
    reader = _Reader(document, len(line) + 1)
    return reader.read(_loaded(line), expected, 0), reader.at


def _malformed(why: str) -> MalformedRecord:
    return MalformedRecord("a record", why=why)


class _Reader:
    """Reads plain JSON into types, taking array bytes from `blob` as it meets them (None: arrays left empty)."""

    def __init__(self, blob: bytes | None, at: int = 0) -> None:
        self.blob = blob
        self.at = at

    def read(self, plain: Any, expected: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise _malformed("nested too deeply")
        origin = get_origin(expected)
        if origin in (Union, types.UnionType):
            return self._one_of(plain, get_args(expected), depth)
        if origin is Literal:
            if plain not in get_args(expected) or isinstance(plain, bool | float):
                raise _malformed(f"{plain!r:.60} is not one of {get_args(expected)}")
            return plain
        if origin is tuple:
            return self._tuple(plain, get_args(expected), depth)
        if expected is Any:
            return self._tagged(plain, depth)
        if hasattr(expected, "__supertype__"):  # a NewType over str
            return self.read(plain, expected.__supertype__, depth)
        return self._leaf_or_record(plain, expected, depth)

    def _leaf_or_record(self, plain: Any, expected: Any, depth: int) -> Any:
        if expected in _LEAVES:
            return _LEAVES[expected](plain)
        if expected is Array:
            return self._array(plain)
        if isinstance(expected, type) and is_dataclass(expected):
            return self._record(plain, expected, depth)
        raise TypeError(f"the codec does not know {expected!r}")

    def _one_of(self, plain: Any, choices: tuple[Any, ...], depth: int) -> Any:
        if plain is None and type(None) in choices:
            return None
        rest = [choice for choice in choices if choice is not type(None)]
        if len(rest) == 1:
            return self.read(plain, rest[0], depth)
        if isinstance(plain, dict):
            tag = plain.get("is")
            chosen = _TYPE_OF_TAG.get(tag) if isinstance(tag, str) else None
            if chosen is not None and chosen in rest:
                return self._record(plain, chosen, depth)
        raise _malformed("a value is none of the kinds that may stand there")

    def _tagged(self, plain: Any, depth: int) -> Any:
        tag = plain.get("is") if isinstance(plain, dict) else None
        if not isinstance(tag, str) or tag not in VALUE_OF_KIND:
            raise _malformed("a finding's value is of no known kind")
        return self._record(plain, VALUE_OF_KIND[tag], depth)

    def _tuple(self, plain: Any, inner: tuple[Any, ...], depth: int) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise _malformed("a list was expected")
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(self.read(one, inner[0], depth + 1) for one in plain)
        if len(plain) != len(inner):
            raise _malformed(f"a list of {len(inner)} was expected")
        return tuple(self.read(one, kind, depth + 1) for one, kind in zip(plain, inner, strict=True))

    def _record(self, plain: Any, expected: type, depth: int) -> Any:
        if not isinstance(plain, dict):
            raise _malformed(f"a {expected.__name__} was expected")
        if plain.get("is") != _TAG_OF_TYPE.get(expected):
            raise _malformed(f"a {expected.__name__} was expected, not {plain.get('is')!r:.60}")
        known = sorted_fields(expected)
        if unknown := plain.keys() - {field.name for field in known} - {"is"}:
            raise _malformed(f"{expected.__name__} has no field {sorted(unknown)[0]!r:.60}")
        hints = _hints(expected)
        read = {f.name: self.read(plain[f.name], hints[f.name], depth + 1) for f in known if f.name in plain}
        try:
            return expected(**read)
        except TypeError as error:
            raise _malformed(f"{expected.__name__} lacks a field") from error

    def _array(self, plain: Any) -> Array:
        if not isinstance(plain, dict) or plain.keys() != {"dtype", "shape"}:
            raise _malformed("an array was expected")
        if not isinstance(plain["dtype"], str) or plain["dtype"] not in ITEM_BYTES:
            raise _malformed("an array was expected")
        shape = tuple(_whole(length) for length in plain["shape"]) if isinstance(plain["shape"], list) else None
        if shape is None or not shape or min(shape) < 0:
            raise _malformed("an array's shape is a list of lengths")
        if self.blob is None:
            return Array(dtype=plain["dtype"], shape=(0, *shape[1:]), data=b"")
        size = ITEM_BYTES[plain["dtype"]] * math.prod(shape)
        if self.at + size > len(self.blob):
            raise _malformed("an array's bytes are cut off")
        block = bytes(self.blob[self.at : self.at + size])
        self.at += size
        return Array(dtype=plain["dtype"], shape=shape, data=block)


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise _malformed("a text was expected")
    return plain


def _whole(plain: Any) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 2**63:
        raise _malformed("a whole number of 64 bits was expected")
    return plain


def _number(plain: Any) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise _malformed("a finite number was expected")
    if not abs(plain) <= sys.float_info.max:  # also true of whole numbers that no float can hold, and of NaN
        raise _malformed("a finite number was expected")
    return plain  # a whole number stays one, so that what was read is written again in the same bytes


def _truth(plain: Any) -> bool:
    if not isinstance(plain, bool):
        raise _malformed("true or false was expected")
    return plain


_LEAVES: dict[Any, Callable[[Any], Any]] = {str: _text, int: _whole, float: _number, bool: _truth}
