"""Scenarios as people write them: "USA:CHN:all=+20%", and TOML files with a strict schema."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from khorgos.core.errors import BadFile, BadInput, KhorgosError, UnknownName
from khorgos.ledger.worlds import WORLDS
from khorgos.nomenclature.areas import area, is_aggregate
from khorgos.nomenclature.groups import members

Kind = Literal["tariff", "cost"]

#: Everybody, as an exporter or importer.
EVERYBODY = ("all", "world", "*", "wld")
#: A rate above this is refused even with its percent sign; chosen because no ad valorem duty in force comes near.
HIGHEST = 10.0

_TARIFF = re.compile(r"(?P<importer>[^:=]+):(?P<exporter>[^:=]+)(?::(?P<product>[^:=]+))?=(?P<rate>.+)")
_PERCENT = re.compile(r"(?P<sign>[+\-−]?)\s*(?P<number>\d+(?:\.\d+)?)\s*%")
_BARE = re.compile(r"[+\-−]?\s*\d+(?:\.\d+)?")
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z_]+)\s*=")

_TOP = ("title", "note", "model", "theta", "deficits", "include", "tariff", "cost", "in_force")
_MEASURE = ("importer", "exporter", "product", "rate", "add", "legal", "source", "from", "to", "note")
_COST = ("importer", "exporter", "product", "change", "both_ways", "legal", "source", "from", "to", "note")
_KEYS: Mapping[str, tuple[str, ...]] = {"tariff": _MEASURE, "cost": _COST, "in_force": _MEASURE}
#: How transfers close the world.
DEFICITS = ("share", "nominal", "balanced")


@dataclass(frozen=True, slots=True)
class Measure:
    """One tariff, or one change of trade costs.

    Args:
        kind: "tariff" or "cost".
        importers: ISO3; () for everybody.
        exporters: ISO3; () for everybody.
        products: names of sectors as written; () for all goods.
        change: a fraction: the tariff, what is added to it, or the change of the iceberg cost.
        adds: whether a tariff is added to what is in force, or set.
        text: as written.
        legal: its legal basis.
        source: where that can be read.
        start: first day in force.
        end: last day in force.
    """

    kind: Kind
    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    products: tuple[str, ...]
    change: float
    adds: bool
    text: str
    legal: str = ""
    source: str = ""
    start: dt.date | None = None
    end: dt.date | None = None

    def __post_init__(self) -> None:
        if self.kind == "tariff" and not -1.0 < self.change <= HIGHEST:
            raise BadInput(f"A tariff of {self.change:.0%} is not believed", where=self.text)
        if self.kind == "cost" and not -1.0 < self.change <= HIGHEST:
            raise BadInput(f"Trade costs cannot change by {self.change:.0%}", where=self.text)
        if self.start and self.end and self.end < self.start:
            raise BadInput("A measure cannot end before it starts", where=self.text)


@dataclass(frozen=True, slots=True)
class ScenarioText:
    """A scenario as written.

    Args:
        title: one line.
        measures: tariffs and costs that come.
        in_force: tariffs of the world that the outcome is compared with.
        note: what a reader should know.
        model: "one-sector" or "sectors", if it says.
        theta: trade elasticity of every sector, if it says.
        deficits: how transfers close the world.
        text: the whole source, for the trace.
    """

    title: str
    measures: tuple[Measure, ...]
    in_force: tuple[Measure, ...] = ()
    note: str = ""
    model: str | None = None
    theta: float | None = None
    deficits: str = "share"
    text: str = field(default="", repr=False)


def percent(text: str, *, where: str | None = None) -> tuple[float, bool]:
    """A rate with its percent sign as a fraction, and whether it is signed ("+20%" adds, "20%" sets).

    Args:
        text: such as "+20%", "12.5%", "-5%".
        where: for errors.

    Raises:
        BadInput: no percent sign ("25" may mean 25 or 2500 per cent), or no number.
    """
    written = text.strip()
    if found := _PERCENT.fullmatch(written):
        value = float(found["number"]) / 100.0
        return (-value if found["sign"] in ("-", "−") and found["sign"] else value), bool(found["sign"])
    if _BARE.fullmatch(written):
        raise BadInput(f"{written!r} has no percent sign", where=where, hint=f"Write {written}% if that is meant")
    raise BadInput(f"Not a rate: {written!r}", where=where, hint="Write it like +20% or 12.5%")


def areas(names: str | Sequence[str]) -> tuple[str, ...]:
    """ISO3 of countries and of members of groups; () for everybody.

    Args:
        names: with commas, or as a list.

    Raises:
        UnknownName: with the nearest names.
        BadInput: a group without members.
    """
    parts = [p.strip() for p in (names.split(",") if isinstance(names, str) else names) if p.strip()]
    if not parts:
        raise BadInput("No economy is named", hint="For example USA, central-asia or all")
    if any(p.lower() in EVERYBODY for p in parts):
        return ()
    found: list[str] = []
    for part in parts:
        one = area(part)
        found += members(one.id) if is_aggregate(one.id) else (one.id,)
    return tuple(dict.fromkeys(found))


def tariff(text: str) -> Measure:
    """A tariff in short: IMPORTER:EXPORTER:PRODUCT=RATE, such as "USA:CHN:all=+20%".

    Args:
        text: importer levies on exporter; several with commas; PRODUCT may be left out.

    Raises:
        BadInput, UnknownName: it cannot be read; the message shows the form.
    """
    return _short("tariff", text)


def cost(text: str) -> Measure:
    """A change of trade costs in short: IMPORTER:EXPORTER:PRODUCT=CHANGE, such as "KGZ:CHN:all=-5%".

    Args:
        text: as in `tariff`; the change is relative, 5% of the delivered price.

    Raises:
        BadInput, UnknownName: it cannot be read.
    """
    return _short("cost", text)


def _short(kind: Kind, text: str) -> Measure:
    found = _TARIFF.fullmatch(text.strip())
    if not found:
        raise BadInput(
            f"Not a {kind}: {text!r}", hint="Write IMPORTER:EXPORTER:PRODUCT=RATE, for example USA:CHN:all=+20%"
        )
    change, signed = percent(found["rate"], where=text)
    return Measure(
        kind,
        areas(found["importer"]),
        areas(found["exporter"]),
        _products(found["product"] or "all"),
        change,
        signed,
        text.strip(),
    )


def _products(names: str | Sequence[str]) -> tuple[str, ...]:
    parts = [p.strip().lower() for p in (names.split(",") if isinstance(names, str) else names) if p.strip()]
    return () if not parts or "all" in parts else tuple(parts)


# --- TOML ---------------------------------------------------------------------------------------------------------
class _File:
    """A file's name, and where each key of its text stands."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.at: dict[tuple[str, int, str], int] = {}
        self.tables: dict[tuple[str, int], int] = {}
        counts: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if head := _TABLE.match(line):
                table = head[1]
                counts[table] = counts.get(table, -1) + 1
                self.tables[table, counts[table]] = number
            elif key := _KEY.match(line):
                self.at.setdefault((table, counts.get(table, 0), key[1]), number)

    def bad(self, error: KhorgosError, table: str, place: int = 0, key: str = "") -> BadFile:
        """The error with its line: of the key, else of its table, else of a key outside all tables."""
        row = self.at.get((table, place, key)) or self.tables.get((table, place)) or self.at.get(("", 0, table))
        return BadFile(str(error), path=self.name, row=row, column=key or None)


