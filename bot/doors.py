"""The channels that are set, each with what it needs of the rest of the service."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from bot import db
from bot.channels.telegram.limits import FREE, limits
from bot.channels.webchat import Shelf, WebChat
from bot.conversation.searching import searching
from bot.jobs import Entry
from bot.links import links_of
from bot.message import Channel
from bot.pace import Limits
from bot.services import mailboxes
from bot.services.answering import team_mail

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.app import Folkmoot


def receiving(channel: Channel) -> str:
    """The lock of whoever asks a channel for what is new."""
    return f"receiving:{channel.credential}"


def add_channels(folkmoot: Folkmoot) -> None:
    """Serve all that are set; their doors stand open only in a role that receives."""
    settings = folkmoot.settings
    if settings.telegram_token is not None:
        _add_telegram(folkmoot, settings.telegram_token)
    if settings.webchat:
        _add_web_chat(folkmoot)
    if settings.smtp_url is not None:
        _add_email(folkmoot)


def _add_telegram(folkmoot: Folkmoot, token: SecretStr) -> None:
    from bot.channels.telegram.channel import TelegramChannel  # late: not everybody has a bot

    settings, router, intake = folkmoot.settings, folkmoot.router, folkmoot.intake
    telegram = TelegramChannel(
        token,
        folkmoot.dispatcher.submit,
        api_url=settings.telegram_api_url,
        mode=settings.telegram_mode if folkmoot.role.doors else "sending",
        webhook_secret=settings.telegram_webhook_secret,
        public_url=settings.public_url,
        alone=lambda work: db.in_turn(folkmoot.database, receiving(telegram), work),
        paid=settings.telegram_messages_per_second > FREE,
        drawer=intake.drawer,
        asks_for_administrators=router.asks_for_administrators,
        asks_for_place=router.asks_for_place,
        search=searching(folkmoot.database, router.find, folkmoot.clock, settings.default_language),
    )
    pace = limits(
        settings.telegram_messages_per_second,
        in_chat=settings.telegram_chat_messages_per_second,
        in_group=settings.telegram_group_messages_per_minute,
    )
    folkmoot.add(telegram, pace)
    folkmoot.web.add_routes(telegram.routes())
    folkmoot.telegram, intake.fetch = telegram, telegram.fetch


def _add_web_chat(folkmoot: Folkmoot) -> None:
    settings, intake = folkmoot.settings, folkmoot.intake
    chat = WebChat(
        folkmoot.database,
        folkmoot.dispatcher.submit,
        folkmoot.dispatcher.rehearse,
        settings.site,
        settings.default_language,
        folkmoot.clock,
        settings.webchat_frames,
        Shelf(settings.media_dir, intake.content, folkmoot.clock),
        intake,
        settings.tiles,
    )
    folkmoot.add(chat, Limits())
    if folkmoot.role.doors:
        chat.setup(folkmoot.web)


async def _teams(session: AsyncSession, now: datetime) -> None:
    """Teams are reached at the addresses that they have, and organisers hear where nothing arrives."""
    await team_mail.settle(session, now=now)
    await team_mail.tell_of_failures(session, now=now)


def _add_email(folkmoot: Folkmoot) -> None:
    from bot.channels.email.building import LIMITS, email_of

    email = email_of(
        folkmoot.settings,
        folkmoot.database,
        folkmoot.dispatcher.submit,
        folkmoot.router,
        links_of(folkmoot.channels),
        folkmoot.intake.drawer,
        folkmoot.clock,
    )
    folkmoot.add(email, LIMITS)
    folkmoot.jobs.entries.append(Entry("tidy mails", mailboxes.tidy, 3600))
    folkmoot.jobs.entries.append(Entry("look at teams' addresses", _teams, 60))
    if folkmoot.role.doors:
        email.setup(folkmoot.web)
