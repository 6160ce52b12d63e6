"""The presses of reports: what residents do with one."""

from bot.i18n import N_
from bot.press import Press


class Report(Press, code="qn"):
    """Begin a report."""

    community: int


class See(Press, code="qs"):
    """Show a report."""

    report: int


class Mine(Press, code="ql"):
    """All that concern somebody, some at a time; pages count from 0."""

    page: int


class Same(Press, code="qm"):
    """I have the same problem."""

    report: int


class Wants(Press, code="qw"):
    """Which news of a report somebody wants: `all`, `end`, `none`."""

    report: int
    wants: str


class Add(Press, code="qa"):
    """Add words or a picture to a report."""

    report: int


class Withdraw(Press, code="qx"):
    """Take a report back; `sure` after being asked."""

    report: int
    sure: int


class Back(
    Press,
    code="qb",
    says=N_("The report is opened again, at the same desk."),
    asks=N_("What do you see there now?"),
):
    """It is back, or was never fixed."""

    report: int


class Fixed(Press, code="qf", says=N_("I do not know whether it is fixed.")):
    """The answer to "is it fixed?": `yes`, `no`, `unknown`."""

    report: int
    answer: str

    def sentence(self) -> str | None:
        """Each answer has its own."""
        return _FIXED.get(self.answer, self.says)


_FIXED = {
    "yes": N_("Yes, it is fixed."),
    "no": N_("No, it is not fixed. It is opened again, at the same desk."),
}


class Reply(Press, code="qr", says=N_("Those in charge get your answer."), asks=N_("Your answer")):
    """Answer what those in charge asked."""

    report: int
