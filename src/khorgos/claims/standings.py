"""Ranks, records and "the only one" against the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from khorgos.claims.against_ledger import Context, command_for, sides_of
from khorgos.claims.claim import Claim
from khorgos.claims.deciding import Finding
from khorgos.claims.readings import Reading, readings
from khorgos.claims.relations import say
from khorgos.claims.slots import Movement, is_low, members_of, movement_of, product_of, side_of, sign_of, when
from khorgos.claims.universe import Universe, movement_with, universe_of, universes_of
from khorgos.claims.verdict import Evidence
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.periods import parse_years

# Partners in a declarant's list from which it counts as its whole list; chosen because a hundred hold nearly all of
# anyone's trade.
_WHOLE_LIST = 100
# A record needs so many earlier years, and so large a part of its stretch, to be borne out; chosen as a decade, and
# because a single missing year between lower ones does not hide a record.
_DECADE, _MOST_YEARS = 10, 0.8
_SLACK = 0.03  # two figures this close may change places in a revision; as for levels
_FLOWS = ("total", "export", "import")
_BLOCS = ("ASEAN", "EU27")  # that rank beside countries in news and in the tables of China's customs
_MEASURE = re.compile(r"turnover|total trade|\btrade volume|\bexports?\b|\bimports?\b", re.I)  # what a rank is by
_BLOCS_COUNTED = "blocs counted as one"  # as the reader notes it where a text ranks blocs among the same partners
_SINCE = re.compile(r"\bsince(?: at least)? (\d{4})\b|\b(\d{4})\.\.|\bin (\d+) years\b|(\d+)[- ]year", re.I)


@dataclass(frozen=True, slots=True)
class _List:
    """One declarant's partners with their figures, the largest first."""

    name: str
    side: str
    flow: str
    entries: tuple[tuple[str, Reading], ...]
    complete: bool

    def place(self, partner: str) -> tuple[int, int] | None:
        """Best and worst place that the partner may have, near ties counted either way."""
        own = next((one for name, one in self.entries if name == partner), None)
        if own is None:
            return None
        others = [one for name, one in self.entries if name != partner]
        above = sum(one.value * (1 - _SLACK) > own.value for one in others)
        near = sum(one.value * (1 + _SLACK) >= own.value for one in others)
        return 1 + above, 1 + near


def judge_rank(claim: Claim, context: Context) -> Finding | None:
    """A rank against each declarant's list of partners, in every universe that its words allow; None without one."""
    if claim.value is None or claim.period is None or product_of(claim) or is_low(claim):
        return None
    found = [_in_universe(claim, context, one) for one in universes_of(claim)]
    if not found:
        return None
    for ruling in ("supported", "supported_under_another_reading", "no_data"):
        for one in found:
            if one.ruling == ruling:
                return one
    return found[0]


def _in_universe(claim: Claim, context: Context, universe: Universe) -> Finding:
    lists = list((_growth_lists if universe.by == "growth" else _lists)(claim, context, universe))
    if side_of(claim) == universe.owner:
        lists = [one for one in lists if one.side == universe.owner]
    if claim.flow is not None and _MEASURE.search(claim.scope or ""):
        lists = [one for one in lists if one.flow == _flow_of(claim, universe)]
    fits: list[_List] = []
    wrong: list[_List] = []
    evidence: list[Evidence] = []
    for one in lists:
        span = one.place(universe.ranked)
        if span is None or not one.complete:
            continue
        holds = _holds(claim, span)
        (fits if holds else wrong).append(one)
        evidence.append(_row(one, universe, span, holds))
    rows = tuple(sorted(evidence, key=lambda one: one.fit == "none"))
    if fits:
        return _fitting(claim, universe, fits, rows)
    missing = _missing(claim, context, universe, wrong)
    if missing is not None:
        why = f"The ledger cannot settle {_quote(claim)}: it lacks {missing}."
        return Finding("no_data", why, rows, missing=missing, command=_command(claim, universe))
    office = side_of(claim)
    if office is not None and office not in {one.side for one in wrong}:
        why = f"The ledger cannot settle {_quote(claim)}: it lacks the ranking of {claim.attribution}."
        return Finding(
            "no_data", why, rows, missing="the ranking of the office named", command=_command(claim, universe)
        )
    best = min(wrong, key=lambda one: (one.flow != (_flow_of(claim, universe) or "total"), one.side != universe.owner))
    span = best.place(universe.ranked) or (0, 0)
    who = get(universe.ranked).name
    why = f"{who} is number {span[0]}, not {claim.value:g}, {best.name}: {_order(best, universe)}."
    return Finding("contradicted", why, rows)


