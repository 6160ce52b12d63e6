"""The public page of a question, and its files: who may see what, in which language, and what it costs."""

from __future__ import annotations

import csv
import io
import json

import jsonschema
import pytest
from sqlalchemy.engine import URL

from bot.console.result_files import harmless
from tests.newsroom import Newsroom, a_newsroom, voted

HOSTILE = '<script>alert(1)</script> {{ 7*7 }} \u202eevil & "quoted"'
UR = {"Accept-Language": "ur-PK,ur;q=0.9"}


async def test_while_it_is_open_strangers_see_the_question_and_how_many_but_no_count(
    newsroom: Newsroom,
) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    await voted(newsroom.town, poll, Alice="Yes", Bob="Yes", Cem="No")
    status, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert status == 200
    assert "Keep the market?" in page
    assert "Open until Thursday 26 November, 10:00" in page
    assert "3 people have taken part." in page
    assert f'/w/elm-park/{poll.code}">Answer here</a>' in page
    assert "2 votes" not in page
    assert "67%" not in page
    _, file, _ = await newsroom.gets(f"/p/{poll.code}.json")
    assert json.loads(file)["tally"] is None
    assert json.loads(file)["took_part"] == 3
    _, file, _ = await newsroom.gets(f"/p/{poll.code}.csv")
    assert "counted" not in file


async def test_after_the_close_everybody_sees_how_it_came_out_and_what_happens_next(
    newsroom: Newsroom,
) -> None:
    town = newsroom.town
    olga = await town.organiser()
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await voted(town, poll, Alice="Yes", Bob="Yes", Cem="No")
    await town.passes(days=4)
    await olga.taps("Tell them")
    await olga.says("It stays, from May on.")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    for words in (
        "Closed on 27 November 2026",
        "Yes: 2 votes, 67%",
        "No: 1 vote, 33%",
        "3 of 4 people asked took part.",
        "This is who answered, not the whole town.",
        "Everyone has one vote.",
        "It stays, from May on.",
        "Told on 27 November 2026",
    ):
        assert words in page, words
    assert "Answer here" not in page


async def test_what_only_organisers_may_see_stays_with_them(newsroom: Newsroom) -> None:
    olga = await newsroom.town.organiser()
    await olga.says("/poll Keep the market? | Yes | No")
    for label in ("Edit", "Who sees the result, and when", "Never", "Send"):
        await olga.taps(label)
    poll = await newsroom.town.newest_poll()
    assert poll.results == "never"
    await voted(newsroom.town, poll, Alice="Yes")
    await newsroom.town.passes(days=4)
    for ending in ("", ".json", ".csv"):
        _, shown, _ = await newsroom.gets(f"/p/{poll.code}{ending}")
        assert "1 vote" not in shown
        assert "counted,1" not in shown
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "Only the organisers see the result." in page
    assert "1 of 2 people asked took part." in page


