"""One figure from two reports and a weight."""

from __future__ import annotations

import numpy as np

from khorgos.core.errors import BadInput
from khorgos.models.partial.inputs import Floats
from khorgos.models.reconciliation.reports import Reports


def combine(found: Reports, weight: Floats) -> Floats:
    """w V_i + (1 - w) V_j where both report; else the one report, which is FOB already.

    Args:
        found: the reports, both FOB.
        weight: of the exporter's figure, from 0 to 1 [n]; NaN where it is not known.

    Returns:
        Reconciled values, FOB, in the reports' currency [n]; NaN where both report and the weight is not known.

    Raises:
        BadInput: a weight outside 0 to 1, or as many as there are no flows.

    Source: Gaulier & Zignago (2010), section 2.4; Bustos et al. (2026), doi:10.1038/s41597-025-06488-2.
    """
    if weight.shape != found.out.shape or bool(np.any((weight < 0) | (weight > 1))):
        raise BadInput("A weight lies between 0 and 1, one a flow", where="reconciliation")
    # Written so that equal reports give themselves, whatever the weight.
    mean = found.into + weight * (found.out - found.into)
    return np.where(found.both, mean, np.where(np.isnan(found.out), found.into, found.out))
