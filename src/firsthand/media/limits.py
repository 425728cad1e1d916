"""How much one file may ask for before we stop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """What one pass may use up. Reaching a limit ends the pass and is told in `Decoded.stopped`.

    The defaults let the largest footage phones make through (8k: 33 million pixels, some hours) and stop bombs.
    """

    max_pixels: int = 8192 * 8192  # of one stored picture
    max_wall_s: float = 4 * 3600.0
    max_cpu_s: float = 4 * 3600.0
    max_duration_s: float = 24 * 3600.0  # presented time from the item's zero
    max_streams: int = 64
    max_channels: int = 64
    max_telemetry_bytes: int = 32 << 20
    max_tag_bytes: int = 1 << 20  # of one tag's value
    max_tags: int = 10_000
