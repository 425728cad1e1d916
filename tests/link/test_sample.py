"""What must hold on real footage: families are grouped by pictures alone, and the traps catch nobody."""

from pathlib import Path

import pytest
from bench.copies.sample import known_copies, linked, picture_print

# Short files that hold every family but the longest, and all the traps.
CHOSEN = (
    "c2pa-rs__video1.mp4", "c2pa-rs__legacy.mp4", "shared-assets__flower.mp4", "shared-assets__flower.webm",
    "media__sample_edit_list.mp4", "media__sample_edit_list_no_sync_frame_before_edit.mp4",
    "media__sample_with_increasing_timestamps_320w_240h.mp4",
    "media__sample_with_increasing_timestamps_320w_240h_5s.mp4", "media__hdr10-av1.mp4",
    "media__sample_with_increasing_timestamps_360p.mp4", "media__dolbyVision-hdr.MOV", "sample-videos__again.mkv",
    "sample-videos__help.mkv", "sample-videos__no.mkv", "sample-videos__learn.mkv", "sample-videos__school.mkv",
    "pattern-sd-with-large-logo-bar.mp4", "pattern-hd-no-bar.mp4", "chair-22-with-large-logo-bar.mp4",
    "chair-19-sd-bar.mp4",
)  # fmt: skip


@pytest.mark.slow
def test_known_copies_are_found_and_nothing_else_is_called_a_copy(media: Path) -> None:
    paths = [next(media.glob(f"*/{name}")) for name in CHOSEN]
    found = linked({path.name: picture_print(path) for path in paths})
    called = {pair for pair, one in found.items() if one.verdict == "copy"}
    known = {pair for pair in known_copies(media) if pair <= set(CHOSEN)}
    assert len(known) == 6
    assert called == known
