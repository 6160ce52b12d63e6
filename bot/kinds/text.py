"""An answer in people's own words. The answer is the text. Nothing of it is shown before an organiser has read it."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue
from bot.kinds.kind import UNKNOWN_MOVE, WRITE, Form, Kind, Marks, Table, Tap, Written

LIMIT = 500  # characters


def _read(written: Written) -> Form:
    return Form()


def _labels(form: Form, tongue: Tongue) -> tuple[str, ...]:
    return ()


def _taps(form: Form, mine: str | None, tongue: Tongue, shared: bool) -> tuple[tuple[Tap, ...], ...]:
    label = tongue._("Write my answer") if mine is None or shared else tongue._("Change my answer")
    return ((Tap(str(label.unescape()), WRITE),),)


def _step(form: Form, before: str | None, move: int) -> str:
    raise Refused(UNKNOWN_MOVE)


def _write(form: Form, text: str) -> str:
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not 0 < len(text) <= LIMIT:
        raise Refused(N_("Please write 1 to {most} letters."), most=LIMIT)
    return text


def _said(form: Form, answer: str, tongue: Tongue) -> str:
    return answer


def _marks(form: Form, answer: str) -> Iterable[str]:
    return ("n",)


def _table(form: Form, counts: Marks, tongue: Tongue) -> Table:
    people = counts.get("n", 0)
    said = tongue.n_("{n} person wrote an answer.", "{n} people wrote an answer.", people)
    return Table((), (said,) if people else ())


def _hint(form: Form, tongue: Tongue) -> Markup:
    return tongue._("Answer in your own words.")


def _rule(form: Form, tongue: Tongue) -> Markup:
    return tongue._("The organisers read every answer before anybody else can see it.")


KIND = Kind(
    "text",
    words=N_("text, words"),
    title=N_("In their own words"),
    read=_read,
    labels=_labels,
    taps=_taps,
    step=_step,
    marks=_marks,
    table=_table,
    hint=_hint,
    rule=_rule,
    said=_said,
    write=_write,
    writes=True,
)
