"""Draw the pictures of docs/models from runs of the models.

Usage: python tools/draw_model_pictures.py [NAME ...]

Each picture shows the worked example of its page, or a run on the embedded world that the page names; nothing is read
but what comes with khorgos. `growth` reads docs/models/growth.csv, which `benchmarks/models.py --growth` measures.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from khorgos.ledger.store import open_ledger
from khorgos.ledger.worlds import world
from khorgos.models.adjoint import real_expenditure_of, sensitivity
from khorgos.models.equilibrium import solve
from khorgos.models.gravity.baseline import gravity_baseline, iceberg_freeness
from khorgos.models.gravity.equilibrium import conditional, full_endowment
from khorgos.models.partial.gsim import gsim
from khorgos.models.partial.smart import smart
from khorgos.models.scenario import scenario
from khorgos.models.welfare import real_expenditure
from khorgos.models.worlds import prepared
from khorgos.nomenclature.areas import get
from khorgos.report.answers.simulate import Simulation, measures_of, simulate
from khorgos.report.charts import Spec, bars, lines, to_svg
from khorgos.report.scenario_text import tariff
from khorgos.report.theme import for_picture, stand_in

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "models"
#: A tariff of 20 per cent that the United States puts on China: the example of several pages.
SHOCK = "USA:CHN:all=+20%"
#: Bars of trade that are shown: chosen because ten fit a screen.
SHOWN = 10

Picture = tuple[Spec, str]


@cache
def _simulated(draws: int = 0, model: str = "one-sector") -> Simulation:
    return simulate(measures_of([tariff(SHOCK)]), model=model, draws=draws, seed=1, partial=False)


def _bars(rows: list[tuple[str, float]], title: str, decimals: int, unit: str = "") -> Spec:
    cells = [
        {"name": name, "value": value, "label": f"{value:+.{decimals}f}{unit}".replace("-", "−")}
        for name, value in rows
    ]
    return bars(cells, category="name", value="value", label="label", title=title)


def general_equilibrium() -> Picture:
    """Imports of the United States by partner."""
    found = _simulated().simulated
    names = found.prepared.world.countries
    usa = names.index("USA")
    before, after = (flows[:, usa].sum(1) / 1e9 for flows in found.flows)
    change = after - before
    change[usa] = 0.0
    largest = np.argsort(-np.abs(change))[:SHOWN]
    rows = [(get(names[k]).name, float(change[k])) for k in sorted(largest, key=lambda k: change[k])]
    said = ", ".join(f"{name} {value:+.1f}" for name, value in rows)
    return (
        _bars(rows, "Change of United States imports, billion USD", 1),
        f"A tariff of 20 per cent on China: change of US imports by partner, billion USD: {said}.",
    )


def welfare() -> Picture:
    """Three measures of one equilibrium."""
    found = _simulated().simulated
    names = found.prepared.world.countries
    words = {"real_expenditure": "exact", "first_order": "first order", "acr": "ACR"}
    rows = [
        (f"{short}, {words[measure]}", float(found.welfare[measure][names.index(code)]))
        for code, short in (("USA", "US"), ("CHN", "China"))
        for measure in words
    ]
    said = ", ".join(f"{name} {value:+.2f}" for name, value in rows)
    return _bars(rows, "Change in per cent, one equilibrium", 2, "%"), f"Three measures of one equilibrium: {said}."


def calibration() -> Picture:
    """Central case and 90 per cent interval of draws."""
    run = _simulated(draws=200, model="sectors")
    wanted = ("USA", "CHN", "MEX", "VNM", "KAZ", "KGZ", "UZB")
    by_code = {row["id"]: row for row in _all(run)}
    rows = [
        {
            "name": by_code[code]["economy"],
            "value": by_code[code]["real_expenditure"],
            "low": by_code[code]["low"],
            "high": by_code[code]["high"],
            "label": f"{by_code[code]['real_expenditure']:+.2f}%".replace("-", "−"),
        }
        for code in wanted
    ]
    said = ", ".join(f"{row['name']} {row['low']:+.2f} to {row['high']:+.2f}" for row in rows)
    title = "Real expenditure in per cent, and the central 90 per cent of 200 draws"
    spec = bars(rows, category="name", value="value", label="label", title=title, interval=("low", "high"))
    return spec, f"Real expenditure, central 90 per cent of 200 draws: {said}."


def _all(run: Simulation) -> list[Mapping[str, Any]]:
    """Every economy with its interval: the view shows only the largest changes."""
    whole = simulate(measures_of([tariff(SHOCK)]), model="sectors", draws=200, seed=1, partial=False, top=0)
    assert run.simulated.after.residual == whole.simulated.after.residual
    return list(whole.economies.view.rows)


def uncertainty() -> Picture:
    """One outcome under each cause that draws may vary: the median and 90 per cent of 200 draws."""
    causes = {
        "Standard errors": "standard-errors",
        "HS6 estimates": "hs6",
        "Theta 2 to 8": "theta=2..8",
        "Imputed flows": "imputed",
        "Mirror reports": "mirror",
    }
    rows = []
    ledger = open_ledger(FOLDER / "no-ledger-of-ones-own")  # the embedded release alone
    for label, cause in causes.items():
        asked: dict[str, Any] = {"draws": 200, "uncertainty": [cause], "seed": 1, "ledger": ledger}
        run = simulate(measures_of([tariff(SHOCK)]), partial=False, focus=["KGZ"], **asked)
        row = next(row for row in run.uncertainty.view.rows if row["id"] == "KGZ")
        said = f"{row['low']:.2f} to {row['high']:.2f}%".replace("-", "−")
        rows.append({"name": label, "value": row["median"], "low": row["low"], "high": row["high"], "label": said})
    title = "Real expenditure of Kyrgyzstan in per cent: median and central 90 per cent of 200 draws"
    spec = bars(rows, category="name", value="value", label="label", title=title, interval=("low", "high"))
    return spec, f"{title}: " + ", ".join(f"{row['name']} {row['label']}" for row in rows) + "."


def sensitivities() -> Picture:
    """Real expenditure of one country by its own uniform tariff, and the adjoint's slope at none."""
    made = prepared(world("one-sector"))
    base = made.baseline
    usa = base.index("USA")
    first = solve(base, scenario(base, deficits="balanced"))
    slopes = sensitivity(first, real_expenditure_of(first, "USA")).tau[:, usa]
    slope = float(slopes.sum() - slopes[usa].sum())
    rows: list[dict[str, Any]] = []
    best = (0, 0.0)
    state = first.state
    for per_cent in range(0, 101, 4):
        rates = base.tau - 1.0
        rates[:, usa] = per_cent / 100
        rates[usa, usa] = 0.0
        found = solve(base, scenario(base, tariffs=rates, deficits="balanced"), start=state)
        state = found.state
        gain = 100 * float(real_expenditure(found, first)[usa] - 1)
        best = max(best, (per_cent, gain), key=lambda pair: pair[1])
        rows.append({"tariff": per_cent, "gain": gain, "who": "solved"})
        if per_cent <= 16:
            rows.append({"tariff": per_cent, "gain": slope * per_cent, "who": "slope at none"})
    spec = lines(
        rows,
        x="tariff",
        y="gain",
        series="who",
        order=("solved", "slope at none"),
        title="Real expenditure of the United States, change in per cent",
        dashed=("slope at none",),
    )
    for label in spec["layer"][-1]["data"]["values"]:
        label["x"] = max(row["tariff"] for row in rows if row["who"] == label["name"])  # a name at each line's own end
    for layer in spec["layer"]:
        if "axis" in layer["encoding"]["x"]:  # tariffs, where years are usual
            layer["encoding"]["x"]["axis"] = {
                "values": list(range(0, 101, 20)),
                "title": "Its tariff on all imports, per cent",
            }
    said = f"largest, {best[1]:.2f} per cent, at {best[0]}"
    return spec, f"Real expenditure of the United States by its tariff on all imports: {said}; slope by the adjoint."


