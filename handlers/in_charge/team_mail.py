"""Answers by e-mail to letters about reports: to everyone concerned, or as a note for colleagues."""

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge import team_mail as letters
from bot.message import Reply
from bot.services.answering import casework, team_mail
from bot.services.reporting import report_views, reports

router = Router()

NO_REPLIES = N_("I cannot tell which report you answer. Please answer the mail about it, or open its link.")


@router.unprompted(Reply)
async def replied(turn: Turn, reply: Reply) -> Outcome:
    """Whoever may act for the report's team has answered one of our letters about it."""
    made = await reports.found(turn.session, turn.incoming.about or "")
    if made is None:
        raise Refused(NO_REPLIES)
    if not await team_mail.colleague(turn.session, made, turn.resident, reply.to, now=turn.now):
        raise Refused(N_("This report is not with your team any more, so your answer was not passed on."))
    view, text = await report_views.of(turn.session, made), reply.text.strip()
    if not text:
        return turn.say(letters.pictured(view, turn.tongue))
    if (note := team_mail.for_colleagues(text)) is not None:
        await casework.note(turn.session, made.id, note, by=turn.resident, now=turn.now)
        return turn.say(letters.noted(view, turn.tongue))
    await casework.answer(turn.session, made.id, text, by=turn.resident, now=turn.now, media=reply.media)
    return turn.say(letters.answered(view, text, turn.tongue))
