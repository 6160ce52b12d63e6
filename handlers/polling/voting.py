"""Answering polls: a tap on a choice, the list of open polls, and a poll opened by its link."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot import kinds
from bot.conversation.flow import Ask, words
from bot.conversation.offering import Offer
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_, tongue
from bot.letters.markup import bold, paragraphs
from bot.letters.people import people as people_letters
from bot.letters.polling import poll_desk
from bot.letters.polling import polls as letters
from bot.letters.polling.poll_desk import WhatNext
from bot.letters.polling.polls import Look, Proof, Vote
from bot.message import Button, Message, Tap
from bot.models import Poll, Resident, Standing
from bot.services.community import communities
from bot.services.people import residents
from bot.services.polling import closing, polls, reading, sealing, series, successors, suggesting, whom
from bot.services.taking_part import turnout

router = Router()


async def _look_ahead(session: AsyncSession, wishes: Sequence[tuple[Resident, Vote]]) -> None:
    await polls.look_ahead(session, [(press.poll, resident) for resident, press in wishes])


@router.press(Vote, look_ahead=_look_ahead)
async def vote(turn: Turn, press: Vote) -> Outcome:
    """A tap counts at once; the first one ever is also the consent, and leads on to three short questions."""
    wish = turn.written if press.choice == kinds.WRITE else press.choice
    if wish is None:
        if await turn.session.get(Poll, press.poll) is None:
            return await _as_it_is_now(turn, press.poll, Refused(successors.UNKNOWN))
        return turn.begin("answer", poll=press.poll)
    try:
        standing = await polls.cast(
            turn.session,
            press.poll,
            wish,
            by=turn.resident,
            now=turn.now,
            source=turn.incoming.source,
        )
    except Refused as no:
        return await _as_it_is_now(turn, press.poll, no)
    agree(turn)
    noted = turn.toast(counted(turn, standing))
    if turn.incoming.group or turn.incoming.by_link:
        return noted.hushed() if turn.written else noted
    outcome = noted.edit(letters.question(standing, turn.tongue))
    if turn.resident.greeted_at is None and turn.address.talk is None:
        turn.resident.greeted_at = turn.now
        return outcome.begin("hello", community=standing.community.id)
    return outcome


async def _as_it_is_now(turn: Turn, poll_id: int, no: Refused) -> Outcome:
    """A question was changed before this answer came: it counts for nothing, and the new question is shown."""
    poll = await successors.of(turn.session, poll_id)
    if poll is None:
        raise no
    await whom.require(turn.session, poll, turn.resident)
    why = turn._("This question was just changed, so that was not counted. Please answer it as it is now.")
    outcome = turn.toast(why) if isinstance(turn.incoming.what, Tap) else turn.say(why).hushed()
    if turn.incoming.group or turn.incoming.by_link:
        return outcome
    standing = await polls.standing(turn.session, poll, of=turn.resident)
    return outcome.edit(letters.question(standing, turn.tongue, privacy=_privacy(turn)))


def _privacy(turn: Turn) -> Markup | None:
    return turn._(people_letters.KEPT) if residents.newcomer(turn.resident) else None


def agree(turn: Turn) -> None:
    """A first answer is the consent; it is recorded as it was said."""
    # A group has seen the sentence in its own language.
    shown = tongue(turn.address.language) if turn.address.language else turn.tongue
    residents.agreed(
        turn.session, turn.resident, str(shown._(people_letters.KEPT)), language=shown.code, now=turn.now
    )


def counted(turn: Turn, standing: Standing) -> Markup:
    """In a group no message shows what of several taps has come: the note under the tap does."""
    kind, form = kinds.named(standing.poll.kind), standing.poll.form
    if not (turn.incoming.group and kind.steps):
        return turn._("Counted. Thank you.")
    said = kind.said(form, standing.mine, turn.tongue)
    return turn._("Counted: {answer}", answer=said if len(said) <= _NOTE else said[: _NOTE - 1] + "…")


_NOTE = 150  # characters of an answer in the note under a tap


@router.flow("answer")
async def answer_in_words(ask: Ask, turn: Turn) -> Outcome:
    """Words that somebody writes as their answer."""
    poll = await turn.session.get(Poll, ask.given["poll"])
    if poll is None:
        return await _as_it_is_now(turn, ask.given["poll"], Refused(successors.UNKNOWN))
    kind = kinds.named(poll.kind)
    prompt = paragraphs(bold(poll.question), turn._("Write your answer."), kind.rule(poll.form, turn.tongue))
    text = await ask("text", words(prompt, lambda text: kind.write(poll.form, text)))
    source = turn.incoming.source
    standing = await polls.cast(turn.session, poll.id, text, by=turn.resident, now=turn.now, source=source)
    agree(turn)
    return turn.edit(letters.question(standing, turn.tongue)).hushed()


async def open_poll(turn: Turn, poll: Poll, *, source: str | None = None) -> Outcome:
    """Somebody came by a poll's link, or by one that says where it hung (`source`)."""
    standing = await polls.opened(
        turn.session,
        poll,
        by=turn.resident,
        source=source or turn.incoming.source or poll.code,
        rehearsal=turn.rehearsal,
    )
    standing = await reading.with_words(turn.session, standing)
    return turn.say(letters.question(standing, turn.tongue, privacy=_privacy(turn)))


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


