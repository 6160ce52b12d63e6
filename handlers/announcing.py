"""Telling a community something: /announce in one line or step by step, and what can be done while it is on its way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NoReturn

from markupsafe import Markup

from bot.conversation.flow import Answer, Ask, Encloses, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_, tongue
from bot.letters.announcing import announcements as letters
from bot.letters.announcing import followings as following_letters
from bot.letters.announcing.followings import Correct, Follow, GoOn, Hold, Stop
from bot.letters.markup import paragraphs
from bot.message import Media
from bot.models import Broadcast, Community
from bot.services.announcing import audiences, broadcasts, enclosures, followings
from bot.services.community import communities
from handlers.polling.asking import the_only_one, which_community

router = Router()

Versions = Mapping[str, str]
"""language → text; the first one is for readers of all other languages too."""


@router.command(
    "announce",
    words=N_("announce, tell"),
    about=N_("Tell your community something"),
    role="organiser",
    encloses=True,
)
async def announce(turn: Turn, rest: str) -> Outcome:
    """`/announce The hall is closed on Friday.`, or just /announce; below a picture or a document too."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(
            N_(
                "Only organisers can make an announcement. "
                "If you know one, ask them to send you an invitation with /invite."
            )
        )
    answers = the_only_one(organised)
    if rest.strip():
        answers |= _written({turn.tongue.code: rest})
    if turn.enclosed is None:
        return turn.begin("announce", answers=answers, languages=[turn.tongue.code])
    try:
        given = {"enclosed": enclosures.proper(turn.enclosed).as_json()}
        outcome = SILENCE
    except Refused as no:  # the text need not be written again
        given, outcome = {}, turn.refusal(no)
    return outcome.begin("announce", answers=answers, languages=[turn.tongue.code], **given)


@router.flow("announce")
async def announce_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """The text, in other languages too if wished; then the preview with Send, Edit and Cancel."""
    community = await which_community(ask, turn)
    question = turn._(
        "What would you like to tell everyone in {community}? Write it as they shall read it.",
        community=community.name_in(turn.tongue.code),
    )
    versions = await _versions(ask, turn, community, question)
    audience, media = await audiences.of(turn.session, community.id), _enclosed(ask)
    preview = paragraphs(
        letters.preview(community, versions, _first(ask), turn.tongue, media=media),
        letters.who_gets_it(
            community, audience.people, audience.left_out, audience.seconds(turn.speeds), turn.tongue
        ),
    )
    decision = await ask("send", _decision(turn, community, versions, media, preview))
    if decision != "send":
        return await _changed(ask, turn, "announce", community, versions, decision)
    sent = await broadcasts.send(
        turn.session, community.id, versions, _first(ask), media=media, by=turn.resident, now=turn.now
    )
    return await _followed(turn, sent)


@router.press(Correct)
async def correct(turn: Turn, press: Correct) -> Outcome:
    """The organiser is going to replace the text."""
    broadcast = await broadcasts.locked(turn.session, press.broadcast, by=turn.resident)
    broadcasts.require_correctable(broadcast, now=turn.now)
    shown = await _followed(turn, broadcast)
    media = await enclosures.of(turn.session, broadcast)
    given = {} if media is None else {"enclosed": media.as_json()}
    return shown.begin("correct", broadcast=broadcast.id, languages=[broadcast.language], **given)


@router.flow("correct")
async def correct_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """The new text, in other languages too if wished; a look at it, and off it goes."""
    broadcast = await broadcasts.locked(turn.session, ask.given["broadcast"], by=turn.resident)
    community = await turn.session.get_one(Community, broadcast.community_id)
    question = turn._("How shall it read? Write the whole text anew; it goes to everyone.")
    versions = await _versions(ask, turn, community, question)
    audience, media = await audiences.of(turn.session, community.id), _enclosed(ask)
    had_it = await broadcasts.had_it(turn.session, broadcast)
    preview = paragraphs(
        letters.preview(community, versions, _first(ask), turn.tongue, correction=True, media=media),
        letters.who_gets_the_correction(had_it, audience.people, turn.tongue),
    )
    decision = await ask("send", _decision(turn, community, versions, media, preview))
    if decision != "send":
        return await _changed(ask, turn, "correct", community, versions, decision)
    corrected = await broadcasts.correct(
        turn.session, broadcast.id, versions, _first(ask), media=media, by=turn.resident, now=turn.now
    )
    return await _followed(turn, corrected)


def _first(ask: Ask) -> str:
    return str(ask.given["languages"][0])


def _enclosed(ask: Ask) -> Media | None:
    return None if ask.enclosed is None else enclosures.proper(ask.enclosed)


async def _versions(ask: Ask, turn: Turn, community: Community, question: Markup) -> dict[str, str]:
    """The text in each language that the organiser chose to write; one that was left out again is missing."""
    first, *more = ask.given["languages"]
    versions: dict[str, str] = {}
    for code in (first, *more):
        read = enclosures.reader(ask.enclosed, community)
        fits = enclosures.beside(versions, community)
        prompt = _another(turn, code, read, fits) if code in more else _text(ask, turn, question, read, fits)
        if text := await ask(f"text-{code}", prompt):
            versions[code] = text
    return versions


def _text(ask: Ask, turn: Turn, question: Markup, read: Callable[[str], str], fits: Encloses) -> Prompt[str]:
    hint = _along(turn)
    if ask.enclosed is not None:
        hint = turn._("I have the picture. Now write the words that go with it.")
        if ask.enclosed.kind == "document":
            hint = turn._("I have the document. Now write the words that go with it.")
    return words(
        paragraphs(hint, question) if ask.enclosed else paragraphs(question, hint), read, encloses=fits
    )


