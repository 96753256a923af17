"""The tables of a scenario file: tariffs, costs, corridors, targets, each with its keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from khorgos.core.errors import BadFile, BadInput, KhorgosError, UnknownName
from khorgos.models.transit import LOAD_TONNES, Way, cost_change
from khorgos.report.scenario_text import AsInForce, Measure, Target, areas, percent, products_of

_SIDES = ("importer", "exporter", "product")
_LAW = ("legal", "source", "from", "to", "note")
_MEASURE = (*_SIDES, "rate", "add", *_LAW)
#: Pairs [as it is, as it will be] of a corridor.
_PAIRS = ("hours", "dollars", "km", "speed", "freight")
_CORRIDOR = (*_SIDES, "both_ways", *_PAIRS, "value_of_day", "cargo_usd", "cargo_tonnes", "share", *_LAW)
#: The lists of tables, and the keys of each.
TABLES: Mapping[str, tuple[str, ...]] = {
    "tariff": _MEASURE,
    "cost": (*_SIDES, "change", "both_ways", *_LAW),
    "corridor": _CORRIDOR,
    "in_force": _MEASURE,
}
#: Keys of the one table [target].
TARGET = (*_SIDES, "both_ways", "usd", "by", "legal", "source", "note")
#: Keys of the one table [as_in_force].
AS_IN_FORCE = ("on", "against", "importer", "exporter", "note")

#: Makes an error of a key into one that names file and line.
Bad = Callable[[str, KhorgosError], BadFile]


def known(key: str, kind: str, keys: Sequence[str]) -> None:
    """Refuse a key that is not in the schema.

    Args:
        key: as written.
        kind: what it is, for the message.
        keys: the schema's.

    Raises:
        UnknownName: with the nearest keys.
    """
    if key not in keys:
        from rapidfuzz import process

        near = [found for found, _, _ in process.extract(key, keys, limit=2, score_cutoff=50)]
        raise UnknownName(key, kind, near, hint=f"Known are {', '.join(keys)}")


def measures_of_table(kind: str, table: Mapping[str, Any], bad: Bad) -> list[Measure]:
    """One [[tariff]], [[in_force]] or [[cost]]: a measure, or two where it holds both ways.

    Args:
        kind: "tariff", "in_force" or "cost".
        table: its keys.
        bad: see `Bad`.

    Raises:
        BadFile: a key is unknown, missing or cannot be read.
    """
    head = _head(kind, table, bad)
    value, adds = _change(kind, table, bad)
    try:
        one = head.measure("cost" if kind == "cost" else "tariff", value, _written(table, kind), adds=adds)
    except BadInput as error:
        raise bad("", error) from error
    return _both(one) if head.both_ways else [one]


def corridor_of(table: Mapping[str, Any], bad: Bad) -> list[Measure]:
    """One [[corridor]]: hours and dollars saved on a way, turned into a change of trade costs.

    Args:
        table: its keys.
        bad: see `Bad`.

    Raises:
        BadFile: a key is unknown, missing or cannot be read.
    """
    head = _head("corridor", table, bad)
    before, after = _ways(table, bad)
    low, high = _days_worth(table, bad)
    value = _load_value(table, bad, needed=before.usd > 0 or after.usd > 0)
    share = _fraction(table, "share", bad, default=1.0)
    if before == after:
        raise bad("", BadInput("The corridor changes nothing", hint="For example hours = [50.1, 2.4]"))

    def change(worth: float) -> float:
        return cost_change(before, after, value_of_day=worth, load_value=value, share=share)

    try:
        ends = sorted((change(low), change(high)))
        middle = change((low + high) / 2)
        named = f"corridor {_sides(table)}={100 * middle:+.2f}%"
        one = head.measure("cost", middle, named, adds=True)
    except BadInput as error:
        raise bad("", error) from error
    told = _told(before, after, (low, high), value, share)
    told = f"{told}: a change of trade costs of {_range((ends[0], ends[1]), '+.2%')}"
    one = replace(one, how=told, between=None if low == high else (ends[0], ends[1]))
    return _both(one) if head.both_ways else [one]


def target_of(table: Mapping[str, Any], bad: Bad) -> Target:
    """The [target]: a flow that is to be reached.

    Args:
        table: its keys.
        bad: see `Bad`.

    Raises:
        BadFile: a key is unknown, missing or cannot be read.
    """
    head = _head("target", table, bad)
    usd = _number(table, "usd", bad)
    if usd is None:
        raise bad("", BadInput("usd is missing", hint="Write the target in dollars: usd = 45e9"))
    by = table.get("by")
    if by is not None and (isinstance(by, bool) or not isinstance(by, int) or not 1900 < by < 2200):
        raise bad("by", BadInput(f"by is a year, not {by!r}"))
    try:
        return Target(
            head.importers, head.exporters, head.products, head.both_ways, usd,
            _sides(table), by, head.legal, head.source,
        )  # fmt: skip
    except BadInput as error:
        raise bad("usd", error) from error


def as_in_force_of(table: Mapping[str, Any], bad: Bad) -> AsInForce:
    """The [as_in_force]: tariffs of the registry on a day.

    Args:
        table: its keys.
        bad: see `Bad`.

    Raises:
        BadFile: a key is unknown, missing or cannot be read.
    """
    for key in table:
        try:
            known(key, "key of as_in_force", AS_IN_FORCE)
        except UnknownName as error:
            raise bad(key, error) from error
    days = [_day(table, key, bad) for key in ("on", "against")]
    if days[0] is None:
        raise bad("", BadInput("on is missing", hint="Write the day: on = 2025-04-12"))
    importers, exporters = (_side(table, key, bad) if key in table else () for key in ("importer", "exporter"))
    try:
        return AsInForce(days[0], days[1], importers, exporters)
    except BadInput as error:
        raise bad("against", error) from error


# --- what all tables share ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Head:
    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    both_ways: bool
    legal: str
    source: str
    start: dt.date | None
    end: dt.date | None

    def measure(self, kind: Any, change: float, text: str, *, adds: bool) -> Measure:
        return Measure(
            kind, self.importers, self.exporters, self.products, change, adds, text, self.legal, self.source,
            self.start, self.end,
        )  # fmt: skip


def _head(kind: str, table: Mapping[str, Any], bad: Bad) -> _Head:
    allowed = TARGET if kind == "target" else TABLES[kind]
    for key in table:
        try:
            known(key, f"key of {kind}", allowed)
        except UnknownName as error:
            raise bad(key, error) from error
    sides = {key: _side(table, key, bad) for key in ("importer", "exporter")}
    if not isinstance(table.get("both_ways", False), bool):
        raise bad("both_ways", BadInput("both_ways is true or false"))
    days = {key: _day(table, key, bad) for key in ("from", "to")}
    products = table.get("product", "all")
    if not _are_names(products):
        raise bad("product", BadInput("product is a name or a list of names"))
    return _Head(
        sides["importer"],
        sides["exporter"],
        products_of(products),
        bool(table.get("both_ways", False)),
        str(table.get("legal", "")),
        str(table.get("source", "")),
        days["from"],
        days["to"],
    )


def _day(table: Mapping[str, Any], key: str, bad: Bad) -> dt.date | None:
    day = table.get(key)
    if day is None or (isinstance(day, dt.date) and not isinstance(day, dt.datetime)):
        return day
    raise bad(key, BadInput(f"{key} is a day", hint="Write it like 2025-03-04, without quotes"))


def _are_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _side(table: Mapping[str, Any], key: str, bad: Bad) -> tuple[str, ...]:
    if not _are_names(table.get(key)):
        raise bad(key, BadInput(f"{key} is missing", hint=f'For example {key} = "USA"'))
    try:
        return areas(table[key])
    except (BadInput, UnknownName) as error:
        raise bad(key, error) from error


def _both(one: Measure) -> list[Measure]:
    back = replace(one, importers=one.exporters, exporters=one.importers, text=f"{one.text}, and back")
    return [one, back]


def _sides(table: Mapping[str, Any]) -> str:
    def plain(value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)

    return f"{plain(table['importer'])}:{plain(table['exporter'])}:{plain(table.get('product', 'all'))}"


# --- tariffs and costs --------------------------------------------------------------------------------------------
def _change(kind: str, table: Mapping[str, Any], bad: Bad) -> tuple[float, bool]:
    keys = ("change",) if kind == "cost" else ("rate", "add")
    given = [key for key in keys if key in table]
    if len(given) != 1:
        raise bad("", BadInput(f"Give {' or '.join(keys)}, and only one", hint='For example rate = "25%"'))
    return _percent(table[given[0]], given[0], bad), given[0] == "add"


def _percent(written: Any, key: str, bad: Bad) -> float:
    if not isinstance(written, str):
        raise bad(key, BadInput(f"{key} = {written!r} has no percent sign", hint=f'Write {key} = "{written}%"'))
    try:
        return percent(written)[0]
    except BadInput as error:
        raise bad(key, error) from error


def _written(table: Mapping[str, Any], kind: str) -> str:
    change = table.get("rate") or table.get("change") or f"+{str(table['add']).strip().removeprefix('+')}"
    return f"{'cost ' if kind == 'cost' else ''}{_sides(table)}={change}"


# --- corridors ----------------------------------------------------------------------------------------------------
def _ways(table: Mapping[str, Any], bad: Bad) -> tuple[Way, Way]:
    pairs: dict[str, tuple[float, float]] = {}
    for key in _PAIRS:
        written = table.get(key)
        if written is None:
            continue
        both = [written, written] if key == "km" and _is_number(written) else written
        if not isinstance(both, list) or len(both) != 2 or not all(_is_number(one) for one in both):
            raise bad(key, BadInput(f"{key} is a pair: as it is, and as it will be", hint=f"Write {key} = [50.1, 2.4]"))
        pairs[key] = (float(both[0]), float(both[1]))
    try:
        return Way(**{k: v[0] for k, v in pairs.items()}), Way(**{k: v[1] for k, v in pairs.items()})
    except BadInput as error:
        raise bad("", error) from error


def _days_worth(table: Mapping[str, Any], bad: Bad) -> tuple[float, float]:
    written = table.get("value_of_day")
    both = written if isinstance(written, list) else [written, written]
    if written is None or len(both) != 2:
        hint = 'Write value_of_day = ["0.6%", "2.1%"], the range of Hummels and Schaur (2013)'
        raise bad("value_of_day", BadInput("value_of_day is what a day in transit is worth, or a range", hint=hint))
    low, high = (_percent(one, "value_of_day", bad) for one in both)
    if low > high:
        raise bad("value_of_day", BadInput("value_of_day begins with its lower end"))
    return low, high


def _load_value(table: Mapping[str, Any], bad: Bad, *, needed: bool) -> float:
    usd, tonnes = (_number(table, key, bad) for key in ("cargo_usd", "cargo_tonnes"))
    if (usd is None) != (tonnes is None) or (needed and usd is None):
        hint = "Give cargo_usd and cargo_tonnes of the goods that pass there"
        raise bad("cargo_usd", BadInput("Dollars on the way need the value of the goods", hint=hint))
    if usd is None or tonnes is None:
        return 1.0  # no dollars on the way: nothing is divided by it
    if usd <= 0 or tonnes <= 0:
        raise bad("cargo_usd", BadInput("The goods that pass there have a value and a weight above zero"))
    return LOAD_TONNES * usd / tonnes


def _fraction(table: Mapping[str, Any], key: str, bad: Bad, *, default: float) -> float:
    return _percent(table[key], key, bad) if key in table else default


def _number(table: Mapping[str, Any], key: str, bad: Bad) -> float | None:
    written = table.get(key)
    if written is not None and not _is_number(written):
        raise bad(key, BadInput(f"{key} is a number, not {written!r}"))
    return None if written is None else float(written)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(before: Way, after: Way, worth: tuple[float, float], value: float, share: float) -> str:
    """How the change was computed, in one sentence."""
    days = f"{before.days:.2f} days become {after.days:.2f}".replace("-", "−")
    parts = [f"{days}, each worth {_range(worth, '.1%')} of the goods"]
    if before.usd or after.usd:
        money = f"{before.usd:,.0f} USD a load of {LOAD_TONNES:g} t become {after.usd:,.0f}"
        parts.append(f"{money}, of goods worth {value:,.0f} USD")
    if share < 1.0:
        parts.append(f"{share:.0%} of the trade takes this way")
    return "; ".join(parts)


def _range(ends: tuple[float, float], form: str) -> str:
    low, high = (format(end, form) for end in ends)
    return (low if low == high else f"{low} to {high}").replace("-", "−")
