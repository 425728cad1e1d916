"""What people do to footage before it reaches a desk: each as a picture in, a picture out, and where a point goes."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from firsthand.madeup.surfaces import Texels
from firsthand.madeup.textures import RGB, cloudy, fitting, write
from firsthand.madeup.truth import Matrix
from firsthand.model.links import Edit

Size = tuple[int, int]  # width, height
SAME: Matrix = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@dataclass(frozen=True)
class Drawn:
    """A way of reworking pictures of one size.

    draw: (picture, seconds of the new clip) to the new picture, always of one even size. transform: the old picture to
    the new one in unit coordinates, y down; None where no such matrix exists.
    """

    draw: Callable[[Texels, float], Texels]
    transform: Matrix | None
    edits: tuple[Edit, ...]


def even(size: tuple[float, float]) -> Size:
    """Both sides rounded to even numbers."""
    return round(size[0] / 2) * 2, round(size[1] / 2) * 2


def scaled(picture: Texels, size: Size) -> Texels:
    """The picture at another size."""
    smaller = size[0] < picture.shape[1]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC), np.uint8)


def smaller(size: Size, *, share: float) -> Drawn:
    """The whole picture at a share of its size: what every platform does."""
    out = even((size[0] * share, size[1] * share))
    return Drawn(lambda picture, at_s: scaled(picture, out), SAME, ())


def cropped_captioned(size: Size, *, text: str) -> Drawn:
    """Cut at the edges, enlarged again, with a band of text over the lower part."""
    left, top, right, bottom = 0.07, 0.05, 0.95, 0.93
    out = even((size[0] * 0.88, size[1] * 0.88))

    def draw(picture: Texels, at_s: float) -> Texels:
        height, width = picture.shape[:2]
        cut = picture[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
        frame = scaled(cut, out)
        band(frame, text, top=0.82, bottom=0.94, ground=(250, 250, 248), ink=(172, 18, 22))
        return frame

    wide, tall = right - left, bottom - top
    return Drawn(draw, ((1 / wide, 0.0, -left / wide), (0.0, 1 / tall, -top / tall)), ("cropped", "overlay"))


def mirrored_logo(size: Size, *, text: str) -> Drawn:
    """Mirrored, which defeats simple matching, with a channel's mark in the corner."""
    out = even((size[0] * 0.75, size[1] * 0.75))

    def draw(picture: Texels, at_s: float) -> Texels:
        frame = np.ascontiguousarray(scaled(picture, out)[:, ::-1])
        height, width = frame.shape[:2]
        radius = height // 14
        middle = (width - 2 * radius, 2 * radius)
        cv2.circle(frame, middle, radius, (206, 30, 44), -1, cv2.LINE_AA)
        write(frame, text, middle=middle, height_px=radius * 0.7, colour=(255, 255, 255), weight=800)
        return frame

    return Drawn(draw, ((-1.0, 0.0, 1.0), (0.0, 1.0, 0.0)), ("mirrored", "overlay"))


