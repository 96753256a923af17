"""From figures to prose and back: sentences written from a ledger, read, and judged against it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from claims_generated import Book
from test_judge import ALARMS, FIVE, TODAY, books

from khorgos.claims.extraction.extract import extract
from khorgos.claims.judge import judge
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.area_register import get

TEXTS = 400  # of three sentences; 3,600 were run once, see docs/reading.md


def money(value: float, dice: random.Random) -> str:
    """An amount as newsrooms print it."""
    size, word, short = (1e9, "billion", "bn") if value >= 1e9 else (1e6, "million", "mn")
    number = f"{value / size:,.{dice.choice((1, 2))}f}"
    return dice.choice((f"${number} {word}", f"US${number} {word}", f"{number} {word} dollars", f"${number}{short}"))


def prose(book: Book, dice: random.Random) -> str | None:
    """A paragraph on one pair and year; None where the ledger lacks a figure of it."""
    partner, year = dice.choice(FIVE), dice.choice(range(2009, 2025))
    now = {flow: book.get(partner, flow, year) for flow in ("export", "import", "total")}
    before = book.get(partner, "total", year - 1)
    if before is None or any(value is None or value < 2e6 for value in now.values()):
        return None
    total, sold, bought = (now[flow] or 0.0 for flow in ("total", "export", "import"))
    us, them = get(book.side).name, get(partner).name
    growth = 100 * (total / before - 1)
    moved = dice.choice(("rose", "grew", "increased") if growth > 0 else ("fell", "declined", "dropped"))
    all_, then = money(total, dice), money(before, dice)
    opening = dice.choice(
        (
            f"{us}'s trade with {them} {moved} by {abs(growth):.1f} percent to {all_} in {year}.",
            f"In {year}, trade between {us} and {them} came to {all_}, compared with {then} in {year - 1}.",
            f"Trade turnover between {us} and {them} was {all_} in {year}, against {then} a year earlier.",
        )
    )
    balance = "surplus" if sold > bought else "deficit"
    out, back, gap = (money(value, dice) for value in (sold, bought, abs(sold - bought)))
    rest = [
        f"{us} exported goods worth {out} to {them} and imported {back} worth.",
        f"{us}'s exports to {them} reached {out}, while imports from there stood at {back}.",
        f"{us} ran a trade {balance} of {gap} with {them}.",
    ]
    return " ".join([opening, *dice.sample(rest, 2)])


def written(shelf: dict[str, Book]) -> Iterator[str]:
    for seed in range(TEXTS):
        dice = random.Random(seed)
        text = prose(shelf[dice.choice(("CHN", "RUS"))], dice)
        if text is not None:
            yield text


@pytest.fixture(scope="module")
def shelf(two_sided: Ledger) -> dict[str, Book]:
    return books(two_sided)


def test_sound_prose_is_read_and_raises_no_alarm(two_sided: Ledger, shelf: dict[str, Book]) -> None:
    rulings: Counter[str] = Counter()
    alarms = []
    for text in written(shelf):
        verdicts = judge(extract(text, date=TODAY), two_sided, TODAY)
        rulings.update(one.ruling for one in verdicts)
        alarms += [f"{one.why} {text}" for one in verdicts if one.ruling in ALARMS]

    assert rulings.total() >= 1_000
    assert not alarms, "\n".join(alarms[:10])
    assert rulings["supported"] + rulings["supported_only_by_rounding"] >= 0.9 * rulings.total()
