"""`folkmoot check`: what is wrong with settings and surroundings, and what to do about it. Changes nothing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from bot.commands.saying import AsJson, say, say_json

if TYPE_CHECKING:
    from bot.settings import Settings

PATIENCE = 5.0  # seconds for each question to the outside
SIGNS = {"ok": "✔", "note": "·", "wrong": "✘"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, how it is, and in one sentence why or what to do."""

    what: str
    state: Literal["ok", "note", "wrong"]
    sentence: str


def check(json: AsJson = False) -> None:
    """Look for what is wrong: settings, database, Telegram, e-mail, addresses, folders, languages."""
    from bot.settings import read

    findings = asyncio.run(_all(read()))  # a wrong setting ends it here, with its sentence
    if json:
        say_json([asdict(one) for one in findings])
    else:
        say(*(f"{SIGNS[one.state]} {one.what}: {one.sentence}" for one in findings))
    if any(one.state == "wrong" for one in findings):
        raise typer.Exit(1)


async def _all(settings: Settings) -> list[Finding]:
    findings = [Finding("settings", "ok", "All of them can be used.")]
    for look in (_database, _media, _telegram, _webhook, _email, _mailbox, _public, _languages):
        findings += [one async for one in look(settings)]
    return findings


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    from bot import db
    from bot.db.schema import OLDER

    url = settings.database
    if url.get_backend_name() == "sqlite" and not (file := Path(str(url.database))).exists():
        usable = _writable(file.parent)
        yield (
            Finding("database", "note", f"There is none yet; `folkmoot run` makes {file}.")
            if usable
            else Finding(
                "database", "wrong", f"{file} cannot be made; make its folder writable or set DATABASE_URL."
            )
        )
        return
    database = db.Database(url)
    try:
        reason = await db.ready(database)
    finally:
        await database.close()
    if reason is None:
        yield Finding("database", "ok", f"It answers and is up to date ({database.dialect}).")
    elif reason == OLDER:
        yield Finding(
            "database", "note", "It is older than this program; `folkmoot run` brings it up to date."
        )
    else:
        yield Finding("database", "wrong", reason)


async def _media(settings: Settings) -> AsyncIterator[Finding]:
    if _writable(settings.media_dir):
        yield Finding("pictures", "ok", f"They can be kept in {settings.media_dir}.")
    else:
        yield Finding(
            "pictures", "wrong", f"{settings.media_dir} cannot be written to; set MEDIA_DIR or its rights."
        )


def _writable(folder: Path) -> bool:
    """Whether files can be made there, or the folder itself where it is not yet. Leaves nothing behind."""
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    try:
        with tempfile.TemporaryFile(dir=here):
            return True
    except OSError:
        return False


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    from bot.commands import asking

    if settings.telegram_token is None:
        yield Finding(
            "telegram", "note", "No bot is connected. Ask @BotFather for a token and set TELEGRAM_TOKEN."
        )
        return
    me = await asking.telegram(settings, "getMe", patience=PATIENCE)
    if me.result:
        yield Finding("telegram", "ok", f"The bot is @{me.result.get('username')}.")
    elif me.status in {401, 404}:
        yield Finding(
            "telegram", "wrong", "Telegram does not know this TELEGRAM_TOKEN; ask @BotFather for it again."
        )
    else:
        where = settings.telegram_api_url
        yield Finding(
            "telegram", "wrong", f"{where} gives no answer; look at the network, or at TELEGRAM_API_URL."
        )


async def _webhook(settings: Settings) -> AsyncIterator[Finding]:
    from bot.commands import asking

    if settings.telegram_token is None:
        return
    told = (await asking.telegram(settings, "getWebhookInfo", patience=PATIENCE)).result
    if told is None:
        return
    address = str(told.get("url") or "")
    if settings.telegram_mode == "polling" and address:
        yield Finding("webhook", "note", "Telegram still sends to a webhook; starting the service ends that.")
    if settings.telegram_mode == "webhook":
        if not str(settings.public_url).startswith("https://"):
            yield Finding(
                "webhook", "wrong", "Telegram sends to https only; set PUBLIC_URL to an https:// address."
            )
        elif not address.startswith(f"{settings.public_url}/"):
            yield Finding(
                "webhook", "note", "Telegram does not send here yet; starting the service sets that."
            )
        elif told.get("last_error_message"):
            yield Finding("webhook", "wrong", f"Telegram could not deliver: {told['last_error_message']}")
        else:
            yield Finding("webhook", "ok", "Telegram delivers here.")


async def _email(settings: Settings) -> AsyncIterator[Finding]:
    if settings.smtp_url is None:
        yield Finding("e-mail", "note", "No letters go out by e-mail. That needs SMTP_URL and MAIL_FROM.")
        return
    from bot.channels.email.building import server_of
    from bot.channels.email.sending import NoEntry, connected, hang_up

    server = server_of(settings)
    try:
        await hang_up(await connected(server, PATIENCE))
    except NoEntry as no:
        yield Finding("e-mail", "wrong", str(no))
    else:
        yield Finding("e-mail", "ok", f"{server.host} lets us in.")
    if settings.public_url is None:
        yield Finding("e-mail", "note", "Links in letters lead to this machine only. Others need PUBLIC_URL.")


async def _mailbox(settings: Settings) -> AsyncIterator[Finding]:
    if settings.smtp_url is None:
        return
    from bot.channels.email.building import account_of
    from bot.channels.email.collecting import Box, NoMailbox

    account = account_of(settings)
    if account is None:
        if settings.mail_port is None:
            yield Finding(
                "mailbox", "note", "Nobody can answer by e-mail. That needs IMAP_URL, or MAIL_PORT."
            )
        return
    try:
        box = await asyncio.to_thread(Box, account, PATIENCE)
        await asyncio.to_thread(box.leave)
    except NoMailbox as no:
        yield Finding("mailbox", "wrong", str(no))
    else:
        yield Finding("mailbox", "ok", f"{account.folder} at {account.host} can be read.")


async def _public(settings: Settings) -> AsyncIterator[Finding]:
    from bot.commands import asking

    if settings.public_url is None:
        yield Finding(
            "address", "note", f"People on this machine find it at {settings.site}. Others need PUBLIC_URL."
        )
        return
    found = await asking.look(f"{settings.public_url}/healthz", patience=PATIENCE)
    if found.status == 200:
        yield Finding("address", "ok", f"{settings.public_url} answers.")
        return
    said = f"answers with {found.status}" if found.status else "does not answer"
    advice = "start the service, then look at the proxy and the name's address"
    yield Finding("address", "wrong", f"{settings.public_url} {said}; {advice}.")


async def _languages(settings: Settings) -> AsyncIterator[Finding]:
    from bot import i18n
    from bot.doctor import incomplete

    if settings.default_language not in i18n.available():
        spoken = ", ".join(i18n.available())
        wrong = f"DEFAULT_LANGUAGE is {settings.default_language}, but there are only {spoken}."
        yield Finding("languages", "wrong", wrong)
    for one in incomplete():
        yield Finding(
            "languages", "note", f"{one.language}: {one.missing} sentences missing, {one.fuzzy} unsure."
        )
    if not incomplete():
        yield Finding("languages", "ok", f"Complete: {', '.join(i18n.available())}.")
