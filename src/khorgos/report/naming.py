"""What an area is called within a sentence."""

from __future__ import annotations

from khorgos.nomenclature.areas import get

#: Names that take an article: those of unions, republics, islands and plurals, as official English has them.
_WITH_ARTICLE = {
    *("ARE", "BHS", "CAF", "COD", "COG", "COK", "COM", "CYM", "DOM", "FLK", "FRO", "GBR", "GMB", "MDV", "MHL", "MNP"),
    *("NLD", "PHL", "SLB", "SYC", "TCA", "USA", "VGB", "VIR", "SUN"),
    *("EU", "EU15", "EU25", "EU27-2007", "EU28", "EU27", "SC3", "CIS", "EAEU", "WBALKANS"),
}


def name(area: str) -> str:
    """An area's name in a sentence."""
    return f"the {get(area).name}" if area in _WITH_ARTICLE else get(area).name
