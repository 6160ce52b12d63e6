"""A Bot API made for speed: hands out taps by polling or webhook, hears answers and edits, judges nothing.

What the bots say is judged in `tests/`; here the other side must cost as little as it can, so that the bots are
what is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bench.http import Talk, request, response

TOKEN = "7000000001:bench-token"
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
MOST = 100  # updates in one answer to getUpdates
CONNECTIONS = 40  # that Telegram brings updates over, unless setWebhook says otherwise
_NUMBERS = itertools.count(1)
"""Of updates; a bot that is started again on the same database must not have seen them."""

TRUE = response(b'{"ok":true,"result":true}')


class Fake:
    """One bot's Telegram. `answered(query)` and `edited(chat)` are called as the bot's calls come in.

    `behind` are the ports of several processes that share a webhook, as behind a proxy.
    """

    def __init__(self, answered: Callable[[str], None], edited: Callable[[int], None]) -> None:
        self._answered, self._edited = answered, edited
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._asking: tuple[Talk, asyncio.TimerHandle] | None = None
        self._hook: Hook | None = None
        self._server: asyncio.Server | None = None
        self._talks: set[Talk] = set()
        self.calls: Counter[str] = Counter()
        self.behind: Sequence[int] = ()
        self.here = asyncio.Event()
        self.last_call = 0.0

    async def start(self) -> str:
        """Listen; returns the root of the API."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Talk(self._heard, self._talks.discard), "127.0.0.1", 0
        )
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Hang up everywhere."""
        if self._hook:
            self._hook.close()
        if self._asking:
            self._asking[1].cancel()
        for talk in list(self._talks):
            talk.close()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def push(self, kind: bytes) -> None:
        """Hand out one update; `kind` is its JSON after the number."""
        number = next(_NUMBERS)
        update = b'{"update_id":%d,%b}' % (number, kind)
        if self._hook:
            self._hook.bring(update)
            return
        self._waiting.append((number, update))
        if self._asking:
            (talk, timer), self._asking = self._asking, None
            timer.cancel()
            # Taps of one moment travel together.
            asyncio.get_running_loop().call_soon(self._hand_out, talk)

    def _heard(self, talk: Talk, line: bytes, body: bytes) -> None:
        self._talks.add(talk)
        method = line.split(b" ", 2)[1].rpartition(b"/")[2].partition(b"?")[0].decode()
        asked = _read(body)
        self.calls[method] += 1
        if method == "answerCallbackQuery":
            talk.write(TRUE)
            self._answered(asked["callback_query_id"])
        elif method == "editMessageText":
            talk.write(_message(asked, int(asked["message_id"])))
            self._edited(int(asked["chat_id"]))
        elif method == "getUpdates":
            self._updates_asked(talk, asked)
            return
        else:
            talk.write(self._rest(method, asked))
        self.last_call = time.monotonic()

    def _called_back(self, body: bytes) -> None:
        """A bot may make one call in its answer to an update."""
        asked = json.loads(body)
        if asked.get("method") == "answerCallbackQuery":
            self.calls["answerCallbackQuery in the answer"] += 1
            self._answered(asked["callback_query_id"])

    def _updates_asked(self, talk: Talk, asked: dict[str, Any]) -> None:
        offset, patience = int(asked.get("offset", 0)), float(asked.get("timeout", 0))
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        if self._waiting or not patience:
            self._hand_out(talk)
            return
        timer = asyncio.get_running_loop().call_later(patience, self._hand_out, talk)
        self._asking = (talk, timer)
        self.here.set()

    def _hand_out(self, talk: Talk) -> None:
        if self._asking and self._asking[0] is talk:
            self._asking = None
        first = [update for _, (_, update) in zip(range(MOST), self._waiting, strict=False)]
        talk.write(response(b'{"ok":true,"result":[%b]}' % b",".join(first)))

    def _rest(self, method: str, asked: dict[str, Any]) -> bytes:
        if method == "getMe":
            return _result(BOT)
        if method == "getWebhookInfo":
            return _result({"url": self._hook.url if self._hook else "", "pending_update_count": 0})
        if method == "sendMessage":
            return _message(asked, 1_000_000 + self.calls[method])
        if method == "setWebhook" and asked.get("url"):
            limit = int(asked.get("max_connections", CONNECTIONS))
            self._hook = Hook(
                asked["url"], asked.get("secret_token", ""), limit, self._called_back, self.behind
            )
            self.here.set()
        return TRUE


class Hook:
    """Brings updates to a webhook, one at a time over each of so many connections."""

    def __init__(
        self,
        url: str,
        secret: str,
        limit: int,
        called_back: Callable[[bytes], None],
        behind: Sequence[int] = (),
    ) -> None:
        self.url = url
        self._called_back = called_back
        self._ports = itertools.cycle(behind or (urlsplit(url).port or 80,))
        self.refused = 0
        self._secret = f"X-Telegram-Bot-Api-Secret-Token: {secret}"
        self._limit = limit
        self._open = 0
        self._idle: list[Talk] = []
        self._waiting: deque[bytes] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._all: set[Talk] = set()

    def bring(self, update: bytes) -> None:
        """Bring it as soon as a connection is free."""
        self._waiting.append(update)
        if self._idle:
            self._next(self._idle.pop())
        elif self._open < self._limit:
            self._open += 1
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def close(self) -> None:
        """Hang up."""
        for talk in list(self._all):
            talk.close()

    async def _connect(self) -> None:
        address = urlsplit(self.url)
        assert address.hostname
        _, talk = await asyncio.get_running_loop().create_connection(
            lambda: Talk(self._taken, self._all.discard), address.hostname, next(self._ports)
        )
        self._all.add(talk)
        self._next(talk)

    def _taken(self, talk: Talk, line: bytes, body: bytes) -> None:
        if b" 200 " not in line:
            self.refused += 1  # the tap is lost, and the count at the end will say so
        elif body.startswith(b"{"):
            self._called_back(body)
        self._next(talk)

    def _next(self, talk: Talk) -> None:
        if self._waiting:
            talk.write(request(urlsplit(self.url).path, self._waiting.popleft(), self._secret))
        else:
            self._idle.append(talk)


def _read(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        read: dict[str, Any] = json.loads(body)
        return read
    return dict(parse_qsl(body.decode()))


def _message(asked: dict[str, Any], number: int) -> bytes:
    chat, markup = int(asked["chat_id"]), asked.get("reply_markup")
    said: dict[str, Any] = {
        "message_id": number,
        "from": BOT,
        "chat": {"id": chat, "type": "private", "first_name": "Person"},
        "date": 1_700_000_000,
        "text": asked["text"],
    }
    if markup:
        said["reply_markup"] = json.loads(markup) if isinstance(markup, str) else markup
    return _result(said)


def _result(result: object) -> bytes:
    return response(b'{"ok":true,"result":%b}' % json.dumps(result).encode())
