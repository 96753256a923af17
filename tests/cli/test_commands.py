"""Each command on the embedded release, against figures that the customs and offices published."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from khorgos.api import holdings

Run = Callable[..., object]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("partner", "year", "billions"),
    # General Administration of Customs of China, as printed by The Astana Times (January 2025), Eurasianet (2025, 2026)
    [
        ("central-asia", 2023, 89.4), ("central-asia", 2024, 94.8), ("KAZ", 2024, 43.82), ("KGZ", 2024, 22.71),
        ("UZB", 2024, 13.78), ("TKM", 2024, 10.65), ("TJK", 2024, 3.86), ("AZE", 2024, 2.5), ("GEO", 2024, 2.25),
        ("KAZ", 2025, 48.7), ("KGZ", 2025, 27.2), ("central-asia", 2025, 106.3),
    ],
)  # fmt: skip
def test_totals_come_out_as_the_customs_published_them(khorgos: Run, partner: str, year: int, billions: float) -> None:
    said = khorgos("trade", "CHN", partner, "--years", str(year), "--format", "csv")
    digits = len(str(billions).partition(".")[2])

    # half a step of the last printed digit, and 0.2% where the customs' yuan table is converted at their mean rate
    slack = 0.5 * 10**-digits + 0.002 * billions
    assert float(rows(said.out)[0]["total"]) / 1e9 == pytest.approx(billions, abs=slack)


def test_exports_and_imports_of_2024(khorgos: Run) -> None:
    (row,) = rows(khorgos("trade", "CHN", "central-asia", "--years", "2024", "--format", "csv").out)

    assert round(float(row["export"]) / 1e9, 1) == 64.2
    assert round(float(row["import"]) / 1e9, 1) == 30.6
    assert round(float(row["growth"]), 1) in {6.0, 6.1}  # 94.8 or 94.82 over 89.4


def test_two_sides_two_figures(khorgos: Run) -> None:
    said = rows(khorgos("mirror", "CHN", "KGZ", "--years", "2022..2023", "--format", "csv").out)
    sent = next(row for row in said if row["direction"] == "CHN to KGZ" and row["year"] == "2022")
    back = next(row for row in said if row["direction"] == "KGZ to CHN" and row["year"] == "2023")

    assert float(sent["exporter_report"]) == pytest.approx(15.42e9, rel=0.01)  # GACC as printed by Eurasianet: 15.42 bn
    assert float(sent["importer_report"]) == pytest.approx(4.0695e9, rel=1e-4)  # NSC, table 4.03.00.20, thousand USD
    assert float(back["exporter_report"]) == pytest.approx(80.4e6, rel=1e-3)  # NSC, table 4.03.00.18


def test_yuan_and_dollar_growth_differ(khorgos: Run) -> None:
    yuan = rows(khorgos("trade", "CHN", "KAZ", "--years", "2024", "--currency", "CNY", "--format", "csv").out)[0]

    assert float(yuan["total"]) == pytest.approx(311.79753e9, rel=1e-9)  # GACC, December 2024: 31,179,753 x 10,000 yuan


def test_months_in_yuan(khorgos: Run) -> None:
    said = rows(
        khorgos("trade", "CHN", "KAZ", "--years", "2024", "--by", "month", "--currency", "CNY", "--format", "csv").out
    )

    assert [row["period"] for row in said] == [f"2024-{m:02d}" for m in range(1, 13)]
    assert all(row["export"] for row in said)  # March is missing in the table and comes from its cumulative columns


def test_partners_are_ranked_with_shares(khorgos: Run) -> None:
    said = rows(khorgos("partners", "KAZ", "--flow", "import", "--year", "2020", "--top", "0", "--format", "csv").out)

    assert [row["partner"] for row in said[:3]] == ["Russia", "China", "South Korea"]
    assert sum(float(row["share"]) for row in said if row["share"]) == pytest.approx(100, abs=1e-6)  # sums of doubles


def test_influence_side_by_side(khorgos: Run) -> None:
    said = khorgos("influence", "KGZ", "--of", "CHN,RUS,USA,EU27", "--years", "2000..2023", "--format", "json")
    table = json.loads(said.out)

    assert [row["year"] for row in table["rows"]] == [str(y) for y in range(2000, 2024)]
    assert {"share_CHN", "share_RUS", "gdp_CHN", "gdp_EU27"} <= set(table["rows"][0])
    last = table["rows"][-1]
    assert 0 < last["share_USA"] < last["share_RUS"]


def test_targets_are_judged(khorgos: Run) -> None:
    said = {(r["pair"], r["target"]): r for r in rows(khorgos("targets", "--format", "csv").out)}
    kyrgyz = said["China and Kyrgyzstan", "45000000000.0"]

    assert said["China and Kazakhstan", "40000000000.0"]["state"] == "reached"
    assert float(kyrgyz["required"]) == pytest.approx(100 * ((45 / 27.2) ** (1 / 5) - 1), abs=0.01)  # 27.2 bn in 2025


def test_explain_walks_back_to_the_file(khorgos: Run) -> None:
    said = khorgos("explain", "export/CHN/KAZ/2024")

    assert "gacc_2024_by_country" in said.out
    assert "sha256 4273" in said.out
    assert "7.116 per USD" in said.out


def test_what_is_known_on_a_day(khorgos: Run) -> None:
    early = khorgos("trade", "CHN", "RUS", "--years", "2025", "--as-of", "2025-01-31", "--format", "csv")

    assert early.status == 1 or not rows(early.out)[0]["total"]


def test_every_publisher_side_by_side(khorgos: Run) -> None:
    said = rows(khorgos("trade", "CHN", "central-asia", "--years", "2024", "--every-source", "--format", "csv").out)

    assert {round(float(row["value"]) / 1e9, 1) for row in said if row["flow"] == "total"} >= {94.8, 93.8}


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
def test_every_format_prints(khorgos: Run, form: str) -> None:
    said = khorgos("sources", "--format", form)

    assert said.status == 0
    assert "imf-dots" in said.out


def test_an_answer_goes_to_a_file(khorgos: Run, tmp_path: Path) -> None:
    said = khorgos("trade", "CHN", "KAZ", "--format", "parquet", "-o", str(tmp_path / "x" / "kaz.parquet"))

    assert said.status == 0
    assert (tmp_path / "x" / "kaz.parquet").read_bytes()[:4] == b"PAR1"


def test_export_names_what_may_not_be_passed_on(khorgos: Run, tmp_path: Path) -> None:
    said = khorgos("export", str(tmp_path / "c.csv"), "--reporter", "CHN", "--partner", "KAZ", "--years", "2020")

    assert said.status == 0
    assert "licence" in (tmp_path / "c.csv").read_text(encoding="utf-8").partition("\n")[0]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["trade", "CHN", "Kazahstan"], 1, "Did you mean Kazakhstan"),
        (["trade", "CHN", "KAZ", "--years", "2025..2013"], 1, "cannot run backwards"),
        (["trade", "CHN", "KAZ", "--years", "soon"], 1, "Not a period"),
        (["trade", "CHN", "KAZ", "--flow", "imports"], 1, "Choose one of export"),
        (["trade", "CHN", "KAZ", "--currency", "shells"], 1, "shells"),
        (["trade", "CHN", "KAZ", "--as-of", "yesterday"], 1, "Write it like 2025-03-20"),
        (["trade", "CHN", "KAZ", "--years", "1900"], 1, "no figures"),
        (["trade", "CHN", "KAZ", "--by", "week"], 2, "week"),
        (["trade", "CHN"], 2, "partner"),
        (["nonsense"], 2, "nonsense"),
        (["explain", "total/CHN"], 1, "Write it like"),
        (["explain", "speed/CHN/KAZ/2024"], 1, "Choose one of"),
        (["import", "no-such-file.csv"], 1, "no such file"),
        (["invest"], 1, "khorgos import"),
        (["export", "x.csv", "--years", "1900"], 1, "no such rows"),
        (["sources", "imf"], 1, "Did you mean"),
        (["partners", "KAZ", "--year", "2020", "--top", "-1"], 1, "negative"),
        (
            ["partners", "KAZ", "--year", "2031"],
            1,
            "(reporters KAZ, flows total, products TOTAL, periods 2031, currency USD)",
        ),
        (["trade", "CHN", "KAZ", "--source", "gaac"], 1, "Unknown source: 'gaac'. Did you mean gacc"),
        (["export", "x.csv", "--source", "gaac"], 1, "Did you mean gacc"),
        (["trade", "CHN", "KAZ", "--as-of", "2999-01-01"], 1, "yet to come"),
        (["trade", "CHN", "KAZ", "--format", "xml"], 2, "--format': 'xml' is not one of 'table'"),
        (["partners", "KAZ"], 2, "Missing option '--year'. See: khorgos partners --help"),
        (["breef"], 2, "Did you mean 'brief'? See: khorgos --help"),
        (["exposure", "XYZ"], 1, "ISO code such as KAZ"),
        (["trade", "CHN", "KAZ", "--product", "52O1"], 1, "Write a code such as 5201"),
        (["tariff", "KAZ", "USA"], 1, "It has those of China, the United States"),
        (["simulate", "nothere.toml"], 1, "There is no such file. With khorgos come china-kyrgyzstan"),
        (["simulate", "us-china-2025-40"], 1, "Did you mean us-china-2025-0"),
        (["simulate", "."], 1, "That is a folder"),
        (["hindcast", "us-chna-2018"], 1, "Did you mean us-china-2018"),
        (["check", "."], 1, "That is a folder (.). Name one article"),
    ],
)
def test_an_error_is_one_clear_line_and_a_status(khorgos: Run, arguments: list[str], status: int, words: str) -> None:
    said = khorgos(*arguments)

    assert said.status == status
    assert words in said.err
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("article.txt", ["check"], "There is no text in it (article.txt)"),
        ("own.toml", ["hindcast"], "before is missing (own.toml: before)"),
        ("own.toml", ["simulate"], "The scenario changes nothing"),
        ("china.csv", ["import"], "The file is empty (china.csv)"),
    ],
)
def test_an_empty_file_is_said_to_be_empty(
    khorgos: Run, tmp_path: Path, name: str, arguments: list[str], words: str
) -> None:
    (tmp_path / name).touch()
    said = khorgos(*arguments, str(tmp_path / name))

    assert (said.status, said.out) == (1, "")
    assert words in said.err


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2999-01-01", "The article's day is yet to come: 2999-01-01"),
        ("2999-05", "The article's day is yet to come: 2999-05-01"),
        ("2025-13", "Not a day, month or year: '2025-13'"),
        ("spring", "Not a day, month or year: 'spring'"),
    ],
)
def test_an_article_is_of_a_day_month_or_year_that_has_come(
    khorgos: Run, tmp_path: Path, date: str, words: str
) -> None:
    article = tmp_path / "article.txt"
    article.write_text("China's exports to Kazakhstan reached $28.0 billion in 2024.", encoding="utf-8")
    said = khorgos("check", str(article), "--date", date)

    assert (said.status, said.out) == (1, "")
    assert words in said.err
    assert "--date 2025-03-20, or 2025-03 or 2025" in said.err


def test_the_list_of_commands_fits_a_terminal(khorgos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    asked, bare = khorgos("--help").out, khorgos().err

    assert "..." not in asked.split("Commands:")[1]
    assert [line for line in asked.splitlines() if len(line) > 80] == []
    assert bare.strip() == asked.strip()


def test_a_fault_of_khorgos_is_one_line_too(khorgos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("nothing\nleft")

    monkeypatch.setattr(holdings, "sources", broken)
    said = khorgos("sources")

    assert said.status == 70
    assert "ZeroDivisionError: nothing left" in said.err
    assert len(said.err.strip().splitlines()) == 1


COMTRADE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,"
    "partner2Code,classificationCode,cmdCode,customsCode,motCode,isReported,isAggregate,fobvalue,cifvalue,primaryValue\n"
    "C,A,20230101,2023,52,2023,842,USA,X,156,CHN,0,H6,TOTAL,C00,0,true,false,147800000000,,147800000000\n"
)


def test_rows_that_may_not_be_passed_on_are_refused_and_named(khorgos: Run, tmp_path: Path) -> None:
    (tmp_path / "comtrade.csv").write_text(COMTRADE, encoding="utf-8")
    taken = khorgos("import", str(tmp_path / "comtrade.csv"))
    said = khorgos("export", str(tmp_path / "out.csv"), "--reporter", "USA", "--partner", "CHN", "--years", "2023")

    assert taken.status == 0, taken.err
    assert said.status == 1
    assert "comtrade" in said.err.lower()
    assert not (tmp_path / "out.csv").exists()


def test_shares_are_of_all_partners_or_not_printed(khorgos: Run) -> None:
    every = json.loads(khorgos("partners", "Armenia", "--year", "2023", "--top", "0", "--format", "json").out)["rows"]
    alone = json.loads(khorgos("trade", "Armenia", "China", "--years", "2023", "--format", "json").out)["rows"]
    few = json.loads(khorgos("partners", "KGZ", "--year", "2024", "--format", "json").out)

    # Armstat 2023: 8.55 bn of exports and 12.76 of imports, with 201 countries
    assert sum(row["value"] for row in every) == pytest.approx(21.31e9, abs=0.01e9)
    assert (every[0]["partner"], round(every[0]["share"], 1)) == ("Russia", 37.2)
    # by origin on both roads; Armstat has imports by consignment beside it
    assert next(row["value"] for row in every if row["partner"] == "China") == pytest.approx(alone[0]["total"])
    assert "share" not in {column["name"] for column in few["columns"]}


def test_what_is_not_at_hand_is_said_with_the_way_to_it(khorgos: Run) -> None:
    some = khorgos("trade", "CHN", "KAZ,KGZ", "--years", "2020..2023").out
    none = khorgos("trade", "CHN", "KAZ", "--years", "2023..2024").out
    way = "khorgos fetch comtrade reporters=CHN partners=KAZ,KGZ"

    assert f"reports on trade with Kazakhstan and Kyrgyzstan for 2021 is at hand; to look for it: {way}" in some
    assert "is at hand" not in none


def test_a_credit_says_a_name_once(khorgos: Run) -> None:
    said = khorgos("influence", "KGZ", "--of", "CHN", "--years", "2023").out

    assert "World Bank, World Development Indicators (long csv)" in said


def test_names_with_an_article_bear_it_within_a_sentence(khorgos: Run) -> None:
    route = ("--origin", "CHN", "--destination", "USA", "--hub", "ARE", "--since", "2017", "--to", "2020")
    with_philippines = khorgos("trade", "USA", "PHL", "--years", "2020").out

    assert khorgos("reroute", *route).out.startswith(
        "From China by way of the United Arab Emirates to the United States"
    )
    assert with_philippines.startswith("Trade of the United States with the Philippines")
