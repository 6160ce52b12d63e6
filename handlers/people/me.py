"""What is known of a person: shown, changed, erased. /me, /language, /forgetme."""

from bot.conversation.flow import Ask, choice, words
from bot.conversation.router import Router
from bot.conversation.talk import FORGED_BUTTON
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.people import people as letters
from bot.letters.people.mydata import sure_to_forget
from bot.letters.people.people import Care, Change, Forget, Leave, Speak
from bot.links import privacy_page
from bot.models import Community
from bot.services.community import communities
from bot.services.people import residents
from handlers.people.hello import part_of_town

router = Router()


@router.command("me", words=N_("me"), about=N_("What I know about you, and change it"))
async def about_me(turn: Turn, rest: str) -> Outcome:
    """Everything known, with a button to change each."""
    memberships = await communities.of(turn.session, turn.resident)
    privacy = privacy_page(turn.site, memberships[0].community.slug) if turn.site and memberships else None
    return turn.say(letters.about(turn.tongue, turn.resident, memberships, privacy=privacy))


@router.command("language", words=N_("language"), about=N_("Speak another language"))
async def language(turn: Turn, rest: str) -> Outcome:
    """The languages, each in its own script."""
    return turn.say(letters.languages(turn.tongue))


@router.press(Speak)
async def speak(turn: Turn, press: Speak) -> Outcome:
    """Speak this language from now on."""
    residents.set_language(turn.resident, press.language)
    done = turn._("I speak {language} with you now.", language=turn.tongue.name)
    return turn.toast(done).edit(letters.languages(turn.tongue)).say(done)


@router.press(Change)
async def change(turn: Turn, press: Change) -> Outcome:
    """Change one thing."""
    if press.what == "language":
        return turn.say(letters.languages(turn.tongue))
    if press.what == "interests":
        return turn.say(letters.interests(turn.tongue, turn.resident.interests))
    if press.what == "name":
        return turn.begin("name")
    if press.what != "area":
        raise Refused(FORGED_BUTTON)
    if not await communities.of(turn.session, turn.resident):
        raise Refused(N_("You are in no community yet. Send /start to find yours."))
    return turn.begin("area")


@router.flow("name", casual=True)
async def new_name(ask: Ask, turn: Turn) -> Outcome:
    """A name to be called by, or none."""
    nameless = (("none", turn._("No name")),)
    turn.resident.name = await ask(
        "name",
        words(turn._("What shall I call you?"), residents.name, offers=nameless, picked=lambda _: None),
    )
    return turn.edit(turn._("Done.")) + await about_me(turn, "")


@router.flow("area", casual=True)
async def new_area(ask: Ask, turn: Turn) -> Outcome:
    """A part of town, in the one community somebody belongs to, or the one they choose."""
    belongs = {str(one.community_id): one for one in await communities.of(turn.session, turn.resident)}
    if not belongs:
        raise Refused(N_("You are in no community yet. Send /start to find yours."))
    picked = next(iter(belongs))
    if len(belongs) > 1:
        offers = [(number, one.community.name_in(turn.tongue.code)) for number, one in belongs.items()]
        picked = await ask("community", choice(turn._("For which community?"), offers))
    belongs[picked].area = await ask("area", part_of_town(turn, belongs[picked].community)) or None
    return turn.edit(turn._("Done.")) + await about_me(turn, "")


@router.press(Care)
async def care(turn: Turn, press: Care) -> Outcome:
    """Care about a subject, or no more."""
    residents.toggle_interest(turn.resident, press.interest)
    return turn.edit(letters.interests(turn.tongue, turn.resident.interests))


@router.press(Leave)
async def leave(turn: Turn, press: Leave) -> Outcome:
    """Leave a community, after saying so twice."""
    community = await turn.session.get(Community, press.community)
    if community is None:
        raise Refused(N_("You are not a member there."))
    if not press.sure:
        return turn.say(letters.sure_to_leave(turn.tongue, community))
    await communities.leave(turn.session, turn.resident, press.community, now=turn.now)
    name = community.name_in(turn.tongue.code)
    return turn.edit(turn._("You have left {community}. You are welcome back any time.", community=name))


@router.command("forgetme", words=N_("forget me"), about=N_("Erase everything about you"))
async def forget_me(turn: Turn, rest: str) -> Outcome:
    """Says what goes and what stays, and asks once."""
    return turn.say(sure_to_forget(turn.tongue))


@router.press(Forget)
async def forget(turn: Turn, press: Forget) -> Outcome:
    """Erase, after saying so."""
    if not press.sure:
        return await forget_me(turn, "")
    tongue = turn.tongue
    await residents.erase(turn.session, turn.resident, here=turn.address, now=turn.now)
    return turn.edit(tongue._("Done. I have erased everything about you. If you come back, we start anew."))
