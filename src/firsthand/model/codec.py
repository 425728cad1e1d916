"""Model values to bytes and back, checked on the way in: the same door for payloads and for a child's answers.

A document is one line of ASCII JSON (sorted keys, no spaces), a newline, then the bytes of its arrays one after the
other. Lone surrogates (bytes of foreign names that are not UTF-8) survive as JSON escapes.
"""

import json
import math
import sys
import types
from collections.abc import Callable, Hashable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from firsthand.model.arrays import ITEM_BYTES, Array
from firsthand.model.errors import MalformedRecord
from firsthand.model.events import EVENT_OF_KIND, Event
from firsthand.model.findings import VALUE_OF_KIND
from firsthand.model.outcomes import OUTCOME_NAMES

T = TypeVar("T")
_TAG_OF_TYPE: dict[type, str] = {**OUTCOME_NAMES, **{value: kind for kind, value in VALUE_OF_KIND.items()}}
_TYPE_OF_TAG: dict[str, type] = {tag: value for value, tag in _TAG_OF_TYPE.items()}
# Keys are sorted where records are taken apart, once a type, so the encoder need not sort them each time.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False, check_circular=False)


def encode(value: Any) -> bytes:
    """The one spelling of a model value in bytes: equal values give equal bytes."""
    blocks: list[bytes] = []
    return b"".join([_spelled(_plain(value, blocks)), b"\n", *blocks])


def encode_without_arrays(value: Any) -> bytes:
    """The first line of `encode`, with its newline: arrays by type and shape only. `decode_without_arrays` reads it."""
    return _spelled(_plain(value, [])) + b"\n"


def decode(document: bytes, expected: type[T]) -> T:
    """The value `encode` wrote, or raises MalformedRecord: wrong shape, wrong type, a missing or unknown field,
    a number that is not finite, bytes too few or too many.

    A field with a default may be missing: what was written before there was such a field is read for good.
    """
    value, used = _decoded(document, expected)
    if used != len(document):
        raise _malformed("bytes are left over behind the arrays")
    return value


def decode_without_arrays(document: bytes, expected: type[T]) -> T:
    """As `decode`, from the first line alone: arrays come back empty, of length 0 in their first dimension."""
    line, _, _ = document.partition(b"\n")
    value: T = _reader(cast(Hashable, expected))(_loaded(line), _Blocks(None, 0))
    return value


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
    if value is None or isinstance(value, str | float | int):
        return value
    if isinstance(value, Array):
        return {"dtype": value.dtype, "shape": list(value.shape)}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _declared(type(value))}
    if isinstance(value, tuple | list):
        return [to_json(one) for one in value]
    return value


@cache
def _declared(of: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(of))


Write = Callable[[Any, "list[bytes]"], Any]
"""A value to plain JSON; bytes of arrays go into the list. Made once a type."""


_WRITERS: dict[type, Write] = {}


def _plain(value: Any, blocks: list[bytes]) -> Any:
    of = type(value)
    return (_WRITERS.get(of) or _writer(of))(value, blocks)


def _writer(of: type) -> Write:
    if issubclass(of, str | int | float) or of is type(None):
        write: Write = _as_it_is
    elif issubclass(of, tuple):
        write = _write_tuple
    elif of is Array:
        write = _write_array
    elif is_dataclass(of):
        write = _writer_of_record(of)
    else:
        raise TypeError(f"a {of.__name__} cannot be recorded")
    return _WRITERS.setdefault(of, write)


def _as_it_is(value: Any, blocks: list[bytes]) -> Any:
    return value


def _write_tuple(value: tuple[Any, ...], blocks: list[bytes]) -> list[Any]:
    known = _WRITERS
    return [(known.get(of := type(one)) or _writer(of))(one, blocks) for one in value]


def _write_array(value: Array, blocks: list[bytes]) -> Any:
    blocks.append(value.data)
    return {"dtype": value.dtype, "shape": list(value.shape)}


