"""One view, five formats: what is read back is what went in."""

from __future__ import annotations

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadInput
from khorgos.report.formats import FORMATS, render, to_csv, to_text
from khorgos.report.view import Column, SourceLine, View, printed, scale_of

COLUMNS = (
    Column("year", "Year", "year"),
    Column("total", "Total", "money", "USD"),
    Column("growth", "Growth", "percent", "percent change"),
    Column("source", "Source", "text"),
)
ROWS = (
    {"year": "2023", "total": 41.0e9, "growth": None, "source": "[1]"},
    {"year": "2024", "total": 43.82e9, "growth": 6.878, "source": "[1]"},
)
VIEW = View(
    "China's trade with Kazakhstan",
    COLUMNS,
    ROWS,
    subtitle="USD {scale}, as reported by China",
    notes=("Exports are FOB and imports CIF.",),
    sources=(SourceLine(1, "General Administration of Customs of China", "gacc:0123456789ab"),),
    trace="khorgos explain total/CHN/KAZ/2024",
)


def test_the_terminal_shows_scaled_numbers_notes_and_sources() -> None:
    text = to_text(VIEW, width=80)

    assert "43.8" in text
    assert "+6.9%" in text
    assert "USD bn, as reported by China" in text
    assert "[1] General Administration of Customs of China" in text
    assert "khorgos explain total/CHN/KAZ/2024" in text


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_its_terminal(width: int) -> None:
    assert max(len(line) for line in to_text(VIEW, width=width).splitlines()) <= width


def test_csv_has_full_values_and_an_empty_cell_where_nothing_was_published() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(VIEW))))

    assert float(rows[1]["total"]) == 43.82e9
    assert rows[0]["growth"] == ""


def test_json_and_parquet_carry_the_same_rows() -> None:
    as_json = json.loads(render(VIEW, "json"))["rows"]
    as_parquet = pq.read_table(io.BytesIO(render(VIEW, "parquet"))).to_pylist()

    assert as_json == as_parquet == [dict(row) for row in ROWS]


def test_without_a_scale_no_blank_is_left_for_it() -> None:
    small = View("t", COLUMNS, ({**ROWS[0], "total": 0.0},), subtitle="revenue in USD {scale}, imputed: of spending")

    assert "revenue in USD, imputed: of spending" in to_text(small, width=80)


def test_markdown_escapes_pipes() -> None:
    odd = View("t", (Column("a", "A"),), ({"a": "x|y"},))

    assert "x\\|y" in render(odd, "md")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=", ".join(FORMATS)):
        render(VIEW, "xls")


@given(st.text(max_size=30))
def test_no_text_reaches_a_spreadsheet_as_a_formula(text: str) -> None:
    view = View("t", (Column("a", "A"), Column("b", "B")), ({"a": text, "b": "x"},))
    cell = list(csv.reader(io.StringIO(to_csv(view))))[1][0]

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")


@given(st.floats(min_value=1e-3, max_value=1e15))
def test_money_keeps_at_least_two_significant_digits(value: float) -> None:
    factor, _ = scale_of(value)
    shown = printed(value, COLUMNS[1], factor).replace(",", "")

    # half a step of the last printed digit: at most 5% of the value from 1 thousandth of a unit up
    assert float(shown) == pytest.approx(value / factor, rel=0.05, abs=5e-4)


def test_a_row_that_lacks_a_column_is_refused() -> None:
    with pytest.raises(BadInput, match="lacks total"):
        View("t", COLUMNS, ({"year": "2024", "growth": None, "source": ""},))


def test_minus_signs_are_minus_signs() -> None:
    assert printed(-8.6e9, COLUMNS[1], 1e9) == "−8.60"
    assert printed(-1.25, Column("p", "P", "points")) == "−1.2 pp"
