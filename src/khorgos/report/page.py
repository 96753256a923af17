"""A page as data: numbers that know their trace, sentences, figures, sections. It renders, it computes nothing."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from khorgos.core.errors import BadInput
from khorgos.report.formats import as_dict, subtitle_of, to_csv
from khorgos.report.templating import environment
from khorgos.report.theme import FONT, css_variables, for_page
from khorgos.report.view import View, cell


@dataclass(frozen=True, slots=True)
class Number:
    """One number in prose or in a headline.

    Args:
        text: as the reader sees it, with its unit.
        value: in base units.
        unit: "USD", "percent", "percentage points", "rank".
        trace: the address that `khorgos explain` walks back.
        sources: whose figures it rests on, as printed credits.
        releases: ids of the releases behind it.
    """

    text: str
    value: float
    unit: str
    trace: str
    sources: tuple[str, ...]
    releases: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (self.trace and self.sources and self.releases):
            raise BadInput("A number on a page needs its trace, its sources and its releases", where=self.text)


Prose = tuple[str | Number, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with the table that it shows.

    Args:
        id: slug, unique on the page.
        title: what one sees in it, as a sentence.
        view: its numbers.
        wide, narrow: the drawing at desktop and phone width, in the theme's stand-in colours; empty for a table.
        credit: the source line.
        note: what a careful reader needs, or empty.
    """

    id: str
    title: str
    view: View
    credit: str
    wide: str = ""
    narrow: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is to be said, in paragraphs and in points, and what is to be seen."""

    id: str
    title: str
    prose: tuple[Prose, ...] = ()
    figures: tuple[Figure, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the large numbers on top of a page."""

    label: str
    number: Number
    beside: Prose = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole page.

    Args:
        title, deck: what it is about, in a line and in a sentence.
        made: the day it was made.
        headlines: the large numbers.
        sections: the rest, in order.
        releases: every release behind it: id, publisher, title, published, sha256, url, licence.
        version: of khorgos.
        template: of the page.
    """

    title: str
    deck: Prose
    made: dt.date
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    releases: tuple[Mapping[str, Any], ...]
    version: str
    template: str = "page.html.j2"
    numbers: tuple[Number, ...] = field(init=False)

    def __post_init__(self) -> None:
        ids = [figure.id for section in self.sections for figure in section.figures]
        ids += [section.id for section in self.sections]
        if len(ids) != len(set(ids)):
            raise BadInput("Two parts of a page have one id", where=self.title)
        object.__setattr__(self, "numbers", tuple(_numbers(self)))
        known = {str(release["id"]) for release in self.releases}
        for number in self.numbers:
            if lost := set(number.releases) - known:
                raise BadInput(f"A number's releases are not listed on its page: {sorted(lost)}", where=number.text)


def _numbers(report: Report) -> Iterator[Number]:
    proses = [report.deck, *(p for s in report.sections for p in s.prose)]
    for headline in report.headlines:
        yield headline.number
        proses.append(headline.beside)
    for prose in proses:
        yield from (piece for piece in prose if isinstance(piece, Number))


def to_html(report: Report) -> str:
    """The page as one HTML file that needs no network and no script."""
    templates = environment()
    templates.globals.update(is_number=lambda piece: isinstance(piece, Number))
    templates.filters.update(for_page=for_page, download=_download, cells=_cells, subtitle=_subtitle, typeset=_typeset)
    return templates.get_template(report.template).render(
        report=report, font=FONT, light=css_variables(False), dark=css_variables(True)
    )


def _typeset(text: str) -> str:
    """Apostrophes as printers set them."""
    return text.replace("'", "\u2019")


def _download(view: View) -> str:
    """The figure's numbers as a data address, so that a saved page keeps its data."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(to_csv(view).encode()).decode()


def _subtitle(view: View) -> str:
    return subtitle_of(view, view.scale()[1])


def _cells(view: View) -> list[list[tuple[str, str]]]:
    """Rows of (text, class) for the page's tables."""
    factor, _ = view.scale()
    return [[(cell(row, c, factor), c.kind) for c in view.columns] for row in view.rows]


def to_sidecar(report: Report) -> str:
    """Everything on the page as JSON: every number with its unit, trace and sources; every figure with its data."""
    numbers = [
        {
            "id": hashlib.sha256(f"{n.trace}|{n.unit}|{n.text}".encode()).hexdigest()[:10],
            "text": n.text,
            "value": n.value,
            "unit": n.unit,
            "trace": n.trace,
            "sources": list(n.sources),
            "releases": list(n.releases),
        }
        for n in dict.fromkeys(report.numbers)
    ]
    document = {
        "title": report.title,
        "made": report.made.isoformat(),
        "khorgos": report.version,
        "numbers": numbers,
        "figures": [
            {"id": f.id, "title": f.title, "credit": f.credit, "note": f.note, **_data(f.view)}
            for section in report.sections
            for f in section.figures
        ],
        "releases": [dict(release) for release in report.releases],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _data(view: View) -> dict[str, Any]:
    whole = as_dict(view)
    return {key: whole[key] for key in ("columns", "rows", "notes", "sources")}
