"""What a change of trade costs does: conditional and full-endowment general equilibrium of structural gravity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.gravity.baseline import GravityBaseline
from khorgos.models.gravity.prices import Endowments, Rule, clear
from khorgos.models.gravity.resistances import multilateral_resistances
from khorgos.models.partial import inputs
from khorgos.models.partial.inputs import Floats

Scope = Literal["conditional", "full endowment"]

#: Identities of a result hold to this share; chosen as a thousand times the solver's own tolerance.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GravityEquilibrium:
    """A gravity world after a change of trade costs; *_hat is new over old, 1 for no change.

    Args:
        price_hat: factory-gate prices p_i [N]; 1 in conditional equilibrium.
        output_hat: Y_i [N], nominal.
        expenditure_hat: E_j [N], nominal.
        inward_hat: consumer prices, that is inward multilateral resistances P_j [N] (not to a power).
        outward_hat: outward multilateral resistances Pi_i [N] (not to a power).
        real_output_hat: Y_i / P_i [N], real GDP in the guide's words.
        welfare_hat: E_i / P_i [N], real expenditure.
        trade: X_ij after [N, N], in the currency of the baseline.
        exports_hat: each country's sales abroad [N]; NaN where it sold none.
        home_share_hat: share of home trade in expenditure [N].
        numeraire: what is held constant: "world output" or the number of the reference country's price index.
        deficits: how expenditure follows output.
        scope: "conditional" (output and expenditure given) or "full endowment".
        residual: largest relative gap of sales to output.
        iterations: steps of the solver.
        method: the solver that reached the tolerance.
    """

    price_hat: Floats
    output_hat: Floats
    expenditure_hat: Floats
    inward_hat: Floats
    outward_hat: Floats
    real_output_hat: Floats
    welfare_hat: Floats
    trade: Floats
    exports_hat: Floats
    home_share_hat: Floats
    numeraire: str
    deficits: Rule
    scope: Scope
    residual: float
    iterations: int
    method: str

    def __post_init__(self) -> None:
        hats = (self.price_hat, self.output_hat, self.expenditure_hat, self.inward_hat, self.outward_hat)
        if not all(np.isfinite(hat).all() and (hat > 0).all() for hat in hats):
            raise NotConverged("A price or an output came out negative or not finite", where=f"gravity, {self.scope}")
        if not np.abs(self.real_output_hat * self.inward_hat / self.output_hat - 1).max() <= ROUNDING:
            raise NotConverged("Real output is not output over prices", where=f"gravity, {self.scope}")


def conditional(
    baseline: GravityBaseline, freeness_new: ArrayLike, *, reference: int | None = None, tolerance: float = 1e-12
) -> GravityEquilibrium:
    """New multilateral resistances at given output and expenditure.

    Args:
        baseline: the world before.
        freeness_new: t_ij^(1 - sigma) after [N, N]; `baseline.freeness * iceberg_freeness(d_hat, sigma)`.
        reference: country whose consumer price is held constant; None shares the free scale evenly.
        tolerance: largest relative gap of sales to output.

    Returns:
        The equilibrium, with output, expenditure and factory-gate prices unchanged.

    Source:
        Yotov et al. (2016), An Advanced Guide to Trade Policy Analysis, chapter 2, "conditional general equilibrium".
    """
    phi = _new_freeness(baseline, freeness_new)
    solved = multilateral_resistances(
        phi, baseline.output, baseline.expenditure, reference=reference, tolerance=tolerance
    )
    old = multilateral_resistances(
        baseline.freeness, baseline.output, baseline.expenditure, reference=reference, tolerance=tolerance
    )
    power = 1 / (1 - baseline.sigma)
    one = np.ones_like(baseline.output)
    return _equilibrium(
        baseline,
        hats=(one, one, (solved.inward / old.inward) ** power, (solved.outward / old.outward) ** power),
        trade=solved.trade,
        numeraire="world output" if reference is None else str(reference),
        how=("multiplicative", "conditional", solved.residual, solved.iterations, solved.method),
    )


def full_endowment(
    baseline: GravityBaseline,
    freeness_new: ArrayLike,
    *,
    deficits: Rule = "multiplicative",
    reference: int | None = None,
    tolerance: float = 1e-12,
    most_steps: int = 100,
) -> GravityEquilibrium:
    """Let factory-gate prices clear the markets of given endowments, and output and expenditure follow.

    p_i Y_i = sum_j pi_ij E_j, pi_ij = phi_ij' a_i p_i^(1 - sigma) / sum_k phi_kj' a_k p_k^(1 - sigma), with a_i fitted
    to the baseline. Deficits: "multiplicative" keeps E_j / Y_j up to one world factor that keeps world expenditure
    equal to world output (without that factor constant ratios and market clearing contradict each other as soon as
    countries with different ratios grow differently); "additive" keeps E_j - Y_j a constant share of world output.

    Args:
        baseline: the world before.
        freeness_new: t_ij^(1 - sigma) after [N, N].
        deficits: "multiplicative" or "additive".
        reference: country whose consumer price is held constant (the guide holds Germany's); None holds world output.
        tolerance: largest relative gap of sales to output.
        most_steps: Newton steps before giving up.

    Returns:
        The equilibrium.

    Raises:
        BadInput: freeness that cannot be right.
        NotConverged: markets that do not clear.

    Source:
        Anderson, J. E., Larch, M. and Yotov, Y. V. (2018), GEPPML, doi:10.1111/twec.12664; Yotov et al. (2016), An
        Advanced Guide to Trade Policy Analysis, chapter 2, "full endowment general equilibrium".
    """
    phi = _new_freeness(baseline, freeness_new)
    world = baseline.output.sum()
    y, e = baseline.output / world, baseline.expenditure / world
    pull = y / baseline.resistances.outward  # a_i: taste and technology, in the scale of the baseline's resistances
    world_after = Endowments(phi * pull[:, None], y, e, baseline.sigma, deficits)
    market = clear(world_after, tolerance=tolerance, most_steps=most_steps)
    inward = (market.index / (pull @ baseline.freeness)) ** (1 / (1 - baseline.sigma))
    if reference is not None and not 0 <= reference < y.size:
        raise BadInput(f"There is no country number {reference} among {y.size}", where="reference")
    unit = 1.0 if reference is None else 1 / float(inward[reference])
    price, spent = market.price * unit, market.expenditure * unit
    # The guide's factory-gate price: Y_i / Y is proportional to (p_i Pi_i)^(1 - sigma).
    outward = (price / (price @ y)) ** (1 / (1 - baseline.sigma)) / price
    return _equilibrium(
        baseline,
        hats=(price, spent / e, inward * unit, outward),
        trade=market.trade * unit * world,
        numeraire="world output" if reference is None else str(reference),
        how=(deficits, "full endowment", market.residual, market.iterations, market.method),
    )


def _new_freeness(baseline: GravityBaseline, freeness_new: ArrayLike) -> Floats:
    n = baseline.output.size
    return inputs.trade_matrix("freeness_new", freeness_new, (n, n))


def _equilibrium(
    baseline: GravityBaseline,
    *,
    hats: tuple[Floats, Floats, Floats, Floats],
    trade: Floats,
    numeraire: str,
    how: tuple[Rule, Scope, float, int, str],
) -> GravityEquilibrium:
    price, spent, inward, outward = hats
    old, abroad = baseline.trade, ~np.eye(price.size, dtype=bool)
    before, after = (np.sum(x, axis=1, where=abroad) for x in (old, trade))
    return GravityEquilibrium(
        price_hat=price,
        output_hat=price,
        expenditure_hat=spent,
        inward_hat=inward,
        outward_hat=outward,
        real_output_hat=price / inward,
        welfare_hat=spent / inward,
        trade=trade,
        exports_hat=np.divide(after, before, out=np.full_like(before, np.nan), where=before > 0),
        home_share_hat=np.diagonal(trade) / np.diagonal(old) * old.sum(axis=0) / trade.sum(axis=0),
        numeraire=numeraire,
        deficits=how[0],
        scope=how[1],
        residual=how[2],
        iterations=how[3],
        method=how[4],
    )
