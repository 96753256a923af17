"""One view, five formats: table for people, csv, json, parquet and md for what they use next."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from khorgos.core.errors import BadInput, NoData, UnknownName
from khorgos.report.grid import RIGHT, grid
from khorgos.report.view import View, cell

#: What `--format` takes.
FORMATS = ("table", "csv", "json", "parquet", "md")

#: A spreadsheet takes a cell that starts so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(view: View, format_: str) -> str | bytes:
    """The view in one of `FORMATS`.

    Args:
        view: what to print.
        format_: its format.

    Returns:
        Text, or bytes for parquet.

    Raises:
        BadInput: if there is no such format.
    """
    makers: dict[str, Callable[[View], str | bytes]] = {
        "csv": to_csv,
        "json": to_json,
        "md": to_markdown,
        "table": to_text,
        "parquet": to_parquet,
    }
    if format_ not in makers:
        raise BadInput(f"There is no format {format_!r}", hint=f"Choose one of {', '.join(FORMATS)}")
    return makers[format_](view)


def render_views(
    views: Mapping[str, View],
    format_: str,
    view: str | None,
    *,
    names: Sequence[str],
    printed: Sequence[str] | None = None,
) -> str | bytes:
    """Several views of one answer.

    Args:
        views: those that there are, by name, in order.
        format_: one of FORMATS.
        view: the one wanted. None prints one after the other for people, all of them as JSON, and the first in a
            format of rows.
        names: of all views that an answer of this kind can have.
        printed: names of those for people where none is wanted; all where None.

    Raises:
        UnknownName: there is no such view.
        NoData: this answer has nothing for it.
        BadInput: there is no such format.
    """
    if view is not None and view not in names:
        raise UnknownName(view, "view", names)
    if view is None and format_ in ("csv", "parquet"):
        view = next(iter(views))
    if view is not None:
        if view not in views:
            raise NoData(f"There are no figures for the view {view}", hint=f"At hand: {', '.join(views)}")
        return render(views[view], format_)
    if format_ == "json":
        every = {name: as_dict(one) for name, one in views.items()}
        return json.dumps(every, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return "\n".join(str(render(views[name], format_)) for name in (printed or views))


def to_csv(view: View) -> str:
    """Full values in base units, one header line; text that a spreadsheet would run is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in view.columns])
    for row in view.rows:
        writer.writerow([_csv_cell(row[column.name]) for column in view.columns])
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else value
    if not isinstance(text, str):
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")  # the writer would leave a bare carriage return unquoted
    return f"'{lines}" if lines.startswith(_FORMULA) else lines


def to_json(view: View) -> str:
    """Everything: title, columns with units, rows in base units, notes, sources."""
    return json.dumps(as_dict(view), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_dict(view: View) -> dict[str, Any]:
    """The view as plain JSON types."""
    return {
        "title": view.title,
        "subtitle": view.subtitle,
        "columns": [{"name": c.name, "label": c.label, "kind": c.kind, "unit": c.unit} for c in view.columns],
        "rows": [{c.name: _json_cell(row[c.name]) for c in view.columns} for row in view.rows],
        "notes": list(view.notes),
        "sources": [{"number": s.number, "text": s.text, "release": s.release, "url": s.url} for s in view.sources],
        "trace": view.trace,
    }


def _json_cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def to_parquet(view: View) -> bytes:
    """The rows in base units; title, notes and sources ride in the schema's metadata."""
    table = pa.Table.from_pylist([{c.name: row[c.name] for c in view.columns} for row in view.rows])
    about = {key: value for key, value in as_dict(view).items() if key != "rows"}
    table = table.replace_schema_metadata({"khorgos": json.dumps(about, ensure_ascii=False)})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def to_markdown(view: View) -> str:
    """A pipe table with its title, notes and sources."""
    factor, word = view.scale()
    lines = [f"**{view.title}**", ""]
    if subtitle := subtitle_of(view, word):
        lines += [subtitle, ""]
    lines.append("| " + " | ".join(_escaped(c.label) for c in view.columns) + " |")
    lines.append("|" + "|".join("---:" if c.kind in RIGHT else "---" for c in view.columns) + "|")
    lines += ["| " + " | ".join(_escaped(cell(row, c, factor)) for c in view.columns) + " |" for row in view.rows]
    lines += ["", *(f"- {note}" for note in view.notes)]
    lines += ["", *(f"[{s.number}] {s.text}  " for s in view.sources)]
    return "\n".join(lines).rstrip() + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def subtitle_of(view: View, word: str) -> str:
    """The subtitle with the scale word put in for "{scale}"."""
    return " ".join(view.subtitle.replace("{scale}" if word else " {scale}", word).split())


def to_text(view: View, width: int | None = None) -> str:
    """A table that fits the terminal.

    Args:
        view: what to print.
        width: columns of the terminal; None asks the terminal, and takes 100 where there is none.
    """
    width = width or _terminal_width()
    factor, word = view.scale()
    rows = [[cell(row, column, factor) for column in view.columns] for row in view.rows]
    below = (
        *(f"• {note}" for note in view.notes),
        *(f"[{source.number}] {source.text}" for source in view.sources),
        *([f"Trace any number: {view.trace}"] if view.trace else []),
    )
    lines = [*_paragraph(view.title, width), *_paragraph(subtitle_of(view, word), width)]
    lines += grid(view.columns, rows, width)
    lines += [line for text in below for line in _paragraph(text, width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _paragraph(text: str, width: int) -> list[str]:
    """A text in lines; an address longer than a line stays whole, so that it can be followed."""
    lines = (wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in text.splitlines())
    return [part for line in lines for part in line]


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns
