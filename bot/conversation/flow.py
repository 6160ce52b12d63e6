"""Flows: one async function that reads like the talk itself, replayed from its start at each turn.

Answers are recorded under names and kept as JSON on the address (`Address.talk`):

    {"flow": "poll", "n": 123456, "given": {…}, "answers": {"question": {"words": "…"}}, "trail": ["question"],
     "known": ["community"], "unread": ["closes"], "waiting": "choices", "asked": 1234567890,
     "at": "2026-11-23T19:00:00+00:00", "aside": null}

What somebody sent along (a picture, a document) is `given["enclosed"]`, the newest one, and where several are taken,
all of them are `given["enclosures"]`. `given["taken_at"]` is where the newest that tells it was taken. The things of an
album come one by one: the first is an answer like any other, the others are added without a word as long as the flow
waits with a prompt that takes several. `given["album"]` names the album.

`trail` lists the questions answered on the way to the one that waits, to which *Back* leads; `known` those that were
answered when the flow began and were never asked; `unread` the answers given ahead of it, which
are still to be checked; `asked` tells whether the question that waits is still the same one, `noted`
that something was said below it since; `aside` is what came in the middle, if anything.
The function runs until it asks something that has no answer yet. So a restart forgets nothing, *Back* is dropping the
last answer, and inserting a question shifts nothing. Two rules make replay safe: before its last question a flow only
reads; what it decides hangs only on recorded answers.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NoReturn, TypeVar
from zlib import crc32

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_
from bot.message import Button, Media, Message, Place, Rows
from bot.press import Press

T = TypeVar("T")
Answer = dict[str, Any]
"""`{"words": str}`, `{"pick": str}`, `{"place": [lat, long]}`, or what a prompt's `keep` makes of them; words may have
come with a `"media"`, its `"place"` and its `"album"`, and `{"odd": str}` is a kind of thing that no prompt reads."""

WRONG_KIND = N_("I cannot use that as an answer here.")
ENOUGH = N_("I have {most} of them now, and cannot take more.")

MOST_ALONG = 5
ALBUM = "album"
"""The kind of several things at once, where only one can be taken."""

ALONG = ("enclosures", "taken_at", ALBUM)
"""What is known besides of what came along."""

Encloses = Callable[[Media | str], None] | None


class Pick(Press, code="k"):
    """A tap on an offered answer. `talk` tells an old question's buttons from today's."""

    talk: int
    question: str
    value: str


class Step(Press, code="n"):
    """A tap that moves within a talk: `back`, `cancel`, `leave` (for what came in the middle), `stay`."""

    talk: int
    way: str


@dataclass(frozen=True)
class Prompt(Generic[T]):
    """A question: its words, the answers on offer, and how an answer is read.

    `read` turns an Answer into a value, or raises Refused with what would be right. `keep` turns the value of a
    fresh answer into what is recorded of it, for answers whose meaning would change with time. Where a picture or a
    document may be sent along, `encloses` raises Refused with what is wrong with it; it is asked about other kinds of
    things too, by their names, and refuses them all. With `several` each that is sent is kept, up to five, and an
    album is as good as one.
    """

    message: Message
    read: Callable[[Answer], T]
    offers: tuple[tuple[tuple[str, str], ...], ...] = ()
    keep: Callable[[T], Answer] | None = None
    encloses: Encloses = None
    several: bool = False


class Typed(str):
    """Words that were written where buttons were offered; look for them first, for they may be any value's."""


@dataclass(frozen=True, eq=False)
class Waiting(Exception):
    """The flow waits for the answer `name`; `complaint` says why the one just given will not do."""

    name: str
    prompt: Prompt[Any]
    complaint: Refused | None = None


@dataclass(frozen=True, eq=False)
class Again(Exception):
    """Drop these answers and go through the flow once more; `complaint` is about what cannot go along."""

    names: tuple[str, ...]
    complaint: Refused | None = None


