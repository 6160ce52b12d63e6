"""Ready answers: a few that everybody has, and those that the leads of a body wrote, in several languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.errors import Refused
from bot.i18n import N_
from bot.models import AnswerTemplate, Body, Resident
from bot.services import audit
from bot.services.in_charge import officers

MOST = 12  # of one body
NAME, WORDS = 40, 700  # characters

BUILT_IN: Mapping[str, tuple[str, str]] = {
    "seen": (
        N_("Seen, we will look"),
        N_("Thank you. We have seen this, and somebody will look at it within the next days."),
    ),
    "parts": (
        N_("Waiting for parts"),
        N_(
            "Thank you. We know what to do and wait for what we need for it. We tell you as soon as there is a day."
        ),
    ),
    "passed": (
        N_("Known, work is ordered"),
        N_("Thank you. The work is ordered. You hear from us when it is done."),
    ),
}
"""Code → what it is called on a button, and its words."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready answer: `code` names it on a button, `texts` has its words by language."""

    code: str
    name: str
    texts: Mapping[str, str]

    def text_in(self, language: str) -> str:
        """Its words in a language, or in the first one it has."""
        return self.texts.get(language) or next(iter(self.texts.values()))

    def with_words(self, more: str | None) -> dict[str, str]:
        """All its versions, each with the same free words behind it."""
        return {code: f"{text}\n\n{more}" if more else text for code, text in self.texts.items()}


async def for_body(session: AsyncSession, body_id: int | None, language: str) -> Sequence[Ready]:
    """Those that somebody of this body can choose from, named in their language: their own ones first."""
    own = [Ready(f"t{one.id}", one.name, one.texts) for one in await _of(session, body_id)]
    tongues = {code: i18n.tongue(code) for code in i18n.available()}
    built_in = [
        Ready(
            code,
            str(tongues[language]._(name).unescape()),
            {each: str(tongue._(text).unescape()) for each, tongue in tongues.items()},
        )
        for code, (name, text) in BUILT_IN.items()
    ]
    return [*own, *built_in]


async def _of(session: AsyncSession, body_id: int | None) -> Sequence[AnswerTemplate]:
    wanted = select(AnswerTemplate).where(AnswerTemplate.body_id == body_id).order_by(AnswerTemplate.id)
    return (await session.scalars(wanted)).all()


async def led_by(session: AsyncSession, resident: Resident) -> Sequence[Body]:
    """The bodies whose ready answers somebody writes: as lead of a team, or as director."""
    posts = [one for one in await officers.of(session, resident) if one.post in ("lead", "director")]
    numbers = {one.body_id for one in posts}
    return (await session.scalars(select(Body).where(Body.id.in_(numbers)).order_by(Body.id))).all()


async def own(session: AsyncSession, body_id: int, *, by: Resident) -> Sequence[AnswerTemplate]:
    """Those of a body, for whoever writes them."""
    await _require(session, body_id, by)
    return await _of(session, body_id)


def name(text: str) -> str:
    """What it is called on a button."""
    text = " ".join(text.split())
    if not 0 < len(text) <= NAME:
        raise Refused(N_("Please choose a name of 1 to {most} letters."), most=NAME)
    return text


def words(text: str) -> str:
    """Its words in one language."""
    text = text.strip()
    if not 0 < len(text) <= WORDS:
        raise Refused(N_("Please write 1 to {most} letters."), most=WORDS)
    return text


async def add(
    session: AsyncSession,
    body_id: int,
    called: str,
    texts: Mapping[str, str],
    *,
    by: Resident,
    now: datetime,
) -> AnswerTemplate:
    """A new one; Refused where there are many already."""
    await _require(session, body_id, by)
    if len(await _of(session, body_id)) >= MOST:
        raise Refused(N_("There are {most} ready answers already. Please take one away first."), most=MOST)
    spoken = {code: words(text) for code, text in texts.items() if code in i18n.available()}
    if not spoken:
        raise Refused(N_("Please write it in one language at least."))
    made = AnswerTemplate(body_id=body_id, name=name(called), texts=spoken, created_at=now)
    session.add(made)
    await session.flush()
    _record(session, "template.add", made, by=by, now=now)
    return made


async def take_away(session: AsyncSession, number: int, *, by: Resident, now: datetime) -> int:
    """Away with it; returns whose it was."""
    made = await session.get(AnswerTemplate, number)
    if made is None:
        raise Refused(N_("This ready answer is gone already."))
    await _require(session, made.body_id, by)
    _record(session, "template.remove", made, by=by, now=now)
    await session.delete(made)
    await session.flush()
    return made.body_id


async def _require(session: AsyncSession, body_id: int, by: Resident) -> None:
    if body_id not in {one.id for one in await led_by(session, by)}:
        raise Refused(N_("Only leads and directors of a body write its ready answers."))


def _record(session: AsyncSession, act: str, made: AnswerTemplate, *, by: Resident, now: datetime) -> None:
    audit.record(session, act, by=by, community_id=None, now=now, subject=f"template:{made.id}")
