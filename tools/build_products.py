"""Make the package's product lists and concordances from the publishers' tables.

Usage: python tools/build_products.py SHARED

SHARED holds data/nomenclature with (a) UN Comtrade's classification lists H0..H6, S1..S4 and BEC in JSON, (b) the UN
Statistics Division's conversion and correlation workbooks between HS editions and from HS to SITC and BEC, (c) WITS's
HS to SITC and ISIC concordances, (d) the HS correlations of neighbouring editions as consolidated by the Harvard Growth
Lab, and (e) the chapters of each HS section. Output: products.parquet, concordances.parquet and sections.csv in
src/khorgos/nomenclature/data.

How weights come about. None of the tables carries trade values, so no weight is estimated from data:

* To an older edition: UNSD's *conversion* table names one code for each code; it gets weight 1. Where there is no such
  table (2007 to 2002, 2002 to 1996, 1996 to 1992) the same code is taken if the correlation holds it, else the
  correlated codes of the nearest heading in equal parts. Against UNSD's own choice this rule agrees for 99.3% (2012 to
  2007) and 99.5% (2017 to 2012) of the codes.
* To a younger edition: all codes that convert back to the code, in equal parts, or only those of its own heading if
  there are any; if none converts back, the correlated codes of the nearest heading in equal parts. Taking all
  correlated codes instead would send most of each machine into HS 8549, electrical waste, which the 2022 edition
  correlates with every machine, and nine tenths of all telephones into display modules and transistors.
* Where no table exists at all, tables are chained, and the result has the weakest basis on the way.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "khorgos" / "nomenclature" / "data"

HS = {
    "HS92": "1992",
    "HS96": "1996",
    "HS02": "2002",
    "HS07": "2007",
    "HS12": "2012",
    "HS17": "2017",
    "HS22": "2022",
}
SITC = ("SITC1", "SITC2", "SITC3", "SITC4")
NOMENCLATURES = (*HS, *SITC, "BEC4", "ISIC3")
COMTRADE = dict(zip(NOMENCLATURES, [*(f"H{i}" for i in range(7)), "S1", "S2", "S3", "S4", "BEC"], strict=False))

#: Weakest last; a chain of tables is as good as its weakest link.
BASES = ("one-to-one", "many-to-one", "main link", "equal split")

NOT_SPECIFIED, LEGACY_NOT_SPECIFIED, OIL = "999999", "9999AA", "2710"

Relation = dict[str, set[str]]
Map = dict[str, dict[str, float]]
Concordance = tuple[Map, dict[str, str]]


def _codes(folder: Path, nomenclature: str) -> dict[str, str]:
    """Codes and labels of one of Comtrade's lists, without its headings and memorandum items."""
    text = (folder / f"classification{COMTRADE[nomenclature]}.json").read_text(encoding="utf-8-sig")
    found = {}
    for row in json.loads(text)["results"]:
        code, _, label = row["text"].partition(" - ")
        if (
            row["id"] == code
            and not code.startswith("AG")
            and code not in {"ALL", "TOTAL"}
            and "Memorandum" not in label
        ):
            found[code] = " ".join(label.split())
    return found


