"""What a kind of poll is: data and a few pure functions, which know no database, no channel and no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.errors import Refused
from bot.i18n import N_, Tongue

Answer = Any
"""What is kept on a ballot, as JSON; each kind says in its file what that is."""

Marks = Mapping[str, int]
"""The count: how many ballots bear each mark. It is the sum over all ballots, whatever the kind."""

WRITE = -1000
"""The move of the button that asks for words instead of counting."""

UNKNOWN_MOVE = N_("That choice is not in this poll.")


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked: `choices` as texts (dates as moments in ISO 8601), and what else the kind keeps as JSON."""

    choices: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A form as an organiser wrote it: `argument` is what belongs to the kind ("2" to choose, "1-5"), `parts` the texts
    to choose from. `moment` reads a time as they write it, and `zone` is where it is meant."""

    argument: str
    parts: tuple[str, ...]
    moment: Callable[[str], datetime]
    zone: str


@dataclass(frozen=True, slots=True)
class Argument:
    """What a kind wants to know before its choices: the question (a msgid), answers on offer as (value, msgid), and how
    a value is read, which raises Refused. A value without a msgid speaks for itself."""

    question: str
    offers: tuple[tuple[str, str | None], ...]
    read: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tap:
    """One button: its label, the move that it makes, and whether it stands for something that is chosen."""

    label: str
    move: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a table: what is counted, how much of it, its share of the whole (0 to 1), and all that in words."""

    label: str
    value: float
    share: float
    said: Markup


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure by which askings of the same question are compared: `name` tells which figure of another asking is the
    same one. `height` (0 to 1) is its place between the ends `low` and `high`, `said` the figure itself."""

    name: str
    label: str
    value: float
    height: float
    said: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Table:
    """How a poll came out. `best` are the numbers of the bars that lead, `pairs[i][j]` how many people preferred choice
    i to choice j, where they were compared. `figures` are compared with those of other askings, where it is not the
    shares of the bars."""

    bars: tuple[Bar, ...]
    notes: tuple[Markup, ...] = ()
    best: tuple[int, ...] = ()
    pairs: tuple[tuple[int, ...], ...] = ()
    figures: tuple[Figure, ...] = ()

    def compared(self, tongue: Tongue) -> tuple[Figure, ...]:
        """What is compared over time, where people have answered; choices by their texts."""
        ends = tongue.percent(0), tongue.percent(1)
        return self.figures or tuple(
            Figure(plainly(bar.label), bar.label, bar.share, bar.share, tongue.percent(bar.share), *ends)
            for bar in self.bars
        )


def plainly(text: str) -> str:
    """A text as it is compared with another: whoever wrote it a little differently meant the same."""
    return " ".join(text.casefold().split())


def no_words(form: Form, text: str) -> Answer:
    """For kinds that are answered by taps alone."""
    raise Refused(UNKNOWN_MOVE)


def says_nothing(form: Form) -> str:
    """For kinds that want to know nothing but their choices."""
    return ""


def never_outdated(form: Form, now: datetime) -> bool:
    """For kinds whose choices do not pass."""
    return False


def never_full(form: Form, counts: Marks) -> bool:
    """For kinds that stay open until their time."""
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of poll. Sentences are msgids; functions raise Refused where somebody asked or answered what cannot be.

    In a `named` one organisers see who chose what, unless they decide otherwise.

    `words` begin its one-line form, `title` is its name where one is chosen. `wants` asks for the choices, None where
    there are none; `offers` are ready-made ones, each the parts it stands for; an empty one does without any.

    - `read`: what an organiser wrote → the form.
    - `grow`: the form with one choice more, put behind those there are, so that answers stay what they were; None where
      choices that come later would not be fair.
    - `argued`: what was said as argument, so that the same is read again. `outdated`: some choices have passed.
    - `labels`: the choices in the reader's language.
    - `taps`: the buttons for an answer so far. `shared` buttons stand before a whole group and show nobody's answer.
    - `step`: the answer after a move. The same tap twice makes one and the same answer, but for shared buttons.
    - `write`: the answer that words are.
    - `said`: an answer in a few words. It is shown to its owner too where it takes several taps (`steps`) or is written
      (`writes`); else the buttons say it.
    - `marks`: what a ballot adds to the count. `table`: what the count says. `full`: nothing more needs to be counted.
    - `hint`: what to do. `rule`: how it is counted, shown before it is asked.
    """

    name: str
    words: str
    title: str
    read: Callable[[Written], Form]
    labels: Callable[[Form, Tongue], tuple[str, ...]]
    taps: Callable[[Form, Answer | None, Tongue, bool], tuple[tuple[Tap, ...], ...]]
    step: Callable[[Form, Answer | None, int], Answer]
    marks: Callable[[Form, Answer], Iterable[str]]
    table: Callable[[Form, Marks, Tongue], Table]
    hint: Callable[[Form, Tongue], Markup]
    rule: Callable[[Form, Tongue], Markup]
    said: Callable[[Form, Answer, Tongue], str]
    write: Callable[[Form, str], Answer] = no_words
    full: Callable[[Form, Marks], bool] = never_full
    argued: Callable[[Form], str] = says_nothing
    outdated: Callable[[Form, datetime], bool] = never_outdated
    grow: Callable[[Form, Written], Form] | None = None
    argument: Argument | None = None
    wants: str | None = None
    offers: tuple[tuple[str, ...], ...] = ()
    steps: bool = False
    writes: bool = False
    named: bool = False

    def moved(self, form: Form, before: Marks, gone: Answer | None, come: Answer | None) -> dict[str, int]:
        """The count after one ballot has changed; None where there is none."""
        counts = Counter(before)
        if gone is not None:
            counts.subtract(self.marks(form, gone))
        if come is not None:
            counts.update(self.marks(form, come))
        return {mark: count for mark, count in counts.items() if count}

    def count(self, form: Form, answers: Iterable[Answer]) -> dict[str, int]:
        """The count of all these ballots."""
        counts: Counter[str] = Counter()
        for answer in answers:
            counts.update(self.marks(form, answer))
        return dict(counts)
