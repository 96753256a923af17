"""What the world has to say about a claim: a ruling, one plain sentence, and the evidence behind it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from khorgos.claims.claim import Claim
from khorgos.core.errors import BadInput

Ruling = Literal[
    "supported",
    "supported_only_by_rounding",
    "supported_under_another_reading",
    "contradicted",
    "inconsistent_within_text",
    "superseded",
    "not_checkable",
    "no_data",
]

#: How a row of evidence meets the claim: as printed, through rounding or truncation alone, not at all; "note" says
#: what a reader should know and decides nothing.
Fit = Literal["exact", "rounding", "none", "note"]

#: Rulings that tell an editor to look again.
ALARMS: frozenset[Ruling] = frozenset({"contradicted", "inconsistent_within_text"})


#: How readings begin that are arithmetic between the figures of one text.
IN_TEXT = "in the text"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading of a claim and what it gives.

    Args:
        reading: which reading: "in the text", "as China reports it", "tariffs in force on 2025-02-10".
        value: the figure, in `unit`; None where the evidence is words.
        low: lower end of what its rounding allows.
        high: upper end.
        unit: of the three numbers.
        arithmetic: how it was made, with the numbers in it.
        trace: the ledger's tokens "release#place", each of which `khorgos explain` opens.
        address: the figure's address ("total/CHN/KAZ/2024"), where it is one figure of the ledger.
        source: whose figure or document it is.
        as_of: the day of publication, where known.
        fit: see Fit.
    """

    reading: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    arithmetic: str = ""
    trace: tuple[str, ...] = ()
    address: str | None = None
    source: str | None = None
    as_of: dt.date | None = None
    fit: Fit = "note"

    def __post_init__(self) -> None:
        if not self.reading:
            raise BadInput("Evidence names its reading")
        if self.fit not in get_args(Fit):
            raise BadInput(f"Evidence cannot fit {self.fit!r}", where=self.reading)
        numbers = (self.value, self.low, self.high)
        if any(one is not None and not math.isfinite(one) for one in numbers):
            raise BadInput("The numbers of evidence are finite", where=self.reading)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BadInput("The bounds of evidence cannot run backwards", where=self.reading)
        if (self.value is not None or self.low is not None) and not self.unit:
            raise BadInput("A number of evidence has a unit", where=self.reading)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The ruling on one claim.

    Args:
        claim: the claim.
        ruling: one of the closed list.
        why: one plain sentence.
        evidence: the readings tried, those that decide first.
        reading: the reading that fits, of supported_under_another_reading and superseded.
        missing: what the ledger lacks, of no_data.
        command: the khorgos command that would get it, of no_data.
    """

    claim: Claim
    ruling: Ruling
    why: str
    evidence: tuple[Evidence, ...] = ()
    reading: str | None = None
    missing: str | None = None
    command: str | None = None

    @property
    def agrees_within(self) -> bool:
        """Whether the text's own figures bear the claim out, and none of them speaks against it."""
        fits = [one.fit for one in self.evidence if one.reading.startswith(IN_TEXT)]
        return bool(fits) and all(fit in ("exact", "rounding") for fit in fits)

    def __post_init__(self) -> None:
        where = self.claim.surface
        if self.ruling not in get_args(Ruling):
            raise BadInput(f"No ruling is called {self.ruling!r}", where=where)
        if not self.why.strip() or "\n" in self.why or not self.why.endswith("."):
            raise BadInput("A verdict says why in one sentence", where=where)
        if self.ruling in ALARMS and not self.evidence:
            raise BadInput("Nobody is told to be wrong without evidence", where=where)
        if self.ruling in {"supported_under_another_reading", "superseded"} and not self.reading:
            raise BadInput(f"A ruling {self.ruling} names the reading that fits", where=where)
        if self.ruling == "no_data" and not (self.missing and self.command):
            raise BadInput("Missing data are named, with the command that would get them", where=where)


def as_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict without its claim as one JSON object, days as text and tuples as lists."""
    rows = [
        {
            key: value.isoformat() if isinstance(value, dt.date) else list(value) if isinstance(value, tuple) else value
            for key, value in asdict(one).items()
        }
        for one in verdict.evidence
    ]
    return {
        "verdict": verdict.ruling,
        "why": verdict.why,
        "reading": verdict.reading,
        "missing": verdict.missing,
        "command": verdict.command,
        "evidence": rows,
    }
