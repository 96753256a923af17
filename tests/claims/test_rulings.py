"""Short texts with the rulings that an economist expects, kept in plain TOML."""

from __future__ import annotations

from collections import Counter

import pytest
from claims_rulings import Expected, expected

from khorgos.claims.claim import check_against
from khorgos.claims.judge import judge
from khorgos.ledger.store import Ledger

TEXTS = expected()


def test_there_are_enough_of_every_ruling() -> None:
    rulings = Counter(ruling for text in TEXTS for ruling in text.rulings)

    assert len(TEXTS) >= 60
    assert len({text.name for text in TEXTS}) == len(TEXTS)
    assert set(rulings) == {
        *("supported", "supported_only_by_rounding", "supported_under_another_reading", "contradicted"),
        *("inconsistent_within_text", "superseded", "not_checkable", "no_data"),
    }


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_the_ruling_is_the_expected_one(text: Expected, quoted: Ledger) -> None:
    verdicts = judge(text.claims, quoted, text.date)

    for claim in text.claims:
        check_against(claim, text.text)
    assert tuple(one.ruling for one in verdicts) == text.rulings, [one.why for one in verdicts]
    for one, word in zip(verdicts, text.words, strict=True):
        assert word in one.why, one.why
