"""What every store of sealed files must keep. A store joins by a subclass with its own `store` fixture."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from firsthand.model.errors import IntegrityError
from firsthand.model.ids import item_id
from firsthand.ports import SealedStore


class SealedSuite:
    """Promises of ports.SealedStore."""

    @pytest.fixture
    def store(self) -> SealedStore:
        """An empty store."""
        raise NotImplementedError

    @pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001])
    def test_bytes_of_any_length_come_back_under_their_sha_256(self, store: SealedStore, size: int) -> None:
        received = bytes(range(256)) * (size // 256 + 1)
        sealed = store.seal(io.BytesIO(received[:size]))
        assert sealed.item == item_id(hashlib.sha256(received[:size]).hexdigest())
        assert (sealed.bytes, sealed.new) == (size, True)
        with store.open(sealed.item) as opened:
            assert opened.read() == received[:size]

    def test_an_opened_file_seeks_and_has_a_descriptor(self, store: SealedStore) -> None:
        sealed = store.seal(io.BytesIO(b"0123456789"))
        with store.open(sealed.item) as opened:
            assert opened.seek(4) == 4
            assert opened.read(2) == b"45"
            assert opened.fileno() >= 0

    def test_the_same_bytes_twice_are_one_sealed_file(self, store: SealedStore) -> None:
        first, second = store.seal(io.BytesIO(b"clip")), store.seal(io.BytesIO(b"clip"))
        assert (first.new, second.new) == (True, False)
        assert first.item == second.item
        assert list(store.items()) == [first.item]
        assert list(store.leftovers()) == []

    def test_items_come_in_order_of_name(self, store: SealedStore) -> None:
        sealed = [store.seal(io.BytesIO(b"%d" % number)).item for number in range(30)]
        assert list(store.items()) == sorted(sealed)

    def test_what_is_not_there_is_neither_held_nor_opened(self, store: SealedStore) -> None:
        absent = item_id("0" * 64)
        assert not store.holds(absent)
        with pytest.raises(IntegrityError):
            store.open(absent)

    def test_many_sealing_the_same_bytes_at_once_store_them_once(self, store: SealedStore) -> None:
        received = b"the same clip" * 100_000
        with ThreadPoolExecutor(8) as many:
            sealed = list(many.map(lambda _: store.seal(io.BytesIO(received)), range(16)))
        assert sum(one.new for one in sealed) == 1
        assert list(store.items()) == [sealed[0].item]
        assert list(store.leftovers()) == []

    def test_a_source_that_breaks_off_leaves_nothing(self, store: SealedStore) -> None:
        class Torn(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if block := super().read(size):
                    return block
                raise OSError("the stick was pulled out")

        with pytest.raises(OSError, match="pulled out"):
            store.seal(Torn(b"half a clip"))
        assert list(store.items()) == []
        assert list(store.leftovers()) == []

    def test_an_empty_store_has_nothing_in_it(self, store: SealedStore) -> None:
        assert list(store.items()) == []
        assert list(store.leftovers()) == []
