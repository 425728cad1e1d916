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

# Full range read as limited range makes a gain of 1.16 and an offset of up to 16: no edit.
GAINS = (0.83, 1.2)
LIFT = 20.0
GREY, COLOURED = 1.6, 3.5  # mean distance from grey, in steps of Cb and Cr
COLOURLESS, TINGED = 0.7, 1.4  # the same, of a picture without colour and of one with little
SHIFTED = 4.5  # mean difference in Cb or Cr; another matrix or range makes up to 2
COLOUR_GAINS = (0.55, 1.8)
ONE_HUE, FEWER_HUES = 1.4, 0.55  # steps of Cb and Cr beside the line of one hue; as a share of the other's
NARROWER = 0.6  # beside ÷ along, as a share of the other's
SOFT = 0.62  # of fine detail that a blur leaves, against what it leaves of coarse detail
LARGER = 1.4  # times as many pixels, that one said to be blurred may have
GRAINY, GRAIN = 2.0, 0.8  # times the other's, and grey levels more than it, in the quietest places
# Finest detail ÷ the next coarser: 0.5 to 0.86 in footage, 1.1 to 1.3 under noise. A blur of the other one takes its
# grain away, and leaves this one looking grainy.
EVEN_NOISE = 0.92
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
    """Cb and Cr less 128 of cells that both show, marks left out, [cells, 2] each: a's, and where they lie in b."""
    side = a.colour.shape[1]
    steps = (np.arange(side) + 0.5) / side
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    x, y = (grid @ one.matrix[:, :2].T + one.matrix[:, 2]).T
    # Whole cells of either: at an inset's edge half of a cell is other footage.
    across, down = (0.5 / side * np.maximum(1.0, np.abs(one.matrix[:, :2]).sum(1))).tolist()
    seen = (x > across) & (x < 1 - across) & (y > down) & (y < 1 - down)
    wide = np.asarray(marks.reshape(side, len(marks) // side, side, -1).any(axis=(1, 3)))
    row, column = (np.clip(y, 0, 0.999) * side).astype(int), (np.clip(x, 0, 0.999) * side).astype(int)
    seen &= ~(wide.reshape(-1) if one.grid == "a" else wide[row, column])
    if seen.sum() < 6:
        return None
    of_a = [a.colour[n].reshape(-1, 2)[seen] for n, _ in pairs]
    of_b = [b.colour[n][row[seen], column[seen]] for _, n in pairs]
    return np.concatenate(of_a).astype(np.float32) - 128, np.concatenate(of_b).astype(np.float32) - 128


def _greyscale(a: NDArray[np.float32], b: NDArray[np.float32]) -> list[Said]:
    of_a, of_b = float(np.hypot(*a.T).mean()), float(np.hypot(*b.T).mean())
    for grey, least in ((GREY, COLOURED), (COLOURLESS, TINGED)):
        if of_a < grey and of_b > least:
            return [("greyscale", "a")]
        if of_b < grey and of_a > least:
            return [("greyscale", "b")]
    return []


def _recoloured(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    # Medians and middle spreads: an overlay has colours of its own, on less than half of the picture.
    if float(np.abs(np.median(a - b, axis=0)).max()) > SHIFTED:
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
    relative = float(sharper[0] / sharper[-1])
    # A copy made smaller by a careless scaler looks sharper than what it was made from.
    if relative < SOFT and float(np.nanmax(of_b[:1])) > 0.8 and a.pixels <= LARGER * b.pixels:
        return [("blurred", "a")]
    if relative > 1 / SOFT and float(np.nanmax(of_a[:1])) > 0.8 and b.pixels <= LARGER * a.pixels:
        return [("blurred", "b")]
    return []


def _noisy(of_a: NDArray[np.float64], of_b: NDArray[np.float64], gain: float) -> list[Said]:
    """Noise in the quietest places, and as much of it in the finest detail as in the next coarser."""
    if np.isnan(of_a[-1]) or np.isnan(of_b[-1]):
        return []
    grain_a, grain_b = float(of_a[-1]) * gain, float(of_b[-1])
    if grain_a > GRAINY * grain_b and grain_a - grain_b > GRAIN and of_a[0] > EVEN_NOISE * of_a[1]:
        return [("noise", "a")]
    if grain_b > GRAINY * grain_a and grain_b - grain_a > GRAIN and of_b[0] > EVEN_NOISE * of_b[1]:
        return [("noise", "b")]
    return []
