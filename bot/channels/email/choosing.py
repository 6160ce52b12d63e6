"""A page that offers everything there is to choose: no address says what was chosen, and nobody is shown it again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from markupsafe import Markup

from bot.channels.email.markup import headed
from bot.channels.email.office import Office, There
from bot.channels.email.stamps import Link, mark
from bot.conversation.offering import Offer
from bot.errors import BadPress
from bot.models import Address


@dataclass(frozen=True, slots=True)
class Choosable:
    """One button: its name on the page, what it presses, and its label."""

    mark: str
    payload: str
    label: str


async def offer(at: Office, link: Link, there: There) -> Offer | None:
    """What the link offers now; None where it leads to nothing any more. Raises Refused."""
    async with at.database.reading() as session:
        address = await session.get_one(Address, there.number)
        await session.refresh(address, ["resident"])
        if address.resident is None:
            return None
        try:
            return await at.offered(session, address.resident, link.payload, at.clock())
        except BadPress:
            return None


def choosable(offered: Offer) -> list[Choosable]:
    """The buttons."""
    buttons = [button for row in offered.message.rows for button in row]
    return [Choosable(mark(one.payload), one.payload, one.label) for one in buttons if one.payload]


def told(offered: Offer, there: There) -> dict[str, object]:
    """What the page needs: `once` tells a press from the same press sent twice."""
    title, rest = headed(str(offered.message.text), rtl=there.tongue.rtl)
    return {
        "title": title or ("auto", Markup("")),
        "paragraphs": rest,
        "choices": choosable(offered),
        "asks": offered.asks,
        "once": secrets.token_hex(8),
        "email": there.email,
    }
