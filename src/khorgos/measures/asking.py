"""What a question about trade asks the ledger for: levels with groups, whole universes, the years around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from sqlglot import exp

from khorgos.core.errors import BadInput
from khorgos.core.schema import Flow
from khorgos.ledger.query import FlowQuery, alternatives, cells
from khorgos.measures.draft import Draft
from khorgos.measures.statements.groups import GROUP, as_group, group_levels, group_sums, memberships_of
from khorgos.measures.statements.levels import figures, known, levels, sides_of
from khorgos.measures.statements.relation import Relation, among, build, condition, stack, where
from khorgos.measures.statements.shares import summed, widest
from khorgos.nomenclature.area_register import get
from khorgos.nomenclature.periods import parse_period

_WORLD = "WLD"

# Of one source's imports of a cell by origin and by consignment, those by origin (IMTS 2010, 6.2): a sum over partners
# that took one here and the other there would be neither.
_ONE_BASIS = """
SELECT * FROM (
  SELECT *, MIN(CASE WHEN partner_basis = 'consignment' THEN 1 ELSE 0 END) OVER (
    PARTITION BY reporter, partner, flow, period, product, nomenclature, source) AS least
  FROM r) AS based
WHERE CASE WHEN partner_basis = 'consignment' THEN 1 ELSE 0 END = least
"""


def asked_figures(draft: Draft, query: FlowQuery) -> exp.Table:
    """The preferred figure of each cell asked for, with its interval (FIGURE)."""
    return draft.step("figures", figures(cells(draft.ledger, query, trace=draft.trace)))


def product_figures(draft: Draft, query: FlowQuery) -> exp.Select:
    """Figures by product; summed over partners where none is named."""
    figure = known(asked_figures(draft, query))
    return figure if query.partners else summed(figure, "partner")


def all_figures(draft: Draft, query: FlowQuery) -> exp.Table:
    """Every source's figure for each cell asked for (FIGURE), by origin where a source has it by consignment too."""
    every = build(_ONE_BASIS, {"r": alternatives(draft.ledger, query, trace=draft.trace)})
    return draft.step("all_figures", figures(every))


def asked_levels(draft: Draft, query: FlowQuery) -> exp.Table:
    """The levels asked for, groups among them as sums behind the coverage gate (GROUP).

    Args:
        draft: the statement in the making.
        query: what is asked; its flows are the levels wanted, its areas may be groups.
    """
    grouped = [area for area in (*query.reporters, *query.partners) if _is_group(area)]
    wide = _with_members(query) if grouped else query
    wide = replace(wide, flows=sides_of(query.flows))
    figure = asked_figures(draft, wide)
    others = all_figures(draft, wide) if {Flow.TOTAL, Flow.BALANCE} & set(query.flows) else None
    made = draft.step("levels", levels(figure, query.flows, others))
    whole = in_time(grouped_levels(draft, made, query), query) if grouped else as_group(made)
    return draft.step("asked", whole)


def grouped_levels(draft: Draft, level: Relation, query: FlowQuery) -> exp.Table:
    """Levels (LEVEL) of single countries and of printed groups, made to the areas asked for (GROUP)."""
    made = draft.step("single", as_group(level))
    for side in ("partner", "reporter"):
        areas = query.partners if side == "partner" else query.reporters
        made = _made_groups(draft, made, areas, side)
    return made


def _made_groups(draft: Draft, made: exp.Table, areas: Sequence[str], side: str) -> exp.Table:
    groups = [area for area in areas if _is_group(area)]
    if not groups:
        return made
    members = memberships_of(groups)
    printed = where(made, among(side, groups))
    rows = [where(made, among(side, [area for area in areas if area not in groups]))]
    if members:
        singles = where(made, among(side, sorted({member[1] for member in members})))
        sums = draft.step("group_sums", group_sums(singles, members, side))
        rows.append(group_levels(sums, printed))
    else:
        rows.append(printed)
    return draft.step("grouped", stack(rows, GROUP))


def universe_levels(draft: Draft, query: FlowQuery, over: str) -> exp.Table:
    """The levels of all items with which those asked for are compared, each comparison from one source (LEVEL);
    those without a figure are left out.

    Args:
        draft: the statement in the making.
        query: what is asked.
        over: "partner", "reporter" or "product": where the whole universe is taken.
    """
    everyone = replace(whole_of(query, over), flows=sides_of(query.flows))
    one_source = draft.step("widest", widest(all_figures(draft, everyone), over))
    return draft.step("universe", known(levels(one_source, query.flows)))


def whole_of(query: FlowQuery, over: str) -> FlowQuery:
    """The question with all partners, reporters or products."""
    if over == "partner":
        return replace(query, partners=())
    if over == "reporter":
        return replace(query, reporters=())
    if over == "product":
        return replace(query, products=())
    raise BadInput(f"There is no universe of {over!r}", hint="Choose partner, reporter or product")


def only_asked(relation: Relation, query: FlowQuery, over: str) -> exp.Select:
    """The rows of a universe that the question names; all where it names none."""
    asked = {"partner": query.partners, "reporter": query.reporters, "product": query.products}[over]
    if not asked or (over == "product" and asked == ("TOTAL",)):
        return where(relation)
    return where(relation, among(over, asked))


def in_time(relation: Relation, query: FlowQuery) -> exp.Select:
    """The rows whose period the question names; all where it names none."""
    if query.periods:
        return where(relation, among("period", query.periods))
    if query.years:
        starts = [exp.Literal.string(f"{year:04d}") for year in query.years]
        return where(relation, exp.In(this=condition("SUBSTRING(period, 1, 4)"), expressions=list(starts)))
    return where(relation)


def with_bases(query: FlowQuery, months: int) -> FlowQuery:
    """The question with the periods added that lie so many months before those asked for."""
    if query.periods:
        earlier = [str(parse_period(period).shift(-months)) for period in query.periods]
        return replace(query, periods=tuple(dict.fromkeys([*query.periods, *earlier])))
    if query.years:
        back = range(-(-months // 12) + 1)
        return replace(query, years=tuple(sorted({year - n for year in query.years for n in back})))
    return query


def at(query: FlowQuery, *periods: str) -> FlowQuery:
    """The question for these periods instead."""
    return replace(query, years=(), periods=tuple(dict.fromkeys(periods)))


def told(query: FlowQuery, **more: object) -> Mapping[str, object]:
    """What was asked, by name, without what was left open."""
    given = {field.name: getattr(query, field.name) for field in fields(query)}
    return {name: _text(value) for name, value in {**given, **more}.items() if value not in ((), None)}


def _text(value: object) -> str:
    return ",".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def _is_group(area: str) -> bool:
    return area != _WORLD and get(area).kind == "group"


def _with_members(query: FlowQuery) -> FlowQuery:
    """The question with the members of its groups, over all time: what a member once had weighs its gaps."""

    def widened(areas: Sequence[str]) -> tuple[str, ...]:
        members = [member[1] for member in memberships_of(area for area in areas if _is_group(area))]
        return tuple(dict.fromkeys([*areas, *members]))

    return replace(query, reporters=widened(query.reporters), partners=widened(query.partners), years=(), periods=())
