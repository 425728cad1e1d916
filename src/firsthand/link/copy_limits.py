"""The thresholds by which two stretches are called copies of one recording."""

from dataclasses import dataclass

from firsthand.link.motion import Agreement, Chance


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLimits:
    """Thresholds. Where they come from: bench/copies/LOG.md."""

    candidates: int = 60  # items whose frames are laid over each other, best votes first, for each of two passes
    strangers: int = 12  # in a row, after which no less likely candidate is looked at: true ones came 12th at worst
    frame_pairs: int = 12  # of one candidate
    first_pairs: int = 5  # the likeliest; where none of them holds it is a stranger
    patient: int = 2  # of the likeliest items all frame pairs are tried: words and bricks may outvote an inset
    witnesses: int = 8  # distinct places; strangers' frames reached 6
    pooled_witnesses: int = 10  # of several frame pairs together: strangers' reached 9 in 97 of 100
    # Of one of the two pictures at least. A logo that both carry spans 0.02 to 0.06, a knob on an empty door 0.09:
    # what moves under the same map tells a logo from footage, so this only spares the search.
    spread: float = 0.05
    scene_witnesses: int = 16  # to say "same scene" or "undecidable" where motion does not settle it
    scene_spread: float = 0.12  # of both pictures: a logo or caption spans less
    correlation: float = 0.5  # of all that both show, the longer the nearer; see `needed`
    short: float = 0.45
    picked_correlation: float = 0.6
    picked_short: float = 0.45
    whole: float = 0.8  # of the shorter item
    undecided: float = 0.5  # below this, what moves is not the same
    beyond_doubt: float = 0.9
    # Over the best that other offsets of the same two items give; or half of what that leaves unexplained: of a slow
    # pan every second resembles the next.
    above_chance: float = 0.2
    unexplained: float = 0.5
    # Where other offsets were tried for some seconds and agree far less, chance is measured and need not be feared:
    # leaves in the wind agree at 0.65 where they are the same and at 0.1 where not.
    clear_correlation: float = 0.45
    clear_short: float = 0.45
    clear_odd_correlation: float = 0.5
    clear_odd_short: float = 0.5
    # Of a second or two more: a hand that holds a phone sways alike again (0.91 over 1.0 s, 0.88 over 1.4 s, at most
    # 0.67 over 2.4 s).
    clear_brief_correlation: float = 0.42
    clear_brief: float = 0.72
    # Of a whole item of some seconds nothing was picked: filmed off a screen, it agrees at 0.58 over 8 s and at 0.25
    # elsewhere.
    clear_whole_s: float = 4.0
    clear_whole_correlation: float = 0.4
    clear_of_chance: float = 0.4
    clear_of_chance_whole: float = 0.3
    clear_tried_s: float = 3.0
    moving_s: float = 1.0
    piece_moving_s: float = 0.6  # of a piece beside another
    other_moving_s: float = 1.6  # in each of the two, to say that they are other takes

    def needed(self, moving_s: float, *, whole: bool) -> float:
        """The correlation that makes a copy. Where a stretch was picked out of more that both show, or a second or two
        were tried at every offset, two takes of one gesture or two walks along one path agree by chance."""
        least, more = (self.correlation, self.short) if whole else (self.picked_correlation, self.picked_short)
        return float(least + more / max(1.0, moving_s) ** 0.5)

    def needed_of_clear(self, moving_s: float, *, whole: bool, plain: bool) -> float:
        """The same where other offsets agree far less. At an odd speed one car fits another for a second or two."""
        moving_s = max(1.0, moving_s)
        if not plain:
            return float(self.clear_odd_correlation + self.clear_odd_short / moving_s**0.5)
        if whole and moving_s >= self.clear_whole_s:
            return float(self.clear_whole_correlation + self.clear_short / moving_s**0.5)
        return float(max(self.needed_beside(moving_s), self.clear_brief_correlation + self.clear_brief / moving_s))

    def needed_beside(self, moving_s: float) -> float:
        """The same beside a stretch that is known, or was found together with it."""
        return float(self.clear_correlation + self.clear_short / max(1.0, moving_s) ** 0.5)

    def may_do(self, one: Agreement, *, whole: bool, plain: bool) -> bool:
        """Whether a stretch agrees so far that it is a copy unless chance gives as much. whole: it is nearly all of one
        of the two; plain: at an unchanged speed, for every other that is tried is one more chance to agree."""
        clear = self.needed_of_clear(one.moving_s, whole=whole, plain=plain)
        least = min(self.needed(one.moving_s, whole=whole), clear)
        return one.moving_s >= self.moving_s and min(one.correlation, one.level) >= least

    def does(self, one: Agreement, chance: Chance, *, whole: bool, plain: bool) -> bool:
        """Whether a stretch agrees so far that it is a copy, given what other offsets of the same two give."""
        if not self.may_do(one, whole=whole, plain=plain):
            return False
        agrees = min(one.correlation, one.level)
        if agrees < self.needed(one.moving_s, whole=whole):
            long = whole and one.moving_s >= self.clear_whole_s
            above = self.clear_of_chance_whole if long else self.clear_of_chance
            return chance.tried_s >= self.clear_tried_s and agrees >= chance.best + above
        return self._above(one, chance)

    def does_beside(self, one: Agreement, chance: Chance) -> bool:
        """The same of a stretch that goes on beside another, in the same way: it was not picked out of all there is."""
        agrees = min(one.correlation, one.level)
        enough = one.moving_s >= self.piece_moving_s and agrees >= self.needed_beside(one.moving_s)
        return enough and self._above(one, chance)

    def _above(self, one: Agreement, chance: Chance) -> bool:
        explained = 1 - one.correlation <= self.unexplained * (1 - chance.best)
        return explained or one.correlation >= chance.best + self.above_chance
