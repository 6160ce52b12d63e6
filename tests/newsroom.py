"""Somebody who looks at pages of results, and knows nothing but links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession
from sqlalchemy.engine import URL

from bot.models import Poll
from tests.channels.webchat_town import WebTown, a_web_town
from tests.town import Person, Town


@dataclass
class Newsroom:
    """Somebody who looks at pages, and knows nothing but links."""

    town: WebTown
    http: ClientSession

    async def gets(self, path: str, **headers: str) -> tuple[int, str, Any]:
        """Status, text and headers, a moment after whatever happened before."""
        self.town.clock.pass_by(timedelta(seconds=2))
        async with self.http.get(
            path, headers={name.replace("_", "-"): v for name, v in headers.items()}
        ) as got:
            body = await got.read()
            return got.status, body.decode("utf-8", "replace"), got.headers


@asynccontextmanager
async def a_newsroom(database_url: URL, **given: Any) -> AsyncIterator[Newsroom]:
    """A town with its pages open."""
    async with (
        a_web_town(database_url.render_as_string(hide_password=False), **given) as town,
        ClientSession(town.site) as http,
    ):
        yield Newsroom(town, http)


async def voted(town: Town, poll: Poll, **choices: str) -> list[Person]:
    """Each of these people taps their choice; returns them."""
    people = [town.stranger(name) for name in choices]
    for person, label in zip(people, choices.values(), strict=True):
        await person.opens(poll.code)
        for one in label.split(","):
            await person.taps(one)
    return people
