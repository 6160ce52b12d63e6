"""Ending a question: closing it by hand, and telling what happens next."""

from markupsafe import Markup

from bot.conversation.flow import Ask, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import paragraphs
from bot.letters.poll_desk import CloseNow, WhatNext
from bot.message import Button
from bot.models import Poll
from bot.services import closing, communities, questions

router = Router()


@router.press(CloseNow)
async def close_now(turn: Turn, press: CloseNow) -> Outcome:
    """The organiser closes a poll by hand, after saying so twice."""
    poll = await turn.session.get(Poll, press.poll)
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    if not press.sure:
        await communities.require_organiser(turn.session, turn.resident, poll.community_id)
        sure = turn._(
            "If you close it now, nobody can answer any more, and everyone who did gets the result. Close it?"
        )
        return turn.edit(sure, (Button(turn._("Yes, close it"), CloseNow(poll=press.poll, sure=1)),))
    await closing.close(turn.session, press.poll, by=turn.resident, now=turn.now, site=turn.site)
    return turn.edit(turn._("Closed. The result is on its way."))


@router.press(WhatNext)
async def what_next(turn: Turn, press: WhatNext) -> Outcome:
    """The organiser is going to tell people what happens next."""
    return turn.begin("outcome", poll=press.poll)


@router.flow("outcome")
async def tell_what_happens_next(ask: Ask, turn: Turn) -> Outcome:
    """One or two sentences, a look at them, and off they go to everyone who answered."""
    poll = await turn.session.get(Poll, ask.given["poll"])
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    await communities.require_organiser(turn.session, turn.resident, poll.community_id)
    text = await ask(
        "text", words(turn._("What happens next? Write it in a sentence or two."), questions.outcome)
    )
    preview = paragraphs(turn._("This goes to everyone who answered:"), Markup.escape(text))
    if (
        await ask("send", choice(preview, [("send", turn._("Send")), ("edit", turn._("Edit"))], columns=2))
        == "edit"
    ):
        ask.again("send", "text")
    told = await closing.tell_outcome(turn.session, poll.id, text, by=turn.resident, now=turn.now)
    return turn.edit(turn.n_("Sent to {n} person.", "Sent to {n} people.", told))
