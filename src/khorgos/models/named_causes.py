"""What a simulation's draws may vary, by the names that a user gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from khorgos.core.errors import BadInput, UnknownName
from khorgos.ledger.elasticities import card
from khorgos.ledger.store import Ledger
from khorgos.ledger.tariffs import weights_source
from khorgos.models.arrays import Array
from khorgos.models.causes import elasticities, elasticities_between, elasticities_of_products, shares_within
from khorgos.models.mirror_range import MirrorRange, mirror_range
from khorgos.models.product_thetas import product_thetas
from khorgos.models.uncertainty import Cause
from khorgos.models.worlds import Prepared

#: An imputed flow is drawn between half and twice its value; chosen because the rule, tried on the pairs that were
#: reported, is within a factor of two for 96 per cent of their trade (the world's card has the figures).
IMPUTED_WITHIN = (0.5, 2.0)
#: Names by what they vary: the first three the elasticities, one of them at a time, the others the flows.
NAMES = ("standard-errors", "hs6", "theta=2..8", "imputed", "mirror")
#: What is drawn where nothing is named.
DEFAULT = ("standard-errors", "imputed")

_RANGE = re.compile(r"theta=(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)")


@dataclass(frozen=True, eq=False)
class Named:
    """What the draws vary.

    Args:
        asked: names, as given.
        causes: by what they vary: "elasticities", "imputed flows", "mirror reports".
        notes: how each is drawn, a sentence each.
        releases: that it was drawn from besides the world: reports, HS6 estimates, the imports that weigh them.
    """

    asked: tuple[str, ...]
    causes: Mapping[str, Cause]
    notes: tuple[str, ...]
    releases: tuple[str, ...] = ()


def named_causes(asked: Sequence[str], made: Prepared, hit: Array, ledger: Ledger | None) -> Named:
    """Causes by their names.

    Args:
        asked: some of NAMES, with any two numbers for theta; () for DEFAULT.
        made: the world.
        hit: [N, N] trade that the scenario touches, of which the notes say how much is drawn.
        ledger: that has the mirror reports; None where they are not asked for.

    Raises:
        UnknownName: there is no such cause.
        BadInput: elasticities drawn in two ways, a range that ends below its start, or a world without what is asked.
        NoData: the ledger has both reports of no flow.
    """
    names = tuple(dict.fromkeys(asked)) or DEFAULT
    way = _way(names)
    causes: dict[str, Cause] = {}
    notes: list[str] = []
    releases: list[str] = []
    if way is not None:
        causes["elasticities"], note = _elasticities(way, made)
        notes.append(note)
        releases += [f"sha256:{one[:12]}" for one in (card().file_sha256, weights_source()[1]) if way == "hs6"]
    if "imputed" in names and (marked := made.world.trade_imputed).any():
        causes["imputed flows"] = _within(made, *(np.where(marked, bound, 1.0) for bound in IMPUTED_WITHIN))
        notes.append("Imputed flows: each between half and twice its value.")
    if "mirror" in names:
        found, note = _mirrored(made, hit, ledger)
        causes["mirror reports"] = _within(made, found.low, found.high)
        notes.append(note)
        releases += found.releases
    if not causes:
        raise BadInput(f"Nothing to draw: the world {made.world.id!r} has no imputed flow", hint="Add standard-errors")
    return Named(names, causes, tuple(notes), tuple(releases))


def _way(names: Sequence[str]) -> str | None:
    """How elasticities are drawn, if they are."""
    ways = [name for name in names if name not in ("imputed", "mirror")]
    for name in ways:
        if name not in NAMES and not _RANGE.fullmatch(name):
            if name.startswith("theta"):
                raise BadInput(f"Not a range of theta: {name!r}", hint="Write it like theta=2..8")
            raise UnknownName(name, "cause of uncertainty", NAMES)
    if len(ways) > 1:
        raise BadInput(f"Elasticities are drawn in one way at a time, not by {' and '.join(ways)}", hint="Leave one")
    return ways[0] if ways else None


def _mirrored(made: Prepared, hit: Array, ledger: Ledger | None) -> tuple[MirrorRange, str]:
    if ledger is None:
        raise BadInput("Mirror reports come from a ledger, and none was given")
    found, total = mirror_range(ledger, made.world), made.world.trade.sum(2)
    touched = f", {hit[found.known].sum() / hit.sum():.0%} of that which the scenario touches" if hit.any() else ""
    return found, (
        f"Mirror reports: {found.known.sum():,} flows, {total[found.known].sum() / total.sum():.0%} of trade{touched},"
        f" have the reports of both sides ({found.years[0]} to {found.years[1]}, the last year that has both; imports"
        " less freight). Each is drawn between the two, around their geometric mean; the others stand as they are. With"
        " a ledger that has more reporters more of them vary."
    )


def _elasticities(way: str, made: Prepared) -> tuple[Cause, str]:
    if way == "standard-errors":
        # In proportion where another elasticity was chosen.
        spread: Array = made.world.theta_spread * made.baseline.theta / made.world.theta
        return elasticities(spread), "Elasticities: normal, with the standard errors of the world's own."
    if way == "hs6":
        found = product_thetas(made.world.sectors)
        own = dict(zip(made.world.sectors, made.baseline.theta, strict=False))
        means = ", ".join(f"{name} {mean:.1f} ({own[name]:.1f})" for name, mean in found.means.items())
        without = [name for name in found.sectors if name not in found.means]
        kept = f"; {', '.join(without)}, of which there is no estimate, as in the result" if without else ""
        return elasticities_of_products(found.values, found.weights), (
            "Elasticities: means of HS6 estimates, sigma less one, over products drawn with replacement and weighed by"
            " the imports of the United States of 2024 (Census). They centre on their own means, not on the result"
            f" above, whose theta stands in brackets: {means}{kept}. {card().citation}."
        )
    ends = _RANGE.fullmatch(way)
    assert ends is not None  # named_causes has seen to it
    low, high = (float(end) for end in ends.groups())
    return elasticities_between(low, high), f"Elasticities: even between {low:g} and {high:g}, each sector by itself."


def _within(made: Prepared, low: Array, high: Array) -> Cause:
    wide = np.ones(made.baseline.pi.shape)
    return shares_within(low[:, :, None] * wide, high[:, :, None] * wide)
