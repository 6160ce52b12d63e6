"""What comes along with a turn: a picture, a document, an album whose things come one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.conversation import flow as flows
from bot.conversation.flow import Again, Answer, Ask, Waiting
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.message import Attached, Odd, Place

Talk = dict[str, Any]


def came(router: Router, turn: Turn, what: Attached | Odd) -> None:
    """Note in the turn what came with it. To a command that takes one only, an album is as good as a film."""
    if isinstance(what, Odd):
        turn.enclosed = what.kind
    elif turn.incoming.album and what.command and not router.takes_several(what.command.name):
        turn.enclosed = flows.ALBUM
    else:
        turn.enclosed, turn.beside = what.media, flows.more_along({}, sent(turn, what))


async def leads_away(router: Router, turn: Turn, talk: dict[str, Any]) -> bool:
    """Whether somebody in a casual talk sent a picture or a place that its question does not ask for: they have
    something else in mind. The flow runs up to its question once more, which only reads."""
    what, entry = turn.incoming.what, router.flows[talk["flow"]]
    if not entry.casual or not isinstance(what, Attached | Place):
        return False
    try:
        await entry.function(Ask(dict(talk["given"]), dict(talk["answers"])), turn)
    except Waiting as wait:
        return (
            not wait.prompt.message.wants_place if isinstance(what, Place) else wait.prompt.encloses is None
        )
    except Again:
        return False
    return False


def sent(turn: Turn, what: Attached) -> Answer:
    """What somebody sent, as an answer. Of an album the words below the first count, which stand for all of it."""
    answer: Answer = {"words": "" if turn.further else what.text, "media": what.media.as_json()}
    if what.place is not None:
        answer["place"] = [what.place.lat, what.place.long]
    return answer if turn.incoming.album is None else {**answer, flows.ALBUM: turn.incoming.album}


def more_aside(turn: Turn, what: Attached, aside: dict[str, Any]) -> dict[str, Any]:
    """The same for what waits until somebody has decided to leave what they are in the middle of."""
    try:
        if "given" in aside:
            return {**aside, "given": flows.more_along(aside["given"], sent(turn, what))}
        return flows.more_along(aside, sent(turn, what))
    except Refused:
        return aside


def noted(turn: Turn, before: Talk, said: tuple[Outcome, Talk | None]) -> tuple[Outcome, Talk | None]:
    """Where one more thing came and the same question waits as before, it is not asked once more: only how many there
    are by now is said below it."""
    _, after = said
    what = turn.incoming.what
    if after is None or before.get("aside") or not isinstance(what, Attached) or what.text.strip():
        return said
    same = all(before.get(name) == after[name] for name in ("waiting", "asked"))
    n = _how_many(after)
    if not same or n <= _how_many(before):
        return said
    so_far = turn.n_(
        "I have it. Send more, or answer the question above.",
        "I have {n} of them now. Send more, or answer the question above.",
        n,
    )
    if turn.incoming.album is not None:  # the others of it come without a word
        so_far = turn._("I have them. Send more, or answer the question above.")
    return turn.say(so_far), {**after, "noted": True}


def _how_many(talk: Talk) -> int:
    """Things that came along where several are taken, or the one that the flow was begun with."""
    given = talk["given"]
    return len(given.get("enclosures") or [one for one in [given.get("enclosed")] if one is not None])


def in_sight(before: Talk, said: tuple[Outcome, Talk | None]) -> tuple[Outcome, Talk | None]:
    """What comes of a tap on a question that stands above such a note goes below it, where they see it."""
    outcome, after = said
    if not before.get("noted"):
        return said
    parts = tuple(("send" if action == "edit" else action, message) for action, message in outcome.parts)
    return replace(outcome, parts=parts), after and {**after, "noted": False}
