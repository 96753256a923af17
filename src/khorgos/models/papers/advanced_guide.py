"""An Advanced Guide to Trade Policy Analysis (Yotov et al. 2016): borders removed, and NAFTA, in 69 countries."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from khorgos.core.errors import BadFile
from khorgos.models.gravity.baseline import GravityBaseline, gravity_baseline
from khorgos.models.gravity.ppml import Ppml, ppml
from khorgos.models.papers.advanced_guide_loop import SIGMA, Indexes, guide_indexes
from khorgos.models.papers.cell import Cell
from khorgos.models.papers.stata import columns
from khorgos.models.partial.inputs import Floats

_CHAPTER = "agtpa_2016/00-application-files/Chapter2"
_BORDERS, _AGREEMENTS = "1_TradeWithoutBorder", "2_RTAsEffects"

#: The files of both applications by what they hold, relative to the folder of model data.
FILES = {
    f"{kind} {name}": path
    for name, table, log in (
        (_BORDERS, "Chapter2Application1", "TradeWithoutBorder"),
        (_AGREEMENTS, "Chapter2Application2", "RTAsEffects"),
    )
    for kind, path in (
        ("data", f"{_CHAPTER}/Datasets/{table}.dta"),
        ("log", f"{_CHAPTER}/Applications/{name}/Results/{log}.log"),
        ("table", f"agtpa_2016/published/Applications_{name}_Results_{name}_FULL.csv"),
        ("producers", f"{_CHAPTER}/Applications/{name}/Results/{name}_FULL_PROD.dta"),
        ("consumers", f"{_CHAPTER}/Applications/{name}/Results/{name}_FULL_CONS.dta"),
    )
}

_PAPER = "Yotov et al. 2016"
_NAFTA = ("CAN", "MEX", "USA")
#: Result tables are files at full precision. The guide prints two decimals of its percentages; six are asked here.
_DECIMALS = 6
#: Of levels, eight significant digits: chosen because Stata stops its PPML with relative errors of some 1e-10.
_SIGNIFICANT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """One application's data and what is published of its results.

    Args:
        name: folder of the application.
        data: columns of its data set.
        log: text of the log, with coefficients, standard errors and the steps of the loop.
        results: published results by column [69], countries in alphabetical order.
    """

    name: str
    data: dict[str, NDArray[np.generic]]
    log: str
    results: dict[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """An application as arrays, ready for `gravity_baseline`, `conditional` and `full_endowment`.

    Args:
        countries: names, in the order of all arrays.
        trade: observed trade of the year, million USD [N, N], exporter first.
        freeness: t_ij^(1 - sigma), estimated [N, N].
        freeness_new: after the change [N, N].
        reference: number of Germany.
        estimates: the fitted gravity equations, by stage.
    """

    countries: tuple[str, ...]
    trade: Floats
    freeness: Floats
    freeness_new: Floats
    reference: int
    estimates: dict[str, Ppml]

    @property
    def baseline(self) -> GravityBaseline:
        """The gravity world before the change."""
        return gravity_baseline(self.trade, SIGMA, freeness=self.freeness)


def read(contents: Mapping[str, bytes]) -> tuple[Application, Application]:
    """Both applications from the bytes of their FILES.

    Args:
        contents: bytes by the keys of FILES.

    Returns:
        Borders, agreements.

    Raises:
        BadFile: a file that is not what it should be.
    """
    return _application(_BORDERS, contents), _application(_AGREEMENTS, contents)


def reproduce(applications: tuple[Application, Application]) -> tuple[Cell, ...]:
    """Coefficients and standard errors, steps of the loop, and all results by country.

    Source:
        Yotov, Y. V., Piermartini, R., Monteiro, J.-A. and Larch, M. (2016), An Advanced Guide to Trade Policy
        Analysis: The Structural Gravity Model, WTO and UNCTAD, chapter 2, applications 1 and 2, companion files.
    """
    borders, agreements = applications
    return (*compare(borders, trade_without_borders(borders)), *compare(agreements, nafta(agreements)))


def compare(application: Application, simulated: Simulated) -> tuple[Cell, ...]:
    """The cells of one application, from its published files and its arrays."""
    reverse = application.name == _AGREEMENTS  # NAFTA's effects are counted from the world without it
    return (*_estimates(application, simulated), *_general(application, simulated, reverse=reverse))


def trade_without_borders(application: Application) -> Simulated:
    """Application 1: estimate distance, contiguity and border in 2006, then set the border to nothing."""
    data = _rows(application.data, application.data["year"] == 2006)
    abroad = (data["exporter"] != data["importer"]).astype(float)
    distance = np.log(_floats(data["DIST"]))
    regressors = {"ln_DIST": distance, "CNTG": _floats(data["CNTG"]), "INTL_BRDR": abroad}
    fit = ppml(_floats(data["trade"]), regressors, {"exporter": data["exporter"], "importer": data["importer"]})
    distance_part = distance * fit.coefficients[0] + regressors["CNTG"] * fit.coefficients[1]
    freeness = np.exp(distance_part + abroad * fit.coefficients[2])
    return _simulated(data, freeness, np.exp(distance_part), {"borders": fit})


def nafta(application: Application) -> Simulated:
    """Application 2: estimate trade agreements on pair effects, then take NAFTA away in 1994."""
    panel = _rows(application.data, (_floats(application.data["year"]) - 1986) % 4 == 0)
    home = panel["exporter"] == panel["importer"]
    pair = np.where(home, -1.0, _floats(panel["pair_id"]))
    year = panel["year"].astype(np.int64).astype(str)
    agreements = ppml(
        _floats(panel["trade"]),
        {"RTA": panel["RTA"]},
        {
            "exporter-time": np.char.add(panel["exporter"].astype(str), year),
            "importer-time": np.char.add(panel["importer"].astype(str), year),
            "pair": pair,
        },
    )
    now = _floats(panel["year"]) == 1994
    data, pairs = _rows(panel, now), pair[now]
    costs, gravity = _pair_freeness(data, pairs, agreements)
    rta, effect = _floats(data["RTA"]), agreements.coefficients[0]
    members = np.isin(data["exporter"], _NAFTA) & np.isin(data["importer"], _NAFTA)
    without = np.where(members, 0.0, rta)
    return _simulated(
        data, costs * np.exp(effect * rta), costs * np.exp(effect * without), {"panel": agreements, "pairs": gravity}
    )


def _pair_freeness(data: dict[str, NDArray[np.generic]], pairs: Floats, panel: Ppml) -> tuple[Floats, Ppml]:
    """Freeness without agreements: exp of the pair effect, or its prediction where a pair never traded."""
    levels, values = panel.effects["pair"]
    place = np.minimum(np.searchsorted(levels, pairs), len(levels) - 1)
    # Single precision, as in advanced_guide_loop: the dummy's variable holds the effect. Home trade is the base.
    relative = (values - values[levels == -1.0]).astype(np.float32).astype(np.float64)
    known = levels[place] == pairs
    costs = np.where(known, np.exp(relative[place]), np.nan)
    abroad = data["exporter"] != data["importer"]
    names = {"ln_DIST": np.log(_floats(data["DIST"])), **{n: _floats(data[n]) for n in ("CNTG", "LANG", "CLNY")}}
    used = known & abroad
    gravity = ppml(
        costs[used],
        {name: values[used] for name, values in names.items()},
        {"exporter": data["exporter"][used], "importer": data["importer"][used]},
        cluster=pairs[used],
    )
    predicted = np.column_stack([*names.values()]) @ gravity.coefficients
    for side, (labels, effect) in gravity.effects.items():
        predicted = predicted + effect[np.searchsorted(labels, data[side])]
    return np.where(abroad, np.where(known, costs, np.exp(predicted)), 1.0), gravity


def _simulated(
    data: dict[str, NDArray[np.generic]], freeness: Floats, freeness_new: Floats, estimates: dict[str, Ppml]
) -> Simulated:
    countries = np.unique(data["exporter"])
    cells = (np.searchsorted(countries, data["exporter"]), np.searchsorted(countries, data["importer"]))

    def square(values: Floats) -> Floats:
        matrix = np.zeros((countries.size, countries.size))
        matrix[cells] = values
        return matrix

    names = tuple(countries.tolist())
    return Simulated(
        names,
        square(_floats(data["trade"])),
        square(freeness),
        square(freeness_new),
        names.index("DEU"),
        estimates,
    )


def _computed(s: Simulated) -> dict[str, float]:
    """Coefficients and standard errors as the log names them."""
    found: dict[str, float] = {}
    for fit in s.estimates.values():
        found |= _named(fit)
    return found | (_country_effects(s) if "borders" in s.estimates else {})


def _country_effects(s: Simulated) -> dict[str, float]:
    """The program puts Germany last, and its importer effect is the base."""
    effects = s.estimates["borders"].effects
    last = [i for i in range(len(s.countries)) if i != s.reference] + [s.reference]
    exporter, importer = effects["exporter"][1][last], effects["importer"][1][last]
    found = {f"EXPORTER_FE{i + 1}": value for i, value in enumerate((exporter + importer[-1]).tolist())}
    return found | {f"IMPORTER_FE{i + 1}": v for i, v in enumerate((importer - importer[-1])[:-1].tolist())}


def _named(fit: Ppml) -> dict[str, float]:
    errors = {f"{n} std. err.": e for n, e in zip(fit.names, fit.standard_errors.tolist(), strict=True)}
    return dict(zip(fit.names, fit.coefficients.tolist(), strict=True)) | errors


def _estimates(application: Application, s: Simulated) -> Iterator[Cell]:
    """Cells of the log's regression tables; the first table with a name is the one the guide reports.

    Later regressions of the log are the loop's own, on trade that it has made up.
    """
    table, computed = f"{application.name}, regressions", _computed(s)
    seen: set[str] = set()
    for match in re.finditer(r"^\s*(\w+) \|\s+(-?[\d.]+)\s+([\d.]+)\s+-?[\d.]+\s+[\d.]+\s", application.log, re.M):
        name = match[1]
        for key, text in ((name, match[2]), (f"{name} std. err.", match[3])):
            if key in computed and key not in seen:
                seen.add(key)
                yield Cell(_PAPER, table, key, float(text), computed[key], _decimals(text))
    likelihoods = re.findall(r"Pseudo log-likelihood: (-[\d.]+)\s", application.log)
    for (stage, fit), text in zip(s.estimates.items(), likelihoods, strict=False):
        yield Cell(_PAPER, table, f"{stage}, log-likelihood", float(text), fit.log_likelihood, _decimals(text))


def _general(application: Application, s: Simulated, *, reverse: bool) -> Iterator[Cell]:
    """Cells of the loop's steps and of the results by country."""
    indexes = guide_indexes(s.trade, s.freeness, s.freeness_new, s.reference)
    for step, (row, printed) in enumerate(zip(indexes.steps.tolist(), _steps(application.log), strict=True), 1):
        for name, value, text in zip(("mean", "sd", "min", "max"), row, printed, strict=True):
            yield Cell(
                _PAPER, f"{application.name}, steps", f"step {step}, {name}", float(text), value, _decimals(text)
            )
    levels, changes = _levels(indexes), _changes(indexes, reverse=reverse)
    for column, values in application.results.items():
        computed = levels[column] if column in levels else changes[column]
        for country, value, mine in zip(s.countries, values.tolist(), computed.tolist(), strict=True):
            digits = _DECIMALS if column in changes else _SIGNIFICANT - 1 - int(np.floor(np.log10(abs(value))))
            yield Cell(_PAPER, f"{application.name}, results", f"{country}, {column}", value, mine, digits)


