"""Where a code (of a poll, an invitation …) can be opened: the addresses that people pass on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.message import Channel


def web_link(site: str, community: str, code: str) -> str:
    """The page of a community's web chat, opened at `code` when there is one."""
    return f"{site}/w/{community}" + (f"/{code}" if code else "")


def privacy_page(site: str, community: str) -> str:
    """The page that says what is kept of people in a community."""
    return f"{site}/c/{community}/privacy"


def telegram_link(username: str, code: str) -> str:
    """The address that opens the bot with `code`."""
    return f"https://t.me/{username}?start={code}"


def links(site: str | None, username: str | None, community: str, code: str) -> dict[str, str | None]:
    """Both of them, to the community itself when there is no code; None where no web chat or no bot is known."""
    return {
        "telegram": telegram_link(username, code or community) if username else None,
        "web": web_link(site, community, code) if site else None,
    }


def links_of(channels: Iterable[Channel]) -> Callable[[str, str], Mapping[str, str | None]]:
    """Where a code can be opened, in each of the channels that people come to by a link."""

    def links(code: str, community: str) -> Mapping[str, str | None]:
        known: dict[str, str | None] = {"telegram": None, "web": None}
        return known | {channel.name: channel.link(code, community) for channel in channels}

    return links