def _holds(claim: Claim, span: tuple[int, int]) -> bool:
    value = claim.value or 0.0
    if claim.qualifier == "less_than":
        return span[0] <= value
    near = 1 if claim.qualifier == "approx" else 0
    return span[0] - near <= value <= span[1] + near


def _fitting(claim: Claim, universe: Universe, fits: Sequence[_List], rows: tuple[Evidence, ...]) -> Finding:
    plain = _flow_of(claim, universe) or "total"
    best = min(fits, key=lambda one: (one.flow != plain, one.side != universe.owner))
    order = _order(best, universe)
    sides = frozenset(one.side for one in fits)
    if best.flow != plain and claim.flow is not None and best.flow in _FLOWS:
        why = f"{_quote(claim)} fits by {best.flow}s only, {best.name}: {order}."
        return Finding("supported_under_another_reading", why, rows, reading=f"by {best.flow}s, {best.name}")
    if universe.sure or universe.group == "WLD":
        return Finding("supported", f"{_quote(claim)} is borne out {best.name}: {order}.", rows, sides=sides)
    among = f"among the members of {get(universe.group).name}"
    why = f"{_quote(claim)} is borne out {among}, {best.name}: {order}."
    return Finding("supported_under_another_reading", why, rows, reading=among, sides=sides)


def _quote(claim: Claim) -> str:
    return f'"{" ".join(claim.surface.split())}"'


def _missing(claim: Claim, context: Context, universe: Universe, wrong: Sequence[_List]) -> str | None:
    """What would have to be known before the rank may be contradicted; None where nothing is missing."""
    names = f"every partner's trade with {get(universe.owner).name} in {claim.period}"
    if not wrong:
        return names
    flow = _flow_of(claim, universe)
    own = {one.flow for one in wrong if one.side == universe.owner}
    needed = ({flow} if flow else set(_FLOWS)) if universe.by == "level" else own
    if not own:
        return names
    if not needed <= own:
        return names
    # Seen from the owner's own list, unless the text may speak of the partners' statistics.
    if universe.owner in (side_of(claim), context.side) or claim.reporter_id == universe.owner:
        return None
    return None if any(one.side != universe.owner for one in wrong) else "the partners' own figures"


def _command(claim: Claim, universe: Universe) -> str:
    year = (claim.period or "")[:4]
    members = ",".join(sorted(universe.others | {universe.ranked}))
    partners = f" partners={members}" if universe.others else ""
    period = when(claim.period)
    option = "years" if period is None or period.kind == "year" else "months"
    return f"khorgos fetch comtrade reporters={universe.owner}{partners} {option}={year}"


def _flow_of(claim: Claim, universe: Universe) -> str | None:
    if claim.reporter_id == universe.owner or claim.flow not in ("export", "import"):
        return claim.flow
    return "import" if claim.flow == "export" else "export"


def _lists(claim: Claim, context: Context, universe: Universe) -> Iterator[_List]:
    for flow in _FLOWS:
        yield from _owner_list(claim, context, universe, flow)
        if universe.others:
            yield from _partner_list(claim, context, universe, flow)


