"""The page: every number has its trace, nothing from outside is needed, hostile text stays text."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from lxml import html

from khorgos.core.errors import BadInput
from khorgos.report.page import Figure, Headline, Number, Report, Section, to_html, to_sidecar
from khorgos.report.view import Column, View

RELEASE = {
    "id": "gacc:0123456789ab", "publisher": "GACC <China>", "title": "Table 2", "published": "2025-01-18",
    "sha256": "0" * 64, "url": "http://english.customs.gov.cn/", "licence": "figures with source",
}  # fmt: skip
TOTAL = Number("94.8 bn", 94.8e9, "USD", "total/CHN/CA5/2024", ("GACC",), (RELEASE["id"],))
VIEW = View(
    "t",
    (Column("c", "Country"), Column("v", "Total", "money", "USD")),
    ({"c": "<script>alert(1)</script>", "v": 43.8e9},),
)
TABLE = Figure("table", "By country", VIEW, "Source: GACC.")


def report(**changes: object) -> Report:
    parts = {
        "title": "China & Central Asia",
        "deck": ("Trade reached ", TOTAL, "."),
        "made": dt.date(2026, 11, 22),
        "headlines": (Headline("Total", TOTAL, ("up from 89.4",)),),
        "sections": (Section("countries", "By country", (("All: ", TOTAL),), (TABLE,)),),
        "releases": (RELEASE,),
        "version": "0.1.0",
    }  # fmt: skip
    return Report(**{**parts, **changes})


def test_hostile_text_stays_text() -> None:
    page = to_html(report())

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_asks_for_nothing_from_outside() -> None:
    tree = html.fromstring(to_html(report()))
    loaded = tree.xpath("//@src | //link/@href | //*[self::img or self::iframe or self::object]")

    assert loaded == []
    assert not re.search(r"@import|url\(", to_html(report()))


def test_every_number_can_be_walked_back() -> None:
    tree = html.fromstring(to_html(report()))
    numbers = tree.xpath('//data[@class="num"]')

    assert len(numbers) == 3
    assert all("khorgos explain total/CHN/CA5/2024" in n.get("title") for n in numbers)


def test_the_sidecar_lists_each_number_once_with_unit_and_source() -> None:
    sidecar = json.loads(to_sidecar(report()))

    assert [(n["value"], n["unit"], n["sources"]) for n in sidecar["numbers"]] == [(94.8e9, "USD", ["GACC"])]
    assert sidecar["figures"][0]["rows"][0]["v"] == 43.8e9
    assert sidecar["releases"][0]["sha256"] == "0" * 64


def test_a_reader_without_eyes_finds_headings_captions_and_scopes() -> None:
    tree = html.fromstring(to_html(report()))

    assert tree.get("lang") == "en"
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//figure/figcaption")
    assert not tree.xpath("//th[not(@scope)]")


def test_a_number_without_its_release_is_refused() -> None:
    with pytest.raises(BadInput, match="not listed"):
        report(releases=({**RELEASE, "id": "other:0123456789ab"},))
    with pytest.raises(BadInput, match="trace"):
        Number("1", 1.0, "USD", "", ("GACC",), ("r",))


def test_two_parts_with_one_id_are_refused() -> None:
    with pytest.raises(BadInput, match="one id"):
        report(sections=(Section("a", "A"), Section("a", "B")))
