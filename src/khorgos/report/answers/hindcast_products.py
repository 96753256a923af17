"""`khorgos hindcast --products`: the episode product by product, in partial equilibrium, from the ledger's rows."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput, NoData
from khorgos.core.tariffs import TariffRegistry
from khorgos.ledger.engine import run
from khorgos.ledger.query import FlowQuery, cells
from khorgos.ledger.store import Ledger
from khorgos.ledger.tariffs import tariff_registry
from khorgos.ledger.worlds import Floats
from khorgos.measures.tariffs import in_force
from khorgos.models.beside import DEMAND, SUPPLY
from khorgos.models.hindcast import diversion
from khorgos.models.partial.gsim import gsim
from khorgos.nomenclature.areas import is_aggregate
from khorgos.report.answers.hindcast import DRAWS, THETAS, Hindcast
from khorgos.report.answers.hindcast_tables import Forecast, Run, flows_view, scores_view
from khorgos.report.answers.observed import Change, History
from khorgos.report.episode_text import Episode

#: Flows of a product below this are not scored; chosen because below ten million dollars single shipments decide.
LEAST = 1e7
LEVELS = (2, 4, 6)

Row = tuple[str, str, str]  # product, exporter, importer


@dataclass(frozen=True, eq=False)
class _Product:
    """One product: areas that trade it, and trade [exporter, importer] in both years."""

    code: str
    areas: tuple[str, ...]
    before: Floats
    after: Floats
    trace: dict[tuple[str, str], tuple[str, ...]]


def by_product(
    ledger: Ledger,
    episode: Episode,
    *,
    level: int = 6,
    thetas: Sequence[float] = THETAS,
    basis: str = "relative",
    least: float | None = None,
    split: bool = False,
    draws: int = DRAWS,
    seed: int = 1,
) -> Hindcast:
    """Score an episode by product and partner of its reporters' imports.

    Trade of each product between all economies as the ledger has it, the importer's figure before the exporter's;
    tariffs of the registry, averaged over the lines of the product and the days of the year; GSIM and proportional
    diversion.

    Args:
        ledger: with rows by product of both years.
        episode: its years and reporters; its own tariffs are not used.
        level: HS digits: 2, 4 or 6.
        thetas: trade elasticities; GSIM substitutes with theta + 1.
        basis: "relative" to the importer's imports of the product, or "absolute".
        least: flows below this, in USD, are not scored; ten million where left out.
        split: score each reporter's imports apart too.
        draws: resamples and shuffles.
        seed: of the draws.

    Raises:
        BadInput: a setting that cannot be right.
        NoData: the ledger has no such rows.
        NotConverged: a market does not clear.
    """
    if level not in LEVELS:
        raise BadInput(f"Products have {', '.join(map(str, LEVELS))} digits, not {level}")
    if draws < 1 or not thetas or not all(0 < one < 100 for one in thetas) or (least is not None and least < 0):
        raise BadInput("Give elasticities above zero, at least one draw, and a least flow of zero or more")
    floor = LEAST if least is None else least
    products = _products(ledger, episode, level)
    factors = _factors(tariff_registry(), products, episode, floor)
    changes = [_changes(one, episode, floor) for one in products]
    kept = [k for k, found in enumerate(changes) if found]
    if sum(len(changes[k]) for k in kept) < 3:
        raise NoData(
            f"The ledger has no products of {level} digits imported in {episode.before} and {episode.after}",
            hint="khorgos import a BACI year of each, or khorgos fetch comtrade products=HS6",
        )
    flat = tuple(one for k in kept for one in changes[k])

    def predicted(after: Sequence[Floats]) -> Floats:
        return np.concatenate([_logs(products[k], after[k], changes[k], basis) for k in kept])

    history = History(flat, {}, {}, floor)
    forecasts = [
        Forecast("no change", "naive", None, np.zeros(len(flat))),
        Forecast("trend", "naive", None, np.full(len(flat), np.nan)),
        *(
            Forecast(
                f"divert {t:g}",
                "diversion",
                t,
                predicted([diversion(one.before, f, t) for one, f in zip(products, factors, strict=True)]),
            )
            for t in thetas
        ),
        *(
            Forecast(
                f"GSIM {t:g}", "GE", t, predicted([_gsim(one, f, t) for one, f in zip(products, factors, strict=True)])
            )
            for t in thetas
        ),
    ]
    levied = np.concatenate([_levied(products[k], factors[k], changes[k]) for k in kept])
    made = Run(
        episode, None, history, basis, tuple(forecasts), forecasts[-1].logs, levied, draws, seed, split, "product"
    )
    return Hindcast(scores_view(ledger, made), flows_view(ledger, made))


def _products(ledger: Ledger, episode: Episode, level: int) -> tuple[_Product, ...]:
    years = (episode.before, episode.after)
    query = FlowQuery(flows=("export", "import"), products=(), level=level, years=years)
    values: dict[Row, dict[int, float]] = {}
    traces: dict[Row, dict[int, tuple[str, ...]]] = {}
    rows = run(ledger, cells(ledger, query)).to_pylist()
    for row in sorted(rows, key=lambda one: str(one["flow"])):  # imports last: they hold before exports
        if row["value"] is None or row["value"] <= 0 or is_aggregate(row["partner"]) or is_aggregate(row["reporter"]):
            continue
        pair = (row["reporter"], row["partner"])
        key = (row["product"], *(pair if row["flow"] == "export" else pair[::-1]))
        values.setdefault(key, {})[int(row["period"])] = row["value"]
        traces.setdefault(key, {})[int(row["period"])] = tuple(row["trace"])
    found = []
    for code in sorted({key[0] for key in values}):
        own = {key[1:]: series for key, series in values.items() if key[0] == code and key[1] != key[2]}
        areas = tuple(sorted({name for pair in own for name in pair}))
        place = {name: k for k, name in enumerate(areas)}
        matrices = [np.zeros((len(areas), len(areas))) for _ in years]
        for (exporter, importer), series in own.items():
            for year, matrix in zip(years, matrices, strict=True):
                matrix[place[exporter], place[importer]] = series.get(year, 0.0)
        told = {pair: tuple(t for year in years for t in traces[code, *pair].get(year, ())) for pair in own}
        if all(matrix.any() for matrix in matrices):
            found.append(_Product(code, areas, matrices[0], matrices[1], told))
    return tuple(found)


def _changes(one: _Product, episode: Episode, least: float) -> list[Change]:
    found = []
    for importer in episode.reporters:
        if importer not in one.areas:
            continue
        j = one.areas.index(importer)
        old, new = one.before[:, j], one.after[:, j]
        if old.sum() <= 0 or new.sum() <= 0:
            continue
        total = math.log(new.sum() / old.sum())
        for i, exporter in enumerate(one.areas):
            if old[i] >= max(least, 1.0) and new[i] > 0:
                found.append(
                    Change(
                        importer, exporter, "import", old[i], math.log(new[i] / old[i]), total, None, None,
                        one.trace[exporter, importer], product=one.code,
                    )
                )  # fmt: skip
    return found


def _factors(registry: TariffRegistry, products: Sequence[_Product], episode: Episode, least: float) -> list[Floats]:
    """[exporter, importer] 1 + added duty of the year after, over that of the year before, where flows are scored."""
    found = [np.ones_like(one.before) for one in products]
    hit: dict[tuple[str, str], list[int]] = {}
    for k, one in enumerate(products):
        for importer in set(episode.reporters) & set(one.areas):
            for i in np.flatnonzero(one.before[:, one.areas.index(importer)] >= max(least, 1.0)):
                hit.setdefault((importer, one.areas[i]), []).append(k)
    for (importer, exporter), places in hit.items():
        codes = [products[k].code for k in places]
        new, old = (_added(registry, importer, exporter, year, codes) for year in (episode.after, episode.before))
        for k in places:
            one = products[k]
            cell = (one.areas.index(exporter), one.areas.index(importer))
            found[k][cell] = (1.0 + new[one.code]) / (1.0 + old[one.code])
    return found


def _added(registry: TariffRegistry, importer: str, exporter: str, year: int, codes: Sequence[str]) -> dict[str, float]:
    """Mean added duty of each product over the days of a year and its lines, a fraction; zero before the record."""
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    measures = registry.between(importer, exporter)
    begins = max(first, registry.begins)
    if begins >= end or not measures:
        return dict.fromkeys(codes, 0.0)
    days = {begins}
    for one in measures:
        spans = [(one.begins, one.ends), *((exempt.begins, exempt.ends) for exempt in one.exempt)]
        days |= {day for start, _ in spans if (day := start)}
        days |= {last + dt.timedelta(days=1) for _, last in spans if last}
    steps = sorted(day for day in days if begins <= day < end)
    mean = dict.fromkeys(codes, 0.0)
    for start, stop in zip(steps, [*steps[1:], end], strict=True):
        lines = in_force(registry, importer, exporter, start, codes)
        for code in mean:
            own = [(stack.low + stack.high) / 200 for stack in lines if stack.code.startswith(code)]
            mean[code] += float(np.mean(own)) * (stop - start).days / (end - first).days if own else 0.0
    return mean


def _gsim(one: _Product, factor: Floats, theta: float) -> Floats:
    if (factor == 1.0).all():
        return one.before
    old = np.ones_like(factor)
    found = gsim(one.before, old, factor, import_demand=DEMAND, export_supply=SUPPLY, substitution=theta + 1.0)
    return np.asarray(found.trade)


def _logs(one: _Product, after: Floats, changes: Sequence[Change], basis: str) -> Floats:
    made = []
    for change in changes:
        i, j = one.areas.index(change.partner), one.areas.index(change.reporter)
        moved = math.log(after[i, j] / one.before[i, j])
        made.append(moved - (math.log(after[:, j].sum() / one.before[:, j].sum()) if basis == "relative" else 0.0))
    return np.array(made)


def _levied(one: _Product, factor: Floats, changes: Sequence[Change]) -> Floats:
    places = [(one.areas.index(change.partner), one.areas.index(change.reporter)) for change in changes]
    return np.array([math.log(factor[place]) for place in places])
