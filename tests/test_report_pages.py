"""What everybody sees of reports on pages: the list of a community, the map's data, and the page of each report."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

from sqlalchemy import text, update

from bot.models import Officer, Resident, ServiceRequest
from bot.services.answering import casework
from bot.services.reporting import report_lists
from tests.council import a_body, an_officer
from tests.newsroom import Newsroom
from tests.plans import listening, looking, plan, read_from_end_to_end
from tests.reports import a_report, fresh, surroundings

LIST = "/c/elm-park/reports"


def words(page: str) -> str:
    """What there is to be read, without tags and isolating marks."""
    text = re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    return re.sub("[\u2066-\u2069]", "", text)


async def reads(newsroom: Newsroom, path: str = LIST, **headers: str) -> str:
    status, page, _ = await newsroom.gets(path, **headers)
    assert status == 200, page
    return words(page)


async def pins(newsroom: Newsroom, query: str = "") -> list[dict[str, Any]]:
    status, text, headers = await newsroom.gets(f"{LIST}.geojson{query}")
    assert (status, headers["Content-Type"]) == (200, "application/geo+json")
    found: list[dict[str, Any]] = json.loads(text)["features"]
    return found


async def test_the_list_says_what_is_open_and_never_who_reported_it(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    made = await a_report(newsroom.town, "Rubbish " * 40 + "<script>alert(1)</script>", people=3)
    _, page, headers = await newsroom.gets(LIST)
    said = words(page)
    assert "Bins, 12 Elm Road" in said
    assert "Rubbish Rubbish" in said
    assert "…" in said
    assert "1 report is open." in said
    assert "It concerns 3 people. Reported on 23 November 2026." in said
    assert "An answer is due by Monday 30 November." in said
    assert f'href="/r/{made.service_request_id}"' in page
    assert "Secret" not in page
    assert "alert(1)" not in page
    assert headers["X-Robots-Tag"] == "noindex"
    assert (
        "script-src 'self'; connect-src 'self'; img-src 'self' data:;" in headers["Content-Security-Policy"]
    )


async def test_what_is_late_is_said_plainly_until_it_is_answered_or_waits_for_the_reporter(
    newsroom: Newsroom,
) -> None:
    await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    newsroom.town.clock.pass_by(timedelta(days=60))
    said = await reads(newsroom)
    assert "Late: an answer was due by Monday 30 November, and none has come." in said
    assert "Late: it should have been solved by Monday 21 December." in said
    await changes(newsroom, made, answered_at=newsroom.town.clock())
    said = await reads(newsroom)
    assert "Late: an answer" not in said
    assert "Late: it should have been solved" in said
    await changes(newsroom, made, waiting_since=newsroom.town.clock())
    assert "Late" not in await reads(newsroom)
    await changes(newsroom, made, status="fixed", waiting_since=None, resolved_at=newsroom.town.clock())
    assert "Late" not in await reads(newsroom, f"/r/{made.service_request_id}")


async def changes(newsroom: Newsroom, made: ServiceRequest, **to: Any) -> None:
    async with newsroom.town.folkmoot.database.writing() as session:
        await session.execute(update(ServiceRequest).where(ServiceRequest.id == made.id).values(**to))


async def test_links_narrow_the_list_and_turn_its_pages(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    await a_report(newsroom.town, "A hole", "potholes", people=9)
    for number in range(report_lists.ON_A_PAGE + 1):
        await a_report(newsroom.town, f"Bin {number}")
    await a_report(newsroom.town, "A smell", None, status="investigating")
    _, page, _ = await newsroom.gets(LIST)
    assert "Page 1 of 2" in words(page)
    assert "A hole" not in words(page)
    ways = {
        words(label).strip(): unescape(href)
        for href, label in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', page)
    }
    assert await entries(newsroom, ways["Holes in the road (1)"]) == ["A hole"]
    assert await entries(newsroom, ways["Something else (1)"]) == ["A smell"]
    assert await entries(newsroom, ways["Being looked into (1)"]) == ["A smell"]
    assert (await entries(newsroom, ways["What concerns most people first"]))[0] == "A hole"
    assert await entries(newsroom, f"{LIST}?kind=bins&page=2") == ["Bin 0"]
    assert await entries(newsroom, f"{LIST}?kind=trees") == []
    assert "None of these is open just now." in await reads(newsroom, f"{LIST}?kind=trees")
    assert len(await pins(newsroom, "?kind=bins&page=2")) == report_lists.ON_A_PAGE + 1


async def entries(newsroom: Newsroom, path: str) -> list[str]:
    """The words of the reports on a page."""
    status, page, _ = await newsroom.gets(path)
    assert status == 200
    return [words(one).strip() for one in re.findall(r'<p class="words"[^>]*>(.*?)</p>', page)]


async def test_what_cannot_be_meant_is_left_out(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    await a_report(newsroom.town)
    for query in (
        "page=0",
        "page=-1",
        "page=9999999",
        "page=x",
        "order=%00",
        "state=duplicate",
        "kind=" + "x" * 500,
    ):
        assert "The bin is full" in await reads(newsroom, f"{LIST}?{query}")
    assert await entries(newsroom, f"{LIST}?kind=%27%3B--") == ["The bin is full"]
    status, _, _ = await newsroom.gets("/c/nowhere/reports")
    assert status == 404


async def test_confidential_and_hidden_ones_are_nowhere(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    kept = await a_report(newsroom.town, "He beats the dog", confidential=True)
    hidden = await a_report(newsroom.town, "My neighbour", hidden_because="It names somebody.")
    for path in (LIST, f"{LIST}.geojson"):
        _, page, _ = await newsroom.gets(path)
        for secret in ("dog", "neighbour", kept.service_request_id, hidden.service_request_id):
            assert secret not in page
    for made, why in (
        (kept, "Only those in charge can see this report."),
        (hidden, "The organisers have hidden this report, so only those in charge can see it."),
    ):
        status, page, headers = await newsroom.gets(f"/r/{made.service_request_id}")
        assert status == 403
        assert why in words(page)
        assert headers["X-Robots-Tag"] == "noindex"
        for secret in ("dog", "neighbour", "Elm Road", "Bins", "51.5", "Waste"):
            assert secret not in page


async def test_what_has_ended_stays_a_month_and_a_twin_not_at_all(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    fixed = await a_report(newsroom.town, "The lamp", "streetlights", status="fixed")
    twin = await a_report(
        newsroom.town, "Lamp again", "streetlights", status="duplicate", duplicate_of=fixed.id
    )
    said = await reads(newsroom)
    assert said.index("Ended lately") < said.index("The lamp")
    assert "Lamp again" not in said
    assert "Nothing is open just now." in said
    _, page, _ = await newsroom.gets(f"/r/{twin.service_request_id}")
    assert f'href="/r/{fixed.service_request_id}"' in page
    assert "I have the same problem" not in page
    newsroom.town.clock.pass_by(timedelta(days=31))
    assert "The lamp" not in await reads(newsroom)


async def test_the_page_of_a_report_tells_its_story(newsroom: Newsroom) -> None:
    council = await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    await an_officer(newsroom.town, "Otto", council.waste)
    async with newsroom.town.folkmoot.database.writing() as session:
        otto = await session.get_one(Resident, (await session.get_one(Officer, 1)).resident_id)
        await casework.take(session, made.id, by=otto, now=newsroom.town.clock())
        await casework.answer(
            session, made.id, "We <b>come</b> on Friday.", by=otto, now=newsroom.town.clock()
        )
        await casework.note(session, made.id, "Beware of the dog.", by=otto, now=newsroom.town.clock())
    _, page, headers = await newsroom.gets(f"/r/{made.service_request_id.lower()}")
    said = words(page)
    assert "Bins, 12 Elm Road" in said
    assert "The bin is full" in said
    assert "It goes to Waste of North District, because they look after this everywhere: Bins." in said
    assert "Monday 23 November: Reported." in said
    assert "Somebody is looking after it." in said
    assert "We <b>come</b> on Friday." in said  # unescaped above
    assert "It should be solved by" in said
    assert f'/w/elm-park/r_{made.service_request_id}">I have the same problem' in page
    assert headers["X-Robots-Tag"] == "noindex"
    for secret in ("Otto", "Secret", "Beware", "51.50012"):
        assert secret not in page
    status, page, _ = await newsroom.gets("/r/AAAAAA")
    assert (status, "There is no report with this number." in page) == (404, True)


async def test_who_has_it_after_it_was_handed_over(newsroom: Newsroom) -> None:
    council = await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    await changes(newsroom, made, team_id=council.streets.id, because={"how": "hand", "duty": None})
    assert "It is with Streets of North District." in await reads(newsroom, f"/r/{made.service_request_id}")


async def test_pages_are_read_in_the_communitys_languages(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    for path in (LIST, f"/r/{made.service_request_id}"):
        _, page, _ = await newsroom.gets(path, Accept_Language="ur-PK")
        assert '<html lang="ur" dir="rtl">' in page
        _, page, _ = await newsroom.gets(f"{path}?lang=pl", Accept_Language="ur-PK")
        assert '<html lang="pl" dir="ltr">' in page
        assert "lang=pl" in page.split("<main>")[1]


async def test_who_has_it_already_gets_nothing_anew(newsroom: Newsroom) -> None:
    await a_body(newsroom.town)
    made = await a_report(newsroom.town)
    for path in (LIST, f"{LIST}.geojson", f"/r/{made.service_request_id}", "/map/map.js", "/map/leaflet.js"):
        _, _, headers = await newsroom.gets(path)
        status, body, _ = await newsroom.gets(path, If_None_Match=headers["ETag"])
        assert (status, body) == (304, "")
    before = await newsroom.town.rows()
    await reads(newsroom, f"/r/{made.service_request_id}")
    assert await newsroom.town.rows() == before


async def test_looking_costs_the_same_however_much_is_stored(newsroom: Newsroom) -> None:
    database = newsroom.town.folkmoot.database
    await a_body(newsroom.town)
    await surroundings(newsroom.town)
    made = await a_report(newsroom.town)
    paths = (
        LIST,
        f"{LIST}?kind=bins&state=received&order=people",
        f"{LIST}.geojson",
        f"/r/{made.service_request_id}",
    )
    costs = []
    for more in (range(1, 5), range(5, 65)):
        await many(newsroom, made, more)
        counted = []
        for path in paths:
            with listening(database) as asked:
                await reads(newsroom, path) if path[-7:] != "geojson" else await pins(newsroom)
            counted.append(sum("service_request" in one.statement for one in asked))
            ours = [
                one for one in looking(asked) if "photos.tries" not in one.statement
            ]  # nor the fetching's
            read = await read_from_end_to_end(database, ours)
            big = {"service_requests", "photos", "happenings", "named_places", "concerns"}
            assert not {one for tables in read.values() for one in tables} & big, read
        costs.append(counted)
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 8


async def test_an_index_leads_to_what_is_open_and_past_all_that_has_ended(newsroom: Newsroom) -> None:
    database = newsroom.town.folkmoot.database
    await a_body(newsroom.town)
    await many(newsroom, await a_report(newsroom.town), range(1, 3000), open_each=50)
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))
    with listening(database) as asked:
        await reads(newsroom)
    listed = [one for one in looking(asked) if "status IN ('" in one.statement]
    plans = [await plan(database, one.statement, one.given) for one in listed]
    of_open_ones = ("ix_service_requests_open", "ix_service_requests_desk", "ix_service_requests_near")
    counted_listed_ended_newest = [any(name in one for name in of_open_ones) for one in plans]
    assert counted_listed_ended_newest == [True, True, False, True]
    assert "ix_service_requests_ended" in plans[2]


async def many(newsroom: Newsroom, made: ServiceRequest, numbers: range, open_each: int = 2) -> None:
    """More of the same, most of them ended."""
    kept = await fresh(newsroom.town, made)
    columns = {column.key: getattr(kept, column.key) for column in ServiceRequest.__mapper__.columns}
    rows = [
        columns
        | {
            "id": made.id + one,
            "service_request_id": f"Z{one}",
            "status": "fixed" if one % open_each else "received",
        }
        for one in numbers
    ]
    async with newsroom.town.folkmoot.database.writing() as session:
        await session.execute(ServiceRequest.__table__.insert(), rows)  # type: ignore[attr-defined]


async def test_the_list_is_found_from_the_front_door_and_the_community(newsroom: Newsroom) -> None:
    await newsroom.town.community()
    for path in ("/", "/c/elm-park"):
        assert f'href="{LIST}"' in (await newsroom.gets(path))[1]
