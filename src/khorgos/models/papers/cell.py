"""One published number and the one that khorgos computes for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["matched", "replayed", "flat", "missed"]

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
        replayed: the number where the paper's own search for the optimum stops; None where that was not run.
    """

    paper: str
    table: str
    cell: str
    printed: float
    computed: float
    digits: int
    price: float | None = None
    replayed: float | None = None

    @property
    def difference(self) -> float:
        """Computed less printed."""
        return self.computed - self.printed

    @property
    def matches(self) -> bool:
        """Whether the computed number rounds to the printed one: no further off than half its last digit."""
        return self._rounds(self.computed)

    @property
    def replayed_difference(self) -> float | None:
        """Replayed less printed."""
        return None if self.replayed is None else self.replayed - self.printed

    @property
    def replay_matches(self) -> bool:
        """Whether the paper's own search stops at a number that rounds to the printed one."""
        return self.replayed is not None and self._rounds(self.replayed)

    @property
    def status(self) -> Status:
        """How it came out.

        Returns:
            matched: the computed number prints as published. Else, where the published one is an optimum as well,
            replayed if the paper's own search stops where it prints so, flat if not. Else missed, whatever a search
            says.
        """
        if self.matches:
            return "matched"
        # Both ways: a published optimum that is better than the computed one is a miss.
        if self.price is None or abs(self.price) > FLAT:
            return "missed"
        return "replayed" if self.replay_matches else "flat"

    def _rounds(self, number: float) -> bool:
        # A relative 1e-12 on top, because half a decimal digit is itself rounded in float64.
        return abs(number - self.printed) <= 0.5 * 10.0**-self.digits + 1e-12 * abs(self.printed)
