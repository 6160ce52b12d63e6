"""The words around answers in words: one answer before its reader, and what may be shown of them."""

from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.markup import bar, bold, lines, opening, paragraphs
from bot.message import Button, Message
from bot.models import Standing
from bot.press import Press


class Read(Press, code="r"):
    """Show me the next answer that nobody has read."""

    poll: int


class Judge(Press, code="rj"):
    """Let this answer be shown, or not."""

    poll: int
    answer: str
    shown: int


class About(Press, code="ra"):
    """This answer is about that theme, by its number among those known; or, with -1, about a new one."""

    poll: int
    answer: str
    theme: int


def read_button(poll: int, new: int, tongue: Tongue) -> Button:
    """The way to the answers that wait to be read."""
    return Button(tongue.n_("Read {n} answer", "Read {n} answers", new), Read(poll=poll))


def card(
    question: str,
    text: str,
    themes: tuple[str, ...],
    known: tuple[str, ...],
    left: int,
    tongue: Tongue,
    *,
    poll: int,
    handle: str,
) -> Message:
    """One answer, what it is about so far, and what to do with it."""
    waits = tongue.n_("{n} answer waits to be read.", "{n} answers wait to be read.", left)
    ask = tongue._("Shall others see it? Say first what it is about, if you like.")
    rows = [
        (Button(f"✔ {theme}" if theme in themes else theme, About(poll=poll, answer=handle, theme=number)),)
        for number, theme in enumerate(known)
    ]
    new = Button(tongue._("A new theme"), About(poll=poll, answer=handle, theme=-1))
    verdicts = (
        Button(tongue._("Show it"), Judge(poll=poll, answer=handle, shown=1)),
        Button(tongue._("Do not show it"), Judge(poll=poll, answer=handle, shown=0)),
    )
    body = paragraphs(bold(question), Markup("“{}”").format(text), lines([waits, ask]))
    return Message(body, (*rows, (new,), verdicts))


def shown(standing: Standing, tongue: Tongue) -> Markup | None:
    """What people said: themes with their numbers, and the answers that organisers let be shown."""
    most = max((count for _, count in standing.themes), default=1)
    themes = [
        lines(
            [
                opening(
                    tongue.n_("{theme}: {n} answer", "{theme}: {n} answers", count, theme=theme),
                    rtl=tongue.rtl,
                ),
                bar(count / most, rtl=tongue.rtl),
            ]
        )
        for theme, count in standing.themes
    ]
    said = [opening(Markup("• {}").format(text), rtl=tongue.rtl) for text in standing.said]
    return paragraphs(
        lines([tongue._("What it is about:"), *themes]) if themes else None,
        lines([tongue._("What people said:"), *said]) if said else None,
    )
