"""Links that say where people came from, and posters with such a link: /links and /poster for organisers."""

from collections.abc import Sequence

from bot import i18n
from bot.conversation.flow import Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters import links as letters
from bot.letters.community import posters as poster_letters
from bot.letters.links import NewLink, NewPoster, Sources
from bot.letters.polling.pictures import short
from bot.message import Message
from bot.models import Community, Link
from bot.services.community import communities, posters, sources
from bot.services.community.sources import Target
from bot.services.polling import polls
from bot.services.taking_part import turnout
from handlers.polling.asking import the_only_one, which_community

router = Router()

ON_A_BUTTON = 60  # characters of a question


# Not in help, which is as long as a phone: a poll's desk and each poster tell of it.
@router.command("links", words=N_("links"), role="organiser")
async def show_links(turn: Turn, rest: str) -> Outcome:
    """The links of an open question, or of the community itself."""
    return turn.begin("links", answers=await _where(turn))


@router.flow("links", casual=True)
async def which_links(ask: Ask, turn: Turn) -> Outcome:
    """Of which question?"""
    to = await _target(ask, turn, await which_community(ask, turn))
    return turn.edit(await _listed(turn, to))


@router.press(Sources)
async def links_of(turn: Turn, press: Sources) -> Outcome:
    """From a poll's desk."""
    to = await sources.target(turn.session, press.community, press.poll or None, by=turn.resident)
    return turn.say(await _listed(turn, to))


async def _listed(turn: Turn, to: Target) -> Message:
    made = [(one, addresses(turn, to.community, one)) for one in await sources.of(turn.session, to)]
    told = (await turnout.told(turn.session, to.subject)).get(turnout.SOURCES, {})
    return letters.links(to.community, to.poll, made, told, turn.tongue)


def addresses(turn: Turn, community: Community, link: Link) -> Sequence[str]:
    """Where a link can be opened, the one for paper first."""
    doors = turn.links(link.code, community.slug)
    known = [short_address(turn, link.code, doors["web"])] if doors.get("web") else []
    return [*known, *(address for place, address in doors.items() if address and place != "web")]


def short_address(turn: Turn, code: str, otherwise: str | None) -> str:
    """What somebody can type from a poster: it leads on to the right door."""
    return f"{turn.site}/l/{code}" if turn.site else otherwise or ""


@router.press(NewLink)
async def one_more(turn: Turn, press: NewLink) -> Outcome:
    """A new link to the same."""
    to = await sources.target(turn.session, press.community, press.poll or None, by=turn.resident)
    if to.ends:
        raise Refused(N_("This poll has closed already."))
    return turn.begin("new link", community=press.community, poll=press.poll)


@router.flow("new link", casual=True)
async def name_a_link(ask: Ask, turn: Turn) -> Outcome:
    """What is it called? Ready names are buttons."""
    to = await sources.target(
        turn.session, ask.given["community"], ask.given["poll"] or None, by=turn.resident
    )
    kind, called = await ask("name", _name(turn))
    link = await sources.add(turn.session, to, kind, called, by=turn.resident, now=turn.now)
    return turn.edit(letters.made(link, addresses(turn, to.community, link), turn.tongue)).say(
        await _listed(turn, to)
    )


def _name(turn: Turn) -> Prompt[tuple[str, str]]:
    return words(
        turn._("Where will this link be? Tap, or write a name of your own."),
        lambda text: ("own", sources.name(text)),
        offers=[(kind, turn._(letters.KINDS[kind])) for kind in sources.READY],
        picked=lambda kind: (kind, ""),
    )


@router.command("poster", words=N_("poster"), about=N_("Make a poster to hang up"), role="organiser")
async def make_a_poster(turn: Turn, rest: str) -> Outcome:
    """A poster for an open question, or for the community itself."""
    answers = await _where(turn)
    if turn.site is None and not turn.links("", "").get("telegram"):
        raise Refused(poster_letters.MISSING)
    return turn.begin("poster", answers=answers)


@router.press(NewPoster)
async def poster_for(turn: Turn, press: NewPoster) -> Outcome:
    """From the links of a question or a community."""
    to = await sources.target(turn.session, press.community, press.poll or None, by=turn.resident)
    _leads_to(turn, "", to.community)
    if to.ends:
        raise Refused(N_("This poll has closed already."))
    answers = {"community": {"pick": str(press.community)}, "what": {"pick": str(press.poll)}}
    return turn.begin("poster", answers=answers)


@router.flow("poster", casual=True)
async def poster_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """For what, where it will hang, and in which languages; then it is drawn."""
    community = await which_community(ask, turn)
    _leads_to(turn, "", community)
    to = await _target(ask, turn, community)
    where = turn._("Where will it hang? Write it in a word or two, and its link is counted for that place.")
    leave = [("none", turn._("Leave it out"))]
    place = await ask("place", words(where, sources.name, offers=leave, picked=lambda _: ""))
    languages = await _languages(ask, turn, community)
    link = await sources.for_poster(turn.session, to, place, by=turn.resident, now=turn.now)
    await posters.wish(
        turn.session,
        link,
        languages,
        _leads_to(turn, link.code, community),
        by=turn.resident,
        at=turn.address,
        now=turn.now,
    )
    return turn.edit(poster_letters.on_its_way(link, turn.tongue))


async def _languages(ask: Ask, turn: Turn, community: Community) -> list[str]:
    """One language of the community's, and a second one below it if wished."""
    spoken = [code for code in community.languages if code in i18n.available()] or [i18n.SOURCE]
    if len(spoken) == 1:
        return spoken
    named = [(code, i18n.tongue(code).name) for code in spoken]
    first = await ask("language", choice(turn._("In which language?"), named))
    others = [one for one in named if one[0] != first]
    others.append(("none", str(turn._("One is enough").unescape())))
    second = await ask("second", choice(turn._("And in a second one, just as large?"), others))
    return [first] if second == "none" else [first, second]


def _leads_to(turn: Turn, code: str, community: Community) -> str:
    """The address on the paper; Refused where there is none that phones can open.

    Where there is a web page it is that one, even where there is a bot too: it opens on any phone that can scan, asks
    for no app and no account, and the answers are on it at once. A page with both doors to choose from would be one
    more step at which people turn away; whoever likes Telegram better finds the bot's link among the links. Through
    `/l/`, because that can be typed, and leads to the result when the question has closed.
    """
    doors = turn.links(code, community.slug)
    if turn.site and doors.get("web"):
        return short_address(turn, code, doors["web"])
    if address := doors.get("telegram"):
        return address
    raise Refused(poster_letters.MISSING)


async def _where(turn: Turn) -> dict[str, dict[str, str]]:
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can make links and posters."))
    return the_only_one(organised)


async def _target(ask: Ask, turn: Turn, community: Community) -> Target:
    """An open question, or the community itself."""
    asked = await polls.open_in(turn.session, community.id, now=turn.now)
    offers = [(str(poll.id), short(poll.question, ON_A_BUTTON)) for poll in asked]
    town = community.name_in(turn.tongue.code)
    offers.append(("0", str(turn._("Joining {community}", community=town).unescape())))
    picked = await ask("what", choice(turn._("For which question?"), offers))
    return await sources.target(turn.session, community.id, int(picked) or None, by=turn.resident)
