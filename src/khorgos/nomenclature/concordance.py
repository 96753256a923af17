"""Concordances between product nomenclatures: which codes a code becomes, with what weight, and why."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.core.errors import BadInput
from khorgos.nomenclature.nomenclatures import HS_EDITIONS, labels, nomenclature
from khorgos.nomenclature.product_words import TOTAL

#: What a weight rests on. "one-to-one" and "many-to-one": the tables relate the code to one code only. "main link":
#: they relate it to several, and the statisticians' conversion table names this one. "equal split": several, and
#: nothing says how much of the trade goes where, so each gets the same part. "estimated": parts taken from the trade of
#: the targets (see reweighted).
BASES = ("one-to-one", "many-to-one", "main link", "equal split", "estimated")

_SCHEMA = pa.schema(
    [("code_from", pa.string()), ("code_to", pa.string()), ("weight", pa.float64()), ("basis", pa.string())]
)


@dataclass(frozen=True, slots=True)
class Converted:
    """Values in another nomenclature.

    Args:
        values: code and value, one row a code, in order of the codes; null where a part is missing.
        unmapped: codes that have no image, with their value and their share in the absolute sum of all values.
        bases: share of the converted absolute value by basis; shows how much rests on an equal split.
        source: the tables behind the concordance.
    """

    values: pa.Table
    unmapped: pa.Table
    bases: Mapping[str, float]
    source: str

    def __post_init__(self) -> None:
        if self.bases and not math.isclose(sum(self.bases.values()), 1.0, rel_tol=1e-9):
            raise BadInput(f"Shares by basis must sum to one, not {sum(self.bases.values())}")


@cache
def _stored() -> pa.Table:
    with files("khorgos.nomenclature").joinpath("data/concordances.parquet").open("rb") as file:
        return pq.read_table(file, read_dictionary=["pair", "basis"])


@cache
def _sources() -> dict[str, str]:
    written: dict[str, str] = json.loads(_stored().schema.metadata[b"sources"])
    return written


def pairs() -> tuple[tuple[str, str], ...]:
    """All ordered pairs of nomenclatures that can be converted: HS to HS, and HS to SITC, BEC and ISIC."""
    found = (key.split(">") for key in _sources())
    return tuple((a, b) for a, b in found)


def convert(from_: str, to: str) -> pa.Table:
    """The concordance from one nomenclature to another, at its finest level.

    Each code's value goes to the codes beside it in the parts given. Going back is another concordance, not the
    inverse: HS12 690890 becomes five codes of HS17, all of which go back to 690790.

    Args:
        from_: an edition of the HS.
        to: another edition, an SITC revision, BEC4 or ISIC3.

    Returns:
        code_from, code_to, weight, basis (see BASES). The weights of one code_from sum to 1; codes without an image
        are missing. Metadata `source` names the tables.

    Raises:
        UnknownName: if a nomenclature is unknown.
        BadInput: if no table leads from the one to the other.

    Source: UN Statistics Division, conversion and correlation tables (unstats.un.org/unsd/classifications/Econ);
        World Bank, WITS product concordances; Harvard Growth Lab, comtrade-conversion-weights (the HS correlations of
        1996 to 2007). How the weights come about: tools/build_products.py.
    """
    return _convert(nomenclature(from_), nomenclature(to))


@cache
def _convert(a: str, b: str) -> pa.Table:
    if a == b:
        codes = [c for c in labels(a) if a not in HS_EDITIONS or len(c) == 6]
        return _table([(c, c, 1.0, "one-to-one") for c in codes], "the same nomenclature")
    key = f"{a}>{b}"
    if key not in _sources():
        raise BadInput(f"No concordance leads from {a} to {b}", hint="Concordances start from an edition of the HS")
    held = _stored().filter(pc.equal(_stored()["pair"], key))
    return _filled(held.drop_columns(["pair"]).cast(_SCHEMA), a, b, _sources()[key])


def _table(rows: Iterable[tuple[str, str, float, str]], source: str) -> pa.Table:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return pa.table(columns, schema=_SCHEMA.with_metadata({"source": source}))


def _filled(held: pa.Table, a: str, b: str, source: str) -> pa.Table:
    """The stored links, and those left out in storage: codes that keep their number, one-to-one."""
    metadata = {"source": source}
    if b not in HS_EDITIONS:
        return held.replace_schema_metadata(metadata)
    known = set(held["code_from"].to_pylist())
    plain = [c for c in labels(a) if len(c) == 6 and c not in known and c in labels(b)]
    kept = _table([(c, c, 1.0, "one-to-one") for c in plain], source)
    both = pa.concat_tables([held.replace_schema_metadata(metadata), kept])
    return both.sort_by([("code_from", "ascending"), ("code_to", "ascending")])


def unmapped(from_: str, to: str) -> tuple[str, ...]:
    """The finest codes of a nomenclature that have no image in another.

    Args:
        from_: an edition of the HS.
        to: any nomenclature that convert() knows from there.

    Returns:
        Six-digit codes, e.g. monetary gold (710820), which SITC leaves out.
    """
    mapped = set(convert(from_, to)["code_from"].to_pylist())
    return tuple(c for c in labels(from_) if len(c) == 6 and c not in mapped)


def convert_values(table: pa.Table, from_: str, to: str, *, weights: pa.Table | None = None) -> Converted:
    """Bring values by code into another nomenclature; the sum is preserved but for unmapped codes.

    v_to = sum over codes of v_from * weight(from, to)

    Args:
        table: columns `code` (six-digit HS codes, each once or more) and `value`; "TOTAL" stays as it is.
        from_: the nomenclature of the codes.
        to: the nomenclature wanted.
        weights: a concordance to use in place of convert(from_, to), e.g. from reweighted().

    Returns:
        The values, what could not be mapped with its share, and how much rests on which basis. A value with a
        missing part is missing.

    Raises:
        BadInput: if a column is missing, or no table leads from the one to the other.
    """
    for column in ("code", "value"):
        if column not in table.column_names:
            raise BadInput(f"The table needs a column {column!r}", where=", ".join(table.column_names))
    concordance = convert(from_, to) if weights is None else weights
    links = _links(concordance)
    links[TOTAL] = [(TOTAL, 1.0, "one-to-one")]
    parts: dict[str, list[float | None]] = defaultdict(list)
    by_basis: dict[str, float] = defaultdict(float)
    lost: dict[str, list[float | None]] = defaultdict(list)
    for code, value in zip(table["code"].to_pylist(), table["value"].to_pylist(), strict=True):
        if code not in links:
            lost[code].append(value)
        for target, weight, basis in links.get(code, ()):
            parts[target].append(None if value is None else value * weight)
            by_basis[basis] += abs(value or 0.0) * weight
    everything = sum(abs(v) for v in table["value"].to_pylist() if v is not None)
    whole = sum(by_basis.values())
    return Converted(
        values=_summed(parts),
        unmapped=_with_share(lost, everything),
        bases={basis: by_basis[basis] / whole for basis in BASES if by_basis.get(basis)} if whole else {},
        source=(concordance.schema.metadata or {}).get(b"source", b"weights given").decode(),
    )


def _links(concordance: pa.Table) -> dict[str, list[tuple[str, float, str]]]:
    out: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    columns = (concordance[name].to_pylist() for name in _SCHEMA.names)
    for code, target, weight, basis in zip(*columns, strict=True):
        out[code].append((target, weight, basis))
    return dict(out)


def _total(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if any(v is None for v in known) else math.fsum(v for v in known if v is not None)


def _summed(parts: Mapping[str, list[float | None]]) -> pa.Table:
    codes = sorted(parts)
    schema = pa.schema([("code", pa.string()), ("value", pa.float64())])
    return pa.table([codes, [_total(parts[c]) for c in codes]], schema=schema)


def _with_share(lost: Mapping[str, list[float | None]], everything: float) -> pa.Table:
    table = _summed(lost)
    shares = [None if v is None or not everything else abs(v) / everything for v in table["value"].to_pylist()]
    return table.append_column("share", pa.array(shares, pa.float64()))


def reweighted(concordance: pa.Table, trade: Mapping[str, float]) -> pa.Table:
    """Put trade-proportional parts in place of equal ones.

    weight(f, t) = v_t / sum over the codes t that f is split into of v_t

    Args:
        concordance: code_from, code_to, weight, basis, as convert() returns it.
        trade: value by code_to in a period when the new codes were in use, e.g. world trade of the following year;
            a code it does not name had none.

    Returns:
        The concordance; splits with trade in their targets have the basis "estimated", all others stay as they are.

    Raises:
        BadInput: if a value is negative or not finite.

    Source: proportional allocation; a least-squares alternative is Lukaszuk and Torun, "Harmonizing the Harmonized
        System", University of St. Gallen (2022).
    """
    wrong = [code for code, value in trade.items() if not (math.isfinite(value) and value >= 0)]
    if wrong:
        raise BadInput("Trade that weights a concordance is finite and not negative", where=", ".join(wrong[:3]))
    rows: list[tuple[str, str, float, str]] = []
    for code, targets in _links(concordance).items():
        total = math.fsum(trade.get(target, 0.0) for target, _, _ in targets)
        for target, weight, basis in targets:
            estimated = basis == "equal split" and total > 0
            part = trade.get(target, 0.0) / total if estimated else weight
            rows.append((code, target, part, "estimated" if estimated else basis))
    return _table(rows, "trade-proportional parts")
