"""A community's picture, for its page and its posters: /picture for organisers."""

from bot.conversation.flow import Ask, Prompt, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.services.community import communities, portraits
from handlers.polling.asking import the_only_one, which_community

router = Router()

NOT_HERE = N_(
    "In this place you cannot send pictures yet. Join it with your Telegram by /link, and send /picture there."
)


@router.command("picture", words=N_("picture"), role="organiser", encloses=True)
async def set_a_picture(turn: Turn, rest: str) -> Outcome:
    """Alone, or below the picture itself."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can change the picture of a community."))
    given = {}
    if turn.enclosed is not None:
        portraits.proper(turn.enclosed)
        assert not isinstance(turn.enclosed, str)  # noqa: S101 - it would have been refused
        given["enclosed"] = turn.enclosed.as_json()
    return turn.begin("picture", answers=the_only_one(organised), **given)


@router.flow("picture", casual=True)
async def picture_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """The picture itself, or that it shall go."""
    community = await which_community(ask, turn)
    if ask.enclosed is None:
        there = await portraits.edition(turn.session, community.id) is not None
        await ask("picture", _picture(turn, there=there))
        await portraits.take_away(turn.session, community.id, by=turn.resident, now=turn.now)
        return turn.edit(turn._("Your community has no picture any more."))
    await portraits.wish(
        turn.session, community.id, ask.enclosed, by=turn.resident, at=turn.address, now=turn.now
    )
    return turn.edit(turn._("I have it. I look at it now, and tell you in a moment."))


def _picture(turn: Turn, *, there: bool) -> Prompt[None]:
    ways = (
        turn._(NOT_HERE)
        if turn.incoming.channel.startswith("terminal")  # each has a name of its own
        else turn._(
            "Send me a picture of your community: a place, a sign, a tree. It is cut to a square, and what the camera "
            "noted in it is taken out."
        )
    )

    def read(text: str) -> None:
        raise Refused(N_("Please send one picture, as a photo."))

    offers = [("away", turn._("Take it away"))] if there else []
    return words(ways, read, offers=offers, picked=lambda _: None, encloses=portraits.proper)
