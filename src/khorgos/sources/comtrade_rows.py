"""Records of UN Comtrade become rows: totals kept, breakdowns folded, so that nothing is counted twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from khorgos.core.errors import BadFile
from khorgos.core.findings import Finding
from khorgos.core.provenance import Release
from khorgos.core.schema import Flow, PartnerBasis, Status, Valuation
from khorgos.sources.cells import cell_numbers, without_repeats
from khorgos.sources.columns import aggregates, area_column, constant, relabel
from khorgos.sources.connector import Snapshot
from khorgos.sources.tables import to_table

#: Columns of `Records.table`; text but for the five figures.
TEXTS = ("period", "reporter", "flow", "partner", "classification", "commodity", "qty_unit", "locator")
DETAILS = ("partner2", "mot", "customs", "mos")
FIGURES = ("primary", "cif", "fob", "weight", "qty")

_FLOWS = {"X": Flow.EXPORT, "M": Flow.IMPORT, "RX": Flow.RE_EXPORT, "RM": Flow.RE_IMPORT}

#: Flows that are part of exports or imports (Comtrade reference "Trade regimes"): domestic exports, foreign imports,
#: goods for and after inward and outward processing.
_PART_FLOWS = frozenset({"DX", "FM", "MIP", "MOP", "XIP", "XOP"})

_NOMENCLATURES = {
    "H0": "HS92",
    "H1": "HS96",
    "H2": "HS02",
    "H3": "HS07",
    "H4": "HS12",
    "H5": "HS17",
    "H6": "HS22",
    "S1": "SITC1",
    "S2": "SITC2",
    "S3": "SITC3",
    "S4": "SITC4",
}
_OTHER_NOMENCLATURES = re.compile(r"(B[4E5]|BEC\d?|EB\w*)")

#: What each breakdown prints for its total: second partner and mode of transport 0, customs procedure C00, mode of
#: supply 0 (some files print "0 "). An empty cell says that the file has no such breakdown.
_TOTALS = {"partner2": {"0", "W00", ""}, "mot": {"0", ""}, "customs": {"C00", "0", ""}, "mos": {"0", ""}}

#: Codes of quantity units (UNSD, UN Comtrade reference tables, "Supplementary quantity units").
_UNITS = {
    "2": "m2",
    "3": "1000 kWh",
    "4": "m",
    "5": "item",
    "6": "pair",
    "7": "litre",
    "8": "kg",
    "9": "1000 items",
    "10": "package",
    "11": "dozen",
    "12": "m3",
    "13": "carat",
    "15": "g",
}

_HS = re.compile(r"\d{2}(?:[0-9A-Z]{2}){0,2}")
_SITC = re.compile(r"[0-9A-Z]{1,6}")


@dataclass(frozen=True, slots=True)
class Records:
    """A file's records, its columns under names common to all layouts.

    Args:
        table: columns TEXTS and FIGURES, and those of DETAILS that the layout has.
        blind: were the breakdowns cut off, so that rows of one cell are its total and its parts unmarked?
        findings: what was put up with in reading.
    """

    table: pa.Table
    blind: bool = False
    findings: tuple[Finding, ...] = ()


def flow_rows(records: Records, release: Release, snapshot: Snapshot) -> tuple[pa.Table, list[Finding], dict[str, int]]:
    """Rows of the ledger from records of Comtrade.

    The flag isAggregate is no ground to drop a record: it is true of every total that the UN summed from
    finer codes, also where the finer records are not in the file. What would be counted twice are the
    breakdowns by second partner, mode of transport and customs procedure beside their total.

    Args:
        records: as read.
        release: their release.
        snapshot: the file, for errors.

    Returns:
        The flow table, findings, and rows left out by reason.

    Raises:
        BadFile: for a code, period or flow that cannot be right, or rows of one cell that disagree.
        UnmappedCode: for areas that the nomenclature does not know.
    """
    dropped: Counter[str] = Counter()
    findings = list(records.findings)
    table = _known_flows(records.table, snapshot, dropped)
    table = _coded(table, snapshot, dropped)
    table = _placed(table, snapshot, dropped)
    if records.blind:
        table = _largest(table, findings, dropped)
    else:
        table = _folded(_once(table, snapshot, dropped), findings, dropped)
    flows = _shaped(table, release)
    flows, repeats = without_repeats(flows, path=snapshot.path, key=_CELL)
    dropped["repeated row"] += repeats
    return flows, findings, {reason: count for reason, count in dropped.items() if count}


_CELL = ("reporter", "partner", "flow", "period", "product", "nomenclature")


def _known_flows(table: pa.Table, snapshot: Snapshot, dropped: Counter[str]) -> pa.Table:
    codes = pc.utf8_upper(pc.utf8_trim_whitespace(table["flow"]))
    strange = set(pc.unique(codes).to_pylist()) - set(_FLOWS) - _PART_FLOWS
    if strange:
        code = sorted(map(str, strange))[0]
        row = pc.index(codes, code).as_py()
        where = table["locator"][row].as_py() if row >= 0 else ""
        raise BadFile(f"Unknown flow {code!r}, {where}", path=snapshot.filename, column="flow")
    flows = relabel(codes, {code: str(flow) for code, flow in _FLOWS.items()})
    kept = table.set_column(table.schema.get_field_index("flow"), "flow", flows).filter(pc.is_valid(flows))
    dropped["part of another flow"] += table.num_rows - kept.num_rows
    return kept


def _coded(table: pa.Table, snapshot: Snapshot, dropped: Counter[str]) -> pa.Table:
    """With columns period, product and nomenclature as the ledger writes them."""
    classes = pc.utf8_upper(pc.utf8_trim_whitespace(table["classification"]))
    names: dict[str, str | None] = {}
    for code in pc.unique(classes).to_pylist():
        if code not in _NOMENCLATURES and not _OTHER_NOMENCLATURES.fullmatch(code or ""):
            raise BadFile(f"Unknown classification {code!r}", path=snapshot.filename, column="classification")
        names[code] = _NOMENCLATURES.get(code)
    nomenclature = relabel(classes, names)
    keep = pc.is_valid(nomenclature)
    dropped["nomenclature without products here (BEC, services)"] += table.num_rows - (pc.sum(keep).as_py() or 0)
    table = table.append_column("nomenclature", nomenclature).filter(keep)
    pairs = pc.binary_join_element_wise(table["nomenclature"], pc.utf8_trim_whitespace(table["commodity"]), "/")
    product = relabel(pairs, {pair: _product(pair, snapshot) for pair in pc.unique(pairs).to_pylist()})
    total = pc.equal(product, "TOTAL")
    nomenclature = _chunked(pc.if_else(total, "TOTAL", table["nomenclature"]))
    period = relabel(
        table["period"], {text: _period(text, snapshot) for text in pc.unique(table["period"]).to_pylist()}
    )
    table = table.drop_columns(["nomenclature", "period", "commodity", "classification"])
    for name, column in (("nomenclature", nomenclature), ("product", product), ("period", period)):
        table = table.append_column(name, column)
    return table


def _product(pair: str, snapshot: Snapshot) -> str:
    nomenclature, _, code = pair.partition("/")
    code = code.upper()
    if code == "TOTAL":
        return code
    if nomenclature.startswith("HS"):
        code = f"0{code}" if len(code) in (1, 3, 5) and code.isdecimal() else code  # a spreadsheet ate the zero
        good = _HS.fullmatch(code)
    else:
        good = _SITC.fullmatch(code)
    if not good:
        raise BadFile(f"{code!r} is no code of {nomenclature}", path=snapshot.filename, column="commodity")
    return code


def _period(text: str | None, snapshot: Snapshot) -> str:
    plain = (text or "").strip().removesuffix(".0")
    if re.fullmatch(r"(19|20)\d\d", plain):
        return plain
    if re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])", plain):
        return f"{plain[:4]}-{plain[4:]}"
    hint = "Are the columns swapped?"
    raise BadFile(f"Not a year or a month: {plain!r}", path=snapshot.filename, column="period", hint=hint)


def _placed(table: pa.Table, snapshot: Snapshot, dropped: Counter[str]) -> pa.Table:
    """With area ids, without reporters or partners that are groups; the world stays."""
    for side in ("reporter", "partner"):
        codes = pc.utf8_trim_whitespace(table[side])
        areas = area_column(codes, "comtrade", path=snapshot.path, name=side, value=table["primary"])
        table = table.set_column(table.schema.get_field_index(side), side, areas)
        group = pc.and_(aggregates(areas), pc.not_equal(areas, "WLD" if side == "partner" else ""))
        dropped[f"aggregate {side}"] += pc.sum(group).as_py() or 0
        table = table.filter(pc.invert(group))
    return table


def _once(table: pa.Table, snapshot: Snapshot, dropped: Counter[str]) -> pa.Table:
    """Without rows that are given twice, which the sum of a breakdown would count twice."""
    details = [name for name in DETAILS if name in table.column_names]
    kept, repeats = without_repeats(table, path=snapshot.path, key=(*_CELL, *details, "primary"), payload=())
    dropped["repeated row"] += repeats
    return kept


def _folded(table: pa.Table, findings: list[Finding], dropped: Counter[str]) -> pa.Table:
    """One row a cell: its total where the file has it, else the sum of the one breakdown it has."""
    details = [name for name in DETAILS if name in table.column_names]
    marks = {name: _is_part(table[name], name) for name in details}
    if not any(mark.any() for mark in marks.values()):
        return table
    keep = np.ones(table.num_rows, dtype=bool)
    cell = cell_numbers([table[name] for name in _CELL])
    for mark in marks.values():
        has_total = np.zeros(int(cell.max(initial=-1)) + 1, dtype=bool)
        has_total[cell[keep & ~mark]] = True
        keep &= ~(mark & has_total[cell])
    part = np.logical_or.reduce(list(marks.values())) & keep
    dropped["breakdown beside its total"] += int((~keep).sum())
    whole = table.filter(pa.array(keep & ~part))
    if not part.any():
        return whole
    summed = _summed(table.filter(pa.array(part)))
    said = f"{summed.num_rows} cells have no total of their own; their breakdowns ({int(part.sum())} rows) were summed."
    findings.append(Finding("summed-breakdown", said, "warning"))
    return pa.concat_tables([whole.select(summed.column_names), summed])


def _is_part(column: pa.ChunkedArray, name: str) -> NDArray[np.bool_]:
    texts = pc.utf8_trim_whitespace(pc.fill_null(pc.cast(column, pa.string()), ""))
    mask: NDArray[np.bool_] = ~pc.is_in(texts, value_set=pa.array(sorted(_TOTALS[name]), pa.string())).to_numpy()
    return mask


def _summed(table: pa.Table) -> pa.Table:
    """Sums by cell; a figure that one part lacks is missing of the sum; places are joined by a comma."""
    groups: dict[tuple[str, ...], dict[str, object]] = {}
    for row in table.to_pylist():
        key = tuple(row[name] for name in _CELL)
        earlier = groups.get(key)
        if earlier is None:
            groups[key] = {name: row[name] for name in (*_CELL, *FIGURES, "qty_unit", "locator")}
            continue
        for name in FIGURES:
            one, other = earlier[name], row[name]
            earlier[name] = None if one is None or other is None else one + other
        earlier["qty_unit"] = row["qty_unit"] if earlier["qty_unit"] == row["qty_unit"] else ""
        earlier["locator"] = f"{earlier['locator']}, {row['locator']}"
    names = [*_CELL, *FIGURES, "qty_unit", "locator"]
    types = {name: table.schema.field(name).type for name in names}
    return pa.table({name: pa.array([g[name] for g in groups.values()], types[name]) for name in names})


def _largest(table: pa.Table, findings: list[Finding], dropped: Counter[str]) -> pa.Table:
    """One row a cell where the breakdown columns were cut off: the total is the largest of its rows.

    A breakdown by mode or second partner adds up to the total and no part is negative, so the largest
    figure is the total wherever the total is there. Where it is repeated, the parts repeat it.
    """
    cell = cell_numbers([table[name] for name in _CELL])
    values = np.nan_to_num(table["primary"].to_numpy(), nan=-np.inf)
    order = np.lexsort((np.arange(len(cell)), -values, cell))
    first = np.ones(len(cell), dtype=bool)
    first[1:] = cell[order][1:] != cell[order][:-1]
    keep = np.zeros(len(cell), dtype=bool)
    keep[order[first]] = True
    if keep.all():
        return table
    several = np.bincount(cell) > 1
    borne = _borne_out(cell, values, order, first)
    said = (
        f"{int(several.sum())} cells have several rows whose breakdown columns were cut off; the largest is taken as "
        f"the total. In {int((several & ~borne).sum())} of them the other rows do not bear this out."
    )
    findings.append(Finding("cut-breakdown", said, "warning"))
    dropped["breakdown beside its total"] += int((~keep).sum())
    return table.filter(pa.array(keep))


def _borne_out(
    cell: NDArray[np.int64], values: NDArray[np.float64], order: NDArray[np.intp], first: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Cells whose other rows repeat the largest figure, or add up to it, each or each distinct one once."""
    top = values[order[first]]
    others = order[~first & (values[order] < top[cell[order]])]
    fresh = np.ones(len(others), dtype=bool)
    fresh[1:] = (cell[others][1:] != cell[others][:-1]) | (values[others][1:] != values[others][:-1])
    counts = np.bincount(cell[others], minlength=len(top))
    # Half a cent a row: files round each part by itself to thousandths at best.
    slack = 0.005 * (counts + 1) + 1e-9 * np.abs(top)
    sums = (np.bincount(cell[rows], weights=values[rows], minlength=len(top)) for rows in (others, others[fresh]))
    borne: NDArray[np.bool_] = counts == 0
    for total in sums:
        borne = borne | (np.abs(total - top) <= slack)
    return borne


