"""The public page of a community, `/c/<short name>`: what is asked, what came of it, and what is owed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web
from markupsafe import Markup

from bot import i18n
from bot.clock import Clock
from bot.console.front import SAFE, spoken, templates
from bot.console.handing import FRESH, OPEN, Made, handed_out
from bot.console.memory import Memory
from bot.db import Database
from bot.i18n import Tongue
from bot.letters.polling import polls as poll_letters
from bot.letters.polling import promises as letters
from bot.models import OUTCOME_WITHIN, Community, Poll
from bot.services.community import communities, portraits
from bot.services.polling import outcomes, polls
from bot.services.polling.outcomes import Promise

Links = Callable[[str, str], Mapping[str, str | None]]

PAGES = 256  # remembered; each has some 10 kB
DAY = 86_400  # seconds; the address of a picture changes with what is on it

NAMES = {"web": "web", "telegram": "Telegram"}
"""How the places where one can take part are called, the nearest first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question on the page: where it can be read or answered, and what is said of it."""

    question: str
    address: str | None
    said: tuple[Markup, ...]


@dataclass(slots=True)
class Pages:
    """What the page needs."""

    database: Database
    clock: Clock
    links: Links
    language: str
    site: str
    made: Memory[Made | None]

    async def page(self, request: web.Request) -> web.Response:
        """As it was a second ago at most, however many ask."""
        slug, second = request.match_info["community"], int(self.clock().timestamp()) // FRESH
        reader = (request.query.get("lang", "")[:40], request.headers.get("Accept-Language", "")[:200])
        made = await self.made.get((slug, second, reader), partial(self._drawn, request, slug))
        if made is None:
            raise web.HTTPNotFound(text=str(i18n.tongue(self.language)._("I do not know this community.")))
        return handed_out(request, made, OPEN)

    async def _drawn(self, request: web.Request, slug: str) -> Made | None:
        now = self.clock()
        async with self.database.reading() as session:
            town = await communities.by_slug(session, slug)
            if town is None:
                return None
            to = spoken(request, self.language, languages_of(town))
            open_polls = await polls.open_in(session, town.id, now=now)
            closed = await outcomes.closed(session, town, now=now)
            owed = (await outcomes.ledger(session, town, now=now)).owed
            rate = await outcomes.loop(session, town, now=now)
            shown = await portraits.edition(session, town.id)
        drawn = (
            templates()
            .get_template("community.html")
            .render(
                _=to._,
                n_=to.n_,
                tongue=to,
                languages=[i18n.tongue(code) for code in languages_of(town)],
                name=town.name_in(to.code),
                slug=town.slug,
                lang=f"?lang={to.code}" if request.query.get("lang") else "",
                picture=shown and f"/c/{town.slug}/picture.jpg?v={shown}",
                site=self.site,
                open=[_asked(poll, town, self.links, to) for poll in open_polls],
                closed=[_closed(one, town, to) for one in closed],
                owed=[_owed(one, to) for one in owed if one.day],
                rate=rate,
                loop=letters.loop(rate.told, rate.due, to),
                within=OUTCOME_WITHIN.days,
                doors=doors_of(self.links("", town.slug)),
            )
        )
        return Made.of(drawn, "text/html")

    async def picture(self, request: web.Request) -> web.Response:
        """The community's own."""
        async with self.database.reading() as session:
            town = await communities.by_slug(session, request.match_info["community"])
            drawn = None if town is None else await portraits.content(session, town.id)
        if drawn is None:
            raise web.HTTPNotFound
        headers = {**SAFE, "Cache-Control": f"public, max-age={DAY}"}
        return web.Response(body=drawn, content_type="image/jpeg", headers=headers)


def setup(
    app: web.Application, database: Database, clock: Clock, *, links: Links, language: str, site: str
) -> None:
    """Add the page and the picture on it."""
    pages = Pages(database, clock, links, language, site, Memory(PAGES))

    async def close(app: web.Application) -> None:
        await pages.made.close()

    app.on_cleanup.append(close)
    app.add_routes(
        [web.get("/c/{community}", pages.page), web.get("/c/{community}/picture.jpg", pages.picture)]
    )


def languages_of(town: Community) -> Sequence[str]:
    """Those in which its page can be read."""
    return [code for code in town.languages if code in i18n.available()] or [i18n.SOURCE]


def doors_of(addresses: Mapping[str, str | None]) -> Sequence[tuple[str, str]]:
    """Where one can take part: (name, address)."""
    return [(NAMES[place], address) for place in NAMES if (address := addresses.get(place))]


def _asked(poll: Poll, town: Community, links: Links, to: Tongue) -> Entry:
    doors = doors_of(links(poll.code, town.slug))
    closes = to._("It closes {moment}.", moment=to.moment(poll.closes_at, town.zone))
    return Entry(poll.question, doors[0][1] if doors else None, (closes,))


def _closed(one: Promise, town: Community, to: Tongue) -> Entry:
    poll = one.poll
    assert poll.closed_at is not None  # noqa: S101 - only closed ones were asked for
    whom = poll_letters.for_whom(poll.whom, to)
    said: list[Any] = [
        *([whom] if whom else []),
        to._("Closed on {day}.", day=to.day(poll.closed_at, town.zone)),
    ]
    if one.state == "unanswered":
        said.append(to._("Nobody answered this time."))
    elif one.state == "awaited" and one.day:
        said.append(letters.waiting(one.day, one.late, to, outcome=True))
    else:
        said += poll_letters.decided(poll, to)
    for word in one.said:
        said += _history(word.said, word.because, to, town.zone, word.at)
    return Entry(poll.question, f"/p/{poll.code}", tuple(said))


def _history(said: str, because: str | None, to: Tongue, zone: str, at: datetime) -> list[Markup]:
    """What was said of a promise later, and why."""
    why = letters.why(because, to)
    day = to.day(at, zone)
    what = to._("{day}: {said}", day=day, said=to._(letters.SAID[said]))
    return [what + " " + why if why else what]


def _owed(one: Promise, to: Tongue) -> Entry:
    assert one.day is not None  # noqa: S101 - what is owed has a day
    said = [letters.waiting(one.day, one.late, to, outcome=one.state == "awaited")]
    if one.poll.outcome:
        said.insert(0, Markup.escape(one.poll.outcome))
    return Entry(one.poll.question, f"/p/{one.poll.code}", tuple(said))
