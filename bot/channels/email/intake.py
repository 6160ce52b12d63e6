"""What becomes of a mail that came in: passed on, held until its writer is known, answered kindly, or left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.channels.email import office
from bot.channels.email.office import NAME, Office, There
from bot.channels.email.reading import Mail, Unreadable, read
from bot.channels.email.stamps import Link
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import paragraphs
from bot.message import Blocked, Button, Incoming, Media, Message, Reply, Words
from bot.models import Address, Envelope, Seen
from bot.services import files, mailboxes

ENCLOSED = "e-mail"
"""The subject of pictures that came with a mail, as `files` keeps them."""

STRANGERS = "*"
"""Under which answers to people we do not know are counted: their addresses are often somebody else's."""

UNKNOWN = N_(
    "Thank you for writing. We could not tell which of our e-mails this answers, so it was not passed on. Please "
    "answer one of them directly."
)
EMPTY = N_(
    "We found nothing in your e-mail that you had written yourself, so nothing was passed on. Please write above the "
    "line at its head and send it again."
)
TOO_LARGE = N_(
    "Your e-mail is too large for us, so it was not passed on. Please send it again with fewer or smaller pictures."
)
ASKED = N_(
    "Somebody has answered an e-mail of ours from this address. We pass that on as soon as we know that the address "
    "is yours. Tap the button, or answer this e-mail with any word."
)
IF_NOT = N_("If it was not you, do nothing. Nothing is passed on then, and in two days we have forgotten it.")
YES = N_("Yes, it is mine")
IS_IT_YOURS = N_("Is this address yours?")
PASSED_ON = N_("Thank you. We know now that this address is yours, and have passed on what you wrote.")

log = structlog.get_logger()


