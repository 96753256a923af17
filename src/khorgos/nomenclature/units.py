"""Units: scales of money (thousand, bn), per cent and percentage points, and the quantities goods are counted in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Literal

from khorgos.core.errors import BadInput, UnknownName

Dimension = Literal["mass", "volume", "energy", "length", "area", "item", "container", "power", "transport"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of quantity.

    Args:
        id: short name used in the ledger's quantity_unit.
        dimension: units of one dimension convert into one another, others do not.
        factor: size in the dimension's base unit (kg, m3, joule, m, m2, item, TEU, watt, tonne-km), exact.
        names: other ways to write it.
        source: who defines it.
    """

    id: str
    dimension: Dimension
    factor: Fraction
    names: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if self.factor <= 0:
            raise BadInput(f"A unit is larger than nothing: {self.id}")


_SI = "BIPM, The International System of Units, 9th edition (2019)"
_NIST = "NIST Special Publication 811 (2008), appendix B"
_US = "NIST Handbook 44, appendix C"
_COUNT = "UN Statistics Division, IMTS 2010, annex on standard units of quantity"
_POUND = Fraction("0.45359237")  # kilograms, exactly (NIST SP 811)
_GALLON = Fraction("0.003785411784")  # cubic metres, exactly: 231 cubic inches (NIST SP 811)
_FOOT = Fraction("0.3048")  # metres, exactly (NIST SP 811)
_BTU = Fraction("1055.05585262")  # joules, International Table, exactly (NIST SP 811)
_CALORIE = Fraction("4.1868")  # joules, International Table, exactly (NIST SP 811)
_TROY_OUNCE = Fraction("0.0311034768")  # kilograms, exactly: 480 grains (NIST Handbook 44)


def _unit(id_: str, dimension: Dimension, factor: str | int | Fraction, names: str, source: str = _SI) -> Unit:
    return Unit(id_, dimension, Fraction(factor), tuple(n for n in names.split("|") if n), source)


