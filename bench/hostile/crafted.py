"""Files made to mislead: they lead to other files and addresses, unpack without end, or claim the impossible."""

import struct
import zlib
from collections.abc import Iterator


def crafted(*, secret_path: str, address: str) -> Iterator[tuple[str, bytes]]:
    """(what it is, bytes). secret_path: a file that none of them may get at; address: host:port that none may reach."""
    yield from _leading_elsewhere(secret_path, address)
    yield from _bombs()
    yield from _impossible_boxes(secret_path)
    yield from _impossible_others()
    yield from _markup(secret_path, address)


def _leading_elsewhere(secret: str, address: str) -> Iterator[tuple[str, bytes]]:
    for scheme in (secret, f"file://{secret}", f"file:{secret}", f"http://{address}/a.ts", f"tcp://{address}",
                   f"concat:{secret}|{secret}", f"subfile,,start,0,end,100,,:{secret}", f"crypto:{secret}",
                   "data:text/plain;base64,AAAA", f"cache:{secret}", f"async:{secret}", "pipe:0", "fd:"):  # fmt: skip
        yield (
            f"HLS playlist to {scheme.split(':')[0]}",
            (f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{scheme}\n#EXT-X-ENDLIST\n".encode()),
        )
        yield f"concat script to {scheme.split(':')[0]}", f"ffconcat version 1.0\nfile '{scheme}'\n".encode()
    yield (
        "HLS with a key elsewhere",
        (f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://{address}/key"\n#EXTINF:10,\n{secret}\n'.encode()),
    )
    yield "HLS with a map", f'#EXTM3U\n#EXT-X-MAP:URI="{secret}"\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n'.encode()
    yield (
        "DASH manifest",
        (
            f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:'
            f'profile:isoff-live:2011"><BaseURL>http://{address}/</BaseURL><Period><AdaptationSet mimeType="video/mp4">'
            f'<Representation id="1" bandwidth="1"><BaseURL>file://{secret}</BaseURL></Representation></AdaptationSet>'
            f"</Period></MPD>".encode()
        ),
    )
    yield (
        "session description",
        (
            f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 {address.split(':')[0]}\nt=0 0\nm=video "
            f"{address.split(':')[1]} RTP/AVP 96\n".encode()
        ),
    )
    yield "RealMedia pointer", f"rtsp://{address}/x\nfile://{secret}\n".encode()
    yield "ASX playlist", f'<asx version="3.0"><entry><ref href="http://{address}/x"/></entry></asx>'.encode()
    yield "Windows shortcut", f"[InternetShortcut]\nURL=file://{secret}\n".encode()
    yield "avisynth script", f'DirectShowSource("{secret}")\n'.encode()
    yield "image sequence pattern", b"/etc/%03d.png\n"


def _bombs() -> Iterator[tuple[str, bytes]]:
    for side in (2_000, 16_000, 60_000):
        yield (
            f"PNG of {side} × {side}",
            _png(side, side, zlib.compress(bytes(min(side * side // 8, 40_000_000)), 9), depth=1),
        )
    packed = zlib.compress(bytes(100_000_000), 9)
    yield (
        "PNG with 100 MB of packed text",
        _png(8, 8, zlib.compress(bytes(72)), extra=(b"zTXt", b"Comment\0\0" + packed)),
    )
    yield "PNG with a packed colour profile", _png(8, 8, zlib.compress(bytes(72)), extra=(b"iCCP", b"x\0\0" + packed))
    yield (
        "PNG with packed international text",
        _png(8, 8, zlib.compress(bytes(72)), extra=(b"iTXt", b"Comment\0\1\0\0\0" + packed)),
    )
    screen = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x4c\x01\x00"
    yield "GIF of 65 535 × 65 535, 5 000 pictures", screen + frame * 5_000 + b";"
    small = b"GIF89a" + struct.pack("<HHBBB", 4_000, 4_000, 0x80, 0, 0) + bytes(6)
    yield "GIF of 4 000 × 4 000, 20 000 tiny pictures", small + (
        b"!\xf9\x04\x04\x01\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    ) * 20_000 + b";"  # fmt: skip
    vp8x = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\xff\xff" * 2
    anim = b"ANIM" + struct.pack("<I", 6) + bytes(6)
    yield "WebP of 16 777 216 × 16 777 216", b"RIFF" + struct.pack("<I", 4 + len(vp8x + anim)) + b"WEBP" + vp8x + anim
    yield "Matroska whose attachment is packed", _matroska(b"\x46\xae", packed)
    yield "Matroska with an endless cluster", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + bytes(4_000)
    yield "gzip of 100 MB", b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + packed[2:-4]


def _impossible_boxes(secret: str) -> Iterator[tuple[str, bytes]]:
    head = _box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    for depth in (100, 10_000, 60_000):
        parts = [struct.pack(">I", 8 * (depth - level)) + b"moov" for level in range(depth)]
        yield f"boxes {depth} deep", head + b"".join(parts)
    yield "a million empty boxes", head + _box(b"free", b"") * 250_000
    for count in (100, 5_000, 50_000):
        yield f"{count} tracks", head + _box(b"moov", _mvhd() + _trak() * count)
    edits = struct.pack(">II", 0, 300_000) + struct.pack(">IiHH", 1, 0, 1, 0) * 300_000
    yield "an edit list of 300 000 lines", head + _box(b"moov", _mvhd() + _trak(_box(b"edts", _box(b"elst", edits))))
    lying = struct.pack(">II", 0, 0xFFFFFFFF) + struct.pack(">IiHH", 0xFFFFFFFF, -1, 0x7FFF, 0xFFFF)
    yield (
        "an edit list that lies of its length",
        head + _box(b"moov", _mvhd() + _trak(_box(b"edts", _box(b"elst", lying)))),
    )
    for name in (b"stts", b"ctts", b"stsc", b"stsz", b"stco", b"co64", b"stss", b"sbgp", b"sgpd"):
        table = _box(name, struct.pack(">III", 0, 0xFFFFFFFF, 0xFFFFFFFF) * 2)
        yield f"a table {name.decode()} of four billion lines", head + _box(b"moov", _mvhd() + _trak(b"", table))
    yield "time scale 0", head + _box(b"moov", _mvhd(scale=0) + _trak())
    yield "a million pictures a second", head + _box(b"moov", _mvhd(scale=1_000_000) + _trak(b"", _stts(200_000, 1)))
    yield "one picture shown for 136 years", head + _box(b"moov", _mvhd(scale=1) + _trak(b"", _stts(1, 0xFFFFFFFF)))
    alias = _box(b"dref", struct.pack(">II", 0, 1) + _box(b"url ", struct.pack(">I", 0) + secret.encode() + b"\0"))
    yield "media in another file", head + _box(b"moov", _mvhd() + _trak(_box(b"dinf", alias)))
    reference = _box(b"rdrf", struct.pack(">I4sI", 0, b"url ", len(secret)) + secret.encode())
    yield "QuickTime reference movie", head + _box(b"moov", _box(b"rmra", _box(b"rmda", reference)))
    packed = zlib.compress(_box(b"moov", bytes(50_000_000)), 9)
    cmov = _box(b"dcom", b"zlib") + _box(b"cmvd", struct.pack(">I", 50_000_008) + packed)
    yield "compressed movie box", head + _box(b"moov", _box(b"cmov", cmov))
    yield "a string without end", head + _box(b"moov", _mvhd() + _box(b"udta", _box(b"\xa9nam", b"A" * 3_000_000)))
    yield "20 000 tags", head + _box(b"moov", _mvhd() + _box(b"udta", _box(b"\xa9nam", b"\0\4\0\0name") * 20_000))


def _impossible_others() -> Iterator[tuple[str, bytes]]:
    for channels, rate, bits in (
        (65_535, 1, 8),
        (1, 0xFFFFFFFF, 16),
        (0, 0, 0),
        (64, 768_000, 32),
        (2, 44_100, 65_535),
    ):
        form = struct.pack("<HHIIHH", 1, channels, rate, rate, channels * bits // 8 & 0xFFFF, bits)
        yield (
            f"WAV of {channels} channels at {rate}",
            (b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data\xff\xff\xff\xff" + bytes(100_000)),
        )
    yield (
        "MP3 with a 256 MB tag",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"TXXX\x7f\x7f\x7f\x7f\0\0" + bytes(2_000) + b"\xff\xfb\x90\0" * 99,
    )
    pids = b"".join(struct.pack(">BHH", 0x1B, 0xE000 | pid, 0xF000) for pid in range(0x100, 0x100 + 30))
    yield "transport stream of many programs", b"".join(_ts(pid, bytes(9) + pids) for pid in range(8_000))
    yield (
        "JPEG of 65 535 × 65 535",
        (
            b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
            b"\xff\xda" + bytes(5_000) + b"\xff\xd9"
        ),
    )
    yield (
        "JPEG with ten thousand scans",
        b"\xff\xd8" + (b"\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0" + bytes(9)) * 10_000,
    )
    yield (
        "TIFF that leads back to itself",
        b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8),
    )
    yield (
        "BMP of two billion lines",
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 100, 0, 54, 40, 2**31 - 1, -(2**31), 1, 24, 0, 0, 0, 0, 0, 0),
    )
    yield "AVI with a list in a list", b"RIFF\xff\xff\xff\x7fAVI " + b"LIST\xff\xff\xff\x7fhdrl" * 20_000
    yield (
        "Ogg with a thousand streams",
        b"".join(
            b"OggS\0\x02" + bytes(8) + struct.pack("<III", n, 0, 0) + b"\x01\x13OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"
            for n in range(1_000)
        ),
    )
    yield (
        "FLAC with a billion samples",
        b"fLaC\0\0\0\x22"
        b"\x10\0\x10\0" + bytes(6) + b"\x0a\xc4\x42\xff\xff\xff\xff\xff" + bytes(16) + b"\xff\xf8" * 4_000,
    )
    yield "Matroska with a million tracks", _tracks(1_000_000)
    yield "flat nothing", bytes(1_000_000)
    yield "only ones", b"\xff" * 1_000_000
    yield "one byte", b"\0"
    yield "no byte", b""


def _markup(secret: str, address: str) -> Iterator[tuple[str, bytes]]:
    yield (
        "subtitles with markup",
        (
            f'1\n00:00:01,000 --> 00:00:02,000\n<script src="http://{address}/x"></script><img src="file://{secret}">\n\n'.encode()
            * 50
        ),
    )
    yield (
        "ASS with a font and a path",
        (
            f"[Script Info]\nScriptType: v4.00+\nAudio File: {secret}\n"
            f"[Fonts]\nfontname: x.ttf\n{'!' * 5_000}\n[Events]\n"
            f"Dialogue: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,{{\\fn{secret}}}x\n".encode()
        ),
    )
    style = f"[Script Info]\nAudio File: {secret}\n[Fonts]\nfontname: x.ttf\n{'!' * 5_000}\n".encode()
    line = f'0,0,{{\\fn{secret}}}<font src="http://{address}/x"><img src="file://{secret}">'.encode()
    yield "Matroska with subtitles and a font", _subtitled(style, line, font=b"\0\1\0\0\xff\xff" + secret.encode() * 50)
    yield (
        "SVG with entities",
        (
            f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b "&a;&a;&a;&a;">]>'
            f'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://{address}/x"/><text>&b;</text></svg>'.encode()
        ),
    )
    yield "XMP with entities in a JPEG", (
        b"\xff\xd8\xff\xe1" + struct.pack(">H", 400) + b"http://ns.adobe.com/xap/1.0/\0"
        + f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>'.encode()
            + b'<x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>'.ljust(300)
        + b"\xff\xd9"
    )  # fmt: skip
    yield "a Perl program", f"#!/usr/bin/perl\nopen(F,'{secret}');print <F>;\n".encode()
    yield "a name like a command", f"|cat {secret}\n; touch /tmp/x\n".encode()
    yield "PDF with a link", f"%PDF-1.4\n1 0 obj<</F({secret})/URI(http://{address})>>endobj\n%%EOF".encode()


def _png(width: int, height: int, packed: bytes, *, depth: int = 8, extra: tuple[bytes, bytes] | None = None) -> bytes:
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))]
    chunks += [extra] if extra else []
    chunks += [(b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _matroska(name_id: bytes, packed: bytes) -> bytes:
    def element(number: bytes, body: bytes) -> bytes:
        return number + b"\x08" + struct.pack(">I", len(body)).rjust(4, b"\0") + body if len(body) > 100 else (
            number + bytes([0x80 | len(body)]) + body
        )  # fmt: skip

    def long(number: bytes, body: bytes) -> bytes:
        return number + b"\x01" + struct.pack(">Q", len(body))[1:] + body

    header = element(b"\x1a\x45\xdf\xa3", b"\x42\x82\x88matroska")
    file = long(b"\x61\xa7", b"\x46\x6e\x85a.ttf" + b"\x46\x60\x89font/sfnt" + long(b"\x46\x5c", packed))
    return header + long(b"\x18\x53\x80\x67", long(b"\x19\x41\xa4\x69", file) + name_id)


def _element(number: bytes, body: bytes) -> bytes:
    return number + b"\x01" + struct.pack(">Q", len(body))[1:] + body


_EBML = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska"


def _tracks(count: int) -> bytes:
    """As many tracks, each with a number, a kind and a codec: 19 bytes."""
    each = (
        b"\xae\x91\xd7\x84" + struct.pack(">I", number) + b"\x83\x81\x01\x86\x86V_MPEG" for number in range(1, count)
    )
    cluster = _element(b"\x1f\x43\xb6\x75", b"\xe7\x81\0" + _element(b"\xa3", b"\x81\0\0\x80" + bytes(50)))
    return _EBML + _element(b"\x18\x53\x80\x67", _element(b"\x16\x54\xae\x6b", b"".join(each)) + cluster)


def _subtitled(style: bytes, line: bytes, *, font: bytes) -> bytes:
    track = _element(b"\xd7", b"\x01") + _element(b"\x83", b"\x11") + _element(b"\x86", b"S_TEXT/ASS")
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", track + _element(b"\x63\xa2", style)))
    file = _element(b"\x46\x6e", b"../../x.ttf") + _element(b"\x46\x60", b"application/x-truetype-font")
    file += _element(b"\x46\x5c", font) + _element(b"\x46\xae", b"\x07")
    attached = _element(b"\x19\x41\xa4\x69", _element(b"\x61\xa7", file))
    block = _element(b"\xa3", b"\x81\0\0\x80" + line)
    return _EBML + _element(
        b"\x18\x53\x80\x67", tracks + attached + _element(b"\x1f\x43\xb6\x75", b"\xe7\x81\0" + block * 20)
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _mvhd(*, scale: int = 1_000) -> bytes:
    return _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, scale, 0xFFFFFFFF) + bytes(80))


def _stts(count: int, each: int) -> bytes:
    return _box(b"stts", struct.pack(">IIII", 0, 1, count, each))


def _trak(beside: bytes = b"", table: bytes = b"") -> bytes:
    """A track of H.263 pictures, 176 × 144, without any sample."""
    entry = _box(b"s263", bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", 176, 144) + bytes(50))
    stbl = _box(b"stbl", _box(b"stsd", struct.pack(">II", 0, 1) + entry) + table)
    mdhd = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1_000, 0, 0, 0))
    hdlr = _box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide") + bytes(13))
    tkhd = _box(b"tkhd", struct.pack(">IIIIII", 3, 0, 0, 1, 0, 0) + bytes(60))
    return _box(b"trak", tkhd + beside + _box(b"mdia", mdhd + hdlr + _box(b"minf", stbl)))


def _ts(pid: int, body: bytes) -> bytes:
    return (b"\x47" + struct.pack(">H", 0x4000 | pid & 0x1FFF) + b"\x10\0" + body).ljust(188, b"\xff")[:188]
