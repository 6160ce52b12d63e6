"""Pictures of results: what they show, that they fit, and that drawing them disturbs nobody."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import psutil
import pytest
from PIL import Image

from bot.charts import CARD, Artist, Chart, NoPicture, Row, spec

LONG = "A very long choice about Dwfrwastraffoedd-llanfairpwllgwyngyll and all its neighbours by the river"
CHART = Chart(
    "Shall we keep the market?",
    "Elm Park",
    (Row("Yes: 2 votes, 67%", 2 / 3, True), Row("No: 1 vote, 33%", 1 / 3)),
    ("3 of 4 people asked took part.",),
)
URDU = replace(CHART, title="کیا ہم بازار رکھیں؟", rtl=True)
FULL = Chart(
    LONG * 3,
    "Elm Park",
    tuple(Row(f"{LONG[:59]}…: {n} votes, {n}0%", n / 10) for n in range(11)),
    ("In front: nobody", "3 of 4 people asked took part.", "This is who answered, not the whole town."),
)
CHARTS = {"en": CHART, "ur": URDU, "full": FULL}
CARDS = {name: replace(one, width=CARD[0], height=CARD[1]) for name, one in CHARTS.items()}


@pytest.fixture
async def artist() -> AsyncIterator[Artist]:
    drawing = Artist()
    yield drawing
    await drawing.close()


def ink(png: bytes) -> Image.Image:
    """The picture without its ground: what was drawn is black."""
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("L").point(lambda light: 255 if light < 240 else 0)


async def test_a_card_has_the_size_that_links_are_shown_with(artist: Artist) -> None:
    for chart in CARDS.values():
        box = ink(await artist.png(chart)).getbbox()
        assert box is not None
        assert box[0] >= 40
        assert box[2] <= CARD[0] - 40
        assert box[3] <= CARD[1] - 20


async def test_it_is_mirrored_for_those_who_read_from_the_right(artist: Artist) -> None:
    for name, side in (("en", 0), ("ur", 1)):
        drawn = ink(await artist.png(CARDS[name]))
        columns = [drawn.crop((x, 150, x + 8, 250)).getbbox() is not None for x in range(0, CARD[0], 8)]
        words = drawn.crop((0, 90, CARD[0], 150)).getbbox()  # the title
        assert words is not None
        assert any(columns)
        assert (words[0] < 100, words[2] > CARD[0] - 100) == ((True, False) if side == 0 else (False, True))


def test_ten_long_choices_fit_on_a_card() -> None:
    laid = spec.fitted(CARDS["full"])
    assert laid.height <= CARD[1]
    assert len(laid.bars) == 11 + 10  # a track each; nothing was counted for one
    assert min(text["size"] for text in laid.texts) >= 11
    for text in laid.texts:
        assert spec.wide(text["t"], text["size"], text["bold"]) <= CARD[0] - 2 * spec.MARGIN + 1


def test_long_words_are_broken_and_too_many_lines_cut() -> None:
    lines = spec.wrapped("x" * 300, 30, False, 500, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(spec.wide(line, 30, False) <= 500 for line in lines)


def test_nobody_turns_a_line_around_with_marks_of_direction() -> None:
    assert spec.plain("a\u202eb\u202dc\u200fd\x00\n") == "abcd"
    assert spec.directed("ہاں: 2", rtl=False) == "\u202bہاں: 2\u202c"
    assert spec.directed("Yes", rtl=False) == "Yes"


@pytest.mark.parametrize(
    "text", ["Łódź ąęśćżź", "ŵŷâê", "ہفتے ٹڈڑ", "Україна", "🎉✔", "\u2067\u2069\u202b\u202c"]
)
def test_the_letters_of_our_languages_are_there(text: str) -> None:
    missing = spec._font(False).getmask("\U000e0fff").getbbox()
    for letter in text.replace(" ", ""):
        drawn = spec._font(False).getmask(letter).getbbox()
        assert drawn != missing, letter


async def test_drawing_stands_in_nobodys_way(artist: Artist) -> None:
    longest, stop = 0.0, asyncio.Event()

    async def beating() -> None:
        nonlocal longest
        while not stop.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - began)

    heart = asyncio.create_task(beating())
    await asyncio.gather(*(artist.png(chart) for chart in CARDS.values()))
    stop.set()
    await heart
    assert longest < 0.5


async def test_the_drawing_process_goes_when_nobody_wants_a_picture() -> None:
    artist = Artist(rest=0.05)
    await artist.png(CHART)
    process = psutil.Process(artist.pid)
    while process.is_running():
        await asyncio.sleep(0.01)
    assert artist.pid is None
    assert (await artist.png(CHART))[:4] == b"\x89PNG"
    await artist.close()


async def test_a_drawing_process_that_dies_or_hangs_is_replaced(artist: Artist) -> None:
    await artist.png(CHART)
    assert artist.pid is not None
    os.kill(artist.pid, signal.SIGKILL)
    with pytest.raises(NoPicture):
        await artist.png(CHART)
    assert await artist.png(CHART)
    os.kill(artist.pid, signal.SIGSTOP)
    artist._patience = 0.1
    with pytest.raises(NoPicture):
        await artist.png(CHART)
    artist._patience = 60
    assert await artist.png(CHART)


async def test_what_cannot_be_drawn_is_told_and_the_next_one_is_drawn(artist: Artist) -> None:
    with pytest.raises(NoPicture):
        await artist.png(replace(CHART, width=-1))
    assert await artist.png(CHART)