class Ask:
    """What a flow asks with. `given` is what the flow was begun with."""

    def __init__(
        self, given: dict[str, Any], answers: dict[str, Answer], fresh: frozenset[str] = frozenset()
    ) -> None:
        self.given = given
        self.met: list[str] = []
        self._answers = answers
        self._fresh = fresh

    async def __call__(self, name: str, prompt: Prompt[T]) -> T:
        """The recorded answer, read; or the turn ends here with the question."""
        answer = self._answers.get(name)
        if answer is None:
            raise Waiting(name, prompt)
        if "media" in answer or "odd" in answer:
            self._take_along(name, prompt, answer)
        try:
            value = prompt.read(answer)
        except Refused as no:
            # A fresh answer of the wrong kind is explained. An old one that no longer fits was
            # right under an earlier version of the flow: it is asked again without blame.
            raise Waiting(name, prompt, no if name in self._fresh else None) from None
        if name in self._fresh and prompt.keep is not None:
            self._answers[name] = prompt.keep(value)
        self.met.append(name)
        return value

    def has(self, name: str) -> bool:
        """Whether there is an answer of that name, asked for or not."""
        return name in self._answers

    @property
    def enclosed(self) -> Media | None:
        """What was sent along with an answer so far; the newest one."""
        kept = self.given.get("enclosed")
        return None if kept is None else Media.from_json(kept)

    @property
    def all_enclosed(self) -> tuple[Media, ...]:
        """Everything that was sent along so far, the newest one last."""
        kept = self.given.get("enclosures") or [self.given.get("enclosed")]
        return tuple(Media.from_json(one) for one in kept if one is not None)

    @property
    def taken_at(self) -> Place | None:
        """Where the newest picture that tells it was taken."""
        where = self.given.get("taken_at")
        return None if where is None else Place(*where)

    def enclose(self, media: Media | None) -> None:
        """Let this go along from now on instead of the newest one; or nothing at all."""
        if media is None:
            self._leave_out()
            return
        self.given["enclosed"] = media.as_json()
        if self.given.get("enclosures"):
            self.given["enclosures"] = [*self.given["enclosures"][:-1], media.as_json()]

    def _take_along(self, name: str, prompt: Prompt[Any], answer: Answer) -> NoReturn:
        """Put what came with an answer aside; the flow goes on as if the words had come alone."""
        if prompt.encloses is None:
            raise Waiting(name, prompt, Refused(WRONG_KIND))
        complaint, words = None, answer.get("words")
        if ALBUM in answer and not prompt.several:
            answer, words = {"odd": ALBUM}, None
        try:
            prompt.encloses(Media.from_json(answer["media"]) if "media" in answer else answer["odd"])
            self._goes_along(answer, several=prompt.several)
        except Refused as no:
            complaint = no
        if words:
            self._answers[name] = {"words": words}
        raise Again(() if words else (name,), complaint)

    def _goes_along(self, answer: Answer, *, several: bool) -> None:
        if several:
            self.given.update(more_along(self.given, answer))
        else:
            self._leave_out()
            self.given.update(along(answer))

    def _leave_out(self) -> None:
        for name in ("enclosed", *ALONG):
            self.given.pop(name, None)

    def again(self, *names: str) -> NoReturn:
        """Forget these answers and ask for them once more."""
        raise Again(names)


def along(answer: Answer) -> dict[str, Any]:
    """What came with an answer, as a flow is given it."""
    known = {"enclosed": answer["media"], "taken_at": answer.get("place"), ALBUM: answer.get(ALBUM)}
    return {name: value for name, value in known.items() if value is not None}


def more_along(given: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """What a flow, or what is to become one, is given when this comes along besides; Refused when it is too much."""
    kept = given.get("enclosures") or [one for one in [given.get("enclosed")] if one is not None]
    if len(kept) >= MOST_ALONG:
        raise Refused(ENOUGH, most=MOST_ALONG)
    return {**given, **along(answer), "enclosures": [*kept, answer["media"]]}


def choice(
    question: Message | Markup,
    offers: Iterable[tuple[str, Any]],
    *,
    columns: int = 1,
    encloses: Encloses = None,
    several: bool = False,
    otherwise: Callable[[str], str] | None = None,
) -> Prompt[str]:
    """One of the offered values; a typed label counts as its tap. Other words are Typed as `otherwise` reads them."""
    pairs = tuple((value, _plain(label)) for value, label in offers)
    by_label = {label.casefold(): value for value, label in pairs}
    values = {value for value, _ in pairs}

    def read(answer: Answer) -> str:
        said = answer.get("words", "").strip()
        picked = answer.get("pick") or by_label.get(said.casefold(), "")
        if picked not in values:
            if otherwise is not None and said:
                return Typed(otherwise(said))
            raise Refused(N_("Please tap one of the buttons."))
        return str(picked)

    rows = tuple(pairs[start : start + columns] for start in range(0, len(pairs), columns))
    return Prompt(_message(question), read, rows, encloses=encloses, several=several)


def words(
    question: Message | Markup,
    read: Callable[[str], T],
    *,
    offers: Sequence[tuple[str, Any]] = (),
    picked: Callable[[str], T] | None = None,
    encloses: Encloses = None,
    several: bool = False,
) -> Prompt[T]:
    """Typed words, read by `read` (which may raise Refused); `offers` are buttons read by `picked` instead."""
    values = {value for value, _ in offers}

    def read_either(answer: Answer) -> T:
        if picked is not None and answer.get("pick") in values:
            return picked(answer["pick"])
        text = answer.get("words", "").strip()
        if not text:
            raise Refused(N_("Please answer with a few words."))
        return read(text)

    rows = tuple(((value, _plain(label)),) for value, label in offers)
    return Prompt(_message(question), read_either, rows, encloses=encloses, several=several)


def shown(prompt: Prompt[Any], talk: dict[str, Any], name: str, steps: Rows) -> Message:
    """The question as it is sent, with its offers and the steps below."""
    offers = tuple(
        tuple(Button(label, Pick(talk=talk["n"], question=name, value=value)) for value, label in row)
        for row in prompt.offers
    )
    message = prompt.message
    return replace(message, rows=(*message.rows, *offers, *steps))


def mark(prompt: Prompt[Any]) -> int:
    """Tells a question from one with other words or offers."""
    message = prompt.message
    return crc32(repr((str(message.text), message.wants_place, message.media, prompt.offers)).encode())


def _message(question: Message | Markup) -> Message:
    return question if isinstance(question, Message) else Message(question)


def _plain(label: Any) -> str:
    return str(label.unescape()) if isinstance(label, Markup) else str(label)
