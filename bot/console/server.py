"""The web server: opens an application on an address of this machine, or says in one sentence why it cannot."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator

from aiohttp import web

from bot.errors import SettingWrong


@contextlib.asynccontextmanager
async def serving(app: web.Application, host: str, port: int, *, settings: str = "") -> AsyncIterator[int]:
    """Serve until the block ends; yields the port. `settings` is what HOST and PORT are called, as in `METRICS_`."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise SettingWrong(_not_ours(host, port, error, settings)) from None
    try:
        yield port or _port_of(runner)
    finally:
        await runner.cleanup()


def _port_of(runner: web.AppRunner) -> int:
    """The port that the system chose for port 0."""
    return int(runner.addresses[0][1])


def _not_ours(host: str, port: int, error: OSError, settings: str) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"The address {host} is not one of this machine. "
            f"Set {settings}HOST to 127.0.0.1, or to 0.0.0.0 for all."
        )
    return (
        f"The address {host}:{port} cannot be used ({os.strerror(error.errno or 0).lower()}). "
        f"Set {settings}PORT to another number, or stop what uses this one."
    )
