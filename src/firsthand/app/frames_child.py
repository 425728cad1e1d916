"""The decoding child that gives single pictures of a file, for people to look at.

Started by runtime/child.py as `python -m firsthand.app.frames_child <descriptor of its socket> <walls>`, like
app/child.py.
"""

import os
import socket
import sys
from bisect import bisect_left

import numpy as np

from firsthand.app.examination import FramesAnswer, FramesRequest
from firsthand.app.warming import warm_up
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from firsthand.media.limits import DecodeLimits
from firsthand.model.arrays import Array
from firsthand.model.codec import decode, encode
from firsthand.model.errors import FirsthandError
from firsthand.runtime.confine import allow_cpu, confine
from firsthand.runtime.sandbox import sandbox_of
from firsthand.runtime.wire import MAX_REQUEST_BYTES, receive_with_descriptor, send


def main() -> None:
    """Serves requests until the parent hangs up."""
    sandbox = sandbox_of(sys.argv[2])
    connection = socket.socket(fileno=int(sys.argv[1]))
    warm_up(lambda descriptor: encode(_answer(descriptor, _WARMING)))
    confine(sandbox)
    while (received := receive_with_descriptor(connection, MAX_REQUEST_BYTES)) is not None:
        message, descriptor = received
        request = decode(message, FramesRequest)
        allow_cpu(request.cpu_s + 60)
        try:
            answer = _answer(descriptor, request)
        finally:
            os.close(descriptor)
        send(connection, encode(answer))


_WARMING = FramesRequest(wanted_s=(0.0,), long_side_px=16, wall_s=20.0, cpu_s=20.0)


def _answer(descriptor: int, request: FramesRequest) -> FramesAnswer:
    try:
        return _pictures(descriptor, request)
    except FirsthandError as error:
        return FramesAnswer(at_s=(), pictures=(), why=error.why)


def _pictures(descriptor: int, request: FramesRequest) -> FramesAnswer:
    """For each wanted second, in ascending order, the last picture presented by then (the first, before any was)."""
    wanted = sorted(request.wanted_s)
    seen_s: list[float] = []
    pictures: list[Array] = []
    last: tuple[float, Array] | None = None
    limits = DecodeLimits(max_wall_s=request.wall_s, max_cpu_s=request.cpu_s)
    os.lseek(descriptor, 0, os.SEEK_SET)
    for given in Pass(descriptor, limits=limits):
        if isinstance(given, SoundBlock):
            continue
        if last is not None:
            while len(seen_s) < bisect_left(wanted, given.at_s - 1e-6):
                seen_s.append(last[0])
                pictures.append(last[1])
        if len(seen_s) == len(wanted):
            break
        near = wanted[len(seen_s)] - given.at_s < 1.0  # only pictures that may be wanted are converted
        if near or last is None:
            rgb = np.ascontiguousarray(given.rgb(request.long_side_px))
            last = (given.at_s, Array(dtype="u1", shape=rgb.shape, data=rgb.tobytes()))
    if last is not None:
        while len(seen_s) < len(wanted):
            seen_s.append(last[0])
            pictures.append(last[1])
    return FramesAnswer(at_s=tuple(seen_s), pictures=tuple(pictures), why="" if last else "it shows no picture")


if __name__ == "__main__":
    main()
