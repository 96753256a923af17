"""A made-up ledger, and texts as claims: consistent ones from a ledger's own figures, and such with one error."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from khorgos.claims.claim import Claim
from khorgos.claims.places import place
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import TABLES
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.area_register import get
from khorgos.sources.connector import Parsed

FIVE = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
SIDES = ("CHN", "RUS", *FIVE)
YEARS = range(2008, 2025)
_PUBLISHED = dt.date(2025, 1, 20)


def source(name: str, rank: int = 10) -> Source:
    return Source(
        id=name,
        publisher=f"Office {name}",
        title=f"Trade of {name}",
        url="https://example.org",
        licence="open",
        redistribute="yes",
        citation=name,
        attribution=name,
        cadence="annual",
        units="USD",
        valuation="exports FOB, imports CIF",
        rank=rank,
    )


def release(card: Source, name: str, published: dt.date | None, attribution: str | None = None) -> Release:
    return Release(
        source=card.id,
        title=name,
        published=published,
        precision="day" if published else "unknown",
        retrieved=dt.date(2025, 2, 1),
        filename=f"{name}.csv",
        sha256=hashlib.sha256(f"{card.id}/{name}".encode()).hexdigest(),
        n_bytes=1,
        redistribute="yes",
        attribution=attribution,
    )


def row(reporter: str, partner: str, flow: str, period: str, value: float, **more: Any) -> dict[str, Any]:
    return {
        "reporter": reporter,
        "partner": partner,
        "flow": flow,
        "period": period,
        "product": "TOTAL",
        "nomenclature": "TOTAL",
        "value": value,
        "currency": "USD",
        "valuation": {"export": "FOB", "import": "CIF"}.get(flow),
        "partner_basis": None,
        "quantity": None,
        "quantity_unit": None,
        "status": "reported",
        "rounding": None,
    } | more


def parsed(card: Source, of: Release, table: str, rows: Sequence[dict[str, Any]]) -> Parsed:
    named = [{"release": of.id, "locator": f"{table} {i}", **one} for i, one in enumerate(rows)]
    return Parsed(source=card, releases=(of,), tables={table: pa.Table.from_pylist(named, schema=TABLES[table])})


def made_up(empty: Ledger) -> Ledger:
    """Every side's exports and imports with every other, which the other side sees differently; yuan for China."""
    dice = random.Random(20250320)
    rows: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for one in SIDES:
        for other in SIDES:
            if one == other:
                continue
            level, gap = math.exp(dice.uniform(17.5, 24.0)), math.exp(dice.uniform(-0.5, 0.5))
            for year in YEARS:
                level *= math.exp(dice.gauss(0.05, 0.15))
                seen = level * gap * math.exp(dice.gauss(0.0, 0.03))
                yuan = {"currency": "CNY", "rounding": 1e4} if one == "CHN" and year == 2024 else {}
                value = round(level * 7.12, -4) if yuan else round(level)
                rows[one].append(row(one, other, "export", str(year), value, **yuan))
                rows[other].append(row(other, one, "import", str(year), round(seen)))
    files = []
    for side, own in rows.items():
        card = source(f"office-{side.lower()}")
        files.append(parsed(card, release(card, "all years", _PUBLISHED), "flow", own))
    return ingest(empty, files, corrections=()).ledger


@dataclass(frozen=True)
class Truth:
    """A figure that a claim may state: exact value, unit, and what it is of."""

    kind: str
    reporter: str
    partner: str
    flow: str
    period: str
    value: float
    unit: str
    base_period: str | None = None
    scope: str | None = None


def written(truth: Truth, dice: random.Random, attribution: str | None) -> Claim | None:
    """A truth in words: rounded or cut off somewhere, in some scale, with some qualifier, seen from some side."""
    if truth.unit == "rank":
        return _claim(
            truth, f"number {truth.value:.0f}", truth.value, step=None, qualifier="exact", attribution=attribution
        )
    scale = 1.0
    if truth.unit in ("USD", "CNY"):
        scale = 1e9 if abs(truth.value) >= 1e8 and dice.random() < 0.8 else 1e6
    decimals = dice.choice((0, 1, 1, 2)) if scale > 1 or truth.unit == "percent" else dice.choice((0, 1))
    scaled = truth.value / scale
    step = 10.0**-decimals
    cut = dice.random() < 0.3 and truth.unit in ("USD", "CNY")
    printed = math.trunc(scaled / step) * step if cut else round(scaled, decimals)
    printed = round(printed, decimals)
    if abs(printed) < (10 * step if truth.unit in ("USD", "CNY") else step):
        return None  # a reader would be given more digits
    qualifier = "exact"
    if truth.unit in ("USD", "CNY") and dice.random() < 0.3:
        above = abs(printed) >= abs(scaled)
        qualifier = dice.choice(("approx", "nearly" if above else "more_than"))
    scales = {1e9: " billion", 1e6: " million", 1.0: ""}
    sign = "%" if truth.unit == "percent" else " times" if truth.unit == "times" else ""
    surface = f"{printed:.{decimals}f}{scales[scale]}{sign}"
    return _claim(truth, surface, printed * scale, step=step * scale, qualifier=qualifier, attribution=attribution)


