"""`khorgos explain`: one number walked back to rows, releases, files and their sha256."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khorgos.ledger.explain import Walk
from khorgos.ledger.explain import explain as walk
from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.nomenclature.currencies import rate
from khorgos.report.addresses import find, parse_address
from khorgos.report.answer import Answer, remarks
from khorgos.report.credits import published
from khorgos.report.view import Column, View, scale_of

_MOST = 60  # rows shown in full; chosen because a longer list is for --format csv

_COLUMNS = (
    Column("reporter", "Reporter"),
    Column("partner", "Partner"),
    Column("flow", "Flow"),
    Column("period", "Period"),
    Column("value", "Value", "number", decimals=0),
    Column("currency", "In"),
    Column("status", "Status"),
    Column("release", "Release"),
    Column("locator", "Place in the file"),
)


def explain(ledger: Ledger, text: str) -> Answer:
    """Walk a number back.

    Args:
        ledger: the ledger that printed it.
        text: an address such as "growth/CHN/KAZ/2024", a trace token "release#place", or a release's id.

    Returns:
        One row a row of the publishers' files behind it; how it was made and the files stand in the notes.

    Raises:
        BadInput, UnknownName: if the text is no address.
        NoData: if the ledger has no such figure or row.
    """
    if "/" not in text.partition("#")[0] and ":" in text:
        walks = walk(ledger, [text])
        return Answer(View(text, _COLUMNS, _rows(walks), notes=(*_about_rows(walks), *_about_files(walks))))
    address = parse_address(text)
    found = find(ledger, address, trace="row")
    made, walks = found.measured, walk(ledger, found.row["trace"])
    notes = (
        *_formula(made, found.row),
        *_conversions(walks, address.currency),
        *_about_rows(walks),
        *_about_files(walks),
    )
    rows = _rows(walks)
    title = f"{address}: {_said(found.value, found.unit)}"
    return Answer(View(title, _COLUMNS, rows, notes=notes), (made,))


def _said(value: float, unit: str) -> str:
    factor, word = scale_of(value)
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {value / factor:,.4g} {word}".strip()
    return f"{value:,.4g} {unit}"


def _formula(made: Measured, row: Mapping[str, Any]) -> tuple[str, ...]:
    out = [f"Measure: {made.lineage.measure}: {made.lineage.formula}."]
    low, high = row.get("value_low"), row.get("value_high")
    if low is not None and high is not None and low != high:
        out.append(f"Through the rounding of what was printed: {_said(low, made.unit)} to {_said(high, made.unit)}.")
    if method := row.get("method"):
        out.append(f"Made: {method}.")
    if (other := row.get("alternative")) is not None:
        out.append(f"Another road gives {_said(other, made.unit)} ({row['alternative_method']}).")
    return (*out, *remarks([made], leave=("converted",)))


def _conversions(walks: Sequence[Walk], currency: str) -> tuple[str, ...]:
    """The rates at which values in other currencies were converted."""
    pairs = {
        (one.row["currency"], one.row["period"])
        for one in walks
        if one.table == "flow" and one.row and one.row["currency"] != currency
    }
    out = []
    for code, period in sorted(pairs):
        for each in (c for c in (code, currency) if c != "USD"):
            used = rate(each, period)
            more = f" {used.note}." if used.note else ""
            out.append(f"{each} {used.per_usd:g} per USD, {period}: {used.source} ({used.how_sure}).{more} {used.url}")
    return tuple(dict.fromkeys(out))


def _rows(walks: Sequence[Walk]) -> tuple[dict[str, Any], ...]:
    names = [column.name for column in _COLUMNS]
    return tuple({name: (one.row or {}).get(name) for name in names} for one in walks[:_MOST] if one.row)


def _about_rows(walks: Sequence[Walk]) -> tuple[str, ...]:
    out = []
    if len(walks) > _MOST:
        out.append(f"{len(walks) - _MOST} more rows: use --format csv.")
    for one in walks:
        for original in one.originals:
            said = "nothing" if original.value is None else f"{original.value:,.0f} {original.currency}"
            correction = original.correction
            out.append(f"{one.token}: the file says {said}. {correction.change}: {correction.reason}")
        if one.n_parts:
            out.append(f"{one.token} is the sum of {one.n_parts:,} rows of the file.")
    return tuple(out)


def _about_files(walks: Sequence[Walk]) -> tuple[str, ...]:
    files = {one.release.id: one for one in walks}
    out = []
    for one in files.values():
        release, card = one.release, one.source
        state = {
            "verified": f"kept at {one.path}, sha256 verified",
            "changed": f"kept at {one.path}, but its bytes have changed",
            "missing": "not kept here; the hash identifies it",
        }[one.file]
        day = published(release)
        out.append(
            f"{release.id}: {release.attribution or card.publisher}, {release.title}"
            f"{f', published {day}' if day else ', day of publication unknown'}; file {release.filename}, "
            f"{release.n_bytes:,} bytes, sha256 {release.sha256} ({state}). {release.url or ''}".rstrip()
        )
    return tuple(out)
