"""Updates of every shape, brought to the webhook of a real town: each is taken or refused, and no neighbour suffers.

`UPDATES=10000` makes it as many on each database.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.channels.telegram import webhook
from bot.channels.telegram.kinds import CONTENTS, NOTICES, UPDATES
from bot.channels.telegram.reading import Us
from bot.clock import SetClock
from tests.fake_telegram.odd import ODD_KINDS, content
from tests.faults.desks import desk
from tests.town import MONDAY, Town

HOW_MANY = int(os.environ.get("UPDATES", "120"))
AT_ONCE = 40
SECRET = "s3cret_word"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}

STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, 1e300, "", "\x00", "\ud800", "a" * 5_000, [], {}, [None], {"id": {}}, "<b>",
    "</b><script>",
    "'; DROP TABLE residents; --", "\u202e\u2066", "👩‍👩‍👧‍👦" * 100, "ﷺ" * 500, "{community}", "%s%n", [[[[[[]]]]]],
)  # fmt: skip
"""What may stand where something else should."""


class Chance:
    """Makes updates, the same for the same seed."""

    def __init__(self, seed: int, poll: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - to be repeatable
        self._poll = poll

    def update(self, number: int) -> dict[str, Any]:
        """A proper update of some kind with something wrong in it, or several things."""
        person = {
            "id": self._chance.randrange(1, 60),
            "is_bot": False,
            "first_name": "Eve",
            "language_code": "ur",
        }
        chat = {"id": person["id"], "type": "private"}
        if self._chance.random() < 0.2:
            chat = {"id": -self._chance.randrange(1, 9), "type": "supergroup"}
        message = {"message_id": number, "date": 1, "from": person, "chat": chat, **self._said()}
        update = {"update_id": number, **self._wrapped(message, person)}
        for _ in range(self._chance.choice((0, 1, 1, 2, 5))):
            self._spoil(update)
        update["update_id"] = number
        return update

    def _said(self) -> dict[str, Any]:
        return self._chance.choice(
            (
                {
                    "text": self._chance.choice(
                        ("/start", "/polls", "/me", "/poll A | B | C", "/announce x", "hi", "مدد")
                    )
                },
                {
                    "text": str(self._chance.choice(STRANGE)),
                    "entities": [{"type": "bot_command", "offset": 0, "length": 99}],
                },
                content(self._chance.choice(ODD_KINDS)),
                {self._chance.choice((*CONTENTS, *NOTICES)): self._chance.choice(STRANGE)},
            )
        )

    def _wrapped(self, message: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
        data = self._chance.choice(
            (f"v:{self._poll}:0", f"v:{self._poll}:99", "k:1:a:b", "n:1:back", "z:1", "x:1:1", "ö")
        )
        tap = {
            "id": str(message["message_id"]),
            "from": person,
            "message": message,
            "data": data,
            "chat_instance": "1",
        }
        change = {
            "from": person,
            "chat": message["chat"],
            "date": 1,
            "new_chat_member": {"status": "kicked", "user": {}},
        }
        return self._chance.choice(
            (
                {"message": message},
                {"edited_message": message},
                {"callback_query": tap},
                {"my_chat_member": change},
                {self._chance.choice(tuple(UPDATES)): {"from": person}},
            )
        )

    def _spoil(self, inside: Any) -> None:
        """Remove something, or put something strange in its place."""
        while isinstance(inside, dict) and inside:
            name = self._chance.choice(sorted(inside))
            if isinstance(inside[name], dict) and inside[name] and self._chance.random() < 0.7:
                inside = inside[name]
            elif self._chance.random() < 0.3:
                del inside[name]
                return
            else:
                inside[name] = self._chance.choice(STRANGE)
                return


@asynccontextmanager
async def door(town: Town) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """The webhook of a further process of the town, as Telegram finds it."""
    async with desk(town.folkmoot.database.url, clock=SetClock(MONDAY)) as dispatcher:
        app = web.Application()
        app.add_routes([webhook.route(SecretStr(SECRET), lambda: Us(1, "elm_bot"), dispatcher.submit)])
        async with TestServer(app) as server, aiohttp.ClientSession() as telegram:
            yield telegram, str(server.make_url(webhook.PATH))


def written(update: dict[str, Any]) -> bytes:
    """As JSON that may hold half of a letter, as a careless program writes it."""
    return json.dumps(update).encode()


@pytest.mark.timeout(600)
async def test_whatever_shape_an_update_has_it_breaks_nothing_and_costs_no_neighbour_a_vote(
    town: Town,
) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    chance = Chance(7, poll.id)
    statuses: Counter[int] = Counter()
    neighbours = range(1_000, 1_000 + HOW_MANY // 20)

    def vote(number: int) -> dict[str, Any]:
        person = {"id": number, "is_bot": False, "first_name": "Ann"}
        message = {"message_id": 1, "date": 1, "chat": {"id": number, "type": "private"}}
        return {
            "update_id": 10**6 + number,
            "callback_query": {
                "id": str(number),
                "from": person,
                "message": message,
                "data": f"v:{poll.id}:1",
            },
        }

    updates = [chance.update(number) for number in range(1, HOW_MANY + 1)]
    updates += [vote(number) for number in neighbours]
    random.Random(3).shuffle(updates)  # noqa: S311 - to be repeatable
    with capture_logs() as logs:
        async with door(town) as (telegram, address):

            async def bring(update: dict[str, Any]) -> None:
                async with telegram.post(address, data=written(update), headers=HEADER) as answer:
                    statuses[answer.status] += 1

            for first in range(0, len(updates), AT_ONCE):
                await asyncio.gather(*map(bring, updates[first : first + AT_ONCE]))
    assert [one for one in logs if one["log_level"] in {"error", "critical"}] == []
    assert set(statuses) == {200}, statuses
    counted = await town.result(poll)
    assert counted["No"] == len(neighbours)


async def test_a_flood_of_wrong_secrets_reaches_no_database_and_holds_up_nobody(town: Town) -> None:
    async with door(town) as (telegram, address):

        async def knock(number: int) -> int:
            async with telegram.post(
                address, data=b"{" * 10_000, headers={next(iter(HEADER)): f"no{number}"}
            ) as answer:
                return answer.status

        assert set(await asyncio.gather(*map(knock, range(300)))) == {403}
        proper = {"message": {"text": "/start", "chat": {"id": 5, "type": "private"}, "from": {"id": 5}}}
        async with telegram.post(address, data=written({"update_id": 1, **proper}), headers=HEADER) as answer:
            assert answer.status == 200


async def test_somebody_who_brings_a_body_slowly_holds_up_nobody(town: Town) -> None:
    gone_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"update_id": 1'
        await gone_on.wait()
        yield b"}"

    async with door(town) as (telegram, address):
        dawdlers = [
            asyncio.create_task(telegram.post(address, data=slowly(), headers=HEADER)) for _ in range(50)
        ]
        await asyncio.sleep(0)
        proper = {"message": {"text": "/start", "chat": {"id": 5, "type": "private"}, "from": {"id": 5}}}
        async with (
            aiohttp.ClientSession() as other,
            other.post(address, data=written({"update_id": 2, **proper}), headers=HEADER) as answer,
        ):
            assert answer.status == 200
        assert not any(one.done() for one in dawdlers)
        gone_on.set()
        for answer in await asyncio.gather(*dawdlers):
            assert answer.status == 200
            answer.release()
