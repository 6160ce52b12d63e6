"""Ready-made questions for organisers, in plain words; each can be changed before it goes."""

from dataclasses import dataclass, replace

from bot.conversation.flow import Answer, Prompt, words
from bot.conversation.turn import Turn
from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.services.polling import questions


@dataclass(frozen=True, slots=True)
class Template:
    """A question (a msgid) and how it is answered: a kind, what the kind wants to know, and the parts as msgids. What
    is None is asked."""

    question: str
    kind: str
    argument: str | None = ""
    parts: tuple[str, ...] | None = None

    def said(self, tongue: Tongue) -> list[str]:
        """The parts in a language."""
        return [str(tongue._(part).unescape()) for part in self.parts or ()]


TEMPLATES = {
    "meet": Template(N_("When shall we meet?"), "dates"),
    "safe": Template(
        N_("How safe do you feel in our streets after dark?"),
        "scale",
        "1-5",
        (N_("not safe at all"), N_("very safe")),
    ),
    "first": Template(N_("What should be done first?"), "ranking", "schulze"),
    "help": Template(N_("Who can help on the day?"), "count", None),
    "liked": Template(
        N_("How did you like the meeting?"), "scale", "1-5", (N_("not at all"), N_("very much"))
    ),
}
OWN = "own"

Asked = tuple[str, str | None]
"""The words of a question, and the name of the ready-made one that was taken."""


def question(turn: Turn, *, plain: bool) -> Prompt[Asked]:
    """What is asked: in one's own words or, unless `plain`, something ready-made."""
    if plain:
        return words(turn._("What would you like to ask?"), lambda text: (questions.question(text), None))
    offers = [(OWN, turn._("My own question"))]
    offers += [(name, turn._(one.question)) for name, one in TEMPLATES.items()]

    def picked(name: str) -> Asked:
        if name == OWN:
            raise Refused(N_("Please write your question."))
        return str(turn._(TEMPLATES[name].question).unescape()), name

    prompt = words(
        turn._(
            "What would you like to ask? Write it, or tap one of these; you can change it before it goes."
        ),
        lambda text: (questions.question(text), None),
        offers=offers,
        picked=picked,
    )

    def read(answer: Answer) -> Asked:
        return (answer["asked"], answer["template"]) if "template" in answer else prompt.read(answer)

    # The words are kept as they were in that language.
    return replace(prompt, read=read, keep=_kept)


def _kept(asked: Asked) -> Answer:
    said, name = asked
    return {"words": said} if name is None else {"asked": said, "template": name}
