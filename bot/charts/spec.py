"""How a chart is drawn: its lines are measured and laid out here, and one Vega-Lite spec shows them.

Each row is a sentence with its bar below: labelled directly, so that no legend and no colour has to be understood. It
has a ground of its own, for apps that are light or dark. Only the drawing process loads this.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import altair
import vl_convert
from PIL import Image, ImageFont

from bot.charts import Chart, Row

FONTS = Path(str(files("bot.charts"))) / "fonts"
FAMILY = "Folkmoot Sans"
GROUND, INK, SOFT, TRACK = "#fffdf8", "#1d2627", "#4f5a5c", "#e6dfd2"
BEST, OTHERS = "#17615a", "#86a09c"  # told apart by lightness too, and the best are written in bold

MARGIN = 56
SCALES = tuple(scale / 100 for scale in range(132, 39, -4))  # smaller and smaller, until it fits
HIGH = 1.42  # line height; Arabic letters need the room


@dataclass(slots=True)
class Laid:
    """Lines of text and bars with their places, and how high all of it is."""

    texts: list[dict[str, Any]] = field(default_factory=list)
    bars: list[dict[str, Any]] = field(default_factory=list)
    height: float = 0.0


def png(chart: Chart) -> bytes:
    """The picture."""
    return packed(spec(chart))


def packed(picture: altair.LayerChart) -> bytes:
    """Any picture of ours as PNG."""
    register()
    drawn = vl_convert.vegalite_to_png(picture.to_json(), scale=1)
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as image:  # the renderer packs for speed
        image.convert("RGB").save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


@lru_cache(maxsize=1)
def register() -> None:
    """Let the renderer know our own fonts."""
    vl_convert.register_font_directory(str(FONTS))


def spec(chart: Chart) -> altair.LayerChart:
    """Everything at its place, mirrored for those who read from the right."""
    laid = fitted(chart)
    mirror = chart.width if chart.rtl else None
    layers = [_bars(laid.bars, mirror), *written(laid.texts, mirror)]
    return together(layers, chart.width, chart.height or round(laid.height))


def together(layers: Sequence[altair.Chart], width: int, height: int) -> altair.LayerChart:
    """Layers on our ground."""
    whole: altair.LayerChart = (
        altair.layer(*layers)
        .properties(width=width, height=height, background=GROUND, padding=0)
        .configure_view(stroke=None)
    )
    return whole


def fitted(chart: Chart) -> Laid:
    """Laid out as large as it fits; at the smallest, what is too long is cut short."""
    if chart.height is None:
        return laid_out(chart, 1.0)
    for lines in (2, 1):
        for scale in SCALES:
            laid = laid_out(chart, scale, most=lines)
            if laid.height <= chart.height:
                return _in_the_middle(laid, chart.height)
    return laid


def _in_the_middle(laid: Laid, height: int) -> Laid:
    for place in (*laid.texts, *laid.bars):
        for edge in place.keys() & {"y", "y2"}:
            place[edge] += (height - laid.height) / 2
    return laid


def laid_out(chart: Chart, scale: float, *, most: int = 6) -> Laid:
    """All lines from the top down, each text of `most` lines at most (the title of twice as many). Our sentences run as
    the reader's language does; the question as it was written."""
    laid = Laid(height=MARGIN * 0.8)
    room = chart.width - 2 * MARGIN

    def write(
        text: str, size: float, colour: str, *, bold: bool = False, most: int = most, rtl: bool = chart.rtl
    ) -> None:
        size *= scale
        for line in wrapped(text, size, bold, room, most):
            laid.height += size * HIGH
            place = {"t": directed(line, rtl=rtl), "x": MARGIN, "y": laid.height - size * 0.38}
            laid.texts.append(place | {"size": round(size, 1), "bold": bold, "colour": colour})

    write(chart.above, 26, SOFT)
    write(chart.title, 44, INK, bold=True, most=2 * most, rtl=from_the_right(chart.title))
    laid.height += 14 * scale
    for row in chart.rows:
        write(row.said, 30, INK, bold=row.best)
        laid.height += 6 * scale
        if row.share is not None:
            _bar(laid, row, room, 18 * scale)
        laid.height += 12 * scale
    laid.height += 8 * scale
    for line in chart.below:
        write(line, 27, SOFT)
    laid.height += MARGIN * 0.6
    return laid


def _bar(laid: Laid, row: Row, room: float, thick: float) -> None:
    below = {"y": laid.height, "y2": laid.height + thick, "x": MARGIN}
    long = max(0.0, min(1.0, row.share or 0.0)) * room
    laid.bars.append(below | {"x2": MARGIN + room, "colour": TRACK})
    if long:
        laid.bars.append(below | {"x2": MARGIN + long, "colour": BEST if row.best else OTHERS})
    laid.height += thick


