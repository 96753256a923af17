"""Sensitivities by the adjoint, against central differences of whole equilibria."""

from __future__ import annotations

import numpy as np
import pytest

from khorgos.core.errors import BadInput
from khorgos.models.adjoint import employment_of, flow_of, real_expenditure_of, sensitivity, welfare_of
from khorgos.models.baseline import Baseline
from khorgos.models.equilibrium import solve
from khorgos.models.scenario import Scenario, scenario

N, S = 4, 3
STEP = 1e-4
# Central differences err by STEP squared times the third derivative, and by the solver's 1e-13 over STEP.
TOLERANCE = {"rtol": 2e-6, "atol": 2e-8}


def world(kind: str) -> Baseline:
    rng = np.random.default_rng(7)
    markets = 2 * S if kind == "two uses" else S
    pi = rng.uniform(0.05, 1.0, (N, N, markets)) + 2.0 * np.eye(N)[:, :, None]
    off = (1 - np.eye(N))[:, :, None]
    beta = rng.uniform(0.3, 0.8, (N, S)) if kind != "plain" else np.ones((N, S))
    mix = rng.dirichlet(np.ones(S), (N, S)).transpose(0, 2, 1) * (1 - beta)[:, None, :]
    alpha = rng.dirichlet(np.ones(S) * 3, N)
    if kind == "two uses":
        mix, alpha = np.concatenate([0 * mix, mix], axis=1), np.concatenate([alpha, 0 * alpha], axis=1)
    value_added = rng.uniform(1, 10, N)
    transfer = rng.uniform(-0.2, 0.2, N)
    full = kind == "frictions"
    return Baseline(
        countries=tuple("ABCD"),
        sectors=("x", "y", "z"),
        pi=pi / pi.sum(0),
        tau=1.0 + rng.uniform(0, 0.3, (N, N, markets)) * off,
        theta=rng.uniform(2, 6, markets),
        spending=np.ones((N, markets)) * value_added[:, None],
        alpha=alpha,
        beta=beta,
        deficit=transfer - transfer.mean(),
        value_added=value_added,
        gamma=None if kind == "plain" else mix,
        nu=rng.uniform(0.05, 0.2, N) if full else None,
        phi=rng.uniform(1, 1.4, (N, S)) if full else None,
        psi=rng.uniform(0.02, 0.08, S) if full else None,
        kappa=0.5 if full else 0.0,
        profit=rng.uniform(0.05, 0.2, (N, S)) if kind == "profits" else None,
    )


def one_sector() -> Baseline:
    rng = np.random.default_rng(8)
    pi = rng.uniform(0.05, 1.0, (N, N, 1)) + 2.0 * np.eye(N)[:, :, None]
    return Baseline(
        countries=tuple("ABCD"),
        sectors=("all",),
        pi=pi / pi.sum(0),
        tau=np.ones((N, N, 1)),
        theta=np.array([4.0]),
        spending=np.ones((N, 1)),
        alpha=np.ones((N, 1)),
        beta=np.full((N, 1), 0.6),
        deficit=np.zeros(N),
        value_added=rng.uniform(1, 3, N),
        gamma=np.full((N, 1, 1), 0.4),
        nu=np.full(N, 0.1),
        phi=np.full((N, 1), 1.2),
        psi=np.array([0.1]),
        kappa=0.5,
    )


OUTCOMES = {
    "real": lambda e: real_expenditure_of(e, "B"),
    "welfare": lambda e: welfare_of(e, np.array([1.0, 0.5, 0.0, 0.2])),
    "flow": lambda e: flow_of(e, "A", "C", 0),
    "employment": lambda e: employment_of(e, "B"),
}
CLOSURES = {
    "share": {},
    "relief": {"revenue": "income-tax"},
    "nominal": {"deficits": "nominal", "numeraire": "B"},
    "nominal prices": {"deficits": "nominal", "numeraire": "world-prices"},
    "nominal wages": {"deficits": "nominal", "numeraire": "world-wages"},
    "balanced": {"deficits": "balanced"},
}
CASES = [
    *[(kind, "share", name) for kind in ("plain", "inputs", "two uses", "profits") for name in ("real", "flow")],
    *[("frictions", closure, name) for closure in CLOSURES for name in OUTCOMES],
    *[("one", closure, "welfare") for closure in ("share", "relief", "nominal")],
]


@pytest.mark.parametrize(("kind", "closure", "name"), CASES)
def test_adjoint_meets_central_differences(kind, closure, name):
    base = one_sector() if kind == "one" else world(kind)
    rng = np.random.default_rng(1)
    off = (1 - np.eye(N))[:, :, None]
    tau1 = base.tau + rng.uniform(0, 0.2, base.tau.shape) * off
    d_hat = 1 + rng.uniform(0, 0.2, base.tau.shape) * off

    def at(tau, d, theta):
        moved = base.with_(theta=theta)
        return solve(moved, Scenario(tau=tau, d_hat=d, **CLOSURES[closure]), tolerance=1e-13)

    def value(tau, d, theta):
        return OUTCOMES[name](at(tau, d, theta)).value

    found = at(tau1, d_hat, base.theta)
    got = sensitivity(found, OUTCOMES[name](found), tolerance=1e-11)
    for i, j, m in ((0, 2, 0), (1, 3, base.tau.shape[2] - 1), (2, 1, 0)):
        step = np.zeros(base.tau.shape)
        step[i, j, m] = STEP
        slope = (value(tau1 + step, d_hat, base.theta) - value(tau1 - step, d_hat, base.theta)) / (2 * STEP)
        np.testing.assert_allclose(got.tau[i, j, m], slope, **TOLERANCE)
        high, low = d_hat * np.exp(step), d_hat * np.exp(-step)
        slope = (value(tau1, high, base.theta) - value(tau1, low, base.theta)) / (2 * STEP)
        np.testing.assert_allclose(got.d[i, j, m], slope, **TOLERANCE)
    for m in range(len(base.theta)):
        step = np.zeros(len(base.theta))
        step[m] = STEP
        slope = (value(tau1, d_hat, base.theta + step) - value(tau1, d_hat, base.theta - step)) / (2 * STEP)
        np.testing.assert_allclose(got.theta[m], slope, **TOLERANCE)


def test_a_first_tariff_has_a_slope_too():
    """At zero tariffs everywhere the revenue's slope is not zero."""
    base = one_sector()
    found = solve(base, scenario(base), tolerance=1e-13)
    got = sensitivity(found, real_expenditure_of(found, "A"))
    rates = np.zeros((N, N))
    rates[1, 0] = STEP
    ends = [solve(base, scenario(base, tariffs=sign * rates), tolerance=1e-13) for sign in (1, -1)]
    high, low = (real_expenditure_of(end, "A").value for end in ends)
    np.testing.assert_allclose(got.tau[1, 0, 0], (high - low) / (2 * STEP), **TOLERANCE)


def test_a_flow_of_zero_has_no_sensitivity():
    base = world("plain")
    pi = base.pi.copy()
    pi[0, 1, 0] = 0.0
    base = base.with_(pi=pi / pi.sum(0))
    with pytest.raises(BadInput, match="sells nothing"):
        flow_of(solve(base, scenario(base)), "A", "B", 0)
