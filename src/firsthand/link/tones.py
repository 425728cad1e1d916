"""What was done to the colours, the sharpness and the grain of one of two copies."""

import numpy as np
from numpy.typing import NDArray

from firsthand.link.bars import LEAST, Which
from firsthand.link.detail import Pairs, bands, larger_octaves, ratios
from firsthand.link.framing import outside
from firsthand.link.laying import Cells, Laid
from firsthand.link.motion import inverse
from firsthand.link.prints import Print
from firsthand.model.links import Edit

Said = tuple[Edit, Which | None]
Colours = tuple[NDArray[np.float32], NDArray[np.float32]]

FEWEST_COLOURS = 12  # cells, for one more shade or one less to be no chance
PARTS, WITHIN = 4, 0.01  # of a cell's side, at which the other is looked up; of a picture's side, from its edge
# Full range read as limited range makes a gain of 1.16 and an offset of up to 16: no edit.
GAINS = (0.83, 1.2)
LIFT = 20.0
# Mean distance from grey, in steps of Cb and Cr. Grey is grey to the last bit, 0.00 in every grey copy; a dark road has
# 0.7, and made darker 0.2.
GREY, COLOURED, LESS_COLOUR = 1.6, 3.5, 0.25
COLOURLESS, TINGED = 0.05, 0.5
SHIFTED = 4.5  # mean difference in Cb or Cr; another matrix or range makes up to 2
COLOUR_GAINS = (0.55, 1.8)
ONE_HUE, FEWER_HUES = 1.4, 0.55  # steps of Cb and Cr beside the line of one hue; as a share of the other's
BESIDE = 0.045  # of what lies along it: 0.02 to 0.04 after most tints, 0.06 to 0.6 in footage
NARROWER = 0.6  # beside ÷ along, as a share of the other's
# Of the finest and the next coarser detail that a blur leaves, against what it leaves of coarse detail: 0.2 to 0.4 and
# 0.35 to 0.6. An encoder leaves 0.5 to 0.8 and 0.76 to 0.9.
SOFT, LESS_SOFT, SHOWN = 0.45, 0.68, 0.5  # and grey levels of it that the other has
LARGER = 1.4  # times as many pixels, that one said to be blurred may have
GRAINY, GRAIN = 2.0, 0.8  # times the other's, and grey levels more than it, in the quietest places
# Finest detail ÷ the next coarser: 0.5 to 0.86 in footage, 1.1 to 1.3 under noise. A blur of the other one takes its
# grain away, and leaves this one looking grainy.
EVEN_NOISE = 0.92
# In grainy footage, what was added must be as strong in quiet places as in all, and in the finest detail as in the
# next.
ADDED, ADDED_EVENLY, ADDED_FINELY = 1.5, 0.85, 0.8
MARKED = 0.04  # share of the cells
SAME_SIZE = 0.6  # octaves that the same scene may differ in size for its grain to be compared


def tones(a: Print, b: Print, one: Laid, *, marks: Cells, pairs: Pairs) -> list[Said]:
    """recoloured, greyscale, blurred, noise: each with the item that carries it, None where that is not known.

    pairs: looked-at pictures of both that show nearly one instant."""
    found: list[Said] = []
    colours = _colours(a, b, one, marks, pairs) if pairs else None
    grey = _greyscale(*colours) if colours is not None else []
    found += grey
    # Greys are made in several ways, each with another brightness: that needs no second name.
    if colours is not None and len(colours[0]) < FEWEST_COLOURS * len(pairs):
        colours = None
    if not grey and (_toned(one) or (colours is not None and _recoloured(*colours))):
        found.append(("recoloured", _tinted(*colours) if colours is not None else None))
    beyond = [outside(one.matrix), outside(inverse(one.matrix))]
    same_frame = max(max(each.across, each.down) for each in beyond) < LEAST
    # What else a picture holds has other detail: only where both show the same can a blur or noise be told.
    if not same_frame or marks.sum() > MARKED * one.seen.sum():
        return found
    return found + _detail(a, b, one, pairs, marked=bool(marks.any()))


def _toned(one: Laid) -> bool:
    if one.under[:, one.seen].std() < 4 or one.over[:, one.seen].std() < 4:
        return False
    return not GAINS[0] < one.gain < GAINS[1] or abs(one.lift) > LIFT


