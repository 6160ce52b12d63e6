"""Copies of pictures and documents for pages: drawn anew without notes, fetched once, cleared away in time."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.webchat.shelf import Shelf, clear
from bot.clock import SetClock
from bot.errors import RetryLater, Undeliverable
from bot.message import Media
from bot.pictures import LONGEST_SIDE, MOST_POINTS, NoPicture, redrawn
from bot.services.announcing.enclosures import KEPT
from tests.town import MONDAY

KEY = "k" * 32
SECRET = "51.55, 0.19 Ada's telephone"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 20), kind: str = "JPEG", **more: object) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, size, **({"color": "red"} if mode == "RGB" else {})).save(drawn, kind, **more)
    return drawn.getvalue()


def noted() -> bytes:
    notes = Image.Exif()
    notes[0x010E], notes[0x0112] = SECRET, 6  # a description, and that it lies on its side
    return picture(exif=notes.tobytes(), comment=SECRET.encode())


def opened(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def test_a_picture_is_drawn_upright_and_without_notes() -> None:
    assert SECRET.encode() in noted()
    drawn = redrawn(noted())
    assert SECRET.encode() not in drawn
    assert (opened(drawn).format, opened(drawn).size, dict(opened(drawn).getexif())) == ("JPEG", (20, 40), {})


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("P", "PNG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "WEBP")]
)
def test_every_usual_kind_becomes_one_that_every_browser_shows(mode: str, kind: str) -> None:
    drawn = opened(redrawn(picture(mode, kind=kind)))
    assert (drawn.format, drawn.mode, drawn.size) == ("JPEG", "RGB", (40, 20))


def test_a_large_picture_becomes_as_large_as_a_screen() -> None:
    assert opened(redrawn(picture(size=(3200, 800)))).size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def huge() -> bytes:
    side = int(MOST_POINTS**0.5) + 1
    return picture("1", (side, side), "PNG")


def bomb(points: int) -> bytes:
    """A small file that says that it is huge."""
    side, small = int(points**0.5) + 1, picture("1", kind="PNG")
    head = b"IHDR" + struct.pack(">II", side, side) + small[24:29]
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


@pytest.mark.parametrize(
    "content",
    [
        lambda: b"",
        lambda: b"%PDF-1.7",
        lambda: picture()[:300],
        lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
        lambda: picture(kind="GIF"),
        huge,
        lambda: bomb(200_000_000),
    ],
    ids=["nothing", "no picture", "cut off", "broken", "another kind", "huge", "a bomb"],
)
def test_what_cannot_be_shown_is_said_to_be_none(content: Callable[[], bytes]) -> None:
    with pytest.raises(NoPicture):
        redrawn(content())


class Far:
    """Where files come from; counts how often it is asked."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content, self.asked = content, 0

    async def __call__(self, media: Media) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


async def test_many_who_look_at_once_fetch_it_once(tmp_path: Path) -> None:
    far = Far(b"%PDF")
    shelf = Shelf(tmp_path / "media", far, SetClock(MONDAY))
    media = Media("document", {}, "plan.pdf", key=KEY)
    paths = await asyncio.gather(*(shelf.copy(media) for _ in range(5)))
    assert {path.read_bytes() for path in [*paths, await shelf.copy(media)]} == {b"%PDF"}
    assert far.asked == 1
    assert names(tmp_path / "media") == [f"{KEY}.bin"]


async def test_a_failure_leaves_nothing_and_the_next_look_tries_again(tmp_path: Path) -> None:
    far = Far(RetryLater("no answer", after=1))
    shelf = Shelf(tmp_path, far, SetClock(MONDAY))
    media = Media("photo", {}, key=KEY)
    with pytest.raises(RetryLater):
        await shelf.copy(media)
    far.content = b"no picture"
    with pytest.raises(NoPicture):
        await shelf.copy(media)
    assert names(tmp_path) == []
    far.content = picture()
    assert (await shelf.copy(media)).name == f"{KEY}.jpg"
    with pytest.raises(Undeliverable):
        await Shelf(tmp_path / "other", None, SetClock(MONDAY)).copy(media)


async def test_old_copies_are_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    clock = SetClock(MONDAY)
    shelf = Shelf(tmp_path, Far(picture()), clock)
    await shelf.copy(Media("photo", {}, key=KEY))
    (tmp_path / "notes.txt").write_text("somebody's own")
    clock.pass_by(KEPT - timedelta(minutes=1))
    await shelf.copy(Media("photo", {}, key="n" * 32))
    assert len(names(tmp_path)) == 3
    clear(tmp_path, clock() + timedelta(minutes=2))
    assert names(tmp_path) == ["n" * 32 + ".jpg", "notes.txt"]
    clear(tmp_path / "nowhere", clock())
