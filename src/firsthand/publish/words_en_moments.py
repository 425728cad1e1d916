"""What the report says of moments, in English."""

from firsthand.publish.language import Texts

MOMENTS: Texts = {
    "nav.moments": "Moments",
    "badge.moment": ("moment of {n} recording", "moment of {n} recordings"),
    "badge.filter.moment": "part of a moment",
    "moment.kicker": "Moment · put on one clock by what cameras heard",
    "moment.title": ("{n} recording of one moment", "{n} recordings of one moment"),
    "moment.by": "reference: {name}",
    "moment.shared": "{length} filmed by two or more",
    "moment.whole": "{length} in all",
    "moment.same": "perhaps copies of one recording: their sounds are all but one",
    "moment.clock": "On one clock",
    "moment.clock.lead": "Each bar is one recording. Second 0:00 is the beginning of the reference. The pale ends say "
    "how far a bar may be shifted: what alignment, the phones' clocks and the distance between cameras allow. A copy "
    "that was not recognised stands here as a recording of its own.",
    "moment.waves": "What they heard, laid over each other",
    "moment.waves.lead": "Loudness of each recording, scaled to its own loudest sound. Where the lines rise together, "
    "the cameras heard the same thing.",
    "moment.waves.alt": "Loudness of {n} recordings on one clock",
    "moment.coverage": "Who filmed when",
    "moment.coverage.alt": ("At most {n} camera at once", "At most {n} cameras at once"),
    "moment.instants": "All cameras at one instant",
    "moment.instants.lead": "Stored pictures, so not exactly of the instant: how far each is from it stands below it.",
    "moment.instants.none": "No stored pictures lie in the time that cameras share.",
    "moment.offsets": "What each place rests on",
    "moment.take": "Filmed while others filmed",
    "moment.front": "Filmed at the same time",
    "moments.title": "Moments",
    "moments.lead": (
        "{n} stretch of real time that several recordings show.",
        "{n} stretches of real time that several recordings show.",
    ),
    "moments.none": "No two recordings of this case were found to share a moment. Sound is what they are compared by: "
    "silent clips and clips far from each other are not found. A person can put two on one clock with "
    "firsthand moments --set.",
    "moments.all": ("See {n} moment", "See all {n} moments"),
    "moments.waiting": ("{n} pair waits for a person", "{n} pairs wait for a person"),
    "moments.waiting.lead": "What was heard fits, but not surely enough to join these recordings, or the sound repeats "
    "itself. They join nothing until somebody confirms one with firsthand moments.",
    "camera.reference": "the reference",
    "camera.after": "began {seconds} ± {plus_minus} s after the reference",
    "camera.before": "began {seconds} ± {plus_minus} s before the reference",
    "camera.clock": "its clock runs {ppm} millionths fast",
    "camera.files": ("in {n} file", "in {n} files"),
    "stretch.nobody": "{span}: nobody was filming",
    "stretch.cameras": ("{span}: {n} camera: {names}", "{span}: {n} cameras: {names}"),
    "instant.exact": "exactly then",
    "instant.apart": "{seconds} s away",
    "instant.none": "filming, but no stored picture is near",
    "offset.after": "the second began {seconds} ± {plus_minus} s after the first",
    "offset.before": "the second began {seconds} ± {plus_minus} s before the first",
    "offset.candidates": "the sound repeats itself; the second may have begun at {seconds} s",
    "offset.strong": "strong: joins them by itself",
    "offset.weak": "weak: joins nothing until confirmed",
    "offset.ambiguous": "ambiguous: joins nothing until a person chooses",
    "offset.parts": "alignment ± {ms} ms, cameras up to {metres} m apart",
    "offset.same": "the two sounds are all but one: perhaps copies of one recording",
    "moment.times": "What their files claim",
    "moment.times.lead": "The best claim of each recording, of all files that show it, and the instant it gives to "
    "second 0:00. Claims that agree support each other; one that is hours or a minute off tells of a wrong clock or "
    "zone.",
    "moment.times.file": "File",
    "moment.times.claim": "claims that it began",
    "moment.times.zero": "so 0:00 was at",
    "moment.times.none": "no time",
    "moment.times.no_zero": "cannot be said: its zone is unknown",
    "moment.times.written": "not said: that is when the file was last written",
    "method.sound": "by sound",
    "method.picture": "by picture",
    "method.person": "set by a person",
    "changed.moments": ("{n} moment was put together anew.", "{n} moments were put together anew."),
}
