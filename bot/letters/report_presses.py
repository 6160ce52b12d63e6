"""The presses of reports: what residents do with one."""

from bot.press import Press


class Report(Press, code="qn"):
    """Begin a report."""

    community: int


class See(Press, code="qs"):
    """Show a report."""

    report: int


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


class Back(Press, code="qb"):
    """It is back, or was never fixed."""

    report: int


class Fixed(Press, code="qf"):
    """The answer to "is it fixed?": `yes`, `no`, `unknown`."""

    report: int
    answer: str


class Reply(Press, code="qr"):
    """Answer what those in charge asked."""

    report: int
