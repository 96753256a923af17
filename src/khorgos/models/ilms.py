"""Calibration of the one-sector family of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.arrays import Array, finite, non_negative, positive
from khorgos.models.baseline import Baseline

#: Trade elasticity, labour-supply elasticity and share of value added of the paper's section 4.
EPSILON, KAPPA, BETA = 4.0, 0.5, 0.49
#: psi * epsilon = epsilon / theta: the paper's estimate of the scale elasticity times the trade elasticity.
SCALE = 0.67
#: Import-side distribution shares that nu is fitted to: rest of the world's and the United States' (paper, section 4).
TARGETS = (0.12, 0.26)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the family.

    Args:
        epsilon: trade elasticity.
        nu: [N] share of import-side distribution in purchases.
        phi: [N] exponent of pass-through: imports fall with (1 + t)^(-epsilon phi).
        psi: scale elasticity; 0 for none.
        kappa: elasticity of labour supply.
    """

    epsilon: float
    nu: Array
    phi: Array
    psi: float
    kappa: float


def distribution_shares(trade: npt.ArrayLike, gdp: npt.ArrayLike, home: int) -> tuple[float, float]:
    """nu of the rest of the world and of one country, from the 2 x 2 world they make.

    (1 - r11) nu2 + r11 nu1 = 0.12 and r22 nu2 + (1 - r22) nu1 = 0.26, r the shares of home sales.

    Args:
        trade: [exporter, importer] international flows, no diagonal.
        gdp: [N], same currency.
        home: the one country's position.

    Returns:
        (nu of the others, nu of the one country), at least zero.

    Source: ILMS (2025), section 4, doi:10.1016/j.jinteco.2025.104138.
    """
    n = len(np.asarray(gdp))
    group = np.zeros((2, n))
    group[1, home] = 1.0
    group[0] = 1.0 - group[1]
    X = group @ non_negative("trade", trade, (n, n)) @ group.T
    Y = group @ positive("gdp", gdp, (n,))
    nu = np.zeros(2)
    target = np.array(TARGETS)
    # The shares of home sales depend on nu through the deficits; the map settles in a few steps.
    for _ in range(200):
        E = Y + (1 - nu) * (X.sum(0) - ((1 - nu)[None] * X).sum(1))
        r1 = (E[0] - X[1, 0]) / (E[0] - X[1, 0] + X[0, 1])
        r2 = (E[1] - X[0, 1]) / (E[1] - X[0, 1] + X[1, 0])
        new = np.maximum(np.linalg.solve([[r1, 1 - r1], [1 - r2, r2]], target), 0.0)
        if np.abs(new - nu).max() < 1e-15:
            break
        nu = new
    return float(new[0]), float(new[1])


def parameters(
    nu: Array, *, epsilon: float = EPSILON, completeness: float = 1.0, psi: float | None = None, kappa: float = KAPPA
) -> Parameters:
    """phi_i = c + (1 + theta) / ((1 - nu_i) theta) - 1/theta - 1 with theta = epsilon / 0.67, and psi = 0.67 / epsilon.

    Args:
        nu: [N].
        epsilon: trade elasticity.
        completeness: c, one for complete pass-through to firm-level prices.
        psi: scale elasticity instead of 0.67 / epsilon.
        kappa: elasticity of labour supply.

    Source: ILMS (2025), section 2 and 4.
    """
    theta = epsilon / SCALE
    tilde = (1 + theta) / ((1 - nu) * theta) - 1 / theta - 1
    return Parameters(epsilon, nu, completeness + tilde, SCALE / epsilon if psi is None else psi, kappa)


def one_sector(
    countries: tuple[str, ...],
    trade: npt.ArrayLike,
    gdp: npt.ArrayLike,
    chosen: Parameters,
    *,
    home_sales: bool = False,
) -> Baseline:
    """The one-sector world: home sales from GDP, transfers from the balances.

    T = (1-nu) (imports - sum_n (1-nu_n) X_in); E = GDP + T; X_ii = max(0, E_i - imports_i); then
    Y_i = sum_n (1-nu_n) X_in + nu_i sum_j X_ji; T = E - Y.

    Args:
        countries: N names.
        trade: [exporter, importer] flows.
        gdp: [N], same currency; ignored if home_sales.
        chosen: parameters.
        home_sales: the diagonal of `trade` is filled already.

    Source: ILMS (2025), online programme main_baseline, lines of the calibration.
    """
    n = len(countries)
    keep = 1 - chosen.nu
    X = non_negative("trade", trade, (n, n), where="[exporter, importer]")
    if not home_sales:
        X = fill_home(X, gdp, chosen.nu)[0]
    E = X.sum(0)
    Y = X @ keep + chosen.nu * E
    return _baseline(countries, X, (E, Y, E - Y), chosen, 1.0)


