"""`khorgos exposure` as a user meets it, on the embedded worlds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from khorgos.ledger.worlds import world

Run = Callable[..., object]


def test_three_partners_out_of_the_box(khorgos: Run) -> None:
    said = khorgos("exposure", "KAZ", "--to", "CHN,RUS,USA", "--draws", "10", "--format", "json")
    views = json.loads(said.out)
    rows = {row["partner"]: row for row in views["partners"]["rows"]}

    assert said.status == 0
    assert list(views) == ["partners", "surplus", "exports", "imports"]
    assert list(rows) == ["China", "Russia", "United States"]
    for row in rows.values():
        assert row["real"] < 0
        assert row["real_sectors"] < 0
    assert rows["China"]["real"] < rows["Russia"]["real"] < rows["United States"]["real"]
    assert all(row["low"] <= row["change"] <= row["high"] < 0 for row in views["surplus"]["rows"])


def test_trade_is_the_worlds_own(khorgos: Run) -> None:
    """Another road: the sums of the world's array."""
    said = khorgos("exposure", "KAZ", "--to", "CHN", "--draws", "2", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    base = world("sectors")
    i, j = base.countries.index("KAZ"), base.countries.index("CHN")

    assert float(row["sold"]) == pytest.approx(base.trade[i, j].sum(), rel=1e-12)
    assert float(row["sold_share"]) == pytest.approx(100 * base.trade[i, j].sum() / base.trade[i].sum(), rel=1e-12)
    assert float(row["bought_share"]) == pytest.approx(100 * base.trade[j, i].sum() / base.trade[:, i].sum(), rel=1e-12)


def test_goods_add_up_to_the_partner(khorgos: Run) -> None:
    asked = ("exposure", "KAZ", "--to", "RUS", "--draws", "2", "--top", "0", "--format", "json")
    views = json.loads(str(khorgos(*asked).out))
    (row,) = views["partners"]["rows"]

    assert sum(one["of_all"] for one in views["exports"]["rows"]) == pytest.approx(row["sold_share"], rel=1e-9)
    assert sum(one["value"] for one in views["imports"]["rows"]) == pytest.approx(row["bought"], rel=1e-9)
    assert all(one["next"] and "RUS" not in one["next"] for one in views["exports"]["rows"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["KAZ", "--to", "KAZ"], "cannot lose itself"),
        (["KAZ", "--to", "EU27"], "is a group"),
        (["KAZ", "--to", "Rusia"], "Did you mean Russia"),
        (["KAZ", "--to", "CHN", "--level", "6"], "khorgos fetch comtrade reporters=KAZ products=HS6"),
        (["KAZ", "--to", "CHN", "--year", "2020"], "--level"),
        (["KAZ", "--to", "CHN", "--draws", "0"], "at least one draw"),
        (["KAZ", "--to", "CHN", "--view", "gdp"], "Unknown view"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(khorgos: Run, arguments: list[str], words: str) -> None:
    said = khorgos("exposure", *arguments)

    assert said.status == 1
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
