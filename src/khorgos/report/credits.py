"""Whose figure it is: numbered credits for the releases behind a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from khorgos.core.provenance import Release
from khorgos.ledger.store import Ledger
from khorgos.report.view import SourceLine

_PRECISION = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def published(release: Release) -> str:
    """The day of publication, as exactly as it is known; an empty text where it is not."""
    if release.published is None:
        return ""
    return release.published.strftime(_PRECISION[release.precision])


def credit(ledger: Ledger, release: str) -> str:
    """One release as a credit: who said it, where, when.

    Args:
        ledger: that holds the release.
        release: its id.
    """
    one = ledger.releases[release]
    who, day = short_credit(ledger, release), published(one)
    quoted = one.title.partition("://")[2]
    place = quoted.partition("/")[0].removeprefix("www.") if quoted else one.title
    if place.startswith(last := who.rpartition(", ")[2]):  # "CEPII, BACI" of "BACI, totals by pair": said once
        who = who.removesuffix(last).rstrip(", ")
    return ", ".join(dict.fromkeys(part for part in (who, place, day) if part))


def short_credit(ledger: Ledger, release: str) -> str:
    """Whose figure it is, in a few words."""
    one = ledger.releases[release]
    return (one.attribution or ledger.sources[one.source].attribution).removeprefix("Source: ")


class Credits:
    """Numbers the releases of a table in the order in which its rows name them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._numbers: dict[str, int] = {}
        self._texts: dict[str, str] = {}

    def cite(self, trace: Iterable[str] | None) -> tuple[str, ...]:
        """Marks such as "[1]" for the releases in a trace; credits of the same text share a mark."""
        marks: dict[str, None] = {}
        for token in trace or ():
            release = token.partition("#")[0]
            text = self._texts.setdefault(release, credit(self._ledger, release))
            number = self._numbers.setdefault(text, len(self._numbers) + 1)
            marks[f"[{number}]"] = None
        return tuple(marks)

    def lines(self) -> tuple[SourceLine, ...]:
        """The credits, by number."""
        first = {text: release for release, text in reversed(self._texts.items())}
        return tuple(
            SourceLine(number, text, first[text], self._ledger.releases[first[text]].url)
            for text, number in self._numbers.items()
        )


def release_rows(ledger: Ledger, releases: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """The releases of a page, with publisher, day, terms and sha256, by publisher and day."""
    rows = []
    for name in dict.fromkeys(releases):
        one = ledger.releases[name]
        card = ledger.sources[one.source]
        rows.append(
            {
                "id": one.id,
                "publisher": one.attribution or card.publisher,
                "title": one.title,
                "filename": one.filename,
                "published": published(one),
                "retrieved": one.retrieved.isoformat(),
                "licence": card.licence,
                "sha256": one.sha256,
                "n_bytes": one.n_bytes,
                "url": one.url,
            }
        )
    return tuple(sorted(rows, key=lambda row: (row["publisher"], row["published"], row["id"])))
