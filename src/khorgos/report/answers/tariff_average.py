"""`khorgos tariff --average`: the average added duty, before and after trade has moved away from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from khorgos.measures.tariffs import By, Substitution, rates
from khorgos.nomenclature.products import sections
from khorgos.report.answer import Answer
from khorgos.report.answers.tariff_asked import RANGE, Asked
from khorgos.report.answers.tariff_day import Cited, beyond
from khorgos.report.view import Column, View


def averaged(asked: Asked, days: Sequence[dt.date], *, by: By, substitution: Substitution | None) -> Answer:
    """Average added duties, one row a day and product group.

    Args:
        asked: whose duty, on which goods, how weighted.
        days: the days.
        by: "all", "chapter" or "section".
        substitution: how weights move; None without weights.

    Raises:
        BadInput: a day before the record.
        NoData: no weights for the target.
    """
    registry, weights = asked.registry, asked.weights
    made = rates(
        registry,
        asked.imposer,
        [asked.target],
        days,
        weights=weights,
        by=by,
        products=asked.products,
        substitution=substitution,
    )
    names = {one.id: f"{one.id} {one.name}" for one in sections()}
    cited = Cited(registry)
    cited.marks(one for one in registry.between(asked.imposer, asked.target) if any(one.in_force(day) for day in days))
    rows = [
        {
            **row,
            "product": names.get(row["product"], row["product"]) if by == "section" else row["product"],
            "hit": 100 * row["hit"] if row["hit"] is not None else None,
        }
        for row in made.to_pylist()
    ]
    columns = [
        Column("on", "Day", "date"),
        Column("product", "Goods"),
        Column("low", "Low", "number", "percentage points", 2),
        Column("high", "High", "number", "percentage points", 2),
    ]
    if substitution is not None:
        columns.append(Column("substituted", "After", "number", "percentage points", 2))
    if any(row["ordinary"] is not None for row in rows):
        columns.append(Column("ordinary", "Ordinary", "number", "percentage points", 2))
    columns.append(Column("hit", "Hit", "percent", "percent", 0))
    if weights is not None:
        columns.append(Column("weight", "Imports", "money", "USD"))
    columns.append(Column("lines", "Lines", "integer"))
    title = asked.title("Average added duty")
    notes = (*_notes(asked.weighed, substitution), *beyond(registry, max(days)))
    subtitle = "percentage points ad valorem" + ("; imports in USD {scale}" if weights is not None else "")
    return Answer(View(title, tuple(columns), tuple(rows), subtitle, notes, cited.lines()))


def _notes(weighed: str, substitution: Substitution | None) -> tuple[str, ...]:
    first = f"Before substitution: mean over tariff lines, {weighed}; added to the ordinary duty."
    if substitution is None:
        return first, RANGE
    third = (
        "After substitution: the high duties, with the imports of each line moved by "
        f"((1 + t) / (1 + t0)) ** -{substitution.sigma:g}, t0 the duties of {substitution.since}. An assumption, not "
        "an observation: 2.53 between origins of a good is Fajgelbaum, Goldberg, Kennedy and Khandelwal (2020), "
        "doi:10.1093/qje/qjz036."
    )
    return first, RANGE, third
