"""A make-believe desk that is written to by e-mail: a press with words, one without, and a place for answers."""

from dataclasses import dataclass, field

from markupsafe import Markup

from bot.conversation.router import PressEntry
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.lanes import Lane
from bot.message import Button, Media, Message, Reply
from bot.outbox import Draft, put
from bot.press import Press
from bot.services import mailboxes
from tests.channels.webchat_town import WebTown

BINS = "bins@council.example"


class Take(Press, code="x1", says="Your team looks after it from now on."):
    """A press that a letter may have as a link."""

    notice: int


class Answer(Press, code="x2", says="Whoever reported it reads your answer.", asks="Your answer"):
    """One with words."""

    notice: int


class Look(Press, code="x3"):
    """One for chats only."""

    notice: int


@dataclass
class Desk:
    """What handlers were handed."""

    town: WebTown
    acts: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    replies: list[tuple[str, str | None, Reply]] = field(default_factory=list)

    def __post_init__(self) -> None:
        router = self.town.folkmoot.router
        for kind, handler in ((Take, self.take), (Answer, self.answer), (Look, self.take)):
            router.presses[kind.code] = PressEntry(kind, handler, None)
        router.contents[Reply] = self.reply

    def _note(self, what: str, turn: Turn) -> None:
        self.acts.append((what, turn.incoming.sender, turn.incoming.about, turn.written))

    async def take(self, turn: Turn, press: Take) -> Outcome:
        self._note("take", turn)
        return turn.toast("It is yours now.").say("You have it. Answer whenever you like.")

    async def answer(self, turn: Turn, press: Answer) -> Outcome:
        if turn.written == "no":
            raise Refused("Please say a little more.")
        self._note("answer", turn)
        return turn.edit("Passed on.")

    async def reply(self, turn: Turn, answer: Reply) -> Outcome:
        self.replies.append((turn.incoming.sender, turn.incoming.about, answer))
        return turn.say("Thank you. They read it now.")

    async def writes(
        self,
        text: str = "An overflowing bin in Elm Road",
        *,
        to: str = BINS,
        key: str = "1",
        language: str = "en",
        thread: str | None = "EP-1042",
        subject: str | None = "Overflowing bin, Elm Road",
        media: Media | None = None,
        lane: Lane = Lane.PERSONAL,
    ) -> None:
        """A letter to a team's address, with a button of each kind."""
        rows = (
            (Button("Take it", Take(notice=7)), Button("Answer", Answer(notice=7))),
            (Button("Look", Look(notice=7)), Button("On the map", url="https://town.example/map")),
        )
        message = Message(Markup(text), rows, media=media, subject=subject, thread=thread)
        async with self.town.folkmoot.database.writing() as session:
            address = await mailboxes.at(session, to, language=language, now=self.town.clock())
            await put(session, [Draft(address, message, f"notice:{key}", lane=lane)], now=self.town.clock())
        self.town.folkmoot.postmen["email"].wake()
