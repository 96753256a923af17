"""A statement in the making: named steps over one ledger, each built on the names of those before it."""

from __future__ import annotations

from sqlglot import exp

from khorgos.ledger.query import Trace
from khorgos.ledger.store import Ledger
from khorgos.measures.statements.lifting import lifted
from khorgos.measures.statements.relation import table


class Draft:
    """Steps towards one statement.

    A step is mounted by its name, so that trees stay small and the engine computes it once.

    Args:
        ledger: the ledger that will be asked.
        trace: what figures are traced to: releases, or rows ("release#locator").
    """

    def __init__(self, ledger: Ledger, trace: Trace = "release") -> None:
        self.ledger, self.trace = ledger, trace
        self._steps: dict[str, exp.Select] = {}
        self._names: dict[str, list[str]] = {}

    def step(self, label: str, select: exp.Select) -> exp.Table:
        """Name a statement; the same statement keeps the name that it got first under its label.

        Args:
            label: what it is, a word.
            select: the statement; it may read earlier steps by their names.

        Returns:
            The table to mount in its place.
        """
        alike = self._names.setdefault(label, [])
        for name in alike:
            if self._steps[name] == select:
                return table(name)
        name = f"{label}_{len(self._steps) + 1}"
        alike.append(name)
        self._steps[name] = select
        return table(name)

    def finish(self, select: exp.Select) -> exp.Select:
        """The whole statement, ready for any engine; the draft and the statement given become part of it."""
        steps = [
            exp.CTE(this=step, alias=exp.TableAlias(this=exp.to_identifier(name))) for name, step in self._steps.items()
        ]
        own = select.args.get("with_")
        select.set("with_", exp.With(expressions=[*steps, *(own.expressions if own else ())]))
        self._steps, self._names = {}, {}
        return lifted(select, copy=False)
