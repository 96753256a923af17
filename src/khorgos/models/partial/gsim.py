"""GSIM: one product, all markets at once (Francois & Hall 2003), for thousands of products in one call."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial import inputs
from khorgos.models.partial.gsim_linear import linear_prices
from khorgos.models.partial.gsim_nonlinear import composite_prices, nonlinear_prices
from khorgos.models.partial.inputs import Floats
from khorgos.models.partial.market import Market, share

Method = Literal["nonlinear", "linear"]

#: Products are solved in blocks of this many float64 cells: chosen because a block and its dozen temporaries then stay
#: near the caches; measured, a tenth or ten times as many take a tenth to a half longer (benchmarks/partial.py).
BLOCK = 100_000

#: Identities hold to this share of trade; chosen because sums of some hundred float64 cells round far below it.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GsimResult:
    """What a tariff change does to one product's trade; K products, R regions, first axis absent for one product.

    Args:
        price: change of the exporter's world price, a fraction [K, R]; NaN where a region sells nothing.
        composite_price: change of the price of an importer's composite, a fraction [K, R]; NaN where it buys nothing.
        quantity: change of quantities, a fraction [K, R, R]; NaN where nothing was traded.
        trade: new trade at world prices [K, R, R], in the currency of the old.
        producer_surplus: change by exporter [K, R], currency.
        consumer_surplus: change by importer [K, R], currency.
        revenue_old: tariff revenue before, by importer [K, R], currency.
        revenue_new: and after.
        welfare: producer surplus + consumer surplus + change of revenue [K, R], currency.
        residual: largest gap between log supply and log demand (linear form: between their changes).
        iterations: Newton steps (1 for the linear form).
        method: which form was solved.
    """

    price: Floats
    composite_price: Floats
    quantity: Floats
    trade: Floats
    producer_surplus: Floats
    consumer_surplus: Floats
    revenue_old: Floats
    revenue_new: Floats
    welfare: Floats
    residual: float
    iterations: int
    method: Method

    def __post_init__(self) -> None:
        parts = self.producer_surplus + self.consumer_surplus + self.revenue_new - self.revenue_old
        scale = max(float(np.abs(self.trade).sum()), 1e-300)
        if not np.abs(parts - self.welfare).max() <= ROUNDING * scale:
            raise NotConverged("The parts of welfare do not sum to the total", where="GSIM")
        if self.method == "nonlinear" and not ((self.trade >= 0).all() and (self.revenue_new >= 0).all()):
            raise NotConverged("Trade or tariff revenue came out negative", where="GSIM")


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """Values before the change [K, R, R], and the markets calibrated to them."""

    trade: Floats
    tau: Floats
    tau_new: Floats
    market: Market


def gsim(
    trade: ArrayLike,
    tau: ArrayLike,
    tau_new: ArrayLike,
    *,
    import_demand: ArrayLike,
    export_supply: ArrayLike,
    substitution: ArrayLike,
    method: Method = "nonlinear",
    exports: ArrayLike | None = None,
    imports: ArrayLike | None = None,
    tolerance: float = 1e-12,
    most_steps: int = 60,
) -> GsimResult:
    """Change tariffs and clear each exporter's world market.

    Linear: E_x P*_r = sum_v phi_rv [N_v(r,r) (P*_r + T_rv) + sum_{s/=r} N_v(r,s) (P*_s + T_sv)], with
    N_v(r,r) = theta_rv E_m - (1 - theta_rv) E_s and N_v(r,s) = theta_sv (E_m + E_s), all changes as fractions.
    Nonlinear: the same model with constant elasticities, solved exactly; the linear form is its first-order change.

    Args:
        trade: value at world prices [K, R, R] or [R, R], exporter first; the diagonal is home sales.
        tau: tariff factor 1 + t before, [K, R, R] or [R, R].
        tau_new: and after.
        import_demand: own-price elasticity of an importer's composite demand, below 0; scalar, [R] or [K, R].
        export_supply: elasticity of an exporter's supply, 0 to infinity; scalar, [R] or [K, R].
        substitution: elasticity of substitution between origins in an importer's demand, above 1; likewise.
        method: "nonlinear" (exact) or "linear" (as in the paper; only for small changes).
        exports: known totals by exporter, to refuse a transposed matrix.
        imports: known totals by importer, likewise.
        tolerance: largest log gap of supply and demand that counts as cleared.
        most_steps: Newton steps before giving up.

    Returns:
        The changes, checked: welfare sums, and in the exact form neither trade nor revenue is negative.

    Raises:
        BadInput: an input that cannot be right, with the likely mistake named.
        NotConverged: a market that does not clear to the tolerance.

    Source:
        Francois, J. and Hall, H. K. (2003), Global Simulation Analysis of Industry-Level Trade Policy, version 3.0,
        section 2: eq. 2 (cross-price) and eq. 3 (own-price), market clearing and surplus; World Bank WITS.
    """
    if method not in ("nonlinear", "linear"):
        raise BadInput(f"GSIM has no method {method!r}", hint="Use 'nonlinear' or 'linear'")
    single = np.ndim(trade) == 2
    values = _values(trade, tau, tau_new)
    inputs.orientation(values[0], exports, imports)
    n_products, n_regions = values[0].shape[:2]
    elasticities = (
        inputs.demand_elasticity("import_demand", import_demand, (n_products, n_regions)),
        inputs.supply_elasticity("export_supply", export_supply, (n_products, n_regions)),
        inputs.substitution_elasticity("substitution", substitution, (n_products, n_regions)),
    )
    size = max(1, BLOCK // n_regions**2)
    blocks = []
    for first in range(0, n_products, size):
        part = slice(first, first + size)
        base = _calibrated([v[part] for v in values], [e[part] for e in elasticities])
        if method == "linear":
            blocks.append(_linear(base, tolerance))
        else:
            blocks.append(_nonlinear(base, tolerance, most_steps))
    return _joined(blocks, single, method)


def _values(trade: ArrayLike, tau: ArrayLike, tau_new: ArrayLike) -> tuple[Floats, Floats, Floats]:
    shape = np.shape(trade)
    if len(shape) not in (2, 3) or shape[-1] != shape[-2]:
        raise BadInput(
            f"Trade of shape {shape} is not [product, exporter, importer] over the same regions",
            where="trade",
            hint="Products come first; home sales stand on the diagonal",
        )
    full = shape if len(shape) == 3 else (1, *shape)
    return (
        inputs.trade_matrix("trade", np.reshape(np.asarray(trade), full), full),
        inputs.tariff_factors("tau", tau, full),
        inputs.tariff_factors("tau_new", tau_new, full),
    )


def _calibrated(values: list[Floats], elasticities: list[Floats]) -> _Base:
    trade, tau, tau_new = values
    change = tau_new / tau
    market = Market(share(trade * tau, 1), share(trade, 2), change, np.log(change), *elasticities)
    return _Base(trade, tau, tau_new, market)


def _linear(base: _Base, tolerance: float) -> GsimResult:
    m = base.market
    p, residual = linear_prices(m)
    if residual > tolerance:
        raise NotConverged(f"Markets clear only to {residual:.1e}, not to {tolerance:.1e}", where="GSIM, linear form")
    direct = p[:, :, None] + m.change - 1
    quantity = (m.spill * np.sum(m.theta * direct, axis=1))[:, None, :] - m.sigma[:, None, :] * direct
    # The consumer pays the product of world price and tariff factor, so their product enters the composite's price.
    composite = np.sum(m.theta * ((1 + p)[:, :, None] * m.change - 1), axis=1)
    return _result(base, (p, composite, quantity), (residual, 1, "linear"))


def _nonlinear(base: _Base, tolerance: float, most_steps: int) -> GsimResult:
    m = base.market
    x, residual, steps = nonlinear_prices(m, tolerance=tolerance, most_steps=most_steps)
    index = composite_prices(m, x)
    log_price = x[:, :, None] + m.log_change
    quantity = np.expm1((m.spill * index)[:, None, :] - m.sigma[:, None, :] * log_price)
    return _result(base, (np.expm1(x), np.expm1(index), quantity), (residual, steps, "nonlinear"))


def _result(base: _Base, changes: tuple[Floats, Floats, Floats], how: tuple[float, int, Method]) -> GsimResult:
    p, composite, quantity = changes
    market, method = base.market, how[2]
    sales, spending = base.trade.sum(axis=2), np.sum(base.trade * base.tau, axis=1)
    trade = base.trade * (1 + quantity) * (1 + p)[:, :, None]
    producer = sales * _producer_gain(p, market.supply, method)
    consumer = spending * _consumer_gain(composite, market.demand, method)
    old = np.sum((base.tau - 1) * base.trade, axis=1)
    new = np.sum((base.tau_new - 1) * trade, axis=1)
    return GsimResult(
        price=np.where(sales > 0, p, np.nan),
        composite_price=np.where(spending > 0, composite, np.nan),
        quantity=np.where(base.trade > 0, quantity, np.nan),
        trade=trade,
        producer_surplus=producer,
        consumer_surplus=consumer,
        revenue_old=old,
        revenue_new=new,
        welfare=producer + consumer + new - old,
        residual=how[0],
        iterations=how[1],
        method=method,
    )


def _producer_gain(p: Floats, supply: Floats, method: Method) -> Floats:
    """Area left of the supply curve per unit of old sales: p + E_x p^2 / 2, or exactly ((1+p)^(1+E_x) - 1)/(1+E_x)."""
    finite = np.where(np.isinf(supply), 0.0, supply)  # at an infinite elasticity the price, and the area, is zero
    if method == "linear":
        return p * (1 + 0.5 * finite * p)
    gain: Floats = np.expm1((1 + finite) * np.log1p(p)) / (1 + finite)
    return gain


def _consumer_gain(composite: Floats, demand: Floats, method: Method) -> Floats:
    """Area left of the demand curve per unit of old spending: -P - E_m P^2 / 2, or exactly -int_1^(1+P) p^E_m dp."""
    if method == "linear":
        return -composite * (1 + 0.5 * demand * composite)
    power, log = 1 + demand, np.log1p(composite)
    unit = np.abs(power) < 1e-12  # where the elasticity is -1 the integral is a logarithm
    gain: Floats = -np.where(unit, log, np.expm1(power * log) / np.where(unit, 1.0, power))
    return gain


def _joined(blocks: list[GsimResult], single: bool, method: Method) -> GsimResult:
    def whole(name: str) -> Floats:
        values: Floats = np.concatenate([getattr(block, name) for block in blocks])
        return values[0] if single else values

    arrays = [field.name for field in fields(GsimResult) if field.name not in ("residual", "iterations", "method")]
    return GsimResult(
        **{name: whole(name) for name in arrays},
        residual=max(block.residual for block in blocks),
        iterations=max(block.iterations for block in blocks),
        method=method,
    )