def _levels(x: Indexes) -> dict[str, Floats]:
    found = {"Y_BLN": x.output, "Y_FULL": x.output * x.price, "change_pricei_FULL": x.price}
    for name, values in (("OMR", x.resistance), ("IMR", x.inward), ("Xi", x.exports)):
        found |= {f"{name}_{scenario}": value for scenario, value in values.items()}
    return found


def _changes(x: Indexes, *, reverse: bool) -> dict[str, Floats]:
    """Percentage changes; in reverse, of the baseline over the counterfactual (prices: the counterfactual's fall)."""

    def percent(old: Floats, new: Floats) -> Floats:
        change: Floats = 100 * ((old / new if reverse else new / old) - 1)
        return change

    power = 1 / (1 - SIGMA)
    found = {"change_price_FULL": 100 * (x.price - 1) * (-1 if reverse else 1)}
    for scenario in ("CDL", "FULL"):
        found |= {
            f"change_Xi_{scenario}": percent(x.exports["BLN"], x.exports[scenario]),
            f"change_OMR_{scenario}": percent(x.resistance["BLN"] ** power, x.resistance[scenario] ** power),
            f"change_IMR_{scenario}": percent(x.inward["BLN"] ** power, x.inward[scenario] ** power),
        }
    real = x.output / x.inward["BLN"] ** power, x.output * x.price / x.inward["FULL"] ** power
    return found | {"change_rGDP_FULL": percent(*real)}


