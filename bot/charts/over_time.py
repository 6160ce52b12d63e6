"""How lines over time are drawn: every line bears its name and its last figure at its end, so no colour has to be
understood; lines differ by lightness, by dashes and by the marks on them too. It has a ground of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import altair

from bot.charts import Line, Lines
from bot.charts.spec import (
    GROUND,
    HIGH,
    INK,
    MARGIN,
    SOFT,
    TRACK,
    directed,
    from_the_right,
    mirrored,
    packed,
    together,
    wide,
    wrapped,
    written,
)

COLOURS = ("#17615a", "#b4540a", "#1d2627", "#3b6fb6", "#8a3d74", "#7a6a00")
DASHES = ([1, 0], [10, 5], [3, 4], [14, 4, 3, 4], [6, 3], [2, 7])
MARKS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
"""Told apart by people who see few colours or none."""

ENDS, SCALE, TALL = (
    300,
    70,
    400,
)  # points: names at the ends of lines, figures at the side, the height of all lines
NAME, FIGURE, DATE = 24, 22, 20  # sizes of letters
FEW = 2  # lines, beside which every figure has room


@dataclass(frozen=True, slots=True)
class Field:
    """Where the lines are."""

    left: float
    right: float
    top: float
    bottom: float
    places: int

    def x(self, number: int) -> float:
        return self.left + (self.right - self.left) * (number / max(1, self.places - 1))

    def y(self, height: float) -> float:
        return self.bottom - (self.bottom - self.top) * max(0.0, min(1.0, height))


def png(lines: Lines) -> bytes:
    """The picture."""
    return packed(spec(lines))


def spec(lines: Lines) -> altair.LayerChart:
    """Everything at its place, mirrored for those who read from the right: time runs as they read."""
    texts, top = _head(lines)
    field = Field(MARGIN + SCALE, lines.width - MARGIN - ENDS, top + 30, top + 30 + TALL, len(lines.moments))
    texts += [*_sides(lines, field), *_dates(lines, field), *_names(lines, field), *_figures(lines, field)]
    foot = field.bottom + 4.6 * DATE * HIGH
    texts += [_text(lines.below, MARGIN, foot, DATE, SOFT, rtl=lines.rtl)]
    mirror = lines.width if lines.rtl else None
    layers = [_ground(field, mirror), *_drawn(lines, field, mirror), *written(texts, mirror)]
    return together(layers, lines.width, round(foot + MARGIN * 0.6))


def _text(
    text: str,
    x: float,
    y: float,
    size: int,
    colour: str,
    *,
    rtl: bool,
    bold: bool = False,
    middle: bool = False,
) -> dict[str, Any]:
    place = {"t": directed(text, rtl=rtl), "x": x, "y": y, "size": size, "bold": bold, "colour": colour}
    return place | {"middle": middle}


def _head(lines: Lines) -> tuple[list[dict[str, Any]], float]:
    """The community and the question, and how high they are."""
    y, texts, room = MARGIN * 0.8, [], lines.width - 2 * MARGIN
    for line in wrapped(lines.above, 26, False, room, 2):
        y += 26 * HIGH
        texts.append(_text(line, MARGIN, y - 10, 26, SOFT, rtl=lines.rtl))
    for line in wrapped(lines.title, 40, True, room, 6):
        y += 40 * HIGH
        texts.append(_text(line, MARGIN, y - 15, 40, INK, rtl=from_the_right(lines.title), bold=True))
    return texts, y


def _sides(lines: Lines, field: Field) -> Iterator[dict[str, Any]]:
    for said, height in ((lines.low, 0.0), (lines.high, 1.0)):
        yield _text(said, MARGIN, field.y(height) + FIGURE / 3, FIGURE, SOFT, rtl=lines.rtl)


def _dates(lines: Lines, field: Field) -> Iterator[dict[str, Any]]:
    """As many as there is room for, the last one always; how many took part stands below each."""
    room = (field.right - field.left) / max(1, field.places - 1)
    widest = max(wide(said, DATE, False) for said in lines.moments) + 14
    every = max(1, -(-int(widest) // max(1, int(room))))
    for number, (moment, took) in enumerate(zip(lines.moments, lines.took, strict=True)):
        if (field.places - 1 - number) % every == 0:
            for row, said in enumerate((moment, took), 1):
                y = field.bottom + 14 + row * DATE * HIGH
                yield _text(said, field.x(number), y, DATE, SOFT, rtl=lines.rtl, middle=True)


def _names(lines: Lines, field: Field) -> Iterator[dict[str, Any]]:
    """At the ends of the lines, moved apart where they would lie upon each other."""
    ends = sorted((field.y(_last(line)[1]), number) for number, line in enumerate(lines.lines))
    places = apart([y for y, _ in ends], 2.1 * NAME, field.top, field.bottom - FIGURE)
    for y, (_, number) in zip(places, ends, strict=True):
        line = lines.lines[number]
        x, colour = field.right + 26, COLOURS[number % len(COLOURS)]
        name = wrapped(line.label, NAME, True, ENDS - 30, 1)[0]
        yield _text(name, x, y - 2, NAME, colour, rtl=from_the_right(line.label), bold=True)
        yield _text(line.said[_last(line)[0]], x, y + FIGURE, FIGURE, INK, rtl=lines.rtl)


def apart(places: list[float], least: float, top: float, bottom: float) -> list[float]:
    """Rising places, moved so that each is `least` below the one before it and, if they fit, none leaves the field."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + least if moved else top))
    for number in range(len(moved) - 1, -1, -1):
        below = moved[number + 1] - least if number + 1 < len(moved) else bottom
        moved[number] = min(moved[number], below)
    return moved


