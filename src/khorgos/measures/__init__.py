"""Tables in, `Measured` out: everything that articles on trade state."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from khorgos.measures.bilateral import complementarity, import_dependence, intensity, mirror, similarity
    from khorgos.measures.deals import investment
    from khorgos.measures.intervals import Interval
    from khorgos.measures.measured import Measured
    from khorgos.measures.outlook import Target, annualised, cagr, targets, trend_growth, year_to_date
    from khorgos.measures.powers import asymmetric_dependence, influence
    from khorgos.measures.rerouting.indices import detours
    from khorgos.measures.standing import overtakes, rank, record, share, share_change, streaks
    from khorgos.measures.structure import (
        advantage,
        concentration,
        diversification,
        intra_industry,
        intra_industry_aggregate,
    )
    from khorgos.measures.supply import constant_market_share, suppliers, unit_values
    from khorgos.measures.trade import balance, contribution, exports, growth, imports, levels, multiple, total

#: Where each name is; a module is imported when a name of it is first asked for.
_HOMES = {
    "bilateral": ("complementarity", "import_dependence", "intensity", "mirror", "similarity"),
    "deals": ("investment",),
    "intervals": ("Interval",),
    "measured": ("Measured",),
    "outlook": ("Target", "annualised", "cagr", "targets", "trend_growth", "year_to_date"),
    "powers": ("asymmetric_dependence", "influence"),
    "rerouting.indices": ("detours",),
    "standing": ("overtakes", "rank", "record", "share", "share_change", "streaks"),
    "structure": (
        *("advantage", "concentration", "diversification"),
        *("intra_industry", "intra_industry_aggregate"),
    ),
    "supply": ("constant_market_share", "suppliers", "unit_values"),
    "trade": ("balance", "contribution", "exports", "growth", "imports", "levels", "multiple", "total"),
}

__all__ = [
    "Interval",
    "Measured",
    "Target",
    "advantage",
    "annualised",
    "asymmetric_dependence",
    "balance",
    "cagr",
    "complementarity",
    "concentration",
    "constant_market_share",
    "contribution",
    "detours",
    "diversification",
    "exports",
    "growth",
    "import_dependence",
    "imports",
    "influence",
    "intensity",
    "intra_industry",
    "intra_industry_aggregate",
    "investment",
    "levels",
    "mirror",
    "multiple",
    "overtakes",
    "rank",
    "record",
    "share",
    "share_change",
    "similarity",
    "streaks",
    "suppliers",
    "targets",
    "total",
    "trend_growth",
    "unit_values",
    "year_to_date",
]


def __getattr__(name: str) -> object:
    """A measure, imported when first asked for (PEP 562)."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"khorgos.measures.{home}"), name)
    raise AttributeError(f"khorgos.measures has no {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
