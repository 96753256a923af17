"""Build the embedded table of trade elasticities by product, with a card of its source.

Usage: python tools/build_elasticities.py SHARED [OUT]

SHARED is the folder with the publisher's file (FILE below); OUT defaults to src/khorgos/data/elasticities. The same
file gives the same bytes. Nothing is imputed: a code without a figure stays without one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "khorgos" / "data" / "elasticities"
FILE = "data/elasticities/fontagne_guimbard_orefice_2022/ProTEE_0_1.csv"

CARD = {
    "id": "fontagne-guimbard-orefice",
    "title": "CEPII, Product Level Trade Elasticities (ProTEE) 0.1, HS6 of 2007",
    "licence": "Etalab Open Licence 2.0",
    "citation": (
        "Fontagné, L., Guimbard, H. and Orefice, G. (2022), Tariff-based product-level trade elasticities, Journal of "
        "International Economics 137"
    ),
    "url": "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=35",
    "nomenclature": "HS07",
    "file": Path(FILE).name,
}


def _basis(row: dict[str, str]) -> str:
    """What a figure rests on: the file's own two marks and its blanks, in words."""
    if not row["sigma"]:
        return "none"
    return "heading" if row["zero"] == "1" or row["positive"] == "1" else "own"


def build(shared: Path, out: Path) -> None:
    """Write fgo.parquet and fgo.json."""
    raw = (shared / FILE).read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    table = pa.table(
        {
            "code": [row["HS6"] for row in rows],
            "estimate": pa.array([float(row["sigma"]) if row["sigma"] else None for row in rows], pa.float64()),
            "basis": pa.array([_basis(row) for row in rows], pa.string()).dictionary_encode(),
        }
    )
    out.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, out / "fgo.parquet", compression="zstd", compression_level=19)
    content = (out / "fgo.parquet").read_bytes()
    card = CARD | {
        "file_sha256": hashlib.sha256(raw).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": len(rows),
    }
    (out / "fgo.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(rows):,} codes, {len(content):,} bytes")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
