"""Pictures of results, and posters: what one shows, and who has them drawn.

Drawing takes a second and more than a hundred megabytes. So a process of its own does it (`drawing.py`), which starts
with the first picture and goes when none was wanted for a while.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.charts.sheets import Form, Sheet, Voice

__all__ = [
    "CARD",
    "CHAT",
    "Artist",
    "Chart",
    "Line",
    "Lines",
    "NoPicture",
    "Picture",
    "Row",
    "Sheet",
    "Voice",
]

ROOT = Path(__file__).resolve().parents[2]
CARD = (1200, 630)  # points; what pages that show a link make room for
CHAT = (720, None)  # a phone shows it at half of that; as high as it needs to be
OVER_TIME = 1000  # lines need room for the dates below them

REST = 60.0  # seconds without a picture, then the drawing process goes
PATIENCE = 60.0  # seconds for one picture; the first takes about two, more on a busy machine
MOST_BYTES = 5_000_000


class NoPicture(Exception):
    """It could not be drawn. Whoever asked can do without: all of it stands in words as well."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line with the bar below it; `share` is 0 to 1, None for a line without a bar. `best` ones stand out."""

    said: str
    share: float | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What a picture shows, all of it in words already. A height of None makes it as high as it needs to be."""

    title: str
    above: str
    rows: tuple[Row, ...]
    below: tuple[str, ...]
    rtl: bool = False
    width: int = CHAT[0]
    height: int | None = CHAT[1]

    def as_data(self) -> dict[str, Any]:
        """The shape that can be kept, and be told to the drawing process."""
        return asdict(self)

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Chart:
        """Read what `as_data` wrote."""
        rows = tuple(Row(**row) for row in kept["rows"])
        return cls(**{**kept, "rows": rows, "below": tuple(kept["below"])})


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over time: its heights (0 to 1) and the figures in words, both None or empty where there was none."""

    label: str
    heights: tuple[float | None, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """What a picture over time shows: a place for each of the `moments`, how many `took` part then, and the lines
    between what stands for `low` and what stands for `high`."""

    title: str
    above: str
    moments: tuple[str, ...]
    took: tuple[str, ...]
    below: str
    low: str
    high: str
    lines: tuple[Line, ...]
    rtl: bool = False
    width: int = OVER_TIME

    @classmethod
    def from_data(cls, kept: Mapping[str, Any]) -> Lines:
        """Read what the drawing process was told."""
        lines = tuple(Line(one["label"], tuple(one["heights"]), tuple(one["said"])) for one in kept["lines"])
        return cls(**{**kept, "lines": lines, "moments": tuple(kept["moments"]), "took": tuple(kept["took"])})


Picture = Chart | Lines


def as_json(picture: Picture) -> bytes:
    """On one line."""
    return json.dumps(asdict(picture)).encode()


def edition(picture: Picture) -> str:
    """Names the picture without drawing it: the same name, the same picture."""
    return hashlib.sha256(as_json(picture) + _hand()).hexdigest()[:32]


@lru_cache(maxsize=1)
def _hand() -> bytes:
    """How pictures are drawn by this version."""
    drawn_by = (files("bot.charts").joinpath(name).read_bytes() for name in ("spec.py", "over_time.py"))
    return hashlib.sha256(b"".join(drawn_by)).digest()


class Artist:
    """Has pictures drawn, one after the other."""

    def __init__(self, *, rest: float = REST, patience: float = PATIENCE) -> None:
        self._rest, self._patience = rest, patience
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._going: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The drawing process, while there is one."""
        return self._process.pid if self._process else None

    async def png(self, chart: Picture) -> bytes:
        """The picture; NoPicture when it cannot be drawn."""
        return await self._asked(as_json(chart))

    async def poster(self, sheet: Sheet, form: Form) -> bytes:
        """The poster as a picture or as a paper to print; NoPicture likewise."""
        return await self._asked(sheet.as_json(form))

    async def _asked(self, line: bytes) -> bytes:
        async with self._turn:
            if self._going is not None:
                self._going.cancel()
            try:
                async with asyncio.timeout(self._patience):
                    drawn = await self._drawn(line)
            except (TimeoutError, OSError, EOFError) as error:
                await self._end()
                raise NoPicture(type(error).__name__) from None
            except BaseException:  # whoever asks next must not be given this one
                await self._end()
                raise
            self._going = asyncio.create_task(self._go_later())
        if not drawn:
            raise NoPicture("the drawing process could not draw it")
        return drawn

    async def close(self) -> None:
        """End the drawing process."""
        async with self._turn:
            if self._going is not None:  # it waits for this turn at most, and ends nothing by halves
                self._going.cancel()
            await self._end()

    async def _drawn(self, line: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.charts.drawing", cwd=ROOT, **_PIPES
            )
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:
            raise EOFError
        told.write(line + b"\n")
        await told.drain()
        size = int.from_bytes(await heard.readexactly(4))
        if size > MOST_BYTES:
            raise EOFError
        return await heard.readexactly(size)

    async def _go_later(self) -> None:
        await asyncio.sleep(self._rest)
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            process.kill()
        await process.communicate()


_PIPES: Mapping[str, Any] = {
    "stdin": asyncio.subprocess.PIPE,
    "stdout": asyncio.subprocess.PIPE,
    "stderr": asyncio.subprocess.DEVNULL,
}
