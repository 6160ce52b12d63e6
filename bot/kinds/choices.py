"""What kinds with texts to choose from share: reading the texts, and showing a share of the whole."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.kind import Bar, Form, Written

CHOICE_LIMIT = 100  # characters
FEWEST, MOST = 2, 10  # choices

WANTED = N_("Which answers can people choose? Write each on a line of its own, 2 to 10 of them.")
YES_NO = (N_("Yes"), N_("No"))
EQUAL = N_("What comes out equal is shown as equal.")


def choices(texts: Sequence[str], *, fewest: int = FEWEST) -> tuple[str, ...]:
    """Choices that can be offered; Refused says what is wrong with them."""
    cleaned = tuple(choice for choice in (" ".join(text.split()) for text in texts) if choice)
    if not fewest <= len(cleaned) <= MOST:
        raise Refused(N_("A poll needs {fewest} to {most} choices."), fewest=fewest, most=MOST)
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


def grown(form: Form, written: Written) -> tuple[str, ...]:
    """The choices with one more; Refused says what is wrong with it."""
    room_for_more(form)
    text = " ".join(" ".join(written.parts).split())
    if not text:
        raise Refused(N_("Please answer with a few words."))
    return choices([*form.choices, text])


def room_for_more(form: Form) -> None:
    """Refused where there are so many that one more has no room."""
    if len(form.choices) >= MOST:
        raise Refused(N_("There are {most} answers already; no more have room."), most=MOST)


def labels(form: Form, tongue: Tongue) -> tuple[str, ...]:
    """The texts as they were written."""
    return form.choices


def votes_bar(label: str, votes: int, whole: int, tongue: Tongue) -> Bar:
    """So many votes of the whole for one choice."""
    share = votes / whole if whole else 0.0
    said = tongue.n_(
        "{choice}: {n} vote, {share}",
        "{choice}: {n} votes, {share}",
        votes,
        choice=label,
        share=tongue.percent(share),
    )
    return Bar(label, votes, share, said)


def leading(values: Sequence[float]) -> tuple[int, ...]:
    """The numbers of the greatest values; none where all are nothing."""
    most = max(values, default=0)
    return tuple(number for number, value in enumerate(values) if value == most) if most else ()
