"""The tables, one module a subject; importing this package knows them all."""

from bot.models.base import Base
from bot.models.broadcasts import Broadcast, Enclosure, Following
from bot.models.communities import ROLES, Community, Invitation, Membership
from bot.models.delivery import STATES, UNSENT, Envelope, Letter, Mailing, Progress, Seen
from bot.models.files import File
from bot.models.groups import Board, GroupChat, GroupCode
from bot.models.people import Address, Consent, LinkCode, Resident
from bot.models.polls import (
    AREA,
    EVERYONE,
    INTEREST,
    ORGANISERS,
    OUTCOME_WITHIN,
    Ballot,
    Participation,
    Poll,
    Rewritten,
    Rules,
    Standing,
    Suggestion,
    Tally,
)
from bot.models.promises import FollowUp, Reminder
from bot.models.records import Deed, Fact, Tick
from bot.models.webchat import WebLine, WebSeal, WebSession

__all__ = [
    "AREA",
    "EVERYONE",
    "INTEREST",
    "ORGANISERS",
    "OUTCOME_WITHIN",
    "ROLES",
    "STATES",
    "UNSENT",
    "Address",
    "Ballot",
    "Base",
    "Board",
    "Broadcast",
    "Community",
    "Consent",
    "Deed",
    "Enclosure",
    "Envelope",
    "Fact",
    "File",
    "FollowUp",
    "Following",
    "GroupChat",
    "GroupCode",
    "Invitation",
    "Letter",
    "LinkCode",
    "Mailing",
    "Membership",
    "Participation",
    "Poll",
    "Progress",
    "Reminder",
    "Resident",
    "Rewritten",
    "Rules",
    "Seen",
    "Standing",
    "Suggestion",
    "Tally",
    "Tick",
    "WebLine",
    "WebSeal",
    "WebSession",
]
