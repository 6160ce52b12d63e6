"""Councillors of one area: for which somebody is invited."""

from collections.abc import Sequence
from typing import Protocol

from bot.i18n import Tongue
from bot.message import Button, Message
from bot.models import Body
from bot.press import Press

WARDS = 60  # areas to choose from in one message


class InviteFor(Press, code="fa"):
    """Invite a councillor for an area of a body; 0 is all of it."""

    body: int
    area: int


class Named(Protocol):
    """An area; see `services/in_charge/areas.py`."""

    @property
    def id(self) -> int: ...
    def name_in(self, language: str) -> str: ...


def which_ward(tongue: Tongue, body: Body, wards: Sequence[Named]) -> Message:
    """For which area shall the councillor be?"""
    each = sorted((one.name_in(tongue.code), one.id) for one in wards)[:WARDS]
    buttons = [Button(name, InviteFor(body=body.id, area=number)) for name, number in each]
    whole = Button(tongue._("All of {body}", body=body.name_in(tongue.code)), InviteFor(body=body.id, area=0))
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    said = tongue._("For which area? They hear of promises that are late there.")
    return Message(said, ((whole,), *pairs))
