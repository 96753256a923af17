"""Articles with their numbers marked in the text: tests/claims/articles/*.toml."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from khorgos.claims.claim import Claim, known_units
from khorgos.claims.places import is_place

FOLDER = Path(__file__).parent / "articles"
_MARK = re.compile(r"\[\[(?P<words>[^|\]]+)\|(?P<slots>[^\]]+)\]\]")
_SLOTS = ("kind", "reporter", "partner", "flow", "period", "value", "unit")
_KEYS = frozenset(("ruling", "base"))


@dataclass(frozen=True)
class Marked:
    """One number of an article with what it should be read as."""

    start: int
    end: int
    words: str
    kind: str
    reporter: str | None
    partner: str | None
    flow: str | None
    period: str | None
    value: float | None
    unit: str | None
    optional: bool = False
    ruling: str | None = None

    def __post_init__(self) -> None:
        for side in (self.reporter, self.partner):
            assert side is None or is_place(side), f"{self.words}: no side {side!r}"
        assert self.flow in (None, "export", "import", "total", "balance"), self.words
        assert self.unit is None or self.unit.partition("/")[0] in known_units(), f"{self.words}: no unit {self.unit!r}"
        assert self.ruling in (None, "right", "wrong"), self.words


@dataclass(frozen=True)
class Article:
    """A text, its day and its marks, in the order of the text."""

    id: str
    batch: str
    style: str
    official: bool
    restated: bool
    day: dt.date
    text: str
    marks: tuple[Marked, ...]


def articles() -> list[Article]:
    """Every article of every TOML file in the folder."""
    return [article for path in sorted(FOLDER.glob("*.toml")) for article in _articles(path)]


def _articles(path: Path) -> list[Article]:
    return [
        Article(
            id=each["id"],
            batch=path.stem,
            style=each["style"],
            official=each["figures"] == "official",
            restated=each["figures"] == "reported",
            day=each["date"],
            **_read(each["text"].lstrip("\n")),
        )
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["article"]
    ]


def _read(marked: str) -> dict[str, object]:
    """The text without its marks, and the marks at the places that they then have."""
    plain: list[str] = []
    marks: list[Marked] = []
    position = length = 0
    before: tuple[str, ...] = ("-",) * len(_SLOTS)
    for found in _MARK.finditer(marked):
        ahead = marked[position : found.start()]
        plain += [ahead, found["words"]]
        start = length + len(ahead)
        length = start + len(found["words"])
        position = found.end()
        mark, before = _mark(found["slots"], start, found["words"], before)
        marks.append(mark)
    plain.append(marked[position:])
    text = "".join(plain)
    assert not {"[[", "]]"} & {text[i : i + 2] for i in range(len(text))}, f"a mark is not closed: {text[:60]}"
    return {"text": text, "marks": tuple(marks)}


def _mark(slots: str, start: int, words: str, before: tuple[str, ...]) -> tuple[Marked, tuple[str, ...]]:
    told = [word for word in slots.split() if word != "optional" and word.partition("=")[0] not in _KEYS]
    rest = [word for word in slots.split() if word not in told]
    assert len(told) == len(_SLOTS), f"{words}: {slots}"
    full = tuple(old if new == "=" else new for new, old in zip(told, before, strict=True))
    kind, *others = full
    reporter, partner, flow, period, value, unit = (None if word == "-" else word.replace("_", " ") for word in others)
    mark = Marked(
        start=start,
        end=start + len(words),
        words=words,
        kind=kind,
        reporter=reporter,
        partner=partner,
        flow=flow,
        period=period,
        value=None if value is None else float(value),
        unit=unit,
    )
    for word in rest:
        key, _, said = word.partition("=")
        mark = (
            replace(mark, optional=True)
            if key == "optional"
            else replace(mark, ruling=said)
            if key == "ruling"
            else mark
        )
    return mark, full


def gold_row(article: Article, mark: Marked) -> dict[str, object]:
    """A mark with the fields of the annotated set that the scorers need."""
    return {
        "article": article.id,
        "span": [mark.start, mark.end],
        "value_span": [mark.start, mark.end],
        "surface": mark.words,
        "kind": mark.kind,
        "reporter": mark.reporter,
        "partner": mark.partner,
        "flow": mark.flow,
        "period": mark.period,
        "value": mark.value,
        "unit": mark.unit,
        "optional": mark.optional,
    }


def row_of(claim: Claim, article: str) -> dict[str, object]:
    """A claim as a row that the scorers read."""
    return {
        "article": article,
        "span": list(claim.span),
        "value_span": list(claim.value_span),
        "surface": claim.surface,
        "kind": claim.kind,
        "reporter": claim.reporter,
        "partner": claim.partner,
        "flow": claim.flow,
        "period": claim.period,
        "value": claim.value,
        "unit": claim.unit,
    }
