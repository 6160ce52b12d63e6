"""What a turn means: a tap, a command, an answer to the flow under way, or something unprompted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import retention
from bot.conversation import along
from bot.conversation import flow as flows
from bot.conversation.flow import Again, Answer, Ask, Pick, Step, Waiting
from bot.conversation.router import FlowEntry, Router
from bot.conversation.turn import SILENCE, Outcome, Start, Turn
from bot.errors import BadPress, Refused
from bot.i18n import N_
from bot.message import (
    Attached,
    Blocked,
    Button,
    Command,
    Content,
    Media,
    Message,
    MovedTo,
    Odd,
    Place,
    Rows,
    Tap,
    Unblocked,
    Words,
)
from bot.press import Press

Talk = dict[str, Any]
Said = tuple[Outcome, Talk | None]
"""What comes of a turn, and the talk that is under way after it."""

PATIENCE = retention.age("talk")
OLD_BUTTON = N_("That button is from an earlier question. Please use the newest one.")
FORGED_BUTTON = N_("That button does not work any more. Send /help to see what you can do.")
UNKNOWN_COMMAND = N_("I do not know that one. Send /help to see what I can do.")
GIVEN_UP = N_("We had not talked about this for a while, so I put it away. You can start again any time.")
CHANGED = N_("This part has been renewed in the meantime. Please start it again.")
IN_PRIVATE = N_("Let us talk about this in private: open a chat with me and ask again there.")


async def respond(router: Router, turn: Turn) -> Said:
    """Answer one turn. Raises Refused; changes nothing but through services that handlers call."""
    talk = turn.address.talk
    stale = talk is not None and _stale(router, talk, turn.now)
    if stale and not turn.further and _answers(turn.incoming.what):
        return turn.say(turn._(stale)), None
    means = _more if turn.further else _meaning
    outcome, talk = await means(router, turn, None if stale and not turn.further else talk)
    if outcome.start is None:
        return outcome, talk
    return await _begin(router, turn, outcome, talk)


def _answers(what: Content) -> bool:
    """Whether it may have been meant as an answer."""
    return isinstance(what, Words | Place) or (isinstance(what, Attached) and what.command is None)


async def _meaning(router: Router, turn: Turn, talk: Talk | None) -> Said:
    what = turn.incoming.what
    if isinstance(what, Tap):
        return await _tapped(router, turn, talk, what)
    if isinstance(what, Command):
        return await _commanded(router, turn, talk, what)
    if talk is not None and await along.leads_away(router, turn, talk):
        talk = None
    if talk is not None and isinstance(what, Words | Place):
        given: Answer = {"words": what.text} if isinstance(what, Words) else {"place": [what.lat, what.long]}
        return await _answered(router, turn, talk, given)
    if isinstance(what, Words) and (spoken := router.spoken(what.text)):
        return await _commanded(router, turn, talk, Command(spoken.name))
    if turn.incoming.group and isinstance(what, Words | Place):
        raise Refused(IN_PRIVATE)  # what follows depends on who they are, which is nobody else's business
    if isinstance(what, Attached | Odd):
        along.came(router, turn, what)
        if what.command and router.encloses(what.command.name):
            return await _commanded(router, turn, talk, what.command)
    if talk is not None and isinstance(what, Attached):
        return await _answered(router, turn, talk, along.sent(turn, what))
    outcome = await router.contents[type(what)](turn, what)
    if talk is not None and outcome.parts and isinstance(what, Odd):
        # Something was sent that no flow reads: say so and ask again, rather than talk of other things.
        return await _answered(router, turn, talk, {"odd": what.kind})
    return outcome, None if isinstance(what, Blocked | MovedTo | Unblocked) else talk


async def _more(router: Router, turn: Turn, talk: Talk | None) -> Said:
    """One more of an album: it goes along without a word where the first one was taken, and else is as good as seen."""
    what, album = turn.incoming.what, turn.incoming.album
    if talk is None or not isinstance(what, Attached) or _stale(router, talk, turn.now):
        return SILENCE, talk
    aside: Talk = talk.get("aside") or {}
    waiting: Talk = aside.get("given", aside)
    if waiting.get(flows.ALBUM) == album:
        return SILENCE, {**talk, "aside": along.more_aside(turn, what, aside)}
    if talk["given"].get(flows.ALBUM) != album:
        return SILENCE, talk
    outcome, later = await _answered(router, turn, talk, along.sent(turn, what))
    if later is None or later["waiting"] != talk["waiting"]:
        return outcome, later
    return SILENCE, {**later, "aside": talk["aside"]}


async def _tapped(router: Router, turn: Turn, talk: Talk | None, tap: Tap) -> Said:
    try:
        press = _engine_press(tap.payload)
        if press is None:
            press, entry = router.tapped(tap.payload)
    except BadPress:
        raise Refused(FORGED_BUTTON) from None
    if isinstance(press, Pick):
        if talk is None or press.talk != talk["n"]:
            raise Refused(OLD_BUTTON)
        if press.question != talk["waiting"]:
            return SILENCE, talk  # the second half of a double tap
        return along.in_sight(talk, await _answered(router, turn, talk, {"pick": press.value}))
    if isinstance(press, Step):
        if talk is None or press.talk != talk["n"]:
            raise Refused(OLD_BUTTON)
        return along.in_sight(talk, await _stepped(router, turn, talk, press))
    if turn.incoming.group and not press.groups:
        raise Refused(IN_PRIVATE)
    outcome = await entry.handler(turn, press)
    # Whoever was forgotten meanwhile has no talk any more.
    return outcome, None if turn.address.talk is None else talk


def _engine_press(payload: str) -> Press | None:
    for kind in (Pick, Step):
        if payload.startswith(kind.code + ":"):
            return kind.unpack(payload)
    return None


async def _commanded(router: Router, turn: Turn, talk: Talk | None, command: Command) -> Said:
    entry = router.commands.get(command.name)
    if turn.incoming.group and entry is None:
        return SILENCE, talk  # it was meant for another bot in the group
    if turn.incoming.group and not (entry and entry.groups):
        raise Refused(IN_PRIVATE)
    if entry is None:
        raise Refused(UNKNOWN_COMMAND)
    if talk is None or command.name == "cancel" or talk.get("aside") or _entry(router, talk).casual:
        return await entry.handler(turn, command.rest), None
    aside: dict[str, Any] = {"command": command.name, "rest": command.rest}
    if turn.enclosed is not None:
        aside["enclosed"] = turn.enclosed if isinstance(turn.enclosed, str) else turn.enclosed.as_json()
        aside |= turn.beside
    return _leave_first(turn, talk, aside)


def _leave_first(turn: Turn, talk: Talk, aside: dict[str, Any]) -> Said:
    question = turn._("We are in the middle of something. Leave it, and lose what you wrote so far?")
    row = (
        Button(turn._("Leave it"), Step(talk=talk["n"], way="leave")),
        Button(turn._("Go on with it"), Step(talk=talk["n"], way="stay")),
    )
    return turn.edit(question, row), {**talk, "aside": aside}


async def _stepped(router: Router, turn: Turn, talk: Talk, step: Step) -> Said:
    if step.way == "cancel" and _entry(router, talk).casual:
        return turn.edit(turn._("All right. You can tell me any time with /me.")), None
    if step.way == "cancel":
        return turn.edit(turn._("All right, I dropped it. Nothing was sent.")), None
    if step.way == "back":
        kept = {name: answer for name, answer in talk["answers"].items() if name not in talk["trail"][-1:]}
        return await _replay(router, turn, {**talk, "answers": kept})
    aside = talk.get("aside")
    if step.way == "leave" and aside:
        if "command" in aside:
            entry = router.commands.get(aside["command"])
            if entry is None:
                raise Refused(UNKNOWN_COMMAND)
            along = aside.get("enclosed")
            turn.enclosed = Media.from_json(along) if isinstance(along, dict) else along
            turn.beside = {name: aside[name] for name in flows.ALONG if name in aside}
            return await entry.handler(turn, aside["rest"]), None
        return SILENCE.begin(aside["flow"], answers=aside["answers"], **aside["given"]), None
    return await _replay(router, turn, {**talk, "aside": None})


async def _begin(router: Router, turn: Turn, outcome: Outcome, talk: Talk | None) -> Said:
    """Begin the flow that the outcome asks for, after what it says."""
    start = outcome.start
    assert start is not None  # noqa: S101 - the caller looked
    outcome = replace(outcome, start=None)
    if turn.incoming.group:
        raise Refused(IN_PRIVATE)
    if talk is not None and router.flows[start.flow].casual:
        return outcome, talk
    if talk is not None and not _entry(router, talk).casual:
        aside = {"flow": start.flow, "given": dict(start.given), "answers": dict(start.answers)}
        asked, talk = _leave_first(turn, talk, aside)
    else:
        asked, talk = await _replay(router, turn, _new(turn, start), fresh=frozenset(start.answers))
    if any(action == "edit" for action, _ in outcome.parts):
        # What the handler put in the place of the tapped message stays there; the question comes after it.
        asked = replace(asked, parts=tuple(("send", m) if a == "edit" else (a, m) for a, m in asked.parts))
    return outcome + asked, talk


def _new(turn: Turn, start: Start) -> Talk:
    number = int(turn.now.timestamp() * 1000) % 1_000_000_000
    return {
        "flow": start.flow,
        "n": number,
        "given": dict(start.given),
        "answers": dict(start.answers),
        "known": sorted(start.answers),
        "trail": [],
        "waiting": None,
        "at": turn.now.isoformat(),
        "aside": None,
    }


async def _answered(router: Router, turn: Turn, talk: Talk, answer: Answer) -> Said:
    name = talk["waiting"]
    answers = {**talk["answers"], name: answer}
    put = {**talk, "answers": answers, "aside": None, "noted": False}
    return along.noted(turn, talk, await _replay(router, turn, put, fresh=frozenset({name})))


async def _replay(
    router: Router,
    turn: Turn,
    talk: Talk,
    *,
    fresh: frozenset[str] = frozenset(),
    complaint: Refused | None = None,
) -> Said:
    """Run the flow from its start until it is done or waits; returns what to say and the talk as it is then."""
    entry = _entry(router, talk)
    answers: dict[str, Answer] = dict(talk["answers"])
    given = dict(talk["given"])
    fresh |= frozenset(talk.get("unread", ()))
    for _ in range(_ENOUGH):
        ask = Ask(given, answers, fresh)
        try:
            return await entry.function(ask, turn), None
        except Again as again:
            answers = {name: answer for name, answer in answers.items() if name not in again.names}
            complaint = again.complaint or complaint
        except Waiting as wait:
            answers.pop(wait.name, None)
            known = [name for name in talk.get("known", ()) if name in answers]
            talk = {
                **talk,
                "given": given,
                "answers": answers,
                "known": known,
                "trail": [name for name in ask.met if name not in known],
                "unread": sorted(fresh & (answers.keys() - set(ask.met))),
                "waiting": wait.name,
                "asked": flows.mark(wait.prompt),
                "at": turn.now.isoformat(),
            }
            question = flows.shown(wait.prompt, talk, wait.name, _steps(turn, entry, talk))
            return _asked(turn, question, complaint or wait.complaint), talk
    raise RuntimeError(f"the flow {talk['flow']} goes round in circles")


def _asked(turn: Turn, question: Message, complaint: Refused | None) -> Outcome:
    """Where a message has buttons of its own or the one that shares a place, that one comes above, with words of its
    own; elsewhere both stand below the question."""
    if complaint is not None:
        reason = turn._(complaint.sentence, **complaint.holes)
        question = replace(question, text=reason + "\n\n" + question.text)
    if not question.wants_place:
        return turn.edit(question)
    share = turn._("You can share where you are with this button:")
    return turn.say(Message(share, wants_place=True, only_place=True)).say(question)


_ENOUGH = 20  # rounds of one replay; each follows an `ask.again`


def _steps(turn: Turn, entry: FlowEntry, talk: Talk) -> Rows:
    back = Button(turn._("Back"), Step(talk=talk["n"], way="back"))
    label = turn._("Not now") if entry.casual else turn._("Cancel")
    cancel = Button(label, Step(talk=talk["n"], way="cancel"))
    return ((back, cancel),) if talk["trail"] else ((cancel,),)


def _entry(router: Router, talk: Talk) -> FlowEntry:
    return router.flows[talk["flow"]]


def _stale(router: Router, talk: Talk, now: datetime) -> str | None:
    if talk["flow"] not in router.flows:
        return CHANGED
    return GIVEN_UP if now - datetime.fromisoformat(talk["at"]) > PATIENCE else None
