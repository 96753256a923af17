"""`khorgos tariff --on`: every measure in force on a day, stacked, with its act and its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from khorgos.core.tariffs import TariffMeasure, TariffRegistry
from khorgos.measures.tariffs import Levy, Stack, in_force
from khorgos.report.answer import Answer
from khorgos.report.answers.tariff_asked import Asked
from khorgos.report.view import Column, SourceLine, View


def on_a_day(asked: Asked, day: dt.date) -> tuple[Answer, Answer]:
    """The measures of a day, and the lines they are on.

    Args:
        asked: whose duty, on which goods.
        day: the day.

    Returns:
        One row a measure with a sum below; one row a tariff line.

    Raises:
        BadInput: a day before the record.
    """
    stacks = in_force(asked.registry, asked.imposer, asked.target, day, asked.products)
    title = f"{asked.title('Duties')}, on {day}"
    return _by_measure(asked.registry, stacks, title, day), _by_line(asked.registry, stacks, title, day)


def _by_measure(registry: TariffRegistry, stacks: Sequence[Stack], title: str, day: dt.date) -> Answer:
    found: dict[str, list[Levy]] = {}
    for stack in stacks:
        for levy in stack.levies:
            found.setdefault(levy.measure.id, []).append(levy)
    cited = Cited(registry)
    rows = []
    for name, levies in sorted(found.items(), key=lambda item: (_last(item[1]), item[1][0].measure.begins, item[0])):
        one = levies[0].measure
        rows.append(
            {
                "measure": name,
                "low": min(levy.low for levy in levies),
                "high": max(levy.high for levy in levies),
                "lines": len(levies),
                "begins": one.begins,
                "ends": one.ends,
                "sure": "presumed" if any(levy.presumed for levy in levies) else one.sure,
                "sources": cited.marks([one]),
                "ends_text": one.ends.isoformat() if one.ends else "unknown",
            }
        )
    rows += _sums(stacks)
    notes = (*_notes(found, len(stacks), day), *beyond(registry, day))
    columns = (
        Column("measure", "Measure"),
        Column("low", "Low", "number", "percentage points", 2),
        Column("high", "High", "number", "percentage points", 2),
        Column("lines", "Lines", "integer"),
        Column("begins", "From", "date"),
        Column("ends", "To", "date"),
        Column("sure", "Sure"),
        Column("sources", "Source", "list"),
    )
    subtitle = f"percentage points ad valorem; {len(stacks)} tariff line{'s' if len(stacks) > 1 else ''}"
    return Answer(View(title, columns, tuple(rows), subtitle, notes, cited.lines()))


def _last(levies: Sequence[Levy]) -> bool:
    """Added duties first, the ordinary one below them."""
    return levies[0].measure.kind == "ordinary"


def _sums(stacks: Sequence[Stack]) -> Iterator[dict[str, Any]]:
    blank = {**dict.fromkeys(("begins", "ends", "sure", "sources")), "ends_text": ""}
    sums = [("all added duties", [(one.low, one.high) for one in stacks])]
    if known := [(one.low + one.ordinary, one.high + one.ordinary) for one in stacks if one.ordinary is not None]:
        sums.append(("with the ordinary duty", known))
    for name, pairs in sums:
        low, high = min(low for low, _ in pairs), max(high for _, high in pairs)
        yield {**blank, "measure": name, "low": low, "high": high, "lines": len(pairs)}


def _by_line(registry: TariffRegistry, stacks: Sequence[Stack], title: str, day: dt.date) -> Answer:
    cited = Cited(registry)
    rows = [
        {
            "code": stack.code,
            "low": stack.low,
            "high": stack.high,
            "ordinary": stack.ordinary,
            "measures": [levy.measure.id for levy in stack.levies],
            "sources": cited.marks(levy.measure for levy in stack.levies),
        }
        for stack in stacks
    ]
    columns = (
        Column("code", "Line"),
        Column("low", "Low", "number", "percentage points", 2),
        Column("high", "High", "number", "percentage points", 2),
        Column("ordinary", "Ordinary", "number", "percentage points", 2),
        Column("measures", "Measures", "list"),
        Column("sources", "Source", "list"),
    )
    return Answer(
        View(title, columns, tuple(rows), "percentage points ad valorem", beyond(registry, day), cited.lines())
    )


class Cited:
    """Numbers the acts and addresses behind a table, each once.

    Args:
        registry: where the measures stand.
    """

    def __init__(self, registry: TariffRegistry) -> None:
        self._registry = registry
        self._seen: dict[tuple[str, str], tuple[int, TariffMeasure]] = {}

    def marks(self, measures: Iterable[TariffMeasure]) -> list[str]:
        """Marks such as "[1]" of measures' acts and sources, each once, by number."""
        return [f"[{number}]" for number in sorted({self._number(one) for one in measures})]

    def _number(self, one: TariffMeasure) -> int:
        key = (one.legal, one.source)
        if key not in self._seen:
            self._seen[key] = (len(self._seen) + 1, one)
        return self._seen[key][0]

    def lines(self) -> tuple[SourceLine, ...]:
        """The credits, in order."""
        return tuple(
            SourceLine(
                n,
                f"{self._registry.groups[one.group].title}. {one.legal}: {one.source}",
                one.id,
                one.source if one.source.startswith("http") else None,
            )
            for n, one in self._seen.values()
        )


def conditions(one: TariffMeasure, day: dt.date) -> Iterator[str]:
    """What decides between low and high, in words."""
    if one.only_if:
        yield f"only {one.only_if}" if one.only_if.startswith(("on ", "within ", "for ")) else f"only if {one.only_if}"
    for each in one.exempt:
        if each.only_if and (each.begins is None or each.begins <= day):
            yield f"not where {each.only_if}" if not each.only_if.startswith("for ") else f"not {each.only_if}"
    if one.net:
        yield "a floor: less the ordinary duty, which is not known here"


def beyond(registry: TariffRegistry, day: dt.date) -> tuple[str, ...]:
    """A word of warning for a day later than the sources were read to."""
    if day <= registry.ends:
        return ()
    return (f"The sources were read up to {registry.ends}: what came later is not known here.",)


def _notes(found: Mapping[str, Sequence[Levy]], lines: int, day: dt.date) -> Iterator[str]:
    if not any(levies[0].measure.kind == "added" for levies in found.values()):
        yield "No added duty of the registry is in force on that day; that is no proof that there is none."
    for name, levies in found.items():
        one = levies[0].measure
        if any(levy.low != levy.high for levy in levies):
            yield f"{name}: {'; '.join(conditions(one, day)) or 'gives way to a duty that may be levied'}."
        if one.verified is not None and day > one.verified:
            yield f"{name}: last seen in force on {one.verified}; its continuing is presumed."
        if one.note:
            yield f"{name}: {one.note}."
    if any(len(levies) < lines for levies in found.values()):
        yield "Not every measure is on every line: --view lines has them one by one."
