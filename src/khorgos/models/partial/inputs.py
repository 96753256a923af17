"""Arrays checked at the door of a model, with the likely mistake named."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from khorgos.core.errors import BadInput

Floats = NDArray[np.float64]

#: A tariff above 1000% is taken for a percentage; chosen because the highest ad valorem equivalents in WTO tariff
#: profiles lie below it, and a tariff of 25 per cent written as 25 lies above it.
HIGHEST_RATE = 10.0


def numbers(name: str, value: ArrayLike, shape: tuple[int, ...], *, infinite: bool = False) -> Floats:
    """An array of finite float64 of the wanted shape, broadcast where that is possible.

    Args:
        name: what the caller calls it, for the error.
        value: anything NumPy reads as numbers.
        shape: the shape wanted.
        infinite: may an entry be plus infinity (a perfectly elastic supply).

    Returns:
        A new float64 array of `shape`.

    Raises:
        BadInput: not numbers, not finite, or of a shape that does not fit.
    """
    try:
        given = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadInput("An input is not an array of numbers", where=name) from error
    bad = np.isnan(given) | (np.isneginf(given) if infinite else np.isinf(given))
    if bad.any():
        raise BadInput(
            f"{int(bad.sum())} of {given.size} entries are missing or not finite",
            where=_cell(name, bad),
            hint="A model needs every cell: drop the product or country, or impute it and say so",
        )
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError as error:
        raise BadInput(
            f"The shape {given.shape} does not fit {shape}", where=name, hint=_shape_hint(given.shape, shape)
        ) from error


def trade_matrix(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Trade values, not negative, some of them positive.

    Raises:
        BadInput: negative cells, or nothing traded at all.
    """
    trade = numbers(name, value, shape)
    if (trade < 0).any():
        raise BadInput(
            f"{int((trade < 0).sum())} of {trade.size} cells of trade are negative",
            where=_cell(name, trade < 0),
            hint="Trade values are not negative: are these balances, or changes?",
        )
    if not trade.any():
        raise BadInput("All trade is zero", where=name)
    return trade


def tariff_factors(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Tariff factors tau = 1 + t, between 1 and 1 + HIGHEST_RATE.

    Raises:
        BadInput: rates given instead of factors, or percentages instead of fractions.
    """
    tau = numbers(name, value, shape)
    if (tau - 1 > HIGHEST_RATE).any():
        raise BadInput(
            f"A tariff factor of {tau.max():g} is a tariff of {100 * (tau.max() - 1):g}%",
            where=_cell(name, tau - 1 > HIGHEST_RATE),
            hint="A tariff of 25% is tau = 1.25: was 25 given instead of 0.25?",
        )
    if (tau < 1).any():
        raise BadInput(
            f"A tariff factor of {tau.min():g} is below 1",
            where=_cell(name, tau < 1),
            hint="tau = 1 + t, so a tariff of 25% is 1.25: were the rates t given?",
        )
    return tau


def demand_elasticity(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Own-price elasticities of import demand, below 0.

    Raises:
        BadInput: an elasticity that is zero or positive.
    """
    elasticity = numbers(name, value, shape)
    if (elasticity >= 0).any():
        raise BadInput(
            f"An elasticity of import demand of {elasticity.max():g} is not below 0",
            where=_cell(name, elasticity >= 0),
            hint="Demand falls when the price rises, so -1.25: was its absolute value given?",
        )
    return elasticity


def supply_elasticity(name: str, value: ArrayLike, shape: tuple[int, ...], *, lowest: float = 0.0) -> Floats:
    """Elasticities of export supply: not negative, infinite for a given world price.

    Raises:
        BadInput: an elasticity that is negative.
    """
    elasticity = numbers(name, value, shape, infinite=True)
    if (elasticity < lowest).any():
        raise BadInput(
            f"An elasticity of export supply of {elasticity.min():g} is below {lowest:g}",
            where=_cell(name, elasticity < lowest),
            hint="Supply rises with the price, so 1.5, or infinity for a small importer",
        )
    return elasticity


def substitution_elasticity(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Elasticities of substitution sigma between origins, above 1.

    Raises:
        BadInput: sigma of 1 or less, with a word on trade elasticities.
    """
    sigma = numbers(name, value, shape)
    if (sigma <= 1).any():
        raise BadInput(
            f"An elasticity of substitution of {sigma.min():g} is not above 1",
            where=_cell(name, sigma <= 1),
            hint="sigma = 1 + theta: was the trade elasticity 1 - sigma, or theta, given?",
        )
    return sigma


def orientation(trade: Floats, exports: ArrayLike | None, imports: ArrayLike | None) -> None:
    """Refuse a trade matrix [exporter, importer] that is transposed, where totals tell.

    Args:
        trade: [..., exporter, importer].
        exports: totals by exporter [..., exporter] as known from elsewhere, or None.
        imports: totals by importer [..., importer], or None.

    Raises:
        BadInput: the totals fit the transposed matrix better than the matrix.
    """
    # A tenth: chosen because mirror data differ by less for most countries, and transposed totals by far more.
    for name, known, axis, other in (("exports", exports, -1, -2), ("imports", imports, -2, -1)):
        if known is None:
            continue
        total = numbers(name, known, trade.sum(axis=axis).shape)
        scale = np.abs(total).sum()
        gap, crossed = (np.abs(trade.sum(axis=a) - total).sum() / scale for a in (axis, other))
        if crossed < gap and gap > 0.1:
            raise BadInput(
                f"The trade matrix misses the known {name} by {100 * gap:.0f}%, its transpose by {100 * crossed:.0f}%",
                where=name,
                hint="Matrices are [exporter, importer]: was it transposed?",
            )


def _cell(name: str, bad: NDArray[np.bool_]) -> str:
    first: tuple[Any, ...] = tuple(int(index) for index in np.argwhere(bad)[0])
    return f"{name}[{', '.join(map(str, first))}]" if first else name


def _shape_hint(given: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if len(given) == len(wanted) and sorted(given) == sorted(wanted):
        return "The axes look transposed: products first, then exporters, then importers"
    return "Axes are [product, exporter, importer]; one entry for all is broadcast"