def parse(text: str, name: str, fetch: Callable[[str], str] | None = None) -> ScenarioText:
    """A scenario from TOML.

    Args:
        text: the file's content.
        name: the file's name, for errors.
        fetch: reads another file by the name written in `include`; None allows none.

    Raises:
        BadFile: names the line: bad TOML, an unknown or missing key, a rate without percent sign, an unknown area,
            a file that includes itself.
    """
    return _parse(text, name, fetch, (name,))


def _parse(text: str, name: str, fetch: Callable[[str], str] | None, trail: tuple[str, ...]) -> ScenarioText:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        stopped = re.search(r"line (\d+)", str(error))
        raise BadFile(f"Not TOML: {error}", path=name, row=int(stopped[1]) if stopped else None) from error
    file = _File(text, name)
    for key in data:
        if key not in _TOP:
            raise file.bad(UnknownName(key, "key", _nearest(key, _TOP)), key)
    measures, in_force = _included(data, file, fetch, trail)
    for kind in _KEYS:
        tables = data.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            raise file.bad(BadInput(f"{kind} is a list of tables", hint=f"Write [[{kind}]]"), kind)
        into = in_force if kind == "in_force" else measures
        for place, one in enumerate(tables):
            into.extend(_measures(kind, one, place, file))
    if not measures and not in_force:
        raise BadFile("The scenario changes nothing", path=name, hint="Give a [[tariff]] or [[cost]] table")
    return ScenarioText(
        title=_text(data, "title", file, required=True),
        measures=tuple(measures),
        in_force=tuple(in_force),
        note=_text(data, "note", file),
        model=_choice(data, "model", WORLDS, file),
        theta=_theta(data, file),
        deficits=_choice(data, "deficits", DEFICITS, file) or "share",
        text=text,
    )