def _shaped(table: pa.Table, release: Release) -> pa.Table:
    imports = pc.is_in(table["flow"], value_set=pa.array([str(Flow.IMPORT), str(Flow.RE_IMPORT)]))
    heavy = pc.fill_null(pc.greater(table["weight"], 0.0), False)
    units = relabel(pc.utf8_trim_whitespace(table["qty_unit"]), _UNITS)
    counted = pc.and_(pc.is_valid(units), pc.fill_null(pc.greater(table["qty"], 0.0), False))
    none = pa.scalar(None, pa.float64())
    # Comtrade prints 0 where no quantity is known.
    quantity = pc.if_else(heavy, table["weight"], pc.if_else(counted, table["qty"], none))
    unit = pc.if_else(heavy, "kg", pc.if_else(counted, units, pa.scalar(None, pa.string())))
    return to_table(
        "flow",
        {
            **{name: _chunked(table[name]) for name in _CELL},
            "value": table["primary"],
            "currency": constant("USD", table),
            "valuation": _valuation(table, imports),
            "partner_basis": relabel(table["flow"], _BASIS),
            "quantity": quantity,
            "quantity_unit": unit,
            "status": constant(Status.REPORTED, table),
            "release": constant(release.id, table),
            "locator": table["locator"],
        },
    )


#: Imports by country of origin, exports by last known destination (IMTS 2010, para. 6.25, 6.26); of re-imports and
#: re-exports reporters do not say.
_BASIS: Mapping[str, str] = {Flow.EXPORT: str(PartnerBasis.DESTINATION), Flow.IMPORT: str(PartnerBasis.ORIGIN)}


def _valuation(table: pa.Table, imports: pa.ChunkedArray) -> pa.ChunkedArray:
    """CIF or FOB: whichever of the two columns the primary value repeats; by the flow where both or none do."""
    cif, fob = (_repeats(table["primary"], table[name]) for name in ("cif", "fob"))
    of_import = pc.if_else(pc.and_(fob, pc.invert(cif)), str(Valuation.FOB), str(Valuation.CIF))
    of_export = pc.if_else(pc.and_(cif, pc.invert(fob)), str(Valuation.CIF), str(Valuation.FOB))
    return _chunked(pc.if_else(imports, of_import, of_export))


def _repeats(primary: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    same = pc.and_(pc.equal(primary, other), pc.greater(other, 0.0))
    return pc.fill_null(same, False)


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([column]) if isinstance(column, pa.Array) else column
