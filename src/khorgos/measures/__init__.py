"""Tables in, `Measured` out: everything that articles on trade state."""

from importlib import import_module

#: Where each measure is; a module is imported when a name of it is first asked for.
_HOMES = {
    "Measured": "measured",
    "Interval": "intervals",
    "Target": "outlook",
    **dict.fromkeys(
        ("levels", "exports", "imports", "total", "balance", "growth", "contribution", "multiple"), "trade"
    ),
    **dict.fromkeys(("share", "share_change", "rank", "record", "streaks", "overtakes"), "standing"),
    **dict.fromkeys(("cagr", "trend_growth", "targets", "year_to_date", "annualised"), "outlook"),
    **dict.fromkeys(
        ("concentration", "diversification", "advantage", "intra_industry", "intra_industry_aggregate"), "structure"
    ),
    **dict.fromkeys(("intensity", "complementarity", "similarity", "import_dependence", "mirror"), "bilateral"),
    **dict.fromkeys(("influence", "asymmetric_dependence"), "powers"),
    "investment": "deals",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605  (the names are those of the table above)


def __getattr__(name: str) -> object:
    """A measure, imported when first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"khorgos.measures has no {name!r}")
    return getattr(import_module(f"khorgos.measures.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
