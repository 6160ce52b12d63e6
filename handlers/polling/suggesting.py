"""Suggesting an answer that is missing, and letting it in."""

from collections.abc import Callable
from datetime import datetime

from bot import when
from bot.conversation.flow import Ask, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.letters.markup import bold, paragraphs
from bot.letters.polling import polls as letters_of_polls
from bot.letters.polling import suggesting as letters
from bot.letters.polling.polls import Suggest
from bot.letters.polling.suggesting import LetIn, Missed, Sift
from bot.message import Button, Message
from bot.models import Community
from bot.services.polling import questions, successors, suggesting, whom
from handlers.polling.voting import agree, visible

router = Router()


@router.press(Suggest)
async def suggest(turn: Turn, press: Suggest) -> Outcome:
    """Somebody misses an answer."""
    poll = await successors.known(turn.session, press.poll)
    suggesting.room(poll, now=turn.now)
    await whom.require(turn.session, poll, turn.resident)
    await suggesting.spare(turn.session, poll, turn.resident)
    return turn.begin("suggest", poll=press.poll)


@router.flow("suggest", casual=True)
async def what_is_missing(ask: Ask, turn: Turn) -> Outcome:
    """What they would add; it waits for an organiser."""
    poll = await successors.known(turn.session, ask.given["poll"])
    suggesting.room(poll, now=turn.now)
    community = await turn.session.get_one(Community, poll.community_id)
    moment = _moment(turn, community)

    def read(text: str) -> str:
        suggesting.grown(poll, text, moment, community.zone)
        return text

    prompt = paragraphs(
        bold(poll.question),
        turn._("Which answer is missing? Write it in a few words."),
        turn._(
            "An organiser reads it first, and does not learn who it is from. If nobody has read it when the question "
            "closes or changes, it is deleted."
        ),
    )
    back = (Button(turn._("Look at the question"), Missed(poll=poll.id)),)
    text = await ask("text", words(Message(prompt, (back,)), read))
    await suggesting.suggest(turn.session, poll.id, text, moment, by=turn.resident, now=turn.now)
    agree(turn)
    return turn.edit(turn._("Thank you. You will hear what becomes of it.")).hushed()


def _moment(turn: Turn, community: Community) -> Callable[[str], datetime]:
    def moment(text: str) -> datetime:
        return questions.ahead(when.read(text, turn.tongue, community.zone, now=turn.now), now=turn.now)

    return moment


@router.press(Missed)
async def missed(turn: Turn, press: Missed) -> Outcome:
    """Back to the question, as it stands now."""
    return turn.say(letters_of_polls.question(await visible(turn, press.poll), turn.tongue, receipts=True))


@router.press(Sift)
async def sift(turn: Turn, press: Sift) -> Outcome:
    """The next suggestion that nobody has read."""
    return await _next(turn, press.poll)


@router.press(LetIn)
async def let_in(turn: Turn, press: LetIn) -> Outcome:
    """Decided; on to the next."""
    await suggesting.judge(
        turn.session, press.poll, press.number, let_in=bool(press.shown), by=turn.resident, now=turn.now
    )
    return await _next(turn, press.poll)


async def _next(turn: Turn, poll: int) -> Outcome:
    card = await suggesting.next_card(turn.session, poll, by=turn.resident)
    if card is None:
        return turn.edit(turn._("You have read them all. Thank you."))
    return turn.edit(letters.card(card.poll, card.number, card.choice, card.left, turn.tongue))
