"""Foreign names, kept byte-exact and shown safely."""

import unicodedata


def shown(text: str) -> str:
    """The text as it may be put before people, on one line.

    Bytes that are not UTF-8 (surrogate escapes) and control or direction-changing characters become `\\xNN` or
    `\\u{NNNN}`, so that a file name cannot clear a terminal or pass for another. Other scripts stay as they are.
    """
    if text.isprintable():  # nothing that would be spelled out is printable
        return text
    return "".join(_shown_character(c) for c in text)


def _shown_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode's stand-in for a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
    return character
