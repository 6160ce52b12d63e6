"""One person in two places: /link shows a code in one, /link CODE in the other makes them one."""

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.i18n import N_
from bot.letters.markup import code, lines, paragraphs
from bot.services.people import joining

router = Router()


@router.command("link", words=N_("link"), about=N_("Use me in two places as one person"))
async def link(turn: Turn, rest: str) -> Outcome:
    """Without a code: show one. With the other place's code: become one person."""
    if rest.strip():
        await joining.join(turn.session, rest, by=turn.resident, now=turn.now)
        return turn.say(turn._("Done. Both places are you now, and you are counted once."))
    shown = await joining.offer(turn.session, turn.resident, now=turn.now)
    how = turn._("Open the other place where you write to me, and send this there within ten minutes:")
    return turn.say(paragraphs(how, lines([code(f"/link {shown}")]), turn._("Show it to nobody else.")))
