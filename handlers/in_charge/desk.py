"""The desk: /desk with its lists, the card of each report, and what is done there with one tap."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from bot.conversation.router import Router
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge import desk_buttons, desk_card, desk_past
from bot.letters.in_charge import desk_lists as letters
from bot.letters.in_charge.desk_presses import (
    Apart,
    Kinds,
    LetGo,
    Listed,
    LookInto,
    More,
    Past,
    Pictures,
    Reopen,
    Show,
    ShowFrom,
    Take,
)
from bot.letters.in_charge.report_numbers import Numbers
from bot.letters.markup import paragraphs
from bot.letters.reporting import reports as words
from bot.letters.reporting.report_pictures import picture
from bot.letters.reporting.reports import View
from bot.message import Button, Message
from bot.models import Service
from bot.press import Press
from bot.services.answering import casework, desk, desk_cases, desk_kinds, twins
from bot.services.answering.desk import Reach
from bot.services.reporting import open_cards, report_views, reports
from handlers.in_charge.desk_templates import Templates, ready_answers
from handlers.in_charge.reports_in_numbers import numbers

router = Router()

NUMBERS = N_("numbers")
READY = N_("ready answers")
NEITHER = N_(
    "I do not know this report, or it is not with you. There is no kind of this name in your lists either."
)


@router.command(
    "desk",
    words=N_("desk"),
    about=N_("The reports that you look after"),
    role="officer organiser",
)
async def my_desk(turn: Turn, rest: str) -> Outcome:
    """`/desk` for the list, `/desk bins` for one kind of it, `/desk K7QX2M` for one report, `/desk numbers`,
    `/desk ready answers`."""
    if _means(turn, rest, NUMBERS):
        return await numbers(turn)
    if _means(turn, rest, READY) or rest.strip().lower() == "templates":
        return await ready_answers(turn)
    mine = await desk.reach(turn.session, turn.resident)
    if not rest.strip():
        return turn.say(await _list(turn, mine, Listed(which=next(iter(mine.lists), ""))))
    made = await reports.found(turn.session, rest)
    if made is None and (there := await _of_that_kind(turn, mine, rest)) is not None:
        return turn.say(there)
    try:
        return await shown(turn, 0 if made is None else made.id)
    except Refused:
        if any(one.isdigit() for one in rest):
            raise
        raise Refused(NEITHER) from None  # whether there is such a report is not to be learnt here


def _means(turn: Turn, rest: str, word: str) -> bool:
    said = " ".join(rest.casefold().split())
    theirs = str(turn._(word).unescape()).casefold().split(",")
    return said in {word, *(one.strip() for one in theirs)}


async def _of_that_kind(turn: Turn, mine: Reach, said: str) -> Message | None:
    """The list of the kind that is meant; where it could be several, the way to each."""
    other = words.kind(None, turn.tongue)
    which, codes = await desk_kinds.meant(turn.session, mine, said, other=other, now=turn.now)
    if len(codes) > 1:
        return await _kinds(turn, mine, which, only=codes)
    return await _list(turn, mine, Listed(which=which, kind=codes[0])) if codes else None


@router.press(Listed)
async def listed(turn: Turn, press: Listed) -> Outcome:
    """A page of a list, in the place of what was there."""
    return turn.edit(await _list(turn, await desk.reach(turn.session, turn.resident), press))


async def _list(turn: Turn, mine: Reach, wish: Listed) -> Message:
    found = await desk.page(turn.session, mine, wish.which, wish.page, kind=wish.kind, now=turn.now)
    views = await report_views.of_many(turn.session, found.reports)
    entries = [(view, _late(turn, view)) for view in views]
    below = [Button(turn._("In numbers"), Numbers(subject="", number=0, table=0))]
    if any(post.post in ("lead", "director") for post in mine.posts):
        below.append(Button(turn._("Ready answers"), Templates(body=0)))
    name = (await _named(turn, [wish.kind]))[wish.kind] if wish.kind else None
    return letters.listed(found, entries, turn.tongue, only=name, below=(tuple(below),))


@router.press(Kinds)
async def kinds(turn: Turn, press: Kinds) -> Outcome:
    """Which kinds a list has, in its place."""
    mine = await desk.reach(turn.session, turn.resident)
    return turn.edit(await _kinds(turn, mine, press.which, page=press.page))


async def _kinds(
    turn: Turn, mine: Reach, which: str, *, page: int = 0, only: Collection[str] | None = None
) -> Message:
    """The most frequent first."""
    await desk.known(turn.session, mine, which)
    sizes = (await desk.tally(turn.session, mine, now=turn.now))[which]
    names = await _named(turn, sizes if only is None else only)
    there = sorted(
        ((code, name, sizes[code]) for code, name in names.items()), key=lambda one: (-one[2], one[1])
    )
    return letters.kinds(which, there, turn.tongue, whole=sizes.total(), page=page)


async def _named(turn: Turn, codes: Collection[str]) -> dict[str, str]:
    services = await report_views.known(turn.session, Service, Service.service_code, {*codes} - {desk.OTHER})
    return {code: words.kind(services.get(code), turn.tongue) for code in codes}


def _late(turn: Turn, view: View) -> Markup | None:
    if not desk.is_overdue(view.report, now=turn.now):
        return None
    due = [desk_card.due(view, clock, turn.tongue, now=turn.now) for clock in desk_card.CLOCKS]
    return next((one for one in due if one is not None and "⚠" in one), None)


@router.press(Show)
async def show(turn: Turn, press: Show) -> Outcome:
    """The report, in the place of a letter or of what else was shown of it."""
    return await shown(turn, press.report)


@router.press(ShowFrom)
async def show_from(turn: Turn, press: ShowFrom) -> Outcome:
    """The report, in the place of the list, with the way back to this page of it."""
    back = Listed(which=press.which, kind=press.kind, page=press.page)
    await desk.known(turn.session, await desk.reach(turn.session, turn.resident), back.which, back.kind)
    return await shown(turn, press.report, back=back)


async def shown(
    turn: Turn, number: int, done: Markup | None = None, *, back: Listed | None = None
) -> Outcome:
    """The card as it is now; with what was done above it, as words only. `back` is where in a list it was opened, if
    it was just now."""
    case = await desk_cases.of(turn.session, number, by=turn.resident)
    here = f"{turn.incoming.channel}:{turn.incoming.key}:"
    back = await open_cards.opened(turn.session, case, turn.address, here, back=back, now=turn.now)
    message = desk_card.card(replace(case, back=back), turn.tongue, now=turn.now)
    if done is not None:
        message = replace(message, text=paragraphs(done, message.text), media=None)
    return turn.edit(message)


@router.press(More)
async def more(turn: Turn, press: More) -> Outcome:
    """The card with what is done less often."""
    case = await desk_cases.of(turn.session, press.report, by=turn.resident)
    case = replace(case, back=await open_cards.opened_from(turn.session, press.report, turn.address))
    rows = None if case.organiser else desk_buttons.rest(case, turn.tongue)
    return turn.edit(desk_card.card(case, turn.tongue, now=turn.now, rows=rows))


@router.press(Past)
async def past(turn: Turn, press: Past) -> Outcome:
    """All that happened."""
    return turn.edit(
        desk_past.past(await desk_cases.of(turn.session, press.report, by=turn.resident), turn.tongue)
    )


@router.press(Pictures)
async def pictures(turn: Turn, press: Pictures) -> Outcome:
    """Each picture in a message of its own."""
    case = await desk_cases.of(turn.session, press.report, by=turn.resident)
    outcome = SILENCE
    for number, photo in enumerate(case.photos, 1):
        caption = turn._("Picture {number}", number=turn.tongue.number(number))
        outcome = outcome.say(Message(caption, media=picture([photo])))
    return outcome


# --- one tap -------------------------------------------------------------------------------------

Act = Callable[[Turn, int], Awaitable[Any]]


async def _take(turn: Turn, number: int) -> Any:
    return await casework.take(turn.session, number, by=turn.resident, now=turn.now)


async def _let_go(turn: Turn, number: int) -> Any:
    return await casework.let_go(turn.session, number, by=turn.resident, now=turn.now)


async def _look_into(turn: Turn, number: int) -> Any:
    return await casework.move(turn.session, number, "investigating", by=turn.resident, now=turn.now)


async def _reopen(turn: Turn, number: int) -> Any:
    return await casework.move(turn.session, number, "confirmed", by=turn.resident, now=turn.now)


async def _apart(turn: Turn, number: int) -> Any:
    return await twins.split(turn.session, number, by=turn.resident, now=turn.now)


ONE_TAP: tuple[tuple[type[Press], Act, str], ...] = (
    (Take, _take, N_("You look after it now.")),
    (LetGo, _let_go, N_("It is with the team again.")),
    (LookInto, _look_into, N_("Everyone concerned hears that it is being looked into.")),
    (Reopen, _reopen, N_("It is open again.")),
    (Apart, _apart, N_("The two are apart again. Everyone concerned hears it.")),
)


def _at_once(kind: type[Press], act: Act, said: str) -> None:
    @router.press(kind)
    async def do(turn: Turn, press: Any) -> Outcome:
        """Do it, and draw the card anew; where it cannot be done any more, say so and draw it all the same."""
        try:
            await act(turn, press.report)
        except Refused as no:
            return turn.refusal(no) + await as_it_is(turn, press.report)
        return turn.toast(turn._(said)) + await shown(turn, press.report)


async def way_back(turn: Turn, number: int, usual: str) -> Button:
    """To where in a list this report was opened, or to the beginning of the usual one."""
    back = await open_cards.opened_from(turn.session, number, turn.address)
    return Button(turn._("To the list"), back or Listed(which=usual))


async def over(turn: Turn, no: Refused, number: int) -> Outcome:
    """What was begun cannot be done any more: say why, and show the card, so that the talk ends there."""
    if turn.incoming.by_link:
        raise no
    return turn.refusal(no) + await as_it_is(turn, number)


async def as_it_is(turn: Turn, number: int) -> Outcome:
    """The card, for whoever may still see it."""
    try:
        return await shown(turn, number)
    except Refused:
        return SILENCE


def known(turn: Turn, **answers: Any) -> dict[str, Any]:
    """What has been said already beside the button, on a page that had room for it; `answers` go with it."""
    return {"words": {"words": turn.written}, **answers} if turn.written else {}


for kind, act, said in ONE_TAP:
    _at_once(kind, act, said)
