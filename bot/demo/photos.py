"""Pictures for the reports of the make-believe town: drawn, so that they show nobody and belong to nobody."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE = WIDE, HIGH = 900, 675
SKY, NIGHT, WALL = "#cfdde6", "#26313f", "#b9a28c"
STREET, STONE, GRASS, EARTH = "#7d8285", "#a9aaa6", "#7c9a5e", "#54463a"
DARK, GREEN, PALE, WOOD = "#2d3436", "#2f6b4f", "#efe9dd", "#8a6a4a"


def _bin(on: ImageDraw) -> None:
    _ground(on, SKY, STONE)
    on.rounded_rectangle((340, 300, 560, 600), 18, GREEN, DARK, 6)
    on.rectangle((320, 280, 580, 316), DARK)
    for x, y, colour in ((330, 190, PALE), (430, 160, "#d9b44a"), (500, 200, "#c96b5a"), (380, 220, SKY)):
        on.rounded_rectangle((x, y, x + 96, y + 96), 26, colour, DARK, 4)
    for x, colour in ((210, "#c96b5a"), (610, PALE), (700, "#d9b44a")):
        on.ellipse((x, 560, x + 80, 620), colour, DARK, 4)


def _lamp(on: ImageDraw) -> None:
    _ground(on, NIGHT, "#39424a")
    on.line((450, 640, 450, 150), "#8d979f", 16)
    on.arc((450, 90, 640, 260), 180, 290, "#8d979f", 14)
    on.polygon(((560, 96), (690, 120), (670, 160), (560, 140)), "#11161c", "#8d979f")
    for x in (120, 700):
        on.rectangle((x, 300, x + 110, 470), "#18202a")


def _rubbish(on: ImageDraw) -> None:
    _ground(on, WALL, GRASS)
    on.polygon(((180, 560), (560, 380), (640, 430), (260, 620)), PALE, DARK)
    for step in range(5):
        on.line((240 + 76 * step, 560 - 36 * step, 300 + 76 * step, 596 - 36 * step), "#c9c1b2", 5)
    for x in (560, 690):
        on.rectangle((x, 470, x + 90, 496), WOOD, DARK)
        on.rectangle((x, 360, x + 14, 600), WOOD)
        on.rectangle((x + 78, 470, x + 90, 600), WOOD)


def _hole(on: ImageDraw) -> None:
    _ground(on, STREET, STREET)
    on.polygon(((0, 60), (900, 10), (900, 60), (0, 120)), STONE)
    on.ellipse((250, 260, 690, 520), EARTH, "#5f6264", 16)
    on.ellipse((320, 330, 640, 490), "#3c4a55")
    for x, y in ((220, 500), (700, 300), (640, 540), (270, 250)):
        on.ellipse((x, y, x + 34, y + 22), "#5f6264")


def _branch(on: ImageDraw) -> None:
    _ground(on, SKY, GRASS)
    on.polygon(((330, 675), (560, 675), (900, 560), (900, 500)), STONE)
    on.rectangle((120, 100, 200, 600), WOOD)
    on.line((180, 260, 700, 430), WOOD, 22)
    for x, y in ((60, 0), (180, 20), (300, 220), (430, 290), (560, 350), (650, 390)):
        on.ellipse((x, y, x + 190, y + 150), GREEN)


def _slabs(on: ImageDraw) -> None:
    _ground(on, STONE, STONE)
    for row in range(5):
        for column in range(6):
            x, y = column * 170 - 60 * (row % 2), row * 140
            on.rectangle((x, y, x + 164, y + 134), "#b7b8b4", "#8d8f8b", 4)
    on.polygon(((300, 300), (470, 270), (490, 410), (310, 440)), "#cfcfca", DARK)
    on.polygon(((310, 440), (490, 410), (490, 430), (314, 462)), DARK)


def _clean(on: ImageDraw) -> None:
    _ground(on, WALL, STONE)
    for row in range(7):
        for column in range(8):
            x, y = column * 128 - 64 * (row % 2), row * 62
            on.rectangle((x, y, x + 122, y + 56), "#a9745c", "#8f5f4a", 3)
    on.rectangle((300, 100, 620, 300), "#bb8871")


def _ground(on: ImageDraw, behind: str, below: str) -> None:
    on.rectangle((0, 0, *SIZE), behind)
    on.rectangle((0, 430, *SIZE), below)


SCENES: dict[str, Callable[[ImageDraw], None]] = {
    "bin": _bin,
    "lamp": _lamp,
    "rubbish": _rubbish,
    "hole": _hole,
    "branch": _branch,
    "slabs": _slabs,
    "clean": _clean,
}


@cache
def photo(scene: str) -> bytes:
    """The picture of a scene as a JPEG, a little out of focus as pictures from a pocket are. Takes a moment."""
    from PIL import Image, ImageDraw, ImageFilter

    picture = Image.new("RGB", SIZE)
    SCENES[scene](ImageDraw.Draw(picture))
    shade = Image.radial_gradient("L").resize(SIZE).point(lambda value: value // 3)
    picture = Image.composite(Image.new("RGB", SIZE, DARK), picture.filter(ImageFilter.BoxBlur(1)), shade)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    return made.getvalue()
