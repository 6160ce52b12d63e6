"""The Telegram channel as the composition root and the postman see it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Literal

from aiohttp import web
from pydantic import SecretStr

from bot.channels.telegram import files, menus, webhook
from bot.channels.telegram.administrators import administers
from bot.channels.telegram.inline import Inline
from bot.channels.telegram.kinds import ALLOWED
from bot.channels.telegram.patience import until_done
from bot.channels.telegram.places import Places
from bot.channels.telegram.polling import Submit, poll
from bot.channels.telegram.reading import Us
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.wire import Wire
from bot.conversation.searching import Searching
from bot.drawer import Drawer
from bot.links import telegram_link
from bot.message import Attached, Incoming, Media, Parcel, Receipt
from bot.waiting import wait

NOT_YET = "Not connected to Telegram yet."
STOPPED = "Receiving from Telegram has stopped because of a mistake in this program. Please restart it."

_FIRST_TRY = 10.0
_LOOK_EVERY = 60.0

Alone = Callable[[Callable[[], Coroutine[Any, Any, None]]], Awaitable[None]]
"""Has work done while no other process does the same, and waits for that as long as it takes."""

log = logging.getLogger(__name__)


async def _at_once(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await work()


class TelegramChannel:
    """One bot. `submit` gets everything that residents do; `routes` must be served in webhook mode.

    Of several processes only one may poll, which `alone` sees to; in the mode `sending` none of it is received.
    `paid`: messages beyond Telegram's free 30 a second are paid for. In `drawer` are the files that we made.
    `asks_for_administrators` says of what came in whether Telegram shall be asked who administers the group,
    `asks_for_place` whether a picture shall be looked at for the place where it was taken. `search` finds what people
    look for in inline mode.
    """

    name = "telegram"

    def __init__(
        self,
        token: SecretStr,
        submit: Submit,
        *,
        api_url: str = "https://api.telegram.org",
        mode: Literal["polling", "webhook", "sending"] = "polling",
        webhook_secret: SecretStr | None = None,
        public_url: str | None = None,
        alone: Alone = _at_once,
        paid: bool = False,
        drawer: Drawer | None = None,
        asks_for_administrators: Callable[[Incoming], bool] = lambda _: False,
        asks_for_place: Callable[[Incoming], bool] = lambda _: False,
        search: Searching | None = None,
    ) -> None:
        if mode == "webhook" and not (webhook_secret and public_url):
            raise ValueError("a webhook has a secret and a public address")
        self._number = int(token.get_secret_value().partition(":")[0])
        self._submit, self._asks_for_administrators = submit, asks_for_administrators
        self._asks_for_place = asks_for_place
        self._alone = alone
        self._mode, self._secret, self._public_url = mode, webhook_secret, public_url
        self._wire = Wire(token, api_url)
        self._bot = self._wire.bot()
        self._sender = Sender(self._wire, self.credential, paid=paid, drawer=drawer)
        self._places = Places(self._wire, self.credential)
        self._inline = Inline(self._wire, search)
        self._us: Us | None = None
        self._trouble: str | None = NOT_YET
        self._tried = asyncio.Event()
        self._receiving: asyncio.Task[None] | None = None

    @property
    def credential(self) -> str:
        """The bot's number, which is no secret."""
        return f"telegram:{self._number}"

    @property
    def username(self) -> str | None:
        """The bot's name, once Telegram has told it."""
        return self._us.username if self._us else None

    @property
    def trouble(self) -> str | None:
        """Why the channel is not connected just now; `fates.TOKEN_NOT_VALID` if a person must act."""
        return self._trouble

    def link(self, code: str, community: str) -> str | None:
        """The address that opens the bot with `code`; None while the bot's name is unknown."""
        return telegram_link(self._us.username, code) if self._us else None

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve for this channel."""
        if self._mode != "webhook" or self._secret is None:
            return []
        return [webhook.route(self._secret, lambda: self._us, self._hand_in, self._inline.take)]

    async def open(self) -> None:
        """Connect and begin to receive. Returns after the first try, whether or not it succeeded."""
        await self._wire.initialize()
        self._receiving = asyncio.create_task(self._receive(), name="telegram receiving")
        self._receiving.add_done_callback(self._ended)
        await wait(self._tried, _FIRST_TRY)

    async def rest(self) -> None:
        """Stop receiving; what is not committed yet will come again."""
        if self._receiving is not None:
            self._receiving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._receiving
            self._receiving = None
        await self._inline.close()

    async def close(self) -> None:
        """Hang up."""
        await self.rest()
        await self._wire.shutdown()
        self._trouble = NOT_YET

    async def deliver(self, parcel: Parcel) -> str | None:
        """Deliver one parcel; raises DeliveryFailed."""
        return await self._sender.deliver(parcel)

    async def fetch(self, media: Media) -> bytes:
        """The file itself; raises DeliveryFailed, Undeliverable where there is none to be had."""
        return await files.fetch(self._wire, media, self.credential)

    async def set_menus(
        self,
        commands: menus.Menus,
        *,
        short: menus.Sayings,
        long: menus.Sayings,
        otherwise: str,
        seen: str | None,
    ) -> str:
        """Tell Telegram menus and descriptions if they changed; what it returns is the next `seen`."""
        return await menus.set_menus(
            self._bot, commands, short=short, long=long, otherwise=otherwise, seen=seen
        )

    async def _receive(self) -> None:
        await until_done(self._introduce, self._report)
        if self._mode == "polling":
            self._report(None)
            await self._alone(self._poll)
        elif self._mode == "webhook":
            await until_done(self._set_webhook, self._report)
            await self._look_now_and_then(self._look_after_webhook)
        else:
            await self._look_now_and_then(self._introduce)

    async def _introduce(self) -> None:
        me = await self._bot.get_me()
        self._us = Us(me.id, me.username or "")

    async def _poll(self) -> None:
        assert self._us is not None  # noqa: S101 - nobody polls before the introduction
        await poll(self._wire, self._bot, self._us, self._hand_in, self._report, self._inline.take)

    async def _hand_in(self, incoming: Incoming) -> Receipt:
        """Submit, with what the conversation wants to know of the sender, or of what was sent."""
        if self._asks_for_administrators(incoming):
            incoming = replace(incoming, administers=await administers(self._wire, incoming))
        if isinstance(incoming.what, Attached) and self._asks_for_place(incoming):
            place = await self._places.of(incoming)
            incoming = replace(incoming, what=replace(incoming.what, place=place))
        return await self._submit(incoming)

    async def _look_now_and_then(self, look: Callable[[], Awaitable[None]]) -> None:
        """Whether the webhook is still ours, and the token still valid."""
        while True:
            self._report(None)
            await asyncio.sleep(_LOOK_EVERY)
            await until_done(look, self._report)

    async def _look_after_webhook(self) -> None:
        if (await self._bot.get_webhook_info()).url != self._webhook_address:
            await self._set_webhook()

    @property
    def _webhook_address(self) -> str:
        return f"{self._public_url}{webhook.PATH}"

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            self._webhook_address,
            secret_token=self._secret.get_secret_value() if self._secret else None,
            allowed_updates=ALLOWED,
            max_connections=webhook.CONNECTIONS,
            drop_pending_updates=False,
        )

    def _ended(self, receiving: asyncio.Task[None]) -> None:
        if not receiving.cancelled() and (error := receiving.exception()):
            log.error("receiving from Telegram has stopped", exc_info=error)
            self._report(STOPPED)

    def _report(self, trouble: str | None) -> None:
        if trouble and trouble != self._trouble:
            log.warning("%s", trouble)
        elif not trouble and self._trouble:
            log.info("connected to Telegram as @%s", self.username)
        self._trouble = trouble
        self._tried.set()
