"""`khorgos sources`: what the ledger holds, and what khorgos can read."""

from __future__ import annotations

from khorgos.core.errors import UnknownName
from khorgos.ledger.holdings import Holding, releases
from khorgos.ledger.holdings import sources as holdings
from khorgos.ledger.store import Ledger
from khorgos.report.answer import Answer
from khorgos.report.credits import published
from khorgos.report.view import Column, View
from khorgos.sources.registry import connectors
from khorgos.sources.registry import sources as cards

_PASS_ON = {"yes": "rows", "figures": "single figures", "no": "nothing"}


def sources(ledger: Ledger) -> Answer:
    """Every source: what the ledger holds of it, and on what terms.

    Args:
        ledger: the ledger to describe.

    Returns:
        One row a source, those with rows first.
    """
    held = {one.source.id: one for one in holdings(ledger)}
    known = {card.id: card for card in cards()} | {name: one.source for name, one in held.items()}
    rows = [
        {
            "source": name,
            "publisher": card.publisher,
            "title": card.title,
            "releases": held[name].releases if name in held else 0,
            "rows": sum(held[name].rows.values()) if name in held else 0,
            "years": _years(held[name]) if name in held else "",
            "pass_on": _PASS_ON[card.redistribute],
            "licence": card.licence,
            "url": card.url,
        }
        for name, card in known.items()
    ]
    rows.sort(key=lambda row: (row["rows"] == 0, row["source"]))
    columns = (
        Column("source", "Source"),
        Column("publisher", "Publisher"),
        Column("releases", "Releases", "integer"),
        Column("rows", "Rows", "integer"),
        Column("years", "Years"),
        Column("pass_on", "May be passed on"),
    )
    notes = (f"khorgos import reads: {'; '.join(one.name for one in connectors())}.",)
    return Answer(View("Sources", columns, tuple(rows), notes=notes))


def _years(one: Holding) -> str:
    if one.first is None:
        return ""
    return str(one.first) if one.first == one.last else f"{one.first}–{one.last}"


def source(ledger: Ledger, name: str) -> Answer:
    """One source's card and its releases.

    Args:
        ledger: the ledger to describe.
        name: the source's id.

    Returns:
        One row a release; the card stands in the notes.

    Raises:
        UnknownName: with the nearest ids.
    """
    from rapidfuzz import process

    known = {card.id: card for card in cards()} | {card.id: card for card in ledger.sources.values()}
    if name not in known:
        raise UnknownName(name, "source", [match[0] for match in process.extract(name, sorted(known), limit=3)])
    card = known[name]
    rows = tuple(
        {
            "release": one.id,
            "title": one.title,
            "attribution": one.attribution,
            "published": published(one) or None,
            "retrieved": one.retrieved,
            "filename": one.filename,
            "n_bytes": one.n_bytes,
            "sha256": one.sha256,
            "url": one.url,
        }
        for one in releases(ledger, name)
    )
    columns = (
        Column("release", "Release"),
        Column("title", "Title"),
        Column("published", "Published"),
        Column("filename", "File"),
        Column("n_bytes", "Bytes", "integer"),
    )
    notes = (
        f"Publisher: {card.publisher}. {card.url}",
        f"Terms: {card.licence}. May be passed on: {_PASS_ON[card.redistribute]}.",
        f"Units: {card.units}. Valuation: {card.valuation}. Appears: {card.cadence}.",
        f"Cite as: {card.citation}",
        *((card.notes,) if card.notes else ()),
    )
    return Answer(View(f"{card.publisher}: {card.title}", columns, rows, notes=notes))


def fetchable() -> Answer:
    """The sources with an open interface.

    Returns:
        One row a source.
    """
    from khorgos.sources.plans import fetchable as known

    rows = tuple(
        {
            "source": one.name,
            "also": ", ".join(one.also),
            "title": one.title,
            "options": ", ".join(f"{name}*" if name in one.required else name for name in one.options),
            "key": one.key or "",
        }
        for one in known()
    )
    columns = (
        Column("source", "Source"),
        Column("also", "Also called"),
        Column("options", "Options (* needed)"),
        Column("key", "Key in"),
    )
    notes = ("Write options as name=value: khorgos fetch comtrade reporters=KGZ partners=CHN years=2020..2024",)
    return Answer(View("Open interfaces", columns, rows, notes=notes))
