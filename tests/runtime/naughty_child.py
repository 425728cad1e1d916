"""A child that does what it is asked: answer, die, hang, flood. It shows what the parent makes of it."""

import contextlib
import os
import resource
import signal
import socket
import sys
import time

from firsthand.runtime.confine import confine
from firsthand.runtime.wire import receive_with_descriptor, send


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    confine()
    while (received := receive_with_descriptor(connection, 1 << 20)) is not None:
        request, descriptor = received
        match request:
            case b"read":
                send(connection, os.pread(descriptor, 100, 0))
            case b"environment":
                send(connection, "\n".join(f"{k}={v}" for k, v in os.environ.items()).encode())
            case b"limits":
                send(connection, str(resource.getrlimit(resource.RLIMIT_FSIZE)).encode())
            case b"descriptors":
                send(connection, str(len(os.listdir("/proc/self/fd"))).encode())
            case b"crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case b"leave":
                sys.exit("I have had enough")
            case b"hang":
                time.sleep(600)
            case b"flood":
                for _ in range(1_000):  # as C libraries do, which do not look whether it was taken
                    with contextlib.suppress(BlockingIOError):
                        os.write(2, b"x" * 1_000)
                send(connection, b"z" * 5_000)
            case _:
                connection.sendall(b"\xff" * 8)
        os.close(descriptor)


if __name__ == "__main__":
    main()
