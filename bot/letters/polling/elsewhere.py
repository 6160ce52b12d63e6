"""The words of a question that somebody shows in a chat that we are not in; and what is offered to be shown."""

from bot.i18n import Tongue
from bot.letters.polling import groups
from bot.letters.polling.polls import Vote
from bot.message import Button, Message
from bot.models import Standing
from bot.press import Press

ARRIVING = "_join"
"""The code of those who come without one, where a way in must have some; no poll or community can be called so."""


class VoteThere(Press, code="vi", groups=True):
    """A tap on a choice under such a question; `language` is the one in which it was shown first."""

    poll: int
    choice: int
    language: str


class Shown(Press, code="si", groups=True):
    """Somebody has shown this question in another chat."""

    poll: int
    language: str


def question(standing: Standing, tongue: Tongue) -> Message:
    """The question as everybody there sees it, which is as a group does."""
    drawn = groups.question(standing, tongue)
    rows = tuple(
        tuple(
            Button(
                one.label,
                VoteThere(poll=one.press.poll, choice=one.press.choice, language=tongue.code),
            )
            for one in row
            if isinstance(one.press, Vote)
        )
        for row in drawn.rows
    )
    return Message(drawn.text, rows)


def about(standing: Standing, tongue: Tongue) -> str:
    """Whose question it is, for whoever chooses among several."""
    said = tongue._(
        "{community}. It closes {moment}.",
        community=standing.community.name_in(tongue.code),
        moment=tongue.moment(standing.poll.closes_at, standing.community.zone),
    )
    return str(said.unescape())