@router.press(Proof)
async def receipt(turn: Turn, press: Proof) -> Outcome:
    """A code that finds one's own answer in the list after the close; shown in the place of the question."""
    standing = await visible(turn, press.poll)
    if press.again:
        return turn.edit(letters.question(standing, turn.tongue, receipts=True))
    given = await sealing.receipt_for(turn.session, standing.poll, turn.resident)
    return turn.edit(letters.receipt(standing, given, turn.tongue))


async def _offered(session: AsyncSession, resident: Resident, press: Look, now: datetime) -> Offer:
    """A poll as it is before anybody has answered it, or its result. What takes several taps is answered in a chat,
    which shows them."""
    poll = await session.get(Poll, press.poll) or await successors.of(session, press.poll)
    if poll is None:
        raise Refused(successors.UNKNOWN)
    await whom.require(session, poll, resident)
    standing = await polls.standing(session, poll, of=resident)
    if poll.closed_at is None:
        standing = replace(standing, mine=None, counts=None)
    spoken, kind = tongue(resident.language), kinds.named(poll.kind)
    asked = letters.question(standing, spoken, privacy=spoken._(people_letters.KEPT))
    shown = poll.closed_at is None and not kind.steps
    rows = letters.buttons(poll, spoken, mine=None, shared=True) if shown else ()
    return Offer(replace(asked, rows=rows), N_("Your answer") if kind.writes else None)


@router.press(Look, offers=_offered)
async def look(turn: Turn, press: Look) -> Outcome:
    """Show a poll to whoever belongs to its community: to its organisers with turnout and links."""
    standing = await visible(turn, press.poll)
    belongs = await communities.membership(turn.session, turn.resident, standing.community.id)
    outcome = turn.say(letters.question(standing, turn.tongue, receipts=True))
    if belongs is not None and belongs.role == "organiser":
        links = dict(turn.links(standing.poll.code, standing.community.slug))
        full = await polls.standing(turn.session, standing.poll, of=turn.resident, organiser=True)
        full = await reading.with_words(turn.session, full)
        full = replace(full, came=await turnout.came(turn.session, standing.poll))
        full = replace(full, series=await series.of(turn.session, full.poll, organiser=True))
        names = await polls.who_chose(turn.session, standing.poll)
        new = await reading.unread(turn.session, standing.poll)
        more = await suggesting.waiting(turn.session, standing.poll) if standing.poll.grows else 0
        return outcome.say(
            poll_desk.for_organiser(full, turn.tongue, links, names=names, unread=new, suggested=more)
        )
    return outcome


async def visible(turn: Turn, poll_id: int) -> Standing:
    """The poll, if the resident belongs to its community."""
    poll = await turn.session.get(Poll, poll_id) or await successors.of(turn.session, poll_id)
    if poll is None or await communities.membership(turn.session, turn.resident, poll.community_id) is None:
        raise Refused(successors.UNKNOWN)
    standing = await polls.standing(turn.session, poll, of=turn.resident)
    return await reading.with_words(turn.session, standing)
