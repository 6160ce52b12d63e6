"""Who took part in a poll, told to its organisers."""

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.crowd import FEWEST
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.links import TookPart
from bot.letters.markup import paragraphs
from bot.letters.polling import turnout as letters
from bot.models import Poll
from bot.services.polling import polls
from bot.services.taking_part import turnout

router = Router()


@router.press(TookPart)
async def who_took_part(turn: Turn, press: TookPart) -> Outcome:
    """How many were asked, reached and took part; and by day, by link and by part of town."""
    poll = await turn.session.get(Poll, press.poll)
    if poll is None:
        raise Refused(N_("I do not know this poll."))
    found = await turnout.report(turn.session, poll, by=turn.resident)
    standing = await polls.standing(turn.session, poll, of=turn.resident, organiser=True)
    to, whole = turn.tongue, standing.took_part
    days = [letters.step(one.first, one.last, one.people, whole, to) for one in found.days]
    sources = letters.by_link(found.told.get(turnout.SOURCES, {}), list(found.links), whole, to)
    areas = letters.by_area(found.told.get(turnout.AREAS, {}), whole, to)
    new = found.told.get(turnout.FIRST, {}).get(turnout.NEW)
    return turn.say(
        paragraphs(
            letters.heading(standing, to),
            letters.reached(
                None if found.reached is None else found.reached.took_part, unknown=found.unknown, tongue=to
            ),
            letters.part(to._("By day"), days),
            letters.part(to._("By link"), sources),
            letters.part(to._("By part of town"), areas),
            letters.first_time(new, standing.community.name_in(to.code), to) if new else None,
            letters.limits(FEWEST, closed=poll.closed_at is not None, tongue=to),
        )
    )
