"""Reading answers in words: one after the other, shown or not, and what they are about."""

from bot.conversation.flow import Ask, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.letters.polling import reading as letters
from bot.letters.polling.reading import About, Judge, Read
from bot.message import Message
from bot.services.polling import reading
from bot.services.polling.reading import Card

router = Router()


@router.press(Read)
async def read(turn: Turn, press: Read) -> Outcome:
    """The next answer that nobody has read."""
    return await _next(turn, press.poll)


@router.press(Judge)
async def judge(turn: Turn, press: Judge) -> Outcome:
    """Decided; on to the next."""
    await reading.judge(turn.session, press.poll, press.answer, shown=bool(press.shown), by=turn.resident)
    return await _next(turn, press.poll)


@router.press(About)
async def about(turn: Turn, press: About) -> Outcome:
    """It is about one of the themes there are, or about a new one."""
    if press.theme < 0:
        return turn.begin("theme", poll=press.poll, answer=press.answer)
    card = await reading.card(turn.session, press.poll, press.answer, by=turn.resident)
    if press.theme < len(card.known):
        await reading.mark(turn.session, press.poll, press.answer, card.known[press.theme], by=turn.resident)
    return turn.edit(
        _drawn(turn, await reading.card(turn.session, press.poll, press.answer, by=turn.resident))
    )


@router.flow("theme", casual=True)
async def new_theme(ask: Ask, turn: Turn) -> Outcome:
    """A name for what an answer is about."""
    poll, answer = ask.given["poll"], ask.given["answer"]
    theme = await ask("theme", words(turn._("What is it about? One or two words."), reading.a_theme))
    await reading.mark(turn.session, poll, answer, theme, by=turn.resident)
    return turn.edit(_drawn(turn, await reading.card(turn.session, poll, answer, by=turn.resident)))


async def _next(turn: Turn, poll: int) -> Outcome:
    card = await reading.next_card(turn.session, poll, by=turn.resident)
    return turn.edit(_drawn(turn, card) if card else turn._("You have read them all. Thank you."))


def _drawn(turn: Turn, card: Card) -> Message:
    return letters.card(
        card.poll.question,
        card.text,
        card.themes,
        card.known,
        card.left,
        turn.tongue,
        poll=card.poll.id,
        handle=card.handle,
    )
