"""An answer: a view for people and the measures it was made from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from khorgos.core.errors import NoData
from khorgos.core.findings import Finding
from khorgos.measures.measured import Measured
from khorgos.report.formats import to_markdown, to_text
from khorgos.report.view import View


@dataclass(frozen=True)
class Answer:
    """What khorgos answers to one question.

    Args:
        view: the table as people read it, with notes and sources.
        measured: the figures behind it, with units, lineage and findings.
    """

    view: View
    measured: tuple[Measured, ...] = ()

    def __str__(self) -> str:
        return to_text(self.view)

    def _repr_markdown_(self) -> str:
        """What a notebook shows."""
        return to_markdown(self.view)

    @property
    def table(self) -> pa.Table:
        """The view's rows, values in base units."""
        names = [column.name for column in self.view.columns]
        return pa.Table.from_pylist([{name: row[name] for name in names} for row in self.view.rows])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that a careful reader should know about the figures."""
        return tuple(finding for one in self.measured for finding in one.findings)


class Printed(ABC):
    """An answer of several views: what its `render` gives is what a terminal and a notebook show."""

    @abstractmethod
    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """The views, or one of them, in a format."""

    def __str__(self) -> str:
        return str(self.render())

    def _repr_markdown_(self) -> str:
        """What a notebook shows."""
        return str(self.render("md"))


def or_none(ask: Callable[[], Measured]) -> Measured | None:
    """What a measure answers; None where the ledger has nothing of it, which need not stop the rest of an answer."""
    try:
        return ask()
    except NoData:
        return None


def remarks(measured: Iterable[Measured], *, leave: Sequence[str] = ()) -> tuple[str, ...]:
    """The findings' sentences, each once.

    Args:
        measured: whose findings.
        leave: codes of findings that the view says in its own way.
    """
    texts = [f.text for one in measured for f in one.findings if f.code not in leave]
    return tuple(dict.fromkeys(texts))