_UNITS = (
    _unit("kg", "mass", 1, "kilogram|kilograms|kilogramme|kilogrammes|kgs|kg net|кг|千克|公斤"),
    _unit("g", "mass", "0.001", "gram|grams|gramme|grammes|г"),
    _unit("tonne", "mass", 1000, "t|tonnes|metric ton|metric tons|ton|tons|mt|metric tonnes|тонна|тонн|т|吨"),
    _unit(
        "thousand tonnes", "mass", 10**6, "kt|thousand tons|thousand metric tons|тыс. тонн|тыс. т|kilotonne|kilotonnes"
    ),
    _unit("million tonnes", "mass", 10**9, "mln tonnes|mt million|million tons|million metric tons|mmt|млн тонн|млн т"),
    _unit("quintal", "mass", 100, "quintals|centner|centners|ц"),
    _unit("lb", "mass", _POUND, "pound mass|lbs|pounds weight", _NIST),
    _unit("short ton", "mass", 2000 * _POUND, "short tons|us ton|us tons", _NIST),
    _unit("long ton", "mass", 2240 * _POUND, "long tons|imperial ton", _NIST),
    _unit("troy ounce", "mass", _TROY_OUNCE, "troy ounces|ozt|oz t", _US),
    _unit("metric carat", "mass", "0.0002", "carat|carats|ct|metric carats|карат", _NIST),
    _unit("m3", "volume", 1, "m³|cubic metre|cubic metres|cubic meter|cubic meters|cu m|cbm|м3|куб. м|куб.м|立方米"),
    _unit("thousand m3", "volume", 1000, "1000 m3|thousand cubic metres|thousand cubic meters|тыс. м3|тыс. куб. м"),
    _unit("million m3", "volume", 10**6, "million cubic metres|million cubic meters|mmcm|млн м3|млн куб. м"),
    _unit("bcm", "volume", 10**9, "billion m3|billion cubic metres|billion cubic meters|млрд м3|млрд куб. м"),
    _unit("litre", "volume", "0.001", "l|litres|liter|liters|ltr|л|升"),
    _unit("barrel", "volume", 42 * _GALLON, "barrels|bbl|bbls|barrel of oil", _NIST),
    _unit("million barrels", "volume", 42 * 10**6 * _GALLON, "mn barrels|mmbbl|million bbl", _NIST),
    _unit("gallon", "volume", _GALLON, "gallons|us gallon|us gallons|gal", _NIST),
    _unit("cubic foot", "volume", _FOOT**3, "cubic feet|cu ft|ft3", _NIST),
    _unit("bcf", "volume", 10**9 * _FOOT**3, "billion cubic feet", _NIST),
    _unit("J", "energy", 1, "joule|joules"),
    _unit("GJ", "energy", 10**9, "gigajoule|gigajoules"),
    _unit("TJ", "energy", 10**12, "terajoule|terajoules"),
    _unit("kWh", "energy", 3_600_000, "kilowatt hour|kilowatt-hour|kilowatt hours|kilowatt-hours|квт.ч|кВт·ч"),
    _unit("thousand kWh", "energy", 3_600_000_000, "1000 kwh|mwh|megawatt hour|megawatt-hours|тыс. квт.ч"),
    _unit("TWh", "energy", 3_600_000_000_000_000, "terawatt hour|terawatt-hours|billion kwh|млрд квт.ч"),
    _unit("mmbtu", "energy", 10**6 * _BTU, "million btu|mn btu", _NIST),
    _unit(
        "toe",
        "energy",
        10**10 * _CALORIE,
        "tonne of oil equivalent|tonnes of oil equivalent",
        "IEA, Energy Statistics Manual (2005), annex 3",
    ),
    _unit("m", "length", 1, "metre|metres|meter|meters|м"),
    _unit("km", "length", 1000, "kilometre|kilometres|kilometer|kilometers|км"),
    _unit("mile", "length", 5280 * _FOOT, "miles", _NIST),
    _unit("m2", "area", 1, "m²|square metre|square metres|square meter|square meters|sq m|м2|кв. м"),
    _unit("ha", "area", 10_000, "hectare|hectares|га"),
    _unit(
        "item",
        "item",
        1,
        "items|piece|pieces|pcs|pc|unit|units|number|no|u|head|heads|шт|шт.|штук|голов|台|辆|个|件|头",
        _COUNT,
    ),
    _unit("pair", "item", 2, "pairs|2u|пар|双", _COUNT),
    _unit("dozen", "item", 12, "dozens|12u", _COUNT),
    _unit("thousand items", "item", 1000, "1000u|thousand units|thousand pieces|тыс. шт", _COUNT),
    _unit(
        "TEU",
        "container",
        1,
        "teus|twenty-foot equivalent unit|twenty-foot equivalent units|20-foot container",
        "ISO 668:2020",
    ),
    _unit(
        "FEU",
        "container",
        2,
        "feus|forty-foot equivalent unit|forty-foot equivalent units|40-foot container",
        "ISO 668:2020",
    ),
    _unit("kW", "power", 1000, "kilowatt|kilowatts|квт"),
    _unit("MW", "power", 10**6, "megawatt|megawatts|мвт"),
    _unit("GW", "power", 10**9, "gigawatt|gigawatts|гвт"),
    _unit("tonne-km", "transport", 1, "tonne-kilometre|tonne-kilometres|ton-km|tkm|т-км", _COUNT),
)

#: Names that only their case tells apart.
_CASED: Mapping[str, str] = MappingProxyType({"Mt": "million tonnes", "MT": "tonne", "mt": "tonne"})

_SCALES: Mapping[str, float] = MappingProxyType(
    {
        "": 1.0,
        "1,000": 1e3,
        "1000": 1e3,
        "thousand": 1e3,
        "thousands": 1e3,
        "k": 1e3,
        "тыс": 1e3,
        "тыс.": 1e3,
        "千": 1e3,
        "10,000": 1e4,
        "10 thousand": 1e4,
        "ten thousand": 1e4,
        "10k": 1e4,
        "万": 1e4,
        "lakh": 1e5,
        "million": 1e6,
        "millions": 1e6,
        "mn": 1e6,
        "mln": 1e6,
        "mio": 1e6,
        "m": 1e6,
        "млн": 1e6,
        "млн.": 1e6,
        "百万": 1e6,
        "crore": 1e7,
        "hundred million": 1e8,
        "100 million": 1e8,
        "亿": 1e8,
        "billion": 1e9,
        "billions": 1e9,
        "bn": 1e9,
        "bln": 1e9,
        "b": 1e9,
        "млрд": 1e9,
        "млрд.": 1e9,
        "milliard": 1e9,
        "十亿": 1e9,
        "trillion": 1e12,
        "trillions": 1e12,
        "trn": 1e12,
        "tn": 1e12,
        "трлн": 1e12,
        "трлн.": 1e12,
        "万亿": 1e12,
    }
)


def units() -> tuple[Unit, ...]:
    """All units that khorgos can read."""
    return _UNITS


