"""Words of our engines as people read them. In English only the names of errors change; reasons_uk has the rest."""

ERRORS = {
    "UnreadableMedia": "Cannot be read",
    "OverLimit": "Over a limit",
    "BadAnswer": "The decoding process answered nonsense",
    "Crashed": "The decoding process crashed",
    "TimedOut": "Took too long",
}


def in_english(text: str) -> str:
    """The engine's words, with the kind of error in plain words."""
    error, colon, rest = text.partition(": ")
    return f"{ERRORS[error]}: {rest}" if colon and error in ERRORS else text
