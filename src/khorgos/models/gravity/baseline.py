"""A gravity world before anything changes: output, expenditure, freeness of trade and the trade they imply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput
from khorgos.models.gravity.resistances import Resistances, multilateral_resistances
from khorgos.models.partial import inputs
from khorgos.models.partial.inputs import Floats


@dataclass(frozen=True, slots=True, eq=False)
class GravityBaseline:
    """N countries in a structural-gravity equilibrium.

    Args:
        freeness: phi_ij = t_ij^(1 - sigma) [N, N], exporter first.
        output: Y_i [N], currency.
        expenditure: E_j [N], currency; its sum is that of output.
        sigma: elasticity of substitution, above 1 (theta = sigma - 1).
        resistances: multilateral resistances and trade at this freeness.
    """

    freeness: Floats
    output: Floats
    expenditure: Floats
    sigma: float
    resistances: Resistances

    @property
    def trade(self) -> Floats:
        """X_ij [N, N], exporter first."""
        return self.resistances.trade


def gravity_baseline(
    trade: ArrayLike,
    sigma: float,
    *,
    freeness: ArrayLike | None = None,
    exports: ArrayLike | None = None,
    imports: ArrayLike | None = None,
) -> GravityBaseline:
    """Take output and expenditure from a trade matrix, and freeness from estimates or from the matrix itself.

    Without estimates the trade matrix is its own freeness: every phi_ij that fits it differs from X_ij by exporters'
    and importers' factors only, and these do not touch changes (exact hat algebra).

    Args:
        trade: X_ij with home trade on the diagonal [N, N], exporter first, any currency.
        sigma: elasticity of substitution, above 1.
        freeness: t_ij^(1 - sigma) [N, N], for example exp(beta'z_ij) from `ppml`: the baseline is the fitted trade.
        exports: known sales by exporter, home sales included, to refuse a transposed matrix.
        imports: known spending by importer, likewise.

    Returns:
        The baseline.

    Raises:
        BadInput: inputs that cannot be right; countries without home trade.
        NotConverged: freeness that cannot give the totals.

    Source:
        Dekle, R., Eaton, J. and Kortum, S. (2008), doi:10.1057/imfsp.2008.17 (exact hat algebra); Fally, T. (2015),
        doi:10.1016/j.jinteco.2015.05.005 (fitted PPML trade is structural gravity with the data's totals).
    """
    shape = np.shape(trade)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise BadInput(f"Trade of shape {shape} is not [exporter, importer] over the same countries", where="trade")
    x = inputs.trade_matrix("trade", trade, shape)
    inputs.orientation(x, exports, imports)
    if (np.diagonal(x) <= 0).any():
        raise BadInput(
            "A country sells nothing at home",
            where=f"trade[{int(np.argmin(np.diagonal(x)))}] on the diagonal",
            hint="Structural gravity needs home trade: output less exports",
        )
    value = float(inputs.substitution_elasticity("sigma", sigma, ()))
    output, expenditure = x.sum(axis=1), x.sum(axis=0)
    phi = x if freeness is None else inputs.trade_matrix("freeness", freeness, shape)
    solved = multilateral_resistances(phi, output, expenditure)
    return GravityBaseline(phi, output, expenditure, value, solved)


def iceberg_freeness(d_hat: ArrayLike, sigma: float) -> Floats:
    """Change of freeness that a change of iceberg costs brings: d_hat^(1 - sigma).

    Args:
        d_hat: trade costs after over before [N, N], above 0; infinite for a closed border.
        sigma: elasticity of substitution, above 1.

    Returns:
        Factor on freeness [N, N].

    Raises:
        BadInput: costs that are not above 0.
    """
    costs = inputs.numbers("d_hat", d_hat, np.shape(d_hat), infinite=True)
    if (costs <= 0).any():
        raise BadInput(
            f"A change of trade costs of {costs.min():g} is not above 0",
            where="d_hat",
            hint="d_hat is new over old: 1 is no change, 1.1 is ten per cent more",
        )
    value = float(inputs.substitution_elasticity("sigma", sigma, ()))
    freer: Floats = costs ** (1 - value)
    return freer