def _owner_list(claim: Claim, context: Context, universe: Universe, flow: str) -> Iterator[_List]:
    """The owner's own list of partners, one a source."""
    period = claim.period or ""
    blocs = _BLOCS_COUNTED in (claim.scope or "")
    group = (
        universe.others | {universe.ranked} if universe.others else _partners(context, universe, flow, period, blocs)
    )
    found: dict[str, list[tuple[str, Reading]]] = {}
    for partner in sorted(group):
        seen: set[str] = set()
        for one in _of(context, movement_with(universe.owner, partner, flow), period, universe.owner):
            source = one.figures[0].source
            if source not in seen and {row.source for row in one.figures} == {source}:
                seen.add(source)
                found.setdefault(source, []).append((partner, one))
    for source, entries in found.items():
        complete = len(entries) == len(group) if universe.others else len(entries) >= _WHOLE_LIST
        entries.sort(key=lambda pair: -pair[1].value)
        name = f"as {get(universe.owner).name} reports it ({flow}, {source})"
        yield _List(name, universe.owner, flow, tuple(entries), complete)


def _partners(context: Context, universe: Universe, flow: str, period: str, blocs_counted: bool) -> frozenset[str]:
    """All partners of the owner's list; where blocs are ranked, the blocs in place of their members."""
    flows = ("export", "import", "total") if flow == "total" else (flow,)
    found = frozenset().union(*(context.figures.partners(universe.owner, one, period) for one in flows))
    single = frozenset(one for one in found if get(one).kind == "country" or one == universe.ranked)
    if get(universe.ranked).kind != "group" and not blocs_counted:
        return single
    blocs = frozenset({universe.ranked, *_BLOCS}) - {universe.owner}
    return (single | blocs) - {member for bloc in blocs for member in members_of(bloc, period)}


def _partner_list(claim: Claim, context: Context, universe: Universe, flow: str) -> Iterator[_List]:
    """The partners' own declarations of their trade with the owner."""
    entries = []
    for partner in sorted(universe.others | {universe.ranked}):
        own = _of(context, movement_with(universe.owner, partner, flow), claim.period or "", partner)
        if own:
            entries.append((partner, own[0]))
    entries.sort(key=lambda pair: -pair[1].value)
    complete = len(entries) == len(universe.others | {universe.ranked})
    yield _List(f"as the partners report it ({flow})", universe.ranked, flow, tuple(entries), complete)


def _of(context: Context, movement: Movement, period: str, side: str) -> list[Reading]:
    made = readings(context.figures, movement, period, "USD")
    return [
        one for one in made if one.side == side and one.official and one.how != "mixed" and "without" not in one.name
    ]


def _growth_lists(claim: Claim, context: Context, universe: Universe) -> Iterator[_List]:
    """Growth of each partner's trade with the owner, from the owner's figures."""
    period = when(claim.period)
    if period is None or not universe.others:
        return
    base = claim.base_period or str(period.shift(-12))
    flow = _flow_of(claim, universe) or "total"
    entries = []
    for partner in sorted(universe.others | {universe.ranked}):
        movement = movement_with(universe.owner, partner, flow)
        now, then = (_of(context, movement, text, universe.owner) for text in (str(period), base))
        if now and then and then[0].value > 0:
            ratio = now[0].value / then[0].value
            figures = (*now[0].figures, *then[0].figures)
            entries.append((partner, replace(now[0], value=ratio, bounds=now[0].bounds, figures=figures)))
    entries.sort(key=lambda pair: -pair[1].value)
    complete = len(entries) == len(universe.others | {universe.ranked})
    name = f"as {get(universe.owner).name} reports it (growth of {flow} against {base})"
    yield _List(name, universe.owner, flow, tuple(entries), complete)


def _row(one: _List, universe: Universe, span: tuple[int, int], holds: bool) -> Evidence:
    trace = tuple(dict.fromkeys(token for _, each in one.entries[:12] for token in each.trace))
    return Evidence(
        reading=one.name,
        value=float(span[0]),
        low=float(span[0]),
        high=float(span[1]),
        unit="rank",
        arithmetic=_order(one, universe),
        trace=trace,
        source=one.entries[0][1].figures[0].source,
        fit="exact" if holds else "none",
    )


