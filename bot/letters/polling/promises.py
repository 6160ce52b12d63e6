"""The words of promises: what is owed and kept, what an organiser says of one, and what reminds them of it."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.letters.polling.poll_desk import WhatNext
from bot.letters.polling.polls import ENDED, decided
from bot.message import Button, Message, Rows
from bot.models import Community, Poll
from bot.press import Press

MOST = 10  # promises in one message
LONGEST = 160  # characters of an outcome in a list


class Owed(Press, code="pm"):
    """The organiser wants to say something of a promise."""

    poll: int


class Settle(Press, code="ps"):
    """The organiser says of a promise: `done`, `late`, or `dropped`."""

    poll: int
    said: str


SAID = {
    "done": N_("Done"),
    "late": N_("It will be late"),
    "dropped": N_("We drop it"),
}


def waiting(day: date, late: int, tongue: Tongue, *, outcome: bool) -> Markup:
    """For when something is promised, and how late it is. `outcome` says that it is the outcome itself."""
    if outcome:
        said = tongue._("No outcome yet, promised for {day}.", day=tongue.date(day))
    else:
        said = tongue._("Promised for {day}.", day=tongue.date(day))
    if not late:
        return said
    return said + " " + tongue.n_("That was {n} day ago.", "That was {n} days ago.", late)


def entry(poll: Poll, day: date, late: int, tongue: Tongue) -> Markup:
    """One promise in a list of what is owed."""
    if poll.outcome is None:
        return lines([bold(poll.question), waiting(day, late, tongue, outcome=True)])
    return lines([bold(poll.question), _short(poll.outcome), waiting(day, late, tongue, outcome=False)])


def kept(poll: Poll, late: int, zone: str, tongue: Tongue) -> Markup:
    """One promise in a list of what was kept."""
    assert poll.settled_at is not None  # noqa: S101 - the caller chose settled ones
    done = tongue._("Done on {day}.", day=tongue.day(poll.settled_at, zone))
    if late:
        done += " " + tongue.n_("It came {n} day late.", "It came {n} days late.", late)
    return lines([bold(poll.question), _short(poll.outcome or ""), done])


def _short(text: str) -> Markup:
    text = " ".join(text.split())
    return Markup.escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def ledger(
    community: Community,
    owed: Sequence[Markup],
    kept: Sequence[Markup],
    more: int,
    rate: Markup | None,
    tongue: Tongue,
) -> Markup:
    """What a community owes and has kept, from their entries; `more` are owed and not listed."""
    name = community.name_in(tongue.code)
    if owed:
        head = tongue._("This is owed in {community}:", community=name)
    else:
        head = tongue._("Nothing is owed in {community} just now.", community=name)
    rest = tongue.n_("And {n} more.", "And {n} more.", more) if more else None
    lately = [tongue._("This was kept lately:"), *kept] if kept else []
    return paragraphs(head, *owed, rest, *lately, rate)


def loop(told: int, due: int, tongue: Tongue) -> Markup | None:
    """The closing-the-loop rate with its numbers; nothing where nothing was due."""
    if not due:
        return None
    return tongue.n_(
        "In the last year {told} of {n} answer got an outcome in time: {share}.",
        "In the last year {told} of {n} answers got an outcome in time: {share}.",
        due,
        told=tongue.number(told),
        share=tongue.percent(told / due),
    )


def buttons(poll: Poll, tongue: Tongue) -> Rows:
    """What an organiser can say of a promise."""
    return tuple((Button(tongue._(label), Settle(poll=poll.id, said=said)),) for said, label in SAID.items())


def desk(poll: Poll, day: date, late: int, community: Community, tongue: Tongue) -> Message:
    """One promise, for its organisers: how late it is, and what can be said of it."""
    head = tongue._("This was promised in {community}.", community=community.name_in(tongue.code))
    ask = tongue._("How far is it? People who answered hear what you say.")
    text = paragraphs(
        head,
        bold(poll.question),
        Markup.escape(poll.outcome or ""),
        waiting(day, late, tongue, outcome=False),
        ask,
    )
    return Message(text, buttons(poll, tongue))


def outcome_missing(poll: Poll, day: date, late: int, community: Community, tongue: Tongue) -> Message:
    """A reminder: people wait to hear what comes of their answers."""
    wait = tongue._(
        "People in {community} answered this question and wait to hear what comes of it.",
        community=community.name_in(tongue.code),
    )
    enough = tongue._(
        "A sentence is enough. “We do not know yet, the council meets on the 4th” is a good one too."
    )
    text = paragraphs(wait, bold(poll.question), waiting(day, late, tongue, outcome=True), enough)
    return Message(text, ((Button(tongue._("Tell them"), WhatNext(poll=poll.id)),),))


def followed_up(
    poll: Poll, said: str, because: str | None, community: Community, tongue: Tongue, *, group: bool = False
) -> Message:
    """What became of a promise, for those who answered, or for a group in which it was asked."""
    name = community.name_in(tongue.code)
    if group:
        head = tongue._("{community} asked a question here. This is how far it is.", community=name)
    else:
        head = tongue._("You answered a question in {community}. This is how far it is.", community=name)
    return Message(
        paragraphs(
            head,
            bold(poll.question),
            poll.outcome,
            lines([news(said, poll.done_by, tongue), why(because, tongue)]),
        )
    )


def news(said: str, until: date | None, tongue: Tongue) -> Markup:
    """The news itself: done, late until when, or dropped."""
    if said == "late" and until is not None:
        return tongue._("It will be late: it is promised for {day} now.", day=tongue.date(until))
    return tongue._(ENDED[said])


def why(because: str | None, tongue: Tongue) -> Markup | None:
    """The reason, in the organiser's words."""
    return tongue._("Why: {reason}", reason=because) if because else None


def preview(text: str, who: str | None, day: date | None, tongue: Tongue) -> Markup:
    """What goes to everyone who answered, before it is sent."""
    told = Poll(outcome=text, decided_by=who, done_by=day)
    return paragraphs(tongue._("This goes to everyone who answered:"), lines(decided(told, tongue)))


def preview_of_news(said: str, because: str | None, until: date | None, tongue: Tongue) -> Markup:
    """The same for what is said of a promise."""
    return paragraphs(
        tongue._("This goes to everyone who answered:"),
        lines([news(said, until, tongue), why(because, tongue)]),
    )
