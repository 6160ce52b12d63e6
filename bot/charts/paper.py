"""How a poster is drawn: laid out on A4 here, put into a template of SVG, and made a picture or a paper to print.

Nothing lies on the middle lines of the paper, so that it may be folded; nothing is told by colour alone. The code to
scan has the most error correction there is: it is read even where a third of it is torn or faded. Only the drawing
process loads this.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jinja2
import segno
import vl_convert
from PIL import Image

from bot.charts import spec
from bot.charts.sheets import Form, Sheet, Voice

WIDE, HIGH = 595, 842  # points of A4
MARGIN = 46
STRONG, INK = "#17615a", "#16201f"
SHARP = 2.5  # pixels a point: 180 a inch on paper

QUESTION = (128.0, 398.0)  # from, to
LARGEST, SMALLEST, MAY_BREAK = 104, 15, 30  # points of a question; words are broken in small print only
CODE = (MARGIN, 440, 224)  # x, y and side of the square with the code
QUIET = 4  # modules around the code, which scanners need; ISO/IEC 18004
BESIDE = (434.0, 732.0)  # what stands beside the code
FOOT = 754.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text at its place; `x` is where it begins, `end` says that this is its right edge."""

    text: str
    x: float
    y: float
    size: float
    bold: bool
    colour: str
    end: bool


def drawn(sheet: Sheet, form: Form) -> bytes:
    """The poster."""
    spec.register()
    text = svg(sheet)
    if form == "pdf":
        return bytes(vl_convert.svg_to_pdf(text))
    packed = io.BytesIO()
    with Image.open(io.BytesIO(vl_convert.svg_to_png(text, scale=SHARP))) as image:
        image.convert("RGB").save(packed, "PNG", optimize=True)
    return packed.getvalue()


def svg(sheet: Sheet) -> str:
    """All of it at its place, mirrored where the sheet begins at the right."""
    x, y, side = CODE
    path, modules = _code(sheet.leads_to)
    return _template().render(
        wide=WIDE,
        high=HIGH,
        family=spec.FAMILY,
        strong=STRONG,
        ink=INK,
        lines=[*_head(sheet), *_question(sheet), *_beside(sheet), *_foot(sheet)],
        picture=sheet.picture,
        picture_x=WIDE - MARGIN - 60 if sheet.rtl else MARGIN,
        code=path,
        code_x=WIDE - x - side if sheet.rtl else x,
        code_y=y,
        side=side,
        module=round(side / modules, 4),
    )


def _code(leads_to: str) -> tuple[str, int]:
    """The code's dark modules as a path, a unit each, with the quiet zone around; and how many there are in a row."""
    code = segno.make(leads_to, error="h", micro=False)
    path = []
    for y, row in enumerate(code.matrix_iter(border=QUIET)):
        x = 0
        dark = [bool(module) for module in row]
        while x < len(dark):
            run = next((n for n in range(x, len(dark)) if dark[n] != dark[x]), len(dark)) - x
            if dark[x]:
                path.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run
    return "".join(path), int(code.symbol_size(border=QUIET)[0])


def _head(sheet: Sheet) -> Iterator[Line]:
    """Whose poster it is, beside the picture if there is one."""
    room = WIDE - 2 * MARGIN - (76 if sheet.picture else 0)
    size = _fitting(sheet.community, 26, 13, room, bold=True)
    side = MARGIN + (76 if sheet.picture else 0)
    for line in spec.wrapped(sheet.community, size, True, room, 1):
        yield _line(line, sheet.rtl, side, WIDE - side, 78, size, bold=True, colour=STRONG)


def _question(sheet: Sheet) -> Iterator[Line]:
    """As large as it fits. Two titles, one in each language, are equally large."""
    top, bottom = QUESTION
    room = WIDE - 2 * MARGIN
    sizes = [
        size
        for size in range(LARGEST, SMALLEST - 1, -1)
        if size <= MAY_BREAK or _words_fit(sheet.titles, size)
    ]
    for size in sizes:
        lines = [
            (line, spec.from_the_right(title), _height(title) * size)
            for title in map(_tidied, sheet.titles)
            for line in spec.wrapped(title, size, True, room, 40)
        ]
        if sum(height for _, _, height in lines) <= bottom - top:
            break
    y = top
    for line, rtl, height in lines:
        y += height
        if y > bottom + 1:
            return
        yield _line(line, rtl, MARGIN, WIDE - MARGIN, y - height * 0.22, size, bold=True, colour=INK)


