"""How much of a mirror gap each cause could make, as intervals: part of V_m - V_x, negative where it lowers V_m."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from khorgos.core.errors import BadInput
from khorgos.measures.intervals import Interval, exact

#: CIF over FOB: none, to the largest that the Growth Lab lets its estimates have, for the most distant pairs (Bustos
#: et al. 2026, doi:10.1038/s41597-025-06488-2, "CIF-to-FOB adjustment"). The trade-weighted mean is 1.06 (OECD ITIC).
CIF_FOB_RANGE = Interval(1.0, 1.20)

#: Share of the last month, and of the last two, in a year's trade with one partner: fifth and ninety-fifth
#: percentile of the 773 series of twelve months above 100 million dollars in the embedded release (China 2024,
#: Armenia and Georgia since 2013, the United States with China 2013-2019), rounded outwards to 0.005.
LAST_MONTHS = (Interval(0.040, 0.155), Interval(0.100, 0.270))
#: Likewise the share of the first month, and of the first two.
FIRST_MONTHS = (Interval(0.025, 0.125), Interval(0.075, 0.210))


@dataclass(frozen=True, slots=True)
class Part:
    """One cause's part of a gap.

    Args:
        cause: its name.
        bounds: the part V_m - V_x that it could make, in the gap's currency; None where the ledger cannot tell.
        method: how it was bounded, or what is missing.
    """

    cause: str
    bounds: Interval | None
    method: str


@dataclass(frozen=True, slots=True)
class Year:
    """One flow over one year as one side reports it.

    Args:
        value: of the year; None where there is none.
        months: of January to December, None where a month is missing.
    """

    value: float | None = None
    months: tuple[float | None, ...] = (None,) * 12

    def __post_init__(self) -> None:
        if len(self.months) != 12:
            raise BadInput(f"A year has twelve months, not {len(self.months)}")

    def edge(self, months: int, *, end: bool) -> Interval | None:
        """What moved in its last (or first) so many months: exact, by the shares above, or not known."""
        seen = self.months[-months:] if end else self.months[:months]
        known = [one for one in seen if one is not None]
        if len(known) == months:
            return exact(sum(known))
        if self.value is None:
            return None
        return exact(self.value) * (LAST_MONTHS if end else FIRST_MONTHS)[months - 1]


def freight(importer: Interval, importer_valuation: str | None, exporter_valuation: str | None) -> Part:
    """Carriage and insurance in the importer's figure: V_m (1 - 1/c), c the ratio CIF/FOB.

    Args:
        importer: the importer's figure.
        importer_valuation, exporter_valuation: "CIF", "FOB" or None; what is not stated is taken to be CIF for
            imports and FOB for exports, as IMTS 2010 recommends.
    """
    if (importer_valuation or "CIF") == (exporter_valuation or "FOB"):
        return Part("freight", exact(0.0), f"both sides {exporter_valuation or 'FOB'}")
    share = exact(1.0) - exact(1.0) / CIF_FOB_RANGE
    found = Interval(max(importer.low, 0.0), max(importer.high, 0.0)) * share
    return Part("freight", found, f"CIF/FOB {CIF_FOB_RANGE.low:g} to {CIF_FOB_RANGE.high:g}")


def time_shift(sent: tuple[Year, Year], received: tuple[Year, Year], lag: int) -> Part:
    """Goods that leave in one year and arrive in the next: what left at the end of the year before, less that of this.

    Args:
        sent: the exporter's figures of the year before and of this.
        received: the importer's figures of this year and of the next, used where the exporter's do not do.
        lag: months on the way at most, 1 or 2.
    """
    for years, end in ((sent, True), (received, False)):
        steps = [_difference(years[0].edge(n, end=end), years[1].edge(n, end=end)) for n in range(1, lag + 1)]
        known = [step for step in steps if step is not None]
        if len(known) == lag:
            hull = Interval(min(0.0, *(s.low for s in known)), max(0.0, *(s.high for s in known)))
            monthly = all(_monthly(year, lag, end) for year in years)
            way = "as published" if monthly else "usual shares"
            return Part("time shift", hull, f"0 to {lag} month{'s' * (lag > 1)}, {way}")
    return Part("time shift", None, "unknown: no neighbouring year")


def arrivals(sent: Interval, shift: Part) -> Interval:
    """What the exporter says it sent, of which at most this can have come in the year: V_x + the time shift."""
    late = 0.0 if shift.bounds is None else max(0.0, shift.bounds.high)
    return Interval(sent.low, sent.high + late)


def attribution(figure: float | None, basis: str | None, by_consignment: float | None) -> Part:
    """Goods that the importer counts under another country: those made elsewhere than consigned, or the reverse.

    Args:
        figure: the importer's figure in the gap; None where there is none.
        basis: its partner basis.
        by_consignment: what the importer counts by country of consignment; None where it does not say.
    """
    if figure is None or by_consignment is None or basis is None:
        return Part("partner attribution", None, "unknown: no imports by consignment")
    if basis == "consignment":
        return Part("partner attribution", exact(0.0), "none: counted by consignment")
    return Part("partner attribution", exact(figure - by_consignment), "by origin less by consignment")


def neighbours(reports: Mapping[str, tuple[float, float] | None], sent: Interval, received: Interval) -> Part:
    """Goods that only crossed the importer on their way to its neighbours, or came to it under a neighbour's name.

    -min(A, sum_n max(0, M_n - X_n)) to min(V_m, sum_n max(0, X_n - M_n)): if the exporter books goods for a neighbour
    under this importer, the neighbour receives more than was sent to it; nor can more cross than arrived.

    Args:
        reports: of each neighbour, what the exporter says it sent there and what the neighbour says it received;
            None where one of the two is missing.
        sent: the exporter's goods A that can have arrived in the year.
        received: the importer's figure V_m.
    """
    known = {name: pair for name, pair in reports.items() if pair is not None}
    missing = sorted(set(reports) - set(known))
    if not known:
        why = f"no two reports for {', '.join(missing)}" if missing else "no neighbours on record"
        return Part("neighbours", None, f"unknown: {why}")
    short = sum(max(0.0, into - out) for out, into in known.values())
    over = sum(max(0.0, out - into) for out, into in known.values())
    without = f"; unknown for {', '.join(missing)}" if missing else ""
    bounds = Interval(0.0 - min(short, sent.high), min(over, received.high))
    return Part("neighbours", bounds, f"own gaps of {', '.join(sorted(known))}{without}")


def re_exports(declared: float | None, *, attributed: bool) -> Part:
    """Foreign goods in the exporter's figure, which the importer may count under the country that made them.

    Args:
        declared: the exporter's re-exports to the importer; None where it declares none apart.
        attributed: whether partner attribution is known: consignment holds re-exports too, so they count once.
    """
    if attributed:
        return Part("re-exports", exact(0.0), "within partner attribution")
    if declared is None:
        return Part("re-exports", None, "unknown: none declared apart")
    return Part("re-exports", Interval(0.0 - declared, 0.0), "up to all that are declared")


def not_specified(importer: float | None, exporter: float | None, sent: Interval, received: Interval) -> Part:
    """Trade that either side books under no country: at most all of it, and no more than the other side's figure.

    Args:
        importer: the importer's imports from areas not specified, or from no partner it lists.
        exporter: the exporter's exports, likewise; None where a side does not say.
        sent: the exporter's goods that can have arrived in the year.
        received: the importer's figure V_m.
    """
    if importer is None and exporter is None:
        return Part("not specified", None, "unknown: no whole list of partners")
    bounds = Interval(0.0 - min(importer or 0.0, sent.high), min(exporter or 0.0, received.high))
    missing = "importer" if importer is None else "exporter" if exporter is None else ""
    without = f"; unknown for the {missing}" if missing else ""
    return Part("not specified", bounds, f"booked under no country{without}")


def with_rest(gap: Interval, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts and what they leave: rest = gap - sum of parts, so that all together hold the gap.

    Args:
        gap: V_m - V_x with both figures' rounding.
        parts: of all causes; those not known stay in the rest.
    """
    left = gap
    for part in parts:
        left = left - (part.bounds or exact(0.0))
    unknown = any(part.bounds is None for part in parts)
    return (*parts, Part("rest", left, "with all that is unknown" if unknown else "no cause named"))


def unexplained(rest: Interval) -> float:
    """What stays however far the known causes go: the size of the rest nearest to zero."""
    return 0.0 if 0.0 in rest else min(abs(rest.low), abs(rest.high))


def difference(there: Iterable[Part], back: Iterable[Part]) -> tuple[Part, ...]:
    """Cause by cause, one flow's parts less those of the flow back: parts of the gap of both flows' sum.

    What is known of one flow alone stands; the other's part stays in the rest.
    """
    return tuple(_less(one, other) for one, other in zip(there, back, strict=True))


def _less(one: Part, other: Part) -> Part:
    if one.bounds is None:
        bounds = None if other.bounds is None else exact(0.0) - other.bounds
        return Part(one.cause, bounds, one.method if bounds is None else f"{other.method}; of the flow back only")
    if other.bounds is None:
        return Part(one.cause, one.bounds, f"{one.method}; without the flow back")
    return Part(one.cause, one.bounds - other.bounds, one.method)


def _difference(first: Interval | None, second: Interval | None) -> Interval | None:
    return None if first is None or second is None else first - second


def _monthly(year: Year, lag: int, end: bool) -> bool:
    return None not in (year.months[-lag:] if end else year.months[:lag])
