"""Questions in chats that we are not in: looked for there, shown there, and answered with a tap."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, kinds
from bot.conversation.router import Router
from bot.conversation.searching import Finding, Findings, Search
from bot.conversation.talk import FORGED_BUTTON, IN_PRIVATE
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.errors import Refused
from bot.letters.polling import elsewhere as letters
from bot.letters.polling.elsewhere import ARRIVING, Shown, VoteThere
from bot.models import Poll, Resident
from bot.services.polling import elsewhere, polls
from handlers.polling.voting import agree, counted

router = Router()


@router.finder
async def what_may_be_shown(session: AsyncSession, search: Search, now: datetime) -> Findings:
    """The open questions of somebody's communities; whoever is in none yet finds the way into one."""
    resident = await elsewhere.who(session, search.channel, search.sender)
    if resident is None or not await elsewhere.belongs(session, resident):
        tongue = i18n.tongue(resident.language if resident else search.language or i18n.SOURCE)
        return Findings(way_in=(str(tongue._("Join a community").unescape()), ARRIVING))
    tongue = i18n.tongue(resident.language)
    found = await elsewhere.open_questions(session, resident, search.words, now=now)
    return Findings(
        tuple(
            Finding(
                Shown(poll=one.poll.id, language=tongue.code).pack(),
                one.poll.question,
                letters.about(one, tongue),
                letters.question(one, tongue),
            )
            for one in found
        )
    )


@router.press(Shown)
async def shown(turn: Turn, press: Shown) -> Outcome:
    """Somebody has shown a question: it is kept up to date from the beginning."""
    await _followed(turn, press.poll, press.language)
    return SILENCE


async def _look_ahead(session: AsyncSession, wishes: Sequence[tuple[Resident, VoteThere]]) -> None:
    await polls.look_ahead(session, [(press.poll, resident) for resident, press in wishes])


@router.press(VoteThere, look_ahead=_look_ahead)
async def vote_there(turn: Turn, press: VoteThere) -> Outcome:
    """A tap counts at once, as by a link. All that is said about it is the note under the tap."""
    poll = await _followed(turn, press.poll, press.language)
    if poll.closed_at is not None or poll.closes_at <= turn.now:
        return turn.toast(turn._(polls.TOO_LATE))
    if press.choice == kinds.WRITE:
        return turn.toast(turn._(IN_PRIVATE))
    standing = await polls.cast(
        turn.session, press.poll, press.choice, by=turn.resident, now=turn.now, source=turn.incoming.source
    )
    agree(turn)
    return turn.toast(counted(turn, standing))


async def _followed(turn: Turn, poll: int, language: str) -> Poll:
    if not turn.incoming.elsewhere:
        raise Refused(FORGED_BUTTON)
    return await elsewhere.follow(turn.session, turn.address, poll, language, now=turn.now)