def gsim_prices() -> Picture:
    """World prices of the 4 x 4 example, linear and exact."""
    trade = [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]]
    tau = np.array([[1, 1.21, 1.41, 1.22], [1.37, 1, 1.31, 1.23], [1.32, 1.36, 1, 1.18], [1.57, 1.41, 1.25, 1.15]])
    free = tau.copy()
    free[0, 2] = free[2, 0] = 1
    args = {"import_demand": -1.25, "export_supply": 1.5, "substitution": 5}
    forms = {form: gsim(trade, tau, free, **args, method=form).price for form in ("linear", "nonlinear")}  # type: ignore[arg-type]
    rows = [
        (f"{name}, {'linear' if form == 'linear' else 'exact'}", 100 * float(price[k]))
        for k, name in enumerate(("US", "Japan", "EU", "Rest"))
        for form, price in forms.items()
    ]
    said = ", ".join(f"{name} {value:+.1f}" for name, value in rows)
    return _bars(rows, "World price of the exporter, change in per cent", 1, "%"), f"GSIM, 4 x 4 example: {said}."


def smart_example() -> Picture:
    """Creation, diversion, revenue and welfare of the page's example."""
    found = smart([100, 70], 1.25, [1.00, 1.25], import_demand=-1.5, substitution=2)
    rows = [
        ("Favoured: creation", float(found.creation[0, 0])),
        ("Favoured: diversion", float(found.diversion[0, 0])),
        ("Other: diversion", float(found.diversion[0, 1])),
        ("Tariff revenue", float((found.revenue_new - found.revenue_old)[0])),
        ("Welfare", float(found.welfare[0])),
    ]
    said = ", ".join(f"{name} {value:+.1f}" for name, value in rows)
    return _bars(rows, "Change, in units of trade before", 1), f"SMART, a tariff of 25 per cent falls to zero: {said}."


