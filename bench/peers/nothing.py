"""A bot that does nothing but answer and edit, on bare sockets: what the fake itself can bear."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import deque
from urllib.parse import urlsplit

from bench.http import Talk, request

CONNECTIONS = 32
_TAP = re.compile(rb'"callback_query":\{"id":"(\d+)","from":\{"id":(\d+)')


class Nothing:
    """Polls, and sends two calls for each tap over the first connection that is free."""

    def __init__(self, api_url: str, token: str) -> None:
        self._address = urlsplit(api_url)
        self._root = f"/bot{token}/"
        self._idle: list[Talk] = []
        self._waiting: deque[bytes] = deque()
        self._offset = 0

    async def run(self) -> None:
        """Answer until killed."""
        for _ in range(CONNECTIONS):
            self._idle.append(await self._connect(Talk(lambda talk, *_: self._next(talk))))
        self._ask(await self._connect(Talk(self._got)))
        await asyncio.Event().wait()

    async def _connect(self, talk: Talk) -> Talk:
        host, port = self._address.hostname, self._address.port
        assert host
        assert port
        await asyncio.get_running_loop().create_connection(lambda: talk, host, port)
        return talk

    def _ask(self, talk: Talk) -> None:
        body = b'{"timeout":25,"offset":%d}' % self._offset
        talk.write(request(self._root + "getUpdates", body))

    def _got(self, talk: Talk, _: bytes, body: bytes) -> None:
        self._offset = max([self._offset, *(one["update_id"] + 1 for one in json.loads(body)["result"])])
        for query, person in _TAP.findall(body):
            self._call("answerCallbackQuery", b'{"callback_query_id":"%b"}' % query)
            self._call("editMessageText", b'{"chat_id":%b,"message_id":7,"text":"Thank you."}' % person)
        self._ask(talk)

    def _call(self, method: str, body: bytes) -> None:
        self._waiting.append(request(self._root + method, body))
        if self._idle:
            self._next(self._idle.pop())

    def _next(self, talk: Talk) -> None:
        if self._waiting:
            talk.write(self._waiting.popleft())
        else:
            self._idle.append(talk)


if __name__ == "__main__":
    asyncio.run(Nothing(os.environ["TELEGRAM_API_URL"], os.environ["TELEGRAM_TOKEN"]).run())
