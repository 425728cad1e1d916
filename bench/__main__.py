"""python -m bench: lists the benches. python -m bench NAME …: runs one."""

import importlib
import os
import sys
import tempfile

BENCHES = {
    "tamper": "random and aimed changes to an archive: named, caught by an outside checkpoint, or missed",
    "fixity": "hashing sealed files ÷ bare hashlib",
    "faults": "killed, disk full, disk failing at each call that writes: what is lost, what is said",
    "fuzz": "hostile files against the decoding child: deaths, hangs, leaks, memory",
    "parsers": "our own parsers under guided fuzzing (atheris): what breaks them",
    "sandbox": "what the walls round a decoding child cost, and that they alter no answer",
    "main_job": "CPU of the main job stage by stage ÷ bare decoding, memory, a second add (--hour: an hour of 1080p)",
    "picture": "draws the picture of the README",
    "demo": "firsthand demo from nothing to the comparison: wall, CPU, found beside true",
    "fast": "CPU of examining in full ÷ CPU of a first look at key frames alone",
    "examine": "CPU of examining a clip ÷ CPU of bare decoding, each examiner's share, peak memory",
    "steps": "where the time of examining goes, step by step",
    "report": "time, memory and size of a report of many takes",
    "copies.edited": "edited copies of the sample media, found or missed, and false pairs",
    "copies.sample": "copies found within the sample media by pictures alone, against what is known of them",
    "moments.measure": "simulated phones: pairs linked, false links, repeats, intervals (--half tuning | reporting)",
    "moments.scale": "from stored soundprints to moments: time and memory by number of clips",
    "copies.naming": "are edits called by their names, where the copy itself is known (--half tuning | reporting)",
    "copies.stills": "screenshots, edited too: do they find their clip and second (--half tuning | reporting)",
    "moments.muted": "muted clips by flashes in their pictures: right, wrong, and suggested by chance",
    "moments.through_files": "the same through files and the command line alone: a sample",
    "copies.hours": "items that play for hours: what seeking in and with them costs, and what is found",
    "copies.growth": "linking as an archive grows: clips that share nothing, copies of one clip",
    "copies.scale": "the search index by hours of footage: size, what is suggested, cost of a query",
    "copies.queries": "copies under 44 edits and 13 chains of edits: recall, false pairs, segments, names, peers",
    "copies.takes": "copy or another take: edited queries against their source, and against the rest of it",
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in BENCHES:
        for name, what in BENCHES.items():
            print(f"python -m bench {name:<14} {what}")
        return 2 if arguments else 0
    with tempfile.TemporaryDirectory() as keys:  # of archives made for measuring, not in the account's own folder
        os.environ["FIRSTHAND_KEYS"] = keys
        return _run(arguments)


def _run(arguments: list[str]) -> int:
    answer: int = importlib.import_module(f"bench.{arguments[0]}").main(arguments[1:])
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
