"""What organisers hide and show again, and what whoever sent it says against it."""

from bot.conversation.flow import Ask, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.letters.in_charge.hiding import Hide, HidePicture, Object, Unhide, UnhidePicture
from bot.letters.reporting.report_pictures import picture
from bot.message import Message
from bot.models import Photo
from bot.services.answering import desk_cases
from bot.services.community import communities
from bot.services.reporting import hiding
from handlers.in_charge.desk import shown

router = Router()


@router.press(Hide)
async def hide(turn: Turn, press: Hide) -> Outcome:
    """The words of a report: why?"""
    case = await desk_cases.of(turn.session, press.report, by=turn.resident)
    await communities.require_organiser(turn.session, turn.resident, case.view.community.id)
    return turn.begin("hide", report=press.report)


@router.press(HidePicture)
async def hide_picture(turn: Turn, press: HidePicture) -> Outcome:
    """A picture: why?"""
    _, made = await hiding.picture(turn.session, press.photo, by=turn.resident)
    return turn.begin("hide", report=made.id, photo=press.photo)


@router.flow("hide")
async def hide_it(ask: Ask, turn: Turn) -> Outcome:
    """The reason, which whoever sent it reads."""
    question = turn._(
        "Why shall it be hidden? Whoever sent it reads your words, and may say that they do not agree."
    )
    photo = ask.given.get("photo")
    found = None if photo is None else await turn.session.get(Photo, photo)
    media = None if found is None else picture([found])
    why = await ask("why", words(Message(question, media=media), hiding.reason))
    number = ask.given["report"]
    if photo is None:
        await hiding.hide(turn.session, number, why, by=turn.resident, now=turn.now)
        said = turn._("It is hidden. Those in charge still see it.")
    else:
        await hiding.hide_picture(turn.session, photo, why, by=turn.resident, now=turn.now)
        said = turn._("It is hidden from everybody. You can show it again.")
    return await shown(turn, number, said)


@router.press(Unhide)
async def unhide(turn: Turn, press: Unhide) -> Outcome:
    """The words can be seen again."""
    made = await hiding.unhide(turn.session, press.report, by=turn.resident, now=turn.now)
    return turn.toast(turn._("It can be seen again.")) + await shown(turn, made.id)


@router.press(UnhidePicture)
async def unhide_picture(turn: Turn, press: UnhidePicture) -> Outcome:
    """The picture can be seen again."""
    made = await hiding.unhide_picture(turn.session, press.photo, by=turn.resident, now=turn.now)
    return turn.toast(turn._("It can be seen again.")) + await shown(turn, made.id)


@router.press(Object)
async def disagree(turn: Turn, press: Object) -> Outcome:
    """Whoever sent it does not agree: the organisers hear it."""
    await hiding.disagree(turn.session, press.report, by=turn.resident, now=turn.now)
    return turn.toast(turn._("The organisers know now that you do not agree."))
