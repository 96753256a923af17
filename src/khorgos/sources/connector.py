"""A connector is a record and three hooks: recognise and parse a file, plan what to fetch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from khorgos.core.errors import BadInput
from khorgos.core.findings import Finding
from khorgos.core.provenance import Precision, Release, Source
from khorgos.core.schema import TABLES


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file's bytes as they came, on local disk, named by hash.

    Args:
        path: where the bytes are.
        filename: the file's own name, without folders.
        sha256: of the bytes.
        n_bytes: their number.
        retrieved: day they were got.
        url: where they came from, where known.
        companions: other files given in the same import, by their own name (BACI's code tables).
    """

    path: Path
    filename: str
    sha256: str
    n_bytes: int
    retrieved: dt.date
    url: str | None = None
    companions: Mapping[str, Path] = field(default_factory=dict)

    def release(
        self,
        source: Source,
        title: str,
        *,
        published: dt.date | None = None,
        precision: Precision = "unknown",
        url: str | None = None,
        attribution: str | None = None,
    ) -> Release:
        """The release that this file is, under a source's card."""
        return Release(
            source=source.id,
            title=title,
            published=published,
            precision=precision,
            retrieved=self.retrieved,
            filename=self.filename,
            sha256=self.sha256,
            n_bytes=self.n_bytes,
            redistribute=source.redistribute,
            url=url or self.url or source.url,
            attribution=attribution,
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a connector read from one file.

    Args:
        source: the card of the publisher.
        releases: the releases behind the rows (one a file, more where the file quotes several).
        tables: rows by table name, each in its schema of `core.schema`.
        findings: what looked odd.
        dropped: number of rows left out on purpose, by reason ("aggregate partner", ...).
    """

    source: Source
    releases: tuple[Release, ...]
    tables: Mapping[str, pa.Table]
    findings: tuple[Finding, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, table in self.tables.items():
            if name not in TABLES:
                raise BadInput(f"No table is named {name!r}")
            if table.schema != TABLES[name]:
                raise BadInput(f"Rows of {self.source.id} are not in the schema of table {name!r}")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP GET that a plan asks for.

    Args:
        url: without its query.
        params: the query, without secrets.
        secret: environment variable that holds the user's key, and how it is sent
            ("header:Ocp-Apim-Subscription-Key" or "param:key").
        filename: the name under which the answer is kept and recognised.
        pause: least seconds between two requests to this host.
    """

    url: str
    filename: str
    params: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, str] | None = None
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Connector:
    """How khorgos reads one publisher's format.

    Args:
        source: the card.
        name: short name of the format ("IMF DOTS workbook").
        files: what its files look like, for `khorgos sources` ("*.xlsx, one sheet a flow").
        recognise: is this file in that format? Sees a `reading.Peek`, never the whole file.
        parse: read it. Raises BadFile with file, row and column.
        plan: requests that would get the data live; None where there is no open interface.
            Keyword arguments are the options of `khorgos fetch`.
    """

    source: Source
    name: str
    files: str
    recognise: Callable[[Peek], bool]
    parse: Callable[[Snapshot], Parsed]
    plan: Callable[..., tuple[Request, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Peek:
    """The little of a file that recognition may look at.

    Args:
        filename: its own name.
        suffix: lower-case, with the dot, of the unpacked file (".csv" for "x.csv.gz").
        head: first 64 KiB of the (unpacked) bytes as text; empty for workbooks and Parquet.
        sheets: names of a workbook's sheets, in order.
        cells: first 30 rows x 30 columns of the workbook's first sheets (at most three), as text.
        columns: column names of a Parquet file.
    """

    filename: str
    suffix: str
    head: str = ""
    sheets: tuple[str, ...] = ()
    cells: tuple[tuple[tuple[str, ...], ...], ...] = ()
    columns: tuple[str, ...] = ()
