"""The questions of a report: what, where, which kind, the kind's own questions. Prompts and what they read only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot import when
from bot.conversation.flow import Answer, Prompt, Typed, choice, words
from bot.conversation.turn import Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.reporting import reporting as letters
from bot.letters.reporting.reports import kind as kind_name
from bot.message import Media, Message, Place
from bot.models import Community, NamedPlace, Service
from bot.services.reporting import gazetteer, hindrances, receiving

LIKELY = 3  # kinds that are offered first
ADDRESS = 200  # characters of a place in words
LINE, TEXT = 200, 2000  # characters of an answer
PICTURE = N_("Please send a photo of it. I cannot use other kinds of files here.")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
_NAMED = re.compile(r"named\.(\d{1,18})")
NO_SUCH = N_("I could not read that. Please try again.")


@dataclass(frozen=True, slots=True)
class Where:
    """Where it is: a point, words, or both; or the number of a place that the gazetteer knows."""

    place: Place | None = None
    words: str | None = None
    named: int | None = None


def picture(media: Media | str) -> None:
    """Raises Refused for what is no picture."""
    if isinstance(media, str) or not media.is_picture:
        raise Refused(PICTURE)


def what(turn: Turn, *, optional: bool) -> Prompt[str]:
    """A photo, words, or both."""
    offers = [("none", turn._("No words needed"))] if optional else []
    return words(
        turn._(letters.WHAT),
        receiving.described,
        offers=offers,
        picked=lambda _: "",
        encloses=picture,
        several=True,
    )


def where(turn: Turn, taken: Place | None, named: Sequence[NamedPlace]) -> Prompt[Where]:
    """A place that is shared, the one that the photo knows, one that was named already, or words."""
    offers: list[tuple[str, object]] = [("photo", turn._("Where the photo was taken"))] if taken else []
    offers += [(f"named.{one.id}", _called(one)) for one in named]
    offers.append(("unknown", turn._("I cannot say where")))

    def read(answer: Answer) -> Where:
        if "place" in answer:
            lat, long = answer["place"]
            return Where(Place(lat, long))
        if answer.get("pick") == "photo" and taken:
            return Where(taken)
        if answer.get("pick") == "unknown":
            return Where()
        if number := _NAMED.fullmatch(answer.get("pick", "")):
            return Where(named=int(number[1]))
        text = " ".join(answer.get("words", "").split())
        if not text or len(text) > ADDRESS:
            raise Refused(N_("Please share the place, or write the street or something near it."))
        return Where(words=text)

    message = Message(turn._(letters.WHERE), wants_place=True)
    return Prompt(
        message,
        read,
        tuple(((value, str(label)),) for value, label in offers),
        encloses=picture,
        several=True,
    )


def which_place(turn: Turn, typed: str, found: Sequence[NamedPlace]) -> Prompt[str]:
    """One of several places of that name; Typed is another place, in words."""
    offers = [(str(one.id), _called(one)) for one in found]
    offers.append(("none", str(turn._("None of these"))))
    asked = choice(
        turn._("Which one do you mean? You wrote “{place}”.", place=typed),
        offers,
        encloses=picture,
        several=True,
        otherwise=lambda text: another_place(text, typed),
    )

    def read(answer: Answer) -> str:
        """Words that only one of them has are as good as its button: `South`, of two of the same name."""
        picked = asked.read(answer)
        meant = (
            [str(one.id) for one in found if gazetteer.covers(one, picked)]
            if isinstance(picked, Typed)
            else []
        )
        return meant[0] if len(meant) == 1 else picked

    return replace(asked, read=read)


def another_place(text: str, typed: str) -> str:
    """Where it is, in words again; Refused where nothing new was said."""
    text = " ".join(text.split())
    if not gazetteer.fold(text) or gazetteer.fold(text) == gazetteer.fold(typed) or len(text) > ADDRESS:
        raise Refused(N_("Please tap one of the buttons, or write where it is in other words."))
    return text


def _called(place: NamedPlace) -> str:
    there = "" if gazetteer.fold(place.within) == gazetteer.fold(place.name) else place.within
    return f"{place.name}, {there}" if there else place.name


def kind(turn: Turn, services: Sequence[Service], *, everything: bool) -> Prompt[str]:
    """The likely kinds, the others one tap away."""
    shown = services if everything else services[:LIKELY]
    offers = [(one.service_code, one.name_in(turn.tongue.code)) for one in shown]
    if len(shown) < len(services):
        offers.append(("more.kinds", str(turn._("Other kinds"))))
    offers.append(("something.else", kind_name(None, turn.tongue)))
    return choice(
        turn._(letters.KIND), offers, columns=2 if everything else 1, encloses=picture, several=True
    )


def _stays(value: Any) -> Answer:
    """What is kept of a moment: it is the same whenever it is read again."""
    return {"pick": "skip"} if value is None else {"words": str(value)}


def question(turn: Turn, attribute: dict[str, Any], community: Community) -> Prompt[Any]:
    """One question of a kind, as Open311 describes it. Whatever is not required can be skipped."""
    text = letters.by_language(attribute.get("description", ""), turn.tongue)
    datatype, required = attribute.get("datatype", "string"), bool(attribute.get("required"))
    skip = [] if required else [("skip", str(turn._("Skip")))]
    if datatype == "singlevaluelist":
        offers = [(f"v.{n}", name) for n, name in enumerate(_values(turn, attribute))]
        return choice(turn._("{question}", question=text), [*offers, *skip])
    prompt = words(
        turn._("{question}", question=text),
        lambda said: _read(said, datatype, turn, community),
        offers=skip,
        picked=lambda _: None,
    )
    return replace(prompt, keep=_stays) if datatype == "datetime" else prompt


def answer_of(attribute: dict[str, Any], picked: Any) -> Any:
    """What is kept of an answer: keys of values for lists, words and numbers otherwise."""
    if picked in (None, "skip"):
        return None
    if attribute.get("datatype") == "singlevaluelist":
        return attribute["values"][int(str(picked).removeprefix("v."))]["key"]
    return picked


def several(turn: Turn, attribute: dict[str, Any], chosen: Sequence[str]) -> Prompt[str]:
    """A list from which several may be chosen, one tap each, until it is enough."""
    offers = []
    for number, one in enumerate(attribute.get("values", ())):
        mark = "✔ " if one["key"] in chosen else ""
        offers.append((f"v.{number}", mark + letters.by_language(one["name"], turn.tongue)))
    if chosen or not attribute.get("required"):
        offers.append(("done", str(turn._("That is all"))))
    text = letters.by_language(attribute.get("description", ""), turn.tongue)
    return choice(turn._("{question}", question=text), offers)


def _values(turn: Turn, attribute: dict[str, Any]) -> list[str]:
    return [letters.by_language(one["name"], turn.tongue) for one in attribute.get("values", ())]


def _read(said: str, datatype: str, turn: Turn, community: Community) -> Any:
    if datatype == "number":
        try:
            number = float(said.replace(",", ".").replace(" ", ""))
        except ValueError:
            raise Refused(N_("Please write a number.")) from None
        if not -1e12 < number < 1e12:
            raise Refused(N_("Please write a number."))
        return int(number) if number == int(number) else number
    if datatype == "datetime":
        if _MOMENT.fullmatch(said):
            return said  # as it was understood before
        moment: datetime = when.read(said, turn.tongue, community.zone, now=turn.now, past=True)
        return moment.isoformat()
    most = TEXT if datatype == "text" else LINE
    return hindrances.short_enough(said, most)


def decided(turn: Turn, text: Any, *, named: bool, answered: bool) -> Prompt[str]:
    """Send it, or change something first."""
    name = turn._("Do not say who I am") if named else turn._("Say who I am")
    offers = [
        ("send", turn._("Send")),
        ("words", turn._("Add words")),
        *([("answers", turn._("Change an answer"))] if answered else []),
        ("unnamed" if named else "named", name),
    ]
    return choice(text, offers, encloses=picture, several=True)
