"""Answering polls: a tap on a choice, the list of open polls, and a poll opened by its link."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_, tongue
from bot.letters import people as people_letters
from bot.letters import polls as letters
from bot.letters.markup import bold, paragraphs
from bot.letters.polls import Look, Vote, WhatNext
from bot.message import Button, Message
from bot.models import Poll, Resident, Standing
from bot.services import closing, communities, polls, residents

router = Router()


async def _look_ahead(session: AsyncSession, wishes: Sequence[tuple[Resident, Vote]]) -> None:
    await polls.look_ahead(session, [(press.poll, resident) for resident, press in wishes])


@router.press(Vote, look_ahead=_look_ahead)
async def vote(turn: Turn, press: Vote) -> Outcome:
    """A tap counts at once; the first one ever is also the consent, and leads on to three short questions."""
    standing = await polls.cast(
        turn.session, press.poll, press.choice, by=turn.resident, now=turn.now, source=turn.incoming.source
    )
    # A group has seen the sentence in its own language.
    shown = tongue(turn.address.language) if turn.address.language else turn.tongue
    residents.agreed(
        turn.session, turn.resident, str(shown._(people_letters.KEPT)), language=shown.code, now=turn.now
    )
    counted = turn.toast(turn._("Counted. Thank you."))
    if turn.incoming.group:
        return counted
    outcome = counted.edit(letters.question(standing, turn.tongue))
    if turn.resident.greeted_at is None and turn.address.talk is None:
        turn.resident.greeted_at = turn.now
        return outcome.begin("hello", community=standing.community.id)
    return outcome


async def open_poll(turn: Turn, poll: Poll) -> Outcome:
    """Somebody came by a poll's link."""
    standing = await polls.opened(
        turn.session,
        poll,
        by=turn.resident,
        source=turn.incoming.source or poll.code,
        rehearsal=turn.rehearsal,
    )
    new = residents.newcomer(turn.resident)
    return turn.say(
        letters.question(standing, turn.tongue, privacy=turn._(people_letters.KEPT) if new else None)
    )


@router.command("polls", words=N_("polls"), about=N_("Questions that are open now"))
async def open_polls(turn: Turn, rest: str) -> Outcome:
    """Open polls, those still owed first; for organisers also closed ones that wait for their word."""
    if not await communities.of(turn.session, turn.resident):
        raise Refused(N_("You are in no community yet. Send /start to find yours."))
    owed, answered = await polls.open_for(turn.session, turn.resident, now=turn.now)
    untold = await closing.untold(turn.session, turn.resident, now=turn.now)
    if not owed and not answered and not untold:
        return turn.say(turn._("No questions are open just now. I will write when there is one."))
    parts = [
        _part(turn._("Waiting for your answer:"), owed, Look),
        _part(turn._("You have answered these; tap to see how they stand:"), answered, Look),
        _part(turn._("These have closed, and people wait to hear what happens next:"), untold, WhatNext),
    ]
    outcome = Outcome()
    for part in parts:
        outcome = outcome.say(part) if part else outcome
    return outcome


def _part(heading: str, listed: Sequence[Poll], press: type[Look] | type[WhatNext]) -> Message | None:
    if not listed:
        return None
    rows = tuple((Button(poll.question, press(poll=poll.id)),) for poll in listed[:_MOST])
    return Message(paragraphs(bold(heading)), rows)


_MOST = 20  # polls in one list; the ones that close first


@router.press(Look)
async def look(turn: Turn, press: Look) -> Outcome:
    """Show a poll to whoever belongs to its community: to its organisers with turnout and links."""
    standing = await visible(turn, press.poll)
    belongs = await communities.membership(turn.session, turn.resident, standing.community.id)
    outcome = turn.say(letters.question(standing, turn.tongue))
    if belongs is not None and belongs.role == "organiser":
        links = dict(turn.links(standing.poll.code, standing.community.slug))
        return outcome.say(letters.for_organiser(standing, turn.tongue, links))
    return outcome


async def visible(turn: Turn, poll_id: int) -> Standing:
    """The poll, if the resident belongs to its community."""
    poll = await turn.session.get(Poll, poll_id)
    if poll is None or await communities.membership(turn.session, turn.resident, poll.community_id) is None:
        raise Refused(N_("I do not know this poll."))
    return await polls.standing(turn.session, poll, of=turn.resident)
