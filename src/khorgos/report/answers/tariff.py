"""`khorgos tariff`: duties in force on a day, over time, and on average."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.core.tariffs import TariffRegistry
from khorgos.ledger.tariffs import IMPORTS_OF, import_weights, tariff_registry
from khorgos.measures.tariffs import By, Substitution
from khorgos.report.answer import Answer, Printed
from khorgos.report.answers.tariff_asked import Asked
from khorgos.report.answers.tariff_average import averaged
from khorgos.report.answers.tariff_day import on_a_day
from khorgos.report.answers.tariff_over_time import Timeline, over_time
from khorgos.report.formats import FORMATS, render_views
from khorgos.report.naming import name as in_prose

#: What lines may be weighted by.
WEIGHTS = (*IMPORTS_OF, "lines")
#: Between origins of one good: Fajgelbaum, Goldberg, Kennedy, Khandelwal (2020), QJE 135(1), doi:10.1093/qje/qjz036.
SIGMA = 2.53
#: The duties that the imports of 2024 were made under.
OBSERVED = dt.date(2024, 12, 31)
_WEIGHED = {
    "imports-2024": "weighted by imports for consumption of the United States in 2024 (U.S. Census Bureau)",
    "lines": "each line counting once",
}


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        imposer: area id of who levies the duty.
        target: area id of the economy whose goods bear it.
        day: the day; not used for a timeline.
        products: HS codes; () for all goods.
        goods: what they are called.
        span: first and last day of a timeline; None for one day.
        average: one of WEIGHTS; None for no average.
        by: product groups of an average.
        sigma: elasticity between origins, for the average after substitution.
    """

    imposer: str
    target: str
    day: dt.date
    products: tuple[str, ...] = ()
    goods: str = "all goods"
    span: tuple[dt.date, dt.date] | None = None
    average: str | None = None
    by: By = "all"
    sigma: float = SIGMA

    def __post_init__(self) -> None:
        if self.imposer == self.target:
            raise BadInput("A tariff is on the goods of another economy", where=self.imposer)
        if self.average is not None and self.average not in WEIGHTS:
            raise UnknownName(self.average, "set of weights", WEIGHTS)
        if self.by != "all" and (self.average is None or self.span):
            raise BadInput("Only the average of one day goes by chapter or section", hint="Give --average and --on")


@dataclass(frozen=True)
class Tariff(Printed):
    """What khorgos answers.

    Args:
        question: what was asked.
        views: tables by name, the first of them shown.
        timeline: what the page shows; None where a day or an average was asked for.
    """

    question: Question
    views: dict[str, Answer]
    timeline: Timeline | None = None

    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """One view in one format; in JSON all of them, where none is named.

        Args:
            format_: as in `report.formats`, or html for a timeline.
            view: its name; the first where left out.

        Raises:
            UnknownName: there is no such view.
            BadInput: there is no such format, or no page of this answer.
        """
        if format_ == "html" and view in (None, *self.views):
            return self._page()
        if format_ not in (*FORMATS, "html"):
            raise BadInput(f"There is no format {format_!r}", hint=f"Choose one of {', '.join((*FORMATS, 'html'))}")
        first, *more = self.views
        shown = {name: one.view for name, one in self.views.items()}
        named = view or (None if more else first)
        return render_views(shown, format_, named, names=tuple(shown), printed=(first,))

    def _page(self) -> str:
        if self.timeline is None:
            raise BadInput("A page shows a timeline", hint="Add --from and --to, for example --from 2018-01-01")
        from khorgos.report.pages.tariff import page

        return page(self.timeline)


def tariff(question: Question) -> Tariff:
    """Duties of one economy on another's goods: on a day, over time, or on average.

    Args:
        question: what is asked.

    Raises:
        BadInput: days that the record does not reach.
        NoData: the registry has nothing of the imposer, or no weights for the target.
    """
    registry = tariff_registry()
    _known(registry, question)
    weights = _weights(question)
    asked = Asked(
        registry,
        question.imposer,
        question.target,
        question.products,
        question.goods,
        weights,
        _WEIGHED[question.average or "lines"],
    )
    if question.span:
        made = over_time(asked, *question.span)
        return Tariff(question, {"steps": made.table, "changes": made.changes}, made)
    if question.average is None:
        measures, lines = on_a_day(asked, question.day)
        return Tariff(question, {"measures": measures, "lines": lines})
    moved = None if weights is None else Substitution(question.sigma, OBSERVED)
    return Tariff(question, {"average": averaged(asked, [question.day], by=question.by, substitution=moved)})


def _known(registry: TariffRegistry, question: Question) -> None:
    if question.imposer not in registry.imposers:
        raise NoData(
            f"The registry has no measure of {in_prose(question.imposer)}",
            hint=f"It has those of {', '.join(in_prose(name) for name in registry.imposers)}",
        )


def _weights(question: Question) -> pa.Table | None:
    if question.average in (None, "lines"):
        return None
    table = import_weights(question.average or "")
    whose = IMPORTS_OF[question.average or ""]
    if question.imposer != whose:
        raise NoData(
            f"{question.average} are imports of {in_prose(whose)}, not of {in_prose(question.imposer)}",
            hint="Ask for --average lines",
        )
    partners: Sequence[str] = table["partner"].combine_chunks().dictionary.to_pylist()
    if question.target not in partners:
        raise NoData(
            f"{question.average} have no imports by tariff line from {in_prose(question.target)}, only from the 50 "
            "largest partners and the European Union",
            hint="Ask for --average lines",
        )
    return table
