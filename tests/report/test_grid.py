"""A table on a terminal: no figure and no word is cut off, at any width."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.report.grid import grid
from khorgos.report.view import Column

NAMES = ("United States", "Turkmenistan", "Côte d'Ivoire", "中国", "")
WORDS = st.sampled_from([*NAMES, "announced-targets", "[1], [2], [3]", "manufactured goods classified by material"])
FIGURES = st.sampled_from(["−3.64", "440.5", "1,459.2", "+112.4%", "17,305", ""])


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[list[str]]]:
    """Columns of names, then of figures, then a list; any of them may be missing but the first."""
    labels = st.sampled_from(["Partner", "Growth Lab", "Required a year", "D"])
    kinds = ["text", *draw(st.lists(st.sampled_from(["money", "percent", "year", "list"]), max_size=12))]
    columns = [Column(f"c{place}", draw(labels), kind) for place, kind in enumerate(kinds)]
    cells = [WORDS if kind in ("text", "list") else FIGURES for kind in kinds]
    return columns, draw(st.lists(st.tuples(*cells).map(list), min_size=1, max_size=6))


@given(tables(), st.integers(min_value=30, max_value=160))
def test_every_figure_and_every_letter_stands_and_no_line_is_too_long(table, width) -> None:
    columns, rows = table
    lines = grid(columns, rows, width)
    shown = Counter(word for line in lines for word in line.split())
    figures = Counter(
        text for row in rows for column, text in zip(columns, row, strict=True) if text and column.kind in FIGURED
    )
    letters = Counter("".join(text for row in rows for text in row).replace(" ", ""))

    assert max(map(len, lines)) <= width
    assert not figures - shown  # none is missing or cut in two
    assert not letters - Counter("".join(lines))


FIGURED = ("money", "percent", "year")


def test_a_table_with_room_is_one_line_a_row() -> None:
    columns = [Column("who", "Partner"), Column("value", "Exports", "money")]

    assert grid(columns, [["Kazakhstan", "28.0"], ["Peru", "9.54"]], 80) == [
        "Partner      Exports",
        "────────────────────",
        "Kazakhstan      28.0",
        "Peru            9.54",
    ]


def test_labels_are_broken_before_figures_and_names_before_labels_have_room() -> None:
    columns = [Column("flow", "Flow"), Column("lab", "Growth Lab", "money"), Column("by", "Required a year", "money")]

    assert grid(columns, [["CHN to KGZ", "3.41", "10.6"]], 28) == [
        "            Growth  Required",
        "Flow           Lab    a year",
        "────────────────────────────",
        "CHN to KGZ    3.41      10.6",
    ]


def test_what_does_not_fit_goes_on_below_with_the_names_of_the_rows() -> None:
    columns = [
        Column("rank", "Rank", "integer"),
        Column("who", "Partner"),
        *(Column(f"y{y}", f"{y}", "money") for y in YEARS),
    ]
    rows = [[str(rank), name, *(f"{rank}{y}" for y in YEARS)] for rank, name in enumerate(NAMES[:2], 1)]
    lines = grid(columns, rows, 40)
    blocks = "\n".join(lines).split("\n\n")

    assert len(blocks) == 2
    assert [block.split().count("Turkmenistan") for block in blocks] == [1, 1]
    assert [year for year in map(str, YEARS) if year not in blocks[0] and year not in blocks[1]] == []


YEARS = range(2020, 2025)


@pytest.mark.parametrize("width", [1, 5, 12])
def test_the_narrowest_terminal_still_shows_all(width) -> None:
    text = "".join(
        "".join(line.split()) for line in grid([Column("a", "A"), Column("b", "B", "money")], [["Peru", "9.54"]], width)
    )

    assert {*"Peru9.54"} <= {*text}
