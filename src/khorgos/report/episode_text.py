"""Episodes of a hindcast as people write them: TOML with a strict schema, and tables of tariffs by day."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from khorgos.core.errors import BadFile, BadInput, KhorgosError, UnknownName
from khorgos.ledger.worlds import EARLIER, WORLDS
from khorgos.nomenclature.areas import area, get, is_aggregate
from khorgos.nomenclature.groups import members
from khorgos.report.scenario_text import HIGHEST, areas, percent

_TOP = (
    "title", "note", "world", "before", "after", "trend", "reporters", "rivals", "sources", "least", "rates", "tariff",
    "outcome", "total",
)  # fmt: skip
_TARIFF = ("importer", "exporter", "before", "steps", "legal", "source", "publisher")
_STEP = ("from", "rate")
_OUTCOME = ("reporter", "partner", "flow", "value", "was", "growth", "source", "publisher")
_CARD = ("file", "legal", "source", "publisher")
_RATES = ("importer", "exporter", "from", "percent")
_FLOWS = ("export", "import", "total")
#: Years that trade statistics of the ledger can be about.
_YEARS = (1960, 2100)


@dataclass(frozen=True, slots=True)
class Step:
    """A tariff from a day on.

    Args:
        start: first day in force.
        rate: a fraction.
    """

    start: dt.date
    rate: float


@dataclass(frozen=True, slots=True)
class Levy:
    """What some importers levied on some exporters, day by day.

    Args:
        importers, exporters: ISO3; () for everybody.
        before: the rate of the year before, a fraction.
        steps: rates from a day on, in order.
        legal: legal basis and weights.
        source: where that can be read.
        publisher: who says so.
    """

    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    before: float
    steps: tuple[Step, ...]
    legal: str = ""
    source: str = ""
    publisher: str = ""

    def __post_init__(self) -> None:
        if any(not 0 <= rate <= HIGHEST for rate in (self.before, *(one.rate for one in self.steps))):
            raise BadInput("A tariff lies outside 0 to 1000 per cent", where=self.legal)
        days = [one.start for one in self.steps]
        if not days or sorted(set(days)) != days:
            raise BadInput("Steps come in order, each on a day of its own, one at least", where=self.legal)

    def mean(self, year: int) -> float:
        """The rate averaged over the days of a year; before the first step that of the year before."""
        length = 366 if calendar.isleap(year) else 365
        marks = [dt.date(year, 1, 1), *(one.start for one in self.steps if one.start.year == year)]
        ends = [*marks[1:], dt.date(year + 1, 1, 1)]
        spans = zip(marks, ends, strict=True)
        return sum(self.on(start) * (end - start).days for start, end in spans) / length

    def on(self, day: dt.date) -> float:
        """The rate in force on a day."""
        return next((one.rate for one in reversed(self.steps) if one.start <= day), self.before)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A published figure that the ledger has not.

    Args:
        reporter: ISO3.
        partner: area or group; None for all partners together.
        flow: export, import or total.
        growth: of the year after over the year before, a fraction.
        value: of the year after in USD; None where only its growth was published.
        source: the page.
        publisher: who says so.
    """

    reporter: str
    partner: str | None
    flow: str
    growth: float
    value: float | None
    source: str
    publisher: str


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as written.

    Args:
        title: one line.
        world: the embedded world of the eve.
        before, after: years that are compared.
        trend: years before that a trend is taken from.
        reporters: whose statistics decide.
        rivals: who fought; flows between them are scored apart too.
        sources: of the ledger's figures; None for all.
        least: flows of the year before below this, in USD, are not scored.
        levies: tariffs; of two that name a pair the later one holds.
        outcomes: figures that the ledger has not.
        totals: growth of a reporter's trade with all.
        note: what a reader should know.
        text: the whole source, for the trace.
    """

    title: str
    world: str
    before: int
    after: int
    trend: int
    reporters: tuple[str, ...]
    rivals: tuple[str, ...]
    sources: tuple[str, ...] | None
    least: float
    levies: tuple[Levy, ...]
    outcomes: tuple[Outcome, ...] = ()
    totals: tuple[Outcome, ...] = ()
    note: str = ""
    text: str = field(default="", repr=False)

    @property
    def span(self) -> int:
        """Years between the two that are compared."""
        return self.after - self.before


def parse(text: str, name: str, fetch: Callable[[str], str]) -> Episode:
    """An episode from TOML.

    Args:
        text: the file's content.
        name: the file's name, for errors.
        fetch: reads the table of rates by its name.

    Raises:
        BadFile: names the table and key: bad TOML, an unknown or missing key, a rate without percent sign, an unknown
            area, years in disorder, a figure told twice.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        stopped = re.search(r"line (\d+)", str(error))
        raise BadFile(f"Not TOML: {error}", path=name, row=int(stopped[1]) if stopped else None) from error
    try:
        return _episode(data, text, fetch)
    except BadFile:
        raise
    except KhorgosError as error:
        raise BadFile(error.what, path=f"{name}: {error.where}" if error.where else name, hint=_hint(error)) from error


