"""Asking for a day until which something will be done. Prompts only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot import when
from bot.conversation.flow import Answer, Prompt, words
from bot.conversation.turn import Turn
from bot.services.polling import questions

AHEAD = (7, 30, 90)  # days

Day = Prompt[date]


class Somewhere(Protocol):
    """Where days begin: a community, or a body."""

    @property
    def zone(self) -> str: ...


def until(
    turn: Turn, place: Somewhere, question: Any, check: Callable[[date], date] | None = None
) -> Prompt[date]:
    """A day. What was understood is what is kept: "in 7 days" stays the same day when the night passes."""

    def checked(day: date) -> date:
        return check(day) if check else questions.promised_day(day, place.zone, now=turn.now)

    def typed(text: str) -> date:
        moment = when.read(text, turn.tongue, place.zone, now=turn.now)
        return checked(moment.astimezone(ZoneInfo(place.zone)).date())

    def tapped(days: str) -> date:
        moment = when.in_days(int(days), place.zone, now=turn.now)
        return checked(moment.astimezone(ZoneInfo(place.zone)).date())

    prompt = words(
        question,
        typed,
        offers=[(str(days), turn.n_("in {n} day", "in {n} days", days)) for days in AHEAD],
        picked=tapped,
    )

    def read(answer: Answer) -> date:
        return date.fromisoformat(answer["day"]) if "day" in answer else prompt.read(answer)

    return replace(prompt, read=read, keep=kept)


def kept(day: date) -> Answer:
    """How a day is recorded."""
    return {"day": day.isoformat()}
