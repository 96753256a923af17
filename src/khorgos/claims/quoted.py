"""Forecasts of a direction that were quoted in articles, read by hand, and kept with who said them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from functools import cache
from importlib.resources import files
from typing import cast

from khorgos.claims.forecasts import Expected, Forecast


@cache
def quoted() -> tuple[Forecast, ...]:
    """The forecasts in the order of the file: words as they stand in the article, brackets are ours."""
    text = files("khorgos.claims").joinpath("data/quoted_forecasts.csv").read_text(encoding="utf-8")
    return tuple(_forecast(row) for row in csv.DictReader(io.StringIO(text)))


def _forecast(row: dict[str, str]) -> Forecast:
    return Forecast(
        said=row["said"],
        author=row["author"],
        made=dt.date.fromisoformat(row["made"]),
        movement=(row["kind"], row["one"], row["other"]),
        expected=cast(Expected, row["expected"]),
        horizon=dt.date.fromisoformat(row["horizon"]) if row["horizon"] else None,
        product=row["product"],
        article=row["article"],
    )
