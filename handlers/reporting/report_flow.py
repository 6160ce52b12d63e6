"""The talk in which a problem is reported: what, where, which kind; is it one that is known; a look at it, and off."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.flow import Ask, Typed, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.people import people
from bot.letters.reporting import reporting as letters
from bot.letters.reporting import reports as report_letters
from bot.letters.reporting import routing as routing_letters
from bot.letters.reporting.report_pictures import picture
from bot.letters.reporting.reporting import Told
from bot.message import Media, Message, Place
from bot.models import Community, NamedPlace, Service
from bot.services.community import communities
from bot.services.in_charge import routing
from bot.services.in_charge.routing import Route
from bot.services.people import residents
from bot.services.reporting import gazetteer, guessing, nearby, own_reports, receiving, report_views, reports
from handlers.reporting import report_asks as asks
from handlers.reporting import report_steps as steps
from handlers.reporting.report_asks import ALONG
from handlers.reporting.report_questions import answers, change, questions
from handlers.reporting.report_steps import Where

router = Router()

NO_TOWN = N_("You are in no community yet. Send /start to find yours.")


@router.flow("report", places=True)
async def report_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """What, where, which kind; is it one that is known; a look at it, and off it goes."""
    said = await _what(ask, turn)
    at_first = Place(*at) if (at := ask.given.get("at")) else ask.taken_at
    await asks.emergency(ask, turn, said, at_first)
    where = await _where(ask, turn, said)
    community = await _community(ask, turn, where)
    where = await _found(ask, turn, where, community)
    if where.place != at_first:  # another number may hold there
        await asks.emergency(ask, turn, said, where.place)
    service = await _kind(ask, turn, community, where, said)
    way = await _way(ask, turn, community, service, where)
    attributes = await questions(ask, turn, service, community, said=said, address=where.words)
    same = await _twin(ask, turn, service, where)
    if same is not None:
        return await join(turn, same, said, ask.all_enclosed)
    code = service.service_code if service else None
    draft = receiving.Draft(said, code, attributes, where.place, where.words, ask.all_enclosed)
    draft, name = await _look(ask, turn, community, service, draft, way)
    got = await receiving.receive(turn.session, community, draft, by=turn.resident, now=turn.now, way=way)
    turn.resident.name = name or turn.resident.name
    residents.agreed(turn.session, turn.resident, str(turn._(people.KEPT)), now=turn.now)
    return turn.edit(report_letters.received(got.view, got.reason, turn.tongue, now=turn.now, site=turn.site))


async def _what(ask: Ask, turn: Turn) -> str:
    """Words may be left out where a photo or the kind says enough."""
    if ask.enclosed is not None and not (ask.has("what") or ask.given.get("anew")):
        return ""
    optional = ask.enclosed is not None or ask.given.get("kind") is not None
    return await ask("what", steps.what(turn, optional=optional))


async def _where(ask: Ask, turn: Turn, said: str) -> Where:
    """Places whose names stand in the words already are one tap away."""
    named = [] if ask.has("where") else await _named(ask, turn, said)
    where = await ask("where", steps.where(turn, ask.taken_at, named))
    if address := ask.given.get("address"):
        return replace(where, words=address)
    return where


async def _named(ask: Ask, turn: Turn, said: str) -> Sequence[NamedPlace]:
    """Only near the communities that it may be for: a library is everywhere."""
    if not said:
        return []
    mine = [one.community for one in await communities.of(turn.session, turn.resident)]
    mine = mine or await _of_page(turn)
    meant = [one for one in mine if ask.given.get("community") in (None, one.id)]
    return await gazetteer.mentioned(turn.session, said, near=[at for one in meant if (at := _at(one))])


async def _community(ask: Ask, turn: Turn, where: Where) -> Community:
    """The one that was meant, the only one, the one around the place or of the page; asked only where that does not
    tell."""
    if number := ask.given.get("community"):
        return await turn.session.get_one(Community, number)
    mine = [one.community for one in await communities.of(turn.session, turn.resident)]
    if where.place is not None:
        around = list(await communities.near(turn.session, where.place))
        known = {one.id for one in mine}
        mine = [one for one in around if one.id in known] or mine or around[:1]
    mine = mine or await _of_page(turn)
    if not mine:
        raise Refused(NO_TOWN)
    if len(mine) == 1:
        return mine[0]
    offers = [(str(one.id), one.name_in(turn.tongue.code)) for one in mine]
    picked = await ask("community", choice(turn._("For which community?"), offers, **ALONG))
    return next(one for one in mine if str(one.id) == picked)


async def _of_page(turn: Turn) -> list[Community]:
    """For a stranger on a community's own page: that one."""
    page = await communities.by_slug(turn.session, turn.incoming.source or "")
    return [] if page is None else [page]


