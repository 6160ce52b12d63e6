"""The queue of updates and its two ways out: long polling and a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aiohttp

from tests.fake_telegram.checks import UPDATE_KINDS, Json
from tests.fake_telegram.refusal import Refusal
from tests.fake_telegram.state import FIRST_UPDATE, World

_ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TERMINATED = "Conflict: terminated by {}"
_OTHER = "other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


def kind_of(update: Json) -> str:
    """Which kind of update this is."""
    return next((name for name in update if name != "update_id"), "")


class Queue:
    """Updates that the bot has not confirmed yet."""

    def __init__(self, world: World, call: Callable[[str, Json], Awaitable[Any]]) -> None:
        self.world = world
        self.waiting: deque[Json] = deque()
        self.again: deque[Json] = deque()
        self.confirmed = 0
        self.wanted: frozenset[str] = UPDATE_KINDS - _ONLY_WHEN_ASKED
        self.webhook: Json = {}
        self.retry_pause = 0.2
        self.delivering = 0
        self._call = call
        self._next = FIRST_UPDATE
        self._news = asyncio.Event()
        self._poll: asyncio.Future[str] | None = None
        self._postmen: set[asyncio.Task[None]] = set()
        self._busy: set[object] = set()
        self._trouble: Json = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def _client(self) -> aiohttp.ClientSession:
        self._session = self._session or aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def push(self, update: Json) -> Json:
        """Put an update into the queue, with the next number if it has none; returns what is sent."""
        if "update_id" not in update:
            update = {"update_id": self._next, **update}
        self._next = max(self._next, update["update_id"]) + 1
        if kind_of(update) in self.wanted:
            self.waiting.append(update)
            self._ring()
        return update

    def repeat(self, update: Json) -> None:
        """Send an update once more, confirmed or not."""
        self.again.append(update)
        self._ring()

    def _ring(self) -> None:
        self._news.set()
        self.world.changed()
        if self.webhook:
            self._deliver()

    # --- long polling --------------------------------------------------------------------------

    async def get_updates(self, params: Json) -> list[Json]:
        """getUpdates."""
        if self.webhook:
            raise Refusal(409, _WEBHOOK_ACTIVE)
        self._terminate(_OTHER)
        if "allowed_updates" in params:
            self._want(params["allowed_updates"])
        self._confirm(params.get("offset", 0))
        limit = min(max(params.get("limit", 100), 1), 100)
        timeout = min(params.get("timeout", 0), 50)
        if not (self.waiting or self.again) and timeout > 0:
            await self._wait(timeout)
        batch = [self.again.popleft() for _ in range(min(limit, len(self.again)))]
        return batch + [update for update, _ in zip(self.waiting, range(limit - len(batch)), strict=False)]

    def _want(self, kinds: list[str] | None) -> None:
        self.wanted = frozenset(kinds) if kinds else UPDATE_KINDS - _ONLY_WHEN_ASKED

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self.waiting) > -offset:
                self._forget()
        while offset > 0 and self.waiting and self.waiting[0]["update_id"] < offset:
            self._forget()
        self.world.changed()

    def _forget(self) -> None:
        self.waiting.popleft()
        self.confirmed += 1

    async def _wait(self, seconds: float) -> None:
        """Wait for news; raises Refusal when another poll takes over."""
        self._news.clear()
        poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = poll
        news = asyncio.create_task(self._news.wait())
        news.add_done_callback(lambda _: poll.cancel())
        try:
            await asyncio.wait([poll], timeout=seconds)
        finally:
            news.cancel()
            if self._poll is poll:
                self._poll = None
        if poll.done() and not poll.cancelled():
            raise Refusal(409, _TERMINATED.format(poll.result()))

    def _terminate(self, by: str) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(by)
        self._poll = None

    # --- webhook -------------------------------------------------------------------------------

    def set_webhook(self, params: Json) -> bool:
        """setWebhook; an empty address takes it away."""
        self._terminate("setWebhook request")
        if params.get("drop_pending_updates"):
            self.waiting.clear()
        if "allowed_updates" in params:
            self._want(params["allowed_updates"])
        self.webhook = params if params.get("url") else {}
        self._trouble = {}
        if self.webhook:
            self._deliver()
        return True

    def delete_webhook(self, params: Json) -> bool:
        """deleteWebhook."""
        return self.set_webhook({"url": "", **params})

    def info(self) -> Json:
        """getWebhookInfo."""
        told: Json = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting) + len(self._postmen),
        }
        if self.webhook:
            told |= {"max_connections": self.webhook.get("max_connections", 40), "ip_address": "127.0.0.1"}
        if self.wanted != UPDATE_KINDS - _ONLY_WHEN_ASKED:
            told["allowed_updates"] = sorted(self.wanted)
        return told | self._trouble

    def _deliver(self) -> None:
        """Start as many deliveries as are allowed; those of one chat go one after the other."""
        for source in (self.again, self.waiting):
            for update in list(source):
                if len(self._postmen) >= self.webhook.get("max_connections", 40):
                    return
                chat = _chat_of(update)
                if chat in self._busy:
                    continue
                source.remove(update)
                self._busy.add(chat)
                task = asyncio.create_task(self._bring(update))
                self._postmen.add(task)
                task.add_done_callback(partial(self._brought_home, chat))

    async def _bring(self, update: Json) -> None:
        pause = self.retry_pause
        self.delivering += 1
        try:
            while self.webhook and not await self._brought(update, self.webhook):
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10.0)
            if not self.webhook:
                self.waiting.appendleft(update)
                self._news.set()  # a poll that waits already must see it
            else:
                self.confirmed += 1
        finally:
            self.delivering -= 1

    def _brought_home(self, chat: object, task: asyncio.Task[None]) -> None:
        self._postmen.discard(task)
        self._busy.discard(chat)
        self.world.changed()
        if self.webhook and not task.cancelled():
            self._deliver()

    async def _brought(self, update: Json, hook: Json) -> bool:
        headers = {"Content-Type": "application/json"}
        if "secret_token" in hook:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret_token"]
        limit = aiohttp.ClientTimeout(total=60)
        try:
            async with self._client.post(
                hook["url"], data=json.dumps(update), headers=headers, timeout=limit, ssl=False
            ) as answer:
                body = await answer.text()
                if not 200 <= answer.status < 300:
                    self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                    return False
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._failed("Connection refused")
            return False
        await self._obey(body)
        return True

    def _failed(self, words: str) -> None:
        self._trouble = {"last_error_date": int(self.world.clock()), "last_error_message": words}

    async def _obey(self, body: str) -> None:
        """The answer to a delivery may itself be a method call, whose outcome nobody is told."""
        with contextlib.suppress(ValueError):
            asked = json.loads(body)
            if isinstance(asked, dict) and isinstance(asked.get("method"), str):
                await self._call(asked.pop("method"), asked)

    async def close(self) -> None:
        """End all deliveries and polls."""
        self._terminate("setWebhook request")
        for task in list(self._postmen):
            task.cancel()
        await asyncio.gather(*self._postmen, return_exceptions=True)
        if self._session:
            await self._session.close()


def _chat_of(update: Json) -> object:
    """What must stay in order: all updates of one chat."""
    body = update.get(kind_of(update))
    if not isinstance(body, dict):
        return None
    chat = body.get("chat") or (body.get("message") or {}).get("chat") or body.get("from") or {}
    return chat.get("id")
