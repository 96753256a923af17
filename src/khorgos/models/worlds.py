"""A baseline from an embedded world, and how much of it rests on imputation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.ledger.worlds import World
from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.calibrate import from_trade


@dataclass(frozen=True, eq=False)
class Prepared:
    """A world ready to be shocked.

    Args:
        world: what it was made from.
        baseline: at rest without a shock.
        notes: one sentence for each thing that had to be changed.
    """

    world: World
    baseline: Baseline
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Imputed:
    """Shares that rest on imputation, each from 0 to 1.

    Args:
        trade: [N] of a country's exports and imports.
        expenditure: [N] of its spending: imputed imports, and home sales where GDP or the table is imputed.
        world_trade: of all trade.
        world_expenditure: of all spending.
        sections: of all trade, where the split into sections is not the pair's own.
    """

    trade: Array
    expenditure: Array
    world_trade: float
    world_expenditure: float
    sections: float

    def __post_init__(self) -> None:
        parts = (self.trade, self.expenditure, [self.world_trade, self.world_expenditure, self.sections])
        if any(np.min(p) < 0 or np.max(p) > 1 + 1e-12 for p in parts):  # a sum of shares may round above one
            raise BadInput("A share that rests on imputation lies outside 0 to 1")


def prepared(world: World, theta: npt.ArrayLike | None = None) -> Prepared:
    """Calibrate an embedded world.

    One sector: home sales are GDP less exports (`calibrate.from_trade`). Sectors: materials from the world's input
    coefficients, alpha_is F_i = X_is - sum_k gamma_isk GO_ik, value added beta = 1 - sum gamma.

    Args:
        world: the arrays.
        theta: [S] or one number instead of the world's elasticities.

    Raises:
        BadInput: an elasticity that cannot be right.
    """
    chosen = world.theta if theta is None else np.broadcast_to(np.asarray(theta, dtype=float), world.theta.shape)
    if world.home is None or world.inputs is None:
        made = from_trade(world.countries, world.trade[:, :, 0], world.gdp, float(chosen[0]))
        return Prepared(world, made.baseline, made.notes)
    n = len(world.countries)
    flows = world.trade.copy()
    flows[np.arange(n), np.arange(n)] = world.home
    output, spending = flows.sum(1), flows.sum(0)
    final = np.maximum(spending - np.einsum("nks,ns->nk", world.inputs, output), 0.0)
    beta = 1.0 - world.inputs.sum(1)
    value_added = (beta * output).sum(1)
    income = final.sum(1)
    baseline = Baseline(
        countries=world.countries,
        sectors=world.sectors,
        pi=flows / spending,
        tau=np.ones_like(flows),
        theta=chosen,
        spending=spending,
        alpha=final / income[:, None],
        beta=beta,
        deficit=income - value_added,
        value_added=value_added,
        gamma=world.inputs,
    )
    return Prepared(world, baseline, ())


def imputed(made: Prepared) -> Imputed:
    """How much of a world rests on imputation.

    Args:
        made: the world and its baseline.
    """
    world, base = made.world, made.baseline
    n = np.arange(len(world.countries))
    trade = world.trade.sum(2)
    marked = np.where(world.trade_imputed, trade, 0.0)
    both = trade.sum(0) + trade.sum(1)
    spending = base.spending.sum(1)
    borrowed = world.gdp_imputed | np.isin(world.countries, list(world.donors))
    home = np.where(borrowed, base.trade[n, n].sum(1), 0.0)
    return Imputed(
        trade=(marked.sum(0) + marked.sum(1)) / both,
        expenditure=(marked.sum(0) + home) / spending,
        world_trade=float(marked.sum() / trade.sum()),
        world_expenditure=float((marked.sum() + home.sum()) / spending.sum()),
        sections=float(trade[world.sections_imputed].sum() / trade.sum()),
    )
