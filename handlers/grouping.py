"""Group chats: /here asks a community's questions in a group too, /nothere ends it."""

from bot import i18n
from bot.conversation.flow import Ask
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters import groups as letters
from bot.models import Resident
from bot.services import communities, groups
from handlers.asking import the_only_one, which_community

router = Router()


@router.command("here", words=N_("here"), about=N_("Ask in a group chat too"), role="organiser", groups=True)
async def here(turn: Turn, rest: str) -> Outcome:
    """In a group: connect it. In private: a line to send in a group, for those who are not known there."""
    if turn.incoming.group:
        asked = await groups.understood(turn.session, rest, by=_themselves(turn), now=turn.now)
        await groups.connect(turn.session, turn.address, asked, now=turn.now)
        return turn.say(letters.connected(asked.community, i18n.tongue(turn.address.language or i18n.SOURCE)))
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can bring their community's questions into a group chat."))
    return turn.begin("here", answers=the_only_one(organised))


@router.flow("here", casual=True)
async def make_a_code(ask: Ask, turn: Turn) -> Outcome:
    """For the one community somebody organises, or the one they choose."""
    community = await which_community(ask, turn)
    code = await groups.offer(turn.session, community, by=turn.resident, now=turn.now)
    return turn.edit(letters.how_to_connect(community, code, turn.tongue, spoken=i18n.available()))


@router.command(
    "nothere", words=N_("not here"), about=N_("Stop asking in a group chat"), role="organiser", groups=True
)
async def not_here(turn: Turn, rest: str) -> Outcome:
    """In a group: its questions go, and no more come."""
    if not turn.incoming.group:
        raise Refused(N_("Send this in the group chat that I shall leave in peace. Or take me out of it."))
    organiser = _themselves(turn)
    if organiser is None:
        raise Refused(
            N_(
                "I cannot see who you are while you write as the group. Write from your own account, or take me out "
                "of the group."
            )
        )
    gone = await groups.disconnect(turn.session, turn.address, rest, by=organiser, now=turn.now)
    return turn.say(letters.disconnected(gone, i18n.tongue(turn.address.language or i18n.SOURCE)))


def _themselves(turn: Turn) -> Resident | None:
    """Who did it; None for an administrator who hides behind the group."""
    return None if turn.incoming.sender == turn.incoming.chat else turn.resident
