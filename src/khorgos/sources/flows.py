"""Cells of a publisher's table become rows of trade: names looked up, repeats caught, sums checked."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.nomenclature.areas import is_aggregate
from khorgos.sources.partner_names import GROUP
from khorgos.sources.tables import to_table

#: Chosen because a printed total is rounded by itself: half a step for each of the parts and one for the total,
#: and publishers add small secret or unspecified flows (Kazakhstan's parts miss its total by up to 0.2 per cent).
SUM_TOLERANCE = 0.005

#: Chosen because the coarsest tables print 10,000 yuan: three figures of three rounded cells each miss by 45,000.
TOTAL_SLACK = 45_000.0

_KEY = ("reporter", "partner", "flow", "period", "product", "nomenclature", "currency", "valuation", "partner_basis")


@dataclass(frozen=True, slots=True)
class Terms:
    """What all cells of a table have in common.

    Args:
        reporter: who declared.
        currency: ISO 4217.
        unit: units of the currency in one of the file's (1000 for "thousand USD").
        valuation: by flow; a flow left out has none.
        basis: partner basis by flow; a flow left out has none.
        product: code, with its nomenclature.
        nomenclature: of the product.
    """

    reporter: str
    currency: str = "USD"
    unit: float = 1.0
    valuation: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    product: str = "TOTAL"
    nomenclature: str = "TOTAL"


#: Exports free on board, imports with cost, insurance and freight, their sum mixed (IMTS 2010, para. 4.8).
FOB_CIF: Mapping[str, str] = {
    Flow.EXPORT: Valuation.FOB,
    Flow.IMPORT: Valuation.CIF,
    Flow.TOTAL: Valuation.MIXED,
    Flow.BALANCE: Valuation.MIXED,
}

#: Imports by country of origin, exports by last known destination (IMTS 2010, para. 6.25).
ORIGIN_DESTINATION: Mapping[str, str] = {
    Flow.EXPORT: PartnerBasis.DESTINATION,
    Flow.IMPORT: PartnerBasis.ORIGIN,
}


class FlowRows:
    """Collects the cells of one release.

    Args:
        release: the release they were read from.
        names: how partners' names are looked up.
        expected: kinds of group to keep besides WLD (area ids), where the publisher's table has nothing finer.
        complete: does the table list all partners, so that they must add up to its total?
    """

    def __init__(
        self,
        release: Release,
        names: Callable[[str], str | None],
        *,
        expected: Iterable[str] = (),
        complete: bool = True,
    ) -> None:
        self._release, self._names = release, names
        self._groups = {"WLD", *expected}
        self._complete = complete
        self._rows: dict[tuple[object, ...], dict[str, Any]] = {}
        self._spelt: dict[tuple[object, ...], list[str]] = {}
        self._unknown: dict[str, float] = defaultdict(float)
        self._findings: list[Finding] = []
        self._dropped: Counter[str] = Counter()

    def drop(self, reason: str, count: int = 1) -> None:
        """Count rows left out on purpose."""
        self._dropped[reason] += count

    def note(self, finding: Finding) -> None:
        """Keep a remark about the data."""
        self._findings.append(finding)

    def add(
        self,
        terms: Terms,
        partner: str,
        flow: str,
        period: str,
        value: float | None,
        *,
        at: str,
        rounding: float | None = None,
        status: str = Status.REPORTED,
        row: int | None = None,
    ) -> None:
        """Take one cell.

        Args:
            terms: what it has in common with the others.
            partner: its name as printed.
            flow: see `core.schema.Flow`.
            period: as in the ledger.
            value: in the file's unit; None where it is empty.
            at: its place in the file, unique in it.
            rounding: step of its last digit, in the file's unit.
            status: see `core.schema.Status`.
            row: 1-based row, for errors.

        Raises:
            BadFile: if the file states the same cell twice under one name with different figures, or trade is
                negative.
        """
        if value is not None and value < 0 and flow != Flow.BALANCE:
            raise BadFile(
                f"The {flow} of {partner!r} is negative: {value:g}", path=self._release.filename, row=row, column=at
            )
        area = self._names(partner)
        if area is None:
            self._unknown[partner] += abs(value or 0.0) * terms.unit
            return
        if area == GROUP or (is_aggregate(area) and area not in self._groups):
            self.drop("group row, its members are kept")
            return
        cells = {
            "reporter": terms.reporter,
            "partner": area,
            "flow": flow,
            "period": period,
            "product": terms.product,
            "nomenclature": terms.nomenclature,
            "value": scaled(value, terms.unit),
            "currency": terms.currency,
            "valuation": terms.valuation.get(flow),
            "partner_basis": terms.basis.get(flow),
            "status": str(status),
            "rounding": scaled(rounding, terms.unit),
            "release": self._release.id,
            "locator": at,
        }
        self._place(cells, partner, row)

    def _place(self, cells: dict[str, Any], name: str, row: int | None) -> None:
        key = tuple(cells[column] for column in _KEY)
        held = self._rows.setdefault(key, cells)
        spelt = self._spelt.setdefault(key, [])
        if held is not cells:
            if name in spelt:
                self._repeat(held, cells, name, row)
                return
            self._merge(held, cells, spelt[0], name)
        spelt.append(name)

    def _repeat(self, held: dict[str, Any], cells: dict[str, Any], name: str, row: int | None) -> None:
        if held["value"] == cells["value"]:
            self.drop("row stated twice with the same figure")
            return
        raise BadFile(
            f"The {cells['flow']} of {cells['period']} for {name!r} is stated twice, with different figures",
            path=self._release.filename,
            row=row,
            column=cells["locator"],
            hint=f"First at {held['locator']}: remove one of the two rows",
        )

    def _merge(self, held: dict[str, Any], cells: dict[str, Any], first: str, name: str) -> None:
        """Two names of one area (a country under its old and its new name) are parts of one figure."""
        given = [part["value"] for part in (held, cells) if part["value"] is not None]
        held["value"] = math.fsum(given) if given else None
        held["locator"] = f"{held['locator']}+{cells['locator']}"
        text = f"{first!r} and {name!r} are both {held['partner']}; their figures were added."
        finding = Finding("names-merged", text, where=self._release.filename)
        if finding not in self._findings:
            self._findings.append(finding)

    def finish(self) -> tuple[pa.Table, tuple[Finding, ...], dict[str, int]]:
        """The table of flows, the findings, and what was left out.

        Returns:
            Table in `core.schema.FLOW`, findings, rows dropped by reason.

        Raises:
            UnmappedCode: if a name is unknown, with the share of value that such names carry.
            BadFile: if no row was found at all.
        """
        self._refuse_unknown()
        if not self._rows:
            raise BadFile(
                "The file has no row of trade", path=self._release.filename, hint="It may be cut off: download it again"
            )
        if self._complete:
            self._check_sums()
        self._check_totals()
        return to_table("flow", list(self._rows.values())), tuple(self._findings), dict(self._dropped)

    def _refuse_unknown(self) -> None:
        if not self._unknown:
            return
        lost = math.fsum(self._unknown.values())
        known = math.fsum(abs(row["value"] or 0.0) for row in self._rows.values() if row["partner"] != "WLD")
        share = lost / (lost + known) if lost + known else 0.0
        names = sorted(self._unknown, key=lambda name: -self._unknown[name])
        shown = ", ".join(repr(name[:40]) for name in names[:8]) + (", ..." if len(names) > 8 else "")
        raise UnmappedCode(
            f"{len(names)} names of areas are unknown: {shown}; they carry {share:.2%} of the value",
            path=self._release.filename,
            hint="Check the spelling in the file, or add the name to the nomenclature",
        )

    def _check_sums(self) -> None:
        parts: dict[tuple[object, ...], float] = defaultdict(float)
        printed: dict[tuple[object, ...], float] = {}
        for row in self._rows.values():
            key = tuple(row[column] for column in _KEY if column != "partner")
            if row["value"] is None:
                continue
            if row["partner"] == "WLD":
                printed[key] = row["value"]
            elif not is_aggregate(row["partner"]):
                parts[key] += row["value"]
        for key, total in printed.items():
            if key in parts and abs(parts[key] - total) > SUM_TOLERANCE * abs(total):
                text = f"{key[1]} {key[2]}: partners add up to {parts[key]:.6g}, the printed total is {total:.6g}."
                self._findings.append(Finding("broken-sum", text, "warning", where=self._release.filename))

    def _check_totals(self) -> None:
        """Turnover is exports plus imports; where it mostly is not, the columns are not what they say."""
        cells: dict[tuple[object, ...], dict[str, float]] = defaultdict(dict)
        for row in self._rows.values():
            if row["value"] is not None:
                key = tuple(row[column] for column in ("reporter", "partner", "period", "product", "currency"))
                cells[key].setdefault(row["flow"], row["value"])
        flows = (Flow.TOTAL, Flow.EXPORT, Flow.IMPORT)
        whole = {key: [given[flow] for flow in flows] for key, given in cells.items() if given.keys() >= set(flows)}
        broken = [key for key, values in whole.items() if not _total_fits(*values)]
        if not broken:
            return
        text = f"The total is not exports plus imports in {len(broken)} of {len(whole)} cells, first {broken[0][1:3]}"
        if 2 * len(broken) > len(whole):
            raise BadFile(text, path=self._release.filename, hint="Are columns swapped?")
        self._findings.append(Finding("broken-total", f"{text}.", "warning", where=self._release.filename))


def _total_fits(total: float, export: float, import_: float) -> bool:
    return abs(total - export - import_) <= SUM_TOLERANCE * total + TOTAL_SLACK


def scaled(value: float | None, unit: float) -> float | None:
    """A printed number times its unit, in decimals, so that no binary dust comes in (135.546 * 1e9)."""
    return None if value is None else float(Decimal(repr(value)) * Decimal(unit))


def printed_step(values: Iterable[float | None], most: int = 4) -> float | None:
    """Step of the last digit in a column of numbers, in its own unit.

    Args:
        values: the numbers of one column; None is skipped.
        most: decimals beyond which a column counts as unrounded.

    Returns:
        1, 0.1, ... down to 10**-most; None if the numbers have more decimals than `most`, or there are none.
    """
    # The tolerance is a few units in the last place of a float: sums in workbooks carry 22221.200000000004.
    given = [value for value in values if value is not None]
    if not given:
        return None
    for decimals in range(most + 1):
        if all(abs(value - round(value, decimals)) <= 1e-12 + 1e-14 * abs(value) for value in given):
            return float(10.0**-decimals)
    return None
