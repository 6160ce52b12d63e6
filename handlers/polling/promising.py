"""What is owed: /promises for everyone, and what organisers say of a promise: done, late, dropped."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from bot.conversation.flow import Ask, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import promises as letters
from bot.letters.polling.poll_desk import WhatNext
from bot.letters.polling.promises import MOST, Owed, Settle
from bot.message import Button, Message, Rows
from bot.models import Community
from bot.models.promises import SAID
from bot.services.community import communities
from bot.services.polling import outcomes, promises, questions
from bot.services.polling.outcomes import Promise
from bot.services.polling.promises import Word
from handlers import days

router = Router()


@router.command("promises", words=N_("promises"), about=N_("What was promised here, and what was kept"))
async def what_is_owed(turn: Turn, rest: str) -> Outcome:
    """`/promises` for one's own communities, `/promises elm-park` for any."""
    outcome = SILENCE
    organised = {one.id for one in await communities.organised_by(turn.session, turn.resident)}
    for community in await _which(turn, rest):
        outcome = outcome.say(await _ledger(turn, community, organises=community.id in organised))
    return outcome


async def _which(turn: Turn, rest: str) -> Sequence[Community]:
    if rest.strip():
        named = await communities.named(turn.session, rest)
        if not named:
            raise Refused(N_("I do not know this community."))
        return named[:1]
    ours = await communities.of(turn.session, turn.resident)
    if not ours:
        raise Refused(N_("You are in no community yet. Send /start to find yours."))
    return [one.community for one in ours]


async def _ledger(turn: Turn, community: Community, *, organises: bool) -> Message:
    to = turn.tongue
    found = await outcomes.ledger(turn.session, community, now=turn.now)
    rate = await outcomes.loop(turn.session, community, now=turn.now)
    text = letters.ledger(
        community,
        [letters.entry(one.poll, one.day, one.late, to) for one in found.owed[:MOST] if one.day],
        [letters.kept(one.poll, one.late, community.zone, to) for one in found.kept[: MOST // 2]],
        max(0, len(found.owed) - MOST),
        letters.loop(rate.told, rate.due, to),
        to,
    )
    return Message(text, _to_do(found.owed[:MOST]) if organises else ())


def _to_do(owed: Sequence[Promise]) -> Rows:
    """For organisers: what they can say of each."""
    return tuple(
        (
            Button(
                one.poll.question,
                WhatNext(poll=one.poll.id) if one.state == "awaited" else Owed(poll=one.poll.id),
            ),
        )
        for one in owed
    )


@router.press(Owed)
async def how_far(turn: Turn, press: Owed) -> Outcome:
    """One promise, with what can be said of it."""
    owed = await promises.owed(turn.session, press.poll, by=turn.resident, now=turn.now)
    community = await turn.session.get_one(Community, owed.poll.community_id)
    assert owed.day is not None  # noqa: S101 - what is owed has a day
    return turn.say(letters.desk(owed.poll, owed.day, owed.late, community, turn.tongue))


@router.press(Settle)
async def settle(turn: Turn, press: Settle) -> Outcome:
    """The organiser is going to say how far it is."""
    if press.said not in SAID:
        raise Refused(N_("I do not know this button. Please use the newest one."))
    return turn.begin("promise", poll=press.poll, said=press.said)


@router.flow("promise")
async def say_how_far_it_is(ask: Ask, turn: Turn) -> Outcome:
    """Why, and until when, where that is to be said; a look at it, and off it goes to everyone who answered."""
    said = ask.given["said"]
    owed = await promises.owed(turn.session, ask.given["poll"], by=turn.resident, now=turn.now)
    because: str | None = None
    until: date | None = None
    if said != "done":
        because = await ask("why", words(_why(turn, said), questions.reason))
    if said == "late":
        until = await ask("until", await _new_day(turn, owed))
    preview = letters.preview_of_news(said, because, until, turn.tongue)
    offers = [("send", turn._("Send")), *([("edit", turn._("Edit"))] if because else [])]
    if await ask("send", choice(preview, offers, columns=2)) == "edit":
        ask.again("send", "why", "until")
    word = Word(said, because, until)
    told = await promises.follow_up(turn.session, owed.poll.id, word, by=turn.resident, now=turn.now)
    return turn.edit(turn.n_("Sent to {n} person.", "Sent to {n} people.", told))


def _why(turn: Turn, said: str) -> Markup:
    if said == "late":
        return turn._("Why will it be late? Write it in a sentence.")
    return turn._("Why will it not be done? Write it in a sentence.")


async def _new_day(turn: Turn, owed: Promise) -> days.Day:
    community = await turn.session.get_one(Community, owed.poll.community_id)

    def check(day: date) -> date:
        assert owed.day is not None  # noqa: S101 - what is owed has a day
        return promises.new_day(day, owed.day, community.zone, now=turn.now)

    return days.until(turn, community, turn._("Until when will it be done now?"), check)
