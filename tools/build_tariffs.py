"""Build the code lists and the import weights of the tariff registry from the publishers' lists.

Usage: python tools/build_tariffs.py SHARED [OUT]

SHARED holds data/policy and data/trade/us_census_2024 (their NOTE.md name the publishers); OUT defaults to
src/khorgos/data/tariffs. Measures themselves are written by hand (us.toml, china.toml); this only makes lists.parquet
(list, HS code, rate) and weights.parquet (partner, HS code, value, duty). Codes are as published; weights are exact
sums over the shortest codes under which no list names a longer one.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khorgos.ledger.tariffs import measure_tables
from khorgos.nomenclature.areas import from_code

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "khorgos" / "data" / "tariffs"
LARGEST = 1_000_000  # bytes of both files; what the wheel's budget allows

TRACKER = "tradewartracker/trade-war-redux-2025 @ 726c5958 (MIT), tariff-lists/"
YALE = "Budget-Lab-Yale/tariff-rate-tracker @ 8315fffd (MIT), resources/s301_product_lists.csv"
PIIE = "Bown, Jung, Zhang (2019-06-12), Peterson Institute, workbook of China's tariffs on US goods by HS10 and date"
MOF = "Ministry of Finance of China, annexes to SCCTC announcement 2025 No. 2 (PDF), parsed"
CENSUS = "U.S. Census Bureau, International Trade API, imports for consumption and calculated duty, 2024"

#: Lists of the tracker: id -> (file, column, keep).
Keep = Callable[[str], bool]
_every: Keep = bool


def _vehicle(code: str) -> bool:
    return code.startswith(("8703", "8704"))


TRACKED: Mapping[str, tuple[str, str, Keep]] = {
    "us-steel-derivatives": ("steel-tariffs.csv", "HTSUS", _every),
    "us-aluminium-derivatives": (
        "alu-tariffs.csv",
        "HTSUS",
        lambda code: code.startswith("76") or code == "6603908100",
    ),
    "us-aluminium-content": (
        "alu-tariffs.csv",
        "HTSUS",
        lambda code: not code.startswith("76") and code != "6603908100",
    ),
    "us-vehicles": ("auto-tariffs.csv", "HTSUS", _vehicle),
    "us-auto-parts": ("auto-tariffs.csv", "HTSUS", lambda code: not _vehicle(code)),
    "us-copper": ("copper-list.csv", "HTSUS", _every),
    "us-metals-IA": ("metals-annex-IA.csv", "HTSUS", _every),
    "us-metals-IB": ("metals-annex-IB.csv", "HTSUS", _every),
    "us-metals-III": ("metals-annex-III-temporary.csv", "HTSUS", _every),
    "us-reciprocal-annex-II": ("annex-II-exemptions.csv", "HTSUS", _every),
    "us-reciprocal-electronics": ("consumer_electronics_EO14257_apr11.csv", "HTSUS", _every),
    "us-reciprocal-farm": ("annex-II-exemptions-nov14.csv", "HTSUS", _every),
    "us-122-exempt": ("section122-product-exemptions.csv", "hts_code", _every),
    "us-122-aircraft": ("section122-aircraft-exemptions.csv", "hts_code", _every),
    "us-brazil-exempt": ("brazil-non-airplane-exemptions.csv", "HTSUS", _every),
    "us-brazil-aircraft": ("brazil-airplane-exemptions.csv", "HTSUS", _every),
    "us-canada-338-alcohol": ("canada-338-alcohol.csv", "HTSUS", _every),
    "us-canada-338-dairy": ("canada-338-dairy.csv", "HTSUS", _every),
    "us-canada-338-autos": ("canada-338-autos.csv", "HTSUS", _every),
    "us-canada-338-aircraft": ("canada-338-aircraft-exempt.csv", "HTSUS", _every),
}
#: Lists of section 301 as the Yale file calls them.
SECTION_301 = {
    "us-301-1": ("1",),
    "us-301-2": ("2",),
    "us-301-3": ("3", "3_addl"),
    "us-301-4A": ("4A",),
}
#: Lists of the four-year review, by chapter 99 heading.
REVIEW = {
    "us-301-review-25": "9903.91.01",
    "us-301-review-50": "9903.91.02",
    "us-301-review-100": "9903.91.03",
    "us-301-review-2025-50": "9903.91.05",
    "us-301-review-2025-25": "9903.91.11",
    "us-301-review-2026-25": "9903.91.06",
    "us-301-review-2026-50": "9903.91.07",
    "us-301-review-2026-100": "9903.91.08",
    "us-301-cranes": "9903.92.10",
}
#: Categories of the exemptions from the duty on Brazil's goods.
BRAZIL_301 = {"us-brazil-301-exempt": ("flat", "named"), "us-brazil-301-use": ("aircraft", "pharma")}
#: Columns of PIIE's file that add up to the retaliation of each list.
RETALIATION = {
    "cn-232": ("2018-04-02",),
    "cn-301-1": ("2018-07-06",),
    "cn-301-2": ("2018-08-23",),
    "cn-301-3": ("2018-09-24",),
    "cn-301-3-raised": ("2018-09-24", "2019-06-01"),
}
#: Lists with one rate; the others are split by theirs.
WHOLE = ("cn-301-1", "cn-301-2")
MFN = ("2018-01-01", "2018-05-01", "2018-07-01", "2018-11-01", "2019-01-01a")
MARCH = {"cn-2025-2-annex-1": "15", "cn-2025-2-annex-2": "10"}

Rows = Iterator[tuple[str, str, float | None]]


def main(shared: Path, out: Path) -> None:
    """Write both files, and refuse when they are too large for the wheel."""
    policy, census = shared / "data" / "policy", shared / "data" / "trade" / "us_census_2024"
    china = _carried({*_china(policy)})
    rows = sorted({*_tracked(census / "tracker" / "tariff-lists"), *_section_301(policy), *china})
    sources = {name: _source(name) for name, _, _ in rows}
    lists = pa.table(
        {
            "list": pa.array([name for name, _, _ in rows]).dictionary_encode(),
            "code": pa.array([code for _, code, _ in rows]),
            "rate": pa.array([rate for _, _, rate in rows], pa.float32()),
        }
    ).replace_schema_metadata({"sources": json.dumps(sources), "collected": dt.date(2026, 11, 22).isoformat()})
    _write(lists, out / "lists.parquet")
    _write(_weights(census, _named(rows)), out / "weights.parquet")
    size = sum(path.stat().st_size for path in out.glob("*.parquet"))
    print(f"{len(sources)} lists, {lists.num_rows} codes, {size} bytes")
    if size > LARGEST:
        raise SystemExit(f"larger than {LARGEST} bytes")


def _tracked(folder: Path) -> Rows:
    for name, (file, column, keep) in TRACKED.items():
        for row in _read(folder / file):
            if keep(code := row[column].strip()):
                yield name, code, None
    for row in _read(folder / "brazil-301-exemptions.csv"):
        for name, categories in BRAZIL_301.items():
            if row["category"] in categories:
                yield name, row["HTSUS"], None


def _section_301(policy: Path) -> Rows:
    for row in _read(policy / "us" / "s301_product_lists.csv"):
        for name, codes in SECTION_301.items():
            if row["list"] in codes:
                yield name, row["hts8"], None
        for name, heading in REVIEW.items():
            if row["ch99_code"] == heading:
                yield name, row["hts8"], None


def _china(policy: Path) -> Rows:
    folder = policy / "china_retaliation"
    for row in _read(folder / "china_tariff_on_us_hs10_by_date_2018_2019.csv"):
        yield "cn-lines-2018", row["hs10"], None
        code, points = row["hs10"], {name: float(text or 0) for name, text in row.items() if name != "hs10"}
        for name, columns in RETALIATION.items():
            if points[columns[0]] and (rate := sum(points[column] for column in columns)):
                yield (name if name in WHOLE else f"{name}-{rate:g}"), code, None
        if points["2019-01-01b"]:
            yield "cn-vehicles-suspended", code, None
        level = 0.0
        for column in MFN if row[MFN[0]] else ():  # 14 lines, of specific duties, have no ordinary rate
            level += points[column]
            if column == MFN[0] or abs(points[column]) > 1e-9:
                yield f"cn-mfn-{column[:10]}", code, round(level, 4) + 0.0
    for row in _read(folder / "china_march2025_hs8.csv"):
        for name, tier in MARCH.items():
            if row["rate_pct"] == tier:
                yield name, row["hs8"], None


def _carried(rows: set[tuple[str, str, float | None]]) -> set[tuple[str, str, float | None]]:
    """China's lines of 2025 that the tariff of 2018 split otherwise: each list is carried over to the other's lines.

    Only within subheadings of six digits whose lines of 2018 stand on the same lists with the same rates.
    """
    old = {code for name, code, _ in rows if name == "cn-lines-2018"}
    march = {code: name for name, code, _ in rows if name in MARCH}
    new = {code for code in march if not any(line.startswith(code) for line in old)}
    found, listed = set(rows), [row for row in rows if row[0] not in {"cn-lines-2018", *MARCH}]
    for head in {code[:6] for code in new}:
        marks = {line: frozenset((n, r) for n, code, r in listed if code == line) for line in old if line[:6] == head}
        later = {march[code] for code in new if code[:6] == head}
        if len(set(marks.values())) != 1 or len(later) != 1:
            continue
        found |= {(name, code, rate) for name, rate in next(iter(marks.values())) for code in new if code[:6] == head}
        found |= {(name, line, None) for name in later for line in marks if line[:8] not in march}
    return found


def _source(name: str) -> str:
    if name in TRACKED:
        return TRACKER + TRACKED[name][0]
    if name in BRAZIL_301:
        return TRACKER + "brazil-301-exemptions.csv"
    if name in MARCH:
        return MOF
    return PIIE if name.startswith("cn-") else YALE


def _named(rows: Iterable[tuple[str, str, float | None]]) -> frozenset[str]:
    """Every code that a list or a measure of the United States names."""
    listed = {code for name, code, _ in rows if name.startswith("us-")}
    own = {code for row in measure_tables() if row["imposer"] == "USA" for code in row.get("products", ())}
    return frozenset(listed | own)


def _weights(folder: Path, named: frozenset[str]) -> pa.Table:
    """US imports by partner and code; ten digits are cut to eight, six or four where no list names more of them."""
    columns = ["CTY_CODE", "HS10", "imports", "duty"]
    tables = [pq.read_table(path, columns=columns) for path in sorted(folder.glob("2024-hs10-imports*.parquet"))]
    trade = pa.concat_tables([table.replace_schema_metadata(None) for table in tables])
    short = _shortest(pc.unique(trade["HS10"]).to_pylist(), named)
    partners = {code: _partner(code) for code in pc.unique(trade["CTY_CODE"]).to_pylist()}
    trade = trade.append_column("partner", pa.array([partners[c] for c in trade["CTY_CODE"].to_pylist()]))
    trade = trade.append_column("code", pa.array([short[code] for code in trade["HS10"].to_pylist()]))
    sums = trade.group_by(["partner", "code"]).aggregate([("imports", "sum"), ("duty", "sum")])
    sums = sums.sort_by([("partner", "ascending"), ("code", "ascending")])
    return pa.table(
        {
            "partner": sums["partner"].dictionary_encode(),
            "code": sums["code"],
            "value": pc.cast(sums["imports_sum"], pa.int64()),
            "duty": pc.cast(sums["duty_sum"], pa.int64()),
        }
    ).replace_schema_metadata({"source": CENSUS, "importer": "USA", "year": "2024", "unit": "USD"})


def _shortest(codes: list[str], named: frozenset[str]) -> dict[str, str]:
    """Each code cut to four, six or eight digits where nothing longer under them is named."""
    deeper = {code[:n] for code in named for n in (4, 6, 8) if n < len(code)}
    return {code: next((code[:n] for n in (4, 6, 8) if code[:n] not in deeper), code) for code in codes}


def _partner(code: str) -> str:
    if (found := from_code(code, "census")) is None:
        raise SystemExit(f"no area for Census code {code}")
    return "EU27" if found == "EU" else found  # the Union of 2024


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _write(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {"code": "DELTA_BYTE_ARRAY", "value": "BYTE_STREAM_SPLIT", "duty": "BYTE_STREAM_SPLIT"}
    how = {name: known[name] for name in table.column_names if name in known}
    rest = [name for name in table.column_names if name not in known]
    options = {"compression": "brotli", "compression_level": 11, "write_statistics": False}
    pq.write_table(table, path, use_dictionary=rest, column_encoding=how, **options)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
