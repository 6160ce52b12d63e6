"""The words of group chats for organisers in private: a question that was asked in one, and the groups there are."""

from collections.abc import Sequence
from datetime import datetime

from bot import i18n
from bot.i18n import Tongue
from bot.letters.markup import bold, code, lines, opening, paragraphs
from bot.letters.polling.poll_desk import AskEveryone, everyone_too
from bot.letters.polling.polls import Look
from bot.message import Button, Message
from bot.models import Community, Poll, Standing
from bot.press import Press

Groups = Sequence[tuple[int, datetime, str | None]]
"""Connected groups: number, since when, and the language that is spoken there."""


class MembersAsk(Press, code="gm"):
    """Everybody may ask in the community's groups, or (`allowed` is 0) its organisers only."""

    community: int
    allowed: int


class LeaveGroup(Press, code="gx"):
    """Ask a community's questions no more in a group; `sure` is 1 on the second tap."""

    community: int
    group: int
    sure: int


def asked_here(standing: Standing, tongue: Tongue, links: dict[str, str | None]) -> Message:
    """For the organiser, right after asking in a group: the links to pass on, and the way to everyone."""
    poll = standing.poll
    there = tongue._("It is asked in the group chat now, and nowhere else.")
    closes = tongue._("It closes {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone))
    pass_on = tongue._("Pass these links on, so that others can answer too:")
    addresses = [code(link) for link in links.values() if link]
    manage = (Button(tongue._("How it stands"), Look(poll=poll.id)),)
    text = paragraphs(bold(poll.question), lines([there, closes]), lines([pass_on, *addresses]))
    return Message(text, (manage, *everyone_too(standing, tongue)))


def sure_to_ask_everyone(poll: Poll, community: Community, people: int, tongue: Tongue) -> Message:
    """Before it goes to everyone: how many that are."""
    audience = tongue.n_(
        "{n} person in {community} will get it.",
        "{n} people in {community} will get it.",
        people,
        community=community.name_in(tongue.code),
    )
    send = Button(tongue._("Send"), AskEveryone(poll=poll.id, sure=1))
    return Message(paragraphs(bold(poll.question), audience), ((send,),))


def connected_groups(community: Community, groups: Groups, asked: Sequence[Poll], tongue: Tongue) -> Message:
    """The groups of a community, whether everybody may ask there, and what is asked in groups only."""
    name = community.name_in(tongue.code)
    heading = bold(tongue._("Group chats of {community}", community=name))
    if not groups:
        none = tongue._(
            "There is none yet. Let me into a group that you look after, and send /connect there."
        )
        return Message(paragraphs(heading, none))
    listed = [
        opening(
            tongue._(
                "Group {number}: since {day}, in {language}",
                number=number,
                day=tongue.day(since, community.zone),
                language=i18n.tongue(spoken or i18n.SOURCE).name,
            ),
            rtl=tongue.rtl,
        )
        for number, (_, since, spoken) in enumerate(groups, 1)
    ]
    may = tongue._("Everybody in these groups can ask a question there, one at a time.")
    may_not = tongue._("Only organisers can ask questions there.")
    allow, forbid = tongue._("Let everybody ask there"), tongue._("Let only organisers ask there")
    allowed = community.members_ask
    change = Button(
        forbid if allowed else allow, MembersAsk(community=community.id, allowed=int(not allowed))
    )
    leave = [
        (
            Button(
                tongue._("Leave group {number}", number=number),
                LeaveGroup(community=community.id, group=group, sure=0),
            ),
        )
        for number, (group, _, _) in enumerate(groups, 1)
    ]
    looks = [(Button(poll.question, Look(poll=poll.id)),) for poll in asked]
    there = tongue._("What is asked in groups only just now stands below; tap to see it.") if asked else None
    names = tongue._("I keep no names of groups.")
    text = paragraphs(heading, lines([*listed, names]), may if allowed else may_not, there)
    return Message(text, (*looks, (change,), *leave))


def sure_to_leave(community: Community, group: int, since: datetime, tongue: Tongue) -> Message:
    """Leave that group, really?"""
    ask = tongue._(
        "Leave the group that has been connected since {day}? Questions of {community} lose their buttons there.",
        day=tongue.day(since, community.zone),
        community=community.name_in(tongue.code),
    )
    yes = Button(tongue._("Yes, leave"), LeaveGroup(community=community.id, group=group, sure=1))
    return Message(ask, ((yes,),))
