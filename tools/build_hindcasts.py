"""Build the United States' average tariffs of 2025 by partner and day, for the hindcast of that year.

Usage: python tools/build_hindcasts.py SHARED [OUT]

From the tracker's series of statutory averages (US imports of 2024 as weights), with its announcement days put right to
legal ones. Levels in per cent: the duty collected over imports in 2024, plus what was added since.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from khorgos.nomenclature.areas import area

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "khorgos" / "data" / "hindcasts" / "us-2025.csv"
SERIES = "data/policy/us/country-by-time.csv"
YEAR = "2025"

#: Rows of the tracker with the partners' own rates of 2 April: in force for hours on 9 April, paused to 10 per cent
#: (EO 14257, EO 14266). The row of 9 April, with the 10 per cent, holds from 5 April on, its legal day.
NEVER = ("2025-04-05", "2025-04-08")
#: Announcement day in the tracker -> legal day (EO 14257; Proc. 10947).
LEGAL = {"2025-03-06": "2025-03-07", "2025-04-09": "2025-04-05", "2025-06-03": "2025-06-04"}
#: China's own legal days: EO 14195, 14228, 14257 and 14266, 14298, 14357 (policy/us_on_china_timeline.csv).
CHINA_LEGAL = {"2025-05-12": "2025-05-14", "2025-06-03": "2025-06-04", "2025-11-01": "2025-11-10"}
#: IEEPA duty on China alone, before the reciprocal one: per cent from these days on.
FENTANYL = {"2025-02-04": 10.0, "2025-03-04": 20.0}
#: Reciprocal duty on China from these days on; the exemption of electronics held from the first of them.
RECIPROCAL = {"2025-04-05": 10.0, "2025-04-09": 84.0, "2025-04-10": 125.0}
HIT = ("CHN", "HKG")


def rows(shared: Path) -> list[tuple[str, str, float]]:
    """(partner, first day, level in per cent), by partner and day; the first day of the year holds the level before."""
    found: dict[str, dict[str, float]] = {}
    with (shared / SERIES).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["date"].startswith(YEAR):
                continue
            partner = "EU27" if row["country_name"] == "EUROPEAN UNION" else area(row["country_name"]).id
            before = float(row["2024 tariff"])
            own = found.setdefault(partner, {f"{YEAR}-01-01": before})
            own[row["date"]] = before + float(row["effective tariff"])
    return [
        (partner, day, round(level, 3))
        for partner in sorted(found)
        for day, level in sorted(legal(partner, found[partner]).items())
    ]


def legal(partner: str, levels: dict[str, float]) -> dict[str, float]:
    """The same levels from their legal days on."""
    if partner == "CHN":
        return _china(levels)
    first = levels[f"{YEAR}-01-01"]
    days = CHINA_LEGAL if partner in HIT else LEGAL
    made = {days.get(day, day): level for day, level in levels.items() if day not in NEVER}
    if partner in HIT:
        made |= {day: first + added for day, added in FENTANYL.items()}
    return made


def _china(levels: dict[str, float]) -> dict[str, float]:
    """The share of trade that bears the reciprocal duty is read off the tracker's row of 11 April."""
    first, metals = levels[f"{YEAR}-01-01"], levels["2025-04-03"]
    share = (levels["2025-04-11"] - metals) / RECIPROCAL["2025-04-10"]
    made = {day: first + added for day, added in FENTANYL.items()}
    made |= {day: metals + share * added for day, added in RECIPROCAL.items()}
    skipped = (*NEVER, "2025-02-04", "2025-03-06", "2025-04-09", "2025-04-11")
    return made | {CHINA_LEGAL.get(day, day): level for day, level in levels.items() if day not in skipped}


def build(shared: Path) -> bytes:
    """The file's content."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("importer", "exporter", "from", "percent"))
    last: dict[str, float] = {}
    for partner, day, level in rows(shared):
        if last.get(partner) != level:
            writer.writerow(("USA", partner, day, f"{level:.3f}"))
        last[partner] = level
    return out.getvalue().encode()


def main(shared: str, out: str = str(OUT)) -> None:
    """Write the file."""
    content = build(Path(shared))
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_bytes(content)
    print(f"{Path(out).name}: {len(content):,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
