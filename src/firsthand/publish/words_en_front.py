"""What the front page says, in English."""

from firsthand.publish.language import Texts

FRONT: Texts = {
    "front.kicker": "Case report",
    "story.empty": "Nothing has been received in this case yet.",
    "story.files": ("{n} file was received", "{n} files were received"),
    "story.day": "on {day}",
    "story.days": "from {first} to {last}",
    "story.takes": ("It shows {n} take", "They show {n} takes"),
    "story.copied": ("{n} of them in several copies", "{n} of them in several copies"),
    "story.moment": (
        "{n} recording shows a moment that another shows too, for {length}.",
        "{n} recordings show one moment; for {length} of it two or more were running.",
    ),
    "story.claims": (
        "{n} file carries a device’s own time, {days}",
        "{n} files carry a device’s own time, {days}",
    ),
    "front.size": "{size} sealed",
    "front.suggested": (
        "{n} take rests on machine links that no person has confirmed.",
        "{n} takes rest on machine links that no person has confirmed.",
    ),
    "front.report": ("this report: {n} file, {size}", "this report: {n} files, {size}"),
    "front.most": "Takes with most copies",
    "front.all": ("See {n} take", "See all {n} takes"),
    "front.empty": "This case holds no takes yet.",
    "figure.files": ("file received", "files received"),
    "figure.files.note": "{hours} if all were played",
    "figure.takes": ("take, as linked now", "takes, as linked now"),
    "figure.takes.note": ("{n} of them in several copies", "{n} of them in several copies"),
    "figure.independent": "independent recordings",
    "figure.independent.note": "Least, if undecided pairs are one recording and nothing that could not be compared is "
    "new. Most, if every link that no person confirmed is wrong.",
    "figure.hours": "of recordings, each counted once",
    "figure.hours.note": "A recording is not a witness: one person may have made several.",
    "axis.title": "When the files say they were made",
    "axis.lead": "Each mark is a file, by the claim worth most. A claim is not a time of filming: tags can be wrong, "
    "rewritten or forged.",
    "axis.none": (
        "{n} file claims no usable time and is not drawn.",
        "{n} files claim no usable time and are not drawn.",
    ),
    "axis.empty": "No file claims a usable time.",
    "axis.outside": "Outside the drawing: {earlier} earlier, {later} later.",
    "axis.wide": "Wide bars: the clock's zone is unknown, so the instant lies anywhere within.",
    "axis.words": "File times from {start} to {end}. {lanes}.",
    "changed.title": "Since the last report",
    "changed.first": "This is the first report in this folder. The next one will say here what changed.",
    "changed.since": "Compared with the report of {at}:",
    "changed.new": ("{n} new file.", "{n} new files."),
    "changed.again": ("{n} file was examined anew.", "{n} files were examined anew."),
    "changed.gone": ("{n} file is no longer in the case.", "{n} files are no longer in the case."),
    "changed.takes": ("{n} take was grouped anew.", "{n} takes were grouped anew."),
    "changed.nothing": "Nothing changed.",
    "changed.item_new": "new",
    "changed.item_again": "examined anew",
    "gaps.title": "What is missing",
    "gaps.failed": (
        "{n} file could not be read in full.",
        "{n} files could not be read in full.",
    ),
    "gaps.refused": ("{n} path was not taken in.", "{n} paths were not taken in."),
    "gaps.sightings": "No record of where these clips were seen online came with them, so this report cannot say "
    "which was posted first.",
}