def wrapped(text: str, size: float, bold: bool, room: float, most: int) -> list[str]:
    """Lines that fit into `room`; a word that is longer is broken, and what does not fit into `most` lines is cut."""
    lines: list[str] = []
    for piece in _pieces(plain(text), size, bold, room):
        longer = f"{lines[-1]} {piece}" if lines else piece
        if lines and wide(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(piece)
    if len(lines) > most:
        last = lines[most - 1]
        while last and wide(last + "…", size, bold) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return lines


def _pieces(text: str, size: float, bold: bool, room: float) -> Iterator[str]:
    for word in text.split():
        while wide(word, size, bold) > room:
            cut = next(n for n in range(len(word), 0, -1) if n == 1 or wide(word[:n], size, bold) <= room)
            yield word[:cut]
            word = word[cut:]
        if word:
            yield word


def plain(text: str) -> str:
    """Without what is not drawn. Our own isolates around names and numbers stay; whoever wrote other marks of
    direction could turn a line around with them."""
    return "".join(c for c in text if c not in UNDRAWN and unicodedata.category(c) not in ("Cc", "Cs"))


_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
_COLOURS = "".join(map(chr, (0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400))))  # of emoji, and of hands
UNDRAWN = frozenset(_MARKS + _COLOURS)


def directed(line: str, *, rtl: bool) -> str:
    """A line that says that it begins at the right; the renderer takes every other one to begin at the left."""
    return f"\u202b{line}\u202c" if rtl or from_the_right(line) else line


def from_the_right(text: str) -> bool:
    """Whether the first letter is one of a script that runs to the left."""
    kinds = (unicodedata.bidirectional(c) for c in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def wide(text: str, size: float, bold: bool) -> float:
    """How wide a text is at this size."""
    return _length(text, bold) * size / _MEASURED


@lru_cache(maxsize=20_000)
def _length(text: str, bold: bool) -> float:
    """At the size at which it is measured: the same words are tried at many sizes until they fit."""
    return float(_font(bold).getlength(text))


_MEASURED = 100


@lru_cache(maxsize=2)
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(FONTS / f"FolkmootSans-{'Bold' if bold else 'Regular'}.ttf"),
        _MEASURED,
        layout_engine=ImageFont.Layout.BASIC,
    )


def _bars(bars: list[dict[str, Any]], mirror: int | None) -> altair.Chart:
    rows = [bar | mirrored(bar, mirror) for bar in bars]
    drawn: altair.Chart = (
        altair.Chart(altair.InlineData(values=rows or [{"x": 0, "x2": 0, "y": 0, "y2": 0, "colour": GROUND}]))
        .mark_rect(cornerRadius=3)
        .encode(
            x=altair.X("x:Q", scale=None, axis=None),
            x2="x2:Q",
            y=altair.Y("y:Q", scale=None, axis=None),
            y2="y2:Q",
            color=altair.Color("colour:N", scale=None, legend=None),
        )
    )
    return drawn


def written(texts: list[dict[str, Any]], mirror: int | None) -> Iterator[altair.Chart]:
    """Texts at their places; one with a `middle` stands around its place, all others begin there."""
    for middle in (False, True):
        yield from _written([text for text in texts if text.get("middle", False) == middle], mirror, middle)


def _written(texts: list[dict[str, Any]], mirror: int | None, middle: bool) -> Iterator[altair.Chart]:
    begins: Literal["left", "right"] = "left" if mirror is None else "right"
    for look in sorted({(text["size"], text["bold"], text["colour"]) for text in texts}):
        size, bold, colour = look
        rows = [
            text | mirrored(text, mirror)
            for text in texts
            if (text["size"], text["bold"], text["colour"]) == look
        ]
        yield (
            altair.Chart(altair.InlineData(values=rows))
            .mark_text(
                font=FAMILY,
                fontSize=size,
                fontWeight="bold" if bold else "normal",
                color=colour,
                align="center" if middle else begins,
                baseline="alphabetic",
            )
            .encode(
                x=altair.X("x:Q", scale=None, axis=None),
                y=altair.Y("y:Q", scale=None, axis=None),
                text="t:N",
            )
        )


def mirrored(place: dict[str, Any], mirror: int | None) -> dict[str, Any]:
    """Where it is for those who read from the right."""
    if mirror is None:
        return {}
    return {edge: mirror - place[edge] for edge in ("x", "x2") if edge in place}