def gravity() -> Picture:
    """Exports of the page's example, with output given and with prices that clear."""
    base = gravity_baseline([[80, 15, 5], [15, 60, 5], [5, 5, 190]], sigma=5)
    cheaper = np.array([[1, 0.9, 1], [0.9, 1, 1], [1, 1, 1]])
    freer = base.freeness * iceberg_freeness(cheaper, base.sigma)
    scopes = {"conditional": conditional(base, freer), "full": full_endowment(base, freer)}
    rows = [
        (f"{name}, {scope}", 100 * float(found.exports_hat[k] - 1))
        for k, name in enumerate(("First", "Second", "Third"))
        for scope, found in scopes.items()
    ]
    said = ", ".join(f"{name} {value:+.1f}" for name, value in rows)
    return _bars(
        rows, "Exports, change in per cent", 1, "%"
    ), f"Gravity, trade of two countries a tenth cheaper: {said}."


def growth() -> Picture:
    """What a solve costs by size, and what reading memory costs."""
    with (FOLDER / "growth.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    names = {"solve_ms": "one solve", "bound_ms": "reading its matrices"}
    rows = [
        {
            "size": 8 * int(row["countries"]) ** 2 * int(row["sectors"]) / 1e6,
            "ms": float(row[field]),
            "who": name,
            "label": f"{row['countries']} x {row['sectors']}" if field == "solve_ms" else "",
        }
        for row in table
        for field, name in names.items()
    ]
    scales = {"size": ([0.03, 20], [0.1, 1, 10]), "ms": ([0.1, 150], [0.1, 1, 10, 100])}
    axes = {
        field: {
            "field": field,
            "type": "quantitative",
            "scale": {"type": "log", "domain": domain, "nice": False},
            "axis": {"grid": True, "values": values},
        }
        for field, (domain, values) in scales.items()
    }
    encoding: Spec = {
        "x": axes["size"],
        "y": axes["ms"],
        "color": {
            "field": "who",
            "type": "nominal",
            "scale": {"domain": list(names.values()), "range": [stand_in("one"), stand_in("six")]},
            "legend": {},
        },
    }
    encoding["x"]["title"] = "One matrix of shares, megabytes (countries x countries x sectors x 8 bytes)"
    encoding["y"]["title"] = "Milliseconds"
    label = {"text": {"field": "label", "type": "nominal"}, "color": {"value": stand_in("ink")}}
    spec: Spec = {
        "data": {"values": rows},
        "width": 600,
        "height": 300,
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2, "point": {"size": 40}}},
            {"mark": {"type": "text", "dy": -12, "align": "right"}, "encoding": label},
        ],
    }
    last = table[-1]
    size = f"{last['countries']} x {last['sectors']}"
    return (
        spec,
        f"Cost of a solve by size: {size} takes {last['solve_ms']} ms, reading its matrices {last['bound_ms']}.",
    )


PICTURES: Mapping[str, Callable[[], Picture]] = {
    "calibration": calibration,
    "general-equilibrium": general_equilibrium,
    "gravity": gravity,
    "growth": growth,
    "gsim": gsim_prices,
    "sensitivities": sensitivities,
    "smart": smart_example,
    "uncertainty": uncertainty,
    "welfare": welfare,
}


def main(names: list[str]) -> None:
    """Draw the pictures named, or all."""
    for name in names or PICTURES:
        spec, description = PICTURES[name]()
        padded = {"background": stand_in("paper"), "padding": 16, **spec}
        picture = _sized(for_picture(to_svg(padded, description=description)))
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")
        print(f"{name}.svg, {len(picture) / 1000:.0f} kB: {description}")


def _sized(svg: str) -> str:
    """With a width and a height of its own: a page in Markdown has none to give."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    return re.sub(r'style="[^"]*"', f'width="{box[1]}" height="{box[2]}"', svg, count=1)


if __name__ == "__main__":
    main(sys.argv[1:])
