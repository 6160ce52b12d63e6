"""Group chats: /connect ties one to a community, whose questions are asked there too; /disconnect ends it."""

from bot import i18n
from bot.conversation.flow import Ask
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.polling import group_desk
from bot.letters.polling import groups as letters
from bot.letters.polling.group_desk import LeaveGroup, MembersAsk
from bot.message import Message
from bot.models import Community, Resident
from bot.services.community import communities, groups
from bot.services.polling import group_polls
from handlers.polling.asking import the_only_one, which_community

router = Router()


@router.command(
    "connect",
    words=N_("connect"),
    about=N_("Ask in a group chat too"),
    role="organiser",
    groups=True,
    administrators=True,
)
async def connect(turn: Turn, rest: str) -> Outcome:
    """In a group: connect it. In private: a line to send in a group, for those who are not known there."""
    if turn.incoming.group:
        groups.require_administrator(turn.incoming.administers)
        asked = await groups.understood(turn.session, rest, by=_themselves(turn), now=turn.now)
        await groups.connect(turn.session, turn.address, asked, now=turn.now)
        return turn.say(letters.connected(asked.community, i18n.tongue(turn.address.language or i18n.SOURCE)))
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can bring their community's questions into a group chat."))
    return turn.begin("connect", answers=the_only_one(organised))


@router.flow("connect", casual=True)
async def make_a_code(ask: Ask, turn: Turn) -> Outcome:
    """For the one community somebody organises, or the one they choose."""
    community = await which_community(ask, turn)
    code = await groups.offer(turn.session, community, by=turn.resident, now=turn.now)
    return turn.edit(letters.how_to_connect(community, code, turn.tongue, spoken=i18n.available()))


@router.command(
    "disconnect", words=N_("disconnect"), role=None, groups=True
)  # /connect and /groups tell of it
async def disconnect(turn: Turn, rest: str) -> Outcome:
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


@router.command(
    "groups", words=N_("groups"), about=N_("Your group chats, and who may ask there"), role="organiser"
)
async def our_groups(turn: Turn, rest: str) -> Outcome:
    """The connected groups of a community."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can see that."))
    return turn.begin("groups", answers=the_only_one(organised))


@router.flow("groups", casual=True)
async def show_groups(ask: Ask, turn: Turn) -> Outcome:
    """For the one community somebody organises, or the one they choose."""
    return turn.edit(await _listed(turn, await which_community(ask, turn)))


async def _listed(turn: Turn, community: Community) -> Message:
    connected = await groups.connected(turn.session, community.id)
    asked = await group_polls.open_there(turn.session, community.id)
    return group_desk.connected_groups(community, connected, asked, turn.tongue)


@router.press(MembersAsk)
async def let_members_ask(turn: Turn, press: MembersAsk) -> Outcome:
    """Everybody in the groups may ask, or no more."""
    allowed = bool(press.allowed)
    community = await groups.let_members_ask(
        turn.session, press.community, allowed, by=turn.resident, now=turn.now
    )
    return turn.edit(await _listed(turn, community))


@router.press(LeaveGroup)
async def leave_group(turn: Turn, press: LeaveGroup) -> Outcome:
    """A group is left in peace, after the organiser has said so twice; it hears of it."""
    where = (press.community, press.group)
    community, since = await groups.link(turn.session, *where, by=turn.resident)
    if not press.sure:
        return turn.edit(group_desk.sure_to_leave(community, press.group, since, turn.tongue))
    await groups.leave(turn.session, *where, by=turn.resident, now=turn.now)
    return turn.edit(await _listed(turn, community))


def _themselves(turn: Turn) -> Resident | None:
    """Who did it; None for an administrator who hides behind the group."""
    return None if turn.incoming.sender == turn.incoming.chat else turn.resident
