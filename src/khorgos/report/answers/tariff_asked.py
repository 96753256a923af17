"""What the tables of `khorgos tariff` have in common: whose duty, on whose goods, which, and how lines are weighted."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from khorgos.core.tariffs import TariffRegistry
from khorgos.report.naming import name as in_prose

#: How a mean's two ends differ.
RANGE = (
    "Low and high: where a condition decides that statistics do not show (origin under USMCA, metal content, an "
    "importer's exclusion), the duty at its lowest and at its highest."
)


@dataclass(frozen=True, eq=False)
class Asked:
    """A tariff and the goods before it.

    Args:
        registry: the measures.
        imposer: area id of who levies the duty.
        target: area id of the economy whose goods bear it.
        products: HS codes; () for all goods.
        goods: what they are called.
        weights: as for `rates`; None counts each line once.
        weighed: how lines are weighted, in words.
    """

    registry: TariffRegistry
    imposer: str
    target: str
    products: tuple[str, ...]
    goods: str
    weights: pa.Table | None
    weighed: str

    def title(self, what: str) -> str:
        """A table's title."""
        return f"{what} of {in_prose(self.imposer)} on goods of {in_prose(self.target)}: {self.goods}"
