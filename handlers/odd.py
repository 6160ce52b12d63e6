"""Cancel, and what nobody asked for: each kind has a sensible answer or a deliberate silence."""

from bot import mailbag
from bot.conversation.router import Router
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.i18n import N_
from bot.letters.markup import paragraphs
from bot.message import Attached, Blocked, MovedTo, Odd, Unblocked
from bot.services.community import communities
from handlers.reporting.reporting import begin as begin_report

router = Router()

WORDS_PLEASE = N_("I can only read words and taps for now. Send /help to see what I can do.")
NO_FORWARDS = N_("That was written elsewhere. Please tell me in your own words.")
EDITED = N_("I saw that you changed a message. I go by what you send new, so please send it again.")

ANSWERS: dict[str, str | None] = {
    # Content that somebody sent to us in private and expects something of.
    "photo": WORDS_PLEASE,
    "video": WORDS_PLEASE,
    "video_note": WORDS_PLEASE,
    "animation": WORDS_PLEASE,
    "voice": WORDS_PLEASE,
    "audio": WORDS_PLEASE,
    "document": WORDS_PLEASE,
    "contact": WORDS_PLEASE,
    "sticker": WORDS_PLEASE,
    "story": WORDS_PLEASE,
    "poll": WORDS_PLEASE,
    "album": WORDS_PLEASE,
    "forwarded": NO_FORWARDS,
    "edited": EDITED,
}
"""Kinds that get an answer. All others (see the channels' lists of kinds) are met with silence on purpose: they are
notices of a chat, or games, and an answer would only disturb."""


@router.unprompted(Odd)
async def odd(turn: Turn, thing: Odd) -> Outcome:
    """An answer in private; in groups always silence."""
    answer = ANSWERS.get(thing.kind)
    return SILENCE if answer is None or turn.incoming.group else turn.say(turn._(answer))


@router.unprompted(Attached, places=True)
async def attached(turn: Turn, thing: Attached) -> Outcome:
    """A picture begins a report; of another document nothing is known. Organisers may have wanted to pass it on."""
    hint = None
    if turn.incoming.group:
        return SILENCE
    if turn.incoming.album is None and await communities.organised_by(turn.session, turn.resident):
        hint = turn._(
            "To send it to your whole community, send it again with /announce and your words below it."
        )
    if not thing.media.is_picture:
        return turn.say(paragraphs(turn._(WORDS_PLEASE), hint))
    outcome = SILENCE if hint is None else turn.say(hint)
    return outcome + begin_report(turn, text=thing.text)


@router.command("cancel", words=N_("cancel"), role=None, groups=True)
async def cancel(turn: Turn, rest: str) -> Outcome:
    """Leave whatever is under way."""
    if turn.address.talk is None:
        return turn.say(turn._("There is nothing to cancel."))
    return turn.say(turn._("All right, I dropped it. Nothing was sent."))


@router.unprompted(Blocked)
async def blocked(turn: Turn, _: Blocked) -> Outcome:
    """Nobody reads there: nothing more is written to it."""
    await mailbag.close_address(turn.session, turn.address, now=turn.now)
    return SILENCE


@router.unprompted(Unblocked)
async def unblocked(turn: Turn, _: Unblocked) -> Outcome:
    """We may write again; there is nothing to say yet."""
    turn.address.closed_at = None
    return SILENCE


@router.unprompted(MovedTo)
async def moved(turn: Turn, to: MovedTo) -> Outcome:
    """A group goes on under another name."""
    await mailbag.rename(turn.session, turn.address, to.chat)
    return SILENCE