async def test_a_ranking_shows_each_two_compared(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("rank: What first?", "Road", "Park", "Hall")
    await voted(newsroom.town, poll, Alice="Park,Road,Hall", Bob="Park,Hall")
    await newsroom.town.passes(days=4)
    _, page, _ = await newsroom.gets(f"/p/{poll.code}")
    assert "Each two compared" in page
    assert "In front: Park" in page
    _, file, _ = await newsroom.gets(f"/p/{poll.code}.json")
    assert json.loads(file)["preferred"] == [[0, 0, 1], [2, 0, 2], [1, 0, 0]]
    rows = list(csv.DictReader(io.StringIO((await newsroom.gets(f"/p/{poll.code}.csv"))[1].lstrip("\ufeff"))))
    assert {(row["choice"], row["than"]): row["value"] for row in rows if row["measure"] == "preferred"}[
        "2", "1"
    ] == "2"


QUESTIONS = (
    ("Keep it?", "Yes", "No"),
    ("several 2: What is needed?", "Benches", "Lamps", "Trees"),
    ("scale 1-5: How was it?", "dull", "splendid"),
    ("rank borda: What first?", "Road", "Park"),
    ("dates: When?", "1 December 19:00", "3 December 19:00"),
    ("count 2: A choir?",),
    ("text: What would you change?",),
)
KINDS = ("one", "several", "scale", "ranking", "dates", "count", "text")
TAPS = ("Yes", "Lamps", "4", "Park", "1 December", "Count me in", None)


@pytest.mark.parametrize(("asked", "tap"), list(zip(QUESTIONS, TAPS, strict=True)), ids=KINDS)
async def test_every_kind_has_a_page_and_files_as_they_are_described(
    newsroom: Newsroom, asked: tuple[str, ...], tap: str | None
) -> None:
    poll = await newsroom.town.poll(*asked)
    schema = json.loads((await newsroom.gets("/p/schema.json"))[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    for closed in (False, True):
        if closed:
            if tap:
                await voted(newsroom.town, poll, Alice=tap)
            await newsroom.town.passes(days=4)
        for language in ("en", "cy", "pl", "ur"):
            status, page, _ = await newsroom.gets(f"/p/{poll.code}?lang={language}")
            assert status == 200
            assert f'<html lang="{language}"' in page
            file = json.loads((await newsroom.gets(f"/p/{poll.code}.json?lang={language}"))[1])
            jsonschema.validate(file, schema)
            assert (await newsroom.gets(f"/p/{poll.code}.csv?lang={language}"))[0] == 200
        assert file["state"] == ("closed" if closed else "open")
        assert (file["counted"] is not None) == closed
    if tap:
        assert sum(row["value"] for row in file["counted"]) > 0


async def test_the_reader_is_met_in_their_language(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    _, page, headers = await newsroom.gets(f"/p/{poll.code}", Accept_Language="fr, ur-PK;q=0.9, en;q=0.1")
    assert '<html lang="ur" dir="rtl"' in page
    assert headers["Content-Language"] == "ur"
    assert headers["Vary"] == "Accept-Language"
    _, page, _ = await newsroom.gets(f"/p/{poll.code}?lang=pl", Accept_Language="ur")
    assert '<html lang="pl" dir="ltr"' in page
    assert 'hreflang="cy"' in page


async def test_an_unknown_code_gets_a_kind_page(newsroom: Newsroom) -> None:
    for path in ("/p/nosuch", "/p/nosuch.csv", "/p/nosuch.json", "/p/nosuch.png"):
        status, page, _ = await newsroom.gets(path)
        assert status == 404
        assert "There is no question at this address." in page


async def test_what_organisers_wrote_never_becomes_markup_or_a_formula(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll(f"=1+1 {HOSTILE}", "=HYPERLINK(1)", f"+{HOSTILE}", "@SUM(1)", "-1")
    await newsroom.town.passes(days=4)
    _, page, headers = await newsroom.gets(f"/p/{poll.code}")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    _, text, _ = await newsroom.gets(f"/p/{poll.code}.csv")
    cells = [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert "'-1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert json.loads((await newsroom.gets(f"/p/{poll.code}.json"))[1])["choices"][0] == "=HYPERLINK(1)"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "  =1", "＝1", "\r1"])
def test_a_spreadsheet_takes_nothing_for_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("a" + text) == "a" + text


async def test_those_who_answered_are_told_where_to_look(database_url: URL) -> None:
    async with a_newsroom(database_url, public_url="https://town.example") as room:
        olga = await room.town.organiser()
        first = await room.town.poll("Keep the market?", "Yes", "No", by=olga)
        await voted(room.town, first, Alice="Yes")
        await room.town.passes(days=4)
        alice = room.town.stranger("Alice")
        assert f"Look at it in full: https://town.example/p/{first.code}" in alice.latest
        assert olga.sees(f"https://town.example/p/{first.code}")
        second = await room.town.poll("Move the market?", "Yes", "No", by=olga)
        await voted(room.town, second, Alice="No")
        for label in ("How it stands", "Close it now", "Yes, close it"):
            await olga.taps(label)
        assert f"https://town.example/p/{second.code}" in alice.latest
        _, page, _ = await room.gets(f"/p/{second.code}")
        assert (
            f'<meta property="og:image" content="https://town.example/p/{second.code}.png?lang=en&amp;v='
            in page
        )


async def test_without_a_public_address_no_link_is_told(newsroom: Newsroom) -> None:
    poll = await newsroom.town.poll("Keep the market?", "Yes", "No")
    await voted(newsroom.town, poll, Alice="Yes")
    await newsroom.town.passes(days=4)
    assert "Look at it in full" not in newsroom.town.stranger("Alice").latest
