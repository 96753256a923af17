"""What a page rests on outside the ledger, as its list of releases names it: files of worlds, elasticities, acts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from khorgos.core.tariffs import TariffMeasure
from khorgos.ledger.elasticities import card
from khorgos.ledger.tariffs import tariff_registry, weights_source
from khorgos.ledger.worlds import EARLIER, WORLDS, World, world
from khorgos.nomenclature.areas import get
from khorgos.sources.registry import source

_PREFIX = "sha256:"


def outside_rows(releases: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """The files behind worlds and elasticities ("sha256:..."), and the acts behind measures of the tariff registry.

    Args:
        releases: ids that the ledger does not know.
    """
    wanted = sorted(releases)
    files = _files() if any(name.startswith(_PREFIX) for name in wanted) else {}
    return tuple(files.get(name) or act_row(tariff_registry().measure(name)) for name in wanted)


def world_rows(one: World) -> tuple[Mapping[str, Any], ...]:
    """The files that a world was made from."""
    return tuple(
        {
            "id": f"{_PREFIX}{source['sha256'][:12]}",
            "publisher": source["title"].partition(",")[0],
            "title": source["title"].partition(", ")[2] or source["citation"],
            "published": str(one.year),
            "sha256": source["sha256"],
            "url": source["url"],
            "licence": source["licence"],
        }
        for source in one.sources
    )


def act_row(one: TariffMeasure) -> Mapping[str, Any]:
    """The act of a measure; its sha256 is over the measure as the registry has it."""
    web = one.source.startswith("http")
    return {
        "id": one.id,
        "publisher": get(one.imposer).name,
        "title": f"{one.legal} ({one.id}, {one.sure})",
        "published": one.announced.isoformat(),
        "sha256": hashlib.sha256(repr(one).encode()).hexdigest(),
        "url": one.source if web else None,
        "licence": "official act" if web else one.source,
    }


def _files() -> dict[str, Mapping[str, Any]]:
    known = {row["id"]: row for name in (*WORLDS, *EARLIER) for row in world_rows(world(name))}
    own = card()
    name = f"{_PREFIX}{own.file_sha256[:12]}"
    known[name] = {
        "id": name,
        "publisher": own.title.partition(",")[0],
        "title": own.citation,
        "published": "",
        "sha256": own.file_sha256,
        "url": own.url,
        "licence": own.licence,
    }
    made_from, sha256 = weights_source()
    name = f"{_PREFIX}{sha256[:12]}"
    known[name] = {
        "id": name,
        "publisher": made_from.partition(",")[0],
        "title": made_from.partition(", ")[2],
        "published": "",
        "sha256": sha256,
        "url": source("census-consumption").url,
        "licence": source("census-consumption").licence,
    }
    return known
