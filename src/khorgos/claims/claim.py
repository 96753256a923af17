"""One number (or rank, or record) in a text, with what it says."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal, get_args

from khorgos.claims.places import area_id, is_place
from khorgos.core.errors import BadInput
from khorgos.nomenclature.currencies import currencies
from khorgos.nomenclature.units import units

Kind = Literal[
    "level",
    "growth",
    "share",
    "rank",
    "record",
    "balance",
    "difference",
    "ratio_multiple",
    "target",
    "tariff_rate",
    "quantity",
    "price",
    "count",
    "other",
]
Flow = Literal["export", "import", "total", "balance"]
Qualifier = Literal["exact", "approx", "nearly", "more_than", "less_than", "record"]
Span = tuple[int, int]

#: Units that are neither money nor a quantity of goods. "sign": a surplus or deficit without a number.
_PLAIN_UNITS = frozenset(
    {"percent", "percentage points", "times", "rank", "sign", "years", "quarters", "months", "weeks", "count", "items"}
)
_YEAR = r"\d{4}"
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_PERIOD = re.compile(rf"{_YEAR}(\.\.{_YEAR})?|{_MONTH}(\.\.{_MONTH})?|{_MONTH}-\d\d")


@cache
def known_units() -> frozenset[str]:
    """Every unit that a claim may bear: of shares and ranks, ISO 4217 codes, and units of quantity."""
    return _PLAIN_UNITS | {each.code for each in currencies()} | {each.id for each in units()}


def _is_unit(text: str) -> bool:
    money, per, good = text.partition("/")
    return money in known_units() and (not per or good in known_units())


def _check_span(name: str, inner: Span, outer: Span) -> None:
    if not (outer[0] <= inner[0] < inner[1] <= outer[1]):
        raise BadInput(f"The {name} {inner} of a claim leaves {outer}")


#: Note of a rate of duty that another has replaced: its day is not told.
RATE_BEFORE = "the rate before"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one numeric expression (or rank, record, sign) of an article says.

    Args:
        article: the article's name, for the reader's own use.
        sentence: the sentence or table row that it stands in, verbatim.
        sentence_span: its Unicode character offsets [start, end) in the text.
        span: the clause.
        value_span: the expression itself.
        surface: the expression, verbatim.
        kind: what sort of statement it is.
        reporter: ISO3 or a region's name: the side from which the flow is seen, as the sentence words it.
        partner: the other side; "World" for trade with all.
        flow: export, import, total or balance.
        product: the goods in people's words; None for all goods, or where the text does not say.
        period: YYYY, YYYY-MM, YYYY-MM..YYYY-MM, YYYY..YYYY, or a tariff's first day; None where unknown.
        value: in units of `unit`, signed for growth, balance and difference; None for vague or ranged values.
        unit: "percent", "times", "rank", "sign", a currency's code, a unit of quantity, or a price "USD/tonne".
        qualifier: "exact", "approx", "nearly", "more_than", "less_than" or "record".
        base_period: what it is compared with.
        base_value: that value, where the text gives it, in units of `unit` of the level.
        attribution: whose figure it is.
        scope: the universe of a rank, the whole of a share, the stretch of a record.
        note: what a reader should know of how it was read.
        optional: may as well be left out.
        rounding: step of the last printed digit in units of `unit`; None where nothing was printed.
        low: lower end of a range, in units of `unit`.
        high: upper end of a range.
        currency: ISO 4217 of the money in question, also where `unit` is "percent".
        other_value: the same value in a second currency, given in brackets.
        other_unit: that currency.
        inferred: whether flow and sides are told only by sentences before, so that it may be of something else.
        explicit: whether its own sentence names both sides, the flow and the period.
        paraphrased: tortured phrases that were read as what they stand for, "survive year = last year".
    """

    article: str
    sentence: str
    sentence_span: Span
    span: Span
    value_span: Span
    surface: str
    kind: Kind
    reporter: str | None = None
    partner: str | None = None
    flow: Flow | None = None
    product: str | None = None
    period: str | None = None
    value: float | None = None
    unit: str | None = None
    qualifier: Qualifier | None = None
    base_period: str | None = None
    base_value: float | None = None
    attribution: str | None = None
    scope: str | None = None
    note: str | None = None
    optional: bool = False
    rounding: float | None = None
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    other_value: float | None = None
    other_unit: str | None = None
    inferred: bool = False
    explicit: bool = True
    paraphrased: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_spans()
        if self.kind not in get_args(Kind):
            raise BadInput(f"A claim is no {self.kind!r}", where=self.surface)
        if self.flow is not None and self.flow not in get_args(Flow):
            raise BadInput(f"A claim has no flow {self.flow!r}", where=self.surface)
        if self.qualifier is not None and self.qualifier not in get_args(Qualifier):
            raise BadInput(f"A claim has no qualifier {self.qualifier!r}", where=self.surface)
        self._check_names()
        self._check_numbers()

    def _check_spans(self) -> None:
        start, end = self.sentence_span
        if start < 0 or end - start != len(self.sentence):
            raise BadInput(f"A sentence of {len(self.sentence)} characters cannot span {self.sentence_span}")
        _check_span("clause", self.span, self.sentence_span)
        _check_span("value", self.value_span, self.sentence_span)
        if self.surface != self.sentence[self.value_span[0] - start : self.value_span[1] - start]:
            raise BadInput("The surface of a claim is not what stands at its span", where=self.surface)

    def _check_names(self) -> None:
        for side in (self.reporter, self.partner):
            if side is not None and not is_place(side):
                raise BadInput(f"A claim has no side {side!r}", where=self.surface)
        for unit_ in (self.unit, self.other_unit, self.currency):
            if unit_ is not None and not _is_unit(unit_):
                raise BadInput(f"A claim has no unit {unit_!r}", where=self.surface)
        for period in (self.period, self.base_period):
            if period is not None and not _PERIOD.fullmatch(period):
                raise BadInput(f"A claim has no period {period!r}", where=self.surface)

    def _check_numbers(self) -> None:
        numbers = (self.value, self.base_value, self.rounding, self.low, self.high, self.other_value)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise BadInput("A claim's numbers are finite", where=self.surface)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BadInput("A range cannot run backwards", where=self.surface)
        if self.rounding is not None and self.rounding <= 0:
            raise BadInput("The step of the last printed digit is above zero", where=self.surface)

    @property
    def reporter_id(self) -> str | None:
        """Id of the reporter in the area register."""
        return None if self.reporter is None else area_id(self.reporter)

    @property
    def partner_id(self) -> str | None:
        """Id of the partner in the area register."""
        return None if self.partner is None else area_id(self.partner)


def as_row(claim: Claim) -> dict[str, Any]:
    """The claim as one JSON object with the gold set's fields, tuples as lists."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(claim).items()}


def check_against(claim: Claim, text: str) -> None:
    """Hold a claim against the text it was read from.

    Raises:
        BadInput: if its sentence or its surface does not stand in the text where its spans say.
    """
    for what, (start, end), wanted in (
        ("sentence", claim.sentence_span, claim.sentence),
        ("surface", claim.value_span, claim.surface),
    ):
        if text[start:end] != wanted:
            raise BadInput(f"The {what} of a claim does not stand at {start}..{end} of the text", where=wanted[:60])
