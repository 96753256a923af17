"""What is read of articles whose numbers were marked by hand: detection, core and strict F1."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from claims_marked import Article, articles, gold_row, row_of
from claims_scored import Row, Score, pairs, score, unread

from khorgos.claims.claim import check_against
from khorgos.claims.extraction.extract import extract
from khorgos.claims.judge import judge
from khorgos.ledger.store import Ledger

TEXTS = articles()
SHARED = Path(__file__).parents[3] / "shared" / "claims"

#: Detection, core and strict F1 that no change may fall below; each three points under what docs/reading.md reports,
#: which leaves room to mend one article at the cost of a slot in another.
FLOORS = {
    "batch1": (0.96, 0.95, 0.90),
    "batch2": (0.96, 0.95, 0.86),
    "batch3": (0.96, 0.95, 0.88),
    "batch4": (0.96, 0.96, 0.92),
    "batch5": (0.96, 0.93, 0.84),
    "batch6": (0.96, 0.96, 0.91),
    "batch7": (0.95, 0.95, 0.80),
    "batch8": (0.96, 0.95, 0.93),
    "batch9": (0.96, 0.96, 0.88),
    "batch10": (0.95, 0.94, 0.79),
    "batch11": (0.94, 0.90, 0.82),
    "batch12": (0.95, 0.95, 0.87),
    "batch13": (0.95, 0.95, 0.81),
    "batch14": (0.95, 0.90, 0.80),
    "batch15": (0.94, 0.93, 0.80),
    "batch16": (0.96, 0.93, 0.77),
    "batch17": (0.95, 0.88, 0.73),
    "batch18": (0.92, 0.92, 0.74),
    "batch19": (0.94, 0.89, 0.64),
    "batch20": (0.96, 0.92, 0.74),
    "batch21": (0.92, 0.84, 0.68),
    "batch22": (0.94, 0.90, 0.78),
    "batch23": (0.94, 0.89, 0.63),
    "batch24": (0.92, 0.90, 0.64),
    "batch25": (0.95, 0.95, 0.84),
    "batch26": (0.94, 0.85, 0.76),
    "batch27": (0.95, 0.92, 0.84),
    "batch28": (0.95, 0.94, 0.89),
    "batch29": (0.94, 0.92, 0.84),
    "batch30": (0.96, 0.95, 0.87),
    "batch31": (0.95, 0.95, 0.92),
    "batch32": (0.94, 0.93, 0.80),
    "batch33": (0.96, 0.93, 0.76),
}
#: The part of its numbers that must be found of an article of our own, and of a page restated: short ones among these
#: lose a fifth with one number.
FOUND, FOUND_OF_PAGES = 0.9, 0.7
#: What issue 3 asks of the annotated set.
ASKED = (0.97, 0.93, 0.80)


@cache
def _read(article: Article) -> tuple[list[Row], list[Row]]:
    gold = [gold_row(article, mark) for mark in article.marks]
    return gold, [row_of(claim, article.id) for claim in extract(article.text, date=article.day, article=article.id)]


def _of(chosen: list[Article]) -> Score:
    total = Score(0, 0, 0, 0, 0)
    for article in chosen:
        total += score(*_read(article))
    return total


def test_there_are_articles_enough() -> None:
    assert len(TEXTS) >= 24
    assert len({text.id for text in TEXTS}) == len(TEXTS)
    own = [text for text in TEXTS if not text.restated]
    assert all(len(text.marks) >= 10 and 85 <= len(text.text.split()) <= 320 for text in own)
    assert all(len(text.marks) >= 5 and 50 <= len(text.text.split()) <= 400 for text in TEXTS)
    assert {text.batch for text in TEXTS} == set(FLOORS)


@pytest.mark.parametrize("article", TEXTS, ids=lambda article: article.id)
def test_claims_stand_where_they_say(article: Article) -> None:
    for claim in extract(article.text, date=article.day):
        check_against(claim, article.text)


@pytest.mark.parametrize("batch", sorted(FLOORS))
def test_a_batch_is_read_as_well_as_ever(batch: str) -> None:
    found = _of([text for text in TEXTS if text.batch == batch])

    for figure, floor, name in zip(
        (found.detection, found.core, found.strict), FLOORS[batch], ("detection", "core", "strict"), strict=True
    ):
        assert figure >= floor, f"{batch}: {name} {figure:.3f}"


@pytest.mark.parametrize("article", TEXTS, ids=lambda article: article.id)
def test_no_article_is_lost(article: Article) -> None:
    gold, pred = _read(article)
    found = score(gold, pred)

    least = FOUND_OF_PAGES if article.restated else FOUND
    assert found.detection >= least, [row["surface"] for row in unread(gold, pairs(gold, pred))]


def test_a_perfect_reading_scores_one() -> None:
    gold = _read(TEXTS[0])[0]

    assert (score(gold, gold).detection, score(gold, gold).core, score(gold, gold).strict) == (1.0, 1.0, 1.0)


def test_errors_cost_what_they_should() -> None:
    gold = [row for row in _read(TEXTS[0])[0] if not row["optional"]]
    wrong_year = [row | {"period": "1999"} for row in gold]
    wrong_value = [row | {"value": -1e30} for row in gold]

    assert (score(gold, gold[1:]).detection, score(gold, [*gold, gold[0]]).found) == (
        pytest.approx(2 * (len(gold) - 1) / (2 * len(gold) - 1)),
        len(gold),
    )
    assert (score(gold, wrong_year).core, score(gold, wrong_year).strict) == (1.0, 0.0)
    assert (score(gold, wrong_value).detection, score(gold, wrong_value).core) == (1.0, 0.0)


def test_both_ways_to_say_a_flow_are_one() -> None:
    row: Row = {"value_span": [0, 1], "kind": "level", "value": 1.0, "unit": "USD", "period": "2024", "article": "a"}
    sold = row | {"reporter": "KAZ", "partner": "CHN", "flow": "export"}
    bought = row | {"reporter": "CHN", "partner": "KAZ", "flow": "import"}
    surplus = row | {"kind": "balance", "reporter": "KAZ", "partner": "CHN", "flow": "balance"}
    deficit = surplus | {"reporter": "CHN", "partner": "KAZ", "value": -1.0}

    assert score([sold], [bought]).strict == 1.0
    assert score([surplus], [deficit]).strict == 1.0
    assert score([sold], [bought | {"flow": "export"}]).strict == 0.0


ALARMS = frozenset(("contradicted", "inconsistent_within_text"))
BORNE_OUT = frozenset(("supported", "supported_only_by_rounding", "supported_under_another_reading"))
#: Tolerated in all articles together, which is what there are: docs/reading.md says why so many of pages restated.
FALSE_ALARMS = 12


def test_sound_articles_raise_hardly_an_alarm(embedded: Ledger) -> None:
    alarms = []
    for text in TEXTS:
        claims = extract(text.text, date=text.day, article=text.id)
        wrong = [mark for mark in text.marks if mark.ruling == "wrong"]
        for one in judge(claims, embedded, text.day):
            start, end = one.claim.value_span
            if one.ruling in ALARMS and not any(mark.start < end and start < mark.end for mark in wrong):
                alarms.append(f"{text.id}: {one.why}")

    assert len(alarms) <= FALSE_ALARMS, "\n".join(alarms)


def test_official_figures_are_borne_out_where_the_ledger_has_them(embedded: Ledger) -> None:
    said = []
    for text in (text for text in TEXTS if text.official):
        verdicts = judge(extract(text.text, date=text.day, article=text.id), embedded, text.day)
        for mark in (mark for mark in text.marks if mark.ruling == "right"):
            met = [v for v in verdicts if v.claim.value_span[0] < mark.end and mark.start < v.claim.value_span[1]]
            said.append(bool(met) and met[0].ruling in BORNE_OUT)

    # nine tenths would do; the rest waits for releases that came after an article's day
    assert len(said) > 70
    assert sum(said) >= 0.75 * len(said)


@pytest.fixture(scope="module")
def annotated() -> Callable[[], tuple[list[Row], list[Row]]]:
    if not (SHARED / "gold.jsonl").exists():
        pytest.skip("the annotated set is not beside the project: ../shared/claims")

    def both() -> tuple[list[Row], list[Row]]:
        gold = [json.loads(line) for line in (SHARED / "gold.jsonl").read_text(encoding="utf-8").splitlines() if line]
        pred: list[dict[str, Any]] = []
        for each in csv.DictReader((SHARED / "index.csv").read_text(encoding="utf-8").splitlines()):
            text = (SHARED / "articles" / f"{each['id']}.txt").read_text(encoding="utf-8")
            pred += [row_of(claim, each["id"]) for claim in extract(text, date=each["date"], article=each["id"])]
        return gold, pred

    return both


def test_the_annotated_set_is_read_as_asked(annotated: Callable[[], tuple[list[Row], list[Row]]]) -> None:
    found = score(*annotated())

    assert (found.detection, found.core, found.strict) >= ASKED
    assert found.core >= ASKED[1]
    assert found.strict >= ASKED[2]


def test_our_scorer_and_the_sets_agree(annotated: Callable[[], tuple[list[Row], list[Row]]], tmp_path: Path) -> None:
    gold, pred = annotated()
    for text in TEXTS:
        ours, read = _read(text)
        gold, pred = gold + ours, pred + read
    for name, rows in (("gold", gold), ("pred", pred)):
        (tmp_path / name).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    said = subprocess.run(
        [sys.executable, str(SHARED / "score.py"), str(tmp_path / "gold"), str(tmp_path / "pred")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    theirs = [float(figure) for figure in re.findall(r"F1 ([0-9.]+)", said)]
    found = score(gold, pred)

    assert theirs == [pytest.approx(figure, abs=6e-4) for figure in (found.detection, found.core, found.strict)]