@cache
def _by_name() -> dict[str, Unit]:
    """Unit by name, without regard to case."""
    found: dict[str, Unit] = {}
    for each in _UNITS:
        for name in (each.id, *each.names):
            if found.setdefault(name.casefold(), each) is not each:
                raise BadInput(f"The unit name {name!r} stands twice")
    return found


def unit(text: str) -> Unit:
    """Read a unit of quantity.

    Args:
        text: "t", "tonnes", "m³", "barrels", "bcm", "head", "шт".

    Returns:
        The unit. A plain "ton" is the metric ton, as in trade statistics; "short ton" is the American one.

    Raises:
        UnknownName: if there is no such unit here.
    """
    plain = " ".join(str(text).split())
    wanted = _CASED.get(plain, plain).casefold()
    known = _by_name()
    if wanted in known:
        return known[wanted]
    from rapidfuzz import process

    near = process.extract(wanted, known.keys(), limit=3, score_cutoff=60)
    raise UnknownName(text, "unit", dict.fromkeys(known[name].id for name, _, _ in near))


def convert_quantity(value: float | None, from_: str, to: str) -> float | None:
    """A quantity in another unit of the same dimension.

    q_to = q_from * factor(from) / factor(to)

    Args:
        value: in units of `from_`; None stays None.
        from_: a unit.
        to: a unit of the same dimension.

    Returns:
        The quantity in units of `to`.

    Raises:
        UnknownName: if a unit is unknown.
        BadInput: if the units measure different things: mass is not volume, and gas in m3 is not energy, without a
            density or a calorific value that the user must give.
    """
    a, b = unit(from_), unit(to)
    if a.dimension != b.dimension:
        raise BadInput(
            f"{a.id} is {a.dimension}, {b.id} is {b.dimension}",
            hint="Give a density, a calorific value or a weight of one item to get from the one to the other",
        )
    if value is None:
        return None
    if not math.isfinite(value):
        raise BadInput(f"A quantity is a finite number, not {value}", where=f"{from_} to {to}")
    return float(Fraction(value) * a.factor / b.factor)


def scale(text: str) -> float:
    """The factor of a scale word.

    Args:
        text: "thousand", "mn", "bn", "trillion", "млрд", "亿", "10,000"; "" for single units. "billion" is 10^9.

    Returns:
        What to multiply by to get single units.

    Raises:
        UnknownName: if it is no scale word.
    """
    wanted = " ".join(str(text).split()).casefold()
    if wanted in _SCALES:
        return _SCALES[wanted]
    raise UnknownName(text, "scale", ("thousand", "million", "billion", "trillion"))


def split_scale(text: str) -> tuple[float, str]:
    """Read a scale before or after a unit or currency: "thousand USD" is (1000.0, "USD").

    Args:
        text: a scale and a unit as printed over a table: "10,000 yuan", "USD million", "millions of dollars", "USD".

    Returns:
        The factor, and what is left of the text; 1.0 and the whole text if it holds no scale.
    """
    tokens = str(text).split()
    for length in range(min(2, len(tokens) - 1), 0, -1):
        before, after = " ".join(tokens[:length]).casefold(), " ".join(tokens[-length:]).casefold()
        if before in _SCALES:
            return _SCALES[before], " ".join(tokens[length:]).removeprefix("of ")
        if after in _SCALES:
            return _SCALES[after], " ".join(tokens[:-length])
    return 1.0, " ".join(tokens)


def change(before: float, after: float) -> float:
    """Growth as a fraction: after / before - 1.

    Args:
        before: the earlier value, above zero.
        after: the later value, same unit.

    Returns:
        The fraction; 0.05 is 5 per cent.

    Raises:
        BadInput: if the earlier value is not above zero, where growth says nothing.
    """
    if not before > 0:
        raise BadInput(f"Growth from {before} says nothing", hint="Give the difference instead")
    return after / before - 1


def percent(fraction: float) -> float:
    """A fraction in per cent: 0.05 is 5.0."""
    return 100 * fraction


def from_percent(value: float) -> float:
    """Per cent as a fraction: 5.0 is 0.05."""
    return value / 100


def percentage_points(before: float, after: float) -> float:
    """The difference of two shares in percentage points: from 0.20 to 0.25 is 5.0 points (and growth of 25 per cent).

    Args:
        before: the earlier share, a fraction.
        after: the later share, a fraction.

    Returns:
        100 * (after - before).
    """
    return 100 * (after - before)
