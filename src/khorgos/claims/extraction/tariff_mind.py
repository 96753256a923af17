"""What a reader keeps in mind of the tariff in question."""

from __future__ import annotations

from dataclasses import dataclass, field

from khorgos.claims.extraction.chunks import Line
from khorgos.claims.extraction.drafts import Draft


@dataclass(slots=True)
class TariffMind:
    """The tariff in question.

    Args:
        by: who imposes it.
        on: whose goods bear it.
        day: its first day, as claims write it.
        heading: the day of the heading that the text stands under, as chronicles have.
        parties: the two countries that the text names most.
        lines: sentences since the last that spoke of duties.
        houses: governments whose persons, houses or laws the text names, most named first.
        year: of the heading of a chronicle.
        days: told for a rate of one country on another.
        fresh: whether the day stands in a sentence without a rate, for all rates that follow.
        line: the sentence that the day stands in.
        shared: whether further rates of that sentence have it.
        last: the last sentence with a rate.
        carried: drafts whose day was told for another rate.
        waiting: drafts whose day may follow.
    """

    by: str | None = None
    on: str | None = None
    day: str | None = None
    heading: str | None = None
    parties: tuple[str, ...] = ()
    lines: int = 99
    houses: tuple[str, ...] = ()
    year: int | None = None
    days: dict[tuple[str | None, str | None, float | None], str] = field(default_factory=dict)
    fresh: bool = False
    line: Line | None = None
    shared: bool = False
    last: Line | None = None
    carried: list[Draft] = field(default_factory=list)
    waiting: list[Draft] = field(default_factory=list)
