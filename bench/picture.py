"""The picture of a run: votes a second of every bot, and how long an answer takes at half of that."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import altair

from bench.contenders import BY_NAME, CONTENDERS

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "performance.png"
WIDTH = 190  # CSS pixels of the bars; with the names beside them that is a phone's width
OURS, PEERS = "#1b6e53", "#b9b3a7"
INK = "#222222"
NAMES = {
    "echo": "telegram-bot echo",
    "aiogram": "aiogram echo",
    "orm": "telegram-bot + ORM",
    "folkmoot-sqlite": "Folkmoot, SQLite",
    "folkmoot-postgresql": "Folkmoot, PostgreSQL",
}


def draw(results: Mapping[str, Any], place: Path = PICTURE) -> None:
    """Write the picture as PNG."""
    kept = io.BytesIO()
    chart(results).save(kept, format="png", scale_factor=2)
    place.write_bytes(lighter(kept.getvalue()))


def lighter(png: bytes) -> bytes:
    """The same PNG in a quarter of the bytes: the renderer packs for speed."""
    chunks, at, pixels = [], len(_SIGN), b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + size]
        if kind == b"IDAT":
            pixels += data
        else:
            chunks.append((kind, data))
        at += size + 12
    chunks.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
    return _SIGN + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


_SIGN = b"\x89PNG\r\n\x1a\n"


def chart(results: Mapping[str, Any]) -> altair.VConcatChart:
    """One bar a bot and way of receiving, with the least and the most of the rounds."""
    marks = rows(results)
    panels = [
        _panel(marks, "rate", "Votes a second", "Answered and shown; more is better.", ",.0f"),
        _panel(marks, "wait", "From tap to answer, ms", "p99 at half of that load; less is better.", ",.0f"),
    ]
    drawn: altair.VConcatChart = (
        altair.vconcat(*panels, background="white", padding=12)
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=13, grid=False)
        .configure_title(
            fontSize=15, subtitleFontSize=13, color=INK, anchor="start", frame="bounds", offset=8
        )
    )
    return drawn


def rows(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is drawn: a row for each bot, with median, least and most."""
    made = []
    for one in CONTENDERS:
        runs = results["runs"][one.name]
        row: dict[str, Any] = {
            "bot": f"{NAMES[one.name.removesuffix('-' + one.mode)]}, {one.mode}",
            "ours": one in _OURS,
        }
        for name, figure in (("rate", "votes_per_second"), ("wait", "p99_ms")):
            values = [run[figure] for run in runs]
            row |= {name: median(values), f"{name}_least": min(values), f"{name}_most": max(values)}
        made.append(row)
    return made


_OURS = tuple(one for name, one in BY_NAME.items() if name.startswith("folkmoot"))


def _panel(
    marks: list[dict[str, Any]], figure: str, title: str, below: str, digits: str
) -> altair.LayerChart:
    base = altair.Chart(altair.InlineData(values=marks)).encode(
        y=altair.Y(
            "bot:N", sort=None, title=None, axis=altair.Axis(domain=False, ticks=False, labelLimit=260)
        )
    )
    room = 1.3 * max(row[f"{figure}_most"] for row in marks)  # for the numbers behind the bars
    scale = altair.Scale(domain=[0, room])
    colour = altair.condition("datum.ours", altair.value(OURS), altair.value(PEERS))
    bars = base.mark_bar(height=16).encode(
        x=altair.X(f"{figure}:Q", title=None, axis=None, scale=scale), color=colour
    )
    spread = base.mark_rule(strokeWidth=1.5, color=INK).encode(
        x=altair.X(f"{figure}_least:Q", scale=scale), x2=f"{figure}_most:Q"
    )
    numbers = base.mark_text(align="left", dx=6, fontSize=13, color=INK).encode(
        x=altair.X(f"{figure}_most:Q", scale=scale), text=altair.Text(f"{figure}:Q", format=digits)
    )
    drawn: altair.LayerChart = (bars + spread + numbers).properties(
        width=WIDTH, height=altair.Step(24), title=altair.Title(title, subtitle=below)
    )
    return drawn