def _included(
    data: Mapping[str, Any], file: _File, fetch: Callable[[str], str] | None, trail: tuple[str, ...]
) -> tuple[list[Measure], list[Measure]]:
    names = data.get("include", [])
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise file.bad(BadInput("include is a list of file names"), "include")
    measures: list[Measure] = []
    in_force: list[Measure] = []
    for other in names:
        if other in trail:
            circle = " -> ".join((*trail, other))
            raise file.bad(BadInput(f"Scenarios include each other: {circle}"), "include")
        if fetch is None:
            raise file.bad(BadInput("This scenario may not include others"), "include")
        try:
            found = _parse(fetch(other), other, fetch, (*trail, other))
        except OSError as error:
            raise file.bad(BadInput(f"Cannot read {other}: {error.strerror}"), "include") from error
        measures += found.measures
        in_force += found.in_force
    return measures, in_force


def _measures(kind: str, table: Mapping[str, Any], place: int, file: _File) -> list[Measure]:
    def bad(key: str, error: KhorgosError) -> BadFile:
        return file.bad(error, kind, place, key)

    allowed = _KEYS[kind]
    for key in table:
        if key not in allowed:
            raise bad(key, UnknownName(key, f"key of {kind}", _nearest(key, allowed)))
    value, adds = _change(kind, table, bad)
    sides = {key: _side(table, key, bad) for key in ("importer", "exporter")}
    if not isinstance(table.get("both_ways", False), bool):
        raise bad("both_ways", BadInput("both_ways is true or false"))
    days = {key: table.get(key) for key in ("from", "to")}
    for key, day in days.items():
        if day is not None and (not isinstance(day, dt.date) or isinstance(day, dt.datetime)):
            raise bad(key, BadInput(f"{key} is a day", hint="Write it like 2025-03-04, without quotes"))
    products = table.get("product", "all")
    if not isinstance(products, str | list):
        raise bad("product", BadInput("product is a name or a list of names"))
    try:
        one = Measure(
            "cost" if kind == "cost" else "tariff",
            sides["importer"],
            sides["exporter"],
            _products(products),
            value,
            adds,
            _written(table, kind),
            str(table.get("legal", "")),
            str(table.get("source", "")),
            days["from"],
            days["to"],
        )
    except BadInput as error:
        raise bad("", error) from error
    if not table.get("both_ways", False):
        return [one]
    back = replace(one, importers=one.exporters, exporters=one.importers, text=f"{one.text}, and back")
    return [one, back]


def _change(kind: str, table: Mapping[str, Any], bad: Callable[[str, KhorgosError], BadFile]) -> tuple[float, bool]:
    keys = ("change",) if kind == "cost" else ("rate", "add")
    given = [key for key in keys if key in table]
    if len(given) != 1:
        raise bad("", BadInput(f"Give {' or '.join(keys)}, and only one", hint='For example rate = "25%"'))
    key = given[0]
    written = table[key]
    if not isinstance(written, str):
        raise bad(key, BadInput(f"{key} = {written!r} has no percent sign", hint=f'Write {key} = "{written}%"'))
    try:
        value, _ = percent(written)
    except BadInput as error:
        raise bad(key, error) from error
    return value, key == "add"


def _side(table: Mapping[str, Any], key: str, bad: Callable[[str, KhorgosError], BadFile]) -> tuple[str, ...]:
    if not isinstance(table.get(key), str | list):
        raise bad(key, BadInput(f"{key} is missing", hint=f'For example {key} = "USA"'))
    try:
        return areas(table[key])
    except (BadInput, UnknownName) as error:
        raise bad(key, error) from error


def _written(table: Mapping[str, Any], kind: str) -> str:
    def plain(value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)

    change = table.get("rate") or table.get("change") or f"+{str(table['add']).strip().removeprefix('+')}"
    sides = f"{plain(table['importer'])}:{plain(table['exporter'])}:{plain(table.get('product', 'all'))}"
    return f"{'cost ' if kind == 'cost' else ''}{sides}={change}"


def _text(data: Mapping[str, Any], key: str, file: _File, *, required: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or (required and not value.strip()):
        raise file.bad(BadInput(f"{key} is missing or no text", hint=f'Write {key} = "..."'), key)
    return " ".join(value.split())


def _choice(data: Mapping[str, Any], key: str, choices: Sequence[str], file: _File) -> str | None:
    value = data.get(key)
    if value is not None and value not in choices:
        raise file.bad(BadInput(f"{key} is one of {', '.join(choices)}, not {value!r}"), key)
    return value


def _theta(data: Mapping[str, Any], file: _File) -> float | None:
    value = data.get("theta")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 100:
        raise file.bad(BadInput(f"theta is a number above zero, not {value!r}"), "theta")
    return float(value)


def _nearest(key: str, known: Sequence[str]) -> list[str]:
    from rapidfuzz import process

    return [found for found, _, _ in process.extract(key, known, limit=2, score_cutoff=50)]
