"""The words of pictures of results: what a picture shows, and the same for those who cannot see it."""

from markupsafe import Markup

from bot import kinds
from bot.charts import CARD, CHAT, Chart, Row
from bot.i18n import Tongue
from bot.kinds import Form
from bot.letters.markup import bold, lines, opening, paragraphs
from bot.letters.polling import quorum
from bot.letters.polling.polls import HONEST, took_part, turnout, unseen
from bot.models import Standing

ON_A_CARD = 60  # characters of a choice beside its count; a card is no higher for ten long ones
IN_A_CAPTION = 40  # with ten of them, the question and the rest that is just what fits below a picture
QUESTION_IN_A_CAPTION = 200


def chart(standing: Standing, tongue: Tongue, *, card: bool = False) -> Chart:
    """The picture of a poll as somebody sees it; a `card` is for links that are passed on."""
    width, height = CARD if card else CHAT
    poll = standing.poll
    form = shortened(poll.form, ON_A_CARD) if card else poll.form
    rows, notes = _rows(standing, form, tongue)
    return Chart(
        title=poll.question,
        above=f"{standing.community.name_in(tongue.code)} · {_plain(state(standing, tongue))}",
        rows=rows,
        below=tuple(_plain(line) for line in (*notes, *_whose(standing, tongue))),
        rtl=tongue.rtl,
        width=width,
        height=height,
    )


def caption(standing: Standing, tongue: Tongue) -> Markup:
    """The picture in words, to stand below it: for those who cannot see it, and for apps that show none. It fits
    below a picture in Telegram (1024 characters)."""
    poll = standing.poll
    rows, notes = _rows(standing, shortened(poll.form, IN_A_CAPTION), tongue)
    return paragraphs(
        bold(short(poll.question, QUESTION_IN_A_CAPTION)),
        lines(opening(Markup.escape(row.said), rtl=tongue.rtl) for row in rows),
        lines(opening(Markup.escape(line), rtl=tongue.rtl) for line in (*notes, *_whose(standing, tongue))),
    )


def alt(standing: Standing, tongue: Tongue) -> str:
    """The same in one line of plain text."""
    rows, notes = _rows(standing, shortened(standing.poll.form, IN_A_CAPTION), tongue)
    said = [row.said for row in rows] + [_plain(note) for note in notes]
    return " · ".join([standing.poll.question, *said, *(_plain(line) for line in _whose(standing, tongue))])


def state(standing: Standing, tongue: Tongue) -> Markup:
    """Open until when, or closed since when."""
    poll, zone = standing.poll, standing.community.zone
    if poll.closed_at is None:
        return tongue._("Open until {moment}", moment=tongue.moment(poll.closes_at, zone))
    return tongue._("Closed on {date}", date=tongue.date(poll.closed_at, zone))


def shortened(form: Form, most: int) -> Form:
    """The form with its long choices cut short, so that what is counted stays in sight behind them."""
    return Form(tuple(short(choice, most) for choice in form.choices), form.options)


def short(text: str, most: int) -> str:
    """A text of `most` characters at most."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _rows(standing: Standing, form: Form, tongue: Tongue) -> tuple[tuple[Row, ...], tuple[Markup, ...]]:
    kind = kinds.named(standing.poll.kind)
    if standing.counts is None or not standing.took_part:
        return tuple(Row(f"• \u2068{label}\u2069") for label in kind.labels(form, tongue)), ()
    table = kind.table(form, standing.counts, tongue)
    rows = (Row(_plain(bar.said), bar.share, number in table.best) for number, bar in enumerate(table.bars))
    return tuple(rows), table.notes


def _whose(standing: Standing, tongue: Tongue) -> tuple[Markup, ...]:
    if standing.poll.closed_at is None:
        return (took_part(standing, tongue),)
    counts = quorum.came(standing, tongue)
    turned_out = (turnout(standing, tongue), *((counts,) if counts else ()))
    if standing.counts is None:
        return (tongue._(unseen(standing)), *turned_out)
    if not standing.took_part:
        return (tongue._("Nobody answered this time."), *turned_out)
    return (*turned_out, tongue._(HONEST))


def _plain(said: Markup) -> str:
    return str(said.unescape())