class Intake:
    """Takes mails in. What it returns from is committed; what it raises (Busy, DatabaseTrouble) has not happened."""

    def __init__(self, at: Office) -> None:
        self._office = at

    async def take(
        self, raw: bytes, recipients: Sequence[str] = (), *, quiet: bool = False, too_large: bool = False
    ) -> None:
        """One mail, however often it is brought. With `quiet` nobody is told that we do not know them; of one that is
        `too_large` there are only the headers."""
        stamps = await self._office.stamps()
        try:
            mail = await asyncio.to_thread(read, raw, stamps, recipients)
            sender = mailboxes.plain(mail.sender)
        except (Unreadable, Refused) as no:
            log.info("a mail cannot be read", reason=type(no).__name__)
            return
        if await self._was_handled(mail.key):
            return
        if mail.bounce is not None:
            await self._bounced(mail)
        elif mail.automatic is not None or stamps.is_ours(sender):
            log.info("a machine wrote a mail", told_by=mail.automatic or "ourselves")
        else:
            await self._of_a_person(replace(mail, sender=sender), quiet=quiet, too_large=too_large)

    async def _was_handled(self, key: str) -> bool:
        async with self._office.database.reading() as session:
            known = select(Seen.key).where(Seen.channel == NAME, Seen.key == key)
            if await session.scalar(known) is not None:
                return True
            # What we answered ourselves was no turn, so nothing else remembers it when we died before going on.
            told = select(Envelope.id).where(Envelope.once_key == _said(key))
            return await session.scalar(told) is not None

    async def _bounced(self, mail: Mail) -> None:
        """A letter did not arrive. Only what proves which letter it was is believed: anybody can write such a mail."""
        bounce, there = mail.bounce, None
        if bounce is None or mail.stamp is None:
            return
        async with self._office.database.writing() as session:
            there = await office.at(session, number=mail.stamp.address)
            if there is None or bounce.action == "delayed":
                return
            address = await session.get_one(Address, there.number)
            await mailboxes.note_trouble(
                session, address, bounce.cause or "bounced", now=self._office.clock()
            )
        log.info("a letter came back", address=there.number, cause=bounce.cause, for_good=bounce.for_good)
        if bounce.for_good and (not bounce.named or there.email in bounce.named):
            # Else it is about one of those behind a team's address, which may be read by others.
            await self._office.submit(Incoming(NAME, mail.key, there.email, there.email, Blocked()))

    async def _of_a_person(self, mail: Mail, *, quiet: bool, too_large: bool) -> None:
        async with self._office.database.reading() as session:
            letter = None if mail.stamp is None else await office.at(session, number=mail.stamp.address)
            known = await mailboxes.confirmed(session, mail.sender)
        about = None if mail.stamp is None else mail.stamp.about
        if letter is None or (about is None and known and letter.email != mail.sender):
            # Everybody who writes to us gets a letter to themselves. It says nothing for somebody else.
            if not quiet:
                await self._say(mail, UNKNOWN, once_a_day=True)
        elif too_large:
            await self._say(mail, TOO_LARGE, about, letter)
        elif not known and letter.email != mail.sender:
            await self._hold(mail, about, letter)
        else:
            new = not known and await self.confirm(letter)
            await self._hand_on(mail, about, letter, confirms=new)

    async def _hand_on(self, mail: Mail, about: str | None, letter: There, *, confirms: bool) -> None:
        if about is None and (confirms or await self._something_waits(letter)):
            await self._say(mail, PASSED_ON)  # "yes", say: an answer to our asking
        elif not mail.text and not mail.pictures:
            await self._say(mail, EMPTY, about, letter)
        else:
            await self._submit(mail, about, letter)
        await self.pass_on()

    async def _something_waits(self, letter: There) -> bool:
        async with self._office.database.reading() as session:
            return any(one.sender == letter.email for one in await mailboxes.ready(session))

    async def _submit(self, mail: Mail, about: str | None, letter: There) -> None:
        what: Any = Words(mail.text[:4_000])
        if about is not None:
            async with self._office.database.writing() as session:
                media = await self._kept(session, mail)
            what = Reply(mail.text, letter.email, media, mail.left_out)
        await self._office.submit(
            Incoming(NAME, mail.key, mail.sender, mail.sender, what, mail.language, about=about)
        )

    async def _kept(self, session: AsyncSession, mail: Mail) -> tuple[Media, ...]:
        """Pictures are kept for some days, for whoever handles the answer to take them."""
        now, life = self._office.clock(), retention.age("mailed picture")
        return tuple(
            [
                await files.keep(
                    session, one.content, kind="photo", name=one.name, media_type=one.type, subject=ENCLOSED,
                    life=life, now=now,
                )
                for one in mail.pictures
            ]
        )  # fmt: skip

    async def _hold(self, mail: Mail, about: str | None, letter: There) -> None:
        """Somebody we do not know answers a letter to somebody else: ask at their own address first."""
        now = self._office.clock()
        async with self._office.database.writing() as session:
            address = await mailboxes.at(session, mail.sender, language=letter.language, now=now, keep=False)
            if about is not None and (mail.text or mail.pictures):
                media = [one.as_json() for one in await self._kept(session, mail)]
                await mailboxes.hold(
                    session, address, mail.key, now=now, about=about, sent_to=letter.number, text=mail.text,
                    media=media, left_out=mail.left_out,
                )  # fmt: skip
            there = await office.at(session, number=address.id)
            # Whoever holds a letter could have us write to everybody, so there is an end to this too.
            many = not self._office.may_answer(f"{STRANGERS}{letter.number}")
            if there is not None and not many and await mailboxes.may_ask(session, address, now=now):
                asking = await self._asking(there, about)
                await office.put(session, there, asking, f"{NAME}:{mail.key}:ask", now)

    async def _asking(self, there: There, about: str | None) -> Message:
        say = there.tongue._
        now, stamps = self._office.clock(), await self._office.stamps()
        link = stamps.link(Link("confirm", there.number, None), now=now)
        words = paragraphs(say(ASKED), say(IF_NOT))
        yes = Button(str(say(YES).unescape()), url=f"{self._office.site}/e/{link}")
        subject = str(say(IS_IT_YOURS).unescape())
        return Message(words, ((yes,),), subject=f"{subject} ({about})" if about else subject)

    async def confirm(self, letter: There) -> bool:
        """Somebody has shown that they read at this address; false when that was known."""
        async with self._office.database.writing() as session:
            address = await session.get_one(Address, letter.number)
            return await mailboxes.confirm(session, address, now=self._office.clock())

    async def confirmed_by_link(self, there: There) -> None:
        """Whoever opened the link that went to this address reads there."""
        await self.confirm(there)
        await self.pass_on()

    async def pass_on(self) -> None:
        """Hand on what was held for somebody who is confirmed by now."""
        async with self._office.database.reading() as session:
            ready = await mailboxes.ready(session)
        for one in ready:
            media = tuple(map(Media.from_json, one.mail.media))
            what = Reply(one.mail.text, one.sent_to, media, one.mail.left_out)
            await self._office.submit(
                Incoming(NAME, one.mail.key, one.sender, one.sender, what, about=one.mail.about)
            )
            async with self._office.database.writing() as session:
                await mailboxes.passed_on(session, one.mail.id)

    async def _say(
        self, mail: Mail, sentence: str, about: str | None = None, letter: There | None = None,
        *, once_a_day: bool = False,
    ) -> None:  # fmt: skip
        """Answer a mail ourselves."""
        if once_a_day and not self._office.may_answer(STRANGERS):
            return
        now = self._office.clock()
        language = letter.language if letter is not None else self._office.language
        async with self._office.database.writing() as session:
            address = await mailboxes.at(session, mail.sender, language=language, now=now, keep=False)
            there = await office.at(session, number=address.id)
            if there is None or (once_a_day and not await mailboxes.may_tell(session, address, now=now)):
                return
            said: Markup = there.tongue._(sentence)
            await office.put(session, there, Message(said, thread=about), _said(mail.key), now)


def _said(key: str) -> str:
    """Under which an answer of our own to that mail is put once."""
    return f"{NAME}:{key}:said"
