"""Who steps in where a partner is lost, and what that loss costs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from khorgos.api.asking import Areas, Years, area_ids, known_on, year_numbers
from khorgos.core.errors import BadInput
from khorgos.ledger.store import Ledger, open_ledger
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.goods import good

if TYPE_CHECKING:
    from khorgos.report.answers.exposure import Exposure
    from khorgos.report.answers.substitute import Substitution


def substitute(
    importer: str,
    product: str,
    lose: Areas,
    *,
    year: int | None = None,
    between: Years | None = None,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
    **settings: Any,
) -> Substitution:
    """Who supplies an importer with a good if it loses suppliers, and who did when such a loss happened before.

    Args:
        importer: a name or code.
        product: "TOTAL", an HS code, or people's word for goods ("raw cotton").
        lose: the suppliers lost; several with commas or as a list, groups too.
        year: of the market; the latest at hand where left out.
        between: "2017..2019": split the change of this market between the first and the last year.
        as_of: what was known on that day.
        ledger: the ledger to ask; the user's own on top of the embedded release where left out.
        settings: top, sigma, draws, seed, as in `answers.substitute`.

    Returns:
        Views "suppliers", "history" and "episodes" in `.views`, and `.render(format, view)`.

    Raises:
        UnknownName: a name that khorgos does not know, with the nearest.
        BadInput: the importer is among the lost.
        NoData: neither the ledger nor the embedded worlds have its market.
    """
    from khorgos.report.answers.substitute import substitute as answer

    years = year_numbers(between)
    if between is not None and len(years) < 2:
        raise BadInput("Two years are compared", hint="Write --between 2017..2019")
    return answer(
        ledger or open_ledger(),
        area(importer).id,
        good(product),
        area_ids(lose),
        year=year,
        between=(years[0], years[-1]) if years else None,
        as_of=known_on(as_of),
        **settings,
    )


def exposure(
    country: str,
    to: Areas,
    *,
    level: int | None = None,
    year: int | None = None,
    as_of: str | dt.date | None = None,
    ledger: Ledger | None = None,
    **settings: Any,
) -> Exposure:
    """What the loss of each partner would cost a country, by product and in all.

    Args:
        country: a name or code.
        to: the partners; several with commas or as a list.
        level: digits of the HS codes of the ledger; SITC sections of the embedded world where left out.
        year: of the ledger's rows.
        as_of: what was known on that day.
        ledger: the ledger to ask; the user's own on top of the embedded release where left out.
        settings: top, draws, seed, as in `answers.exposure`.

    Returns:
        Views "partners", "surplus", "exports" and "imports" in `.views`, and `.render(format, view)`.

    Raises:
        UnknownName: a name that khorgos or the embedded worlds do not know.
        BadInput: the country itself or a group among the partners.
        NoData: the ledger has no product rows of that level.
    """
    from khorgos.report.answers.exposure import exposure as answer

    return answer(
        ledger or open_ledger(),
        area(country).id,
        area_ids(to),
        level=level,
        year=year,
        as_of=known_on(as_of),
        **settings,
    )