def _claim(
    truth: Truth, surface: str, value: float, *, step: float | None, qualifier: str, attribution: str | None
) -> Claim:
    span = (0, len(surface))
    return Claim(
        article="generated",
        sentence=surface,
        sentence_span=span,
        span=span,
        value_span=span,
        surface=surface,
        kind=truth.kind,
        reporter=place(truth.reporter),
        partner=place(truth.partner),
        flow=truth.flow,
        period=truth.period,
        value=value,
        unit=truth.unit,
        qualifier=qualifier,
        base_period=truth.base_period,
        attribution=attribution,
        scope=truth.scope,
        rounding=step,
        currency="USD" if truth.kind == "growth" else None,
    )


class Book:
    """One side's figures of one ledger, exact."""

    def __init__(self, side: str, cells: dict[tuple[str, str, str], float]) -> None:
        self.side = side
        self._cells = cells

    def get(self, partner: str, flow: str, year: int) -> float | None:
        if flow in ("total", "balance"):
            out, back = (self.get(partner, way, year) for way in ("export", "import"))
            if out is None or back is None:
                return None
            return out + back if flow == "total" else out - back
        if get(partner).kind == "group":
            parts = [self.get(one, flow, year) for one in FIVE]
            return None if None in parts else sum(one for one in parts if one is not None)
        return self._cells.get((partner, flow, str(year)))


def truths(book: Book, partners: Sequence[str], years: Sequence[int], dice: random.Random) -> Iterator[Truth]:
    """Levels, changes, shares, balances and ranks that hold in a side's own figures."""
    side = book.side
    for year in years:
        for partner in partners:
            for flow in ("export", "import", "total"):
                value, base = book.get(partner, flow, year), book.get(partner, flow, year - 1)
                if value is None or value <= 0:
                    continue
                yield _turned(Truth("level", side, partner, flow, str(year), value, "USD"), dice)
                if base is not None and base > 0:
                    yield from _changes((side, partner, flow), year, value, base, dice)
            yield from _standing(book, partner, year, partners)


def _changes(cell: tuple[str, str, str], year: int, value: float, base: float, dice: random.Random) -> Iterator[Truth]:
    side, partner, flow = cell
    before = str(year - 1)
    growth = 100 * (value / base - 1)
    yield _turned(Truth("growth", side, partner, flow, str(year), growth, "percent", before), dice)
    yield Truth("level", side, partner, flow, before, base, "USD")
    yield Truth("difference", side, partner, flow, str(year), value - base, "USD", before)
    if value / base >= 1.5:
        yield Truth("ratio_multiple", side, partner, flow, str(year), value / base, "times", before)


def _standing(book: Book, partner: str, year: int, partners: Sequence[str]) -> Iterator[Truth]:
    side, text = book.side, str(year)
    balance, total, out = (book.get(partner, flow, year) for flow in ("balance", "total", "export"))
    if balance is not None:
        yield Truth("balance", side, partner, "balance", text, balance, "USD")
    if total and out:
        yield Truth("share", side, partner, "export", text, 100 * out / total, "percent", scope="total trade")
    if partner in FIVE and set(FIVE) <= set(partners):
        figures = {one: book.get(one, "total", year) for one in FIVE}
        known = {one: value for one, value in figures.items() if value is not None}
        if len(known) < len(FIVE):
            return
        rank = 1 + sum(value > known[partner] for value in known.values())
        yield Truth("rank", side, partner, "total", text, rank, "rank", scope="Central Asian partners by turnover")


def _turned(truth: Truth, dice: random.Random) -> Truth:
    """The same flow, now and then worded from the partner's side."""
    if dice.random() < 0.6 or get(truth.partner).kind == "group":
        return truth
    flows = {"export": "import", "import": "export", "total": "total"}
    return replace(truth, reporter=truth.partner, partner=truth.reporter, flow=flows[truth.flow])


def wronged(claim: Claim, dice: random.Random) -> Claim:
    """The claim with an error that changes what a reader learns: of an amount 15 to 50 per cent, of a rate
    ten to forty points."""
    assert claim.value is not None
    if claim.unit == "rank":
        value = claim.value + 1 if claim.value < len(FIVE) else claim.value - 1
    elif claim.unit == "percent":
        value = claim.value + dice.choice((-1, 1)) * dice.uniform(10, 40)
    else:
        value = claim.value * (1 + dice.choice((-1, 1)) * dice.uniform(0.15, 0.5))
    step = claim.rounding or 1.0
    value = value if claim.unit == "rank" else round(value / step) * step
    return replace(claim, value=value, qualifier="exact", note="planted")
