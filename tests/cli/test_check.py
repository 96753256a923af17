"""`khorgos check` as an editor meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

Run = Callable[..., object]

SOUND = "China's trade with Kazakhstan reached $43.8 billion in 2024, up 6.9% from $41 billion in 2023."
WRONG = "China's trade with Kazakhstan reached $43.8 billion in 2024, up 22% from $41 billion in 2023."


@pytest.fixture
def article(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "article.txt").write_text(text, encoding="utf-8")
        return str(tmp_path / "article.txt")

    return write


def rulings(said: str) -> dict[str, str]:
    return {claim["surface"]: claim["verdict"] for claim in json.loads(said)["claims"]}


def test_a_sound_text_raises_no_alarm(khorgos: Run, article: Callable[[str], str]) -> None:
    said = rulings(khorgos("check", article(SOUND), "--date", "2025-03-20", "--format", "json").out)

    assert said
    assert not {"contradicted", "inconsistent_within_text"} & set(said.values())
    assert said["$43.8 billion"] == "supported"


@pytest.mark.parametrize(("date", "period"), [("2025-03", "2025-01..2025-02"), ("2025", "2025-01..2025-02")])
def test_a_month_or_a_year_is_date_enough(khorgos: Run, article: Callable[[str], str], date: str, period: str) -> None:
    text = article("China's trade with Kazakhstan was $6 billion in the first two months of the year.")
    said = json.loads(khorgos("check", text, "--date", date, "--format", "json").out)

    assert said["date"] == date
    assert [claim["period"] for claim in said["claims"]] == [period]


@pytest.mark.parametrize("date", ["2025-13", "2925", "March 2025", "2025-3"])
def test_what_is_no_date_that_has_come_is_refused(khorgos: Run, article: Callable[[str], str], date: str) -> None:
    said = khorgos("check", article(SOUND), "--date", date)

    assert said.status != 0
    assert "--date 2025-03-20" in " ".join(said.err.split())


def test_figures_that_hold_together_are_told_where_the_ledger_has_none(
    khorgos: Run, article: Callable[[str], str]
) -> None:
    text = (
        "In January-March 2020 Georgia's trade with Botswana was $30 million. "
        "Georgia's exports to Botswana were $20 million and imports from it $10 million."
    )
    table = khorgos("check", article(text), "--date", "2020-04-21").out
    page = khorgos("check", article(text), "--date", "2020-04-21", "--format", "html").out

    for said in (table, page):
        assert "3 of those without data agree with the text" in " ".join(said.split())
    assert page.count("no data, agrees with the text") == 3


def test_growth_that_does_not_follow_from_its_levels_is_caught(khorgos: Run, article: Callable[[str], str]) -> None:
    said = rulings(khorgos("check", article(WRONG), "--date", "2025-03-20", "--format", "json").out)

    assert said["22%"] in {"contradicted", "inconsistent_within_text"}
    assert said["$43.8 billion"] == "supported"


def test_every_claim_has_the_fields_of_a_reading_and_of_a_verdict(khorgos: Run, article: Callable[[str], str]) -> None:
    document = json.loads(khorgos("check", article(SOUND), "--date", "2025-03-20", "--format", "json").out)
    fields = {
        "value_span", "kind", "reporter", "partner", "flow", "product", "period", "value", "unit", "qualifier",
        "base_period", "base_value", "attribution", "verdict", "why", "evidence",
    }  # fmt: skip

    assert document["date"] == "2025-03-20"
    assert all(fields <= set(claim) for claim in document["claims"])


def test_evidence_can_be_opened(khorgos: Run, article: Callable[[str], str]) -> None:
    document = json.loads(khorgos("check", article(SOUND), "--date", "2025-03-20", "--format", "json").out)
    addresses = {e["address"] for claim in document["claims"] for e in claim["evidence"] if e["address"]}

    assert addresses
    assert all(khorgos("explain", address).status == 0 for address in addresses)


MANY = (
    "Chinese customs put trade with Kazakhstan at $43.8 billion in 2024, up 9% from $41 billion in 2023. "
    "With Kyrgyzstan it came to $22.7 billion, and with Uzbekistan to $18.7 billion. "
    "Turkmenistan was China's third-largest partner in Central Asia in 2024. "
    "China's trade with Central Asia came to $94.8 billion in 2024, 20% more than the $89.4 billion of 2023."
)


def test_the_evidence_of_every_ruling_can_be_opened(khorgos: Run, article: Callable[[str], str]) -> None:
    document = json.loads(khorgos("check", article(MANY), "--date", "2025-03-20", "--format", "json").out)
    evidence = {claim["verdict"]: claim["evidence"] for claim in document["claims"] if claim["evidence"]}
    opened = [[e["address"]] if e["address"] else e["trace"][:1] for rows in evidence.values() for e in rows[:2]]
    tokens = {token for each in opened for token in each}

    assert {"supported", "contradicted", "inconsistent_within_text"} <= set(evidence)
    assert len(tokens) >= 3
    for token in tokens:
        assert khorgos("explain", token).status == 0, token


def test_the_page_is_the_article_with_its_claims_marked(khorgos: Run, article: Callable[[str], str]) -> None:
    page = html.fromstring(khorgos("check", article(WRONG), "--date", "2025-03-20", "--format", "html").out)
    marked = {"".join(mark.xpath("a/text()")): mark.get("class") for mark in page.xpath("//mark")}

    assert marked["22%"] in {"contradicted", "inconsistent_within_text"}
    assert "reached" in page.xpath("string(//article)")
    assert page.xpath('//details[@class="inconsistent_within_text" or @class="contradicted"]/@open')
    assert all(mark.xpath(".//sup/text()") for mark in page.xpath("//mark"))  # a sign, not colour alone


def test_a_file_that_ends_in_html_is_the_page(khorgos: Run, article: Callable[[str], str], tmp_path: Path) -> None:
    asked = ("check", article(SOUND), "--date", "2025-03-20")
    page = tmp_path / "checked.html"

    assert khorgos(*asked, "--output", str(page)).status == 0
    assert page.read_text(encoding="utf-8") == khorgos(*asked, "--format", "html").out


def test_hostile_text_stays_text(khorgos: Run, article: Callable[[str], str]) -> None:
    hostile = '<script>alert(1)</script> China exported $5 billion to "><img src=x onerror=a(2)> Kazakhstan in 2024.'
    page = khorgos("check", article(hostile), "--format", "html").out

    assert "<script" not in page
    assert "<img" not in page


def test_same_text_same_answer(khorgos: Run, article: Callable[[str], str]) -> None:
    path = article(WRONG)

    assert khorgos("check", path, "--format", "json").out == khorgos("check", path, "--format", "json").out


def test_an_address_without_a_network_says_so(khorgos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    said = khorgos("check", "https://nowhere.invalid/article")

    assert said.status == 3
    assert "No network" in said.err


def test_the_page_says_what_the_forecasts_say(khorgos: Run) -> None:
    page = " ".join((Path(__file__).parent.parent.parent / "docs" / "check.md").read_text(encoding="utf-8").split())
    said = json.loads(khorgos("forecasts", "--today", "2026-11-22", "--format", "json").out)
    off = next(note for note in said["notes"] if note.startswith("Trend was off by"))
    quoted = json.loads(khorgos("forecasts", "--quoted", "--today", "2026-11-22", "--format", "json").out)
    deepens = next(row for row in quoted["rows"] if row["trade"] == "Central Asia and China")

    assert f"off by {off.split()[4]} log points in the middle of eight" in page
    assert f"({deepens['base'] / 1e9:.1f} to {deepens['value'] / 1e9:.1f} billion, 2024 to 2025)" in page
    # one figure for one cell: the total that the brief prints too
    assert deepens["value"] == next(r["value"] for r in said["rows"] if r["trade"] == "Central Asia and China")


def test_forecasts_are_scored(khorgos: Run) -> None:
    said = json.loads(khorgos("forecasts", "--today", "2026-11-22", "--format", "json").out)
    states = {(row["trade"], row["expected"]): row["state"] for row in said["rows"]}

    assert states["China and Russia", 200e9] == "reached"
    assert states["China and Kazakhstan", 40e9] == "reached"
