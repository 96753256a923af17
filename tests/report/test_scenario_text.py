"""Scenarios as text: the short form, and TOML whose errors name the line."""

from __future__ import annotations

import contextlib
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, UnknownName
from khorgos.report.scenario_text import Measure, areas, cost, parse, percent, tariff

GOOD = """\
title = "A test"

[[tariff]]
importer = "USA"
exporter = "CHN"
add = "20%"
from = 2025-03-04
legal = "An order"
"""


def test_the_short_form():
    one = tariff("USA:CHN:all=+20%")

    assert one == Measure("tariff", ("USA",), ("CHN",), (), 0.2, True, "USA:CHN:all=+20%")
    assert tariff("USA:CHN=20%").adds is False
    assert tariff("United States: China,Kazakhstan : food,fuels = 12.5%") == Measure(
        "tariff",
        ("USA",),
        ("CHN", "KAZ"),
        ("food", "fuels"),
        0.125,
        False,
        "United States: China,Kazakhstan : food,fuels = 12.5%",
    )


def test_costs_and_groups():
    one = cost("central-asia:CHN:all=-5%")

    assert one.importers == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert one.change == pytest.approx(-0.05)
    assert areas("all") == ()
    assert len(areas("EU27")) == 27


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("USA:CHN:all=25", r"no percent sign .*Write 25%"),
        ("USA:CHN:all=0.25", r"no percent sign"),
        ("USA:CHN:all=much", "Not a rate"),
        ("USA-CHN=25%", "USA:CHN:all=\\+20%"),
        ("USA:CHN:all=2500%", "not believed"),
        ("", "Not a tariff"),
    ],
)
def test_what_cannot_be_read_is_refused(text, says):
    with pytest.raises(BadInput, match=says):
        tariff(text)


def test_an_unknown_economy_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="Kazakhstan"):
        tariff("USA:Kazkhstan:all=10%")


@given(st.decimals(min_value=0, max_value=999, places=2), st.sampled_from(["", "+", "-", "−"]))
def test_a_percentage_is_a_fraction_whatever_its_sign(number, sign):
    value, signed = percent(f"{sign}{number}%")

    # one division by 100 in float64
    assert abs(value) == pytest.approx(float(number) / 100, rel=1e-12)
    assert signed == bool(sign)
    assert value <= 0 or sign not in ("-", "−")


def test_a_file():
    found = parse(GOOD, "a.toml")

    assert found.title == "A test"
    assert found.measures[0].start == dt.date(2025, 3, 4)
    assert found.measures[0].legal == "An order"
    assert found.measures[0].adds
    assert found.text == GOOD


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('add = "20%"', "add = 20", r"has no percent sign.*\(a\.toml, row 6"),
        ('add = "20%"', 'add = "20"', r"no percent sign.*row 6"),
        ('add = "20%"', 'adds = "20%"', r"Unknown key of tariff: 'adds'.*add.*row 6"),
        ('exporter = "CHN"', 'exporter = "Chnia"', r"China.*row 5"),
        ('exporter = "CHN"', "", r"exporter is missing.*row 3"),
        ('legal = "An order"', 'rate = "10%"', r"only one.*row 3"),
        ("from = 2025-03-04", 'from = "soon"', r"from is a day.*row 7"),
        ("from = 2025-03-04", "from = 2025-03-04\nto = 2025-01-01", r"end before it starts.*row 3"),
        ('title = "A test"', 'titel = "A test"', r"Unknown key: 'titel'.*title.*row 1"),
        ('title = "A test"', "", r"title is missing"),
        ('title = "A test"', 'title = "A test"\nmodel = "three"', r"one-sector, sectors.*row 2"),
        ('title = "A test"', 'title = "A test"\ntheta = -1', r"theta is a number above zero.*row 2"),
        ("[[tariff]]", "[tariff]", r"Write \[\[tariff\]\].*row 3"),
        ('importer = "USA"', "importer = ", r"Not TOML.*row 4"),
    ],
)
def test_an_error_names_the_line(old, new, says):
    with pytest.raises(BadFile) as caught:
        parse(GOOD.replace(old, new), "a.toml")

    assert re.search(says, f"{caught.value.what} {caught.value}")
    assert "\n" not in str(caught.value)


def test_nothing_changes():
    with pytest.raises(BadFile, match="changes nothing"):
        parse('title = "Nothing"', "a.toml")


def test_both_ways():
    text = 'title = "T"\n[[cost]]\nimporter = "KGZ"\nexporter = "CHN"\nchange = "-2%"\nboth_ways = true\n'
    there, back = parse(text, "a.toml").measures

    assert (there.importers, there.exporters) == (back.exporters, back.importers) == (("KGZ",), ("CHN",))


def test_files_include_others():
    files = {"b.toml": GOOD}
    found = parse('title = "Both"\ninclude = ["b.toml"]\n', "a.toml", files.__getitem__)

    assert found.title == "Both"
    assert len(found.measures) == 1


def test_a_circle_of_files_is_refused():
    files = {
        "a.toml": 'title = "A"\ninclude = ["b.toml"]\n',
        "b.toml": 'title = "B"\ninclude = ["a.toml"]\n',
    }
    with pytest.raises(BadFile, match=r"a\.toml -> b\.toml -> a\.toml"):
        parse(files["a.toml"], "a.toml", files.__getitem__)


def test_a_file_that_is_not_there(tmp_path):
    def fetch(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    with pytest.raises(BadFile, match=r"Cannot read b\.toml.*row 2"):
        parse('title = "A"\ninclude = ["b.toml"]\n', "a.toml", fetch)


@given(st.text(max_size=200))
def test_no_text_ends_in_a_traceback(text):
    with contextlib.suppress(BadFile):
        found = parse(text, "a.toml")
        assert found.measures or found.in_force


@given(st.text(max_size=60))
def test_no_short_form_ends_in_a_traceback(text):
    with contextlib.suppress(BadInput, UnknownName):
        assert tariff(text).kind == "tariff"
