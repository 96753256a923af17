"""GSIM: one product, all markets at once (Francois & Hall 2003), for thousands of products in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial import inputs
from khorgos.models.partial.gsim_linear import linear_prices
from khorgos.models.partial.gsim_nonlinear import nonlinear_prices
from khorgos.models.partial.inputs import Floats

Method = Literal["nonlinear", "linear"]

#: Products are solved in blocks of this many float64 cells: chosen because a block and its dozen temporaries
#: then stay within the caches and some hundred megabytes.
BLOCK = 1_000_000

#: Identities of a result hold to this share of trade; chosen because sums of a few hundred cells of float64 round below it.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class _Market:
    """The calibrated product: shares, tariffs and elasticities, all [K, ...]."""

    trade: Floats
    tau: Floats
    tau_new: Floats
    demand: Floats
    supply: Floats
    sigma: Floats

    @property
    def spending(self) -> Floats:
        """Imports at internal prices by importer."""
        total: Floats = np.sum(self.trade * self.tau, axis=-2)
        return total

    @property
    def theta(self) -> Floats:
        """Share of each exporter in an importer's spending, at internal prices."""
        return _share(self.trade * self.tau, -2)

    @property
    def phi(self) -> Floats:
        """Share of each importer in an exporter's sales, at world prices."""
        return _share(self.trade, -1)


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
        substitution: elasticity of substitution between origins in an importer's demand, above 1; scalar, [R] or [K, R].
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
    market = _market(trade, tau, tau_new, import_demand, export_supply, substitution)
    inputs.orientation(market.trade, exports, imports)
    n_products, n_regions = market.trade.shape[:2]
    step = max(1, BLOCK // n_regions**2)
    blocks = [
        _solve(_slice(market, slice(first, first + step)), method, tolerance, most_steps)
        for first in range(0, n_products, step)
    ]
    return _joined(blocks, single, method)


def _market(
    trade: ArrayLike, tau: ArrayLike, tau_new: ArrayLike, demand: ArrayLike, supply: ArrayLike, sigma: ArrayLike
) -> _Market:
    shape = np.shape(trade)
    if len(shape) not in (2, 3) or shape[-1] != shape[-2]:
        raise BadInput(
            f"Trade of shape {shape} is not [product, exporter, importer] over the same regions",
            where="trade",
            hint="Products come first; home sales stand on the diagonal",
        )
    full = shape if len(shape) == 3 else (1, *shape)
    regions = full[:2]
    return _Market(
        trade=inputs.trade_matrix("trade", np.reshape(np.asarray(trade), full), full),
        tau=inputs.tariff_factors("tau", tau, full),
        tau_new=inputs.tariff_factors("tau_new", tau_new, full),
        demand=inputs.demand_elasticity("import_demand", demand, regions),
        supply=inputs.supply_elasticity("export_supply", supply, regions),
        sigma=inputs.substitution_elasticity("substitution", sigma, regions),
    )


def _slice(m: _Market, part: slice) -> _Market:
    return _Market(m.trade[part], m.tau[part], m.tau_new[part], m.demand[part], m.supply[part], m.sigma[part])


def _share(value: Floats, axis: int) -> Floats:
    total = np.sum(value, axis=axis, keepdims=True)
    return np.divide(value, total, out=np.zeros_like(value), where=total > 0)


def _solve(m: _Market, method: Method, tolerance: float, most_steps: int) -> GsimResult:
    theta, phi, change = m.theta, m.phi, m.tau_new / m.tau
    if method == "linear":
        p, residual = linear_prices(theta, phi, change - 1, m.demand, m.supply, m.sigma)
        consumer = (1 + p)[:, :, None] * change - 1
        composite = np.sum(theta * consumer, axis=1)
        direct = p[:, :, None] + change - 1
        cross = (m.demand + m.sigma) * np.sum(theta * direct, axis=1)
        quantity = cross[:, None, :] - m.sigma[:, None, :] * direct
        iterations = 1
    else:
        x, residual, iterations = nonlinear_prices(
            theta, phi, np.log(change), m.demand, m.supply, m.sigma, tolerance=tolerance, most_steps=most_steps
        )
        p = np.expm1(x)
        log_price = x[:, :, None] + np.log(change)
        log_composite = _log_index(theta, log_price, m.sigma)
        composite = np.expm1(log_composite)
        quantity = np.expm1(
            (m.demand + m.sigma)[:, None, :] * log_composite[:, None, :] - m.sigma[:, None, :] * log_price
        )
    if residual > tolerance:
        raise NotConverged(
            f"Markets clear only to {residual:.1e}, not to {tolerance:.1e}", where=f"GSIM, {method} form"
        )
    return _result(m, p, composite, quantity, (residual, iterations, method))


def _log_index(theta: Floats, log_price: Floats, sigma: Floats) -> Floats:
    """Log change of the CES index: ln sum_r theta_r p_r^(1-sigma) / (1-sigma), shifted so that nothing overflows."""
    power = (1 - sigma)[:, None, :] * log_price
    top = np.max(np.where(theta > 0, power, -np.inf), axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.sum(theta * np.exp(np.where(theta > 0, power - top, -np.inf)), axis=1)
    log_total = np.log(np.where(total > 0, total, 1.0)) + top[:, 0, :]
    index: Floats = np.where(total > 0, log_total / (1 - sigma), 0.0)
    return index


def _result(m: _Market, p: Floats, composite: Floats, quantity: Floats, how: tuple[float, int, Method]) -> GsimResult:
    sales, spending = m.trade.sum(axis=2), m.spending
    trade = m.trade * (1 + quantity) * (1 + p)[:, :, None]
    surplus = sales * _producer_gain(p, m.supply, how[2])
    gain = spending * _consumer_gain(composite, m.demand, how[2])
    old, new = (np.sum((t - 1) * x, axis=1) for t, x in ((m.tau, m.trade), (m.tau_new, trade)))
    return GsimResult(
        price=np.where(sales > 0, p, np.nan),
        composite_price=np.where(spending > 0, composite, np.nan),
        quantity=np.where(m.trade > 0, quantity, np.nan),
        trade=trade,
        producer_surplus=surplus,
        consumer_surplus=gain,
        revenue_old=old,
        revenue_new=new,
        welfare=surplus + gain + new - old,
        residual=how[0],
        iterations=how[1],
        method=how[2],
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

    return GsimResult(
        price=whole("price"),
        composite_price=whole("composite_price"),
        quantity=whole("quantity"),
        trade=whole("trade"),
        producer_surplus=whole("producer_surplus"),
        consumer_surplus=whole("consumer_surplus"),
        revenue_old=whole("revenue_old"),
        revenue_new=whole("revenue_new"),
        welfare=whole("welfare"),
        residual=max(block.residual for block in blocks),
        iterations=max(block.iterations for block in blocks),
        method=method,
    )
