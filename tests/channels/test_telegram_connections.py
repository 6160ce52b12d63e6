"""Calls to the Bot API over connections of our own: one connection for many calls, and no doubt what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.channels.telegram import connections
from bot.channels.telegram.connections import Connections, Lost, NeverLeft

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
FIRST_A_NOTICE = b"HTTP/1.1 102 Processing\r\n\r\n" + OK

Host = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class House:
    """A server that answers each call as it is told, and counts who came and what was heard."""

    def __init__(self, answer: Host) -> None:
        self.answer = answer
        self.came = 0
        self.heard: list[bytes] = []

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")), 0
                )
                self.heard.append(head + await reader.readexactly(length))
                await self.answer(self.heard[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def visiting(answer: Host) -> AsyncIterator[tuple[Connections, House]]:
    """Connections to a house that answers so."""
    house = House(answer)
    server = await asyncio.start_server(house.welcome, "127.0.0.1", 0)
    visitor = Connections(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/")
    visitor.open()
    try:
        yield visitor, house
    finally:
        visitor.close()
        server.close()


def saying(answer: bytes) -> Host:
    """A house that says this to every call."""

    async def say(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return say


async def call(visitor: Connections, body: bytes | None = b"{}", patience: float = 5) -> tuple[int, bytes]:
    return await visitor.call("POST" if body is not None else "GET", "/bot1:x/getMe", body, patience=patience)


@pytest.mark.parametrize("answer", [OK, CHUNKED, FIRST_A_NOTICE])
async def test_calls_follow_each_other_on_one_connection(answer: bytes) -> None:
    async with visiting(saying(answer)) as (visitor, house):
        assert [await call(visitor) for _ in range(3)] == [(200, b"ok")] * 3
        assert house.came == 1
        assert house.heard[0].startswith(b"POST /api/bot1:x/getMe HTTP/1.1\r\nHost: 127.0.0.1")
        assert house.heard[0].endswith(b"\r\n\r\n{}")


async def test_a_call_without_a_body_has_none() -> None:
    async with visiting(saying(OK)) as (visitor, house):
        assert await call(visitor, None) == (200, b"ok")
        assert house.heard[0].startswith(b"GET ")
        assert b"Content-Length" not in house.heard[0]


async def test_a_house_that_closes_after_each_answer_is_visited_anew() -> None:
    async with visiting(saying(LAST)) as (visitor, house):
        assert [await call(visitor) for _ in range(3)] == [(200, b"ok")] * 3
        assert house.came == 3


async def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    async def answer_and_close_soon(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        asyncio.get_running_loop().call_later(0.01, writer.close)

    async with visiting(answer_and_close_soon) as (visitor, house):
        assert await call(visitor) == (200, b"ok")
        await asyncio.sleep(0.05)
        assert await call(visitor) == (200, b"ok")
        assert house.came == 2


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"220 mail.example\r\n", b""]
)
async def test_a_call_that_was_heard_and_not_answered_may_have_been_heard(answer: bytes) -> None:
    async def say_and_go(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with visiting(say_and_go) as (visitor, house):
        with pytest.raises(Lost):
            await call(visitor)
        assert len(house.heard) == 1
        house.answer = saying(OK)
        assert await call(visitor) == (200, b"ok")


async def test_an_answer_that_comes_too_late_is_no_answer_to_the_next_call() -> None:
    async def at_leisure(asked: bytes, writer: asyncio.StreamWriter) -> None:
        if asked.endswith(b"slow"):
            await asyncio.sleep(0.1)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        else:
            writer.write(OK)

    async with visiting(at_leisure) as (visitor, _):
        with pytest.raises(Lost):
            await call(visitor, b"slow", patience=0.02)
        assert await call(visitor) == (200, b"ok")
        await asyncio.sleep(0.15)
        assert await call(visitor) == (200, b"ok")


async def test_who_stops_waiting_leaves_no_answer_for_others() -> None:
    go_on = asyncio.Event()

    async def when_told(asked: bytes, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(OK)

    async with visiting(when_told) as (visitor, house):
        waiting = asyncio.create_task(call(visitor))
        while not house.heard:
            await asyncio.sleep(0.001)
        waiting.cancel()
        assert (await asyncio.gather(waiting, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        go_on.set()
        assert await call(visitor) == (200, b"ok")
        assert house.came == 2


async def test_no_more_connections_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 3)

    async def slowly(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.005)
        writer.write(OK)

    async with visiting(slowly) as (visitor, house):
        assert await asyncio.gather(*(call(visitor) for _ in range(30))) == [(200, b"ok")] * 30
        assert house.came == 3


@pytest.mark.parametrize(
    "root", ["http://127.0.0.1:1", "http://[::bad", "ftp://example.org", "http://no.such.host.invalid"]
)
async def test_who_cannot_be_reached_has_heard_nothing(root: str) -> None:
    visitor = Connections(root)
    visitor.open()
    with pytest.raises(NeverLeft):
        await call(visitor)


async def test_nobody_calls_before_the_line_is_open_or_after() -> None:
    async with visiting(saying(OK)) as (visitor, house):
        visitor.close()
        with pytest.raises(NeverLeft):
            await call(visitor)
        assert house.heard == []
