"""Poisson pseudo-maximum likelihood with fixed effects: the estimator of structural gravity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.gravity.absorb import Design, Fit, design, weighted_fit
from khorgos.models.partial import inputs
from khorgos.models.partial.inputs import Floats

#: Halvings of a step that raises the deviance; chosen because 2^-10 of a step that still fails is no step at all.
MOST_HALVINGS = 10
#: Largest change of a linear predictor in the last step; chosen because the error after a Newton step of 1e-5 is 1e-10.
#: A separated observation (a zero predicted perfectly) moves by one a step for ever, and so is found out.
STILL = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Ppml:
    """A fitted gravity equation, y_n = exp(x_n'beta + effects + offset) + error.

    Args:
        names: of the regressors [k].
        coefficients: beta [k].
        standard_errors: robust, or clustered where clusters were given [k].
        effects: fixed effects by name: (levels, values); only their sum over the sets is identified.
        fitted: exp of the linear predictor [n]; NaN for observations that were left out.
        observations: number used.
        dropped: number left out because their effect has no trade at all.
        deviance: 2 sum (y ln(y / mu) - (y - mu)).
        log_likelihood: of the Poisson, sum (y ln mu - mu - ln gamma(y + 1)).
        residual: relative change of the deviance in the last step.
        iterations: steps of iteratively reweighted least squares.
        method: "IRLS".
    """

    names: tuple[str, ...]
    coefficients: Floats
    standard_errors: Floats
    effects: dict[str, tuple[NDArray[np.generic], Floats]]
    fitted: Floats
    observations: int
    dropped: int
    deviance: float
    log_likelihood: float
    residual: float
    iterations: int
    method: str

    def __post_init__(self) -> None:
        if not (np.isfinite(self.coefficients).all() and np.isfinite(self.standard_errors).all()):
            raise NotConverged("An estimate is not finite", where="PPML")


def ppml(
    y: ArrayLike,
    regressors: Mapping[str, ArrayLike],
    effects: Mapping[str, ArrayLike],
    *,
    offset: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    tolerance: float = 1e-10,
    most_steps: int = 100,
) -> Ppml:
    """Estimate by iteratively reweighted least squares, fixed effects solved exactly in each step.

    Args:
        y: trade [n], not negative, zeros welcome; home trade included for structural gravity.
        regressors: by name [n]; may be empty.
        effects: codes or labels of each set of fixed effects, by name [n]; at least one set.
        offset: known part of the linear predictor [n], coefficient 1.
        cluster: codes to cluster standard errors by [n]; None gives heteroskedasticity-robust ones.
        tolerance: relative change of the deviance in the last step.
        most_steps: steps before giving up.

    Returns:
        Estimates with robust standard errors (n / (n - 1), or clusters / (clusters - 1), as Stata's `ppml` has them).

    Raises:
        BadInput: inputs that cannot be right; a regressor absorbed by the effects.
        NotConverged: no convergence, as when some zeros are predicted perfectly (separation).

    Source:
        Santos Silva, J. M. C. and Tenreyro, S. (2006), doi:10.1162/rest.88.4.641; existence: the same (2010),
        doi:10.1016/j.econlet.2010.02.020; fixed effects in IRLS: Correia, S., Guimaraes, P. and Zylkin, T. (2020),
        doi:10.1177/1536867X20909691.
    """
    n = np.size(y)
    trade = inputs.trade_matrix("y", y, (n,))
    x = {name: inputs.numbers(f"regressors[{name!r}]", value, (n,)) for name, value in regressors.items()}
    codes = {name: _codes(f"effects[{name!r}]", value, n) for name, value in effects.items()}
    shift = np.zeros(n) if offset is None else inputs.numbers("offset", offset, (n,))
    kept = _with_trade(trade, codes)
    d = design({name: v[kept] for name, v in x.items()}, {k: v[kept] for k, v in codes.items()}, int(kept.sum()))
    solved = _iterated(d, trade[kept], shift[kept], tolerance, most_steps)
    groups = None if cluster is None else _codes("cluster", cluster, n)[kept]
    mu = np.full(n, np.nan)
    mu[kept] = solved.mu
    return Ppml(
        names=d.names,
        coefficients=solved.fit.beta,
        standard_errors=_standard_errors(solved.fit, trade[kept] - solved.mu, groups),
        effects={name: (d.levels[name], values) for name, values in solved.fit.effects.items()},
        fitted=mu,
        observations=int(kept.sum()),
        dropped=int(n - kept.sum()),
        deviance=solved.deviance,
        log_likelihood=float(np.sum(xlogy(trade[kept], solved.mu) - solved.mu - gammaln(trade[kept] + 1))),
        residual=solved.change,
        iterations=solved.steps,
        method="IRLS",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    fit: Fit
    mu: Floats
    deviance: float
    change: float
    steps: int


def _codes(name: str, value: ArrayLike, n: int) -> NDArray[np.generic]:
    codes = np.asarray(value)
    if codes.shape != (n,):
        raise BadInput(f"{codes.shape} labels for {n} observations", where=name)
    return codes


def _with_trade(y: Floats, effects: Mapping[str, NDArray[np.generic]]) -> NDArray[np.bool_]:
    """Observations whose every effect has some trade; the effect of the others would run to minus infinity."""
    kept = np.ones(y.size, dtype=bool)
    while True:
        before = kept.sum()
        for codes in effects.values():
            _, level = np.unique(codes, return_inverse=True)
            kept &= np.bincount(level, weights=y * kept)[level] > 0
        if kept.sum() == before:
            return kept


def _iterated(d: Design, y: Floats, shift: Floats, tolerance: float, most_steps: int) -> _Solved:
    eta = np.log((y + y.mean()) / 2)
    deviance, change, moved = np.inf, np.inf, np.inf
    for step in range(1, most_steps + 1):
        mu = np.exp(eta)
        fit = weighted_fit(d, mu, eta - shift + (y - mu) / mu)
        new, after = _damped(y, eta, fit.fitted + shift, deviance)
        change = abs(deviance - after) / max(after, np.finfo(float).tiny)
        moved, eta, deviance = float(np.abs(new - eta).max()), new, after
        if change <= tolerance and moved <= STILL:
            # One step more, so that the standard errors are those at the solution and not a step before it.
            last = weighted_fit(d, np.exp(eta), eta - shift + y / np.exp(eta) - 1)
            eta = last.fitted + shift
            return _Solved(last, np.exp(eta), _deviance(y, eta), change, step + 1)
    raise NotConverged(
        f"After {most_steps} steps the deviance changes by {change:.1e} and a linear predictor by {moved:.1e}",
        where=f"PPML on {', '.join(d.names) or 'effects alone'}",
        hint="A predictor that runs away means zeros predicted perfectly (separation): drop them or their regressor",
    )


def _damped(y: Floats, eta: Floats, target: Floats, deviance: float) -> tuple[Floats, float]:
    new, after = target, _deviance(y, target)
    for _ in range(MOST_HALVINGS):
        # 1e-9: rounding of a sum of some ten thousand terms is not a rise.
        if after <= deviance * (1 + 1e-9):
            break
        new = (new + eta) / 2
        after = _deviance(y, new)
    return new, after


def _deviance(y: Floats, eta: Floats) -> float:
    with np.errstate(over="ignore", invalid="ignore"):  # a step too far gives infinity, and is halved
        value = float(2 * np.sum(xlogy(y, y) - y * eta - y + np.exp(eta)))
    return value if np.isfinite(value) else np.inf


def _standard_errors(fit: Fit, residual: Floats, groups: NDArray[np.generic] | None) -> Floats:
    scores = fit.residual_regressors * residual[:, None]
    if groups is not None:
        _, level = np.unique(groups, return_inverse=True)
        scores = np.column_stack([np.bincount(level, weights=column) for column in scores.T])
    count = len(scores)
    if count < 2 or not fit.beta.size:
        return np.zeros_like(fit.beta)
    bread = np.linalg.inv(fit.hessian)
    sandwich = bread @ (scores.T @ scores) @ bread * count / (count - 1)
    errors: Floats = np.sqrt(np.diag(sandwich))
    return errors
