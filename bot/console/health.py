"""What machines ask: `/healthz`, do we live; `/readyz`, can we serve, or stand by to take over from somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web


def setup(
    app: web.Application,
    unready: Callable[[], Awaitable[str | None]],
    standing_by: Callable[[], Sequence[str]],
) -> None:
    """Add both pages. `unready` says why not, `standing_by` what another process does just now in our stead."""

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(request: web.Request) -> web.Response:
        reason = await unready()
        if reason is not None:
            return web.json_response({"ready": False, "reason": reason}, status=503)
        body: dict[str, Any] = {"ready": True}
        if waits := standing_by():
            body["standing_by"] = list(waits)
        return web.json_response(body)

    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