def _order(one: _List, universe: Universe) -> str:
    """The first of a list, with the one in question."""
    shown = [pair for number, pair in enumerate(one.entries) if number < 5 or pair[0] == universe.ranked]
    growth = "growth" in one.name
    said = (
        f"{get(name).name} {100 * (each.value - 1):+.1f}%" if growth else f"{get(name).name} {say(each.value, 'USD')}"
        for name, each in shown
    )
    return ", ".join(said)


def judge_record(claim: Claim, context: Context) -> Finding | None:
    """A record (or an unbroken surplus) against the years before it; None where it cannot be put so."""
    movement = movement_of(claim)
    if movement is None or claim.period is None or product_of(claim):
        return None
    years = _stretch(claim)
    if years is None:
        return None
    quote = f'"{" ".join(claim.surface.split())}"'
    best: Finding | None = None
    for side in _sides(claim, context, movement):
        series = {year: made[0] for year in years if (made := _of(context, movement, str(year), side))}
        made_finding = _judged(claim, quote, side, years, series)
        if best is None or _ORDER[made_finding.ruling] < _ORDER[best.ruling]:
            best = made_finding
    return best


_ORDER = {"supported": 0, "supported_only_by_rounding": 1, "no_data": 2, "contradicted": 3}


def _sides(claim: Claim, context: Context, movement: Movement) -> tuple[str, ...]:
    both = tuple(side for side in sides_of(movement) if side != "WLD")
    attributed = side_of(claim) or context.side
    return (attributed,) if attributed in both and attributed else both


def _stretch(claim: Claim) -> tuple[int, ...] | None:
    """The years that a record is over: as the text says, else all that the ledger may have."""
    text = claim.period or ""
    if ".." in text and len(text) == 10:
        return parse_years(text)
    period = when(text)
    if period is None or period.kind != "year":
        return None
    start = claim.sentence_span[0]
    clause = claim.sentence[claim.span[0] - start : claim.span[1] - start]
    for words in (claim.scope or "", clause, claim.sentence):
        if found := _SINCE.search(words):
            since, begun, ago, long = found.groups()
            first = int(since or begun) if since or begun else period.year - int(ago or long)
            return tuple(range(max(1950, first), period.year + 1)) if first < period.year else None
    return tuple(range(period.year - 40, period.year + 1))


def _judged(claim: Claim, quote: str, side: str, years: tuple[int, ...], series: dict[int, Reading]) -> Finding:
    last = max(years)
    evidence = tuple(_year_row(year, one) for year, one in sorted(series.items()))
    name = get(side).name
    missing = f"{name}'s own figures of {years[0]} to {last} without gaps"
    command = command_for(replace(claim, period=f"{years[0]}..{last}"), (side,))
    said = f"The ledger cannot settle {quote}: it lacks {missing}."
    nothing = Finding("no_data", said, evidence[-6:], missing=missing, command=command)
    if last not in series or len(series) < 2:
        return nothing
    broken = _breaks(claim, series, last)
    if broken:
        worst = broken[0]
        figures = f"{worst}: {say(series[worst].value, 'USD')}, {last}: {say(series[last].value, 'USD')}"
        why = f"{quote} does not hold in the figures that {name} reports: {figures}."
        rows = tuple(_year_row(year, series[year]) for year in sorted({worst, last}))
        return Finding("contradicted", why, rows)
    held = [year for year in years if year in series]
    open_start = len(years) > 2 * _DECADE and ".." not in (claim.period or "")
    asked = years[-1 - _DECADE :] if open_start else years
    covered = sum(year in series for year in asked) / len(asked)
    if covered < (_MOST_YEARS if open_start or claim.unit != "sign" else 1.0):
        return nothing
    why = f"{quote} is borne out as {name} reports it, in {len(held)} years from {held[0]} to {last}."
    return Finding("supported", why, evidence[-12:], sides=frozenset({side}))


