"""The brief on the embedded release: the customs' figures, and every number walked back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import html

import khorgos
from khorgos.ledger.store import open_ledger
from khorgos.report.addresses import find, parse_address


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return khorgos.brief(ledger=open_ledger(tmp_path_factory.mktemp("own") / "ledger"))


@pytest.fixture(scope="module")
def sidecar(pages: dict[str, str]) -> dict:
    return json.loads(pages["brief.json"])


def test_the_headlines_are_as_published(sidecar: dict) -> None:
    said = {number["trace"]: number["text"] for number in sidecar["numbers"]}

    assert said["total/CHN/CA5/2024"] == "94.8 bn"
    assert said["export/CHN/CA5/2024"] == "64.2 bn"
    assert said["import/CHN/CA5/2024"] == "30.6 bn"


def test_the_countries_are_as_published(pages: dict[str, str]) -> None:
    table = html.fromstring(pages["brief.html"]).xpath('//figure[@id="by-country"]//tbody/tr')
    totals = {row.xpath("string(th)"): row.xpath("string(td[1])") for row in table}

    # General Administration of Customs of China, totals of 2024 in billion dollars
    assert totals["Kazakhstan"] == "43.8"
    assert totals["Kyrgyzstan"] == "22.7"
    assert totals["Uzbekistan"] == "13.8"
    assert totals["Turkmenistan"] == "10.6"  # printed 10.65; not rounded twice
    assert totals["Tajikistan"] == "3.86"


def test_only_turkmenistan_has_a_surplus_with_china(pages: dict[str, str]) -> None:
    assert "Only Turkmenistan sells China more than it buys" in html.fromstring(pages["brief.html"]).text_content()


def test_every_number_can_be_made_again(sidecar: dict, tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger")

    for number in sidecar["numbers"]:
        found = find(ledger, parse_address(number["trace"]))
        # the same doubles by the same road; 1e-9 for the order of sums
        assert found.value == pytest.approx(number["value"], rel=1e-9), number["trace"]


def test_every_release_is_listed_with_its_hash(sidecar: dict) -> None:
    known = {release["id"]: release["sha256"] for release in sidecar["releases"]}
    used = {release for number in sidecar["numbers"] for release in number["releases"]}

    assert used <= set(known)
    assert all(re.fullmatch(r"[0-9a-f]{64}", sha256) for sha256 in known.values())


def test_the_page_is_light_and_alone(pages: dict[str, str]) -> None:
    page = pages["brief.html"]

    assert len(page.encode()) < 2_000_000
    assert "<script" not in page
    assert html.fromstring(page).xpath("//@src | //link/@href") == []


def test_every_drawing_is_described_and_has_its_data(pages: dict[str, str]) -> None:
    figures = html.fromstring(pages["brief.html"]).xpath("//figure")

    assert len(figures) >= 8
    for figure in figures:
        assert figure.xpath('.//a[@download and starts-with(@href, "data:text/csv")]')
        assert all(len(svg.get("aria-label")) > 20 for svg in figure.xpath(".//svg"))
        assert "Source" in figure.xpath('string(p[@class="credit"])')


def test_a_brief_on_another_pair_works(tmp_path: Path) -> None:
    pages = khorgos.brief("KAZ", with_="RUS,UZB", year=2023, ledger=open_ledger(tmp_path / "ledger"))

    assert "Kazakhstan" in html.fromstring(pages["brief.html"]).findtext(".//h1")
