"""What may be asked and told: limits and checks of questions, closing times and outcomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import kinds
from bot.errors import Refused
from bot.i18n import N_
from bot.kinds import Form

LONGEST_LIFE = timedelta(days=90)
QUESTION_LIMIT = 300  # characters
OUTCOME_LIMIT = 1000  # characters
DECIDER_LIMIT = 100  # characters
REASON_LIMIT = 300  # characters
PROMISED_YEARS = 5  # a promise for later than that is a slip of the finger


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll before it is sent: its question checked below, its choices and options read by its kind."""

    question: str
    choices: tuple[str, ...] = ()
    kind: str = kinds.USUAL
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def form(self) -> Form:
        """What is asked, as its kind sees it."""
        return Form(self.choices, self.options)


def question(text: str) -> str:
    """A question that can be asked; Refused says what is wrong with it."""
    text = " ".join(text.split())
    if not text:
        raise Refused(N_("A poll needs a question."))
    if len(text) > QUESTION_LIMIT:
        raise Refused(
            N_("The question has {n} letters. Please make it {most} or fewer."),
            n=len(text),
            most=QUESTION_LIMIT,
        )
    return text


def ahead(moment: datetime, *, now: datetime) -> datetime:
    """A moment that is still to come; Refused otherwise."""
    if moment <= now:
        raise Refused(N_("That time has passed already. Please name a later one."))
    return moment


def closing(moment: datetime, *, now: datetime) -> datetime:
    """A moment at which a poll may close; Refused otherwise."""
    if ahead(moment, now=now) - now > LONGEST_LIFE:
        raise Refused(N_("A poll can stay open for {days} days at most."), days=LONGEST_LIFE.days)
    return moment


def outcome(text: str) -> str:
    """An outcome that can be told; Refused otherwise."""
    text = text.strip()
    if not 0 < len(text) <= OUTCOME_LIMIT:
        raise Refused(N_("Please write 1 to {most} letters."), most=OUTCOME_LIMIT)
    return text


def decider(text: str) -> str:
    """Who decided it, in words; Refused otherwise."""
    return _short(text, DECIDER_LIMIT)


def reason(text: str) -> str:
    """Why something is late or dropped; Refused otherwise."""
    return _short(text, REASON_LIMIT)


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    if not 0 < len(text) <= most:
        raise Refused(N_("Please write 1 to {most} letters."), most=most)
    return text


def promised_day(day: date, zone: str, *, now: datetime) -> date:
    """A day for which something may be promised: today in `zone`, or later; Refused otherwise."""
    days = (day - today(zone, now=now)).days
    if days < 0:
        raise Refused(N_("That day has passed already. Please name a later one."))
    if days > PROMISED_YEARS * 366:
        raise Refused(N_("Please name a day within {years} years."), years=PROMISED_YEARS)
    return day


def today(zone: str, *, now: datetime) -> date:
    """The day that the calendar shows in `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()