def _hint(error: KhorgosError) -> str | None:
    if isinstance(error, UnknownName) and error.nearest:
        return f"Did you mean {', '.join(error.nearest)}?"
    return error.hint


def _episode(data: Mapping[str, Any], text: str, fetch: Callable[[str], str]) -> Episode:
    _known(data, _TOP, "key")
    before, after = (_whole(data, key, *_YEARS) for key in ("before", "after"))
    if after <= before:
        raise BadInput("after is later than before", where="after")
    world = data.get("world")
    if world not in (*WORLDS, *EARLIER):
        raise BadInput(f"world is one of {', '.join((*WORLDS, *EARLIER))}, not {world!r}", where="world")
    levies = [_levy(one, f"tariff {k}") for k, one in enumerate(_tables(data, "tariff"), start=1)]
    if "rates" in data:
        levies += _rates(data["rates"], fetch)
    if not levies:
        raise BadInput("The episode has no tariffs", hint="Give a [[tariff]] table or rates")
    outcomes, totals = (
        tuple(_outcome(one, f"{kind} {k}", kind) for k, one in enumerate(_tables(data, kind), start=1))
        for kind in ("outcome", "total")
    )
    _once(outcomes, "outcome")
    _once(totals, "total")
    return Episode(
        title=_words(data, "title", required=True),
        world=world,
        before=before,
        after=after,
        trend=_whole(data, "trend", 1, 20),
        reporters=_single(data, "reporters"),
        rivals=_single(data, "rivals"),
        sources=_texts(data, "sources"),
        least=_number(data, "least", 0.0),
        levies=tuple(levies),
        outcomes=outcomes,
        totals=totals,
        note=_words(data, "note"),
        text=text,
    )


def _once(found: Sequence[Outcome], kind: str) -> None:
    keys = [(one.reporter, one.partner, one.flow) for one in found]
    for place, key in enumerate(keys, start=1):
        if key in keys[: place - 1]:
            raise BadInput("A figure is told twice", where=f"{kind} {place}")


def _levy(table: Mapping[str, Any], where: str) -> Levy:
    _known(table, _TARIFF, "key of tariff", where)
    steps = table.get("steps")
    if not isinstance(steps, list) or not all(isinstance(one, dict) for one in steps):
        raise BadInput("steps is a list", where=where, hint='steps = [{ from = 2025-03-04, rate = "20%" }]')
    try:
        sides = [areas(_needed(table, key, str | list, where)) for key in ("importer", "exporter")]
        return Levy(
            sides[0],
            sides[1],
            _percent(table, "before", where),
            tuple(_step(one, where) for one in steps),
            *(_words(table, key, where=where) for key in ("legal", "source", "publisher")),
        )
    except KhorgosError as error:
        error.where = where
        raise


def _step(one: Mapping[str, Any], where: str) -> Step:
    _known(one, _STEP, "key of a step", where)
    start = one.get("from")
    if not isinstance(start, dt.date) or isinstance(start, dt.datetime):
        raise BadInput("from is a day", where=where, hint="Write it like 2025-03-04, without quotes")
    return Step(start, _percent(one, "rate", where))


def _rates(card: Any, fetch: Callable[[str], str]) -> list[Levy]:
    """Levels in per cent from a day on, in a csv file; the first row of a pair is the rate of the year before."""
    if not isinstance(card, dict) or not isinstance(card.get("file"), str):
        raise BadInput("rates names a csv file", where="rates", hint='[rates] with file = "rates.csv"')
    _known(card, _CARD, "key of rates", "rates")
    name = card["file"]
    try:
        text = fetch(name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"Cannot read {name}: {error}", where="rates") from error
    about = [_words(card, key, where="rates") for key in ("legal", "source", "publisher")]
    made = []
    for (importer, exporter), steps in _by_pair(text, name).items():
        side = members(exporter) if is_aggregate(exporter) else (exporter,)
        try:
            made.append(Levy((importer,), tuple(side), steps[0].rate, tuple(steps), *about))
        except BadInput as error:
            raise BadFile(error.what, path=name, column=f"{importer}, {exporter}") from error
    return made


