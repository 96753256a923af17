"""Scenarios in TOML: a strict schema, errors that name the line, files that include others."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from khorgos.core.errors import BadFile, BadInput, KhorgosError
from khorgos.ledger.worlds import WORLDS
from khorgos.report.scenario_tables import TABLES, as_in_force_of, corridor_of, known, measures_of_table, target_of
from khorgos.report.scenario_text import AsInForce, Measure, ScenarioText, Target

#: Keys outside all tables.
TOP = ("title", "note", "model", "theta", "deficits", "include", "target", "as_in_force", *TABLES)
#: How transfers close the world.
DEFICITS = ("share", "nominal", "balanced")

#: Reads another file by the name written in `include`.
Fetch = Callable[[str], str]

_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z_]+)\s*=")


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


@dataclass
class _Parts:
    """What a file and those that it includes bring."""

    measures: list[Measure] = field(default_factory=list)
    in_force: list[Measure] = field(default_factory=list)
    target: Target | None = None
    registry: AsInForce | None = None

    @property
    def empty(self) -> bool:
        return not (self.measures or self.in_force or self.target or self.registry)


def parse(text: str, name: str, fetch: Fetch | None = None) -> ScenarioText:
    """A scenario from TOML.

    Args:
        text: the file's content.
        name: the file's name, for errors.
        fetch: reads another file by the name written in `include`; None allows none.

    Raises:
        BadFile: names the line: bad TOML, an unknown or missing key, a rate without percent sign, an unknown area,
            a file that includes itself.
    """
    data, file = _read(text, name)
    parts = _parts(data, file, fetch, (name,), set())
    if parts.empty:
        raise BadFile(
            "The scenario changes nothing",
            path=name,
            hint="Give a [[tariff]], [[cost]], [[corridor]], [as_in_force] or [target] table",
        )
    return ScenarioText(
        title=_text(data, "title", file, required=True),
        measures=tuple(parts.measures),
        in_force=tuple(parts.in_force),
        note=_text(data, "note", file),
        model=_choice(data, "model", WORLDS, file),
        theta=_theta(data, file),
        deficits=_choice(data, "deficits", DEFICITS, file) or "share",
        text=text,
        target=parts.target,
        registry=parts.registry,
    )


def _read(text: str, name: str) -> tuple[dict[str, Any], _File]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        stopped = re.search(r"line (\d+)", str(error))
        raise BadFile(f"Not TOML: {error}", path=name, row=int(stopped[1]) if stopped else None) from error
    file = _File(text, name)
    for key in data:
        try:
            known(key, "key", TOP)
        except KhorgosError as error:
            raise file.bad(error, key) from error
    return data, file


def _parts(data: Mapping[str, Any], file: _File, fetch: Fetch | None, trail: tuple[str, ...], read: set[str]) -> _Parts:
    """A file's own tables after those of the files that it includes; a file that two others include counts once."""
    parts = _Parts()
    for other in _names(data, file):
        if _plain(other) in map(_plain, trail):
            circle = " -> ".join((*trail, other))
            raise file.bad(BadInput(f"Scenarios include each other: {circle}"), "include")
        if fetch is None:
            raise file.bad(BadInput("This scenario may not include others"), "include")
        if _plain(other) in read:
            continue
        read.add(_plain(other))
        try:
            found = _read(fetch(other), other)
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            raise file.bad(BadInput(f"Cannot read {other}: {why}"), "include") from error
        inner = _parts(*found, fetch, (*trail, other), read)
        parts.measures += inner.measures
        parts.in_force += inner.in_force
        parts.target = inner.target or parts.target
        parts.registry = inner.registry or parts.registry
    _own(data, file, parts)
    return parts


def _own(data: Mapping[str, Any], file: _File, parts: _Parts) -> None:
    for kind in TABLES:
        tables = data.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            raise file.bad(BadInput(f"{kind} is a list of tables", hint=f"Write [[{kind}]]"), kind)
        into = parts.in_force if kind == "in_force" else parts.measures
        for place, table in enumerate(tables):

            def bad(key: str, error: KhorgosError, kind: str = kind, place: int = place) -> BadFile:
                return file.bad(error, kind, place, key)

            into += corridor_of(table, bad) if kind == "corridor" else measures_of_table(kind, table, bad)
    if (target := _one(data, "target", file)) is not None:
        parts.target = target_of(target, lambda key, error: file.bad(error, "target", 0, key))
    if (dated := _one(data, "as_in_force", file)) is not None:
        parts.registry = as_in_force_of(dated, lambda key, error: file.bad(error, "as_in_force", 0, key))


def _one(data: Mapping[str, Any], key: str, file: _File) -> Mapping[str, Any] | None:
    table = data.get(key)
    if table is not None and not isinstance(table, dict):
        raise file.bad(BadInput(f"{key} is one table", hint=f"Write [{key}]"), key)
    return table


def _names(data: Mapping[str, Any], file: _File) -> list[str]:
    written = data.get("include", [])
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
        raise file.bad(BadInput("include is a file name, or a list of them"), "include")
    return names


def _plain(name: str) -> str:
    return name.removesuffix(".toml")


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
