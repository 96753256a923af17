"""What is common to the tables of Russia's Federal Customs Service: card, words, periods, cells."""

from __future__ import annotations

import re

from khorgos.core.errors import BadFile
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import Flow
from khorgos.nomenclature.periods import Period, year
from khorgos.sources.connector import Snapshot
from khorgos.sources.month_names import stretch
from khorgos.sources.publication import year_known
from khorgos.sources.reading import Cell, cell_name, number

Rows = list[list[Cell]]

SOURCE = Source(
    id="rus-fcs",
    publisher="Federal Customs Service of Russia (FCS)",
    title="Foreign trade of the Russian Federation: totals, main partners, CIS countries",
    url="https://customs.gov.ru/statistic",
    licence="Free use with reference to the source",
    redistribute="figures",
    citation="Federal Customs Service of Russia, customs statistics of foreign trade (by FCS data on customs.gov.ru).",
    attribution="Federal Customs Service of Russia",
    cadence="monthly to January 2022; since then totals by continent and by chapter",
    units="million USD; billion USD in the tables of 2023 and later",
    valuation="exports FOB, imports CIF",
    rank=10,
    notes="Partners end with December 2021: since then the service publishes continents only. Monthly totals are "
    "without the service's estimates for fish, bunker fuel, travellers and unrecorded trade within the EAEU; its "
    "headline totals with them are left out, so that months add up to years. Where a file states no day of "
    "publication, the year after its last period is taken (precision: year).",
)

FLOWS = {"оборот": Flow.TOTAL, "экспорт": Flow.EXPORT, "импорт": Flow.IMPORT}

# Typists mixed Latin letters that look Cyrillic into names ("Китaй" with a Latin a, in 96stran.xlsx).
_LATIN_LOOKALIKES = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_SPAN = re.compile(r"([А-Яа-я]+(?:\s*[-–—]\s*[А-Яа-я]+)?)\s+(\d{4})\s*г?\.?")


def cyrillic(written: object) -> str:
    """Text on one line, Latin look-alikes in Cyrillic words replaced."""
    plain = " ".join(str(written).split()) if written is not None else ""
    return " ".join(w.translate(_LATIN_LOOKALIKES) if _CYRILLIC.search(w) else w for w in plain.split(" "))


def span(written: object) -> Period | None:
    """The period that "январь-декабрь 2022", "Январь 2022 г." or "2018 год" names; None for other words."""
    plain = cyrillic(written)
    if found := re.fullmatch(r"(\d{4})\s*г(?:од)?\.?", plain):
        return year(int(found[1])) if 1900 <= int(found[1]) <= 2199 else None
    found = _SPAN.fullmatch(plain)
    if not found or not 1900 <= int(found[2]) <= 2199:
        return None
    return stretch(found[1].lower(), int(found[2]))


def figure(rows: Rows, r: int, column: int, name: str) -> float | None:
    """The number in a cell; None where it is empty or lies beyond the row's end.

    Args:
        rows: the sheet.
        r: 0-based row.
        column: 0-based column.
        name: the file's name, for the error.

    Returns:
        The number.

    Raises:
        BadFile: if the cell holds anything else.
    """
    cell = rows[r][column] if column < len(rows[r]) else None
    return number(cell, decimal=",", path=name, row=r + 1, column=cell_name(r, column))


def unit_of(head: str, name: str) -> float:
    """Units of a dollar that a heading states.

    Args:
        head: the rows above the table, as text.
        name: the file's name, for the error.

    Returns:
        1e6 or 1e9.

    Raises:
        BadFile: if it states none.
    """
    words = cyrillic(head).lower()
    for pattern, unit in ((r"(?:млрд|миллиард)", 1e9), (r"(?:млн|миллион)", 1e6), (r"тыс", 1e3)):
        if re.search(pattern + r"[а-я]*\.?\s*дол", words):
            return unit
    raise BadFile("The table does not state its unit", path=name, hint="Expected '(млн долларов США)'")


def release_of(snapshot: Snapshot, title: str, periods: list[str]) -> Release:
    """The release of a file that states no day of publication.

    Args:
        snapshot: the file.
        title: what it is.
        periods: the periods it covers, as in the ledger.

    Returns:
        A release published in the year of the month after the last period, precision "year".
    """
    return snapshot.release(SOURCE, title, published=year_known(periods), precision="year")
