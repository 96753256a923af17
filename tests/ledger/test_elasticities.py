"""The embedded elasticities: the publisher's own counts and figures, goods over editions, and what is missing."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from khorgos.core.errors import NoData
from khorgos.ledger.elasticities import card, elasticities

FILE = "data/elasticities/fontagne_guimbard_orefice_2022/ProTEE_0_1.csv"


def test_the_figures_of_raw_cotton_and_refined_copper() -> None:
    """ProTEE_0_1.csv, rows 520100 (-13.15463) and 740311 (-45.581581)."""
    (cotton,) = elasticities({"HS22": ("5201",)})
    (copper,) = elasticities({"HS17": ("740311",)})

    assert (cotton.code, cotton.sigma, cotton.basis) == ("520100", 13.15463, "own")
    assert copper.sigma == 45.581581


def test_lithium_batteries_are_found_through_the_concordance() -> None:
    """HS 850760 is of 2012; in 2007 it was part of 850780, whose figure is the mean of its heading."""
    (line,) = elasticities({"HS22": ("850760",)})

    assert (line.code, line.basis) == ("850780", "heading")


def test_where_no_heading_is_published_the_chapter_stands_in() -> None:
    (soya,) = elasticities({"HS07": ("1201",)})

    assert soya.basis == "chapter"
    assert soya.sigma > 1


def test_a_chapter_has_all_its_lines() -> None:
    lines = elasticities({"HS07": ("52",)})

    assert len(lines) > 100
    assert {line.code[:2] for line in lines} == {"52"}
    assert all(line.sigma > 0 for line in lines)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NoData, match=r"--sigma"):
        elasticities({"SITC3": ("2",)})


def test_every_figure_is_the_publishers(shared: Path) -> None:
    raw = (shared / FILE).read_bytes()
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    found = {line.code: line for line in elasticities({"HS07": tuple(sorted({row["HS6"][:2] for row in rows}))})}

    assert hashlib.sha256(raw).hexdigest() == card().file_sha256
    assert len(rows) == 5050
    for row in rows:
        if row["sigma"]:
            assert found[row["HS6"]].sigma == -float(row["sigma"])
