"""What is asked about somebody's words wherever they are written: before an emergency can wait for a report, and before
everybody can read what may be about a private person."""

from hashlib import blake2b
from typing import Any

from markupsafe import Markup

from bot.conversation.flow import Ask, choice
from bot.conversation.turn import Turn
from bot.letters.reporting import reporting as letters
from bot.message import Place
from bot.services.community import communities
from bot.services.reporting import guessing, naming
from handlers.reporting import report_steps as steps

CALM = 8  # words that were no emergency, of which a talk knows that

ALONG: dict[str, Any] = {"encloses": steps.picture, "several": True}
"""Pictures may be sent with any answer; those of an album come one by one, whatever is asked meanwhile."""


async def emergency(
    ask: Ask, turn: Turn, said: str, place: Place | None = None, *, name: str = "emergency"
) -> None:
    """What cannot wait for a report: first the number to call, which may be another one at this place, or where their
    community is. Asked once under a `name`. The same words at the same place are looked at once in a talk."""
    about = _mark(said, place)
    calm: list[str] = ask.given.get("calm", [])
    if not said or about in calm:
        return
    call = await number_to_call(turn, said, place)
    if call is None:
        ask.given["calm"] = [*calm, about][-CALM:]
        return
    go_on = [("on", turn._("Go on with the report"))]
    await ask(name, choice(call, go_on, **ALONG))


def _mark(said: str, place: Place | None) -> str:
    where = "" if place is None else f"{place.lat},{place.long}"
    return blake2b(f"{where}\0{said}".encode(), digest_size=8).hexdigest()


async def number_to_call(turn: Turn, said: str, place: Place | None = None) -> Markup | None:
    """The same as words, for where nothing can be asked."""
    if not said:
        return None
    if place is None:
        mine = await communities.of(turn.session, turn.resident)
        lat, long = (mine[0].community.lat, mine[0].community.long) if mine else (None, None)
    else:
        lat, long = place.lat, place.long
    found = await guessing.emergency(turn.session, said, lat, long)
    return None if found is None else letters.emergency(found, turn.tongue)


async def private(ask: Ask, turn: Turn, said: str) -> str | None:
    """Words that may be about a private person are asked about before everybody can read them: `anew`, `inside` (only
    those in charge may), `public`, or None where there is nothing to ask."""
    found = naming.private_matters(said)
    if not found:
        return None
    offers = [
        ("anew", turn._("Write it anew")),
        ("inside", turn._("Only those in charge may read it")),
        ("public", turn._("Leave it like that")),
    ]
    return await ask("private", choice(letters.private(found, turn.tongue), offers, **ALONG))


def leads_to_somebody(said: str) -> bool:
    """Whether these words would be asked about."""
    return bool(naming.private_matters(said))
