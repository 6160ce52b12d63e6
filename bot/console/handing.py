"""Handing out what was made: under the name of what it shows, so that nobody fetches twice what they have already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.console.front import SAFE

FRESH = 1  # second for which a look into the tables is good
OPEN, CLOSED = 5, 300  # seconds for which browsers and proxies may keep what changes soon, or hardly any more


@dataclass(frozen=True, slots=True)
class Made:
    """Something to hand out, and the name of what it shows."""

    body: bytes
    kind: str
    edition: str

    @classmethod
    def of(cls, text: str, kind: str) -> Made:
        """Named by its own content."""
        body = text.encode()
        return cls(body, kind, hashlib.sha256(body).hexdigest()[:32])


def handed_out(
    request: web.Request, made: Made, keep: int, more: Mapping[str, str] | None = None
) -> web.Response:
    """The thing itself, or that it is what they have already. It may be kept for so many seconds."""
    if known := unchanged(request, made.edition, keep, more):
        return known
    charset = "utf-8" if made.kind.startswith("text/") else None
    return web.Response(
        body=made.body, content_type=made.kind, charset=charset, headers=_headers(made.edition, keep, more)
    )


def unchanged(
    request: web.Request, edition: str, keep: int, more: Mapping[str, str] | None = None
) -> web.Response | None:
    """For whoever has it already; None for everybody else."""
    known = request.if_none_match or ()
    if any(tag.value in ("*", edition) for tag in known):
        return web.Response(status=304, headers=_headers(edition, keep, more))
    return None


def _headers(edition: str, keep: int, more: Mapping[str, str] | None) -> dict[str, str]:
    return {
        **SAFE,
        hdrs.CACHE_CONTROL: f"public, max-age={keep}",
        hdrs.ETAG: f'"{edition}"',
        hdrs.VARY: "Accept-Language",
        **(more or {}),
    }