def tall_with_blurred_bars(size: Size, *, text: str) -> Drawn:
    """A lying picture made to stand: itself, blurred, above and below, and a line of text on top."""
    width = even((size[1], 2))[0]
    out = even((width, width * 16 / 9))
    inner = even((width, width * size[1] / size[0]))
    top = (out[1] - inner[1]) // 2

    def draw(picture: Texels, at_s: float) -> Texels:
        height, wide = picture.shape[:2]
        strip = round(height * out[0] / out[1])
        behind = picture[:, (wide - strip) // 2 : (wide + strip) // 2]
        small = cv2.GaussianBlur(
            cv2.resize(behind, (out[0] // 4, out[1] // 4), interpolation=cv2.INTER_AREA), (0, 0), 5
        )
        frame = (cv2.resize(small, out, interpolation=cv2.INTER_LINEAR) * 0.62).astype(np.uint8)
        frame[top : top + inner[1]] = scaled(picture, inner)
        band(frame, text, top=0.13, bottom=0.19, ground=(255, 222, 40), ink=(20, 20, 22))
        return frame

    share = inner[1] / out[1]
    return Drawn(draw, ((1.0, 0.0, 0.0), (0.0, share, top / out[1])), ("blurred_bars", "overlay"))


def off_a_screen(size: Size, *, seed: int) -> Drawn:
    """Filmed off a monitor: askew, with its frame, its lines, its glare, and a hand that is not still."""
    out = even((size[0] * 0.85, size[1] * 0.85))
    random = np.random.default_rng([seed, 90])
    desk = np.clip(34 + 7 * cloudy(random, (out[1], out[0])), 0, 255)[..., None] * np.array([1.0, 0.9, 0.8])
    desk_picture = desk.astype(np.uint8)
    glare_y, glare_x = np.mgrid[0 : out[1], 0 : out[0]].astype(np.float32)
    glare = 46 * np.exp(
        -(((glare_x - 0.74 * out[0]) / (0.2 * out[0])) ** 2 + ((glare_y - 0.22 * out[1]) / (0.2 * out[1])) ** 2)
    )
    corners = np.array([[0.085, 0.10], [0.93, 0.065], [0.915, 0.905], [0.10, 0.93]]) * out

    def draw(picture: Texels, at_s: float) -> Texels:
        height, width = picture.shape[:2]
        sway = 0.004 * out[1] * np.array([np.sin(2.1 * at_s) + 0.4 * np.sin(9 * at_s), np.cos(1.7 * at_s)])
        aim = (corners + sway).astype(np.float32)
        rim = (aim + (aim - aim.mean(axis=0)) * 0.05).astype(np.int32)
        frame = desk_picture.copy()
        cv2.fillConvexPoly(frame, rim, (16, 16, 18), cv2.LINE_AA)
        lines = picture.copy()
        lines[::3] = (lines[::3] * 0.86).astype(np.uint8)
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        turn = cv2.getPerspectiveTransform(source, aim)
        shown = cv2.warpPerspective(lines, turn, out, flags=cv2.INTER_LINEAR)
        mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), turn, out)[..., None] > 127
        np.copyto(frame, np.asarray(shown, np.uint8), where=mask)
        rolling = 1 + 0.06 * np.sin(2 * np.pi * (glare_y[:, :1] / out[1] * 1.5 - 0.9 * at_s))
        lit = frame * rolling[..., None] + glare[..., None]
        return np.asarray(np.clip((lit - 8) * 1.04, 0, 255), np.uint8)

    return Drawn(draw, None, ("screen_recording", "tilted"))


def greyed_captioned(size: Size, *, text: str) -> Drawn:
    """Without colour, blurred a little, and captioned: old footage made to look like leaked footage."""
    out = even((size[0] * 0.8, size[1] * 0.8))

    def draw(picture: Texels, at_s: float) -> Texels:
        grey = cv2.cvtColor(scaled(picture, out), cv2.COLOR_RGB2GRAY)
        frame = np.asarray(cv2.cvtColor(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.COLOR_GRAY2RGB), np.uint8)
        band(frame, text, top=0.06, bottom=0.17, ground=(150, 14, 18), ink=(255, 255, 255))
        return frame

    return Drawn(draw, SAME, ("greyscale", "overlay"))


def titled(size: Size, *, text: str) -> Drawn:
    """The whole picture with a title in the corner: what compilers of footage do."""
    out = even((size[0] * 0.8, size[1] * 0.8))

    def draw(picture: Texels, at_s: float) -> Texels:
        frame = scaled(picture, out)
        band(frame, text, top=0.90, bottom=0.985, ground=(18, 32, 78), ink=(255, 255, 255), right=0.56)
        return frame

    return Drawn(draw, SAME, ("overlay",))


def band(
    frame: Texels,
    text: str,
    *,
    top: float,
    bottom: float,
    ground: RGB,
    ink: RGB,
    left: float = 0.03,
    right: float = 0.97,
) -> None:
    """A bar with a line of text, its edges as shares of the frame."""
    height, width = frame.shape[:2]
    box = (round(left * width), round(top * height)), (round(right * width), round(bottom * height))
    cv2.rectangle(frame, *box, ground, -1)
    room = (bottom - top) * height
    tall = fitting(text, height_px=room * 0.5, width_px=(right - left) * width * 0.93)
    middle = ((left + right) / 2 * width, (top + bottom) / 2 * height)
    write(frame, text, middle=middle, height_px=tall, colour=ink)
