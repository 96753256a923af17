"""One published number and the one that khorgos computes for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["matched", "flat", "missed"]

#: Welfare, as a fraction, below which two optima are one. Chosen because the paper that prints optima does not tell
#: them apart either: its programme stops at 1e-13 with slopes by forward differences, good to about 1e-8, and of its
#: seven stored optima (Ossa 2014, DATA.mat, MFNOPTIMALTARIFFPOL) the median leaves 9e-12, which a test measures.
FLAT = 1e-11
#: What equilibria behind a price are solved to: a smaller one is rounding, of either sign.
RESOLVED = 1e-13


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
        price: of a number read off an optimum (an argmax) that does not print as published: what the optimiser gives
            up, as a fraction of its outcome, where it prints so; None of any other cell.
    """

    paper: str
    table: str
    cell: str
    printed: float
    computed: float
    digits: int
    price: float | None = None

    @property
    def difference(self) -> float:
        """Computed less printed."""
        return self.computed - self.printed

    @property
    def matches(self) -> bool:
        """Whether the computed number rounds to the printed one: no further off than half its last digit."""
        # A relative 1e-12 on top, because half a decimal digit is itself rounded in float64.
        return abs(self.difference) <= 0.5 * 10.0**-self.digits + 1e-12 * abs(self.printed)

    @property
    def status(self) -> Status:
        """Whether the computed number prints as published, or the published one is an optimum as well, or neither."""
        if self.matches:
            return "matched"
        # Both ways: a published optimum that is better than the computed one is a miss.
        return "flat" if self.price is not None and abs(self.price) <= FLAT else "missed"
