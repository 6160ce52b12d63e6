"""The words around suggested answers: one before its reader, and what became of it for whoever suggested it."""

from markupsafe import Markup

from bot import kinds
from bot.i18n import Tongue
from bot.kinds import Form
from bot.letters.markup import bold, lines, paragraphs
from bot.message import Button, Message
from bot.models import Poll
from bot.press import Press


class Sift(Press, code="sr"):
    """Show me the next suggestion that nobody has read."""

    poll: int


class Missed(Press, code="sw"):
    """Show me the question to which I suggested an answer. The close takes what bears it out of transcripts."""

    poll: int


class LetIn(Press, code="sj"):
    """Let this suggestion in, or not."""

    poll: int
    number: int
    shown: int


def sift_button(poll: int, new: int, tongue: Tongue) -> Button:
    """The way to the suggestions that wait."""
    return Button(tongue.n_("Read {n} suggestion", "Read {n} suggestions", new), Sift(poll=poll))


def there_is_one(poll: Poll, tongue: Tongue) -> Message:
    """For whoever asked: somebody suggested an answer. It does not say who, or what."""
    what = tongue._("Somebody suggested an answer to your question. Shall others see it?")
    return Message(
        paragraphs(bold(poll.question), what), ((Button(tongue._("Read it"), Sift(poll=poll.id)),),)
    )


def card(poll: Poll, number: int, choice: str, left: int, tongue: Tongue) -> Message:
    """One suggestion, and what to do with it."""
    label = kinds.named(poll.kind).labels(Form((choice,), poll.options), tongue)[0]
    waits = tongue.n_("{n} suggestion waits to be read.", "{n} suggestions wait to be read.", left)
    ask = tongue._("Shall people be able to choose this? Once it is in, it stays in.")
    verdicts = (
        Button(tongue._("Let it in"), LetIn(poll=poll.id, number=number, shown=1)),
        Button(tongue._("Leave it out of the list"), LetIn(poll=poll.id, number=number, shown=0)),
    )
    return Message(
        paragraphs(bold(poll.question), Markup("“{}”").format(label), lines([waits, ask])), (verdicts,)
    )


def what_became_of_it(poll: Poll, label: str, tongue: Tongue, *, let_in: bool) -> Message:
    """For whoever suggested it."""
    if let_in:
        said = tongue._("Your suggestion is in the list now: {choice}. You can choose it too.", choice=label)
    else:
        said = tongue._(
            "The organisers did not put your suggestion into the list: {choice}. Thank you all the same.",
            choice=label,
        )
    look = Button(tongue._("Look at the question"), Missed(poll=poll.id))
    return Message(paragraphs(bold(poll.question), said), ((look,),))
