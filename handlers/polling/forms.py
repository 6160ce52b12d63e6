"""What a poll shall be: its kind, what the kind wants to know, its choices, and the rules around it. Prompts only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from bot import kinds, quorum, when
from bot.conversation.flow import Answer, Prompt, choice, words
from bot.conversation.turn import Turn
from bot.kinds import Form, Kind, Written
from bot.letters.people.people import INTERESTS
from bot.letters.polling import quorum as quorum_letters
from bot.models import AREA, EVERYONE, INTEREST, ORGANISERS, Community, Poll
from bot.services.people import residents
from bot.services.polling import questions
from handlers.polling.one_line import DAYS

RESULTS = ("voted", "closed", "never")


Chosen = tuple[Kind, Form | None]
"""A kind, and its form where that has been said with it."""


def kind(turn: Turn, community: Community) -> Prompt[Chosen]:
    """How people shall answer: the texts to choose from, or another kind."""
    usual = kinds.named(kinds.USUAL)
    ready = {str(number): _in_words(turn, offer) for number, offer in enumerate(usual.offers)}
    others = [(one.name, turn._(one.title)) for one in kinds.every().values() if one is not usual]

    def picked(value: str) -> Chosen:
        if value in ready:
            return usual, form(turn, usual, "", list(ready[value]), community)
        return kinds.named(value), None

    prompt = words(
        turn._(
            "Which answers can people choose? Write each on a line of its own, 2 to 10 of them. Or tap another way "
            "to answer."
        ),
        lambda text: (usual, form(turn, usual, "", _lines(text), community)),
        offers=[*((value, " / ".join(parts)) for value, parts in ready.items()), *others],
        picked=picked,
    )

    def read(answer: Answer) -> Chosen:
        if "kind" not in answer:
            return prompt.read(answer)
        kept = answer.get("form")
        return kinds.named(answer["kind"]), kept and Form(tuple(kept["choices"]), kept["options"])

    return replace(prompt, read=read, keep=lambda chosen: {"kind": chosen[0].name, **_kept(chosen[1])})


def _in_words(turn: Turn, offer: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(turn._(part).unescape()) for part in offer)


def _lines(text: str) -> list[str]:
    return text.replace("|", "\n").split("\n")


def argument(turn: Turn, chosen: Kind) -> Prompt[str]:
    """What the kind wants to know before its choices."""
    wanted = chosen.argument
    assert wanted is not None  # noqa: S101 - the caller looked
    offers = [(value, turn._(label) if label else value) for value, label in wanted.offers]
    prompt = words(turn._(wanted.question), wanted.read, offers=offers, picked=wanted.read)

    def read(answer: Answer) -> str:
        return wanted.read(answer["said"]) if "said" in answer else prompt.read(answer)

    return replace(prompt, read=read, keep=lambda value: {"said": value})


def choices(turn: Turn, chosen: Kind, argument: str, community: Community) -> Prompt[Form]:
    """The texts to choose from. What was understood is what is kept: a date stays the same when the night passes."""
    assert chosen.wants is not None  # noqa: S101 - the caller looked
    ready = [_in_words(turn, offer) for offer in chosen.offers]
    prompt = words(
        turn._(chosen.wants),
        lambda text: form(turn, chosen, argument, _lines(text), community),
        offers=[(str(number), " / ".join(parts) or turn._("Skip")) for number, parts in enumerate(ready)],
        picked=lambda number: form(turn, chosen, argument, list(ready[int(number)]), community),
    )

    def read(answer: Answer) -> Form:
        if "form" in answer:
            return Form(tuple(answer["form"]["choices"]), answer["form"]["options"])
        if "parts" in answer:
            return form(turn, chosen, argument, answer["parts"], community)
        return prompt.read(answer)

    return replace(prompt, read=read, keep=_kept)


def _kept(read: Form | None) -> Answer:
    return {} if read is None else {"form": {"choices": list(read.choices), "options": dict(read.options)}}


def form(turn: Turn, chosen: Kind, argument: str, parts: list[str], community: Community) -> Form:
    """The form that these parts make; Refused says what is wrong with them."""
    written = Written(
        argument,
        tuple(part for part in map(str.strip, parts) if part),
        _moment(turn, community),
        community.zone,
    )
    return chosen.read(written)


def _moment(turn: Turn, community: Community) -> Callable[[str], datetime]:
    def moment(text: str) -> datetime:
        return questions.ahead(when.read(text, turn.tongue, community.zone, now=turn.now), now=turn.now)

    return moment


def closing(turn: Turn, community: Community) -> Prompt[datetime]:
    """A closing time. What was understood is what is kept: "tomorrow" stays the same day when the night passes."""
    offers = [(str(days), turn.n_("in {n} day", "in {n} days", days)) for days in DAYS]
    typed_or_tapped = words(
        turn._("When does it close? Tap, or write a time such as “Friday 18:00”."),
        lambda text: questions.closing(
            when.read(text, turn.tongue, community.zone, now=turn.now), now=turn.now
        ),
        offers=offers,
        picked=lambda days: when.in_days(int(days), community.zone, now=turn.now),
    )

    def read(answer: Answer) -> datetime:
        return (
            datetime.fromisoformat(answer["moment"]) if "moment" in answer else typed_or_tapped.read(answer)
        )

    return replace(typed_or_tapped, read=read, keep=lambda moment: {"moment": moment.isoformat()})


def results(turn: Turn) -> Prompt[str]:
    """Who may see the count, and when."""
    labels = (
        turn._("After they have answered"),
        turn._("When the poll has closed"),
        turn._("Never: only the organisers see it"),
    )
    return choice(turn._("When may people see the result?"), zip(RESULTS, labels, strict=True))


def usual_secrecy(kind: Kind) -> str:
    """What holds of a kind unless somebody decides otherwise."""
    return "named" if kind.named else "secret" if kind.writes else "listed"


def filled(poll: Poll, *, now: datetime) -> tuple[dict[str, Answer], list[str]]:
    """A poll as answers to what is asked before one is sent, but for when it closes and for choices that have passed;
    and what was decided in it that is not usual."""
    kind = kinds.named(poll.kind)
    secret = "named" if poll.named else "listed" if poll.listed else "secret"
    answers: dict[str, Answer] = {
        "community": {"pick": str(poll.community_id)},
        "question": {"words": poll.question},
        "kind": {"kind": kind.name},
        "results": {"pick": poll.results},
        "secrecy": {"pick": secret},
        "whom": {"whom": poll.whom},
        "quorum": {"words": poll.quorum} if poll.quorum else {"pick": "none"},
        "grows": {"pick": "yes" if poll.grows else "no"},
        "remind": {"pick": "once" if poll.remind_at else "never"},
    }
    if kind.argument is not None:
        answers["argument"] = {"said": kind.argued(poll.form)}
    if kind.wants is not None and not kind.outdated(poll.form, now):
        answers["choices"] = _kept(poll.form)
    usual = {"secrecy": secret == usual_secrecy(kind), "whom": poll.whom == EVERYONE}
    usual |= {"grows": not poll.grows, "quorum": poll.quorum is None, "remind": poll.remind_at is None}
    return answers, [part for part, so in usual.items() if not so]


def secrecy(turn: Turn) -> Prompt[str]:
    """Whether organisers see who chose what, and whether everybody may check the count afterwards."""
    return choice(
        turn._("Shall the organisers see who chose what? People are told before they answer."),
        [
            ("listed", turn._("No. All answers are listed at the end, without names")),
            ("secret", turn._("No, only how many")),
            ("named", turn._("Yes, with names")),
        ],
    )


def for_whom(turn: Turn, community: Community) -> Prompt[str]:
    """Who is asked, and may answer."""
    everyone = turn._("Everyone in {community}", community=community.name_in(turn.tongue.code))
    offers = [(EVERYONE, everyone), (ORGANISERS, turn._("Organisers only"))]
    offers += [(AREA + area, Markup.escape(area)) for area in community.areas]
    offers += [(INTEREST + code, turn._(INTERESTS[code])) for code in residents.INTERESTS]
    prompt = choice(
        turn._("Who shall be asked? Only they can answer, and everyone sees for whom it is."),
        [(str(number), label) for number, (_, label) in enumerate(offers)],
        columns=2,
    )

    def read(answer: Answer) -> str:
        return answer["whom"] if "whom" in answer else offers[int(prompt.read(answer))][0]

    # A part of town may be renamed while somebody decides.
    return replace(prompt, read=read, keep=lambda picked: {"whom": picked})


def reminder(turn: Turn) -> Prompt[str]:
    """Whether those who have not answered are asked once more."""
    return choice(
        turn._("Shall I remind those who have not answered? Once, half-way; never those who have."),
        [("once", turn._("Yes, once")), ("never", turn._("No reminder"))],
    )


def counts_when(turn: Turn) -> Prompt[str | None]:
    """How many have to answer so that it counts."""

    def read(text: str) -> str | None:
        return str(quorum.read(text))

    return words(
        turn._(
            "How many people have to answer so that it counts? Tap, or write a number such as 20, or a share such as "
            "25 %. The result is shown either way."
        ),
        read,
        offers=quorum_letters.offered(turn.tongue),
        picked=lambda value: None if value == "none" else str(quorum_letters.READY[value]),
    )


def may_grow(turn: Turn) -> Prompt[str]:
    """Whether people may suggest answers."""
    return choice(
        turn._(
            "May people suggest more answers while it is open? You read each first, and let it in or not."
        ),
        [("yes", turn._("Yes, they may")), ("no", turn._("No, only these"))],
    )


def parts(turn: Turn, chosen: Kind) -> Prompt[str]:
    """What shall be changed."""
    offers = [("question", turn._("The question")), ("kind", turn._("How people answer"))]
    if chosen.wants is not None:
        offers.append(("choices", turn._("The answers to choose from")))
    if chosen.grow is not None:
        offers.append(("grows", turn._("Whether people may add answers")))
    return choice(
        turn._("What would you like to change?"),
        [
            *offers,
            ("closes", turn._("When it closes")),
            ("results", turn._("Who sees the result, and when")),
            ("secrecy", turn._("Who sees who chose what")),
            ("whom", turn._("Who is asked")),
            ("quorum", turn._("When it counts")),
            ("remind", turn._("A reminder")),
        ],
    )
