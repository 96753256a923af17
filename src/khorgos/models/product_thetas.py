"""Elasticities of the products in each sector of a world, by HS6, and the trade that weighs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.ledger.elasticities import elasticities
from khorgos.ledger.tariffs import import_weights
from khorgos.ledger.worlds import SERVICES
from khorgos.models.arrays import Array
from khorgos.models.uncertainty import LEAST_THETA
from khorgos.nomenclature.concordance import convert

#: SITC sections by their digit, as worlds of sections have them.
_SECTIONS = "0123456789"
#: The edition of the estimates, and the one of the trade that weighs them.
_ESTIMATED, _TRADED = "HS07", "HS22"


@dataclass(frozen=True, eq=False)
class ProductThetas:
    """theta = sigma - 1 by product, a pair of arrays a sector; empty where a sector has no product.

    Args:
        sectors: names.
        values: theta of each product.
        weights: its trade.
    """

    sectors: tuple[str, ...]
    values: tuple[Array, ...]
    weights: tuple[Array, ...]

    @property
    def means(self) -> Mapping[str, float]:
        """Weighted mean of each sector that has products."""
        pairs = zip(self.sectors, self.values, self.weights, strict=True)
        return {name: float(np.average(theta, weights=w)) for name, theta, w in pairs if len(theta)}


@cache
def product_thetas(sectors: tuple[str, ...]) -> ProductThetas:
    """The embedded HS6 estimates by sector, weighed by the imports of the United States.

    A product of several sections counts in each with the part of it that lies there; services have none. An estimate
    of sigma at or below one, which no model of trade between many origins can have, counts as the least theta.

    Args:
        sectors: of a world: one of all goods, or the ten SITC sections, with services or without.

    Raises:
        BadInput: sectors that HS6 products do not lead to.

    Source: Fontagné, Guimbard, Orefice (2022), doi:10.1016/j.jinteco.2022.103593 (CEPII ProTEE 0.1); U.S. Census
    Bureau, imports of 2024; HS to SITC, revision 4: UN Statistics Division, correlation tables.
    """
    goods = tuple(name for name in sectors if name != SERVICES)
    if len(goods) not in (1, len(_SECTIONS)):
        raise BadInput(
            f"HS6 elasticities lead to all goods or to the {len(_SECTIONS)} SITC sections, not to {len(goods)} sectors",
            hint="Draw standard errors, or a range such as theta=2..8",
        )
    lines = elasticities({_ESTIMATED: tuple(_SECTIONS)})
    trade = _trade()
    known = [line for line in lines if trade.get(line.code, 0.0) > 0]
    theta = np.array([max(line.sigma - 1.0, LEAST_THETA) for line in known])
    weight = np.array([trade[line.code] for line in known])
    parts = np.ones((len(known), 1)) if len(goods) == 1 else _parts(tuple(line.code for line in known))
    place = {name: k for k, name in enumerate(goods)}
    values, weights = [], []
    for name in sectors:
        w = weight * parts[:, place[name]] if name in place else np.zeros(len(known))
        values.append(theta[w > 0])
        weights.append(w[w > 0])
    return ProductThetas(sectors, tuple(values), tuple(weights))


def _trade() -> dict[str, float]:
    """Imports by product of the estimates' edition."""
    imports = import_weights()
    by_head: dict[str, float] = defaultdict(float)
    for code, value in zip(imports["code"].to_pylist(), imports["value"].to_pylist(), strict=True):
        by_head[code[:6]] += value
    out: dict[str, float] = defaultdict(float)
    for code, to, part in _links(_TRADED, _ESTIMATED):
        out[to] += by_head.get(code, 0.0) * part
    return dict(out)


def _parts(codes: tuple[str, ...]) -> Array:
    """[product, section] how much of each product lies in a section."""
    found = np.zeros((len(codes), len(_SECTIONS)))
    place = {code: k for k, code in enumerate(codes)}
    for code, to, part in _links(_ESTIMATED, "SITC4"):
        if code in place and to[:1].isdigit():
            found[place[code], int(to[0])] += part
    return found


def _links(start: str, end: str) -> list[tuple[str, str, float]]:
    table = convert(start, end)
    return list(zip(*(table[name].to_pylist() for name in ("code_from", "code_to", "weight")), strict=True))