def _isic(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {code: " ".join(label.split()) for code, label in pairs if code.isdigit()}


def _text(cell: object) -> str:
    written = str(int(cell)) if isinstance(cell, float) else str(cell)
    return written.strip().replace(".", "")


def _workbook_pairs(path: Path, kind: str) -> list[tuple[str, str]]:
    """Pairs of codes in the sheet whose name holds `kind`."""
    book = CalamineWorkbook.from_path(path)
    (name,) = [n for n in book.sheet_names if kind.lower() in n.lower()]
    out = []
    for row in book.get_sheet_by_name(name).to_python():
        cells = [t for t in map(_text, row) if t not in {"", "ex"}]
        if len(cells) >= 2 and cells[0].isdigit() and cells[1].isdigit():
            out.append((cells[0].zfill(6), cells[1]))
    return out


def _relation(pairs: Iterable[tuple[str, str]]) -> Relation:
    out: Relation = defaultdict(set)
    for source, target in pairs:
        out[source].add(target)
    return dict(out)


def _reversed(relation: Relation) -> Relation:
    return _relation((target, source) for source, targets in relation.items() for target in targets)


def _nearest(code: str, others: set[str]) -> set[str]:
    """The code itself if it is there, else those that share the longest run of leading digits with it."""
    if code in others:
        return {code}

    def shared(other: str) -> int:
        return next(n for n in (5, 4, 2, 0) if code[:n] == other[:n])

    best = max(map(shared, others), default=0)
    return {other for other in others if shared(other) == best}


def _own_heading(code: str, others: set[str]) -> set[str]:
    """Those of the code's own heading if there are any, else all."""
    return {other for other in others if other[:4] == code[:4]} or others


def _weighted(related: Relation, chosen: Mapping[str, set[str]]) -> Concordance:
    """Equal weights over the chosen targets, and what each rests on."""
    sources = _reversed(related)
    weights: Map = {}
    bases: dict[str, str] = {}
    for code, targets in chosen.items():
        if not targets:
            continue
        weights[code] = {target: 1 / len(targets) for target in sorted(targets)}
        (first, *more) = sorted(targets)
        if more:
            bases[code] = "equal split"
        elif len(related[code]) > 1:
            bases[code] = "main link"
        else:
            bases[code] = "one-to-one" if sources[first] == {code} else "many-to-one"
    return weights, bases


def _both_ways(related: Relation, main: Mapping[str, set[str]]) -> tuple[Concordance, Concordance]:
    """From the younger edition to the older one by its main links, and from the older one to the younger one."""
    older = _reversed(related)
    back_to = _relation((old, new) for new, olds in main.items() for old in olds)
    forward = {
        old: _own_heading(old, back_to[old]) if old in back_to else _nearest(old, news) for old, news in older.items()
    }
    return _weighted(related, main), _weighted(older, forward)


def _chain(first: Concordance, second: Concordance) -> Concordance:
    weights: Map = {}
    bases: dict[str, str] = {}
    for code, middles in first[0].items():
        if not all(middle in second[0] for middle in middles):
            continue
        found: dict[str, float] = defaultdict(float)
        for middle, share in middles.items():
            for target, weight in second[0][middle].items():
                found[target] += share * weight
        weights[code] = dict(sorted(found.items()))
        bases[code] = max([first[1][code], *(second[1][m] for m in middles)], key=BASES.index)
    return weights, bases


class _Builder:
    """Collects the concordances of all ordered pairs, with the table or chain each came from."""

    def __init__(self, shared: Path) -> None:
        self.nomenclature = shared / "data" / "nomenclature"
        self.folder = self.nomenclature / "insongkim_concordance" / "data-raw"
        self.codes = {n: _codes(self.folder, n) for n in COMTRADE}
        self.codes["ISIC3"] = _isic(self.folder / "ISIC_Rev_3_english_structure.txt")
        self.codes["ISIC3"]["9999"] = "Goods not elsewhere classified (WITS's own code)"
        self.found: dict[tuple[str, str], Concordance] = {}
        self.source: dict[tuple[str, str], str] = {}

    def put(self, pair: tuple[str, str], concordance: Concordance, source: str) -> None:
        """Keep one concordance; add the two code lists' common legacy codes."""
        weights, bases = concordance
        a, b = (self.codes[n] for n in pair)
        if NOT_SPECIFIED in b and NOT_SPECIFIED in a:
            for code in {NOT_SPECIFIED, LEGACY_NOT_SPECIFIED} & set(a):
                target = code if code in b else NOT_SPECIFIED
                weights.setdefault(code, {target: 1.0})
                bases.setdefault(code, "one-to-one" if code in b else "many-to-one")
        for code in a:  # Comtrade's national codes in the heading of refined oils, which then had one HS code
            if code not in weights and code.startswith(OIL) and len(code) == 6 and "LEGACY" in a[code]:
                whole = code in b and "LEGACY" in b[code]
                weights[code] = {code: 1.0} if whole else dict(weights["271000"])
                bases[code] = "one-to-one" if whole else bases["271000"]
        self.found[pair], self.source[pair] = (dict(sorted(weights.items())), bases), source

    def editions(self) -> None:
        """HS edition to HS edition, UNSD's tables where there are any."""
        names = list(HS)
        for new in ("HS22", "HS17", "HS12"):
            for old in names[: names.index(new)]:
                path = self.folder / self._workbook(new, old)
                related = _relation(_workbook_pairs(path, "Correlation"))
                main = _relation(_workbook_pairs(path, "Conversion"))
                for code, targets in main.items():  # four links that UNSD converts but does not correlate
                    related.setdefault(code, set()).update(targets)
                self._both(new, old, related, main, f"UNSD conversion and correlation tables {new}-{old}")
        growth_lab = self._growth_lab()
        for new, old in (("HS07", "HS02"), ("HS02", "HS96"), ("HS96", "HS92")):
            related = growth_lab[new, old]
            main = {code: _nearest(code, targets) for code, targets in related.items()}
            self._both(new, old, related, main, f"UNSD correlation {new}-{old} as consolidated by the Growth Lab")
        for a, via, b in (("HS02", "HS96", "HS92"), ("HS07", "HS02", "HS96"), ("HS07", "HS02", "HS92")):
            self.chain(a, via, b)
            self.chain(b, via, a)

    def others(self) -> None:
        """HS to SITC, BEC and ISIC."""
        self._unsd_others()
        self._wits_others()
        for hs in HS:
            for other in (*SITC, "BEC4", "ISIC3"):
                if (hs, other) not in self.found:
                    self.chain(hs, "HS17" if other in SITC else "HS07", other)

    def _unsd_others(self) -> None:
        for new in ("HS22", "HS17"):
            for sitc in SITC:
                path = self.folder / self._workbook(new, sitc)
                related, main = (_relation(_workbook_pairs(path, k)) for k in ("Correlation", "Conversion"))
                self.put((new, sitc), _weighted(related, main), f"UNSD conversion and correlation tables {new}-{sitc}")
        for hs in ("HS07", "HS12", "HS17", "HS22"):
            path = self.folder / f"HS{HS[hs]} to BEC Conversion and Correlation Tables.csv"
            related = self._csv(path, hs, "utf-8-sig", column=1)
            self.put((hs, "BEC4"), _weighted(related, related), f"UNSD conversion table {hs}-BEC4")

    def _wits_others(self) -> None:
        for i, hs in enumerate(("HS92", "HS96", "HS02", "HS07")):
            for target, name in (("S3", "SITC3"), ("S4", "SITC4"), ("I3", "ISIC3")):
                (path,) = self.folder.glob(f"JobID-*_H{i}_to_{target}.CSV")
                related = self._csv(path, hs, "latin-1")
                self.put((hs, name), _weighted(related, related), f"WITS concordance {hs}-{name}")

    def chain(self, a: str, via: str, b: str) -> None:
        """One concordance after the other."""
        source = f"{self.source[a, via]}; then {self.source[via, b]}"
        self.put((a, b), _chain(self.found[a, via], self.found[via, b]), source)

    def _both(self, new: str, old: str, related: Relation, main: Relation, source: str) -> None:
        back, forward = _both_ways(related, main)
        self.put((new, old), back, source)
        self.put((old, new), forward, source)

    def _workbook(self, new: str, old: str) -> str:
        if old in SITC:
            return f"HS{HS[new]}to{old}ConversionAndCorrelationTables.xlsx"
        if new == "HS12":
            return f"HS {HS[new]} to HS {HS[old]} Correlation and conversion tables.xls"
        return f"HS{HS[new]}toHS{HS[old]}ConversionAndCorrelationTables.xlsx"

    def _growth_lab(self) -> dict[tuple[str, str], Relation]:
        (path,) = self.nomenclature.glob("harvard_conversion_weights/**/HS_consolidated_comtrade_concordances.csv")
        year = {y: hs for hs, y in HS.items()}
        pairs = defaultdict(list)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                new, old = row["adjustment"].split(" to ")
                if new in year and old in year:
                    pair = (row["code.after"].zfill(6), row["code.before"].zfill(6))
                    pairs[year[new], year[old]].append(pair)
        return {key: _relation(value) for key, value in pairs.items()}

    def _csv(self, path: Path, hs: str, encoding: str, *, column: int = 2) -> Relation:
        with path.open(encoding=encoding, newline="") as file:
            rows = list(csv.reader(file))[1:]
        pairs = [(row[0].replace(".", "").zfill(6), row[column].strip()) for row in rows if row[0].strip()]
        return _relation((a, b) for a, b in pairs if b.isdigit() and a in self.codes[hs])


def _check(builder: _Builder) -> None:
    """Stop if a weight or a code of the tables cannot be right."""
    for (a, b), (weights, bases) in builder.found.items():
        for code, targets in weights.items():
            total = sum(targets.values())
            assert abs(total - 1) < 1e-9, f"{a}>{b} {code}: weights sum to {total}"
            assert code in builder.codes[a], f"{a} has no {code}"
            assert set(targets) <= set(builder.codes[b]), f"{b} lacks some of {sorted(targets)}"
            assert bases[code] in BASES, f"{a}>{b} {code}"
        lost = {c for c in builder.codes[a] if len(c) == 6 and c in builder.codes[b] and c not in weights}
        assert not (a in HS and b in HS and lost), f"{a}>{b} does not say what becomes of {sorted(lost)}"


def _write(table: pa.Table, path: Path, order: list[str], prefixed: list[str]) -> None:
    pq.write_table(
        table.sort_by([(name, "ascending") for name in order]),
        path,
        compression="zstd",
        compression_level=22,
        use_dictionary=[name for name in table.column_names if name not in prefixed],
        column_encoding=dict.fromkeys(prefixed, "DELTA_BYTE_ARRAY"),
        write_statistics=False,
    )
    print(f"{path.name}: {table.num_rows} rows, {path.stat().st_size:,} bytes")


def _products(builder: _Builder) -> pa.Table:
    """One row for each (code, label); the bits of `lists` say in which nomenclatures it stands."""
    lists: dict[tuple[str, str], int] = defaultdict(int)
    for bit, name in enumerate(NOMENCLATURES):
        for code, label in builder.codes[name].items():
            lists[code, label] |= 1 << bit
    codes, labels = zip(*lists, strict=True)
    return pa.table({"code": codes, "label": labels, "lists": pa.array(lists.values(), pa.int32())})


def _concordances(builder: _Builder) -> pa.Table:
    """All links but the plain ones: a code that keeps its number, one-to-one."""
    rows: list[tuple[str, str, str, float, str]] = []
    for (a, b), (weights, bases) in builder.found.items():
        for code, targets in weights.items():
            if bases[code] == "one-to-one" and code in targets:
                continue
            rows += [(f"{a}>{b}", code, target, weight, bases[code]) for target, weight in targets.items()]
    names = ("pair", "code_from", "code_to", "weight", "basis")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    sources = {f"{a}>{b}": text for (a, b), text in builder.source.items()}
    return pa.table(columns).replace_schema_metadata({"sources": json.dumps(sources)})


def _sections(folder: Path) -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (folder / "datasets_harmonized-system" / "data" / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    chapters = defaultdict(list)
    for row in rows("harmonized-system.csv"):
        if row["level"] == "2" and row["section"] != "TOTAL":
            chapters[row["section"]].append(row["hscode"])
    with (OUTPUT / "sections.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["section", "name", "chapters"])
        for row in rows("sections.csv"):
            name = " ".join(row["name"].split())
            writer.writerow([row["section"], name[0].upper() + name[1:], " ".join(chapters[row["section"]])])


def main() -> None:
    """Read the publishers' tables, check them, write the package's."""
    builder = _Builder(Path(sys.argv[1]))
    builder.editions()
    builder.others()
    _check(builder)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    _sections(builder.nomenclature)
    _write(_products(builder), OUTPUT / "products.parquet", ["code", "label"], ["code"])
    order = ["pair", "code_from", "code_to"]
    _write(_concordances(builder), OUTPUT / "concordances.parquet", order, order[1:])


if __name__ == "__main__":
    main()
