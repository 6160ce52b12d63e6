"""A kind's own questions within the talk in which a problem is reported: asked, known already, changed at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.conversation.flow import Ask, choice
from bot.conversation.turn import Turn
from bot.letters.reporting import reporting as letters
from bot.models import Community, Service
from bot.services.reporting import said_already
from handlers.reporting import report_steps as steps

Attribute = dict[str, Any]


async def questions(
    ask: Ask, turn: Turn, service: Service | None, community: Community, *, said: str, address: str | None
) -> dict[str, Any]:
    """The kind's own questions, in their order. What the words tell already is asked only where somebody wants to
    change it."""
    kept: dict[str, Any] = {}
    known = said_already.answers(service.attributes if service else (), said, address or "")
    for attribute in _asked(service):
        code = attribute["code"]
        if code in known and code not in ask.given.get("changing", ()):
            kept[code] = known[code]
            continue
        if attribute.get("datatype") == "multivaluelist":
            kept[code] = await _several(ask, turn, attribute, known.get(code, ()))
            continue
        picked = await ask(f"q-{code}", steps.question(turn, attribute, community))
        answer = steps.answer_of(attribute, picked)
        if answer is not None:
            kept[code] = answer
    return kept


async def change(ask: Ask, turn: Turn, service: Service | None, kept: Mapping[str, Any]) -> None:
    """Ask one of the questions once more; which one, where several have an answer."""
    answered = [one for one in _asked(service) if _is_answered(kept, one)]
    code = answered[0]["code"]
    if len(answered) > 1:
        offers = [
            (one["code"], letters.by_language(one.get("description", ""), turn.tongue)) for one in answered
        ]
        code = await ask("change", choice(turn._("Which answer do you want to change?"), offers))
    ask.given["changing"] = sorted({*ask.given.get("changing", ()), code})
    ask.again("send", "change", f"q-{code}")


def answers(
    turn: Turn, community: Community, service: Service | None, kept: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The questions that have an answer, with it, as they are read."""
    return [
        (
            letters.by_language(one.get("description", ""), turn.tongue),
            letters.answer(one, kept[one["code"]], turn.tongue, community.zone),
        )
        for one in _asked(service)
        if _is_answered(kept, one)
    ]


def _is_answered(kept: Mapping[str, Any], one: Attribute) -> bool:
    return kept.get(one["code"]) not in (None, "", [])


def _asked(service: Service | None) -> list[Attribute]:
    """All that there is to ask, in its order."""
    listed = service.attributes if service else ()
    return sorted((one for one in listed if one.get("variable", True)), key=lambda one: one.get("order", 0))


async def _several(ask: Ask, turn: Turn, attribute: Attribute, known: Sequence[str]) -> list[str]:
    name = f"q-{attribute['code']}"
    chosen: list[str] = list(ask.given.get(name, known))
    picked = await ask(name, steps.several(turn, attribute, chosen))
    if picked != "done":
        key = attribute["values"][int(picked.removeprefix("v."))]["key"]
        ask.given[name] = [one for one in chosen if one != key] if key in chosen else [*chosen, key]
        ask.again(name)
    return chosen
