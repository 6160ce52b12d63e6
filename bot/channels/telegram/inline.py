"""Inline mode: somebody types the bot's name and some words in any chat, and is shown what may be posted there.

An answer is a read, and worthless a moment later, when the next letter has been typed. So it is in no outbox, at most
one for each person is under way, and whatever cannot be answered at once is left alone: Telegram asks again.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from telegram.error import TelegramError

from bot.channels.telegram import keyboard
from bot.channels.telegram.text import parts, shortened
from bot.channels.telegram.wire import Wire
from bot.conversation.searching import Finding, Findings, Search, Searching
from bot.db import trouble
from bot.waiting import stop

FRESH = 5
"""Seconds for which Telegram may show the same again to the same person."""

_MOST = 50  # answers under way
_PATIENCE = 5.0
_LONGEST_TITLE, _LONGEST_ABOUT = 200, 200

log = logging.getLogger(__name__)


class Inline:
    """Answers those who look for something; `search` finds it."""

    def __init__(self, wire: Wire, search: Searching | None) -> None:
        self._wire = wire
        self._search = search
        self._newest: dict[str, tuple[str, Search]] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def take(self, update: object) -> bool:
        """Whether this update is somebody who looks for something; then it is seen to."""
        query = update.get("inline_query") if isinstance(update, dict) else None
        if not isinstance(query, dict):
            return False
        wanted = _wanted(query)
        if wanted is None or self._search is None:
            return True
        sender, busy = wanted.sender, wanted.sender in self._under_way
        if busy or len(self._under_way) < _MOST:
            self._newest[sender] = query["id"], wanted  # in the place of what they have typed on from
        if sender in self._newest and not busy:
            task = asyncio.create_task(self._answer(sender, self._search))
            self._under_way[sender] = task
            task.add_done_callback(partial(self._answered, sender))
        return True

    async def close(self) -> None:
        """Answer nobody any more."""
        await stop(list(self._under_way.values()))

    def _answered(self, sender: str, _: asyncio.Task[None]) -> None:
        del self._under_way[sender]

    async def _answer(self, sender: str, search: Searching) -> None:
        """Answer one person, until there is nothing newer of theirs."""
        while newest := self._newest.pop(sender, None):
            query, wanted = newest
            try:
                found = await search(wanted)
                if sender not in self._newest:
                    await self._wire.ask("answerInlineQuery", answer(query, found), patience=_PATIENCE)
            except TelegramError as error:
                log.debug("an inline query was not answered: %s", type(error).__name__)
            except Exception as error:
                reason = trouble(error)
                log.warning("an inline query was not answered", exc_info=None if reason else error)


def _wanted(query: dict[str, Any]) -> Search | None:
    person = query.get("from")
    number = person.get("id") if isinstance(person, dict) else None
    words, name = query.get("query"), query.get("id")
    if not isinstance(number, int) or not isinstance(words, str) or not isinstance(name, str):
        return None
    language = person.get("language_code") if isinstance(person, dict) else None
    return Search("telegram", str(number), words, language if isinstance(language, str) else None)


def answer(query: str, findings: Findings) -> dict[str, Any]:
    """The call that answers."""
    call: dict[str, Any] = {
        "inline_query_id": query,
        "results": [_article(one) for one in findings.found],
        "cache_time": FRESH,
        "is_personal": True,
    }
    if findings.way_in is not None:
        label, code = findings.way_in
        call["button"] = {"text": shortened(label, keyboard.LONGEST_LABEL), "start_parameter": code}
    return call


def _article(one: Finding) -> dict[str, Any]:
    markup = keyboard.under(one.message, private=False)
    return {
        "type": "article",
        "id": one.key,
        "title": shortened(one.title, _LONGEST_TITLE),
        "description": shortened(one.about, _LONGEST_ABOUT),
        "input_message_content": {
            "message_text": parts(keyboard.words(one.message))[0],
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        },
        **({"reply_markup": markup} if markup else {}),
    }
