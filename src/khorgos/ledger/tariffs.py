"""The tariff registry of the package: measures written by hand with their sources, code lists, import weights."""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from khorgos.core.errors import BadFile, BadInput, UnknownName
from khorgos.core.tariffs import WORLD, CodeList, Exemption, TariffGroup, TariffMeasure, TariffRegistry
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.groups import members

#: The files of measures; each is one imposer's.
_FILES = ("china.toml", "us.toml")
_FIELDS = frozenset(TariffMeasure.__dataclass_fields__) | {"target", "rate"}


@lru_cache(maxsize=1)
def tariff_registry() -> TariffRegistry:
    """Every tariff measure that khorgos knows, with groups, code lists and tariff lines.

    Raises:
        BadFile: a measure that cannot be read, or that is not in the schema; names file and measure.
        BadInput: measures that contradict each other.
    """
    head = _toml("registry.toml")
    groups = {name: TariffGroup(name, **_tuples(row)) for name, row in head["group"].items()}
    lists = _lists() | {name: CodeList(name, **_tuples(row)) for name, row in head["list"].items()}
    schedule = {imposer: lists[name].codes for imposer, name in head["schedule"].items()}
    return TariffRegistry(tariff_measures(), groups, lists, head["begins"], head["ends"], _lines(lists), schedule)


@cache
def tariff_measures() -> tuple[TariffMeasure, ...]:
    """The measures alone, without their code lists: what it takes to say when an act was announced and in force.

    Raises:
        BadFile: a measure that cannot be read, or that is not in the schema; names file and measure.
    """
    return tuple(tariff_measure(row, where=row["file"]) for row in measure_tables())


def tariff_measure(row: Mapping[str, Any], *, where: str) -> TariffMeasure:
    """One measure from a table of a TOML file.

    Args:
        row: the table.
        where: the file, for the error.

    Raises:
        BadFile: unknown or missing keys, or values that cannot be right.
    """
    name = str(row.get("id", "without id"))
    given = {key: value for key, value in row.items() if key != "file"}
    if unknown := sorted(set(given) - _FIELDS):
        raise BadFile(f"Measure {name} has unknown keys: {', '.join(unknown)}", path=where)
    if ("rates" in given) == ("target" in given):
        raise BadFile(f"Measure {name} needs target (and rate) or rates", path=where)
    rate, target = given.pop("rate", None), given.pop("target", ())
    rates = given.pop("rates", None) or dict.fromkeys([target] if isinstance(target, str) else target, rate)
    try:
        given["exempt"] = tuple(Exemption(**_areas(_tuples(one), "targets")) for one in given.get("exempt", ()))
        return TariffMeasure(rates=_expanded(rates), **_areas(_tuples(given), "except_targets"))
    except (TypeError, BadInput, UnknownName) as error:
        raise BadFile(f"Measure {name}: {error}", path=where) from error


#: Whose imports each set of weights is.
IMPORTS_OF = {"imports-2024": "USA"}


def import_weights(name: str = "imports-2024") -> pa.Table:
    """Trade to weigh tariffs with: partner, code (HS, the longest that the lists tell apart), value and duty in USD.

    Args:
        name: "imports-2024", imports for consumption of the United States.

    Raises:
        UnknownName: no such weights.

    Source: U.S. Census Bureau, International Trade API, calendar year 2024.
    """
    if name not in IMPORTS_OF:
        raise UnknownName(name, "set of weights", IMPORTS_OF)
    return _parquet("weights.parquet")


def weights_source(name: str = "imports-2024") -> tuple[str, str]:
    """What weights were made from, and the sha256 of the embedded table.

    Args:
        name: as in `import_weights`.

    Raises:
        UnknownName: no such weights.
    """
    made_from = import_weights(name).schema.metadata[b"source"].decode()
    content = files("khorgos.data").joinpath("tariffs/weights.parquet").read_bytes()
    return made_from, hashlib.sha256(content).hexdigest()


def measure_tables() -> Iterator[dict[str, Any]]:
    """The measures as written, each with the file it stands in."""
    for name in _FILES:
        document = _toml(name)
        for row in document["measure"]:
            yield {"imposer": document["imposer"], **row, "file": name}


@cache
def _parquet(name: str) -> pa.Table:
    return pq.ParquetFile(io.BytesIO(files("khorgos.data").joinpath(f"tariffs/{name}").read_bytes())).read()


def _toml(name: str) -> dict[str, Any]:
    text = files("khorgos.data").joinpath(f"tariffs/{name}").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"Not TOML: {error}", path=name) from error


def _lists() -> dict[str, CodeList]:
    table = _parquet("lists.parquet")
    sources = json.loads(table.schema.metadata[b"sources"])
    names, codes, rates = (table[column].to_pylist() for column in ("list", "code", "rate"))
    rows: dict[str, list[tuple[str, float | None]]] = {}
    for name, code, rate in zip(names, codes, rates, strict=True):
        rows.setdefault(name, []).append((code, rate))
    return {
        name: CodeList(
            name,
            tuple(code for code, _ in some),
            tuple(round(rate, 4) for _, rate in some if rate is not None),
            sources[name],
        )
        for name, some in rows.items()
    }


def _lines(lists: Mapping[str, CodeList]) -> dict[str, tuple[str, ...]]:
    """Tariff lines: China's of 2018 with those of its later lists, and the codes of the United States' imports."""
    us = set(_parquet("weights.parquet")["code"].to_pylist())
    china = {code for name, one in lists.items() if name.startswith("cn-") for code in one.codes}
    return {"CHN": _finest(china), "USA": _finest(us)}


def _finest(codes: set[str]) -> tuple[str, ...]:
    heads = {code[:n] for code in codes for n in range(2, len(code))}
    return tuple(sorted(codes - heads))


def _expanded(rates: Mapping[str, float | None]) -> dict[str, float | None]:
    """A group's rate is its members' and its own; a country that is named has its own."""
    found: dict[str, float | None] = {}
    for name, rate in rates.items():
        found[get(name).id] = rate
        if name != WORLD and get(name).kind == "group":
            found |= {member: rate for member in members(name) if member not in rates}
    return found


def _areas(given: dict[str, Any], key: str) -> dict[str, Any]:
    if key in given:
        given[key] = tuple(_expanded(dict.fromkeys(given[key])))
    return given


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