async def _found(ask: Ask, turn: Turn, where: Where, community: Community) -> Where:
    """Words for a place become a point where the gazetteer knows them, and a point gets a name."""
    if where.named is not None:
        place = await turn.session.get(NamedPlace, where.named)
        if place is None:  # other places were loaded meanwhile
            ask.again("where")
        return Where(Place(place.lat, place.long), where.words or place.name)
    if where.place is not None:
        if where.words is None and (
            named := await gazetteer.nearest(turn.session, where.place.lat, where.place.long)
        ):
            return Where(where.place, named.name)
        return where
    if where.words is None:
        return where
    first, anew = where.words, ask.given.get("anew_where")
    typed = anew[1] if anew and anew[0] == first else first  # written when they were asked which one
    where = Where(words=typed)
    found = await gazetteer.find(turn.session, typed, near=_at(community))
    if not found:
        return where
    one: NamedPlace | None = found[0]
    if not _sure(found, typed):
        picked = await ask("which", steps.which_place(turn, typed, found))
        if isinstance(picked, Typed):
            ask.given["anew_where"] = [first, str(picked)]
            ask.again("which")
        one = next((each for each in found if str(each.id) == picked), None)
    return where if one is None else Where(Place(one.lat, one.long), where.words)


def _at(community: Community) -> Place | None:
    if community.lat is None or community.long is None:
        return None
    return Place(community.lat, community.long)


def _sure(found: Sequence[NamedPlace], typed: str) -> bool:
    """Whether one place, and no other, is called just so, or is the only one that can be meant."""
    if len(found) == 1:
        return gazetteer.covers(found[0], typed)
    plain = " ".join(gazetteer.sought(typed).words)
    return found[0].folded == plain != found[1].folded


async def _kind(ask: Ask, turn: Turn, community: Community, where: Where, said: str) -> Service | None:
    if (known := ask.given.get("kind")) and (service := await turn.session.get(Service, known)):
        return service
    lat, long = (where.place.lat, where.place.long) if where.place else (None, None)
    offered = await routing.services_at(turn.session, community.id, lat, long)
    if not offered:
        return None
    here = await nearby.usual(turn.session, where.place) if where.place else {}
    likely = guessing.likely(offered, said, month=turn.now.month, here=here)
    picked = await ask("kind", steps.kind(turn, likely, everything=False))
    if picked == "more.kinds":
        picked = await ask("kinds", steps.kind(turn, offered, everything=True))
    return next((one for one in offered if one.service_code == picked), None)


async def _way(ask: Ask, turn: Turn, community: Community, service: Service | None, where: Where) -> Route:
    """Where it will go. What is nobody's of ours is said, and only its organisers can be told."""
    lat, long = (where.place.lat, where.place.long) if where.place else (None, None)
    code = service.service_code if service else None
    way = await routing.route(turn.session, community.id, code, lat, long)
    if way.how in ("private", "outside"):
        because = routing_letters.because(turn.tongue, way.reason(service, where.words))
        text = letters.not_here(because, community, turn.tongue)
        await ask("ours", choice(text, [("tell", turn._("Tell the organisers"))], **ALONG))
    return way


