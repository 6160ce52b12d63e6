"""Is it fixed? What those say who were asked: yes, no, or that they do not know."""

from bot.conversation.flow import Ask, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.i18n import N_
from bot.letters.reporting.report_presses import Fixed, See
from bot.message import Button
from bot.services.following_up import checking_fixed
from bot.services.reporting import own_reports, receiving
from handlers.reporting import report_steps as steps

router = Router()

_SAID = {
    "confirmed": N_("Thank you. I have written down that it is fixed."),
    "reopened": N_("Thank you. It is open again, at the same desk, and you hear what comes of it."),
    "still_open": N_("Thank you. It stays open, and I go on asking those in charge."),
    "noted": N_("Thank you. I have written that down."),
}


@router.press(Fixed)
async def is_it_fixed(turn: Turn, press: Fixed) -> Outcome:
    """One tap is enough; whoever says no may tell what they see."""
    done = await checking_fixed.answer(
        turn.session, press.report, press.answer, by=turn.resident, now=turn.now
    )
    see = Button(turn._("See the report"), See(report=done.report.id))
    if turn.incoming.by_link:
        return turn.toast(turn._(_SAID[done.outcome]))
    said = turn.edit(turn._(_SAID[done.outcome]), (see,))
    if done.outcome == "reopened":
        return said.begin("not fixed", report=done.report.id)
    return said


@router.flow("not fixed", casual=True)
async def what_is_to_be_seen(ask: Ask, turn: Turn) -> Outcome:
    """Words, a photo, both or nothing: it is open again already."""
    text = ""
    if ask.enclosed is None or ask.has("more"):
        question = turn._("What do you see there now? A photo or a few words help those who come to look.")
        offers = [("none", turn._("Nothing to add"))]
        text = await ask(
            "more",
            words(question, receiving.described, offers=offers, picked=lambda _: "", encloses=steps.picture),
        )
    media = () if ask.enclosed is None else (ask.enclosed,)
    if text or media:
        number: int = ask.given["report"]
        await own_reports.add(turn.session, number, text, media, by=turn.resident, now=turn.now)
        return turn.edit(turn._("Thank you. It is with the report now."))
    return turn.edit(turn._("Thank you."))
