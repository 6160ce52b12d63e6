"""Following a report without having the problem oneself, and leaving it again."""

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.letters.people import people
from bot.letters.reporting.report_following import Follow
from bot.letters.reporting.report_presses import See
from bot.message import Button
from bot.services.people import residents
from bot.services.reporting import report_following

router = Router()


@router.press(Follow)
async def follow(turn: Turn, press: Follow) -> Outcome:
    """Hear what comes of it, or no more."""
    if not press.on:
        await report_following.leave(turn.session, press.report, by=turn.resident, now=turn.now)
        return turn.say(turn._("You hear no more of this report."))
    made = await report_following.follow(turn.session, press.report, by=turn.resident, now=turn.now)
    residents.agreed(turn.session, turn.resident, str(turn._(people.KEPT)), now=turn.now)
    see = Button(turn._("See the report"), See(report=made.id))
    return turn.say(turn._("You follow this report. You hear what comes of it."), (see,))
