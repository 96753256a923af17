"""What `khorgos fetch` asks of whom: the interfaces by name, and their options in public words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from khorgos.core.errors import BadInput, UnknownName
from khorgos.core.provenance import Source
from khorgos.sources import asked, census_plan, comtrade_plan
from khorgos.sources.connector import Request
from khorgos.sources.registry import connectors

#: What people call the sources besides their ids.
_ALIASES = MappingProxyType(
    {
        "imf": "imf-dots",
        "imts": "imf-dots",
        "dots": "imf-dots",
        "worldbank": "wdi",
        "world-bank": "wdi",
        "eurostat": "eurostat-comext",
        "comext": "eurostat-comext",
        "un-comtrade": "comtrade",
    }
)

_KEYS = MappingProxyType(
    {"comtrade": comtrade_plan.KEY, "census": census_plan.KEY, "census-consumption": census_plan.KEY}
)


def _yes(given: object) -> bool:
    if isinstance(given, bool):
        return given
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    answer = known.get(str(given).strip().lower())
    if answer is None:
        raise BadInput(f"Not yes or no: {given!r}", hint="Write yes or no")
    return answer


_READERS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "reporters": asked.areas,
        "partners": asked.areas,
        "years": asked.years,
        "months": asked.months,
        "flows": asked.flows,
        "products": asked.products,
        "indicators": asked.words,
        "estimated": _yes,
        "key": _yes,
    }
)


@dataclass(frozen=True, slots=True)
class Fetchable:
    """A source with an open interface.

    Args:
        name: id of its source card.
        title: of the card.
        options: names of what can be asked.
        required: those without which nothing is asked.
        key: environment variable that holds the user's key; None where none is needed.
        also: other names it answers to.
    """

    name: str
    title: str
    options: tuple[str, ...]
    required: tuple[str, ...]
    key: str | None
    also: tuple[str, ...]


def fetchable() -> tuple[Fetchable, ...]:
    """The sources that can be fetched live, by name."""
    return tuple(_described(card, hook) for _, (card, hook) in sorted(_planned().items()))


def plan(source: str, **options: object) -> tuple[Request, ...]:
    """What to ask an interface for.

    Args:
        source: id of a source, or what people call it ("imf", "worldbank").
        options: `reporters`, `partners`, `years`, `months`, `flows`, `products`, `indicators`, `key`, as far as
            the source has them (see `fetchable`), also in the singular. Each is one word, several with commas
            ("KAZ,KGZ", "2013..2024", "2024-01..2024-05", "cotton"), or a sequence. Groups ("central-asia") are
            asked member by member. Left out or empty means all that the interface has, but for periods.

    Returns:
        The requests, for `sources.fetch.fetch`.

    Raises:
        UnknownName: if the source, an option or a name in it is unknown, with the nearest.
        BadInput: if a value cannot be right, or too little is asked for.
    """
    name = _named(source)
    card, hook = _planned()[name]
    about = _described(card, hook)
    values = {}
    for word, given in options.items():
        option = word if word in about.options else f"{word}s"
        if option not in about.options:
            raise UnknownName(word, f"option of {name}", about.options)
        if given is not None and given not in ("", (), []):
            values[option] = _READERS[option](given)
    if lacking := [option for option in about.required if not values.get(option)]:
        raise BadInput(f"{name} is not asked without {' and '.join(lacking)}", hint=f"Such as {_SUCH_AS[lacking[0]]}")
    return hook(**values)


_SUCH_AS = MappingProxyType({"reporters": "reporters=KAZ,KGZ", "years": "years=2013..2024"})


def _planned() -> dict[str, tuple[Source, Callable[..., tuple[Request, ...]]]]:
    return {one.source.id: (one.source, one.plan) for one in connectors() if one.plan is not None}


def _named(name: str) -> str:
    """The id of a fetchable source."""
    from rapidfuzz import process

    planned = _planned()
    wanted = name.strip().lower()
    wanted = _ALIASES.get(wanted, wanted)
    if wanted not in planned:
        near = [match[0] for match in process.extract(wanted, [*planned, *_ALIASES], limit=3, score_cutoff=60)]
        hint = f"Live interfaces: {', '.join(sorted(planned))}; all other sources are files to import"
        raise UnknownName(name, "source to fetch", near or sorted(planned), hint)
    return wanted


def _described(card: Source, hook: Callable[..., object]) -> Fetchable:
    parameters = inspect.signature(hook).parameters.values()
    return Fetchable(
        name=card.id,
        title=card.title,
        options=tuple(parameter.name for parameter in parameters),
        required=tuple(each.name for each in parameters if each.default is inspect.Parameter.empty),
        key=_KEYS.get(card.id),
        also=tuple(alias for alias, target in _ALIASES.items() if target == card.id),
    )