def _along(turn: Turn) -> Markup | None:
    """How a picture or a document gets along: documents come from Telegram only, where that can be reached."""
    by_telegram = turn.links("", "").get("telegram") is not None
    if turn.incoming.channel == "web":
        picture = turn._("A picture can go with it: send it together with your words.")
        elsewhere = turn._("Documents can only be sent from Telegram; /link makes you known there.")
        return Markup(" ").join([picture, elsewhere] if by_telegram else [picture])
    if not by_telegram:
        return None
    if turn.incoming.channel == "telegram":
        return turn._("A picture or a document can go with it: send it with your words below.")
    return turn._(
        "Pictures and documents can only be sent from Telegram for now; /link makes you known there."
    )


def _another(turn: Turn, code: str, read: Callable[[str], str], fits: Encloses) -> Prompt[str]:
    return words(
        turn._("Write it in this language: {language}", language=tongue(code).name),
        read,
        offers=[("none", turn._("Leave this language out"))],
        picked=lambda _: "",
        encloses=fits,
    )


def _decision(
    turn: Turn, community: Community, versions: Versions, media: Media | None, preview: Markup
) -> Prompt[str]:
    offers = [("send", turn._("Send")), ("edit", turn._("Edit"))]
    if media is not None and media.kind == "photo":
        offers += [("about", turn._("Describe the picture")), ("bare", turn._("Leave the picture out"))]
    elif media is not None:
        offers += [("bare", turn._("Leave the document out"))]
    missing = [code for code in community.languages if code not in versions]
    offers += [(code, turn._("Add it in {language}", language=tongue(code).name)) for code in missing]
    return choice(preview, offers, columns=2, encloses=enclosures.beside(versions, community))


async def _changed(
    ask: Ask, turn: Turn, flow: str, community: Community, versions: Versions, decision: str
) -> Outcome:
    """Back to the text, on to one more language, or something about what goes along."""
    if decision == "bare":
        ask.enclose(None)
        ask.again("send")
    if decision == "about":
        await _described(ask, turn)
    if decision == "edit":
        part = _first(ask)
        if len(versions) > 1:
            offers = [(code, tongue(code).name) for code in versions]
            part = await ask("part", choice(turn._("Which text would you like to change?"), offers))
        ask.again("send", "part", f"text-{part}")
    answers: dict[str, Answer] = {"community": {"pick": str(community.id)}} | _written(versions)
    given = {**ask.given, "languages": [*versions, decision]}
    return turn.begin(flow, answers=answers, **given)


async def _described(ask: Ask, turn: Turn) -> NoReturn:
    question = turn._("What is to be seen in the picture? People who cannot see it are told that.")
    about = await ask("about", words(question, enclosures.about))
    if ask.enclosed is not None:
        ask.enclose(replace(ask.enclosed, about=about))
    ask.again("send", "about")


def _written(versions: Versions) -> dict[str, Answer]:
    return {f"text-{code}": {"words": text} for code, text in versions.items()}


@router.command(
    "announcements",
    words=N_("announcements"),
    about=N_("Announcements so far, and how they stand"),
    role="organiser",
)
async def announcements_so_far(turn: Turn, rest: str) -> Outcome:
    """The newest ones, each a button."""
    organised = {one.id: one for one in await communities.organised_by(turn.session, turn.resident)}
    if not organised:
        raise Refused(N_("Only organisers can see how announcements stand."))
    found = await broadcasts.recent(turn.session, turn.resident)
    return turn.say(
        following_letters.listed([(one, organised[one.community_id]) for one in found], turn.tongue)
    )


@router.press(Follow)
async def follow(turn: Turn, press: Follow) -> Outcome:
    """How far it has come: in the message it was tapped in, if that showed it before; else in a new one."""
    broadcast = await broadcasts.locked(turn.session, press.broadcast, by=turn.resident)
    here = await followings.stands(turn.session, broadcast, turn.address, turn.incoming.message)
    return await _followed(turn, broadcast, new=not here)


@router.press(Hold)
async def hold(turn: Turn, press: Hold) -> Outcome:
    """Pause."""
    return await _led(turn, press.broadcast, "held")


@router.press(GoOn)
async def go_on(turn: Turn, press: GoOn) -> Outcome:
    """Go on."""
    return await _led(turn, press.broadcast, "sending")


@router.press(Stop)
async def stop(turn: Turn, press: Stop) -> Outcome:
    """Stop for good, after saying so twice."""
    if press.sure:
        return await _led(turn, press.broadcast, "stopped")
    broadcast = await broadcasts.locked(turn.session, press.broadcast, by=turn.resident)
    return await _followed(turn, broadcast, sure=True)


async def _led(turn: Turn, number: int, to: str) -> Outcome:
    broadcast = await broadcasts.lead(turn.session, number, to, by=turn.resident, now=turn.now)
    return await _followed(turn, broadcast)


async def _followed(turn: Turn, broadcast: Broadcast, *, sure: bool = False, new: bool = False) -> Outcome:
    """How far it has come, in the message that was tapped; it is kept up to date from now on."""
    target = None if new else turn.incoming.message
    shown = await followings.follow(
        turn.session, broadcast, at=turn.address, target=target, now=turn.now, sure=sure
    )
    return SILENCE if shown is None else turn.edit(shown)
