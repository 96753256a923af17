"""The rulings in plain TOML: their ledger, and their claims."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims_generated import parsed, release, row, source

from khorgos.claims.claim import Claim
from khorgos.ledger.ingest import ingest
from khorgos.ledger.store import Ledger

FOLDER = Path(__file__).parent / "rulings"


@dataclass(frozen=True)
class Expected:
    """One text with the rulings that an economist expects."""

    file: str
    about: str
    date: dt.date
    text: str
    claims: tuple[Claim, ...]
    rulings: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.file}: {self.about}"


def ledger_of_figures(empty: Ledger) -> Ledger:
    """The figures and targets beside the rulings, as a ledger."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in csv.DictReader((FOLDER / "figures.csv").read_text(encoding="utf-8").splitlines()):
        cell = row(one["reporter"], one["partner"], one["flow"], one["period"], float(one["value"]))
        cell |= {"rounding": float(one["rounding"]), "currency": one["currency"]}
        rows.setdefault((one["source"], one["published"]), []).append(cell)
    files = []
    for (name, day), cells in rows.items():
        card = source(name)
        files.append(parsed(card, release(card, f"{name} {day}", dt.date.fromisoformat(day)), "flow", cells))
    card = source("announced-targets", rank=90)
    goals = [
        {**one, "value": float(one["value"]), "deadline": one["deadline"] or None, "url": "https://example.org"}
        for one in csv.DictReader((FOLDER / "targets.csv").read_text(encoding="utf-8").splitlines())
    ]
    files.append(parsed(card, release(card, "targets", None), "target", goals))
    return ingest(empty, files, corrections=()).ledger


def expected() -> list[Expected]:
    """Every text of every TOML file in the folder."""
    return [_text(path.stem, each) for path in sorted(FOLDER.glob("*.toml")) for each in _texts(path)]


def _texts(path: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["text"])


def _text(file: str, each: dict[str, Any]) -> Expected:
    made = [_claim(each["text"], dict(one), each["about"]) for one in each["claims"]]
    return Expected(
        file=file,
        about=each["about"],
        date=each["date"],
        text=each["text"],
        claims=tuple(claim for claim, _, _ in made),
        rulings=tuple(ruling for _, ruling, _ in made),
        words=tuple(word for _, _, word in made),
    )


def _claim(text: str, one: dict[str, Any], about: str) -> tuple[Claim, str, str]:
    """A claim from the quote and its slots; the sentence is the one that the quote stands in."""
    quote, ruling, word = one.pop("quote"), one.pop("ruling"), one.pop("says", "")
    nth = one.pop("nth", 1)
    start = -1
    for _ in range(nth):
        start = text.index(quote, start + 1)
    begin = max(text.rfind(". ", 0, start) + 2, 0) if ". " in text[:start] else 0
    end = text.find(". ", start + len(quote))
    end = len(text) if end < 0 else end + 1
    claim = Claim(
        article=about,
        sentence=text[begin:end],
        sentence_span=(begin, end),
        span=(begin, end),
        value_span=(start, start + len(quote)),
        surface=quote,
        **{key: float(value) if key in ("value", "low", "high", "base_value") else value for key, value in one.items()},
    )
    return claim, ruling, word
