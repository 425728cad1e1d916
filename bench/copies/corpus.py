"""What is asked and among what: sources split into halves, drawn distractors, queries made by seed and kept."""

import csv
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np

from bench.copies.footage import Clip, Picture, Shown, read, write
from bench.copies.making import CHAINS, SINGLE, Recipe, make
from bench.copies.peers import PeerPrint, PeerPrinter
from bench.copies.pictures import Change, captioned, meme, stamped
from firsthand.examine.fingerprint import FingerprintExaminer
from firsthand.examine.pictures import PicturesExaminer
from firsthand.link.prints import Print, print_of
from firsthand.media.decode import Pass
from firsthand.media.frames import SoundBlock
from firsthand.model.ids import ItemId, item_id
from firsthand.model.outcomes import Outcome

PICTURES = {".mp4", ".mkv", ".mov", ".webm"}
BLACK = "media__long_1080p_lowbitrate.mp4"
SHORTEST_S = 4.0
WINDOW_S = 7.0
DECORATIONS: dict[str, Callable[[np.random.Generator], Change]] = {
    "logo": lambda rng: stamped(rng, 0.35),
    "caption": captioned,
    "meme": meme,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A clip's findings of pictures, and what the peers keep of it. Packets and sound are withheld: pictures must
    speak for themselves."""

    name: str
    family: str
    outcomes: dict[str, Outcome]
    peer: PeerPrint
    seconds: float

    @property
    def item(self) -> ItemId:
        return item_id(sha256(self.name.encode()).hexdigest())

    def print(self) -> Print | None:
        return print_of(self.item, self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An edited stretch of a source, or a trap that shows no source at all (empty `shown`). families: of all footage
    that is in it, the host's too where it lies in or between other footage."""

    examined: Examined
    families: frozenset[str]
    source: str
    recipe: str
    called: frozenset[str]
    shown: tuple[Shown, ...]


class Corpus:
    """The clips of some folders: which belong together, which are sources, and of which half."""

    def __init__(self, folders: list[Path], *, cache: Path) -> None:
        self._cache = cache
        cache.mkdir(parents=True, exist_ok=True)
        self.files = sorted(path for one in folders for path in one.iterdir() if path.suffix.lower() in PICTURES)
        self._family = family_of(folders)

    def family(self, path: Path) -> str:
        """Files of one family share footage; of others nothing of the kind is known."""
        return self._family.get(path.name, path.name)

    def references(self) -> list[Examined]:
        """Every file as it is, but the black one."""
        return [self._reference(path) for path in self.files if path.name != BLACK]

    def sources(self, half: str) -> list[Path]:
        """The longest file of each family that plays long enough; "tuning" and "reporting" take turns in the order
        of the names' digests."""
        longest: dict[str, tuple[float, Path]] = {}
        for one, path in zip(self.references(), [p for p in self.files if p.name != BLACK], strict=True):
            if one.seconds >= SHORTEST_S and one.seconds > longest.get(one.family, (0.0, path))[0]:
                longest[one.family] = (one.seconds, path)
        chosen = sorted((path for _, path in longest.values()), key=lambda path: sha256(path.name.encode()).digest())
        return chosen[0::2] if half == "tuning" else chosen[1::2]

    def queries(
        self, half: str, *, rounds: int, seed: int, every: int = 1, part: int = 0, first_round: int = 0
    ) -> Iterator[Query]:
        """Every `every`-th, from the part-th, of: each recipe on each source, once a round; windows start anywhere."""
        sources = self.sources(half)
        for number in range(first_round, first_round + rounds):
            for place, path in enumerate(sources):
                asked = [
                    (row, recipe)
                    for row, recipe in enumerate((*SINGLE, *CHAINS))
                    if (row + place + number * len(sources)) % every == part
                ]
                yield from self._asked(path, sources[(place + 1 + number) % len(sources)], asked, number, seed)

    def _asked(
        self, path: Path, host_path: Path, asked: list[tuple[int, Recipe]], number: int, seed: int
    ) -> Iterator[Query]:
        if host_path == path:
            host_path = self.sources("tuning")[0]
        window: Clip | None = None
        host: Clip | None = None
        for row, recipe in asked:
            film = self._cache / f"{_key(path)}-{number}-{seed}-{_key_text(recipe.name)}.mp4"
            told = film.with_suffix(".truth")
            if not told.exists():
                if window is None or host is None:
                    draw = np.random.default_rng([seed, number, int(_key(path), 16)])
                    whole_s = self._reference(path).seconds
                    length_s = min(WINDOW_S, 0.8 * whole_s)
                    window = read(path, start_s=float(draw.uniform(0, whole_s - length_s)), length_s=length_s)
                    host = read(host_path, length_s=WINDOW_S)
                rng = np.random.default_rng([seed, number, row, int(_key(path), 16)])
                made = make(recipe, window, host, rng)
                _write(made.clip, film, crf=made.crf)
                told.write_bytes(pickle.dumps(made.clip.shown))
            shows = (path, host_path) if recipe.shows_host else (path,)
            yield Query(
                examined=self._kept(film, f"{path.name} {number} {seed} {recipe.name}", self.family(path)),
                families=frozenset(self.family(one) for one in shows),
                source=path.name,
                recipe=recipe.name,
                called=recipe.called,
                shown=pickle.loads(told.read_bytes()),
            )

    def traps(self) -> list[Query]:
        """Footage that shares a logo, a caption or a frame with other footage, black, static and text: all of it
        must be called a copy of nothing but its own source."""
        traps = []
        for path in self.sources("tuning") + self.sources("reporting"):
            for name, look in DECORATIONS.items():
                film = self._cache / f"trap-{_key(path)}-{name}.mp4"
                if not film.exists():
                    changed = look(np.random.default_rng(7))  # one draw for all: the same logo, words and place
                    _write(read(path, length_s=6.0).each(changed), film, crf=23)
                one = self._kept(film, f"trap {name} {path.name}", self.family(path))
                traps.append(
                    Query(
                        examined=one,
                        families=frozenset({one.family}),
                        source=path.name,
                        recipe=f"trap: {name}",
                        called=frozenset(),
                        shown=(),
                    )
                )
        for name, clip in drawn_traps():
            film = self._cache / f"trap-{_key_text(name)}.mp4"
            if not film.exists():
                _write(clip, film, crf=23)
            one = self._kept(film, name, name)
            traps.append(
                Query(
                    examined=one,
                    families=frozenset({name}),
                    source="",
                    recipe="trap: drawn",
                    called=frozenset(),
                    shown=(),
                )
            )
        return traps

    def _reference(self, path: Path) -> Examined:
        return self._kept(path, path.name, self.family(path))

    def _kept(self, path: Path, name: str, family: str) -> Examined:
        """What was found of a file, kept until an examiner's version or settings change."""
        kept = self._cache / f"found-{_key_text(name)}-{_key_text(made_by())}.pickle"
        if not kept.exists():
            making = kept.with_name(f"{os.getpid()}-{kept.name}")
            making.write_bytes(pickle.dumps(examined(path, name, family)))
            making.replace(kept)
        one: Examined = pickle.loads(kept.read_bytes())
        return one


def made_by() -> str:
    """The examiners whose findings are kept, with their versions and settings."""
    engines = (PicturesExaminer.engine, FingerprintExaminer.engine)
    return " ".join(f"{one.name} {one.version} {one.settings}" for one in engines)


def examined(path: Path, name: str, family: str) -> Examined:
    """What the examiners and the peers make of a file's pictures."""
    pictures, fingerprint, peer = PicturesExaminer(), FingerprintExaminer(), PeerPrinter()
    with path.open("rb") as file:
        one = Pass(file.fileno())
        for given in one:
            if not isinstance(given, SoundBlock):
                pictures.see(given)
                fingerprint.see(given)
                peer.see(given)
    return Examined(
        name=name,
        family=family,
        outcomes={"pictures": pictures.finish(one.decoded), "fingerprint": fingerprint.finish(one.decoded)},
        peer=peer.finish(),
        seconds=one.decoded.pictures_end_s,
    )


def drawn_traps() -> Iterator[tuple[str, Clip]]:
    """Black, grey, noise, two cards of words, and a still frame with a ticker."""
    rng = np.random.default_rng(11)
    flat = np.full((360, 640, 3), 16, np.uint8)

    def words(*lines: str) -> Picture:
        card = flat.copy()
        for row, line in enumerate(lines):
            cv2.putText(card, line, (60, 120 + 70 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (235, 235, 235), 2)
        return card

    def noise() -> Picture:
        return np.asarray(rng.integers(0, 255, (360, 640, 3)), np.uint8)

    cards: dict[str, Callable[[int], Picture]] = {
        "black": lambda n: flat,
        "grey": lambda n: np.full_like(flat, 116),
        "noise": lambda n: noise(),
        "card 1": lambda n: words("NEWS 24 / 7", "THE EVENING REPORT", "coming up next"),
        "card 2": lambda n: words("NEWS 24 / 7", "THE MORNING REPORT", "stay with us"),
        "ticker": lambda n: np.asarray(np.roll(words("NEWS 24 / 7", "", "breaking breaking breaking"), 4 * n, 1)),
    }
    for name, draw in cards.items():
        yield f"drawn {name}", Clip(pictures=[draw(n) for n in range(75)], fps=15.0, shown=())


def family_of(folders: list[Path]) -> dict[str, str]:
    """File name → family, from the tables beside the clips (SCENES.csv, FAMILIES.csv) where there are any."""
    family: dict[str, str] = {}
    for folder in folders:
        if (folder / "SCENES.csv").exists():
            with (folder / "SCENES.csv").open(newline="") as file:
                for row in csv.DictReader(file):
                    if row["kind"].startswith("copies"):
                        family |= dict.fromkeys(row["files"].split("|"), row["group"])
        if (folder / "FAMILIES.csv").exists():
            with (folder / "FAMILIES.csv").open(newline="") as file:
                family |= {row["file"]: row["family"] for row in csv.DictReader(file)}
    return family


def _write(clip: Clip, film: Path, *, crf: int) -> None:
    """Whole or not at all: several processes may share one folder."""
    making = film.with_name(f"{os.getpid()}-{film.name}")
    write(clip, making, crf=crf)
    making.replace(film)


def _key(path: Path) -> str:
    return _key_text(path.name)


def _key_text(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:10]
