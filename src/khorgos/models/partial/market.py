"""A product's markets as GSIM sees them: shares, tariff changes and elasticities."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from khorgos.models.partial.inputs import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """K products in R regions.

    Args:
        theta: share of exporter r in importer v's spending at internal prices [K, R, R]; columns sum to 1, or to 0.
        phi: share of importer v in exporter r's sales at world prices [K, R, R]; rows sum to 1, or to 0.
        change: tau_new / tau [K, R, R].
        log_change: its log [K, R, R].
        demand: E_m by importer [K, R], below 0.
        supply: E_x by exporter [K, R], 0 to infinity.
        sigma: E_s by importer [K, R], above 1.
    """

    theta: Floats
    phi: Floats
    change: Floats
    log_change: Floats
    demand: Floats
    supply: Floats
    sigma: Floats

    @property
    def react(self) -> Floats:
        """1 / (1 + E_x), the scale of a market's equation: 0 where the world price is given, or nothing is sold."""
        moves = (self.phi.sum(axis=2) > 0) & np.isfinite(self.supply)
        return np.where(moves, 1 / (1 + self.supply), 0.0)

    @property
    def spill(self) -> Floats:
        """E_m + E_s by importer: how one origin's price moves demand for another, per unit of spending share."""
        return self.demand + self.sigma


def select(market: Market, products: Any) -> Market:
    """The same markets for some of the products (a slice, or their numbers)."""
    return Market(*(getattr(market, field.name)[products] for field in fields(Market)))


def share(value: Floats, axis: int) -> Floats:
    """Shares along an axis; 0 where there is nothing to share."""
    total = np.sum(value, axis=axis, keepdims=True)
    shares: Floats = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    return shares
