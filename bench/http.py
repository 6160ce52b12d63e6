"""As much of HTTP/1.1 as the load needs: whole messages out of a stream of bytes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"

Heard = Callable[["Talk", bytes, bytes], None]
"""(connection, first line, body)"""


class Talk(asyncio.Protocol):
    """One connection; `heard` is called for each message that has come in whole."""

    def __init__(self, heard: Heard, lost: Callable[[Talk], None] | None = None) -> None:
        self._heard = heard
        self._lost = lost
        self._bytes = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The other side is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has gone."""
        self._transport = None
        if self._lost:
            self._lost(self)

    def data_received(self, data: bytes) -> None:
        """More of the stream."""
        self._bytes = self._bytes + data if self._bytes else data
        while (end := self._bytes.find(_END)) >= 0:
            head = self._bytes[:end]
            found = _LENGTH.search(head)
            size = int(found[1]) if found else 0
            start = end + len(_END)
            if len(self._bytes) < start + size:
                return
            body = self._bytes[start : start + size]
            self._bytes = self._bytes[start + size :]
            self._heard(self, head[: head.find(b"\r\n")], body)

    def write(self, message: bytes) -> None:
        """Say something, if anybody listens still."""
        if self._transport is not None:
            self._transport.write(message)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


def response(body: bytes) -> bytes:
    """A good answer in JSON."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


def request(path: str, body: bytes, *headers: str) -> bytes:
    """A POST of JSON to this machine."""
    more = "".join(f"{header}\r\n" for header in headers)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{more}"
    return head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
