"""Why there is nothing to examine: no track, nothing in it, a decoder's error and a limit are four answers."""

from firsthand.media.frames import Decoded
from firsthand.model.outcomes import Failed, NothingThere, NotLooked, Outcome


def no_pictures(decoded: Decoded, seen: int) -> Outcome | None:
    """The answer where no picture was presented; None where there were some, even if decoding ended early."""
    if seen:
        return None
    return _none(decoded, decoded.picture_stream, decoded.picture_error, "picture")


def no_sound(decoded: Decoded, samples: int) -> Outcome | None:
    """The answer where no sample was heard; None where there were some, even if decoding ended early."""
    if samples:
        return None
    return _none(decoded, decoded.sound_stream, decoded.sound_error, "sound")


def _none(decoded: Decoded, stream: int | None, error: str, what: str) -> Outcome:
    if error:
        return Failed(error="UnreadableMedia", why=error)
    if stream is None:
        return NotLooked(because=f"no {what} track")
    if decoded.stopped:
        return Failed(error="OverLimit", why=decoded.stopped)
    return NothingThere(why=f"the {what} track holds nothing that is presented")