def _words_fit(titles: Sequence[str], size: int) -> bool:
    room = WIDE - 2 * MARGIN
    return all(spec.wide(word, size, True) <= room for title in titles for word in _tidied(title).split())


def _tidied(text: str) -> str:
    return spec.plain(" ".join(text.split()))


def _height(text: str) -> float:
    """Line height of the script; Arabic letters need the room."""
    return 1.5 if any(spec.from_the_right(c) for c in text) else 1.2


def _beside(sheet: Sheet) -> Iterator[Line]:
    """What to do, in each language; both are equally large."""
    x, _, side = CODE
    top, bottom = BESIDE
    left, right = x + side + 24, WIDE - MARGIN
    if sheet.rtl:
        left, right = WIDE - right, WIDE - left
    gap, call = 16.0, 25 if len(sheet.voices) == 1 else 19
    for scale in (n / 100 for n in range(130, 49, -4)):
        blocks = [_block(voice, call, scale, right - left) for voice in sheet.voices]
        whole = sum(height for block in blocks for _, _, _, height in block) + gap * (len(blocks) - 1)
        if whole <= bottom - top:
            break
    y = top + (0 if len(blocks) > 1 else min(20.0, (bottom - top - whole) / 2))
    for voice, block in zip(sheet.voices, blocks, strict=True):
        for text, size, bold, height in block:
            y += height
            colour = STRONG if bold else INK
            yield _line(text, voice.rtl, left, right, y - size * 0.38, size, bold=bold, colour=colour)
        y += gap


BETWEEN = 0.3  # of a line, between two sentences


def _block(voice: Voice, call: int, scale: float, room: float) -> list[tuple[str, float, bool, float]]:
    """One language's lines as (text, size, bold, height)."""
    high = 1.55 if voice.rtl else 1.34
    found: list[tuple[str, float, bool, float]] = []
    for text, size, bold in ((voice.calls, call, True), *((said, 14.5, False) for said in voice.said)):
        lines = spec.wrapped(text, size * scale, bold, room, 6)
        for number, line in enumerate(lines):
            above = 0 if number or bold else BETWEEN
            found.append((line, size * scale, bold, size * scale * (high + above)))
    return found


def _foot(sheet: Sheet) -> Iterator[Line]:
    """The address for those who type it, over the whole width and below the code."""
    y = FOOT
    for rtl in (False, True):  # each at its side, all on one line
        if said := " · ".join(voice.typed for voice in sheet.voices if voice.rtl == rtl):
            size = _fitting(said, 14, 8, WIDE - 2 * MARGIN, bold=False)
            yield _line(said, rtl, MARGIN, WIDE - MARGIN, y, size, bold=False, colour=INK)
    room = WIDE - 2 * MARGIN
    size = _fitting(sheet.shown, 30, 9, room, bold=True)
    for line in spec.wrapped(sheet.shown, size, True, room, 2):
        y += size * 1.3
        yield _line(line, False, MARGIN, WIDE - MARGIN, y, size, bold=True, colour=STRONG, end=sheet.rtl)


def _fitting(text: str, largest: int, smallest: int, room: float, *, bold: bool) -> int:
    sizes = range(largest, smallest, -1)
    return next((size for size in sizes if spec.wide(text, size, bold) <= room), smallest)


def _line(
    text: str,
    rtl: bool,
    left: float,
    right: float,
    y: float,
    size: float,
    *,
    bold: bool,
    colour: str,
    end: bool | None = None,
) -> Line:
    """A line that begins at its side; an address begins at the sheet's, whichever way it runs."""
    at_end = rtl if end is None else end
    words = spec.directed(spec.plain(text), rtl=rtl)
    return Line(words, right if at_end else left, round(y, 1), round(size, 1), bold, colour, at_end)


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    shelf = jinja2.Environment(
        loader=jinja2.PackageLoader("bot.charts", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return shelf.get_template("poster.svg")
