"""Build the embedded release: the publishers' files through the connectors, a selection of rows, one small ledger.

Usage: python tools/build_embedded.py SHARED [OUT]

SHARED is the folder with the publishers' files (its layout is named in FILES below); OUT defaults to
src/khorgos/data/embedded. Rows are chosen, never changed: each keeps its release and its place in the publisher's file.
Only rows that may be passed on, at least as single figures with their source, are taken.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from khorgos.core.findings import Finding
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import open_ledger
from khorgos.nomenclature.groups import members
from khorgos.sources.connector import Parsed
from khorgos.sources.files import parse

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "khorgos" / "data" / "embedded"
LARGEST = 5_000_000  # bytes; what a wheel may carry

#: China's neighbours and the great powers that this release is about.
REGION = ("CHN", *members("CA5"), *members("SC3"), "RUS", "USA")
EU = members("EU27")
AROUND = (*REGION, *EU, "WLD", "EU27", "CA5", "SC3")

#: First year of the pairs from both sides, and of who trades with whom.
PAIRS_FROM, PARTNERS_FROM = 2013, 2000

#: When the files were collected for this release.
COLLECTED = dt.date(2026, 11, 22)

Keep = Callable[[pa.Table], pa.ChunkedArray]


def _in(table: pa.Table, column: str, values: tuple[str, ...]) -> pa.ChunkedArray:
    return pc.is_in(table[column], value_set=pa.array(values, pa.string()))


def _year(table: pa.Table) -> pa.ChunkedArray:
    return pc.cast(pc.utf8_slice_codeunits(table["period"], 0, 4), pa.int32())


def _since(table: pa.Table, year: int) -> pa.ChunkedArray:
    return pc.greater_equal(_year(table), year)


def _everything(table: pa.Table) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array([True] * table.num_rows, pa.bool_())])


def _who_trades_with_whom(table: pa.Table) -> pa.ChunkedArray:
    """All partners of the region's own reports, their reports of the region, and everybody's trade with the world."""
    own, theirs = _in(table, "reporter", REGION), _in(table, "partner", REGION)
    world = _in(table, "partner", ("WLD",))
    return pc.and_(_since(table, PARTNERS_FROM), pc.or_(pc.or_(own, theirs), world))


def _pairs(table: pa.Table) -> pa.ChunkedArray:
    """A reporter's trade with the region, the EU and the world."""
    return pc.and_(_since(table, PAIRS_FROM), _in(table, "partner", AROUND))


def _every_partner(table: pa.Table) -> pa.ChunkedArray:
    """A country's own trade with all partners, all goods together: a share of a selection would be no share."""
    return pc.and_(_since(table, PAIRS_FROM), _in(table, "product", ("TOTAL",)))


def _totals(table: pa.Table) -> pa.ChunkedArray:
    """Pairs, all goods together."""
    return pc.and_(_pairs(table), _in(table, "product", ("TOTAL",)))


def _years_and_pairs(table: pa.Table) -> pa.ChunkedArray:
    """Annual figures of the pairs."""
    return pc.and_(_totals(table), pc.equal(pc.utf8_length(table["period"]), 4))


def _national_accounts(table: pa.Table) -> pa.ChunkedArray:
    return _since(table, PARTNERS_FROM)


def _near(table: pa.Table) -> pa.ChunkedArray:
    """Distances and borders of the region."""
    return pc.or_(_in(table, "exporter", REGION), _in(table, "importer", REGION))


@dataclass(frozen=True)
class Files:
    """Files of one publisher, and which rows of them to keep."""

    pattern: str
    keep: Keep


_EURASIA = "data/trade/national_statistics_eurasia/data"

FILES = (
    Files("data/trade/imf_dots/imf_dots_1960_2020.parquet", _who_trades_with_whom),
    Files("data/trade/baci_totals_2023/baci_totals_2023_long.csv.gz", _everything),
    Files("data/trade/gacc_2024/gacc_2024_by_country_restored.csv", _everything),
    Files("data/trade/china_central_asia_facts.csv", _everything),
    Files(f"{_EURASIA}/kazakhstan_data/*.xls", _every_partner),
    Files(f"{_EURASIA}/kyrgyzstan_data/*Географическое распределение*.xlsx", _every_partner),
    Files(f"{_EURASIA}/uzbekistan_data/*.csv", _every_partner),
    Files("data/trade/armenia/arm_trade_country.csv", _every_partner),
    Files(f"{_EURASIA}/georgia_export_eurostat/FTrade_*.xlsx", _every_partner),
    Files(f"{_EURASIA}/russian_data/*стран*.xlsx", _every_partner),
    Files(f"{_EURASIA}/eu_year_export/*.csv", _years_and_pairs),
    Files("data/trade/monthly_usa_china/usa-china-trade-data.csv", _totals),
    Files("data/macro/gdp_wdi_1960_2023.csv", _national_accounts),
    Files("data/macro/population_wdi.csv", _national_accounts),
    Files("data/gravity/dist_cepii.csv", _near),
    Files(str(ROOT / "tools" / "data" / "headlines.csv"), _everything),
    Files(str(ROOT / "tools" / "data" / "announced_targets.csv"), _everything),
)


def _found(shared: Path, files: Files) -> Iterator[Path]:
    if Path(files.pattern).is_absolute():
        yield Path(files.pattern)
        return
    paths = sorted(shared.glob(files.pattern))
    if not paths:
        raise SystemExit(f"No file is like {files.pattern} in {shared.name}")
    yield from paths


def selected(parsed: Parsed, keep: Keep) -> Parsed:
    """The chosen rows, without rows and releases that may not be passed on."""
    barred = {release.id for release in parsed.releases if release.redistribute == "no"}
    tables = {}
    for name, table in parsed.tables.items():
        free = pc.invert(_in(table, "release", tuple(barred)))
        tables[name] = table.filter(pc.and_(free, keep(table)))
    used = {release for table in tables.values() for release in pc.unique(table["release"]).to_pylist()}
    releases = tuple(release for release in parsed.releases if release.id in used)
    return replace(parsed, tables=tables, releases=releases, findings=(), dropped={})


def build(shared: Path, out: Path) -> list[Finding]:
    """Make the release in `out`, which must not exist; returns what the ledger found odd."""
    parts = [
        selected(parse(path, retrieved=COLLECTED), files.keep) for files in FILES for path in _found(shared, files)
    ]
    return list(ingest(open_ledger(out, embedded=False), parts).findings)


def main(shared: str, out: str = str(OUT)) -> None:
    """Build beside the old release, check the size, put it in its place."""
    target = Path(out)
    with tempfile.TemporaryDirectory() as name:
        draft = Path(name) / "embedded"
        findings = build(Path(shared), draft)
        size = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
        if size > LARGEST:
            raise SystemExit(f"The release has {size:,} bytes; at most {LARGEST:,} are allowed")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(draft, target, ignore=shutil.ignore_patterns("lock", "raw"))
    rows = {name: len(open_ledger(target, embedded=False).parts(name)) for name in ("flow", "indicator", "pair")}
    print(f"{target.name}: {size:,} bytes, {len(findings)} findings, parts {rows}")


if __name__ == "__main__":
    main(*sys.argv[1:])
