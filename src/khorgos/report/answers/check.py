"""`khorgos check`: an article, sentence by sentence, against its own arithmetic and the official figures."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from khorgos.claims.claim import Claim
from khorgos.claims.claim import as_row as claim_row
from khorgos.claims.extraction.extract import extract
from khorgos.claims.judge import judge
from khorgos.claims.verdict import Evidence, Verdict, as_row
from khorgos.core.errors import BadInput
from khorgos.core.version import __version__
from khorgos.ledger.store import Ledger
from khorgos.nomenclature.periods import parse_period
from khorgos.report.formats import render
from khorgos.report.templating import environment
from khorgos.report.theme import FONT, css_variables
from khorgos.report.view import Column, View

#: Each ruling: the sign that stands beside its colour, its words for a reader, and its role in the theme.
RULINGS: dict[str, tuple[str, str, str]] = {
    "supported": ("✓", "supported", "usa"),
    "supported_only_by_rounding": ("≈", "held by rounding", "usa"),
    "supported_under_another_reading": ("↔", "held under another reading", "russia"),
    "superseded": ("↻", "true when written, revised since", "russia"),
    "contradicted": ("✗", "contradicted", "china"),
    "inconsistent_within_text": ("≠", "inconsistent within the text", "china"),
    "not_checkable": ("·", "not checkable", "six"),
    "no_data": ("?", "no data", "eu"),
}

#: What `--format` takes here.
FORMATS = ("table", "html", "json", "csv", "md", "parquet")


@dataclass(frozen=True)
class Checked:
    """An article with the verdicts on its claims.

    Args:
        text: the article, plain.
        name: its name.
        written: its day, or the month or year that is all that is known of it.
        verdicts: one a claim, in the order of the text.
    """

    text: str
    name: str
    written: str | None
    verdicts: tuple[Verdict, ...]

    def __str__(self) -> str:
        return str(self.render("table"))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return str(self.render("html"))

    @property
    def alarms(self) -> tuple[Verdict, ...]:
        """The claims that an editor should look at again."""
        return tuple(one for one in self.verdicts if one.ruling in ("contradicted", "inconsistent_within_text"))

    def render(self, format_: str = "table") -> str | bytes:
        """The verdicts in one of `FORMATS`.

        Raises:
            BadInput: if there is no such format.
        """
        if format_ not in FORMATS:
            raise BadInput(f"There is no format {format_!r}", hint=f"Choose one of {', '.join(FORMATS)}")
        if format_ == "html":
            return to_html(self)
        if format_ == "json":
            return json.dumps(as_dict(self), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return render(view_of(self), format_)


def check(ledger: Ledger, text: str, *, written: str | None = None, name: str = "") -> Checked:
    """Find every trade number in a text, and judge it.

    Args:
        ledger: the figures to hold it against.
        text: the article, plain.
        written: when, as 2025-03-20, 2025-03 or 2025; what was published later is set apart.
        name: of the article.

    Returns:
        The verdicts; the same text, ledger and date give the same ones.

    Raises:
        BadInput: that is no date.
    """
    claims = extract(text, date=written, article=name)
    return Checked(text, name, written, judge(claims, ledger, _last_day(written)))


def _last_day(written: str | None) -> dt.date | None:
    """The latest day on which it may have been written."""
    if written is None or len(written) == len("2025-03-20"):
        return dt.date.fromisoformat(written) if written is not None else None
    return parse_period(written).last_day


def as_dict(checked: Checked) -> dict[str, Any]:
    """The verdicts as plain JSON types: one object a claim, with the fields of its reading and of its verdict."""
    return {
        "article": checked.name,
        "date": checked.written,
        "khorgos": __version__,
        "claims": [{**claim_row(one.claim), **as_row(one)} for one in checked.verdicts],
    }


def view_of(checked: Checked) -> View:
    """The verdicts as a table: what the text says, how it is read, the ruling, and why."""
    rows = tuple(
        {
            "quote": _plain(_quote(one.claim)),
            "reading": _plain(reading_of(one.claim)),
            "verdict": f"{RULINGS[one.ruling][0]} {RULINGS[one.ruling][1]}",
            "why": _plain(one.why) + (f" Get it: {one.command}" if one.command else ""),
            "trace": next((e.address for e in one.evidence if e.address), None),
        }
        for one in checked.verdicts
    )
    counts = Counter(RULINGS[one.ruling][1] for one in checked.verdicts)
    columns = (
        Column("quote", "The text says"),
        Column("reading", "Read as"),
        Column("verdict", "Verdict"),
        Column("why", "Why"),
    )
    trace = next((row["trace"] for row in rows if row["trace"]), None)
    paraphrased = sorted({words for one in checked.verdicts for words in one.claim.paraphrased})
    return View(
        title=f"{_plain(checked.name) or 'The text'}: {len(rows)} claims",
        columns=columns,
        rows=rows,
        subtitle="; ".join([*(f"{number} {words}" for words, number in counts.most_common()), *_told_within(checked)]),
        notes=(f"The text looks machine-paraphrased: {'; '.join(paraphrased)}.",) if paraphrased else (),
        trace=f"khorgos explain {trace}" if trace else None,
    )


def _told_within(checked: Checked) -> list[str]:
    """How many claims without official figures the text's own figures bear out."""
    count = sum(one.agrees_within for one in checked.verdicts if one.ruling == "no_data")
    return [f"{count} of those without data agree with the text's other figures"] if count else []


