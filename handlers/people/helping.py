"""What one can do here, by role: /help, which fits on a phone; what is done less often stands behind a topic."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.conversation.router import CommandEntry, Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import bold, lines, opening, paragraphs
from bot.message import Button, Message
from bot.press import Press
from bot.services.community import communities
from bot.services.in_charge import officers

router = Router()

FITS = 12  # commands that are told without topics

TOPICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "asking": (
        N_("Asking and telling"),
        ("again", "announcements", "promises", "poster"),
    ),
    "people": (N_("People and groups"), ("invite", "connect", "groups", "voices")),
    "you": (N_("About you"), ("me", "language", "link", "mydata", "forgetme")),
}
"""By code: what it is called, and the commands that are told there. All others are told at once."""


class Topic(Press, code="ht"):
    """Tell more of one topic; of none: what is done most."""

    topic: str


@router.command("help", words=N_("help"), about=N_("What I can do"), groups=True)
async def help_me(turn: Turn, rest: str) -> Outcome:
    """What is done most, and a button for each topic; all of it where it is little, or others read along."""
    entries = await _entries(turn)
    if len(entries) <= FITS or turn.incoming.group:
        return turn.say(paragraphs(turn._("This is what I can do:"), _told(turn, entries)))
    return turn.say(_first(turn, entries))


@router.press(Topic)
async def topic(turn: Turn, press: Topic) -> Outcome:
    """One topic, in the place of the others."""
    entries = await _entries(turn)
    if not press.topic:
        return turn.edit(_first(turn, entries))
    label, names = TOPICS.get(press.topic, ("", ()))
    theirs = [one for one in entries if one.name in names]
    if not theirs:
        raise Refused(N_("I do not know this button. Please use the newest one."))
    back = Button(turn._("Back"), Topic(topic=""))
    return turn.edit(
        Message(paragraphs(bold(str(turn._(label).unescape())), _told(turn, theirs)), ((back,),))
    )


def _first(turn: Turn, entries: Sequence[CommandEntry]) -> Message:
    later = {name for _, names in TOPICS.values() for name in names}
    often = [one for one in entries if one.name not in later]
    has = {one.name for one in entries}
    rows = tuple(
        (Button(turn._(label), Topic(topic=code)),)
        for code, (label, names) in TOPICS.items()
        if has.intersection(names)
    )
    said = paragraphs(
        turn._("This is what I can do:"), _told(turn, often), turn._("There is more behind each button:")
    )
    return Message(said, rows)


async def _entries(turn: Turn) -> list[CommandEntry]:
    """What whoever asks finds, by their roles."""
    roles = {"resident"}
    if await communities.organised_by(turn.session, turn.resident):
        roles.add("organiser")
    if await officers.of(turn.session, turn.resident):
        roles.add("officer")
    return [
        entry
        for entry in turn.commands.values()
        if entry.about and entry.name != "help" and entry.found_by(roles)
    ]


def _told(turn: Turn, entries: Sequence[CommandEntry]) -> Markup:
    return lines(
        [
            opening(
                turn._("{command}: {about}", command=f"/{one.name}", about=turn._(one.about)),
                rtl=turn.tongue.rtl,
            )
            for one in entries
            if one.about
        ]
    )
