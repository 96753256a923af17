"""Cells of tables to drafts of claims: row, column and caption tell what a number says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khorgos.claims.extraction.assign import replaced
from khorgos.claims.extraction.calendar import Calendar
from khorgos.claims.extraction.chunks import Line, read_line
from khorgos.claims.extraction.discourse import Discourse, Frame
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.frames import resolve
from khorgos.claims.extraction.measures_of_text import UNITS, after, before
from khorgos.claims.extraction.mentions import find_mentions
from khorgos.claims.extraction.numerals import Numeral, read_numeral, scaled
from khorgos.claims.extraction.referents import Place
from khorgos.claims.extraction.scene import Scene
from khorgos.claims.extraction.sentences import Sentence
from khorgos.claims.extraction.sides import WORLD
from khorgos.claims.extraction.tables import Cell, Row, Table
from khorgos.claims.extraction.tokens import tokenize
from khorgos.core.errors import BadInput
from khorgos.nomenclature.periods import Period

_GROWTH = re.compile(r"growth|change|decline|increase|y/?o?/?y|year[- ]on|pace|dynamics|rate|\u00b1|\+/-|vs\.?\s", re.I)
_SHARE = re.compile(r"share|weight|% of|percent of|per cent of", re.I)
_MONTHLY = re.compile(r"month[- ]on[- ]month|m/m|mom\b|on (?:the )?(?:previous|prior) month", re.I)
_SCALE = re.compile(r"\b(thousands?|millions?|mln|mn|billions?|bln|bn|trillions?|trln|trn)\b", re.I)
_TOTAL = re.compile(r"total|turnover|foreign trade|overall|all countries|world|trade", re.I)
_NEAR = 0.02  # chosen because the text rounds the same figure to two or three digits
_UNSTATED = 1e6  # chosen because national tables of trade count in millions


@dataclass(frozen=True, slots=True)
class _Column:
    """What the head of a column says."""

    kind: str
    flow: str | None
    sign: int
    period: Period | None
    scale: float | None
    currency: str | None
    unit: str | None = None
    base: int = 12  # months back


@dataclass(frozen=True, slots=True)
class TableSetting:
    """What all cells of a table share.

    Args:
        text: the reading's text.
        calendar: the article's day.
        mind: what was said before.
        caption: the lines above that name the table.
        known: levels that the text tells, for tables that leave their scale out.
    """

    text: str
    calendar: Calendar
    mind: Discourse
    caption: str
    known: Sequence[Draft]


def table_claims(table: Table, setting: TableSetting) -> list[Draft]:
    """Read all numbers of a table.

    Args:
        table: the table.
        setting: what its cells share.

    Returns:
        One draft a cell; cells that say nothing of trade are left out.
    """
    columns: list[_Column] = []
    for head in table.heads:
        column = _column(head, setting)
        before = columns[-1].period if columns and column.kind == "growth" else None
        columns.append(replace(column, period=column.period or before))  # "Dec 2020 (tonnes) | % change y/y"
    caption = _amount_words(f"{setting.caption} {table.head}")
    drafts: list[Draft] = []
    for row in table.rows:
        label = read_line(setting.text, Sentence(row.label.start, row.label.end, 0)) if row.label.text else None
        if label is None or not label.tokens:
            continue
        drafts += _row(row, label, columns, caption, setting)
    return drafts


def _amount_words(text: str) -> tuple[float | None, str | None]:
    """Scale and currency named in a head or caption: "mln USD", "in million U.S. dollars"."""
    scale = _SCALE.search(text)
    size = None
    if scale is not None:
        found = after().at(tokenize(scale.group()), 0)
        size = float(found[1][0].value) if found is not None and found[1][0].mark == "scale" else None
    tokens = tokenize(text)
    for i in range(len(tokens)):
        hit = after().at(tokens, i)
        if hit is not None and hit[1][0].mark == "currency" and tokens[i].low not in ("us", "sum"):
            return size, hit[1][0].value
        if before().at(tokens, i) is not None and tokens[i].low in ("$", "\u20ac", "usd", "us$", "cny", "rmb", "eur"):
            return size, before().at(tokens, i)[1][0]  # type: ignore[index]
    return size, None


def _column(head: str, setting: TableSetting) -> _Column:
    line = _line_of(head)
    flow, sign = None, 0
    for mention in find_mentions(line):
        flow, sign = mention.flow, mention.sign
    kind = "level"
    if _SHARE.search(head):
        kind = "share"
    elif _GROWTH.search(head) or head.strip() in ("%", ", %"):
        kind = "growth"
    period = None
    for chunk in line.chunks:
        held_against = kind == "growth" and chunk.when is not None and chunk.when.sort == "earlier"
        if chunk.when is not None and not held_against:
            period = setting.calendar.period(chunk.when, setting.mind.period)
    scale, currency = _amount_words(head)
    unit = _unit_named(head) if kind == "level" else None
    return _Column(kind, flow, sign, period, scale, currency, unit, 1 if _MONTHLY.search(head) else 12)


def _unit_named(text: str) -> str | None:
    """The unit of goods that a head or caption names: "thousand tonnes"."""
    tokens = tokenize(text)
    found = [hit[1][0].value for k in range(len(tokens)) if (hit := after().at(tokens, k)) and hit[1][0].mark == "unit"]
    return found[0] if found and found[0] not in UNITS and "/" not in found[0] and found[0] != "mt" else None


def _line_of(text: str) -> Line:
    return read_line(text, Sentence(0, len(text), 0))


def _row(
    row: Row, label: Line, columns: Sequence[_Column], caption: tuple[float | None, str | None], setting: TableSetting
) -> list[Draft]:
    frame = _row_frame(label, setting)
    if frame is None:
        return []
    period = next(
        (setting.calendar.period(c.when, setting.mind.period) for c in label.chunks if c.when is not None), None
    )
    drafts = []
    for number, cell in row.cells:
        column = columns[number] if number < len(columns) else _Column("level", None, 0, None, None, None)
        draft = _cell(cell, row, column, setting, caption=caption, frame=replace(frame), period=period)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _row_frame(label: Line, setting: TableSetting) -> Frame | None:  # noqa: PLR0911  one rule a return
    """The flow of a row: a flow's name, a partner, or goods."""
    mind = setting.mind
    base = _told_by_caption(setting) or replace(mind.running, sure=0)
    mentions = find_mentions(label)
    if mentions:
        found = resolve(mentions[0], label, Place(), mind)
        if not mentions[0].a and not mentions[0].b and base.a is not None:
            return replace(base, flow=found.flow, sign=found.sign, product=found.product or base.product)
        return found
    for chunk in label.chunks:
        if chunk.kind == "area" and chunk.area is not None:
            return replace(replaced(base, chunk.area.area, "", mind), sure=1) if base.flow else None
        if chunk.product:
            return replace(base, product=chunk.low) if base.flow else None
    words = " ".join(c.low for c in label.chunks)
    if _TOTAL.search(words):
        return replace(
            base, flow="total" if "turnover" in words or "trade" in words or base.flow == "total" else base.flow
        )
    if any(c.when is not None for c in label.chunks):
        return base if base.flow else None
    return None


