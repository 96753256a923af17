"""A release is its bytes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from khorgos.core.errors import BadInput
from khorgos.core.provenance import Release, Source
from khorgos.core.schema import TABLES

RELEASE = Release(
    source="gacc-countries",
    title="Table 2",
    published=dt.date(2025, 1, 18),
    precision="day",
    retrieved=dt.date(2026, 11, 22),
    filename="table2.html",
    sha256="ab" * 32,
    n_bytes=10,
    redistribute="figures",
)


def test_a_release_is_named_by_source_and_hash() -> None:
    assert RELEASE.id == "gacc-countries:abababababab"


@pytest.mark.parametrize("sha256", ["", "AB" * 32, "ab" * 31])
def test_a_release_needs_a_whole_hash(sha256: str) -> None:
    with pytest.raises(BadInput, match="sha256"):
        replace(RELEASE, sha256=sha256)


def test_a_day_and_its_precision_go_together() -> None:
    with pytest.raises(BadInput, match="go together"):
        replace(RELEASE, published=None)
    assert replace(RELEASE, published=None, precision="unknown").published is None


def test_a_source_id_is_a_slug() -> None:
    with pytest.raises(BadInput, match="slug"):
        Source("IMF DOTS", "IMF", "t", "u", "l", "yes", "c", "a", "annual", "USD", "FOB")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means_and_every_row_can_be_walked_back(table: str) -> None:
    schema = TABLES[table]

    assert all(field.metadata and field.metadata[b"meaning"] for field in schema)
    assert not schema.field("release").nullable
    assert not schema.field("locator").nullable
