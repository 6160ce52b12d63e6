"""Inline mode: people look for something of the bot's in chats that it is not in, show it there, and tap below it."""

from __future__ import annotations

import re
from typing import Any

from tests.fake_telegram.checks import Json
from tests.fake_telegram.html import units
from tests.fake_telegram.limits import keyboard, written
from tests.fake_telegram.people import Person
from tests.fake_telegram.refusal import improper
from tests.fake_telegram.screen import Seen, seen
from tests.fake_telegram.state import Post, Search, World, too_late
from tests.fake_telegram.updates import Queue


def answer(world: World, params: Json) -> bool:
    """answerInlineQuery."""
    search = world.searches.get(params["inline_query_id"])
    if search is None or search.answer is not None or world.clock() - search.asked_at > world.query_life:
        raise too_late()
    results: list[Json] = params["results"]
    if len(results) > 50:
        raise improper("RESULTS_TOO_MUCH")
    if len({one["id"] for one in results}) != len(results):
        raise improper("RESULT_ID_DUPLICATE")
    for one in results:
        if not 1 <= len(one["id"].encode()) <= 64:
            raise improper("RESULT_ID_INVALID")
        if one["type"] != "article":
            raise improper("this house shows articles only")
        if units(one["title"]) < 1:
            raise improper("ARTICLE_TITLE_EMPTY")
        _content(one)
        keyboard(one.get("reply_markup"), private=False)
    if params.get("cache_time", 0) < 0:
        raise improper("cache_time must be non-negative")
    button = params.get("button")
    if button is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "")):
        raise improper("START_PARAM_INVALID")
    search.answer = params
    world.changed()
    return True


def _content(article: Json) -> Json:
    said = article["input_message_content"]
    text, entities = written({"text": said["message_text"], "parse_mode": said.get("parse_mode")})
    return {"text": text, **({"entities": entities} if entities else {})}


class Elsewhere:
    """Chats that the bot is not in."""

    def __init__(self, world: World, queue: Queue) -> None:
        self._world = world
        self._queue = queue

    async def looks(self, person: Person, words: str, *, seconds: float = 5) -> Search:
        """Somebody types the bot's name and these words; returns what they are offered."""
        search = self.types(person, words)
        if not await self._world.until(lambda: search.answer is not None, seconds):
            raise AssertionError(f"{person.account.first_name} looked in vain for {words!r}")
        return search

    def types(self, person: Person, words: str) -> Search:
        """The same without waiting for the answer."""
        number = f"{person.id}{len(self._world.searches) + 1:06d}"
        search = self._world.searches[number] = Search(number, person.id, self._world.clock())
        query = {"id": number, "from": person.account.as_json(), "query": words, "offset": ""}
        self._queue.push({"inline_query": query | {"chat_type": "supergroup"}})
        return search

    async def shows(self, person: Person, search: Search, title: str, *, feedback: bool = False) -> str:
        """They choose one, and it stands in the chat; returns its name. With `feedback` the bot is told."""
        chosen = next(one for one in search.results if one["title"] == title)
        body: Json = {"message_id": 0, **_content(chosen)}
        name = f"AgAAAA-{len(self._world.inline) + 1:03d}_xyz"
        if "reply_markup" in chosen:
            body["reply_markup"] = chosen["reply_markup"]
        self._world.inline[name] = Post(body, by_bot=True)
        if feedback:
            told = {"result_id": chosen["id"], "from": person.account.as_json(), "query": title}
            self._queue.push({"chosen_inline_result": told | {"inline_message_id": name}})
        return name

    async def taps(self, person: Person, name: str, label: str) -> None:
        """Somebody in that chat presses a button by its label."""
        rows = self._world.inline[name].body.get("reply_markup", {}).get("inline_keyboard", [])
        found = [one["callback_data"] for row in rows for one in row if one["text"] == label]
        if not found:
            raise AssertionError(
                f"{person.account.first_name} finds no button {label!r} in {self.sees(name)}"
            )
        await self.presses(person, name, found[0])

    async def presses(self, person: Person, name: str, payload: str) -> None:
        """Send any payload as if from a button below it."""
        query = self._world.ask(person.id)
        pressed: dict[str, Any] = {"id": query.id, "from": person.account.as_json(), "data": payload}
        self._queue.push(
            {"callback_query": pressed | {"inline_message_id": name, "chat_instance": "-7300000000000"}}
        )

    def sees(self, name: str) -> Seen:
        """How that message looks now."""
        return seen(self._world.inline[name])

    async def waits_for(self, name: str, words: str, *, seconds: float = 5) -> None:
        """Wait until the words are seen there."""
        if not await self._world.until(lambda: self.sees(name).holds(words), seconds):
            raise AssertionError(f"{words!r} not seen in {self.sees(name)}")