def _colours(a: Print, b: Print, one: Laid, marks: Cells, pairs: Pairs) -> Colours | None:
    """Cb and Cr less 128 of cells that both show, marks left out, [cells, 2] each: a's and b's. Cells of the one that
    shows the scene smaller, each beside the mean of what the other shows there."""
    on_b = one.grid == "b"
    side = a.colour.shape[1]
    steps = (np.arange(side) + 0.5) / side
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 1, 2)
    parts = ((np.arange(PARTS) + 0.5) / PARTS - 0.5) / side
    spots = grid + np.stack(np.meshgrid(parts, parts), -1).reshape(1, -1, 2)
    back = inverse(one.matrix) if on_b else one.matrix
    there = spots @ back[:, :2].T + back[:, 2]
    # Whole cells: at an inset's edge half of a cell is other footage.
    seen = ((there > WITHIN) & (there < 1 - WITHIN)).all((1, 2))
    seen &= ~np.asarray(marks.reshape(side, len(marks) // side, side, -1).any(axis=(1, 3))).reshape(-1)
    if seen.sum() < 6:
        return None
    column, row = (np.clip(there[seen], 0, 0.999) * side).astype(int).transpose(2, 0, 1)
    wider, closer = (b, a) if on_b else (a, b)
    of_wider, of_closer = [], []
    for of_a, of_b in pairs:
        in_wider, in_closer = (of_b, of_a) if on_b else (of_a, of_b)
        of_wider.append(wider.colour[in_wider].reshape(-1, 2)[seen])
        of_closer.append(closer.colour[in_closer][row, column].mean(1))
    both = np.concatenate(of_wider).astype(np.float32) - 128, np.concatenate(of_closer).astype(np.float32) - 128
    return (both[1], both[0]) if on_b else both


def _greyscale(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[Said]:
    of_a, of_b = float(np.hypot(*a.T).mean()), float(np.hypot(*b.T).mean())
    if _without_colour(of_a, of_b, b):
        return [("greyscale", "a")]
    return [("greyscale", "b")] if _without_colour(of_b, of_a, a) else []


def _without_colour(grey: float, other: float, colours: NDArray[np.float32]) -> bool:
    """Whether one has no colour and the other has, which was not tinted: then the grey one is perhaps the source."""
    fewer = grey < GREY and other > COLOURED and grey < LESS_COLOUR * other
    return (fewer or (grey < COLOURLESS and other > TINGED)) and not _one_hue(colours)


def _recoloured(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    # Medians and middle spreads: an overlay has colours of its own, on less than half of the picture.
    if float(np.abs(np.median(a - b, axis=0)).max()) > SHIFTED:
        return True
    if _tinted(a, b) is not None and (_one_hue(a) or _one_hue(b)):
        return True
    spread_a, spread_b = _spread(a), _spread(b)
    return max(spread_a, spread_b) >= 5 and not COLOUR_GAINS[0] < spread_a / max(spread_b, 1e-6) < COLOUR_GAINS[1]


def _tinted(a: NDArray[np.float32], b: NDArray[np.float32]) -> Which | None:
    """Which of the two has the shades of one colour alone (sepia, a tint), where the other has several."""
    (beside_a, along_a), (beside_b, along_b) = _hues(a), _hues(b)
    # What was only made paler was perhaps made stronger in the other: then its hues are as narrow as the other's.
    narrower_a = beside_a * along_b < NARROWER * beside_b * along_a
    narrower_b = beside_b * along_a < NARROWER * beside_a * along_b
    if narrower_a and beside_a < min(ONE_HUE, FEWER_HUES * beside_b):
        return "a"
    return "b" if narrower_b and beside_b < min(ONE_HUE, FEWER_HUES * beside_a) else None


def _one_hue(colours: NDArray[np.float32]) -> bool:
    beside, along = _hues(colours)
    return beside < BESIDE * along


def _hues(colours: NDArray[np.float32]) -> tuple[float, float]:
    """How far colours lie beside the one line through grey that holds the most of them, and along it."""
    beside, along = np.linalg.eigvalsh(colours.T @ colours / len(colours))
    return float(np.sqrt(max(beside, 0.0))), float(np.sqrt(along))


def _spread(colours: NDArray[np.float32]) -> float:
    low, high = np.quantile(colours, [0.2, 0.8], axis=0)
    return float(np.hypot(*(high - low)) / 2)


def _detail(a: Print, b: Print, one: Laid, pairs: Pairs, *, marked: bool) -> list[Said]:
    """Blurred and noise, from detail at one scale of the scene in both. marked: words are detail too; without them the
    other one would seem blurred."""
    if not pairs:
        return []
    of_a, of_b = bands(a, [n for n, _ in pairs]), bands(b, [n for _, n in pairs])
    octaves, gain = larger_octaves(a, b, one.matrix), max(0.3, min(3.0, one.gain))
    noisy = _noisy(of_a, of_b, gain) if abs(octaves) < SAME_SIZE else []
    # Noise is detail too: what it covers looks sharper, and the other one blurred.
    if noisy or marked:
        return noisy
    sharper = gain * ratios(of_a[:-1], of_b[:-1], octaves)
    if len(sharper) < 3:
        return []
    softer, less = float(sharper[0] / sharper[-1]), float(sharper[1] / sharper[-1])
    # A copy made smaller by a careless scaler looks sharper than what it was made from.
    if softer < SOFT and less < LESS_SOFT and of_b[0] > SHOWN and a.pixels <= LARGER * b.pixels:
        return [("blurred", "a")]
    if softer > 1 / SOFT and less > 1 / LESS_SOFT and of_a[0] > SHOWN and b.pixels <= LARGER * a.pixels:
        return [("blurred", "b")]
    return []


def _noisy(of_a: NDArray[np.float64], of_b: NDArray[np.float64], gain: float) -> list[Said]:
    """Noise in the quietest places, and as much of it in the finest detail as in the next coarser."""
    if np.isnan(of_a[-1]) or np.isnan(of_b[-1]):
        return []
    in_b = of_a * gain
    if _grain_added(in_b, of_b):
        return [("noise", "a")]
    return [("noise", "b")] if _grain_added(of_b, in_b) else []


def _grain_added(noisy: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    if noisy[-1] > GRAINY * other[-1] and noisy[-1] - other[-1] > GRAIN and noisy[0] > EVEN_NOISE * noisy[1]:
        return True
    fine, coarser, quiet = np.sqrt(np.maximum(noisy[[0, 1, -1]] ** 2 - other[[0, 1, -1]] ** 2, 0.0)).tolist()
    return bool(quiet > ADDED and quiet > ADDED_EVENLY * fine and fine > ADDED_FINELY * coarser and fine > 0)
