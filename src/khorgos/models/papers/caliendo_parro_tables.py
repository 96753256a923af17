"""What Tables 3 to 11 of Caliendo and Parro (2015) rest on: other experiments and models, parts by partner and sector.

Their printed numbers are not among the data; definitions are those of the authors' programmes. The growth rates that
the abstract prints are matched in `caliendo_parro.reproduce`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from khorgos.models.arrays import Array
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import Equilibrium, solve
from khorgos.models.papers.caliendo_parro import MEMBERS, Nafta
from khorgos.models.scenario import scenario
from khorgos.models.variants import own_materials, without_materials
from khorgos.models.welfare import FirstOrder

Experiment = Literal["nafta", "world", "world without nafta"]

#: Elasticity of the paper's model of one traded sector.
THETA = 4.55
#: Sectors that are traded: the first twenty of forty.
TRADED = 20


def experiment(data: Nafta, name: Experiment) -> tuple[Equilibrium, Equilibrium]:
    """The world of 1993 without deficits, and the same with tariffs of 2005: NAFTA's, all, or all but NAFTA's.

    Tables 2 to 7 are "nafta"; Tables 8 to 10 "world", and NAFTA's effect given the world's is the step from
    "world without nafta" to "world".

    Args:
        data: the paper's.
        name: which tariffs change.
    """
    base = data.baseline
    inside = _inside(base)
    rates = {
        "nafta": data.rates,
        "world": data.rates_2005,
        "world without nafta": np.where(inside, base.tau - 1.0, data.rates_2005),
    }[name]
    return _pair(base, rates)


def across_models(data: Nafta) -> dict[str, tuple[Equilibrium, Equilibrium]]:
    """NAFTA in the four models of Table 11, each a world without deficits before and after.

    "no input-output" and "no materials" are `variants.own_materials` and `.without_materials` of the 1993 data with
    their deficits, which are then taken away, as in the benchmark.
    """
    base = data.baseline
    small = traded_and_not(base)
    inside = _inside(base)[:, :, :1]
    first = np.arange(len(small.sectors)) == 0
    change = np.median(data.rates_2005[:, :, :TRADED], axis=2)[:, :, None]
    return {
        "one sector": _pair(small, np.where(inside & first, change, small.tau - 1.0)),
        "no materials": _pair(without_materials(base), data.rates),
        "no input-output": _pair(own_materials(base), data.rates),
        "benchmark": _pair(base, data.rates),
    }


def traded_and_not(base: Baseline) -> Baseline:
    """The paper's model of one sector: what is traded, and what is not.

    Flows are added up; tariffs and shares of value added are medians over sectors, input coefficients means.

    Source: the authors' programme script_one_sector; Caliendo, Parro (2015), section 5.4, doi:10.1093/restud/rdu035.
    """
    groups = (slice(0, TRADED), slice(TRADED, None))
    flows = np.stack([base.trade[:, :, g].sum(2) for g in groups], axis=2)
    tau = np.ones_like(flows)
    tau[:, :, 0] = np.median(base.tau[:, :, :TRADED], axis=2)
    beta = np.stack([np.median(base.beta[:, g], axis=1) for g in groups], axis=1)
    assert base.gamma is not None  # the paper's world has materials
    rest = (1.0 - base.beta)[:, None, :]
    mix = np.divide(base.gamma, rest, out=np.zeros_like(base.gamma), where=rest > 0)
    blocks = np.array([[mix[:, a, b].mean((1, 2)) for b in groups] for a in groups]).transpose(2, 0, 1)
    gamma = blocks / blocks.sum(1, keepdims=True) * (1.0 - beta)[:, None, :]
    gross, sales = flows * tau, flows.sum(1)
    spending = gross.sum(0)
    final = np.maximum(spending - np.einsum("nms,ns->nm", gamma, sales), 0.0)
    return base.with_(
        sectors=("traded", "not traded"),
        pi=gross / spending,
        tau=tau,
        theta=np.full(2, THETA),
        spending=spending,
        alpha=final / final.sum(1, keepdims=True),
        beta=beta,
        gamma=gamma,
        value_added=(beta * sales).sum(1),
        deficit=flows.sum((0, 2)) - sales.sum(1),
    )


def with_members(parts: FirstOrder, base: Baseline) -> tuple[Array, Array]:
    """[N, 2] terms of trade and volume of trade with NAFTA's members and with all others (Tables 3 and 9)."""
    inside = np.isin(base.countries, MEMBERS)
    terms, volume = parts.terms_of_trade.sum(2), parts.volume_of_trade.sum(2)

    def split(effect: Array) -> Array:
        return np.stack([effect[:, inside].sum(1), effect[:, ~inside].sum(1)], axis=1)

    return split(terms), split(volume)


def by_sector(parts: FirstOrder) -> tuple[Array, Array]:
    """[N, S] share of each sector in the terms of trade and in the volume of trade (Tables 4 and 10)."""
    terms, volume = parts.terms_of_trade.sum(1), parts.volume_of_trade.sum(1)
    return terms / terms.sum(1, keepdims=True), volume / volume.sum(1, keepdims=True)


def export_shares(found: Equilibrium) -> tuple[Array, Array]:
    """[N, S] share of each sector in exports, and [N] their normalised Herfindahl index (Tables 6 and 7)."""
    flows = found.trade.copy()
    home = np.arange(len(flows))
    flows[home, home] = 0.0
    exports = flows.sum(1)
    share = exports / exports.sum(1, keepdims=True)
    s = share.shape[1]
    return share, ((share**2).sum(1) - 1 / s) / (1 - 1 / s)


def _inside(base: Baseline) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    member = np.isin(base.countries, MEMBERS)
    both = member[:, None] & member
    np.fill_diagonal(both, False)
    return np.broadcast_to(both[:, :, None], base.tau.shape)


def _pair(base: Baseline, rates: Array) -> tuple[Equilibrium, Equilibrium]:
    before = solve(base, scenario(base, deficits="balanced"), tolerance=1e-12)
    return before, solve(base, scenario(base, tariffs=rates, deficits="balanced"), tolerance=1e-12)