def _steps(log: str) -> list[tuple[str, ...]]:
    number = r"\s+(-?[\d.]+)"
    return [match.groups() for match in re.finditer(rf"dif_change~\d+ \|\s+4761{number}{number}{number}{number}", log)]


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _application(name: str, contents: Mapping[str, bytes]) -> Application:
    results: dict[str, Floats] = {}
    for kind in ("producers", "consumers"):
        table = columns(contents[f"{kind} {name}"], FILES[f"{kind} {name}"])
        order = np.argsort(table["country"])
        results |= {key: _floats(values)[order] for key, values in table.items() if key != "country"}
    rows = sorted(
        csv.DictReader(contents[f"table {name}"].decode("utf-8").splitlines()), key=lambda row: row["country"]
    )
    results |= {key: np.array([float(row[key]) for row in rows]) for key in rows[0] if key != "country"}
    data = columns(contents[f"data {name}"], FILES[f"data {name}"])
    if len({len(v) for v in results.values()}) != 1 or len(rows) != len(np.unique(data["exporter"])):
        raise BadFile("The results are not those of the data's countries", path=FILES[f"table {name}"])
    return Application(name, data, contents[f"log {name}"].decode("latin-1"), results)


def _rows(table: dict[str, NDArray[np.generic]], which: NDArray[np.bool_]) -> dict[str, NDArray[np.generic]]:
    return {name: values[which] for name, values in table.items()}


def _floats(values: NDArray[np.generic]) -> Floats:
    return values.astype(np.float64)
