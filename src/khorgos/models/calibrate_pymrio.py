"""Baselines from a table that pymrio has parsed: WIOD, OECD ICIO, EXIOBASE, EORA and what else it reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadInput
from khorgos.models.calibrate import Calibrated, from_table

#: The optional extra that brings pymrio (and pandas, which it needs).
EXTRA = "tables"
#: Whose final demand a statistical discrepancy is, as `pymrio.parse_oecd` has it.
_NOBODY = "ALL"

_Label = tuple[str, ...]


def from_pymrio(system: Any, theta: npt.ArrayLike, *, separate_uses: bool = False) -> Calibrated:
    """A Caliendo-Parro world from an input-output system of pymrio, tariffs zero.

    A region that lacks a sector (the rest of the world in EORA) neither makes nor uses it. Final demand of no region
    (the statistical discrepancy of OECD ICIO 2016) is left out and counts as moved.

    Args:
        system: what `pymrio.parse_wiod`, `pymrio.parse_oecd` and others return: Z by region and sector, both ways, and
            Y by region and category of final demand.
        theta: [S] trade elasticities in the order of the sectors, or one for all.
        separate_uses: keep different shares for final demand and for producers.

    Returns:
        The baseline and the share of value moved, as `from_table`; regions and sectors as they first stand in Z.

    Raises:
        BadInput: Z or Y are missing, or not by the same regions and sectors.

    Source: Stadler (2021), pymrio, J. Open Res. Softw. 9(1), doi:10.5334/jors.251.
    """
    Z, Y = getattr(system, "Z", None), getattr(system, "Y", None)
    if Z is None or Y is None:
        raise BadInput(
            "The system has no Z or no Y",
            hint="Parse a table with pymrio first, and calc_system() where only A is given",
        )
    labels = _labels(Z)
    regions = tuple(dict.fromkeys(region for region, _ in labels))
    sectors = tuple(dict.fromkeys(sector for _, sector in labels))
    n, s = len(regions), len(sectors)
    if [_label(one) for one in Y.index] != labels:
        raise BadInput("The rows of Y are not those of Z")
    whole: dict[_Label, int] = {
        label: k for k, label in enumerate((region, sector) for region in regions for sector in sectors)
    }
    rows, columns = ([whole[_label(one)] for one in axis] for axis in (Z.index, Z.columns))
    between, final = np.zeros((n * s, n * s)), np.zeros((n * s, n))
    between[np.ix_(rows, columns)] = np.asarray(Z.to_numpy(), dtype=np.float64)
    final[rows], lost = _by_buyer(Y, regions)
    made = from_table(
        regions,
        sectors,
        between.reshape(n, s, n, s),
        final.reshape(n, s, n),
        np.broadcast_to(np.asarray(theta, dtype=np.float64), (s,)),
        separate_uses=separate_uses,
    )
    notes = list(made.notes)
    if (lacking := n * s - len(labels)) > 0:
        notes.append(f"{lacking} sectors that a region has not in the table are empty there")
    share = lost / (float(np.abs(between).sum() + np.abs(final).sum()) + lost)
    if share:
        notes.append(f"final demand of no region, {share:.2e} of the table, left out")
    return replace(made, changed=made.changed + share, notes=tuple(notes))


def _labels(Z: Any) -> list[_Label]:
    """Region and sector of each row, which are those of the columns in any order."""
    labels, across = ([_label(one) for one in axis] for axis in (Z.index, Z.columns))
    if any(len(label) != 2 for label in labels) or sorted(labels) != sorted(across):
        raise BadInput("Z is not by the same regions and sectors both ways")
    if len(set(labels)) < len(labels):
        raise BadInput(
            "Z has a region and sector twice", hint="Aggregate the table first: system.aggregate_duplicates()"
        )
    return labels


def _label(one: Any) -> _Label:
    return tuple(map(str, one)) if isinstance(one, tuple) else (str(one),)


def _by_buyer(Y: Any, regions: tuple[str, ...]) -> tuple[npt.NDArray[np.float64], float]:
    """[row, region] final demand, all categories together, and how much is nobody's."""
    buyers = np.array([_label(one)[0] for one in Y.columns])
    if set(buyers) - {_NOBODY} != set(regions) - {_NOBODY}:
        raise BadInput(
            "Final demand is not by the regions of Z", where=", ".join(sorted(set(buyers) ^ set(regions))[:5])
        )
    values = np.asarray(Y.to_numpy(), dtype=np.float64)
    lost = 0.0 if _NOBODY in regions else float(np.abs(values[:, buyers == _NOBODY]).sum())
    return values @ (buyers[:, None] == np.array(regions)), lost
