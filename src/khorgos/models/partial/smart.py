"""SMART: one importer's tariffs, product by product: trade creation, diversion, prices, revenue, welfare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from khorgos.core.errors import BadInput, NotConverged
from khorgos.models.partial import inputs
from khorgos.models.partial.inputs import Floats

Form = Literal["linear", "isoelastic"]

#: Identities hold to this share of a product's trade; chosen because sums of some hundred float64 cells round below it.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class SmartResult:
    """What one importer's tariff change does; K products, R partners; currency of the imports.

    Args:
        creation: change of the quantity imported because the partner's price falls or rises [K, R].
        diversion: change because the partner becomes cheaper or dearer than others [K, R]; sums to zero by product.
        price_effect: revaluation of the new quantity at the new world price [K, R]; zero for infinite supply.
        total: creation + diversion + price effect = imports after less imports before [K, R].
        imports: imports after, at world prices [K, R].
        world_price: change of the partner's world price, a fraction [K, R].
        revenue_old: tariff revenue before [K].
        revenue_new: and after [K].
        consumer_surplus: change [K], to second order.
        welfare: consumer surplus + change of revenue [K].
        form: "linear" (as published) or "isoelastic".
    """

    creation: Floats
    diversion: Floats
    price_effect: Floats
    total: Floats
    imports: Floats
    world_price: Floats
    revenue_old: Floats
    revenue_new: Floats
    consumer_surplus: Floats
    welfare: Floats
    form: Form

    def __post_init__(self) -> None:
        scale = ROUNDING * np.maximum(np.abs(self.imports).sum(axis=1) + np.abs(self.total).sum(axis=1), 1e-300)
        gaps = {
            "diversion does not sum to zero over partners": self.diversion.sum(axis=1),
            "the total is not creation and price effect": (self.total - self.creation - self.price_effect).sum(axis=1),
            "the parts of trade do not sum to the total": np.abs(
                self.total - self.creation - self.diversion - self.price_effect
            ).max(axis=1),
            "the parts of welfare do not sum": self.welfare
            - (self.consumer_surplus + self.revenue_new - self.revenue_old),
        }
        for what, gap in gaps.items():
            if not (np.abs(gap) <= 100 * scale).all():
                raise NotConverged(f"A result breaks its identity: {what}", where="SMART")


def smart(
    imports: ArrayLike,
    tau: ArrayLike,
    tau_new: ArrayLike,
    *,
    import_demand: ArrayLike,
    substitution: ArrayLike,
    export_supply: ArrayLike = np.inf,
    form: Form = "linear",
) -> SmartResult:
    """Change one importer's tariffs by partner, for K products at once.

    Creation TC = M E_m (dt / (1 + t)) / (1 - E_m / E_x); world price dP = (dt / (1 + t)) E_m / (E_x - E_m).
    Diversion keeps total imports and moves the ratio of partners by E_s times the change of their relative price;
    for one favoured group p and the rest r it is M_p M_r s / (M_p + M_r + M_p s), s = E_s x fall of the relative price.
    With several different changes, prices are taken relative to the least favoured partner of the product.
    Isoelastic: the same with powers in place of first-order changes, so that imports stay positive.

    Args:
        imports: by product and partner at world prices [K, R] (or [R]).
        tau: tariff factor 1 + t before [K, R].
        tau_new: and after.
        import_demand: E_m, own-price elasticity of import demand, below 0; scalar, [K, 1] or [K, R].
        substitution: E_s, elasticity of substitution between partners, 0 or more; scalar or [K, 1].
        export_supply: E_x, elasticity of export supply, above 0; infinite (the default) for given world prices.
        form: "linear" as published, or "isoelastic".

    Returns:
        Changes by product and partner, with their identities checked.

    Raises:
        BadInput: an input that cannot be right, or a linear form that drives imports below zero.
        NotConverged: an identity that does not hold.

    Source:
        Laird, S. and Yeats, A. (1986), The UNCTAD Trade Policy Simulation Model, UNCTAD discussion paper 19,
        annex I (creation, diversion, price effect, revenue); Jammes, O. and Olarreaga, M. (2005), Explaining SMART
        and GSIM, World Bank.
    """
    if form not in ("linear", "isoelastic"):
        raise BadInput(f"SMART has no form {form!r}", hint="Use 'linear' or 'isoelastic'")
    shape = np.shape(imports) if np.ndim(imports) == 2 else (1, *np.shape(imports))
    if len(shape) != 2:
        raise BadInput(f"Imports of shape {np.shape(imports)} are not [product, partner]", where="imports")
    before = inputs.trade_matrix("imports", np.reshape(np.asarray(imports), shape), shape)
    old, new = inputs.tariff_factors("tau", tau, shape), inputs.tariff_factors("tau_new", tau_new, shape)
    demand = inputs.demand_elasticity("import_demand", import_demand, shape)
    supply = inputs.supply_elasticity("export_supply", export_supply, shape)
    sigma = _per_product("substitution", substitution, shape)

    change = new / old - 1
    with np.errstate(divide="ignore"):  # 1 / 0: a fixed supply, whose quantity does not react
        pass_through = 1 / (1 - demand / supply)  # share of the tariff change that buyers see; 1 for infinite supply
    if form == "linear":
        world_price = change * (pass_through - 1)
        created = before * demand * pass_through * change
        consumer = (1 + world_price) * (1 + change)
        diverted = _diverted(before, 1 + sigma * (1 - consumer / _least_favoured(consumer, before)))
    else:
        world_price = np.expm1((pass_through - 1) * np.log1p(change))
        created = before * np.expm1(demand * pass_through * np.log1p(change))
        consumer = (1 + world_price) * (1 + change)
        diverted = _diverted(before + created, (consumer / _least_favoured(consumer, before)) ** -sigma)
    quantity = before + created + diverted
    _refuse_negative(quantity, before, form)
    return _result((before, quantity, old, new), (created, diverted, world_price), form)


def _per_product(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    sigma = inputs.numbers(name, value, (shape[0], 1))
    if (sigma < 0).any():
        raise BadInput(
            f"An elasticity of substitution of {sigma.min():g} is negative",
            where=name,
            hint="sigma is positive: was the trade elasticity 1 - sigma given?",
        )
    return sigma


def _least_favoured(consumer: Floats, before: Floats) -> Floats:
    """Highest change of the consumer price among partners that sell: the price others are compared with."""
    highest: Floats = np.max(np.where(before > 0, consumer, 0.0), axis=1, keepdims=True, initial=1e-300)
    return highest


def _diverted(quantity: Floats, weight: Floats) -> Floats:
    """Redistribute a product's imports by weights, at their given total."""
    pull = quantity * weight
    total = np.sum(pull, axis=1, keepdims=True)
    given = np.sum(quantity, axis=1, keepdims=True)
    moved: Floats = pull * np.divide(given, total, out=np.zeros_like(total), where=total > 0) - quantity
    return moved


