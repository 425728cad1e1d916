"""How parent and child talk: a length of eight bytes, then that many bytes. A request brings one descriptor."""

import socket
import struct
import time

_LENGTH = struct.Struct(">Q")
MAX_REQUEST_BYTES = 1 << 20


class WireBroken(Exception):
    """The other side is gone, or does not keep to the agreement."""


def send(connection: socket.socket, message: bytes, descriptor: int | None = None) -> None:
    """Sends a message, with an open descriptor riding on its first bytes."""
    head = _LENGTH.pack(len(message))
    if descriptor is None:
        connection.sendall(head)
    elif (sent := socket.send_fds(connection, [head], [descriptor])) < len(head):
        connection.sendall(head[sent:])
    connection.sendall(message)


def receive(connection: socket.socket, max_bytes: int, *, until: float) -> bytes:
    """The next message. Raises WireBroken where it ends early or says it is longer than max_bytes, TimeoutError
    when it is not complete by the monotonic clock's `until`, however it trickles in."""
    return _body(connection, _exactly(connection, _LENGTH.size, until), max_bytes, until)


def receive_with_descriptor(connection: socket.socket, max_bytes: int) -> tuple[bytes, int] | None:
    """The next message and its descriptor, which is the caller's to close; None where no more will come."""
    head, descriptors, _, _ = socket.recv_fds(connection, _LENGTH.size, 1)
    if not head:
        return None
    if len(descriptors) != 1:
        raise WireBroken("a request without a descriptor")
    head += _exactly(connection, _LENGTH.size - len(head))
    return _body(connection, head, max_bytes), descriptors[0]


def _body(connection: socket.socket, head: bytes, max_bytes: int, until: float | None = None) -> bytes:
    (length,) = _LENGTH.unpack(head)
    if length > max_bytes:
        raise WireBroken(f"an answer of {length} bytes, over the limit of {max_bytes}")
    return _exactly(connection, length, until)


def _exactly(connection: socket.socket, length: int, until: float | None = None) -> bytes:
    received = bytearray()
    while len(received) < length:
        if until is not None:
            connection.settimeout(max(until - time.monotonic(), 0.001))
        part = connection.recv(min(length - len(received), 1 << 20))
        if not part:
            raise WireBroken("the connection ended in the middle of a message")
        received += part
    return bytes(received)
