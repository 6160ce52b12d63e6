"""Reports that concern somebody: /myreports, the card of each, and what can be done with it."""

from typing import Any

from bot.conversation.flow import Ask, Prompt, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import paragraphs
from bot.letters.paging import turning
from bot.letters.reporting import reports as letters
from bot.letters.reporting import taking_back
from bot.letters.reporting.report_presses import Add, Back, Mine, Reply, Same, See, Wants, Withdraw
from bot.lifecycle import STATUSES
from bot.message import Button, Message
from bot.models import ServiceRequest
from bot.services.reporting import (
    enough,
    hindrances,
    histories,
    own_reports,
    receiving,
    report_news,
    report_views,
    reports,
)
from handlers.reporting import report_asks as asks
from handlers.reporting import report_steps as steps
from handlers.reporting.report_flow import join

router = Router()

LISTED = 12  # reports in one message


@router.command("myreports", words=N_("my reports"), about=N_("How your reports stand"))
async def my_reports(turn: Turn, rest: str) -> Outcome:
    """All that concern somebody, or the one whose number stands behind the command."""
    if rest.strip():
        return await by_reference(turn, rest)
    return turn.say(await _listed(turn, 0))


@router.press(Mine)
async def listed(turn: Turn, press: Mine) -> Outcome:
    """More of them, in the same message."""
    return turn.edit(await _listed(turn, press.page))


async def _listed(turn: Turn, page: int) -> Message:
    mine, page, pages = await reports.of(turn.session, turn.resident, page=page, most=LISTED)
    if not mine:
        return Message(
            turn._("You have not reported anything yet. Send /report, or a photo of what is wrong.")
        )
    views = await report_views.of_many(turn.session, mine)
    rows = [(Button(_label(view, turn), See(report=view.report.id)),) for view in views]
    entries = [letters.entry(view, turn.tongue, turn.resident.id, now=turn.now) for view in views]
    text = paragraphs(turn._("These reports concern you:"), *entries)
    return Message(text, (*rows, *turning(page, pages, lambda to: Mine(page=to), turn.tongue)))


def _label(view: letters.View, turn: Turn) -> str:
    return f"{letters.kind(view.service, turn.tongue)} · {view.report.service_request_id}"


async def by_reference(turn: Turn, reference: str) -> Outcome:
    """The report of that number, for everybody."""
    made = await reports.found(turn.session, reference)
    if made is None:
        raise Refused(N_("I do not know a report with that number. Please look whether a letter is missing."))
    return turn.say(await card(turn, made))


@router.press(See)
async def see(turn: Turn, press: See) -> Outcome:
    """Shows it."""
    made = await turn.session.get(ServiceRequest, press.report)
    if made is None:
        raise Refused(N_("I do not know this report any more."))
    return turn.say(await card(turn, made))


async def card(turn: Turn, made: ServiceRequest) -> Message:
    """A report as a resident may see it; a confidential one only by those who have the problem."""
    how = await reports.concern(turn.session, made, turn.resident)
    if made.confidential and (how is None or how.why == "follow"):
        raise Refused(N_("Only those in charge can see this report."))
    view = await report_views.of(turn.session, made)
    own = how is not None and how.why == "reporter"
    history = await histories.of(turn.session, made, own=own, concerned=made.confidential)
    names = await report_news.team_names(turn.session, history)
    twin = None if made.duplicate_of is None else await turn.session.get(ServiceRequest, made.duplicate_of)
    return letters.card(
        view,
        history,
        how,
        turn.tongue,
        now=turn.now,
        names=names.get(turn.tongue.code),
        site=turn.site,
        over=twin is not None and not STATUSES[twin.status].open,
    )


@router.press(Same)
async def same(turn: Turn, press: Same) -> Outcome:
    """One more person has this problem."""
    return await join(turn, press.report)


@router.press(Wants)
async def want(turn: Turn, press: Wants) -> Outcome:
    """More or less news of it."""
    await own_reports.want(turn.session, press.report, press.wants, by=turn.resident, now=turn.now)
    said = turn._("You hear all news of it again.")
    if press.wants == "end":
        said = turn._("You only hear how it ends. All else is in /myreports.")
    return turn.toast(said).say(said)