def _writer_of_record(of: Any) -> Write:
    hints = get_type_hints(of)
    names = _field_names(of)
    tag = _TAG_OF_TYPE.get(of)
    order = sorted((*names, "is")) if tag else list(names)
    begun = dict.fromkeys(order, tag)  # every key is in its place before its value is known
    plain_ones = [name for name in names if _leaf_type(hints[name]) is not None]
    others = [name for name in names if name not in plain_ones]
    if not tag and not others and len(names) > 1:  # a film has hundreds of tags
        values_of = attrgetter(*names)
        return lambda value, blocks: dict(zip(names, values_of(value), strict=True))

    def write(value: Any, blocks: list[bytes]) -> Any:
        document: dict[str, Any] = begun.copy()
        for name in plain_ones:
            document[name] = getattr(value, name)
        for name in others:
            document[name] = _plain(getattr(value, name), blocks)
        return document

    return write


def _leaf_type(hint: Any) -> type | None:
    """The type of a field that JSON spells as it is, where there is just one; None for all others."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return hint if hint in (str, int, bool) else None


@cache
def _field_names(of: type) -> tuple[str, ...]:
    """In name order: arrays are written in this order, so they are read back in it."""
    return tuple(sorted(field.name for field in fields(of)))


def _spelled(plain: Any) -> bytes:
    try:
        return _ENCODER.encode(plain).encode("ascii")
    except ValueError as error:
        raise ValueError("only finite numbers can be recorded") from error


def _loaded(line: bytes) -> Any:
    try:
        plain, _ = _DECODER.raw_decode(line.decode("ascii"))
        if _spelled(plain) != line:  # one value has one spelling: `1e0`, a doubled key or a space is no record of ours
            raise _malformed("the first line is spelled in another way")
    except (ValueError, RecursionError) as error:
        raise _malformed("the first line is not JSON") from error
    return plain


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _decoded(document: bytes, expected: type[T]) -> tuple[T, int]:
    line, newline, _ = document.partition(b"\n")
    if not newline:
        raise _malformed("there is no end of line")
    blocks = _Blocks(document, len(line) + 1)
    return _reader(cast(Hashable, expected))(_loaded(line), blocks), blocks.at


def _malformed(why: str) -> MalformedRecord:
    return MalformedRecord("a record", why=why)


@dataclass(slots=True)
class _Blocks:
    """The bytes of arrays, taken as their descriptions are met. blob None: arrays are left empty."""

    blob: bytes | None
    at: int

    def take(self, dtype: str, shape: tuple[int, ...]) -> Array:
        if self.blob is None:
            return Array(dtype=dtype, shape=(0, *shape[1:]), data=b"")
        size = ITEM_BYTES[dtype] * math.prod(shape)
        if self.at + size > len(self.blob):
            raise _malformed("an array's bytes are cut off")
        block = bytes(self.blob[self.at : self.at + size])
        self.at += size
        return Array(dtype=dtype, shape=shape, data=block)


Read = Callable[[Any, _Blocks], Any]
"""Plain JSON to a value of the type it was made for. Made once a type: replaying a log decodes millions of values."""


@cache
def _reader(expected: Hashable) -> Read:
    origin = get_origin(expected)
    if origin in (Union, types.UnionType):
        return _reader_of_one(get_args(expected))
    if origin is Literal:
        return _reader_of_word(get_args(expected))
    if origin is tuple:
        return _reader_of_tuple(get_args(expected))
    if expected is Any:
        return _tagged
    if hasattr(expected, "__supertype__"):  # a NewType over str
        return _reader(expected.__supertype__)
    if expected in _LEAVES:
        return _LEAVES[expected]
    if isinstance(expected, type) and is_dataclass(expected):
        return _reader_of_record(expected)
    raise TypeError(f"the codec does not know {expected!r}")


def _reader_of_one(choices: tuple[Any, ...]) -> Read:
    optional = type(None) in choices
    rest = [choice for choice in choices if choice is not type(None)]
    single = _reader(rest[0]) if len(rest) == 1 else None
    by_tag = {_TAG_OF_TYPE[choice]: _reader(choice) for choice in rest} if single is None else {}

    def read(plain: Any, blocks: _Blocks) -> Any:
        if plain is None and optional:
            return None
        if single is not None:
            return single(plain, blocks)
        tag = plain.get("is") if isinstance(plain, dict) else None
        if not isinstance(tag, str) or tag not in by_tag:
            raise _malformed("a value is none of the kinds that may stand there")
        return by_tag[tag](plain, blocks)

    return read


def _reader_of_word(words: tuple[Any, ...]) -> Read:
    def read(plain: Any, blocks: _Blocks) -> Any:
        if plain not in words or isinstance(plain, bool | float):
            raise _malformed(f"{plain!r:.60} is not one of {words}")
        return plain

    return read


def _reader_of_tuple(inner: tuple[Any, ...]) -> Read:
    endless = len(inner) == 2 and inner[1] is Ellipsis
    each = [_reader(kind) for kind in (inner[:1] if endless else inner)]

    def read(plain: Any, blocks: _Blocks) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise _malformed("a list was expected")
        if endless:
            first = each[0]
            return tuple([first(one, blocks) for one in plain])
        if len(plain) != len(each):
            raise _malformed(f"a list of {len(each)} was expected")
        return tuple([one_of(one, blocks) for one, one_of in zip(plain, each, strict=True)])

    return read


def _tagged(plain: Any, blocks: _Blocks) -> Any:
    tag = plain.get("is") if isinstance(plain, dict) else None
    if not isinstance(tag, str) or tag not in VALUE_OF_KIND:
        raise _malformed("a finding's value is of no known kind")
    return _reader(VALUE_OF_KIND[tag])(plain, blocks)


def _reader_of_record(expected: type) -> Read:
    hints = get_type_hints(expected)
    tag = _TAG_OF_TYPE.get(expected)
    names = _field_names(expected)
    order = sorted((*names, "is")) if tag else list(names)
    needed = {f.name for f in fields(expected) if f.default is MISSING and f.default_factory is MISSING}
    texts = [name for name in names if _leaf_type(hints[name]) is str]
    twice = texts if len(texts) > 1 else texts * 2  # itemgetter gives no tuple for one name
    texts_of: Callable[[Any], tuple[Any, ...]] = itemgetter(*twice) if twice else lambda plain: ()
    all_texts = [str] * len(twice)
    others = [(name, _reader(hints[name])) for name in names if name not in texts]

    def read(plain: Any, blocks: _Blocks) -> Any:
        if not isinstance(plain, dict):
            raise _malformed(f"a {expected.__name__} was expected")
        if plain.get("is") != tag:
            raise _malformed(f"a {expected.__name__} was expected, not {plain.get('is')!r:.60}")
        if list(plain) != order or [*map(type, texts_of(plain))] != all_texts:
            return carefully(plain, blocks)
        values = plain.copy()
        if tag:
            del values["is"]
        for name, one in others:
            values[name] = one(plain[name], blocks)
        return expected(**values)

    def carefully(plain: dict[str, Any], blocks: _Blocks) -> Any:
        if unknown := plain.keys() - set(order):
            raise _malformed(f"{expected.__name__} has no field {sorted(unknown)[0]!r:.60}")
        if lacking := needed - plain.keys():
            raise _malformed(f"{expected.__name__} lacks {sorted(lacking)[0]!r}")
        if list(plain) != [name for name in order if name in plain]:
            raise _malformed("the fields stand in another order")
        return expected(**{name: _reader(hints[name])(plain[name], blocks) for name in names if name in plain})

    return read


def _array(plain: Any, blocks: _Blocks) -> Array:
    if not isinstance(plain, dict) or plain.keys() != {"dtype", "shape"}:
        raise _malformed("an array was expected")
    dtype, lengths = plain["dtype"], plain["shape"]
    if next(iter(plain)) != "dtype":
        raise _malformed("the fields stand in another order")
    if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
        raise _malformed("an array was expected")
    shape = tuple(_whole(length, blocks) for length in lengths) if isinstance(lengths, list) else ()
    if not shape or min(shape) < 0:
        raise _malformed("an array's shape is a list of lengths")
    return blocks.take(dtype, shape)


def _text(plain: Any, blocks: _Blocks) -> str:
    if not isinstance(plain, str):
        raise _malformed("a text was expected")
    return plain


def _whole(plain: Any, blocks: _Blocks) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or abs(plain) >= 2**63:
        raise _malformed("a whole number of 64 bits was expected")
    return plain


def _number(plain: Any, blocks: _Blocks) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise _malformed("a finite number was expected")
    if not abs(plain) <= sys.float_info.max:  # also true of whole numbers that no float can hold, and of NaN
        raise _malformed("a finite number was expected")
    return plain  # a whole number stays one, so that what was read is written again in the same bytes


def _truth(plain: Any, blocks: _Blocks) -> bool:
    if not isinstance(plain, bool):
        raise _malformed("true or false was expected")
    return plain


_LEAVES: dict[Any, Read] = {str: _text, int: _whole, float: _number, bool: _truth, Array: _array}
