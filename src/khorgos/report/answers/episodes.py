"""Earlier losses of a supplier, and who took its place: the constant-market-share split of what happened."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

from khorgos.ledger.store import Ledger
from khorgos.measures.measured import Measured
from khorgos.measures.supply import constant_market_share
from khorgos.nomenclature.areas import get
from khorgos.nomenclature.goods import Good, good
from khorgos.nomenclature.groups import expand
from khorgos.report.answer import Answer, or_none, remarks
from khorgos.report.credits import Credits
from khorgos.report.naming import name as in_prose
from khorgos.report.view import Column, View

#: Winners shown of each episode; chosen because the rest together won less than any of them in the known ones.
_WINNERS = 6


#: Suppliers with less of the market are not named; chosen because they move no other's share by a point.
_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class Episode:
    """A loss and the two years around it.

    Args:
        id: short name.
        importer: who lost suppliers.
        lost: who was lost, an area or group.
        product: as people write it.
        before, after: calendar years.
        what: what happened, a clause.
        source: where that is written.
    """

    id: str
    importer: str
    lost: str
    product: str
    before: int
    after: int
    what: str
    source: str


@lru_cache(maxsize=1)
def kept_episodes() -> tuple[Episode, ...]:
    """The episodes that come with khorgos."""
    text = files("khorgos").joinpath("data/episodes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Episode(
            id=row["id"],
            importer=row["importer"],
            lost=row["lost"],
            product=row["product"],
            before=int(row["before"]),
            after=int(row["after"]),
            what=row["what"],
            source=row["source"],
        )
        for row in rows
    )


def episodes(
    ledger: Ledger, asked: Sequence[Episode], as_of: dt.date | None, extra: Sequence[str] = ()
) -> Answer | None:
    """What happened in each episode that the ledger has both years of.

    Args:
        ledger: the ledger to ask.
        asked: the episodes.
        as_of: what was known on that day.
        extra: areas shown whatever they won.

    Returns:
        The winners and those lost, with the split of their change; None where no episode has figures.
    """
    credits = Credits(ledger)
    rows: list[dict[str, Any]] = []
    measured: list[Measured] = []
    notes: list[str] = []
    for one in asked:
        what = good(one.product)
        made = or_none(partial(_split, ledger, what, one, as_of))
        lost = set(expand([one.lost]))
        found = [] if made is None else made.table.to_pylist()
        if made is None or not any(row["exporter"] in lost and row["before"] > 0 for row in found):
            notes.append(missing(one, what))
            continue
        measured.append(made)
        name = f"{_short(what)} to {in_prose(one.importer)}, {one.before} to {one.after}"
        name = f"{name[0].upper()}{name[1:]}"
        first, *more = _rows(found, lost, one.lost, credits, extra)
        again = {"episode_text": ""}  # people read a name once; data have it on each row
        rows += [{"episode": name, "episode_id": one.id} | row for row in (first, *(again | row for row in more))]
        notes.append(f"{name}: {one.what}" + (f" ({one.source})." if one.source else "."))
        notes += _silent(found, one)
    if not rows:
        return None
    view = View(
        title="Who took the place: earlier episodes",
        subtitle="USD {scale}; market: what a constant share of the market would have brought; mix: of its products; "
        "competitiveness: the rest; won: part of all gains of share",
        columns=_COLUMNS,
        rows=tuple(rows),
        notes=(
            *notes,
            "Market, mix and competitiveness sum to the change (Leamer and Stern 1970; Richardson 1971).",
            *remarks(measured),
        ),
        sources=credits.lines(),
    )
    return Answer(view, tuple(measured))


def _silent(found: Sequence[dict[str, Any]], one: Episode) -> list[str]:
    """Suppliers of some weight without a figure afterwards: their share goes to the others in the split."""
    least = _WEIGHT * sum(row["before"] for row in found)
    gone = [row for row in found if row["before"] > least and not row["after"]]
    if not gone:
        return []
    named = ", ".join(get(row["exporter"]).name for row in sorted(gone, key=lambda row: -row["before"]))
    return [f"Without a figure of {one.after}, which need not be none: {named}. Their share falls to the others here."]


def _short(what: Good) -> str:
    """What it is without its code and what the label says after the first words."""
    return what.name.partition(" (")[0].partition(";")[0].rstrip("…")


def missing(one: Episode, what: Good) -> str:
    """What an episode lacks, and which command gets it."""
    return (
        f"No figures for {_short(what)} to {in_prose(one.importer)}, {one.before} and {one.after}; get them: "
        f"khorgos fetch comtrade reporters={one.importer} flows=import products={what.asked} "
        f"years={one.before},{one.after}"
    )


def _split(ledger: Ledger, what: Good, one: Episode, as_of: dt.date | None) -> Measured:
    return constant_market_share(ledger, what.codes, one.importer, one.before, one.after, as_of=as_of)


_COLUMNS = (
    Column("episode", "Episode"),
    Column("exporter", "Supplier"),
    Column("before", "Before", "money", "USD"),
    Column("after", "After", "money", "USD"),
    Column("market", "Market", "money", "USD"),
    Column("mix", "Mix", "money", "USD"),
    Column("competitiveness", "Compet.", "money", "USD"),
    Column("share_change", "Share", "points", "percentage points"),
    Column("won", "Won", "percent", "percent", 0),
    Column("sources", "Source", "list"),
)


def _rows(
    found: Sequence[dict[str, Any]],
    lost: set[str],
    of: str,
    credits: Credits,
    extra: Sequence[str],
) -> list[dict[str, Any]]:
    order = sorted(found, key=lambda row: (-row["taken"], -row["after"], row["exporter"]))
    others = [row for row in order if row["exporter"] not in lost]
    winners = others[:_WINNERS]
    kept = [*winners, *(row for row in others[_WINNERS:] if row["exporter"] in extra and row["after"] > 0)]
    gone = [row for row in found if row["exporter"] in lost]
    rest = [row for row in others if row not in kept]
    groups = [
        (f"{get(of).name.partition(' (')[0]} (lost)", of, gone),
        *((get(row["exporter"]).name, row["exporter"], [row]) for row in kept),
        *([(f"{len(rest)} others", "", rest)] if rest else []),
    ]
    rows = []
    for label, area, parts in groups:
        total = {key: sum(part[key] for part in parts) for key in _SUMMED}
        if abs(total["mix"]) <= _NOTHING * (total["before"] + total["after"]):
            total["mix"] = 0.0
        rows.append(
            {
                "exporter": label,
                "exporter_id": area,
                **{key: total[key] for key in ("before", "after", "market", "mix", "competitiveness")},
                "share_change": 100 * (total["share"] - total["base_share"]),
                "won": 100 * total["taken"],
                "sources": list(credits.cite(trace for part in parts for trace in part["trace"])),
            }
        )
    return rows


#: A part below this share of the trade is rounding; chosen because sums of doubles lose less than 1e-12.
_NOTHING = 1e-10

_SUMMED = ("before", "after", "market", "mix", "competitiveness", "share", "base_share", "taken")
