"""Asking a question: /poll in one line or step by step, closing it, and telling what happens next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot import i18n, when
from bot.conversation.flow import Answer, Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters import polls as letters
from bot.letters.markup import paragraphs
from bot.letters.polls import CloseNow, WhatNext
from bot.message import Button
from bot.models import Community, Poll
from bot.services import closing, communities, groups, polls, questions
from bot.services.questions import Draft

router = Router()
DAYS = (1, 3, 7)
USUAL = "3"


@router.command("poll", words=N_("poll, ask"), about=N_("Ask your community a question"), role="organiser")
async def ask_a_question(turn: Turn, rest: str) -> Outcome:
    """`/poll Question? | Yes | No`, also one a line, with `closes Friday 18:00` at the end if wished; or just /poll."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(
            N_(
                "Only organisers can ask a question. If you know one, ask them to send you an invitation with /invite."
            )
        )
    answers: dict[str, Answer] = {"results": {"pick": "voted"}}
    return turn.begin("poll", answers=answers | the_only_one(organised) | in_one_line(rest))


def the_only_one(organised: Sequence[Community]) -> dict[str, Answer]:
    """Whoever organises one community is not asked which."""
    return {"community": {"pick": str(organised[0].id)}} if len(organised) == 1 else {}


def in_one_line(text: str) -> dict[str, Answer]:
    """The answers that a one-line form holds; none for an empty one."""
    parts = [part.strip() for part in text.replace("|", "\n").split("\n") if part.strip()]
    if not parts:
        return {}
    closes: Answer = {"pick": USUAL}
    if len(parts) > 1 and (said := closing_part(parts[-1])):
        closes = {"words": said}
        parts = parts[:-1]
    answers: dict[str, Answer] = {"question": {"words": parts[0]}, "closes": closes}
    if len(parts) > 1:
        answers["choices"] = {"words": "\n".join(parts[1:])}
    return answers


def closing_part(part: str) -> str | None:
    """What follows the word "closes", in any of our languages."""
    for code in i18n.available():
        for word in when.closing_words(i18n.tongue(code)):
            if part.casefold().startswith((word + " ", word + ":")):
                return part[len(word) :].strip(" :")
    return None


@router.flow("poll")
async def poll_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """Question, choices, closing time; then the preview with Send, Edit and Cancel."""
    community = await which_community(ask, turn)
    question = await ask("question", words(turn._("What would you like to ask?"), questions.question))
    choices = await ask("choices", _choices(turn))
    closes_at = await ask("closes", _closing(turn, community))
    results = await ask("results", _results(turn))
    decision = await ask(
        "send", await _preview(turn, community, Draft(question, choices), closes_at, results)
    )
    if decision == "edit":
        part = await ask("part", _parts(turn))
        ask.again("send", "part", part)
    sent = await polls.send(
        turn.session,
        community.id,
        Draft(question, choices),
        closes_at=closes_at,
        results=results,
        by=turn.resident,
        now=turn.now,
    )
    links = dict(turn.links(sent.poll.code, community.slug))
    return turn.edit(letters.sent(sent, turn.tongue, links))


async def which_community(ask: Ask, turn: Turn) -> Community:
    """The community to act in; asked of whoever organises several."""
    organised = await communities.organised_by(turn.session, turn.resident)
    offers = [(str(one.id), one.name_in(turn.tongue.code)) for one in organised]
    picked = await ask("community", choice(turn._("For which community?"), offers))
    return next(one for one in organised if str(one.id) == picked)


def _choices(turn: Turn) -> Prompt[tuple[str, ...]]:
    yes_no = (turn._("Yes").unescape(), turn._("No").unescape())
    return words(
        turn._("Which answers can people choose? Write each on a line of its own, 2 to 10 of them."),
        lambda text: questions.choices(text.replace("|", "\n").split("\n")),
        offers=[("yesno", turn._("{yes} or {no}", yes=yes_no[0], no=yes_no[1]))],
        picked=lambda _: yes_no,
    )


def _closing(turn: Turn, community: Community) -> Prompt[datetime]:
    """A closing time. What was understood is what is kept: "tomorrow" stays the same day when the night passes."""
    offers = [(str(days), turn.n_("in {n} day", "in {n} days", days)) for days in DAYS]
    typed_or_tapped = words(
        turn._("When does it close? Tap, or write a time such as “Friday 18:00”."),
        lambda text: questions.closing(
            when.read(text, turn.tongue, community.zone, now=turn.now), now=turn.now
        ),
        offers=offers,
        picked=lambda days: when.in_days(int(days), community.zone, now=turn.now),
    )

    def read(answer: Answer) -> datetime:
        return (
            datetime.fromisoformat(answer["moment"]) if "moment" in answer else typed_or_tapped.read(answer)
        )

    return replace(typed_or_tapped, read=read, keep=lambda moment: {"moment": moment.isoformat()})


def _results(turn: Turn) -> Prompt[str]:
    return choice(
        turn._("When may people see the result?"),
        [("voted", turn._("After they have answered")), ("closed", turn._("When the poll has closed"))],
    )


async def _preview(
    turn: Turn, community: Community, draft: Draft, closes_at: datetime, results: str
) -> Prompt[str]:
    text = letters.preview(
        draft.question,
        draft.choices,
        turn.tongue,
        people=await polls.audience(turn.session, community.id),
        community=community.name_in(turn.tongue.code),
        closes=turn.tongue.moment(closes_at, community.zone),
        results=results,
        groups=await groups.count(turn.session, community.id),
    )
    return choice(text, [("send", turn._("Send")), ("edit", turn._("Edit"))], columns=2)


def _parts(turn: Turn) -> Prompt[str]:
    return choice(
        turn._("What would you like to change?"),
        [
            ("question", turn._("The question")),
            ("choices", turn._("The answers to choose from")),
            ("closes", turn._("When it closes")),
            ("results", turn._("Who sees the result, and when")),
        ],
    )


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
    await closing.close(turn.session, press.poll, by=turn.resident, now=turn.now)
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