def roundabout(
    countries: tuple[str, ...],
    trade: npt.ArrayLike,
    gdp: npt.ArrayLike,
    chosen: Parameters,
    *,
    beta: float = BETA,
) -> Baseline:
    """The one-sector world whose firms use their own composite good: cost w^beta P^(1-beta).

    Home sales divided by beta; Y_i = beta sum_n (1-nu_n) X_in + nu_i sum_j X_ji;
    T = E - (Y + (1-beta) sum_n (1-nu_n) X_in).

    Source: ILMS (2025), section 6.1 (Table 4); beta the share of value added.
    """
    n = len(countries)
    X = fill_home(non_negative("trade", trade, (n, n)), gdp, chosen.nu)[0].copy()
    X[np.arange(n), np.arange(n)] /= beta
    sold, bought = X @ (1 - chosen.nu), X.sum(0)
    Y = beta * sold + chosen.nu * bought
    return _baseline(countries, X, (bought, Y, bought - (Y + (1 - beta) * sold)), chosen, beta)


def fill_home(trade: Array, gdp: npt.ArrayLike, nu: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Flows with home sales max(0, GDP + T - imports) on the diagonal, and which of them were cut to zero.

    Args:
        trade: [exporter, importer], diagonal empty.
        gdp: [N].
        nu: [N].

    Raises:
        BadInput: the diagonal is filled already.
    """
    n = len(trade)
    if np.diag(trade).any():
        raise BadInput("The diagonal of trade is filled already", hint="Give home_sales=True")
    Y = positive("gdp", gdp, (n,))
    imports = trade.sum(0)
    T = (1 - nu) * (imports - trade @ (1 - nu))
    home = Y + T - imports
    return trade + np.diag(np.maximum(home, 0.0)), home < 0


def optimal_tariff(flows: Array, expenditure: Array, chosen: Parameters, country: int) -> float:
    """The unilateral optimal tariff by formula: t = 1 / ((1 + delta epsilon) phi - 1).

    delta_j = sum_{n != j} X_jn (1-nu_n)(1-lambda_jn) / ((1-nu_j)(E_j - X_jj)).

    Args:
        flows: [exporter, importer] with home sales.
        expenditure: [N] E_j.
        chosen: parameters.
        country: who levies.

    Source: ILMS (2025), the formula of Proposition 1; doi:10.1016/j.jinteco.2025.104138.
    """
    n = len(flows)
    finite("expenditure", expenditure, (n,))
    share = flows[country] / flows.sum(0)
    weight = flows[country] * (1 - chosen.nu) * (1 - share)
    weight[country] = 0.0
    delta = weight.sum() / ((1 - chosen.nu[country]) * (expenditure[country] - flows[country, country]))
    return float(1 / ((1 + delta * chosen.epsilon) * chosen.phi[country] - 1))


def retaliation_tariff(flows: Array, income: Array, chosen: Parameters, against: int) -> Array:
    """[N] optimal retaliation of all others as one, by the same formula on the 2 x 2 world; zero for `against`.

    Args:
        flows: [exporter, importer] with home sales.
        income: [N] Y.
        chosen: parameters; nu and phi take one value in all others.
        against: whose exports are hit.
    """
    n = len(flows)
    others = np.arange(n) != against
    group = np.stack([others, ~others]).astype(float)
    X, Y = group @ flows @ group.T, group @ income
    nu = np.array([chosen.nu[others][0], chosen.nu[against]])
    share = X / X.sum(0)
    delta = X[0, 1] * (1 - nu[1]) * (1 - share[0, 1]) / ((1 - nu[0]) * (Y[0] - X[0, 0]))
    rates: Array = 1 / ((1 + delta * chosen.epsilon) * chosen.phi - 1)
    rates[against] = 0.0
    return rates


def _baseline(
    countries: tuple[str, ...], X: Array, totals: tuple[Array, Array, Array], chosen: Parameters, beta: float
) -> Baseline:
    E, Y, T = totals
    n = len(countries)
    return Baseline(
        countries=countries,
        sectors=("all",),
        pi=(X / E)[:, :, None],
        tau=np.ones((n, n, 1)),
        theta=np.array([chosen.epsilon]),
        spending=E[:, None],
        alpha=np.ones((n, 1)),
        beta=np.full((n, 1), beta),
        deficit=T,
        value_added=Y,
        gamma=None if beta == 1.0 else np.full((n, 1, 1), 1 - beta),
        nu=chosen.nu if chosen.nu.any() else None,
        phi=None if (chosen.phi == 1.0).all() else chosen.phi[:, None],
        psi=np.array([chosen.psi]) if chosen.psi else None,
        kappa=chosen.kappa,
    )
