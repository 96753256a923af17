"""One published number and the one that khorgos computes for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a published table, printed and computed.

    Args:
        paper: short name, e.g. "Francois & Hall 2003".
        table: which table or file of it.
        cell: row and column, e.g. "US, price".
        printed: the number as published.
        computed: the number as computed here, in the same unit.
        digits: decimals printed (a file written at full precision: the decimals that are asked to agree).
        why: what was found out about a miss; it stays a miss.
    """

    paper: str
    table: str
    cell: str
    printed: float
    computed: float
    digits: int
    why: str = ""

    @property
    def difference(self) -> float:
        """Computed less printed."""
        return self.computed - self.printed

    @property
    def matches(self) -> bool:
        """Whether the computed number rounds to the printed one: no further off than half its last digit."""
        # A relative 1e-12 on top, because half a decimal digit is itself rounded in float64.
        return abs(self.difference) <= 0.5 * 10.0**-self.digits + 1e-12 * abs(self.printed)
