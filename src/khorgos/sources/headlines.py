"""Headline figures quoted from pages: a csv of one figure a row, with the page and whose figure it is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khorgos.core.errors import BadFile, BadInput, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import Flow, Status
from khorgos.nomenclature.areas import all_areas
from khorgos.nomenclature.periods import Period, parse_period
from khorgos.sources.connector import Connector, Parsed, Peek, Snapshot
from khorgos.sources.flows import scaled
from khorgos.sources.headline_rules import published, rule, step
from khorgos.sources.reading import csv_rows, lines, number, to_table

_COLUMNS = ("reporter", "partner", "flow", "year", "period", "value_usd_bn", "source_url", "source_publisher", "note")
_BILLION = 1e9

SOURCE = Source(
    id="headlines",
    publisher="News pages and officials, each named with its figure",
    title="Published headline figures of China's trade with Central Asia, the Caucasus, Russia and the USA",
    url="each figure's own page",
    licence="Single figures quoted with publisher and page",
    redistribute="figures",
    citation="As named with each figure: the page and the office it quotes.",
    attribution="Published headline figures, each as cited",
    cadence="irregular",
    units="billion USD, rounded as printed",
    valuation="as the quoted office's; not said on most pages",
    rank=20,
    notes="Second-hand: whose figure it is stands in the release's attribution, one release a publisher and page. "
    "Figures converted from yuan, computed and bounds in words have status 'estimated' and a wider rounding, so that "
    "no figure as published gives way to them; known errors have status 'doubted' and are never used as the figure. "
    "A release's sha256 is over the csv's own lines of "
    "that page.",
)


@dataclass(frozen=True, slots=True)
class _Quote:
    """One row."""

    line: int
    raw: str
    cells: dict[str, str]
    period: Period
    value: float | None

    @property
    def facts(self) -> dict[str, str]:
        return {"publisher": self.publisher, "note": self.note, "flow": self.cells["flow"]}

    @property
    def page(self) -> tuple[str, str]:
        return self.publisher, self.cells["source_url"].strip()

    @property
    def publisher(self) -> str:
        return self.cells["source_publisher"].strip()

    @property
    def note(self) -> str:
        return self.cells["note"].strip()


def _recognise(seen: Peek) -> bool:
    first = seen.head.lstrip("\ufeff").split("\n", 1)[0].replace('"', "").strip().rstrip(",")
    return first == ",".join(_COLUMNS)


def _parse(snapshot: Snapshot) -> Parsed:
    name = snapshot.filename
    raw = list(lines(snapshot.path))
    rows = csv_rows(snapshot.path, required=_COLUMNS)
    quotes = [_quote(n, raw[n - 1], cells, name) for n, cells in rows]
    dropped: Counter[str] = Counter()
    pages: dict[tuple[str, str], list[_Quote]] = defaultdict(list)
    for quote in quotes:
        reason = _reason_to_drop(quote)
        if reason:
            dropped[reason] += 1
        else:
            pages[quote.page].append(quote)
    if not pages:
        raise BadFile("The file quotes no page", path=name, hint="It may be cut off: download it again")
    releases, cells, findings = [], [], list(rows.findings())
    for page, quoted in pages.items():
        release = _release(snapshot, page, quoted)
        releases.append(release)
        for quote in quoted:
            row, remarks = _row(quote, release, name)
            cells.append(row)
            findings += remarks
        _refuse_repeats(quoted, name)
    return Parsed(SOURCE, tuple(releases), {"flow": to_table("flow", cells)}, tuple(findings), dict(dropped))


def _quote(n: int, raw: str, cells: dict[str, str], name: str) -> _Quote:
    flow, written = cells["flow"].strip(), cells["period"].strip()
    if flow not in (*Flow, "mirror_gap"):
        raise BadFile(f"Unknown flow {flow!r}", path=name, row=n, column="flow")
    value = number(cells["value_usd_bn"], path=name, row=n, column="value_usd_bn")
    if value is not None and value < 0 and flow != Flow.BALANCE:
        raise BadFile("Only a balance can be negative", path=name, row=n, column="value_usd_bn")
    try:
        period = _period(cells["year"].strip(), written)
    except BadInput as error:
        raise BadFile(f"Unknown period {written!r}: {error.what}", path=name, row=n, column="period") from None
    return _Quote(n, raw, {**cells, "flow": flow}, period, value)


def _period(year: str, written: str) -> Period:
    full = re.sub(r"^(\d{4})-(\d\d)\.\.(\d\d)$", r"\1-\2..\1-\3", written)
    text = year if written == "annual" else full
    period = parse_period(text)
    if str(period.year) != year:
        raise BadInput(f"it is not in the year {year!r}")
    return period


def _reason_to_drop(quote: _Quote) -> str | None:
    found = rule("drop", quote.facts)
    if found:
        return str(found["why"])
    for side in ("reporter", "partner"):
        if quote.cells[side].strip().startswith("CA4 ") and _area(quote.cells[side]) is None:
            return "group without an id (CA4, four of the five)"
    return None


def _release(snapshot: Snapshot, page: tuple[str, str], quoted: Sequence[_Quote]) -> Release:
    publisher, url = page
    own = "\n".join(quote.raw for quote in quoted).encode()
    day, precision = published(f"{publisher} {url}", max(quote.period.last_day for quote in quoted), snapshot.retrieved)
    withheld = rule("withhold", quoted[0].facts) is not None
    return Release(
        source=SOURCE.id,
        title=f"Figures quoted from {url[:120] or publisher}",
        published=day,
        precision=precision,
        retrieved=snapshot.retrieved,
        filename=snapshot.filename,
        sha256=hashlib.sha256(own).hexdigest(),
        n_bytes=len(own),
        redistribute="no" if withheld else SOURCE.redistribute,
        url=url or None,
        attribution=publisher,
    )


def _row(quote: _Quote, release: Release, name: str) -> tuple[dict[str, Any], list[Finding]]:
    estimate, remark = rule("estimate", quote.facts), rule("remark", quote.facts)
    valuation = rule("valuation", quote.facts) or {}
    widen = (estimate or remark or {}).get("widen", 1)
    flow, written = quote.cells["flow"], quote.cells["value_usd_bn"]
    row = {
        "reporter": _known(quote, "reporter", name),
        "partner": _known(quote, "partner", name),
        "flow": flow,
        "period": str(quote.period),
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": scaled(quote.value, _BILLION),
        "currency": "USD",
        "valuation": valuation.get(flow),
        "status": str(_status(estimate)),
        "rounding": None if quote.value is None else scaled(step(written, quote.facts, widen), _BILLION),
        "release": release.id,
        "locator": f"line {quote.line}",
    }
    said = [found for found in (estimate, remark) if found]
    text = f"{row['reporter']} {flow} {row['partner']} {row['period']}, {written} bn ({quote.publisher})"
    where = f"line {quote.line}"
    findings = [
        Finding(found["code"], f"{text}: {found['why']}. Note: {quote.note}", _severity(found), where=where)
        for found in said
    ]
    if not said and quote.note:
        findings = [Finding("note", f"{text}. Note: {quote.note}", where=where)]
    return row, findings


def _status(estimate: dict[str, Any] | None) -> Status:
    if estimate is None:
        return Status.REPORTED
    return Status.DOUBTED if estimate["widen"] == "all" else Status.ESTIMATED


def _severity(found: dict[str, Any]) -> Any:
    return "warning" if found.get("widen") == "all" else "note"


def _known(quote: _Quote, side: str, name: str) -> str:
    area = _area(quote.cells[side])
    if area is None:
        raise UnmappedCode(
            f"Unknown {side} {quote.cells[side]!r}; it carries {quote.value or 0:g} bn",
            path=name,
            row=quote.line,
            column=side,
        )
    return area


def _area(written: str) -> str | None:
    """The csv writes ids, and groups as "CA5 (KAZ+KGZ+...)"."""
    plain = written.strip().partition(" (")[0]
    return plain if plain in {area.id for area in all_areas()} else None


def _refuse_repeats(quoted: Sequence[_Quote], name: str) -> None:
    seen: dict[tuple[str, ...], _Quote] = {}
    for quote in quoted:
        key = (*(quote.cells[c] for c in ("reporter", "partner", "flow")), str(quote.period))
        first = seen.setdefault(key, quote)
        if first is not quote:
            raise BadFile(
                "One page is quoted twice for the same cell",
                path=name,
                row=quote.line,
                hint=f"First in row {first.line}",
            )


CONNECTOR = Connector(
    source=SOURCE,
    name="Published headline figures",
    files=f"*.csv: {','.join(_COLUMNS)}",
    recognise=_recognise,
    parse=_parse,
)
