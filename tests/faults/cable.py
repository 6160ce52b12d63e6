"""A cable between us and a PostgreSQL server, which a test can cut and mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import URL

KEY = b"K\0\0\0\x0c"  # begins BackendKeyData: the number of the server process, and what cancels a statement


class Cable:
    """Listens on 127.0.0.1 and passes everything on to the server's socket.

    As a `pooler` it makes up the number of the server process, as poolers do.
    """

    def __init__(self, url: URL, *, pooler: bool = False) -> None:
        self._url = url
        self._pooler = pooler
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> URL:
        """The database at the near end."""
        return self._url.set(host="127.0.0.1", port=self._port).difference_update_query(["host", "port"])

    async def mend(self) -> None:
        """Let the server be there (again)."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """The server is gone: connections break, new ones are refused."""
        if self._server is not None:
            self._server.close()
        self.breaks()
        await asyncio.sleep(0)

    def breaks(self) -> None:
        """All connections break; new ones are taken as long as the server is there."""
        for end in list(self._ends):
            end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        folder = str(self._url.query.get("host") or self._url.host)
        port = self._url.query.get("port") or self._url.port or 5432
        far_reader, far_writer = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        self._ends |= {writer, far_writer}
        back = _with_another_number if self._pooler else _as_it_is
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer, back))
        self._ends -= {writer, far_writer}


def _as_it_is(some: bytes) -> bytes:
    return some


def _with_another_number(some: bytes) -> bytes:
    before, key, after = some.partition(KEY)
    return before + key + (1).to_bytes(4, "big") + after[4:] if key else some


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change: Callable[[bytes], bytes] = _as_it_is
) -> None:
    with suppress(OSError):
        while some := await reader.read(65536):
            writer.write(change(some))
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cable(url: URL, *, pooler: bool = False) -> AsyncIterator[Cable]:
    """A whole cable."""
    made = Cable(url, pooler=pooler)
    await made.mend()
    try:
        yield made
    finally:
        await made.cut()
