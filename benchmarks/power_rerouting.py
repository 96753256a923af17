"""Size and power of the rerouting indices: worlds of known truth, with and without goods sent by way of one hub.

    python benchmarks/power_rerouting.py [worlds]

The indices are written out here a second time, over arrays and without the ledger; tests hold them against
`khorgos.measures.rerouting`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from khorgos.measures.rerouting.indices import INDICES
from khorgos.measures.rerouting.placebo import percentile

Floats = npt.NDArray[np.float64]

#: Countries of a world: origin, destination, and hubs.
ORIGIN, DESTINATION, FIRST_HUB = 0, 1, 2
#: Chosen because the two highest of forty are then exactly the 5 per cent above the 95th percentile.
HUBS = 40
PRODUCTS = 40
#: Standard deviations of logarithms. Sizes of flows: chosen because bilateral flows of HS6 goods differ by three orders
#: of magnitude. Growth common to a country and product, and of a single flow: chosen because bilateral growth of HS6
#: goods from one year to the next has a standard deviation of about a half.
_SIZE, _COMMON, _NOISE = 1.5, 0.2, 0.5
#: Part of all possible flows that are not there. Chosen because most small flows of goods are not.
_ABSENT = 0.5
CIF = 1.06
_CRITICAL = 0.95


@dataclass(frozen=True)
class World:
    """True flows of two years, [exporter, importer, product], and what importers received of them.

    Args:
        before: flows of the base year.
        after: flows of the later year.
        received: of the later year, at FOB; less than `after` where goods were declared and never came.
    """

    before: Floats
    after: Floats
    received: Floats


def world(seed: int, *, share: float = 0.0, paper: float = 0.0, hubs: int = HUBS, products: int = PRODUCTS) -> World:
    """A world in which the first hub takes over a share of the direct trade.

    Args:
        seed: of its numbers.
        share: of the origin's direct exports of each product to the destination that go by the first hub instead.
        paper: likewise, but declared to the hub and driven straight on: the hub never sees them.
        hubs: their number.
        products: their number.
    """
    random = np.random.default_rng(seed)
    n = hubs + FIRST_HUB
    seller, buyer = random.normal(0, _SIZE, (n, 1, products)), random.normal(0, _SIZE, (1, n, products))
    before = np.exp(seller + buyer + random.normal(0, _SIZE, (n, n, products)))
    before[random.random(before.shape) < _ABSENT] = 0.0
    # the destination is a large market for the origin's goods, as those are against which barriers are raised
    before[ORIGIN, DESTINATION] = np.exp(2 * _SIZE + random.normal(0, _SIZE, products))
    before[np.arange(n), np.arange(n)] = 0.0
    growth = random.normal(0, _COMMON, (n, 1, products)) + random.normal(0, _COMMON, (1, n, products))
    after = before * np.exp(growth + random.normal(0, _NOISE, before.shape))
    moved, driven = share * after[ORIGIN, DESTINATION], paper * after[ORIGIN, DESTINATION]
    after[ORIGIN, DESTINATION] -= moved + driven
    after[ORIGIN, FIRST_HUB] += moved + driven
    after[FIRST_HUB, DESTINATION] += moved
    # both sides report with errors of some per cent of their own
    received = after * np.exp(random.normal(0, 0.05, after.shape))
    received[ORIGIN, FIRST_HUB] -= np.minimum(driven, received[ORIGIN, FIRST_HUB])
    return World(before, after, received)


def indices(one: World) -> dict[str, Floats]:
    """The four indices of each hub as shares, [hub]; flows are seen from the importer's side, CIF."""
    before, after = CIF * one.before, CIF * one.received
    hubs = slice(FIRST_HUB, None)
    oh0, oh1 = before[ORIGIN, hubs], after[ORIGIN, hubs]
    hd0, hd1 = before[hubs, DESTINATION], after[hubs, DESTINATION]
    wh0, wh1 = before.sum(axis=0)[hubs], after.sum(axis=0)[hubs]
    wd0, wd1 = before.sum(axis=0)[DESTINATION], after.sum(axis=0)[DESTINATION]
    od0, od1 = before[ORIGIN, DESTINATION], after[ORIGIN, DESTINATION]
    own0, own1 = (x[ORIGIN].sum(axis=0) - x[ORIGIN, DESTINATION] - x[ORIGIN, hubs] for x in (before, after))
    rest0, rest1 = (x[hubs].sum(axis=1) - x[hubs, DESTINATION] for x in (before, after))
    least = np.minimum(oh1, hd1)
    of_hub, of_destination = _ratio(oh0, wh0), _ratio(hd0, wd0 + np.zeros_like(hd0))
    excess = np.minimum(np.maximum(oh1 - of_hub * wh1, 0), np.maximum(hd1 - of_destination * wd1, 0))
    flagged = (od1 * wd0 < od0 * wd1) & (oh1 * wh0 > oh0 * wh1) & (hd1 * wd0 > hd0 * wd1) & (oh1 >= 0.75 * hd1)
    flagged &= (rest1 * own0 < own1 * rest0) | (rest1 == 0)
    gap = (one.after - one.received)[ORIGIN, hubs]
    sold, declared = hd1.sum(axis=1), one.after[ORIGIN, hubs].sum(axis=1)
    return {
        "min_flow": _ratio(least.sum(axis=1), sold),
        "freund": _ratio((flagged * least).sum(axis=1), sold),
        "excess_flow": _ratio(excess.sum(axis=1), sold),
        "missing_trade": _ratio(np.maximum(gap, 0).sum(axis=1), declared),
    }


def _ratio(part: Floats, whole: Floats) -> Floats:
    """None of nothing is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def rejected(worlds: int, *, share: float = 0.0, paper: float = 0.0) -> dict[str, float]:
    """How often the first hub stands above the 95th percentile of all hubs, by index."""
    above = dict.fromkeys(INDICES, 0)
    for seed in range(worlds):
        found = indices(world(seed, share=share, paper=paper))
        for index in INDICES:
            place = percentile(found[index][0], found[index][1:].tolist())
            above[index] += place is not None and place > _CRITICAL
    return {index: count / worlds for index, count in above.items()}


def table(worlds: int) -> str:
    """Size and power as Markdown."""
    lines = ["| planted | minimum flow | Freund | excess flow | missing trade |", "|---|---|---|---|---|"]
    cases = [("nothing", {})]
    cases += [(f"{share:.0%} of direct trade by way of the hub", {"share": share}) for share in (0.01, 0.02, 0.05, 0.1)]
    cases += [(f"{paper:.0%} declared to the hub, never there", {"paper": paper}) for paper in (0.01, 0.05)]
    for name, planted in cases:
        found = rejected(worlds, **planted)
        lines.append(f"| {name} | {' | '.join(f'{100 * found[index]:.1f}%' for index in INDICES)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
