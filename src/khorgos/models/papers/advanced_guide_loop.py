"""The guide's own way to full-endowment equilibrium, step by step, with its stopping rule and its rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from khorgos.models.gravity.resistances import multilateral_resistances
from khorgos.models.partial.inputs import Floats

#: The guide stops when neither the spread nor the largest of the changes of price changes is above this.
STOP = 0.01
#: The guide's elasticity of substitution.
SIGMA = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Indexes:
    """What the guide's program saves, by country [N]; MR are to the power 1 - sigma, world output multiplied in.

    Args:
        output: Y.
        resistance: outward resistance (OMR) by scenario: "BLN" baseline, "CDL" conditional, "FULL".
        inward: inward resistance (IMR) likewise.
        exports: sales abroad (Xi) likewise.
        price: factory-gate price in full endowment over baseline.
        steps: mean, standard deviation, least and greatest change of price changes, one row a step, as the log prints.
    """

    output: Floats
    resistance: dict[str, Floats]
    inward: dict[str, Floats]
    exports: dict[str, Floats]
    price: Floats
    steps: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Gravity:
    """Fitted trade a_i phi_ij b_j with b = 1 for the reference; stored_* in single precision."""

    trade: Floats
    stored_a: Floats
    stored_b: Floats


def guide_indexes(trade: Floats, freeness: Floats, freeness_new: Floats, reference: int) -> Indexes:
    """Run the program of chapter 2: baseline, conditional, then the loop over factory-gate prices.

    Expenditure is E_j = phi_j Y_j with phi_j of the baseline, which does not sum to world output; the loop stops at
    STOP. Both leave traces in the published numbers, so `full_endowment` and they differ in the third digit.

    Args:
        trade: observed trade of the year [N, N], exporter first.
        freeness: t_ij^(1 - sigma) in the baseline [N, N].
        freeness_new: and in the counterfactual.
        reference: number of Germany.

    Returns:
        All that the program saves.

    Source:
        Yotov et al. (2016), chapter 2, applications 1 and 2, steps I to III of the companion do-files.
    """
    y, e = trade.sum(axis=1), trade.sum(axis=0)
    ratio, e_ref = e / y, e[reference]
    baseline, counterfactual = _gravity(trade, freeness, reference), _gravity(trade, freeness_new, reference)
    outward = {name: y * e_ref / g.stored_a for name, g in (("BLN", baseline), ("CDL", counterfactual))}
    inward = {name: e / (g.stored_b * e_ref) for name, g in (("BLN", baseline), ("CDL", counterfactual))}

    last, last_ref = counterfactual, e_ref
    price_change, before = (counterfactual.stored_a / baseline.stored_a) ** (1 / (1 - SIGMA)), np.zeros_like(y)
    omr, imr = outward["CDL"], inward["CDL"]
    omr_change, imr_change, steps = np.ones_like(y), np.ones_like(y), []
    while True:
        pushed = np.outer(price_change, price_change) / np.outer(omr_change, imr_change)
        new = _gravity(last.trade * pushed, freeness_new, reference)
        y_new = new.trade.sum(axis=1)
        e_new = ratio * y_new
        omr_new, imr_new = y_new * e_new[reference] / new.stored_a, e_new / (new.stored_b * e_new[reference])
        difference = price_change - before
        # The program summarises its N x N rows, each country's change N times over.
        spread = float(np.std(np.repeat(difference, y.size), ddof=1))
        steps.append([difference.mean(), spread, difference.min(), difference.max()])
        before, price_change = price_change, _price(new, last, e_new[reference] / last_ref)
        omr_change, imr_change, omr, imr = omr_new / omr, imr_new / imr, omr_new, imr_new
        last, last_ref = new, e_new[reference]
        if spread <= STOP and abs(difference.max()) <= STOP:
            break

    price = _price(last, baseline, last_ref / e_ref)
    outward["FULL"], inward["FULL"] = price * y * last_ref / last.stored_a, imr
    full = np.outer(price * y, ratio * price * y) * freeness_new / np.outer(outward["FULL"], imr)
    abroad = ~np.eye(y.size, dtype=bool)
    fitted = {"BLN": baseline.trade, "CDL": counterfactual.trade, "FULL": full}
    return Indexes(
        output=y,
        resistance=outward,
        inward=inward,
        exports={name: np.sum(x, axis=1, where=abroad) for name, x in fitted.items()},
        price=price,
        steps=np.array(steps),
    )


def _gravity(trade: Floats, freeness: Floats, reference: int) -> _Gravity:
    """PPML of trade on exporter and importer effects with ln freeness as offset: the totals decide (Fally 2015)."""
    y, e = trade.sum(axis=1), trade.sum(axis=0)
    # 1e-14: the tolerance of a sum of 69 float64 terms, so that rounding to single precision falls as it fell.
    solved = multilateral_resistances(freeness, y, e, reference=reference, tolerance=1e-14)
    a, b = y * e[reference] / (y.sum() * solved.outward), e / (e[reference] * solved.inward)
    # Stata keeps exp(coefficient) in the variable of the dummy, which it promotes from byte to float.
    return _Gravity(solved.trade, _single(a), _single(b))


def _price(new: _Gravity, old: _Gravity, reference: float) -> Floats:
    change: Floats = (new.stored_a / old.stored_a / reference) ** (1 / (1 - SIGMA))
    return change


def _single(values: Floats) -> Floats:
    return values.astype(np.float32).astype(np.float64)
