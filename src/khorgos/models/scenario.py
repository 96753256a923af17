"""What changes: tariffs, trade costs, and the rules that close the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, finite, positive
from khorgos.models.arrays import tariff_factor as checked_tariff_factor
from khorgos.models.baseline import Baseline

Closure = Literal["share", "nominal", "balanced"]
Revenue = Literal["lump-sum", "income-tax"]

#: A new tariff above 200 per cent must be asked for: chosen because 25 for 0.25 is the common slip.
NEW_CEILING = 2.0


@dataclass(frozen=True, eq=False)
class Scenario:
    """A counterfactual.

    Args:
        tau: [N, N, M] tariff factors 1 + t after the change; None keeps the base year's.
        d_hat: [N, N, M] iceberg cost, new over old; None for no change.
        deficits: "share" fixed share of world output, "nominal" fixed in units of the numeraire, "balanced" none.
        deficit: [N] transfers that replace the base year's, in its currency; None keeps them.
        revenue: "lump-sum", or "income-tax" (tariff revenue lowers the tax on labour, ILMS 2025).
        numeraire: "world-gdp", "world-wages", "world-prices" or a country's name (its wage is one).
    """

    tau: Array | None = None
    d_hat: Array | None = None
    deficits: Closure = "share"
    deficit: Array | None = None
    revenue: Revenue = "lump-sum"
    numeraire: str = "world-gdp"

    def __post_init__(self) -> None:
        if self.deficits not in ("share", "nominal", "balanced"):
            raise BadInput(f"deficits is share, nominal or balanced, not {self.deficits!r}")
        if self.revenue not in ("lump-sum", "income-tax"):
            raise BadInput(f"revenue is lump-sum or income-tax, not {self.revenue!r}")


def scenario(
    baseline: Baseline,
    *,
    tariffs: npt.ArrayLike | None = None,
    d_hat: npt.ArrayLike | None = None,
    deficits: Closure = "share",
    deficit: npt.ArrayLike | None = None,
    revenue: Revenue = "lump-sum",
    numeraire: str = "world-gdp",
    ceiling: float = NEW_CEILING,
) -> Scenario:
    """Check a shock against the baseline it will meet.

    Args:
        baseline: the base year.
        tariffs: rates t after the change, [exporter, importer] or with sectors, as fractions.
        d_hat: iceberg cost new over old, same shapes.
        deficits: see Scenario.
        deficit: see Scenario.
        revenue: see Scenario.
        numeraire: see Scenario.
        ceiling: the highest changed rate that is believed.

    Raises:
        BadInput: per cent for fractions, tariffs at home, not finite, wrong shape, unknown numeraire.
    """
    n, m = len(baseline.countries), len(baseline.theta)
    tau = None
    if tariffs is not None:
        rates = finite("tariffs", tariffs, (n, n, m), where="[exporter, importer, sector]")
        changed = np.where(1.0 + rates != baseline.tau, rates, 0.0)
        checked_tariff_factor("1 + tariffs", 1.0 + changed, (n, n, m), ceiling=ceiling)
        tau = 1.0 + rates
    if d_hat is not None:
        d_hat = positive("d_hat", d_hat, (n, n, m), hint="d_hat is new over old: 1 is no change, 1.1 ten per cent more")
    if deficit is not None:
        deficit = finite("deficit", deficit, (n,))
        if abs(deficit.sum()) > 1e-6 * baseline.value_added.sum():
            raise BadInput(f"Deficits sum to {deficit.sum():.6g}, not zero")
    if numeraire not in ("world-gdp", "world-wages", "world-prices"):
        baseline.index(numeraire)
    return Scenario(tau, d_hat, deficits, deficit, revenue, numeraire)
