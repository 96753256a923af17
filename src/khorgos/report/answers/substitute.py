"""`khorgos substitute`: who steps in where an importer loses a supplier of a good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from khorgos.core.errors import BadInput, NoData
from khorgos.ledger.store import Ledger
from khorgos.models.replacement import Replacement, replacement
from khorgos.models.substitution import LEAST_SIGMA
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.goods import Good
from khorgos.nomenclature.groups import expand, members
from khorgos.report.answer import Answer, Printed
from khorgos.report.answers.episodes import Episode, episodes, kept_episodes
from khorgos.report.answers.product_market import Elasticity, Market, history, market_of
from khorgos.report.answers.substitute_views import Asked, bought, stepping_in
from khorgos.report.formats import render_views

#: The views in the order in which they are printed.
VIEWS = ("suppliers", "history", "episodes")


@dataclass(frozen=True)
class Substitution(Printed):
    """What khorgos answers: who steps in, what was bought so far, and who stepped in before.

    Args:
        views: by name; those without figures are absent.
        market: the trade that the first rests on.
        replacement: what the model says.
    """

    views: Mapping[str, Answer]
    market: Market
    replacement: Replacement

    def render(self, format_: str = "table", view: str | None = None) -> str | bytes:
        """All views in a format for people or JSON; one of them in a format of rows.

        Args:
            format_: as in `report.formats`.
            view: a name of VIEWS; all where left out (csv and parquet: suppliers).

        Raises:
            UnknownName: there is no such view.
            NoData: the view has no figures here.
        """
        views = {name: answer.view for name, answer in self.views.items()}
        return render_views(views, format_, view, names=VIEWS)


def substitute(
    ledger: Ledger,
    importer: str,
    good: Good,
    lost: Sequence[str],
    *,
    year: int | None = None,
    between: tuple[int, int] | None = None,
    top: int = 10,
    sigma: float | None = None,
    draws: int = 300,
    seed: int = 1,
    as_of: dt.date | None = None,
) -> Substitution:
    """Take suppliers of a good from an importer.

    Args:
        ledger: the ledger to ask.
        importer: area id.
        good: what.
        lost: area ids, groups among them.
        year: of the market; the latest at hand where None.
        between: two years of this very market, split as an episode of its own.
        top: suppliers shown; 0 for all.
        sigma: elasticity of substitution instead of the published ones.
        draws: of elasticities, at least one.
        seed: of the draws.
        as_of: what was known on that day.

    Returns:
        The views; the same arguments give the same numbers.

    Raises:
        BadInput: the importer is among the lost.
        NoData: neither the ledger nor the embedded worlds have its market.
    """
    gone = _lost(importer, lost)
    if top < 0 or draws < 1:
        raise BadInput("Ask for at least one draw, and not for fewer than no suppliers", hint="--draws 300 --top 10")
    known = history(ledger, good, importer, as_of)
    market = market_of(ledger, good, importer, known, year=year, as_of=as_of)
    if sigma is not None:
        if sigma <= LEAST_SIGMA:
            raise BadInput(f"An elasticity of substitution of {sigma:g} is not above {LEAST_SIGMA:g}", where="--sigma")
        market = replace(market, elasticity=Elasticity((sigma,), (0.0,), f"sigma = {sigma:g}, as asked"))
    central_asia = members("CA5")
    keep = [at for area in central_asia if (at := market.place(area)) is not None and area != importer]
    found = replacement(
        market.trade,
        _row(market, importer),
        [at for area in gone if (at := market.place(area)) is not None],
        sigma=market.elasticity.sigma,
        spread=market.elasticity.spread,
        draws=draws,
        seed=seed,
        keep=[*keep, *_largest(market, importer)],
    )
    asked = Asked(importer, tuple(lost), gone, good, top, known is not None)
    views = {"suppliers": stepping_in(ledger, asked, market, found, as_of)}
    if known is not None:
        views["history"] = bought(ledger, asked, known)
    if (told := episodes(ledger, _episodes(asked, between), as_of, central_asia)) is not None:
        views["episodes"] = told
    return Substitution(views, market, found)


#: Suppliers of the importer that are never merged with the rest; chosen because more do not fit a screen.
_KEPT = 25


def _largest(market: Market, importer: str) -> list[int]:
    column = market.trade[:, _row(market, importer)]
    return [int(place) for place in (-column).argsort(kind="stable")[:_KEPT] if column[place] > 0]


def _row(market: Market, importer: str) -> int:
    place = market.place(importer)
    if place is None:
        raise NoData(f"{get(importer).name} buys nothing of {market.name} in the figures of {market.year}")
    return place


def _lost(importer: str, lost: Sequence[str]) -> tuple[str, ...]:
    if importer in lost:
        raise BadInput(f"{get(importer).name} cannot lose itself as a supplier", hint="Name another with --lose")
    gone = tuple(area for area in expand(lost) if area != importer)
    if not gone:
        raise BadInput("Name at least one supplier that is lost", hint="For example --lose USA")
    return gone


def _episodes(asked: Asked, between: tuple[int, int] | None) -> tuple[Episode, ...]:
    if between is None:
        return kept_episodes()
    first, last = between
    if first >= last:
        raise BadInput("The first year comes before the last", hint="Write --between 2017..2019")
    (one, *_) = asked.lost
    own = Episode("asked", asked.importer, one, asked.good.asked, first, last, "as asked", "")
    return (own, *kept_episodes())