def _figures(lines: Lines, field: Field) -> Iterator[dict[str, Any]]:
    if len(lines.lines) > FEW:
        return
    for line in lines.lines:
        for number, height in enumerate(line.heights):
            if height is not None and number != _last(line)[0]:
                y = field.y(height) - 16
                yield _text(line.said[number], field.x(number), y, FIGURE, INK, rtl=lines.rtl, middle=True)


def _last(line: Line) -> tuple[int, float]:
    """The newest height, and when that was."""
    return max((number, height) for number, height in enumerate(line.heights) if height is not None)


def _ground(field: Field, mirror: int | None) -> altair.Chart:
    rows = [
        {"x": field.left, "x2": field.right, "y": field.y(height)} for height in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    drawn: altair.Chart = (
        altair.Chart(altair.InlineData(values=[row | mirrored(row, mirror) for row in rows]))
        .mark_rule(color=TRACK, strokeWidth=2)
        .encode(x=altair.X("x:Q", scale=None, axis=None), x2="x2:Q", y=altair.Y("y:Q", scale=None, axis=None))
    )
    return drawn


def _drawn(lines: Lines, field: Field, mirror: int | None) -> Iterator[altair.Chart]:
    for number, line in enumerate(lines.lines):
        rows, piece = [], 0
        for at, height in enumerate(line.heights):
            if height is None:
                piece += 1  # where it was not asked, the line has a gap
                continue
            row = {"x": field.x(at), "y": field.y(height), "piece": piece}
            rows.append(row | mirrored(row, mirror))
        chart = altair.Chart(altair.InlineData(values=rows)).encode(
            x=altair.X("x:Q", scale=None, axis=None),
            y=altair.Y("y:Q", scale=None, axis=None),
            detail="piece:N",
        )
        look = number % len(COLOURS)
        yield chart.mark_line(color=COLOURS[look], strokeWidth=5, strokeDash=DASHES[look])
        yield chart.mark_point(
            shape=MARKS[look],
            size=170,
            filled=True,
            color=COLOURS[look],
            stroke=GROUND,
            strokeWidth=2,
            opacity=1,
        )
