"""The coverage gate: an aggregate whose big members are missing is bounded or refused, never printed bare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from khorgos.core.errors import Refused
from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.statements import indicators
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.areas import get

#: Share of an aggregate that may be missing before it is refused. Chosen because, with a fifth missing, the bounds
#: are already a quarter of the sum apart, and growth of any usual size can no longer be told from the gap.
LARGEST_GAP = 0.20

State = Literal["complete", "bounded", "refused"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A member of an aggregate without a figure for the period.

    Args:
        area: its id.
        period: the last period for which it has one.
        value: that figure: its weight.
    """

    area: str
    period: str
    value: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an aggregate is there in one period.

    Args:
        period: the period.
        members: number of areas that the aggregate consists of.
        missing: those without a figure that had one in another period, the heaviest first.
        silent: those that never had one: their weight is unknown, and taken for nothing.
        value: sum over the members that have a figure.
        gap: share of the missing, by their last known figures, in the whole.
        state: "complete", "bounded" (the sum lies between lower and upper), or "refused" (gap > LARGEST_GAP).
        lower: the sum if the missing traded nothing.
        upper: the sum if the missing traded what they last did, grown as the present members have since.
    """

    period: str
    members: int
    missing: tuple[Missing, ...]
    silent: tuple[str, ...]
    value: float
    gap: float
    state: State
    lower: float
    upper: float

    @property
    def text(self) -> str:
        """One sentence for a reader."""
        never = f"; {len(self.silent)} never had a figure" if self.silent else ""
        if self.state == "complete":
            return f"{self.period}: no member with figures is missing{never}"
        heaviest = ", ".join(get(one.area).name for one in self.missing[:5])
        more = f" and {len(self.missing) - 5} more" if len(self.missing) > 5 else ""
        count = f"{len(self.missing)} of {self.members} members are missing"
        return f"{self.period}: {count} ({heaviest}{more}), {self.gap:.1%} of the whole{never}"


def coverage(ledger: Ledger, query: FlowQuery, members: Sequence[str]) -> tuple[Coverage, ...]:
    """Coverage of a sum of trade over reporting areas.

    Args:
        ledger: the view to ask.
        query: the trade that is summed; its reporters are replaced by the members, its periods are those judged.
        members: ids of the single areas that the aggregate consists of.

    Returns:
        One judgement a period asked for; all periods that any member has where the query names none. Weights are
        the members' last figures in any source and any period of the ledger; of those who never declared, their
        partners' declarations.
    """
    wanted = [*query.periods, *(f"{one:04d}" for one in query.years)]
    everywhen = replace(query, reporters=tuple(members), periods=(), years=())
    present = _history(ledger, everywhen, "reporter")
    weights = _history(ledger, replace(everywhen, sources=None, as_of=None, basis=None, statuses=None), "reporter")
    if unseen := set(members) - weights.keys():
        weights |= _mirrored(ledger, query, tuple(sorted(unseen)))
    return _judged(present, weights, members, wanted)


def indicator_coverage(
    ledger: Ledger, indicator: str, members: Sequence[str], *, years: Sequence[int] = ()
) -> tuple[Coverage, ...]:
    """Coverage of a sum of an indicator (GDP, population) over areas.

    Args:
        ledger: the view to ask.
        indicator: the publisher's code.
        members: ids of the areas that the aggregate consists of.
        years: calendar years to judge; () for all that any member has.

    Returns:
        One judgement a year.
    """
    history: dict[str, dict[str, float]] = {}
    for row in run(ledger, indicators(ledger, members, (indicator,))).to_pylist():
        if row["value"] is not None:
            history.setdefault(row["area"], {})[row["period"]] = row["value"]
    return _judged(history, history, members, [f"{one:04d}" for one in years])


def judge(
    period: str,
    members: Sequence[str],
    present: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> Coverage:
    """Judge one aggregate: gap = sum of last known missing / (that + sum of present).

    Args:
        period: the period judged.
        members: ids of the areas that the aggregate consists of.
        present: figures by member and period: those that would be summed.
        weights: figures by member and period from which the missing are weighed; `present` where None.

    Returns:
        The judgement.
    """
    weights = present if weights is None else weights
    there = {one: present[one][period] for one in members if period in present.get(one, {})}
    absent = [_last(one, weights[one], period) for one in members if one not in there and weights.get(one)]
    value = sum(there.values())
    lacking = sum(abs(one.value) for one in absent)
    gap = lacking / (lacking + abs(value)) if lacking else 0.0
    upper = value + sum(abs(one.value) * max(1.0, _growth(there, present, one.period)) for one in absent)
    return Coverage(
        period=period,
        members=len(members),
        missing=tuple(sorted(absent, key=lambda one: (-abs(one.value), one.area))),
        silent=tuple(one for one in members if one not in there and not weights.get(one)),
        value=value,
        gap=gap,
        state="complete" if not absent else "bounded" if gap <= LARGEST_GAP else "refused",
        lower=value,
        upper=upper,
    )


def bounds(judged: Coverage) -> tuple[float, float]:
    """The interval in which an aggregate lies, or a refusal.

    Args:
        judged: the judgement of its coverage.

    Returns:
        Lower and upper bound; equal where it is complete.

    Raises:
        Refused: too much of it is missing.
    """
    if judged.state == "refused":
        raise Refused(
            f"The sum would leave out too much. {judged.text}",
            hint=f"At most {LARGEST_GAP:.0%} may be missing; import the missing reporters or ask for another period",
        )
    return judged.lower, judged.upper


def _judged(
    present: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, Mapping[str, float]],
    members: Sequence[str],
    wanted: Sequence[str],
) -> tuple[Coverage, ...]:
    periods = wanted or sorted({period for one in members for period in present.get(one, {})})
    return tuple(judge(period, members, present, weights) for period in periods)


def _last(area: str, known: Mapping[str, float], period: str) -> Missing:
    """The figure nearest before the period; the first after it where there is none before."""
    before = [one for one in known if one[:7] <= period[:7]]
    chosen = max(before) if before else min(known)
    return Missing(area, chosen, known[chosen])


def _growth(there: Mapping[str, float], present: Mapping[str, Mapping[str, float]], then: str) -> float:
    """Growth factor since then of those members that have both figures; 1 where none has."""
    both = [one for one in there if then in present[one]]
    before = sum(present[one][then] for one in both)
    return sum(there[one] for one in both) / before if before > 0 else 1.0


def _history(ledger: Ledger, query: FlowQuery, side: str) -> dict[str, dict[str, float]]:
    """Sums over everything but one side and the period."""
    select = (
        exp.select(
            exp.alias_(exp.column(side), "area"), "period", exp.alias_(exp.func("SUM", exp.column("value")), "value")
        )
        .from_(cells(ledger, query).subquery("asked"))
        .where(exp.column("value").is_(exp.null()).not_())
        .group_by(exp.column(side), "period")
    )
    history: dict[str, dict[str, float]] = {}
    for row in run(ledger, select).to_pylist():
        history.setdefault(row["area"], {})[row["period"]] = row["value"]
    return history


_OTHER_SIDE = {"export": "import", "import": "export"}


def _mirrored(ledger: Ledger, query: FlowQuery, areas: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """What partners declared about areas that never declared themselves."""
    flows = tuple(_OTHER_SIDE[flow] for flow in query.flows if flow in _OTHER_SIDE)
    if not flows:
        return {}
    singles = () if "WLD" in query.partners else query.partners
    asked = FlowQuery(
        reporters=singles,
        partners=areas,
        flows=flows,
        products=query.products,
        nomenclature=query.nomenclature,
        by=query.by,
        currency=query.currency,
        level=query.level,
    )
    return _history(ledger, asked, "partner")