@router.press(Withdraw)
async def withdraw(turn: Turn, press: Withdraw) -> Outcome:
    """Take it back, after being asked."""
    if not press.sure:
        made, goes_on = await own_reports.to_take_back(turn.session, press.report, by=turn.resident)
        sure = Button(turn._("Yes, take it back"), Withdraw(report=press.report, sure=1))
        stay = Button(turn._("No, leave it"), See(report=press.report))
        return turn.say(taking_back.question(made, goes_on, turn.tongue), (sure, stay))
    made, ended = await own_reports.withdraw(turn.session, press.report, by=turn.resident, now=turn.now)
    if ended:
        return turn.edit(
            turn._("You have taken it back. Only those in charge still see it, and that it is done with.")
        )
    if made.id != press.report:
        return turn.edit(
            turn._(
                "You have taken it back. Report {number}, with which it was joined, goes on for the others, "
                "without you.",
                number=made.service_request_id,
            )
        )
    return turn.edit(
        turn._("You have taken it back. It goes on for the others whom it concerns, without you.")
    )


@router.press(Add)
async def add(turn: Turn, press: Add) -> Outcome:
    """Words or a photo more."""
    made, _ = await own_reports.goes_on(turn.session, press.report, by=turn.resident)
    hindrances.still_open(made, otherwise=hindrances.SAY_SO)
    return turn.begin("report, more", report=press.report, act="add")


@router.press(Reply)
async def reply(turn: Turn, press: Reply) -> Outcome:
    """Answer what those in charge asked."""
    await own_reports.to_answer(turn.session, press.report, by=turn.resident)
    return _with_words(turn, press.report, "reply")


@router.press(Back)
async def back(turn: Turn, press: Back) -> Outcome:
    """It is back, or was never fixed."""
    await own_reports.mine(turn.session, press.report, by=turn.resident)
    await enough.not_yet(turn.session, enough.BACK, by=turn.resident, now=turn.now)
    return _with_words(turn, press.report, "again")


def _with_words(turn: Turn, number: int, act: str) -> Outcome:
    """With what was written beside the button, if it was; what is too long is refused at once."""
    known = {"more": {"words": receiving.described(turn.written)}} if turn.written else {}
    return turn.begin("report, more", answers=known, report=number, act=act)


_ASKS = {
    "add": N_("What would you like to add? A photo, a few words, or both."),
    "reply": N_("Please answer here. A photo can come with it. Only those in charge see both."),
    "again": N_("What do you see there now? A photo or a few words help those who come to look."),
}

_DONE = {
    "add": N_("Thank you. It is with the report now."),
    "reply": N_("Thank you. Those in charge have your answer now, and the days go on."),
    "again": N_("It is open again, at the same desk. You hear what comes of it."),
}


@router.flow("report, more")
async def more(ask: Ask, turn: Turn) -> Outcome:
    """Words, a photo, or both, for a report that is there."""
    act: str = ask.given["act"]
    number: int = ask.given["report"]
    text = ""
    if ask.given.get("anew") or ask.enclosed is None or ask.has("more"):
        text = await ask("more", _more(turn, act))
    if (
        turn.incoming.by_link
    ):  # nothing can be asked there, so what may be about somebody is for those in charge
        inside = act == "again" and asks.leads_to_somebody(text)
    else:
        await asks.emergency(ask, turn, text)
        inside = act == "again" and await _for_those_in_charge(ask, turn, number, text)
    do: Any = {"add": own_reports.add, "reply": own_reports.reply, "again": own_reports.again}[act]
    try:
        made: ServiceRequest = await do(
            turn.session, number, "" if inside else text, ask.all_enclosed, by=turn.resident, now=turn.now
        )
    except Refused as no:
        if turn.incoming.by_link:
            raise
        return turn.refusal(no)  # whatever else they wrote, it would be refused again
    if inside:
        await own_reports.add(turn.session, made.id, text, (), by=turn.resident, now=turn.now)
    if turn.incoming.by_link:
        call = await asks.number_to_call(turn, text)
        return turn.toast(paragraphs(*([call] if call else []), turn._(_DONE[act])))
    see_it = Button(turn._("See the report"), See(report=made.id))
    return turn.edit(turn._(_DONE[act]), (see_it,))


async def _for_those_in_charge(ask: Ask, turn: Turn, number: int, text: str) -> bool:
    """Why it is open again can be read by everybody: whether whoever wrote that would rather have it read inside."""
    made = await turn.session.get(ServiceRequest, number)
    if made is None or made.confidential:
        return False
    picked = await asks.private(ask, turn, text)
    if picked == "anew":
        ask.given["anew"] = True
        ask.again("private", "more")
    return picked == "inside"


def _more(turn: Turn, act: str) -> Prompt[str]:
    return words(turn._(_ASKS[act]), receiving.described, encloses=steps.picture, several=True)
