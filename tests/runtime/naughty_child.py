"""A child that does what it is asked: answer, die, hang, flood. It shows what the parent makes of it."""

import contextlib
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from firsthand.runtime.confine import confine
from firsthand.runtime.sandbox import sandbox_of
from firsthand.runtime.wire import receive_with_descriptor, send


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    confine(sandbox_of(sys.argv[2]))
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
                send(connection, str(sum(map(is_open, range(64)))).encode())
            case b"crash":
                signal.raise_signal(signal.SIGSEGV)
            case b"leave":
                sys.exit("I have had enough")
            case b"break out":
                send(connection, "\n".join(tried(json.loads(os.read(descriptor, 4_000)))).encode())
            case b"bomb":
                bytearray(4 << 30)
                send(connection, b"got it")
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


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def tried(aims: dict[str, str]) -> Iterator[str]:
    """What a decoder taken over by a file would try; one line for each thing that it could do."""
    attempts: dict[str, Callable[[], object]] = {
        "read the archive": lambda: os.open(aims["secret"], os.O_RDONLY),
        "read the system's files": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "list a folder": lambda: os.listdir(aims["folder"]),
        "write a file": lambda: os.open(aims["new"], os.O_WRONLY | os.O_CREAT),
        "remove a file": lambda: os.unlink(aims["secret"]),
        "rename a file": lambda: os.rename(aims["secret"], aims["new"]),
        "change a file's mode": lambda: os.chmod(aims["secret"], 0o777),
        "change a file's times": lambda: os.utime(aims["secret"], (0, 0)),
        "link a file": lambda: os.link(aims["secret"], aims["new"]),
        "open by the kernel's name": lambda: os.open(f"/proc/{aims['parent']}/environ", os.O_RDONLY),
        "connect": lambda: socket.socket().connect(("127.0.0.1", int(aims["port"]))),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
        "make a local socket": lambda: socket.socket(socket.AF_UNIX),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become another program": lambda: os.posix_spawn("/bin/true", ["/bin/true"], {}),
        "start a process": fork,
        "signal the parent": lambda: os.kill(int(aims["parent"]), 0),
        "map new code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, subprocess.SubprocessError):
            continue
        yield name


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


if __name__ == "__main__":
    main()