def _refuse_negative(quantity: Floats, before: Floats, form: Form) -> None:
    low = quantity < -ROUNDING * before
    if low.any():
        first = tuple(int(i) for i in np.argwhere(low)[0])
        raise BadInput(
            f"The {form} form drives {int(low.sum())} of {low.size} import flows below zero",
            where=f"product {first[0]}, partner {first[1]}",
            hint="The change is too large for a first-order formula: use form='isoelastic'",
        )


def _result(
    levels: tuple[Floats, Floats, Floats, Floats], changes: tuple[Floats, Floats, Floats], form: Form
) -> SmartResult:
    before, quantity, old, new = levels
    created, diverted, world_price = changes
    revalued = world_price * quantity
    imports = quantity + revalued
    revenue_old, revenue_new = np.sum((old - 1) * before, axis=1), np.sum((new - 1) * imports, axis=1)
    # Trapezoid under each partner's demand: second order, and with given world prices welfare is sum (t + t') dM / 2.
    surplus = -np.sum(((1 + world_price) * new - old) * (before + quantity) / 2, axis=1)
    return SmartResult(
        creation=created,
        diversion=diverted,
        price_effect=revalued,
        total=imports - before,
        imports=imports,
        world_price=world_price,
        revenue_old=revenue_old,
        revenue_new=revenue_new,
        consumer_surplus=surplus,
        welfare=surplus + revenue_new - revenue_old,
        form=form,
    )
