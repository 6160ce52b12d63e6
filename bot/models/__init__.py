"""The tables, one module a subject; importing this package knows them all."""

from bot.models.base import Base
from bot.models.broadcasts import Broadcast, Enclosure, Following
from bot.models.communities import ROLES, Community, Invitation, Membership, Portrait, SentPortrait
from bot.models.delivery import STATES, UNSENT, Envelope, Letter, Mailing, Progress, Seen
from bot.models.files import File
from bot.models.groups import Board, GroupChat, GroupCode
from bot.models.links import DIRECT, LINK_KINDS, PASSED_ON, Came, Link, Poster, Reckoning, Turnout
from bot.models.mail import HeldMail, Mailbox
from bot.models.people import Address, Consent, LinkCode, Resident
from bot.models.polls import (
    A_PART,
    AREA,
    EVERYONE,
    GROUP,
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
    "A_PART",
    "DIRECT",
    "EVERYONE",
    "GROUP",
    "INTEREST",
    "LINK_KINDS",
    "ORGANISERS",
    "OUTCOME_WITHIN",
    "PASSED_ON",
    "ROLES",
    "STATES",
    "UNSENT",
    "Address",
    "Ballot",
    "Base",
    "Board",
    "Broadcast",
    "Came",
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
    "HeldMail",
    "Invitation",
    "Letter",
    "Link",
    "LinkCode",
    "Mailbox",
    "Mailing",
    "Membership",
    "Participation",
    "Poll",
    "Portrait",
    "Poster",
    "Progress",
    "Reckoning",
    "Reminder",
    "Resident",
    "Rewritten",
    "Rules",
    "Seen",
    "SentPortrait",
    "Standing",
    "Suggestion",
    "Tally",
    "Tick",
    "Turnout",
    "WebLine",
    "WebSeal",
    "WebSession",
]
