"""Asking once more what was asked before: from how it came out, or from the list that /again shows."""

from collections.abc import Sequence

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import again as letters
from bot.letters.polling.again import Again, Earlier
from bot.models import EVERYONE, GROUP, Community, Poll
from bot.services.community import communities
from bot.services.polling import series
from handlers.polling import forms

router = Router()


@router.press(Again)
async def ask_it_again(turn: Turn, press: Again) -> Outcome:
    """The same talk as for a new question, with all of it filled in; what has passed is asked anew."""
    poll = await series.repeatable(turn.session, press.poll, by=turn.resident)
    community = await turn.session.get_one(Community, poll.community_id)
    answers, decided = forms.filled(poll, now=turn.now)
    closes = series.as_long(poll, community.zone, now=turn.now)
    answers["closes"] = {"moment": closes.isoformat()}
    if poll.whom == GROUP:  # asked in private it is everyone's, unless they decide otherwise
        answers["whom"] = {"whom": EVERYONE}
    return turn.begin("poll", answers=answers, decided=decided, again=poll.id)


@router.command(
    "again", words=N_("again"), about=N_("Ask something once more that was asked before"), role="organiser"
)
async def asked_before(turn: Turn, rest: str) -> Outcome:
    """What was asked before in the communities that somebody organises, the newest first."""
    found, more = await _page(turn, None)
    if not found:
        return turn.say(turn._("Nothing was asked before. Send /poll to ask something."))
    return turn.say(letters.listed(found, turn.tongue, more=more))


@router.press(Earlier)
async def earlier(turn: Turn, press: Earlier) -> Outcome:
    """Those before them."""
    found, more = await _page(turn, press.before or None)
    if not found:
        raise Refused(N_("There is nothing before that."))
    return turn.edit(letters.listed(found, turn.tongue, more=more, first=not press.before))


async def _page(turn: Turn, before: int | None) -> tuple[Sequence[Poll], bool]:
    organised = [one.id for one in await communities.organised_by(turn.session, turn.resident)]
    if not organised:
        raise Refused(N_("Only organisers can ask a question again."))
    found = await series.earlier(turn.session, organised, before=before)
    return found[: series.A_PAGE], len(found) > series.A_PAGE
