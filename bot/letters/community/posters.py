"""The words of posters: what stands on the paper, in one or two languages, and what is said when it comes."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.charts import Sheet, Voice
from bot.i18n import N_, Tongue
from bot.letters.links import called
from bot.letters.markup import paragraphs
from bot.letters.polling.polls import promise
from bot.message import ISOLATES, Media, Message
from bot.models import Community, Link, Poll

MISSING = N_(
    "A poster needs an address that phones can open, and there is none yet. Whoever runs this service has to set up "
    "a Telegram bot (TELEGRAM_TOKEN) or a public web address (PUBLIC_URL) first."
)
CLOSED = N_("The question has closed in the meantime, so there is no poster.")
NOT_DRAWN = N_("I could not draw the poster. Please try it again a little later.")


def sheet(
    community: Community,
    poll: Poll | None,
    tongues: Sequence[Tongue],
    leads_to: str,
    *,
    picture: str | None,
    app: bool,
) -> Sheet:
    """What stands on a poster. `app` says that it leads into Telegram, which one has to have."""
    first = tongues[0]
    if poll is not None:
        titles: tuple[str, ...] = (_own(poll.question),)
    else:
        titles = tuple(dict.fromkeys(_invites(community, tongue) for tongue in tongues))
    return Sheet(
        community=_own(community.name_in(first.code)),
        titles=titles,
        leads_to=leads_to,
        shown=leads_to.removeprefix("https://"),
        voices=tuple(_voice(community, poll, tongue, app=app) for tongue in tongues),
        picture=picture,
        rtl=first.rtl,
    )


def _own(text: str) -> str:
    """Somebody's own words, without marks that could turn our lines around."""
    return text.translate(ISOLATES)


def _invites(community: Community, tongue: Tongue) -> str:
    return _plain(tongue._("Have a say in {community}", community=_own(community.name_in(tongue.code))))


def _voice(community: Community, poll: Poll | None, tongue: Tongue, *, app: bool) -> Voice:
    if app:
        quick = tongue._("It takes 10 seconds, in Telegram.")
    else:
        quick = tongue._("It takes 10 seconds. You need no app and no account.")
    said = [quick]
    if poll is None:
        said.append(tongue._("Each question says who sees what you answer."))
    else:
        moment = tongue.moment(poll.closes_at, community.zone)
        said += [tongue._("You can answer until {moment}.", moment=moment), tongue._(promise(poll))]
    return Voice(
        calls=_plain(tongue._("Scan, tap, done.")),
        said=tuple(map(_plain, said)),
        typed=_plain(tongue._("Or type this address:")),
        rtl=tongue.rtl,
    )


def on_its_way(link: Link, tongue: Tongue) -> Markup:
    """Right after it was wished for."""
    return tongue._(
        "I am drawing the poster. It comes in a moment. Whoever comes by it is counted as “{name}”.",
        name=called(link.kind, link.name, tongue),
    )


def picture(media: Media, tongue: Tongue) -> Message:
    """The poster for screens."""
    return Message(tongue._("Here is your poster as a picture, for screens and chats."), media=media)


def paper(media: Media, link: Link, tongue: Tongue) -> Message:
    """The poster for printers."""
    text = paragraphs(
        tongue._("And here it is to print, on A4 paper. It is made to be read in black and white too."),
        tongue._(
            "It has a link of its own, called “{name}”. Send /links to see how many come by it.",
            name=called(link.kind, link.name, tongue),
        ),
    )
    return Message(text, media=media)


def _plain(said: Markup) -> str:
    return str(said.unescape())