async def _twin(ask: Ask, turn: Turn, service: Service | None, where: Where) -> int | None:
    """The number of an open report that this one is the same as."""
    if where.place is None or (service is not None and service.confidential):
        return None
    code, within = (service.service_code, service.radius) if service else (None, nearby.USUAL)
    found = await nearby.find(turn.session, code, where.place, within=within)
    if not found:
        return None
    views = await report_views.of_many(turn.session, [one.report for one in found])
    pairs = list(zip(views, (one.metres for one in found), strict=True))
    offers = [
        (str(one.report.id), str(letters.it_is(number, len(found), turn.tongue).unescape()))
        for number, one in enumerate(found, 1)
    ]
    offers.append(("none", str(turn._("No, it is another one"))))
    told = {one.report.id for one in found if await reports.concern(turn.session, one.report, turn.resident)}
    shown = Message(letters.twins(pairs, told, turn.tongue), media=picture(views[0].photos))
    picked = await ask("same", choice(shown, offers, **ALONG))
    return None if picked == "none" else int(picked)


async def _look(
    ask: Ask, turn: Turn, community: Community, service: Service | None, draft: receiving.Draft, way: Route
) -> tuple[receiving.Draft, str | None]:
    """The preview, from which words can be added and a name told; returns what is sent, and the name."""
    added: list[str] = list(ask.given.get("added", ()))
    if ask.given.get("adding"):
        extra = await ask("extra", words(turn._("What else should they know?"), receiving.described, **ALONG))
        if not ask.has("emergency"):
            await asks.emergency(ask, turn, extra, draft.place, name="emergency.extra")
        added.append(extra)
    draft = replace(draft, description="\n".join(part for part in (draft.description, *added) if part))
    draft = await _private(ask, turn, service, draft)
    name = None
    if ask.given.get("named"):
        name = turn.resident.name or await ask("name", words(turn._("What is your name?"), residents.name))
        draft = replace(draft, named=True)
    told = Told(service, draft, answers(turn, community, service, draft.attributes), name)
    because = routing_letters.because(turn.tongue, way.reason(service, draft.address))
    text = letters.preview(told, because, turn.tongue, new=residents.newcomer(turn.resident))
    decision = await ask("send", steps.decided(turn, text, named=draft.named, answered=bool(told.answers)))
    if decision == "answers":
        await change(ask, turn, service, draft.attributes)
    if decision in ("named", "unnamed"):
        ask.given["named"] = decision == "named"
        ask.again("send")
    if decision == "words":
        ask.given |= {"adding": True, "added": added}
        ask.again("send", "extra", "private")
    return draft, name


async def _private(ask: Ask, turn: Turn, service: Service | None, draft: receiving.Draft) -> receiving.Draft:
    """Words that may be about a private person are asked about before everybody can read them."""
    if service is not None and service.confidential:
        return draft
    place = await _own_words(ask, turn, draft)
    picked = await asks.private(ask, turn, f"{draft.description}\n{place}")
    if picked == "anew":
        ask.given |= {"anew": True, "adding": False, "added": []}
        ask.again(
            "private", "what", "extra", *(("where", "which", "kind") if asks.leads_to_somebody(place) else ())
        )
    return replace(draft, confidential=True) if picked == "inside" else draft


async def _own_words(ask: Ask, turn: Turn, draft: receiving.Draft) -> str:
    """The place as somebody wrote it, unless it is a street that we know, or hangs at a lamp post."""
    if not draft.address or ask.given.get("address") or not asks.leads_to_somebody(draft.address):
        return ""
    if draft.place is None:
        return draft.address
    known = await gazetteer.nearest(turn.session, draft.place.lat, draft.place.long)
    return "" if known is not None and gazetteer.covers(known, draft.address) else draft.address


async def join(turn: Turn, number: int, text: str = "", media: Sequence[Media] = ()) -> Outcome:
    """Somebody has the same problem: one more person, who hears what comes of it. What they wrote and sent goes to the
    report that is there."""
    made, fresh = await reports.same(turn.session, number, by=turn.resident, now=turn.now)
    if text or media:
        await own_reports.add(turn.session, made.id, text, media, by=turn.resident, now=turn.now)
    residents.agreed(turn.session, turn.resident, str(turn._(people.KEPT)), now=turn.now)
    view = await report_views.of(turn.session, made)
    said = letters.joined(view, turn.tongue, fresh=fresh, added=bool(text or media))
    return turn.edit(said, (report_letters.see(view, turn.tongue),))
