"""What officers do at the desk that needs a few words or a day: answers, dates, ends, notes, questions."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot import lifecycle
from bot.conversation.flow import Ask, Prompt, Typed, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge.desk_past import Case
from bot.letters.in_charge.desk_presses import (
    Answer,
    AnswerAll,
    AskBack,
    Cannot,
    Inside,
    Mended,
    Note,
    NotMyTeam,
    NotOurs,
    Plan,
    SetDay,
    Shut,
)
from bot.letters.markup import bold, lines, paragraphs
from bot.message import Media
from bot.press import Press
from bot.services.answering import answer_templates, casework, desk_bulk, desk_cases
from bot.services.answering.answer_templates import Ready
from bot.services.reporting import hindrances
from handlers import days
from handlers.in_charge.desk import as_it_is, known, over, shown, way_back
from handlers.reporting import report_steps as steps

router = Router()

Step = Callable[[Ask, Turn, Case], Awaitable[Outcome]]

MOVES: dict[str, str] = {
    "plan": "planned",
    "day": "action_scheduled",
    "fixed": "fixed",
    "cannot": "unable_to_fix",
    "not_ours": "not_responsible",
    "inside": "internal_referral",
    "shut": "closed",
}
"""Act → the state that it brings a report into."""

_ACTS: tuple[tuple[type[Press], str], ...] = (
    (Answer, "answer"),
    (AskBack, "ask"),
    (Note, "note"),
    (Plan, "plan"),
    (SetDay, "day"),
    (Mended, "fixed"),
    (Cannot, "cannot"),
    (NotOurs, "not_ours"),
    (NotMyTeam, "not_my_team"),
    (Inside, "inside"),
    (Shut, "shut"),
    (AnswerAll, "all"),
)


def _begins(kind: type[Press], act: str) -> None:
    @router.press(kind)
    async def begin(turn: Turn, press: Any) -> Outcome:
        """Look whether it can be done, and ask what has to be said."""
        try:
            await _possible(turn, press.report, act)
        except Refused as no:
            return turn.refusal(no) + await as_it_is(turn, press.report)
        answers = known(turn, **({"send": {"pick": "send"}} if act in ("answer", "all") else {}))
        return turn.begin("desk", answers=answers, act=act, report=press.report)


for kind, act in _ACTS:
    _begins(kind, act)


async def _possible(turn: Turn, number: int, act: str) -> Case:
    """The report, if they may do that with it now. Reads only."""
    case = await desk_cases.of(turn.session, number, by=turn.resident)
    if case.organiser:
        raise Refused(N_("Only the team that has this report can do that."))
    report = case.view.report
    await hindrances.not_joined(turn.session, report)
    if act in MOVES:
        lifecycle.step(report.status, MOVES[act], "officer")
    if act == "ask":
        hindrances.can_be_asked(report)
    return case


@router.flow("desk")
async def at_the_desk(ask: Ask, turn: Turn) -> Outcome:
    """One act at one report. Where it cannot be done any more, the talk is over."""
    act, number = ask.given["act"], ask.given["report"]
    try:
        case = await _possible(turn, number, act)
    except Refused as no:
        return await over(turn, no, number)
    step: Step = _STEPS.get(act, _ended)
    return await step(ask, turn, case)


async def _answer(ask: Ask, turn: Turn, case: Case) -> Outcome:
    report = case.view.report
    ready = {
        one.code: one
        for one in await answer_templates.for_body(turn.session, report.body_id, turn.tongue.code)
    }
    said = await ask("words", _what_to_answer(turn, ready))
    if isinstance(said, Ready):
        text, versions = await _made_ready(ask, turn, said, report.people)
    else:
        text, versions = said, {}
        if await ask("send", _look(turn, text, report.people)) == "edit":
            ask.again("send", "words")
    await casework.answer(turn.session, report.id, text, by=turn.resident, now=turn.now, versions=versions)
    return await _done(turn, report.id, turn._("Everyone concerned gets your answer."))


def _what_to_answer(turn: Turn, ready: dict[str, Ready]) -> Prompt[str | Ready]:
    question = turn._(
        "What do you want to say? Everyone concerned reads it as you write it. Or take a ready answer:"
    )
    prompt: Prompt[Any] = words(
        question,
        casework.said,
        offers=[(code, one.name) for code, one in ready.items()],
        picked=ready.__getitem__,
    )
    return prompt


async def _made_ready(ask: Ask, turn: Turn, ready: Ready, people: int) -> tuple[str, dict[str, str]]:
    """A ready answer, and one more sentence if they write one: in the reader's language, and in all."""
    more = ask.given.get("more")  # of which ready answer, and the sentence
    versions = ready.with_words(more[1] if more and more[0] == ready.code else None)
    text = versions.get(turn.tongue.code) or next(iter(versions.values()))
    note = turn._("You can write one more sentence. It stays in your language for everybody.")
    if len(versions) > 1:
        note = lines([turn._("Others read it in their own language, where there is a version."), note])
    decision = await ask("send", _look(turn, text, people, note))
    if isinstance(decision, Typed):
        ask.given["more"] = [ready.code, str(decision)]
        ask.again("send")
    if decision == "edit":
        ask.given.pop("more", None)
        ask.again("send", "words")
    return text, versions