def _breaks(claim: Claim, series: dict[int, Reading], last: int) -> list[int]:
    if claim.unit == "sign" or (claim.flow == "balance" and claim.value is None):
        sign = sign_of(claim) or 1
        return [year for year, one in series.items() if sign * one.value < 0]
    # Of deficits the size counts: a record one is the lowest number.
    sign = -1 if claim.flow == "balance" and series[last].value < 0 else 1
    top = sign * series[last].value
    earlier = [(year, sign * one.value) for year, one in series.items() if year != last]
    if is_low(claim):
        return [year for year, value in earlier if value < top * (1 - _SLACK)]
    return [year for year, value in earlier if value * (1 - _SLACK) > top]


def _year_row(year: int, one: Reading) -> Evidence:
    return Evidence(
        reading=f"{year}, {one.name}",
        value=one.value,
        low=one.bounds.low,
        high=one.bounds.high,
        unit="USD",
        arithmetic=one.arithmetic,
        trace=one.trace,
        address=one.address,
        source=one.figures[0].source,
        as_of=one.known,
    )


def judge_sign(claim: Claim, context: Context) -> Finding | None:
    """A surplus or deficit without a number, and "the only one" with it."""
    movement, sign = movement_of(claim), sign_of(claim)
    if movement is None or claim.period is None or product_of(claim) or not sign:
        return None
    quote = f'"{" ".join(claim.surface.split())}"'
    rows: list[Evidence] = []
    agree: list[str] = []
    against: list[str] = []
    for side in _sides(claim, context, movement):
        made = _of(context, ("balance", *movement[1:]), claim.period, side)
        if not made or abs(made[0].value) == 0:
            continue
        holds = sign * made[0].value > 0
        (agree if holds else against).append(side)
        rows.append(replace(_year_row(int(claim.period[:4]), made[0]), fit="exact" if holds else "none"))
    others = _others(claim, context, sign)
    if agree and others is not None:
        rows += [row for _, row, _ in others]
        wrong = [name for name, _, same in others if same]
        if wrong:
            why = f"{quote} does not hold: {', '.join(wrong)} has the same sign."
            return Finding("contradicted", why, tuple(rows))
    word = "surplus" if sign > 0 else "deficit"
    if agree:
        which = " and ".join(get(side).name for side in agree)
        if against:
            why = f"{quote}: a {word} as {which} reports it, but not by the other side."
            return Finding("supported", why, tuple(rows), sides=frozenset(agree))
        alone = f", and none for {len(others)} others" if others else ""
        why = f"{quote}: a {word} as {which} reports it{alone}."
        return Finding("supported", why, tuple(rows), sides=frozenset(agree))
    wanted = [side for side in _sides(claim, context, movement) if side not in against]
    if against and not wanted:
        which = " and ".join(get(side).name for side in against)
        return Finding("contradicted", f"{quote}: no {word} in the figures that {which} reports.", tuple(rows))
    missing = f"the balance of {claim.period} as {' and '.join(get(side).name for side in wanted)} reports it"
    why = f"The ledger cannot settle {quote}: it lacks {missing}."
    return Finding("no_data", why, tuple(rows), missing=missing, command=command_for(claim, wanted))


def _others(claim: Claim, context: Context, sign: int) -> list[tuple[str, Evidence, bool]] | None:
    """The balances of the other members with the same partner, for "the only one"; None where it is not said."""
    if not re.search(r"\bonly\b|\bsole\b|\balone\b", claim.surface, re.I):
        return None
    universe = universe_of(claim)
    side = side_of(claim) or context.side
    if universe is None or not universe.others or not universe.sure or side != universe.owner or not claim.period:
        return []
    found = []
    for member in sorted(universe.others - {universe.ranked}):
        made = _of(context, ("balance", member, universe.owner), claim.period, universe.owner)
        if made:
            row = _year_row(int(claim.period[:4]), made[0])
            clear = abs(made[0].value) > max(abs(made[0].bounds.low - made[0].value), 1.0)
            found.append(
                (
                    get(member).name,
                    replace(row, reading=f"{get(member).name}, {row.reading}"),
                    clear and sign * made[0].value > 0,
                )
            )
    return found
