"""`khorgos tariff --from --to`: the added duty as steps, each change with the acts that made it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from khorgos.core.tariffs import TariffMeasure, TariffRegistry
from khorgos.measures.tariffs import Step, timeline
from khorgos.report.answer import Answer
from khorgos.report.answers.tariff_asked import RANGE, Asked
from khorgos.report.answers.tariff_day import Cited, beyond
from khorgos.report.view import Column, View


@dataclass(frozen=True, eq=False)
class Timeline:
    """A duty over time.

    Args:
        asked: whose duty, on which goods.
        steps: the spans between which nothing changes.
        table: one row a step.
        changes: one row a measure that begins or ends.
    """

    asked: Asked
    steps: tuple[Step, ...]
    table: Answer
    changes: Answer


def over_time(asked: Asked, begins: dt.date, ends: dt.date) -> Timeline:
    """The steps of a timeline, and the measures that begin and end.

    Args:
        asked: whose duty, on which goods, how weighted.
        begins, ends: first and last day.

    Raises:
        BadInput: a day before the record, or an end before the beginning.
        NoData: no weights for the target.
    """
    registry, target = asked.registry, asked.target
    steps = timeline(registry, asked.imposer, target, begins, ends, products=asked.products, weights=asked.weights)
    cited = Cited(registry)
    rows = []
    for step in steps:
        moved = [registry.measure(name) for name in (*step.started, *step.stopped)]
        rows.append(
            {
                "begins": step.begins,
                "ends": step.ends,
                "low": step.low,
                "high": step.high,
                "most": step.most,
                "hit": 100 * step.hit,
                "changed": _changed(registry, moved) if step is not steps[0] or moved else "",
                "sources": cited.marks(moved),
            }
        )
    columns = (
        Column("begins", "From", "date"),
        Column("ends", "To", "date"),
        Column("low", "Low", "number", "percentage points", 2),
        Column("high", "High", "number", "percentage points", 2),
        Column("most", "Top line", "number", "percentage points", 1),
        Column("hit", "Hit", "percent", "percent", 0),
        Column("changed", "What changed"),
        Column("sources", "Source", "list"),
    )
    notes = (
        f"Mean over tariff lines, {asked.weighed}; added to the ordinary duty, which is not in these figures.",
        RANGE,
        "Top line: the highest duty of any line. Hit: the share of lines that bear a duty.",
        *beyond(registry, ends),
    )
    title = asked.title("Added duties")
    view = View(title, columns, tuple(rows), "percentage points ad valorem", notes, cited.lines())
    return Timeline(asked, steps, Answer(view), _changes(registry, steps, target, title))


def _changed(registry: TariffRegistry, moved: Sequence[TariffMeasure]) -> str:
    """The programmes that moved; a step without any is the work of an exemption or of an order of precedence."""
    titles = dict.fromkeys(registry.groups[one.group].title for one in moved)
    return "; ".join(titles) or "exemptions"


def _changes(registry: TariffRegistry, steps: Sequence[Step], target: str, title: str) -> Answer:
    """One row a measure that begins or ends."""
    cited = Cited(registry)
    rows = [
        {
            "day": step.begins,
            "measure": name,
            "change": change,
            "rate": registry.measure(name).rate(target),
            "sure": registry.measure(name).sure,
            "legal": registry.measure(name).legal,
            "sources": cited.marks([registry.measure(name)]),
        }
        for step in steps
        for change, names in (("begins", step.started), ("ends", step.stopped))
        for name in names
    ]
    columns = (
        Column("day", "Day", "date"),
        Column("measure", "Measure"),
        Column("change", ""),
        Column("rate", "Rate", "number", "percentage points", 2),
        Column("sure", "Sure"),
        Column("sources", "Source", "list"),
    )
    notes = ("A measure begins here when it is first levied on any line asked about, and ends when it is on none.",)
    return Answer(View(title, columns, tuple(rows), "percentage points ad valorem", notes, cited.lines()))
