"""Baselines from a table that pymrio has parsed: WIOD, OECD ICIO, EXIOBASE, EORA and what else it reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.calibrate import Calibrated, from_table

#: The optional extra that brings pymrio (and pandas, which it needs).
EXTRA = "tables"


def from_pymrio(system: Any, theta: npt.ArrayLike, *, separate_uses: bool = False) -> Calibrated:
    """A Caliendo-Parro world from an input-output system of pymrio, tariffs zero.

    Args:
        system: what `pymrio.parse_wiod`, `pymrio.parse_oecd` and others return: Z by region and sector, both ways, and
            Y by region and category of final demand.
        theta: [S] trade elasticities in the order of the sectors, or one for all.
        separate_uses: keep different shares for final demand and for producers.

    Returns:
        The baseline and the share of value moved, as `from_table`.

    Raises:
        BadInput: Z or Y are missing, or not by region and sector in one order.

    Source: Stadler (2021), pymrio, J. Open Res. Softw. 9(1), doi:10.5334/jors.251.
    """
    Z, Y = getattr(system, "Z", None), getattr(system, "Y", None)
    if Z is None or Y is None:
        raise BadInput(
            "The system has no Z or no Y",
            hint="Parse a table with pymrio first, and calc_system() where only A is given",
        )
    labels = [tuple(map(str, label)) for label in Z.index]
    if any(len(label) != 2 for label in labels) or labels != [tuple(map(str, label)) for label in Z.columns]:
        raise BadInput("Z is not by region and sector in the same order both ways")
    regions = tuple(dict.fromkeys(region for region, _ in labels))
    sectors = tuple(dict.fromkeys(sector for _, sector in labels))
    if labels != [(region, sector) for region in regions for sector in sectors]:
        raise BadInput("Not every region has every sector in one order", hint="Aggregate or reindex the table first")
    if [tuple(map(str, label)) for label in Y.index] != labels:
        raise BadInput("The rows of Y are not those of Z")
    n, s = len(regions), len(sectors)
    buyers = [str(label[0]) if isinstance(label, tuple) else str(label) for label in Y.columns]
    if set(buyers) != set(regions):
        raise BadInput(
            "Final demand is not by the regions of Z", where=", ".join(sorted(set(buyers) ^ set(regions))[:5])
        )
    where = np.array(buyers)[:, None] == np.array(regions)
    final = np.asarray(Y.to_numpy(), dtype=np.float64) @ where
    return from_table(
        regions,
        sectors,
        np.asarray(Z.to_numpy(), dtype=np.float64).reshape(n, s, n, s),
        final.reshape(n, s, n),
        np.broadcast_to(np.asarray(theta, dtype=np.float64), (s,)),
        separate_uses=separate_uses,
    )