def _by_pair(text: str, name: str) -> dict[tuple[str, str], list[Step]]:
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != _RATES:
        raise BadFile(f"The columns are {', '.join(_RATES)}", path=name, row=1)
    found: dict[tuple[str, str], list[Step]] = {}
    for number, row in enumerate(reader, start=2):
        try:
            step = Step(dt.date.fromisoformat(row["from"]), float(row["percent"]) / 100)
            pair = (area(row["importer"]).id, area(row["exporter"]).id)
        except (ValueError, TypeError, KhorgosError) as error:
            raise BadFile(f"The row cannot be read: {error}", path=name, row=number) from error
        found.setdefault(pair, []).append(step)
    return found


def _outcome(table: Mapping[str, Any], where: str, kind: str) -> Outcome:
    allowed = _OUTCOME if kind == "outcome" else tuple(key for key in _OUTCOME if key != "partner")
    _known(table, allowed, f"key of {kind}", where)
    try:
        reporter = area(_needed(table, "reporter", str, where)).id
        partner = area(_needed(table, "partner", str, where)).id if kind == "outcome" else None
    except KhorgosError as error:
        error.where = where
        raise
    flow = table.get("flow")
    if flow not in _FLOWS:
        raise BadInput(f"flow is one of {', '.join(_FLOWS)}, not {flow!r}", where=where)
    if not table.get("source") or not table.get("publisher"):
        raise BadInput("A figure has a source and a publisher", where=where)
    value = _number(table, "value", None, where)
    if ("growth" in table) == ("was" in table):
        raise BadInput("Give growth, or what it was before", where=where, hint='growth = "12.8%" or was = 438.8e9')
    if "growth" in table:
        growth = _percent(table, "growth", where)
    elif value is None:
        raise BadInput("value is missing", where=where)
    else:
        growth = value / _number(table, "was", None, where) - 1.0
    if growth <= -1.0 or (value is not None and value <= 0):
        raise BadInput("Trade is above zero", where=where)
    return Outcome(reporter, partner, flow, growth, value, str(table["source"]), str(table["publisher"]))


# --- one key ------------------------------------------------------------------------------------------------------
def _known(table: Mapping[str, Any], allowed: Sequence[str], kind: str, where: str | None = None) -> None:
    from rapidfuzz import process

    for key in table:
        if key not in allowed:
            near = [found for found, _, _ in process.extract(key, allowed, limit=2, score_cutoff=50)]
            error = UnknownName(key, kind, near)
            error.where = where
            raise error


def _tables(data: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    tables = data.get(kind, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise BadInput(f"{kind} is a list of tables", where=kind, hint=f"Write [[{kind}]]")
    return tables


def _needed(table: Mapping[str, Any], key: str, kind: Any, where: str) -> Any:
    if not isinstance(table.get(key), kind):
        raise BadInput(f"{key} is missing", where=where, hint=f'For example {key} = "USA"')
    return table[key]


def _percent(table: Mapping[str, Any], key: str, where: str) -> float:
    written = table.get(key)
    if not isinstance(written, str):
        raise BadInput(f"{key} = {written!r} has no percent sign", where=where, hint=f'Write {key} = "25%"')
    return percent(written, where=where)[0]


def _number(table: Mapping[str, Any], key: str, default: float | None, where: str | None = None) -> Any:
    value = table.get(key, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15):
        raise BadInput(f"{key} is a number of dollars, not {value!r}", where=where or key)
    return value


def _whole(data: Mapping[str, Any], key: str, least: int, most: int) -> int:
    if key not in data:
        raise BadInput(f"{key} is missing", where=key, hint=f"It is a whole number from {least} to {most}")
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(f"{key} is a whole number from {least} to {most}, not {value!r}", where=key)
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    names = data.get(key)
    if names is None:
        return None
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        raise BadInput(f"{key} is a list of names", where=key)
    return tuple(names)


def _single(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = _texts(data, key)
    if names is None:
        raise BadInput(f"{key} is missing", where=key, hint=f'For example {key} = ["USA", "CHN"]')
    found = tuple(area(one).id for one in names)
    if group := next((one for one in found if is_aggregate(one)), None):
        raise BadInput(f"{get(group).name} is a group; name single economies", where=key)
    return found


def _words(table: Mapping[str, Any], key: str, *, required: bool = False, where: str | None = None) -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or (required and not value.strip()):
        raise BadInput(f"{key} is missing or no text", where=where or key, hint=f'Write {key} = "..."')
    return " ".join(value.split())