def _look(turn: Turn, text: str, people: int, note: Markup | None = None) -> Prompt[str]:
    """What goes out, and to how many. With a `note` what is written now goes along."""
    head = turn.n_("This goes to {n} person:", "This goes to {n} people:", people)
    offers = [("send", turn._("Send")), ("edit", turn._("Write something else"))]
    said = paragraphs(head, Markup.escape(text), note)
    return choice(said, offers, columns=2, otherwise=None if note is None else casework.said)


async def _ask_back(ask: Ask, turn: Turn, case: Case) -> Outcome:
    question = turn._(
        "What do you want to know? Only whoever reported it reads this. Until they answer, no days are counted."
    )
    said = await ask("words", words(question, casework.said))
    await casework.ask(turn.session, case.view.report.id, said, by=turn.resident, now=turn.now)
    return await _done(
        turn, case.view.report.id, turn._("Your question is on its way. You hear the answer here.")
    )


async def _note(ask: Ask, turn: Turn, case: Case) -> Outcome:
    said = await ask(
        "words", words(turn._("What shall your colleagues know? Nobody else reads it."), casework.said)
    )
    await casework.note(turn.session, case.view.report.id, said, by=turn.resident, now=turn.now)
    return await _done(turn, case.view.report.id, turn._("It is written down."))


async def _dated(ask: Ask, turn: Turn, case: Case) -> Outcome:
    act, view = ask.given["act"], case.view
    place = view.body or view.community

    def check(day: date) -> date:
        if day < turn.now.astimezone(ZoneInfo(place.zone)).date():
            raise Refused(N_("Please name a day that is still to come."))
        return day

    question = turn._("By which day do you plan to do it? Everyone concerned hears it.")
    if act == "day":
        question = turn._("On which day will the work be done? Everyone concerned hears it.")
    day = await ask("words", days.until(turn, place, question, check))
    await casework.move(turn.session, view.report.id, MOVES[act], by=turn.resident, now=turn.now, day=day)
    return await _done(
        turn, view.report.id, turn._("Everyone concerned hears the day: {day}.", day=turn.tongue.date(day))
    )


async def _fixed(ask: Ask, turn: Turn, case: Case) -> Outcome:
    head = turn._("Good. You can add a photo or a sentence of what was done.")
    if ask.enclosed is not None:
        head = turn._("I have the photo. You can add a sentence.")
    offers = [("none", turn._("Tell everyone that it is fixed"))]
    prompt: Prompt[str | None] = words(
        head, casework.said, offers=offers, picked=lambda _: None, encloses=steps.picture
    )
    said = await ask("words", prompt)
    media: tuple[Media, ...] = () if ask.enclosed is None else (ask.enclosed,)
    number = case.view.report.id
    await casework.move(
        turn.session, number, "fixed", by=turn.resident, now=turn.now, words=said, media=media
    )
    return await _done(
        turn, number, turn._("Everyone concerned hears that it is fixed, and is asked in four weeks.")
    )


_WHY: dict[str, str] = {
    "cannot": N_("Why can it not be fixed? Everyone concerned reads your words."),
    "not_ours": N_("Why is nobody here in charge of it, and who is? Everyone concerned reads your words."),
    "inside": N_("Where does it go on, and how do people hear of it? Everyone concerned reads your words."),
    "shut": N_("Why do you close it? Everyone concerned reads your words."),
}


async def _ended(ask: Ask, turn: Turn, case: Case) -> Outcome:
    act, number = ask.given["act"], case.view.report.id
    said = await ask("words", words(turn._(_WHY[act]), casework.said))
    await casework.move(turn.session, number, MOVES[act], by=turn.resident, now=turn.now, words=said)
    return await _done(turn, number, turn._("Everyone concerned hears it, with your words."))


async def _not_my_team(ask: Ask, turn: Turn, case: Case) -> Outcome:
    question = turn._(
        "Why is it not your team's, and who is in charge, as far as you know? The organisers find out."
    )
    said = await ask("words", words(question, casework.said))
    await casework.send_back(turn.session, case.view.report.id, said, by=turn.resident, now=turn.now)
    back = await way_back(turn, case.view.report.id, "team")
    return turn.edit(
        turn._("The organisers find out who is in charge. Everyone concerned hears that."), (back,)
    )


async def _all(ask: Ask, turn: Turn, case: Case) -> Outcome:
    number = case.view.report.id
    found = await desk_bulk.alike(turn.session, number, by=turn.resident)
    about = turn.n_(
        "There is {n} open report of this kind in this area.",
        "There are {n} open reports of this kind in this area.",
        found.reports,
    )
    question = lines(
        [about, turn._("What do you want to say to everyone concerned? Nothing is closed by it.")]
    )
    said = await ask("words", words(question, casework.said))
    if await ask("send", _look(turn, said, found.people)) == "edit":
        ask.again("send", "words")
    await desk_bulk.answer(turn.session, number, said, by=turn.resident, now=turn.now)
    return await _done(turn, number, turn._("Everyone concerned gets your answer."))


async def _done(turn: Turn, number: int, said: Markup) -> Outcome:
    return await shown(turn, number, bold(str(said.unescape())))


_STEPS: dict[str, Step] = {
    "answer": _answer,
    "ask": _ask_back,
    "note": _note,
    "plan": _dated,
    "day": _dated,
    "fixed": _fixed,
    "all": _all,
    "not_my_team": _not_my_team,
}
