"""From the measures of a scenario to arrays over an embedded world, and from a target to the costs that meet it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from khorgos.core.errors import BadInput, Refused, UnknownName
from khorgos.ledger.worlds import SERVICES, WORLDS, Floats, Marks, World, world
from khorgos.models.drivers import SPREAD
from khorgos.models.inverse import Needed, needed_cost
from khorgos.models.scenario import Closure
from khorgos.models.simulation import Shock
from khorgos.models.uncertainty import LEAST_THETA
from khorgos.models.worlds import Prepared, prepared
from khorgos.nomenclature.areas import get
from khorgos.report.answers.simulated_registry import registry_rates
from khorgos.report.scenario_text import Measure, ScenarioText, Target

#: The range of what a day in transit is worth: Hummels and Schaur (2013), abstract, doi:10.1257/aer.103.7.2935.
DAY = (0.006, 0.021)


def shock_of(base: World, scenario: ScenarioText) -> tuple[Shock, tuple[str, ...]]:
    """Tariffs and costs of a scenario as arrays over a world.

    Args:
        base: the world.
        scenario: as written; its target is left out.

    Returns:
        The shock, and remarks on what the world has not.

    Raises:
        UnknownName: an economy or sector that the world has not.
        BadInput: measures that contradict each other.
    """
    missing: dict[str, None] = {}
    dated = scenario.registry
    first, then = None, None
    if dated is not None:
        first = registry_rates(base, dated, dated.on)
        then = registry_rates(base, dated, dated.against) if dated.against else None
    in_force = _tariffs(base, scenario.in_force, missing, then)
    own = [one for one in scenario.measures if one.kind == "tariff"]
    replaced = _tariffs(base, own, missing, first)
    costs = [one for one in scenario.measures if one.kind == "cost"]
    shock = Shock(replaced, in_force, _costs(base, costs, missing), cast(Closure, scenario.deficits))
    names = ", ".join(sorted(missing))
    return shock, (f"Not in this world, left out: {names}.",) if missing else ()


def _tariffs(base: World, measures: Sequence[Measure], missing: dict[str, None], first: Floats | None = None) -> Floats:
    """Rates by cell: what is set, else the sum of what is added, to what the registry has."""
    rates = np.zeros(base.trade.shape) if first is None else first.copy()
    adds = np.zeros(rates.shape, dtype=bool)
    sets = np.zeros(rates.shape, dtype=bool)
    for one in measures:
        cells = cells_of(base, one, missing)
        if one.adds:
            rates[cells] += one.change
            adds |= cells
        else:
            if (rates[cells & sets] != one.change).any():
                raise BadInput("Two measures set the same tariff to different rates", where=one.text, hint=_ADD)
            rates[cells], sets = one.change, sets | cells
        if (adds & sets).any():
            raise BadInput("One measure sets a tariff that another adds to", where=one.text, hint=_ADD)
    if first is None and rates.min() < 0:
        raise BadInput(
            "A tariff would fall below zero",
            hint="The base year's tariffs are taken as zero; put those to be removed under [[in_force]]",
        )
    return rates


_ADD = "Write both with a sign (+10%) if they stack"


def _costs(base: World, measures: Sequence[Measure], missing: dict[str, None]) -> Floats | None:
    if not measures:
        return None
    d_hat = np.ones(base.trade.shape)
    for one in measures:
        d_hat[cells_of(base, one, missing)] *= 1.0 + one.change
    return d_hat


def cells_of(base: World, one: Measure | Target, missing: dict[str, None]) -> Marks:
    """[N, N, S] the cells that a measure or a target touches.

    Args:
        base: the world.
        one: the measure or target, in one direction.
        missing: where members of groups that the world has not are noted.

    Raises:
        UnknownName: an economy or sector that the world has not.
        BadInput: it touches no trade.
    """
    n = len(base.countries)
    cells = np.zeros(base.trade.shape, dtype=bool)
    exporters, importers = (_places(base, side, missing) for side in (one.exporters, one.importers))
    sectors = _sectors(base, one)
    cells[np.ix_(exporters, importers, sectors)] = True
    cells[np.arange(n), np.arange(n)] = False
    if not cells.any():
        raise BadInput("A measure touches no trade", where=one.text, hint="An economy levies nothing on itself")
    return cells


def _places(base: World, names: Sequence[str], missing: dict[str, None]) -> list[int]:
    """Positions of economies; members of groups that the world has not are noted, single ones refused."""
    known = [name for name in names if name in base.countries]
    absent = [name for name in names if name not in base.countries]
    if names and not known:
        near = [f"{get(c).name} ({c})" for c in base.countries if c[0] == names[0][0]][:3]
        raise UnknownName(get(names[0]).name, f"economy of the world {base.id!r}", near)
    missing.update(dict.fromkeys(absent))
    return [base.countries.index(name) for name in known] if names else list(range(len(base.countries)))


def _sectors(base: World, one: Measure | Target) -> list[int]:
    goods = [name for name in base.sectors if name != SERVICES]
    if not one.products:
        return list(range(len(goods)))
    if goods == ["all"]:
        raise UnknownName(
            one.products[0],
            "product of the world of one sector",
            hint="Use all, or the model sectors (--model sectors)",
        )
    found = []
    for name in one.products:
        if name == SERVICES:
            raise BadInput("Services are not traded in this world", where=one.text)
        place = name.removeprefix("sitc").strip()
        if place.isdigit() and int(place) < len(goods):
            found.append(int(place))
        elif name in goods:
            found.append(goods.index(name))
        else:
            raise UnknownName(name, "product", _nearest(name, goods), hint=f"Sections: {', '.join(goods)}")
    return found


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    from rapidfuzz import process

    return [found for found, _, _ in process.extract(name, known, limit=3, score_cutoff=75)]


# --- targets ------------------------------------------------------------------------------------------------------
def aimed(made: Prepared, scenario: ScenarioText) -> tuple[ScenarioText, Needed | None]:
    """The scenario with the change of trade costs that meets its target as one more measure.

    Args:
        made: the world.
        scenario: as written.

    Returns:
        The scenario, and what was found; the scenario itself and None where it has no target.

    Raises:
        Refused: no change of costs meets it.
        BadInput, UnknownName: the pair trades nothing, or is not in the world.
    """
    target = scenario.target
    if target is None:
        return scenario, None
    shock, cells = _asked(made.world, scenario, target)
    found = needed_cost(made, shock, cells, target.usd)
    change = found.d_hat - 1.0
    one = Measure(
        "cost",
        target.importers,
        target.exporters,
        target.products,
        change,
        adds=True,
        text=f"cost {target.text}={change:+.2%}",
        legal=target.legal,
        source=target.source,
        how=_how(made, scenario, target, found),
    )
    back = replace(one, importers=one.exporters, exporters=one.importers, text="and back")
    added = (one, back) if target.both_ways else (one,)
    return replace(scenario, measures=(*scenario.measures, *added)), found


def _asked(base: World, scenario: ScenarioText, target: Target) -> tuple[Shock, Marks]:
    """What else changes, and the cells whose trade is to reach the target."""
    shock, _ = shock_of(base, scenario)
    cells = cells_of(base, target, {})
    if target.both_ways:
        cells |= cells_of(base, replace(target, importers=target.exporters, exporters=target.importers), {})
    return shock, cells


def _elsewhere(made: Prepared, scenario: ScenarioText, target: Target) -> str:
    """The answer of the other world; nothing where that does not know the sections, or finds none."""
    other = world(next(name for name in WORLDS if name != made.world.id))
    try:
        found = needed_cost(prepared(other), *_asked(other, scenario, target), target.usd)
    except (UnknownName, Refused):
        return ""
    return f"; {100 * (found.d_hat - 1.0):+.1f}% in the world {other.id}"


def _how(made: Prepared, scenario: ScenarioText, target: Target, found: Needed) -> str:
    """What was solved for, how it moves with the elasticity and the world, and what it is in days."""
    shock, cells = _asked(made.world, scenario, target)
    base, own = made.baseline, made.world
    errors = SPREAD * own.theta_spread * base.theta / own.theta
    ends = []
    for sign in (-1.0, 1.0):
        moved = prepared(own, np.maximum(base.theta + sign * errors, LEAST_THETA))
        ends.append(100 * (needed_cost(moved, shock, cells, target.usd).d_hat - 1.0))
    by = f" by {target.by}" if target.by else ""
    text = (
        f"Solved for trade of {target.usd / 1e9:g} bn USD a year{by}, from {found.before / 1e9:.1f} in the world of"
        f" {own.year}; {min(ends):+.1f}% to {max(ends):+.1f}% with every elasticity {SPREAD} standard errors higher"
        f" or lower{_elsewhere(made, scenario, target)}"
    )
    if found.d_hat < 1.0:
        days = sorted(-np.log(found.d_hat) / worth for worth in DAY)
        text += (
            f"; as much as {days[0]:.0f} to {days[1]:.0f} days in transit (Hummels and Schaur 2013: 0.6 to 2.1% a day)"
        )
    return re.sub(r"-(?=\d)", "−", text)