def _told_by_caption(setting: TableSetting) -> Frame | None:
    """The flow that a caption names with its owner: "Exports of wheat from Kazakhstan, thousand tonnes:"."""
    if setting.mind.running.flow is not None and setting.mind.running.a is not None:
        return None
    line = _line_of(setting.caption)
    mentions = find_mentions(line)
    frame = resolve(mentions[0], line, Place(), setting.mind) if mentions else None
    return None if frame is None or frame.a is None or frame.flow is None else replace(frame, sure=1)


def _cell(
    cell: Cell,
    row: Row,
    column: _Column,
    setting: TableSetting,
    *,
    caption: tuple[float | None, str | None],
    frame: Frame,
    period: Period | None,
) -> Draft | None:
    numeral, sign, currency, scale = _read(cell.text)
    if numeral is None:
        return None
    if column.flow is not None:
        frame = replace(frame, flow=column.flow, sign=column.sign)
    kind = _kind(cell, column, currency)
    scene = _scene(row, cell, setting)
    draft = Draft(scene, cell.start, cell.end, "growth" if kind == "growth" else "share", frame, flow_sure=True)
    when = _months_of(column.period, setting.mind.period) or period or setting.mind.period
    draft.period, draft.period_sure = words_of(when), column.period is not None or period is not None
    draft.value, draft.step, draft.unit = sign * numeral.value, numeral.step, "percent"
    draft.notes = tuple(filter(None, (numeral.note,)))
    draft.source = setting.mind.source
    if kind == "growth":
        draft.base_period = words_of(when.shift(-column.base)) if when is not None else None
        return draft
    if kind == "share":
        return draft
    if column.unit is not None and currency is None:
        size = scale or column.scale or 1.0
        draft.kind, draft.unit = "quantity", column.unit
        draft.value, draft.step = scaled(draft.value, size), scaled(draft.step, size)
        return draft
    return _amount(draft, currency or column.currency or caption[1], scale or column.scale or caption[0], setting)


