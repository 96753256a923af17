"""Declared corrections: a publisher's mistake is mended by name, with its reason, as long as it is there."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

import duckdb

from khorgos.core.errors import BadFile, BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release
from khorgos.core.schema import FLOW
from khorgos.ledger.manifest import Applied

_DECLARED = Path(__file__).with_name("corrections.toml")
_OF_RELEASES = ("source", "title", "filename")
_serial = count()


@dataclass(frozen=True, slots=True)
class Correction:
    """One publisher's mistake in trade rows and how it is mended.

    Args:
        id: stable slug.
        reported: day it was declared.
        reason: what is wrong.
        reference: where that can be seen.
        match: source, title, filename of the release and columns of the rows, each with the values allowed.
        earlier: period whose sum must exceed that of `later` while the mistake is there.
        later: see `earlier`.
        multiply: factor on value and rounding.
        currency: what the values are in after it; None for as before.
        drop: leave the rows out.
    """

    id: str
    reported: dt.date
    reason: str
    reference: str
    match: Mapping[str, tuple[str, ...]]
    earlier: str
    later: str
    multiply: float = 1.0
    currency: str | None = None
    drop: bool = False

    def __post_init__(self) -> None:
        if unknown := set(self.match) - {*_OF_RELEASES, *FLOW.names}:
            raise BadInput(f"Corrections cannot match {sorted(unknown)[0]!r}", where=self.id)
        if "source" not in self.match:
            raise BadInput("A correction names the source whose files it mends", where=self.id)
        if self.drop == (self.multiply != 1.0 or self.currency is not None):
            raise BadInput("A correction either drops rows or changes them", where=self.id)

    @property
    def change(self) -> str:
        """What it does, in words."""
        if self.drop:
            return "rows left out"
        unit = f", now in {self.currency}" if self.currency else ""
        return f"value multiplied by {self.multiply:g}{unit}"


@dataclass(frozen=True, slots=True)
class Corrected:
    """Rows after the corrections.

    Args:
        relation: name of the view over them.
        originals: names of views with what the publisher had printed (table "correction").
        applied: what was done, for the manifest.
        findings: what the user should know.
    """

    relation: str
    originals: tuple[str, ...]
    applied: tuple[Applied, ...]
    findings: tuple[Finding, ...]


@lru_cache(maxsize=1)
def declared_corrections() -> tuple[Correction, ...]:
    """The corrections that khorgos declares, from its `corrections.toml`."""
    return read_corrections(_DECLARED.read_text(encoding="utf-8"))


def read_corrections(text: str) -> tuple[Correction, ...]:
    """Read declarations in TOML.

    Args:
        text: tables `[[correction]]` as in `corrections.toml`.

    Returns:
        The corrections, in the order written.

    Raises:
        BadInput: a declaration lacks something or says something unknown.
    """
    try:
        return tuple(_correction(one) for one in tomllib.loads(text)["correction"])
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"A declared correction cannot be read: {error}") from error


def correct(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    releases: Sequence[Release],
    corrections: Sequence[Correction],
) -> Corrected:
    """Apply what is declared for the releases of a file.

    Args:
        con: the engine that holds the rows.
        relation: name of a view of trade rows.
        releases: the releases behind them.
        corrections: the declarations, applied in order.

    Returns:
        The rows after them; the view given where none applied.

    Raises:
        BadFile: rows match, but the mistake is no longer there.
    """
    originals: list[str] = []
    applied: list[Applied] = []
    findings: list[Finding] = []
    for one in corrections:
        mine = {release.id: release for release in releases if _matches(one, release)}
        if not mine:
            continue
        condition = _condition(one, mine)
        counts = con.execute(f"SELECT release, count(*) FROM {relation} WHERE {condition} GROUP BY 1 ORDER BY 1")
        hits = [(mine[release], number) for release, number in counts.fetchall()]
        tested = [(release, number) for release, number in hits if _still_wrong(con, relation, one, release)]
        findings += [_untested(one, release) for release, number in hits if (release, number) not in tested]
        if not tested:
            continue
        condition = _condition(one, {release.id: release for release, _ in tested})
        originals.append(_view(con, f"SELECT {_original(one)} FROM {relation} WHERE {condition}"))
        relation = _view(con, _change(one, relation, condition))
        applied += [_applied(one, release, number) for release, number in tested]
        findings += [_told(one, release, number) for release, number in tested]
    return Corrected(relation, tuple(originals), tuple(applied), tuple(findings))


def _correction(one: Mapping[str, object]) -> Correction:
    match, change, expect = one["match"], one["change"], one["expect"]
    if not (isinstance(match, dict) and isinstance(change, dict) and isinstance(expect, dict)):
        raise BadInput("match, change and expect are tables", where=str(one.get("id")))
    if expect.get("check") != "falls":
        raise BadInput(f"Unknown check {expect.get('check')!r}", where=str(one["id"]), hint="There is: falls")
    reported = one["reported"]
    if not isinstance(reported, dt.date):
        raise BadInput("The day a correction was reported is a date", where=str(one["id"]))
    return Correction(
        id=str(one["id"]),
        reported=reported,
        reason=str(one["reason"]),
        reference=str(one["reference"]),
        match={name: tuple(value) if isinstance(value, list) else (str(value),) for name, value in match.items()},
        earlier=expect["earlier"],
        later=expect["later"],
        **change,
    )


def _matches(one: Correction, release: Release) -> bool:
    return all(getattr(release, name) in one.match[name] for name in _OF_RELEASES if name in one.match)


def _condition(one: Correction, releases: Mapping[str, Release]) -> str:
    wanted = {"release": tuple(releases)} | {n: values for n, values in one.match.items() if n not in _OF_RELEASES}
    return " AND ".join(f"{name} IN ({', '.join(_text(v) for v in values)})" for name, values in wanted.items())


def _still_wrong(con: duckdb.DuckDBPyConnection, relation: str, one: Correction, release: Release) -> bool:
    """Whether the mistake can be seen; an error where its absence can be seen."""
    found = con.execute(
        f"SELECT sum(late.value), sum(early.value) FROM {relation} AS late JOIN {relation} AS early "
        "USING (release, reporter, partner, flow, product, nomenclature, currency) "
        f"WHERE release = {_text(release.id)} AND late.period = {_text(one.later)} "
        f"AND early.period = {_text(one.earlier)}"
    ).fetchone()
    late, early = found or (None, None)
    if late is None or early is None:
        return False
    if late >= early:
        raise BadFile(
            f"The correction {one.id} is obsolete: {one.later} no longer falls below {one.earlier}",
            path=release.filename,
            hint="The publisher mended the file; khorgos must drop the correction before it can be imported",
        )
    return True


def _change(one: Correction, relation: str, condition: str) -> str:
    if one.drop:
        return f"SELECT * FROM {relation} WHERE NOT ({condition})"
    changed = [f"CASE WHEN {condition} THEN {n} * {one.multiply!r} ELSE {n} END AS {n}" for n in ("value", "rounding")]
    if one.currency:
        changed.append(f"CASE WHEN {condition} THEN {_text(one.currency)} ELSE currency END AS currency")
    return f"SELECT * REPLACE ({', '.join(changed)}) FROM {relation}"


def _original(one: Correction) -> str:
    return f"release, locator, {_text(one.id)} AS correction, value, currency"


def _view(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    name = f"corrected_{next(_serial)}"
    con.execute(f"CREATE VIEW {name} AS {sql}")
    return name


def _applied(one: Correction, release: Release, number: int) -> Applied:
    return Applied(one.id, release.id, number, one.change, one.reason, one.reported, one.reference)


def _told(one: Correction, release: Release, number: int) -> Finding:
    return Finding("corrected", f"{number:,} rows corrected: {one.reason} ({one.change})", "note", release.filename)


def _untested(one: Correction, release: Release) -> Finding:
    return Finding(
        "correction-untested",
        f"Not corrected, because the file does not show whether it needs {one.id}: {one.reason}",
        "warning",
        release.filename,
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
