"""`python -m bench.shown fill|show KIND BALLOTS`: makes a closed poll of that kind, and tells what showing it costs."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import sys
import time
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession, web
from sqlalchemy import insert, select

from bench import machine
from bench.contenders import settings
from bot import kinds
from bot.charts import Artist
from bot.clock import utc_now
from bot.console import result
from bot.console.server import serving
from bot.db import Database
from bot.kinds import Form
from bot.models import Ballot, Community, Poll, Tally
from bot.services.polling import polls

CHOICES = tuple(f"Choice {number}, with some words about it" for number in range(1, 11))
MOMENTS = tuple(f"2026-12-{day:02}T19:00:00+00:00" for day in range(1, 11))
FORMS = {
    "one": Form(CHOICES),
    "several": Form(CHOICES, {"most": 3}),
    "scale": Form((), {"low": 0, "high": 10, "ends": ["dull", "splendid"]}),
    "ranking": Form(CHOICES, {"method": "schulze"}),
    "dates": Form(MOMENTS, {"zone": "Europe/London"}),
    "count": Form((), {"need": 10_000}),
    "text": Form(),
    "points": Form(CHOICES, {"points": 10}),
}
AT_ONCE = 5_000  # ballots in one statement
PAGES = 20


def _answer(kind: str, dice: random.Random) -> Any:
    some = dice.sample(range(10), dice.randint(1, 10))
    return {
        "one": some[0],
        "several": sorted(some[:3]),
        "scale": some[0],
        "ranking": some,
        "dates": [dice.randint(0, 2) for _ in MOMENTS],
        "count": 1,
        "points": [2 if number in some[:5] else 0 for number in range(10)],
        "text": "More benches by the river, please, and a light at the corner.",
    }[kind]


async def fill(database: Database, name: str, ballots: int) -> None:
    """The poll, closed, with so many ballots and their tally."""
    dice, kind, form, now = random.Random(1), kinds.named(name), FORMS[name], utc_now()  # noqa: S311
    async with database.writing() as session:
        town = (await session.scalars(select(Community).limit(1))).one()
        poll = Poll(
            code=f"bench{name}", community_id=town.id, kind=name, question="What shall be done first?",
            choices=list(form.choices), options=dict(form.options), named=False, results="closed", key=None,
            opened_at=now - timedelta(days=3), closes_at=now, closed_at=now,
        )  # fmt: skip
        session.add(poll)
        await session.flush()
        answers = [_answer(name, dice) for _ in range(ballots)]
        for start in range(0, ballots, AT_ONCE):
            rows = [
                {"poll_id": poll.id, "voter": secrets.token_bytes(32), "answer": answer}
                for answer in answers[start : start + AT_ONCE]
            ]
            await session.execute(insert(Ballot), rows)
        counts = kind.count(form, answers)
        session.add(Tally(poll_id=poll.id, counts=counts, asked=ballots, took_part=ballots))


async def show(database: Database, name: str) -> dict[str, float]:
    """Seconds for a recount, milliseconds for a page and a picture, new and remembered, and MiB at most."""
    found: dict[str, float] = {"before_mb": _most()}
    began = time.perf_counter()
    async with database.reading() as session:
        poll = await polls.by_code(session, f"bench{name}")
        assert poll is not None
        counts = await polls.recount(session, poll)
        tally = await session.get_one(Tally, poll.id)
    assert counts == tally.counts, "the tally differs from a recount"
    found |= {"count_s": time.perf_counter() - began, "count_mb": _most()}
    artist, app = Artist(), web.Application()
    result.setup(app, database, artist, utc_now, "http://localhost", lambda code, slug: {}, "en")
    async with serving(app, "127.0.0.1", 0) as port, ClientSession(f"http://127.0.0.1:{port}") as http:
        found["page_ms"] = await _took(http, f"/p/{poll.code}")
        again = [await _took(http, f"/p/{poll.code}") for _ in range(PAGES)]
        found["page_again_ms"] = sorted(again)[PAGES // 2]
        found["first_picture_ms"] = await _took(http, f"/p/{poll.code}.png")
        found["picture_ms"] = await _took(http, f"/p/{poll.code}.png?lang=ur")
        found["picture_again_ms"] = await _took(http, f"/p/{poll.code}.png?lang=ur")
        found |= {"page_mb": _most(), "drawing_mb": machine.peak([artist.pid or 0]) / 2**20}
    await artist.close()
    return found


async def _took(http: ClientSession, path: str) -> float:
    began = time.perf_counter()
    async with http.get(path) as got:
        await got.read()
        assert got.status == 200, got.status
    return (time.perf_counter() - began) * 1000


def _most() -> float:
    """MiB held at most. Not from getrusage, which counts in what the process was before it became this program."""
    return machine.peak([os.getpid()]) / 2**20


async def main() -> None:
    """Do what was asked, and print what was found."""
    what, name, ballots = sys.argv[1:]
    database = Database(settings(os.environ["DATABASE_URL"]).database)
    try:
        if what == "fill":
            await fill(database, name, int(ballots))
        else:
            print(json.dumps(await show(database, name)))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
