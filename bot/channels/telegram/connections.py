"""Kept-open HTTP/1.1 connections to the Bot API, which tell exactly whether a call that failed can have been heard.

Two calls go out for each vote, so what a call costs is what a vote costs: straight on the event loop, with httptools to
read what comes back, it is a sixth of what aiohttp's client takes (see docs/performance.md).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from typing import cast
from urllib.parse import urlsplit

import httptools

CONNECT = 10.0  # seconds to wait for a connection
MOST = 200  # connections at once; who comes later waits for one
JSON = "application/json"
IDLE = 30.0  # seconds after which a connection that nobody used is not trusted any more

Answer = tuple[int, bytes]
"""Status and body."""


class NeverLeft(OSError):
    """The call failed before its first byte was written."""


class Lost(OSError):
    """The call was written, and no answer came; it may have been heard."""


class TooMuch(OSError):
    """What comes back is larger than somebody wants to take; the rest of it was not waited for."""


_PORTS = {"http": 80, "https": 443}


class Connections:
    """A pool of connections to one host. `root` is an address such as `https://api.telegram.org`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._host, self._name, self._prefix, self._port = "", "", "", 0
        self._tls: ssl.SSLContext | None = None
        self._idle: list[_Connection] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._open = 0
        self._closed = True

    def open(self) -> None:
        """Calls may be made from now on; where the address can be none, they all fail."""
        try:
            parts = urlsplit(self._root)
            self._port = parts.port or _PORTS[parts.scheme]
        except (KeyError, ValueError):
            return
        self._host, self._name = parts.hostname or "", parts.netloc.rpartition("@")[2]
        self._prefix = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._closed = False

    def close(self) -> None:
        """Hang up where nobody waits for an answer; the others do when it has come."""
        self._closed = True
        while self._idle:
            self._idle.pop().hang_up()

    async def call(
        self,
        verb: str,
        path: str,
        body: bytes | None,
        *,
        patience: float,
        kind: str = JSON,
        most: int | None = None,
    ) -> Answer:
        """Make one call, its body of that content type, and wait `patience` seconds for its answer of `most` bytes.
        Raises NeverLeft, Lost or TooMuch."""
        if self._closed:
            raise NeverLeft("not connected")
        connection = await self._free()
        try:
            answer = await connection.ask(self._written(verb, path, body, kind), patience, most)
        except BaseException:
            connection.hang_up()
            raise
        finally:
            self._give_back(connection)
        return answer

    def _written(self, verb: str, path: str, body: bytes | None, kind: str) -> bytes:
        head = f"{verb} {self._prefix}{path} HTTP/1.1\r\nHost: {self._name}\r\nUser-Agent: folkmoot\r\n"
        if body is None:
            return f"{head}\r\n".encode()
        return f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    async def _free(self) -> _Connection:
        """A connection that is open and that nobody else has."""
        while self._open >= MOST and not self._idle:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        while self._idle:
            connection = self._idle.pop()
            if connection.fresh:
                return connection
            connection.hang_up()
            self._open -= 1
        self._open += 1
        try:
            return await self._connected()
        except BaseException:
            self._open -= 1
            self._next()
            raise

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT):
                _, connection = await loop.create_connection(
                    _Connection, self._host, self._port, ssl=self._tls
                )
        except TimeoutError:
            raise NeverLeft("no connection in time") from None
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one
            raise NeverLeft(f"{type(error).__name__}: {error}") from None
        return connection

    def _give_back(self, connection: _Connection) -> None:
        if connection.fresh and not self._closed:
            self._idle.append(connection)
        else:
            connection.hang_up()
            self._open -= 1
        self._next()

    def _next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class _Connection(asyncio.Protocol):
    """One connection, with one call on it at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._left: int | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._kept = True
        self._used = time.monotonic()

    @property
    def fresh(self) -> bool:
        """Whether another call may be made on it."""
        transport = self._transport
        alive = transport is not None and not transport.is_closing()
        return alive and self._kept and self._answer is None and time.monotonic() - self._used < IDLE

    async def ask(self, call: bytes, patience: float, most: int | None = None) -> Answer:
        """Write a call and wait for its answer."""
        self._left = most
        if self._transport is None or self._transport.is_closing():
            raise NeverLeft("the connection has closed")
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()
        alarm = loop.call_later(patience, self._fail, Lost(f"no answer within {patience:g} seconds"))
        self._transport.write(call)
        try:
            status, body = await answer
            return status, body
        finally:
            alarm.cancel()
            self._answer = None
            self._used = time.monotonic()

    def hang_up(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: OSError) -> None:
        self._kept = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # --- what asyncio calls ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast(asyncio.Transport, transport)  # TCP's and TLS's can be written to

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(Lost("what came back is no HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has closed, whoever closed it."""
        self._fail(Lost("the connection was closed" if exc is None else f"{type(exc).__name__}: {exc}"))

    # --- what the parser calls ---------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """An answer begins."""
        self._body.clear()

    def on_body(self, piece: bytes) -> None:
        """A piece of its body."""
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0:
                self._body.clear()
                self._fail(TooMuch("more than can be taken"))
                return
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """It is whole."""
        status = self._parser.get_status_code()
        if status < 200:
            return  # a notice that the answer is on its way
        self._kept = self._parser.should_keep_alive()
        if self._answer is None:
            self._kept = False  # nobody asked
        elif not self._answer.done():
            self._answer.set_result((status, b"".join(self._body)))
