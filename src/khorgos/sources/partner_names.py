"""Names of areas as publishers spell them, misprints and all."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from khorgos.nomenclature.areas import from_code

#: What a name list gives for a row that is a sum of other rows and has no id of its own ("rest of the world").
GROUP = "-"

_SPELLINGS = Path(__file__).parent / "data" / "area_spellings.csv"


class Names:
    """Looks up a publisher's names of areas: its own spellings first, then the nomenclature's schemes.

    Args:
        source: id of the source, whose spellings in `data/area_spellings.csv` apply.
        schemes: schemes of `nomenclature.areas.from_code`, tried in this order.
    """

    def __init__(self, source: str, *schemes: str) -> None:
        self._own = _spellings().get(source, {})
        self._schemes = schemes
        self._known: dict[str, str | None] = {}

    def __call__(self, name: str) -> str | None:
        """The area's id, GROUP for a sum without an id, None for an unknown name."""
        if name not in self._known:
            plain = " ".join(name.split())
            self._known[name] = self._own.get(plain.casefold()) or self._scheme(plain)
        return self._known[name]

    def _scheme(self, plain: str) -> str | None:
        found = (from_code(plain, scheme) for scheme in self._schemes) if plain else ()
        return next((area for area in found if area is not None), None)


@cache
def _spellings() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = defaultdict(dict)
    with _SPELLINGS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            tables[row["source"]][row["spelling"].casefold()] = row["area"]
    return dict(tables)
