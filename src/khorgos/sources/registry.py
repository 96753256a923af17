"""Which connector reads a file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from khorgos.core.errors import BadFile, UnknownName
from khorgos.core.provenance import Source
from khorgos.sources.connector import Connector, Peek
from khorgos.sources.reading import peek

# One line a module, which exports CONNECTOR or CONNECTORS. To add a source, write its module and add its line here,
# in the block of its kind; nothing else registers anything. Modules are imported when a file is looked at, not before.
_MODULES: tuple[str, ...] = (
    # international collections
    "baci",
    "baci_derived",
    "comtrade",
    "comtrade_pairs",
    "comtrade_rankings",
    "geodist",
    "imf_dots",
    "imf_sdmx",
    "unctad",
    "wdi",
    "wits",
    # customs, statistical offices and trackers
    "gacc_countries",
    "gacc_monthly",
    "census",
    "eurostat",
    "comext_api",
    "kazakhstan",
    "kyrgyzstan",
    "uzbekistan",
    "armenia",
    "georgia",
    "russia",
    "investment_tracker",
    "headlines",
    "targets",
)


@cache
def connectors() -> tuple[Connector, ...]:
    """All connectors, in the order of their modules."""
    found: list[Connector] = []
    for name in _MODULES:
        module = import_module(f"khorgos.sources.{name}")
        several = getattr(module, "CONNECTORS", None)
        found.extend(several if several is not None else (module.CONNECTOR,))
    return tuple(found)


def sources() -> tuple[Source, ...]:
    """The cards of all sources that khorgos can read, each once, by id."""
    cards = {connector.source.id: connector.source for connector in connectors()}
    return tuple(cards[name] for name in sorted(cards))


def source(name: str) -> Source:
    """The card of a source.

    Args:
        name: its id.

    Returns:
        The card.

    Raises:
        UnknownName: with the nearest ids.
    """
    from rapidfuzz import process

    cards = {card.id: card for card in sources()}
    if name not in cards:
        raise UnknownName(name, "source", [match[0] for match in process.extract(name, list(cards), limit=3)])
    return cards[name]


def recognise(path: Path, seen: Peek | None = None) -> Connector:
    """The one connector whose format a file is in.

    Args:
        path: where its bytes are.
        seen: what `reading.peek` saw of it; looked at here where left out.

    Returns:
        The connector.

    Raises:
        BadFile: if no connector or more than one knows it; the hint names the nearest formats.
    """
    glimpse = seen if seen is not None else peek(path)
    able = [connector for connector in connectors() if connector.recognise(glimpse)]
    if len(able) == 1:
        return able[0]
    if able:
        names = " and ".join(connector.name for connector in able)
        raise BadFile(f"The file looks like {names}", path=glimpse.filename, hint="Please report this file")
    if glimpse.suffix == ".zip":
        raise BadFile(
            "The archive holds several files", path=glimpse.filename, hint="Unpack it and import what is inside"
        )
    hint = (
        f"Nearest: {', '.join(_nearest(glimpse))}. `khorgos sources` lists all formats; --skip-unknown leaves such "
        "files out"
    )
    raise BadFile("No connector knows this format", path=glimpse.filename, hint=hint)


def _nearest(glimpse: Peek) -> list[str]:
    from rapidfuzz import fuzz, process

    first = glimpse.cells[0][:6] if glimpse.cells else ()
    words = " ".join([glimpse.filename, glimpse.head[:300], *glimpse.columns, *(" ".join(row) for row in first)])
    known = {connector.name: f"{connector.name} {connector.files}" for connector in connectors()}
    ranked = process.extract(words, known, scorer=fuzz.token_set_ratio, limit=3)
    return [str(name) for _, _, name in ranked]
