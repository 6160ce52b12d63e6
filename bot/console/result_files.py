"""A result as files: for spreadsheets (CSV) and for programs (JSON). What is in them is described in
`static/result.schema.json`, which the JSON names, and in the organisers' paper.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot import kinds, quorum
from bot.i18n import Tongue
from bot.kinds import Table
from bot.letters.polling import series
from bot.letters.polling.polls import HONEST
from bot.models import Standing

COLUMNS = ("measure", "choice", "than", "label", "value", "share")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets run what begins like this, whoever wrote it."""


def as_json(standing: Standing, tongue: Tongue, site: str) -> str:
    """Everything, with exact numbers."""
    poll, community = standing.poll, standing.community
    kind, table = kinds.named(poll.kind), table_of(standing, tongue)
    shown = table is not None
    whole: dict[str, Any] = {
        "$schema": f"{site}/p/schema.json",
        "page": f"{site}/p/{poll.code}",
        "code": poll.code,
        "community": community.name_in(tongue.code),
        "language": tongue.code,
        "question": poll.question,
        "kind": poll.kind,
        "options": dict(poll.options),
        "how_counted": _plain(kind.rule(poll.form, tongue)),
        "state": "open" if poll.closed_at is None else "closed",
        "results": poll.results,
        "opened_at": _moment(poll.opened_at),
        "closes_at": _moment(poll.closes_at),
        "closed_at": _moment(poll.closed_at),
        "asked": standing.asked,
        "took_part": standing.took_part,
        "quorum": _quorum(standing),
        "about": _plain(tongue._(HONEST)),
        "differs": [
            {"area": area, "answered": answered, "everybody": everybody}
            for area, answered, everybody in poll.differs or ()
        ],
        "choices": list(kind.labels(poll.form, tongue)),
        "counted": _counted(table) if table else None,
        "notes": [_plain(note) for note in table.notes] if table else None,
        "preferred": [list(row) for row in table.pairs] if table and table.pairs else None,
        "tally": standing.counts if shown else None,
        "series": _series(standing, tongue, site),
        "outcome": poll.outcome,
        "outcome_at": _moment(poll.outcome_at),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _series(standing: Standing, tongue: Tongue, site: str) -> list[dict[str, Any]] | None:
    asked = series.compared(standing.series, tongue)
    if asked is None:
        return None
    return [
        {
            "page": f"{site}/p/{one.standing.poll.code}",
            "closed_at": _moment(one.standing.poll.closed_at),
            "asked": one.standing.asked,
            "took_part": one.standing.took_part,
            "figures": [
                {"label": figure.label, "value": figure.value, "said": figure.said}
                for figure in one.figures.values()
            ],
        }
        for one in asked.askings
    ]


def _quorum(standing: Standing) -> dict[str, Any] | None:
    asked, closed = quorum.kept(standing.poll.quorum), standing.poll.closed_at is not None
    if asked is None:
        return None
    needed = asked.needed(standing.asked)
    return {"rule": str(asked), "needed": needed, "reached": standing.took_part >= needed if closed else None}


def _counted(table: Table) -> list[dict[str, Any]]:
    return [
        {
            "choice": number + 1,
            "label": bar.label,
            "value": bar.value,
            "share": bar.share,
            "in_front": number in table.best,
            "said": _plain(bar.said),
        }
        for number, bar in enumerate(table.bars)
    ]


def as_csv(standing: Standing, tongue: Tongue) -> str:
    """A row a number. Begins with the sign by which spreadsheets know UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerow(("question", "", "", harmless(standing.poll.question), "", ""))
    rows.writerow(("asked", "", "", "", standing.asked, ""))
    rows.writerow(("took part", "", "", "", standing.took_part, ""))
    if needed := quorum.kept(standing.poll.quorum):
        rows.writerow(("quorum", "", "", str(needed), needed.needed(standing.asked), ""))
    table = table_of(standing, tongue)
    labels = kinds.named(standing.poll.kind).labels(standing.poll.form, tongue)
    if table is None:
        rows.writerows(("choice", n, "", harmless(label), "", "") for n, label in enumerate(labels, 1))
        return text.getvalue()
    for number, bar in enumerate(table.bars, 1):
        rows.writerow(("counted", number, "", harmless(bar.label), bar.value, bar.share))
    for one, row in enumerate(table.pairs):
        for other, people in enumerate(row):
            if one != other:
                rows.writerow(("preferred", one + 1, other + 1, harmless(labels[one]), people, ""))
    for mark, ballots in sorted((standing.counts or {}).items()):
        rows.writerow(("ballots", "", "", harmless(mark), ballots, ""))
    return text.getvalue()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" ").startswith(FORMULAS) else text


def table_of(standing: Standing, tongue: Tongue) -> Table | None:
    """How it came out, where that may be seen."""
    if standing.counts is None:
        return None
    return kinds.named(standing.poll.kind).table(standing.poll.form, standing.counts, tongue)


def _plain(said: Markup) -> str:
    return str(said.unescape())


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
