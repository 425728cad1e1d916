"""The file around the footage: what its container declares, claims and betrays."""

from firsthand.examine.container_places import tagged_positions, telemetry_positions, unset_positions
from firsthand.examine.container_times import claimed_times
from firsthand.examine.container_traces import device_of, rewriters_of
from firsthand.media.frames import Decoded, Picture, SoundBlock
from firsthand.model.findings import ContainerFacts, EditListNote
from firsthand.model.outcomes import EngineId, Found, Outcome


class ContainerExaminer:
    """Tells what stands in the container and its tags. It needs no picture and no sound."""

    engine = EngineId(name="container", version=3)

    def see(self, picture: Picture) -> None:
        """Pictures are others' matter."""

    def hear(self, block: SoundBlock) -> None:
        """So is sound."""

    def finish(self, decoded: Decoded) -> Outcome:
        """Always Found: a file that opened has a container. Value: ContainerFacts; no arrays."""
        on_the_way, satellites, unfixed = telemetry_positions(decoded.telemetry)
        notes = [*decoded.notes, *unset_positions(decoded.tags)]
        if unfixed:
            notes.append(f"{unfixed} satellite samples without a fix were left out")
        notes += [f"{what}: {why}" for what, why in _endings(decoded) if why]
        return Found(
            value=ContainerFacts(
                format_name=decoded.format_name,
                duration_s=decoded.duration_s,
                bit_rate=decoded.bit_rate,
                streams=decoded.streams,
                tags=decoded.tags,
                times=claimed_times(decoded.tags, satellites, satellites_basis="GPS time in the telemetry"),
                positions=(*tagged_positions(decoded.tags), *on_the_way),
                device=device_of(decoded.tags),
                rewritten_by=rewriters_of(decoded.tags),
                edit_lists=tuple(
                    EditListNote(stream=stream, presented_from_s=from_s - decoded.zero_s, note=note)
                    for stream, from_s, note in decoded.edit_lists
                ),
                readers=decoded.readers,
                packets_sha256=decoded.packets_sha256,
                notes=tuple(notes),
            )
        )


def _endings(decoded: Decoded) -> tuple[tuple[str, str], ...]:
    return (("pictures", decoded.picture_error), ("sound", decoded.sound_error), ("decoding stopped", decoded.stopped))
