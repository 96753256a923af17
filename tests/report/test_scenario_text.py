"""Scenarios as text: the short form, and TOML whose errors name the line."""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.core.errors import BadFile, BadInput, UnknownName
from khorgos.report.scenario_file import parse
from khorgos.report.scenario_text import AsInForce, Measure, Target, areas, cost, percent, tariff

GOOD = """\
title = "A test"

[[tariff]]
importer = "USA"
exporter = "CHN"
add = "20%"
from = 2025-03-04
legal = "An order"
"""


def _refused(text: str, says: str) -> None:
    """The file is refused, and what is said names the line."""
    with pytest.raises(BadFile) as caught:
        parse(text, "a.toml")

    assert re.search(says, f"{caught.value.what} {caught.value}")
    assert "\n" not in str(caught.value)


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
    _refused(GOOD.replace(old, new), says)


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
        assert found.measures or found.in_force or found.target or found.registry


@given(st.text(max_size=60))
def test_no_short_form_ends_in_a_traceback(text):
    with contextlib.suppress(BadInput, UnknownName):
        assert tariff(text).kind == "tariff"


CORRIDOR = """\
title = "A road"

[[corridor]]
importer = "KGZ"
exporter = "CHN"
both_ways = true
hours = [48, 24]
value_of_day = "1%"
legal = "A report"
"""


def test_a_corridor_is_computed_from_its_hours():
    there, back = parse(CORRIDOR, "a.toml").measures

    # a day less at one per cent a day, exactly exp(-0.01) - 1
    assert there.change == back.change == pytest.approx(math.expm1(-0.01))
    assert there.kind == "cost"
    assert there.between is None
    assert "2.00 days become 1.00, each worth 1.0% of the goods" in there.how
    assert back.importers == ("CHN",)


def test_a_range_of_the_value_of_a_day_gives_a_range_of_the_change():
    one, _ = parse(CORRIDOR.replace('"1%"', '["0.6%", "2.1%"]'), "a.toml").measures

    assert one.between == pytest.approx((math.expm1(-0.021), math.expm1(-0.006)))
    assert one.between[0] < one.change < one.between[1]


def test_dollars_need_the_value_of_the_goods():
    text = CORRIDOR + "dollars = [300, 100]\ncargo_usd = 1e9\ncargo_tonnes = 200_000\n"
    one, _ = parse(text, "a.toml").measures

    # 20 t of goods worth 100,000 USD: 100.3 thousand become 100.1
    assert one.change == pytest.approx(math.exp(-0.01) * 1.001 / 1.003 - 1)
    assert "300 USD a load of 20 t become 100, of goods worth 100,000 USD" in one.how


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("hours = [48, 24]", "hours = 48", r"hours is a pair.*row 7"),
        ("hours = [48, 24]", "hours = [48, 48]", r"changes nothing.*row 3"),
        ("hours = [48, 24]", "hours = [48, -1]", r"cannot be negative.*row 3"),
        ("hours = [48, 24]", "hours = [48, inf]", r"finite.*row 3"),
        ("hours = [48, 24]", "speed = [40, 50]", r"A speed needs a length.*row 3"),
        ("hours = [48, 24]", "dollars = [300, 100]", r"value of the goods.*row 3"),
        ("hours = [48, 24]", "hors = [48, 24]", r"Unknown key of corridor: 'hors'.*hours.*row 7"),
        ('value_of_day = "1%"', "value_of_day = 0.01", r"no percent sign.*row 8"),
        ('value_of_day = "1%"', 'value_of_day = ["2.1%", "0.6%"]', r"begins with its lower end.*row 8"),
        ('value_of_day = "1%"', "", r"Hummels and Schaur.*row 3"),
        ('legal = "A report"', 'share = "120%"', r"up to 100%.*row 3"),
        ('legal = "A report"', "cargo_usd = 5.0", r"cargo_tonnes.*row 9"),
    ],
)
def test_a_bad_corridor_names_its_line(old, new, says):
    _refused(CORRIDOR.replace(old, new), says)


TARGET = """\
title = "A target"

[target]
importer = "KGZ"
exporter = "CHN"
both_ways = true
usd = 45e9
by = 2030
"""


def test_a_target():
    found = parse(TARGET, "a.toml")

    assert found.measures == ()
    assert found.target == Target(("KGZ",), ("CHN",), (), True, 45e9, "KGZ:CHN:all", 2030)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("usd = 45e9", 'usd = "45 bn"', r"usd is a number.*row 7"),
        ("usd = 45e9", "", r"usd = 45e9.*row 3"),
        ("usd = 45e9", "usd = -1", r"not believed.*row 7"),
        ("by = 2030", "by = 30", r"by is a year.*row 8"),
        ("by = 2030", "until = 2030", r"Unknown key of target: 'until'.*row 8"),
        ("[target]", "[[target]]", r"Write \[target\].*row 3"),
    ],
)
def test_a_bad_target_names_its_line(old, new, says):
    _refused(TARGET.replace(old, new), says)


def test_one_name_may_be_included_without_a_list_and_without_its_ending():
    files = {"b": GOOD, "a": 'title = "A"\ninclude = "b"\n'}

    assert len(parse(files["a"], "a.toml", files.__getitem__).measures) == 1
    with pytest.raises(BadFile, match=r"include each other: a\.toml -> a"):
        parse('title = "A"\ninclude = "a"\n', "a.toml", files.__getitem__)
    with pytest.raises(BadFile, match=r"row 2"):
        parse('title = "A"\ninclude = [3]\n', "a.toml", files.__getitem__)


def test_an_included_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "b").write_bytes(b"\xff\xfe")

    with pytest.raises(BadFile, match=r"not UTF-8.*row 2"):
        parse('title = "A"\ninclude = "b"\n', "a.toml", lambda name: (tmp_path / name).read_text(encoding="utf-8"))


IN_FORCE = 'title = "A day"\n\n[as_in_force]\non = 2025-04-12\nagainst = 2025-01-19\nimporter = "USA"\n'


def test_tariffs_as_in_force_on_a_day():
    found = parse(IN_FORCE, "a.toml").registry

    assert found == AsInForce(dt.date(2025, 4, 12), dt.date(2025, 1, 19), ("USA",))
    assert found.text == "as in force on 2025-04-12 against 2025-01-19"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("on = 2025-04-12", 'on = "2025-04-12"', r"on is a day.*without quotes.*row 4"),
        ("on = 2025-04-12", "", r"on is missing.*row 3"),
        ("against = 2025-01-19", "against = 2025-04-12", r"are one.*row 5"),
        ("against", "aginst", r"Unknown key of as_in_force: 'aginst'.*against.*row 5"),
        ('importer = "USA"', 'importer = "Usb"', r"row 6"),
        ("[as_in_force]", "[[as_in_force]]", r"Write \[as_in_force\].*row 3"),
    ],
)
def test_a_bad_day_names_its_line(old, new, says):
    _refused(IN_FORCE.replace(old, new), says)


def test_a_file_that_two_others_include_counts_once():
    files = {"b": 'title = "B"\ninclude = "d"\n', "c": 'title = "C"\ninclude = "d.toml"\n', "d": GOOD, "d.toml": GOOD}

    assert len(parse('title = "A"\ninclude = ["b", "c"]\n', "a.toml", files.__getitem__).measures) == 1
