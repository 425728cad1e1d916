"""An entry has one spelling, and tells nothing of what it is about."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.ledger.entries import Entry, entry_bytes, payload_digest, read_entry

ENTRY = Entry(seq=7, at="2022-02-26T12:30:00.000000Z", actor="person_0a", kind="sealed", payload="0f" * 32)


def test_an_entry_is_one_line_of_ascii_with_sorted_keys() -> None:
    assert entry_bytes(ENTRY) == (
        b'{"actor":"person_0a","at":"2022-02-26T12:30:00.000000Z","kind":"sealed","payload":"'
        + b"0f" * 32
        + b'","seq":7}'
    )
    assert read_entry(entry_bytes(ENTRY)) == ENTRY


@settings(max_examples=300, deadline=None, database=None)
@given(st.data())
def test_a_byte_changed_is_refused_or_is_another_entry_in_just_those_bytes(drawn: st.DataObject) -> None:
    leaf = bytearray(entry_bytes(ENTRY))
    leaf[drawn.draw(st.integers(0, len(leaf) - 1))] ^= drawn.draw(st.integers(1, 255))
    try:
        read = read_entry(bytes(leaf))
    except ValueError:
        return
    assert read != ENTRY
    assert entry_bytes(read) == leaf


@pytest.mark.parametrize("leaf", [
    b"", b"[]", b"7", b"{}", entry_bytes(ENTRY) + b"\n", b" " + entry_bytes(ENTRY),
    entry_bytes(ENTRY).replace(b'"seq":7', b'"seq":7.0'), entry_bytes(ENTRY).replace(b'"seq":7', b'"seq":-7'),
    entry_bytes(ENTRY).replace(b'"seq":7', b'"seq":true'), entry_bytes(ENTRY).replace(b"person_0a", b"Olha"),
    entry_bytes(ENTRY).replace(b"0f", b"0F"), entry_bytes(ENTRY).replace(b"00Z", b"00+00:00"),
    entry_bytes(ENTRY).replace(b"2022", b"\\u0662022"), entry_bytes(ENTRY).replace(b'"seq":7', b'"seq":07'),
])  # fmt: skip
def test_what_is_no_entry_is_refused(leaf: bytes) -> None:
    with pytest.raises(ValueError):
        read_entry(leaf)


def test_a_payload_digest_is_sha_256_over_salt_and_payload() -> None:
    assert payload_digest(bytes(16), b"caption") == hashlib.sha256(bytes(16) + b"caption").hexdigest()
    assert payload_digest(bytes(16), b"caption") != payload_digest(b"\x01" + bytes(15), b"caption")
    with pytest.raises(ValueError, match="16 bytes"):
        payload_digest(b"", b"caption")
