"""What may be asked and told: limits and checks of questions, choices, closing times and outcomes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.i18n import N_

LONGEST_LIFE = timedelta(days=90)
QUESTION_LIMIT, CHOICE_LIMIT = 300, 100  # characters
FEWEST, MOST = 2, 10  # choices
OUTCOME_LIMIT = 1000  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """A poll before it is sent: checked by the functions below."""

    question: str
    choices: tuple[str, ...]


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


def choices(texts: Sequence[str]) -> tuple[str, ...]:
    """Choices that can be offered; Refused says what is wrong with them."""
    cleaned = tuple(choice for choice in (" ".join(text.split()) for text in texts) if choice)
    if not FEWEST <= len(cleaned) <= MOST:
        raise Refused(N_("A poll needs {fewest} to {most} choices."), fewest=FEWEST, most=MOST)
    seen: set[str] = set()
    for choice in cleaned:
        if len(choice) > CHOICE_LIMIT:
            raise Refused(
                N_("The choice “{choice}” is too long. Please make it {most} letters or fewer."),
                choice=choice[:40] + "…",
                most=CHOICE_LIMIT,
            )
        if choice.casefold() in seen:
            raise Refused(N_("The choice “{choice}” is there twice."), choice=choice)
        seen.add(choice.casefold())
    return cleaned


def closing(moment: datetime, *, now: datetime) -> datetime:
    """A moment at which a poll may close; Refused otherwise."""
    if moment <= now:
        raise Refused(N_("That time has passed already. Please name a later one."))
    if moment - now > LONGEST_LIFE:
        raise Refused(N_("A poll can stay open for {days} days at most."), days=LONGEST_LIFE.days)
    return moment


def outcome(text: str) -> str:
    """An outcome that can be told; Refused otherwise."""
    text = text.strip()
    if not 0 < len(text) <= OUTCOME_LIMIT:
        raise Refused(N_("Please write 1 to {most} letters."), most=OUTCOME_LIMIT)
    return text
