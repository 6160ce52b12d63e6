"""In which language somebody reads a page."""

from __future__ import annotations

from collections.abc import Iterable

from bot.i18n import Tongue, available, choose, tongue

MOST = 20  # languages of a browser that are looked at


def reads(
    wanted: Iterable[str | None], header: str, otherwise: str, offered: Iterable[str] | None = None
) -> Tongue:
    """What they asked for or used before, the first that is `offered` (all that we speak unless said otherwise); else
    what their browser says in its Accept-Language header, else `otherwise`, or whatever is offered first."""
    choices = available() if offered is None else tuple(offered)
    for tag in (*wanted, *accepted(header)):
        if tag and (code := choose(tag, choices, "")):
            return tongue(code)
    return tongue(otherwise if otherwise in choices else choices[0])


def accepted(header: str) -> list[str]:
    """The tags of an Accept-Language header, dearest first."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(",")[:MOST]:
        tag, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=") or "1"
        if tag and tag != "*" and quality.replace(".", "", 1).isdecimal() and float(quality) > 0:
            wanted.append((-float(quality), tag))
    return [tag for _, tag in sorted(wanted, key=lambda pair: pair[0])]
