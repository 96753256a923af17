"""A claim in the making: chunks and slots before they become spans and words."""

from __future__ import annotations

from dataclasses import dataclass

from khorgos.claims.claim import Kind
from khorgos.claims.extraction.discourse import Frame
from khorgos.claims.extraction.scene import Scene
from khorgos.nomenclature.periods import Period


@dataclass(slots=True, eq=False)
class Draft:
    """What has been read of one expression so far.

    Args:
        scene: its sentence.
        start: where the expression starts in the reading.
        end: where it ends.
        kind: what sort of statement it is.
        frame: the flow; None where none applies.
        period: the period, as written in claims.
        value: in units of `unit`, signed.
        unit: its unit.
        qualifier: how exact it is.
        base_period: what it is compared with.
        base_value: that value.
        step: step of the last printed digit.
        low: lower end of a range.
        high: upper end.
        scope: universe, whole or stretch.
        notes: remarks.
        other: the same amount in a second currency.
        source: whose figure it is.
        period_sure: whether the sentence itself tells the period.
        flow_sure: whether the sentence itself speaks of a flow.
        currency: of the money in question.
        chunk: the expression's chunk, -1 for a cell of a table.
        base_of: whether it is what another figure is compared with.
        looks_back: whether its period leaves the period in question as it was.
        orphan: whether nothing before says what it measures; kept if the same figure is told again.
    """

    scene: Scene
    start: int
    end: int
    kind: Kind
    frame: Frame | None = None
    period: str | None = None
    value: float | None = None
    unit: str | None = None
    qualifier: str | None = "exact"
    base_period: str | None = None
    base_value: float | None = None
    step: float | None = None
    low: float | None = None
    high: float | None = None
    scope: str | None = None
    notes: tuple[str, ...] = ()
    other: tuple[float, str] | None = None
    source: str | None = None
    period_sure: bool = False
    flow_sure: bool = False
    currency: str | None = None
    chunk: int = -1
    base_of: bool = False
    looks_back: bool = False
    orphan: bool = False


def words_of(period: Period | None) -> str | None:
    """A period as claims write it."""
    return None if period is None else str(period)
