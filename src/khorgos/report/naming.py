"""What an area is called within a sentence."""

from __future__ import annotations

from khorgos.nomenclature.areas import get

#: Names that take an article: the United States, the European Union, the South Caucasus.
_WITH_ARTICLE = ("USA", "EU27", "SC3")


def name(area: str) -> str:
    """An area's name in a sentence."""
    return f"the {get(area).name}" if area in _WITH_ARTICLE else get(area).name
