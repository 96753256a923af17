"""Tariffs in force: on a day, over time, on average."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from khorgos.api.asking import parsed_day, product_codes
from khorgos.core.errors import BadInput
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.groups import members

if TYPE_CHECKING:
    from khorgos.measures.tariffs import By
    from khorgos.report.answers.tariff import Tariff


def tariff(
    imposer: str,
    target: str,
    *,
    product: str | None = None,
    on: str | dt.date | None = None,
    since: str | dt.date | None = None,
    until: str | dt.date | None = None,
    average: str | None = None,
    by: str = "all",
    sigma: float | None = None,
) -> Tariff:
    """The duties that one economy levies on another's goods: on a day, between two days, or on average.

    Args:
        imposer: who levies the duty.
        target: whose goods bear it.
        product: an HS code of two to ten digits, or a word for goods; all goods where left out.
        on: the day; today where no day is given.
        since, until: first and last day of a timeline; the record's first day and today where one is left out.
        average: "imports-2024" (trade-weighted) or "lines" (each line once).
        by: "all", "chapter" or "section", of an average.
        sigma: elasticity between origins for the average after substitution; 2.53 where left out.

    Returns:
        Views "measures" and "lines", or "steps", or "average", and `.render(format, view)`, html for a timeline.

    Raises:
        UnknownName: an area, product or set of weights that khorgos does not know.
        BadInput: a day before the record, or arguments that exclude each other.
        NoData: the registry has nothing of the imposer, or no weights for the target.
    """
    from khorgos.ledger.tariffs import tariff_registry
    from khorgos.report.answers.tariff import SIGMA, Question
    from khorgos.report.answers.tariff import tariff as answer

    if on is not None and (since is not None or until is not None):
        raise BadInput("Give one day (--on) or a span (--from, --to), not both")
    if by not in ("all", "chapter", "section"):
        raise BadInput(f"An average goes by all, chapter or section, not by {by!r}")
    levies, bears = (_economy(name) for name in (imposer, target))
    codes, goods = _goods(product, tariff_registry().lines.get(levies, ()))
    today = dt.datetime.now(tz=dt.UTC).date()
    span = None
    if since is not None or until is not None:
        span = (parsed_day(since) or tariff_registry().begins, parsed_day(until) or today)
    return answer(
        Question(
            levies,
            bears,
            parsed_day(on) or today,
            codes,
            goods,
            span,
            average,
            cast("By", by),
            SIGMA if sigma is None else sigma,
        )
    )


def _economy(name: str) -> str:
    """One customs territory: a country, or the European Union."""
    found = area(name)
    if found.id in ("EU", "EU27"):
        return "EU27"
    if found.kind == "group":
        raise BadInput(
            f"{found.name} is no customs territory", hint=f"Ask for its members: {', '.join(members(found.id))}"
        )
    return found.id


def _goods(product: str | None, lines: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Codes and a name; a code that a schedule has is taken as it is, whatever its edition."""
    if product is None:
        return (), "all goods"
    code = product.replace(".", "").replace(" ", "")
    if not code.isdigit():
        codes, _ = product_codes(product)
        return codes, product
    if not (2 <= len(code) <= 10 and any(line.startswith(code) for line in lines)):
        product_codes(code[:6])
    return (code,), f"HS {code}"
