"""Ending a question: closing it by hand, and telling what was decided, by whom, and until when it will be done."""

from datetime import date

from bot.conversation.flow import Answer, Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import group_desk, poll_desk
from bot.letters.polling import promises as letters
from bot.letters.polling.poll_desk import AskEveryone, CloseNow, WhatNext
from bot.message import Button
from bot.models import Community, Poll
from bot.services.community import communities
from bot.services.polling import closing, group_polls, questions, successors
from handlers import days

router = Router()


@router.press(CloseNow)
async def close_now(turn: Turn, press: CloseNow) -> Outcome:
    """The organiser closes a poll by hand, after saying so twice."""
    poll = await successors.known(turn.session, press.poll)
    if not press.sure:
        await communities.require_organiser(turn.session, turn.resident, poll.community_id)
        sure = turn._(
            "If you close it now, nobody can answer any more, and everyone who did gets the result. Close it?"
        )
        return turn.edit(sure, (Button(turn._("Yes, close it"), CloseNow(poll=press.poll, sure=1)),))
    await closing.close(turn.session, press.poll, by=turn.resident, now=turn.now, site=turn.site)
    return turn.edit(turn._("Closed. The result is on its way."))


@router.press(AskEveryone)
async def ask_everyone(turn: Turn, press: AskEveryone) -> Outcome:
    """What is asked in a group is asked of everyone, after the organiser has seen how many that are."""
    if not press.sure:
        poll, community, people = await group_polls.reach(turn.session, press.poll, by=turn.resident)
        return turn.say(group_desk.sure_to_ask_everyone(poll, community, people, turn.tongue))
    sent = await group_polls.ask_everyone(turn.session, press.poll, by=turn.resident, now=turn.now)
    links = dict(turn.links(sent.poll.code, sent.community.slug))
    return turn.edit(poll_desk.sent(sent, turn.tongue, links))


@router.press(WhatNext)
async def what_next(turn: Turn, press: WhatNext) -> Outcome:
    """The organiser is going to tell people what happens next."""
    poll = await turn.session.get(Poll, press.poll)
    if poll is not None and poll.outcome is not None:
        raise Refused(N_("You have told people already what comes of it."))
    return turn.begin("outcome", poll=press.poll)


@router.flow("outcome")
async def tell_what_happens_next(ask: Ask, turn: Turn) -> Outcome:
    """What was decided, by whom, until when; a look at it, and off it goes to everyone who answered."""
    poll = await turn.session.get(Poll, ask.given["poll"])
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    community = await communities.require_organiser(turn.session, turn.resident, poll.community_id)
    text = await ask(
        "text", words(turn._("What was decided? Write it in a sentence or two."), questions.outcome)
    )
    who = await ask("who", _who(turn))
    day = await ask("until", _until(turn, community))
    preview = letters.preview(text, who, day, turn.tongue)
    send = choice(preview, [("send", turn._("Send")), ("edit", turn._("Edit"))], columns=2)
    if await ask("send", send) == "edit":
        ask.again("send", "part", await ask("part", _parts(turn)))
    told = await closing.tell_outcome(
        turn.session, poll.id, text, by=turn.resident, now=turn.now, decided_by=who, done_by=day
    )
    return turn.edit(turn.n_("Sent to {n} person.", "Sent to {n} people.", told))


def _who(turn: Turn) -> Prompt[str | None]:
    """Who decided it, if that shall be said."""
    usual = {"council": turn._("the council"), "organisers": turn._("the organisers")}

    def read(text: str) -> str | None:
        return questions.decider(text)

    def picked(value: str) -> str | None:
        return str(usual[value].unescape()) if value in usual else None

    return words(
        turn._("Who decided it? Tap, or write it in a few words."),
        read,
        offers=[*usual.items(), ("none", turn._("Leave it out"))],
        picked=picked,
    )


def _until(turn: Turn, community: Community) -> Prompt[date | None]:
    """Until when it will be done, if there is something to do."""
    asked = days.until(
        turn,
        community,
        turn._(
            "Until when will it be done? Tap, or write a day such as “5 December”. You will be reminded then."
        ),
    )
    offers = (*asked.offers, (("none", str(turn._("There is nothing more to do").unescape())),))

    def read(answer: Answer) -> date | None:
        return None if answer.get("pick") == "none" else asked.read(answer)

    def keep(day: date | None) -> Answer:
        return {"pick": "none"} if day is None else days.kept(day)

    return Prompt(asked.message, read, offers, keep)


def _parts(turn: Turn) -> Prompt[str]:
    """What shall be changed."""
    return choice(
        turn._("What would you like to change?"),
        [
            ("text", turn._("What was decided")),
            ("who", turn._("Who decided it")),
            ("until", turn._("Until when it will be done")),
        ],
    )
