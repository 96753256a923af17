"""The same estimator through pyfixest, for data with more fixed effects than normal equations can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats

#: The optional extra that brings pyfixest (and pandas, which it needs).
EXTRA = "estimate"


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Coefficients as pyfixest reports them.

    Args:
        names: of the regressors [k].
        coefficients: [k].
        standard_errors: with pyfixest's own small-sample corrections [k].
        method: "pyfixest".
    """

    names: tuple[str, ...]
    coefficients: Floats
    standard_errors: Floats
    method: str


def ppml_pyfixest(
    y: ArrayLike,
    regressors: Mapping[str, ArrayLike],
    effects: Mapping[str, ArrayLike],
    *,
    cluster: ArrayLike | None = None,
) -> Estimate:
    """Estimate with pyfixest's `fepois`.

    Args:
        y: trade [n].
        regressors: by name [n]; at least one.
        effects: codes of each set of fixed effects, by name [n].
        cluster: codes to cluster standard errors by [n]; None gives heteroskedasticity-robust ones.

    Returns:
        Coefficients and standard errors.

    Raises:
        BadInput: pyfixest is not installed, or there is nothing to estimate.

    Source:
        pyfixest, `fepois`: https://pyfixest.org; Correia, Guimaraes & Zylkin (2020), doi:10.1177/1536867X20909691.
    """
    if not regressors or not effects:
        raise BadInput("There is nothing to estimate", hint="Give at least one regressor and one set of effects")
    try:
        pandas, pyfixest = import_module("pandas"), import_module("pyfixest")
    except ImportError as error:
        raise BadInput(
            "Estimation with many fixed effects needs pyfixest, which is not installed",
            hint=f'Install the extra: pip install "khorgos[{EXTRA}]"; or use ppml, which needs nothing more',
        ) from error
    columns: dict[str, ArrayLike] = {"y": y}
    columns |= {f"x{i}": value for i, value in enumerate(regressors.values())}
    columns |= {f"f{i}": value for i, value in enumerate(effects.values())}
    columns |= {} if cluster is None else {"group": cluster}
    left = " + ".join(f"x{i}" for i in range(len(regressors)))
    right = " + ".join(f"f{i}" for i in range(len(effects)))
    fit = pyfixest.fepois(
        f"y ~ {left} | {right}",
        data=pandas.DataFrame(columns),
        vcov="hetero" if cluster is None else {"CRV1": "group"},
    )
    order = [f"x{i}" for i in range(len(regressors))]
    coefficients, errors = dict(fit.coef()), dict(fit.se())
    return Estimate(
        names=tuple(regressors),
        coefficients=np.array([coefficients.get(name, np.nan) for name in order]),
        standard_errors=np.array([errors.get(name, np.nan) for name in order]),
        method="pyfixest",
    )