def _quote(claim: Claim) -> str:
    words = " ".join(claim.sentence.split())
    at = words.find(" ".join(claim.surface.split()))
    if len(words) <= _SHOWN or at < 0:
        return words[:_SHOWN]
    start = max(0, min(at - _SHOWN // 3, len(words) - _SHOWN))
    return ("… " if start else "") + words[start : start + _SHOWN] + (" …" if start + _SHOWN < len(words) else "")


_SHOWN = 110  # characters of a quote in a table; chosen because two lines of a terminal's column hold them


def reading_of(claim: Claim) -> str:
    """A claim in a few words: "total CHN–KAZ 2024: 43.8 bn USD"."""
    pair = " – ".join(side for side in (claim.reporter, claim.partner) if side)
    what = " ".join(part for part in (claim.kind.replace("_", " "), claim.flow, claim.product) if part)
    head = " ".join(part for part in (what, pair, claim.period) if part)
    return f"{head}: {_value(claim.value, claim.unit)}" if claim.value is not None else head


def _value(value: float, unit: str | None) -> str:
    from khorgos.report.view import scale_of

    if unit == "rank":
        return f"{unit} {value:.0f}"
    factor, word = scale_of(value) if abs(value) >= 1e5 else (1.0, "")
    return " ".join(part for part in (f"{value / factor:,.4g}", word, unit or "") if part)


def to_html(checked: Checked) -> str:
    """The article itself, each claim marked by sign and colour, its evidence behind a click or the keyboard."""
    templates = environment()
    templates.filters.update(reading=reading_of, evidence=_evidence)
    page = templates.get_template("check.html.j2").render(
        checked=checked,
        pieces=_pieces(checked),
        rulings=RULINGS,
        counts=Counter(one.ruling for one in checked.verdicts),
        told_within=_told_within(checked),
        version=__version__,
        font=FONT,
        light=css_variables(False),
        dark=css_variables(True),
    )
    return _plain(page)


# What an article may hold that would steer a terminal or turn the writing around: control characters but tab and line
# feed (ISO 6429), and the marks of direction of the Unicode bidirectional algorithm (UAX 9).
_STEERING = dict.fromkeys(
    (
        *range(9),
        *range(11, 32),
        *range(127, 160),
        0x61C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ),
    "\ufffd",
)


def _plain(text: str) -> str:
    """Text that shows what would steer, in place of doing it."""
    return text.translate(_STEERING)


def _pieces(checked: Checked) -> list[list[tuple[str, int | None]]]:
    """Paragraphs of (text, number of the verdict or None); of claims that overlap, the first is marked."""
    marks: list[tuple[int, int, int]] = []
    for number, one in enumerate(checked.verdicts):
        start, end = one.claim.value_span
        if not marks or start >= marks[-1][1]:
            marks.append((start, end, number))
    runs: list[tuple[str, int | None]] = []
    place = 0
    for start, end, number in marks:
        runs += [(checked.text[place:start], None), (checked.text[start:end], number)]
        place = end
    runs.append((checked.text[place:], None))
    out: list[list[tuple[str, int | None]]] = [[]]
    for text, mark in runs:
        lines = [text] if mark is not None else text.split("\n")
        for line_number, line in enumerate(lines):
            if line_number:
                out.append([])
            if line:
                out[-1].append((line, mark))
    return [paragraph for paragraph in out if paragraph]


def _evidence(one: Evidence) -> str:
    """One row of evidence in a line."""
    number = f"{_value(one.value, one.unit)}" if one.value is not None else ""
    parts = [one.arithmetic or number, one.source or "", one.as_of.isoformat() if one.as_of else ""]
    return "; ".join(part for part in parts if part)
