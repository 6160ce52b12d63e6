"""A question that was asked several times, as everybody sees it: table, picture, alternative text and JSON."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import jsonschema
from PIL import Image

from bot import i18n
from bot.charts import Artist, Line, Lines
from bot.charts.over_time import apart
from bot.models import Poll
from bot.services.polling import series
from tests.newsroom import Newsroom, voted
from tests.town import Person

UR = {"Accept-Language": "ur-PK,ur;q=0.9"}


async def again(room: Newsroom, olga: Person, *answers: str) -> Poll:
    """Asked once more, answered and closed."""
    await olga.taps("Ask it again")
    await olga.taps("Send")
    poll = await room.town.newest_poll()
    await voted(room.town, poll, **{f"V{number}": label for number, label in enumerate(answers)})
    await room.town.passes(days=4)
    return poll


async def asked_first(room: Newsroom, line: str, *answers: str) -> tuple[Person, Poll]:
    olga = await room.town.organiser()
    await olga.says(line)
    await olga.taps("Send")
    poll = await room.town.newest_poll()
    await voted(room.town, poll, **{f"V{number}": label for number, label in enumerate(answers)})
    await room.town.passes(days=4)
    return olga, poll


async def test_the_page_compares_what_came_out_each_time(newsroom: Newsroom) -> None:
    olga, first = await asked_first(newsroom, "/poll Is it safe? | Yes | No", "Yes", "No", "No", "No")
    _, page, _ = await newsroom.gets(f"/p/{first.code}")
    assert "Asked more than once" not in page
    assert (await newsroom.gets(f"/p/{first.code}/series.png"))[0] == 404
    second = await again(newsroom, olga, "Yes", "No")
    for poll in (first, second):
        _, page, _ = await newsroom.gets(f"/p/{poll.code}")
        assert "Asked more than once" in page
        assert "25%" in page
        assert "50%" in page
        assert f"/p/{poll.code}/series.png?lang=en" in page
        alt = page.split('class="lines"')[1].split('alt="')[1].split('"')[0]
        assert "27 November 2026: 4 people took part · Yes: 25% · No: 75%" in alt
    _, kept, _ = await newsroom.gets(f"/p/{second.code}.json")
    told = json.loads(kept)
    schema = json.loads((await newsroom.gets("/p/schema.json"))[1])
    jsonschema.validate(told, schema)
    assert [one["took_part"] for one in told["series"]] == [4, 2]
    assert [figure["value"] for figure in told["series"][0]["figures"]] == [0.25, 0.75]
    assert json.loads((await newsroom.gets(f"/p/{second.code}.json", **UR))[1])["series"][0]["figures"]


async def test_a_scale_compares_its_average_and_the_picture_is_drawn(newsroom: Newsroom) -> None:
    olga, _ = await asked_first(newsroom, "/poll scale 1-5: How was it?", "1", "3")
    second = await again(newsroom, olga, "5", "4")
    told = json.loads((await newsroom.gets(f"/p/{second.code}.json"))[1])
    assert [one["figures"] for one in told["series"]] == [
        [{"label": "The average", "value": 2.0, "said": "2"}],
        [{"label": "The average", "value": 4.5, "said": "4.5"}],
    ]
    async with newsroom.http.get(f"/p/{second.code}/series.png") as got:
        assert got.status == 200
        assert got.content_type == "image/png"
        with Image.open(io.BytesIO(await got.read())) as image:
            assert image.width == 1000


async def test_what_only_organisers_see_is_in_no_series_of_the_page(newsroom: Newsroom) -> None:
    olga, _ = await asked_first(newsroom, "/poll Is it safe? | Yes | No", "Yes")
    await olga.taps("Ask it again")
    for label in ("Edit", "Who sees the result, and when", "Never", "Send"):
        await olga.taps(label)
    secret = await newsroom.town.newest_poll()
    await voted(newsroom.town, secret, Alice="No")
    await newsroom.town.passes(days=4)
    third = await again(newsroom, olga, "Yes") if olga.sees("Ask it again") else secret
    for poll in (secret, third):
        told = json.loads((await newsroom.gets(f"/p/{poll.code}.json"))[1])
        pages = [one["page"] for one in told["series"] or ()]
        assert not any(secret.code in page for page in pages)


async def test_no_more_than_the_latest_twelve(newsroom: Newsroom) -> None:
    olga, first = await asked_first(newsroom, "/poll Is it safe? | Yes | No")
    for _ in range(12):
        newest = await again(newsroom, olga)
    told = json.loads((await newsroom.gets(f"/p/{newest.code}.json"))[1])
    assert len(told["series"]) == series.MOST
    assert not any(first.code in one["page"] for one in told["series"])


MANY = Lines(
    title="کیا یہ محفوظ ہے؟",
    above="ایلم پارک",
    moments=tuple(f"{month} January 2026" for month in range(1, 13)),
    took=tuple("12345" for _ in range(12)),
    below="Below each date: how many took part.",
    low="0%",
    high="100%",
    lines=tuple(
        Line(f"A long choice number {n} by the river", (None, *(n / 10,) * 11), ("", *("50%",) * 11))
        for n in range(6)
    ),
)


async def test_many_lines_fit_and_run_as_the_reader_reads() -> None:
    artist = Artist()
    try:
        for rtl in (False, True):
            mirrored = Lines(**{**{name: getattr(MANY, name) for name in Lines.__slots__}, "rtl": rtl})
            with Image.open(io.BytesIO(await artist.png(mirrored))) as image:
                drawn = image.convert("L").point(lambda light: 255 if light < 200 else 0)
                box = drawn.getbbox()
                assert box is not None
                assert box[0] >= 30
                assert box[2] <= MANY.width - 30
                left = drawn.crop((0, 250, 130, 600)).histogram()[255]
                right = drawn.crop((MANY.width - 300, 250, MANY.width, 600)).histogram()[255]
                assert (left < right) or rtl
    finally:
        await artist.close()


def test_names_at_the_ends_of_lines_do_not_lie_upon_each_other() -> None:
    moved = apart([100, 101, 102, 300], 40, 50, 320)
    assert all(b - a >= 40 for a, b in pairwise(moved))
    assert moved[0] >= 50
    assert moved[-1] <= 320
    assert i18n.available()