def _months_of(column: Period | None, caption: Period | None) -> Period | None:
    """A year at the head of a table of part-years means their months."""
    if column is None or caption is None or column.kind != "year" or caption.months >= 12:
        return column
    return caption.shift(12 * (column.year - caption.year))


def _kind(cell: Cell, column: _Column, currency: str | None) -> str:
    if column.kind != "level":
        return column.kind
    if currency is None and ("%" in cell.text or re.match(r"[-+\u2013]\s*[0-9]{1,3}(?:[.,][0-9]+)?$", cell.text)):
        return "growth"
    return "level"


def _scene(row: Row, cell: Cell, setting: TableSetting) -> Scene:
    """A row as a sentence: from its label to its last number."""
    last = max(c.end for _, c in row.cells)
    line = Line(Sentence(row.label.start, max(last, cell.end), 0), (), ())
    return Scene(line, (), (), (), (), setting.mind, {}, setting.mind.running)


def _read(text: str) -> tuple[Numeral | None, int, str | None, float | None]:
    """Number, sign, currency and scale of a cell."""
    match = re.search(r"[0-9][0-9.,' ]*", text)
    if match is None:
        return None, 1, None, None
    try:
        numeral = read_numeral(match.group().strip(" .,"))
    except BadInput:
        return None, 1, None, None
    sign = -1 if re.match(r"\s*(?:[-\u2013(]|down\b)", text) else 1
    scale, currency = _amount_words(text[: match.start()] + " " + text[match.end() :])
    letter = text[match.end() :].strip(" )%").upper()
    return numeral, sign, currency, scale or {"B": 1e9, "T": 1e12, "M": 1e6, "K": 1e3}.get(letter)


def _amount(draft: Draft, currency: str | None, scale: float | None, setting: TableSetting) -> Draft:
    frame = draft.frame
    assert frame is not None
    assert draft.value is not None
    assert draft.step is not None
    if scale is None:
        scale = _scale_from_text(draft, setting.known)
        draft.notes = (*draft.notes, "scale not stated; told by the text") if scale else draft.notes
    if scale is None:
        scale = _UNSTATED if draft.value < 1e6 else 1.0
        draft.notes = (*draft.notes, "scale not stated; read as millions") if scale > 1 else draft.notes
    draft.value, draft.step = scaled(draft.value, scale), scaled(draft.step, scale)
    draft.unit = draft.currency = currency or "USD"
    draft.kind = "balance" if frame.flow == "balance" else "level"
    if frame.flow == "balance" and frame.sign < 0:
        draft.value = -abs(draft.value)
    return draft


def _scale_from_text(draft: Draft, known: Sequence[Draft]) -> float | None:
    """The power of a thousand that makes a cell the level the text tells of the same flow."""
    frame, value = draft.frame, draft.value
    assert frame is not None
    if not value:
        return None
    for other in known:
        if (
            other.kind not in ("level", "balance")
            or other.value is None
            or other.frame is None
            or other.unit == "percent"
        ):
            continue
        if (other.frame.flow, other.frame.b or WORLD) != (frame.flow, frame.b or WORLD):
            continue
        for power in (1e3, 1e6, 1e9):
            if abs(abs(other.value) / (abs(value) * power) - 1) < _NEAR:
                return power
    return None
