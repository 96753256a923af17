"""Hours and dollars on the way as a change of trade costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from khorgos.core.errors import BadInput

#: A load and a stretch of road or rail as CAREC counts their cost (indicator TFI3: USD per 500 km and 20 tonnes).
LOAD_TONNES, STRETCH_KM = 20.0, 500.0
HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Way:
    """What it takes to bring a load of goods along one way.

    Args:
        hours: at the border.
        dollars: at the border, USD a load.
        km: length; 0 where only the border counts.
        speed: km/h between stops; needed where there is a length.
        freight: USD per 500 km and load.
    """

    hours: float = 0.0
    dollars: float = 0.0
    km: float = 0.0
    speed: float | None = None
    freight: float = 0.0

    def __post_init__(self) -> None:
        if min(self.hours, self.dollars, self.km, self.freight) < 0 or (self.speed is not None and self.speed <= 0):
            raise BadInput("Hours, dollars, lengths, speeds and freight rates cannot be negative, nor a speed zero")
        if not all(math.isfinite(x) for x in (self.hours, self.dollars, self.km, self.freight, self.speed or 1.0)):
            raise BadInput("Hours, dollars, lengths, speeds and freight rates are finite numbers")
        if self.speed is not None and not self.km:
            raise BadInput("A speed needs a length", hint="Give km")

    @property
    def days(self) -> float:
        """Days on the way: (hours at the border + km / speed) / 24."""
        moving = 0.0 if self.speed is None else self.km / self.speed
        return (self.hours + moving) / HOURS_A_DAY

    @property
    def usd(self) -> float:
        """USD a load: at the border, and freight by length."""
        return self.dollars + self.freight * self.km / STRETCH_KM


def cost_change(before: Way, after: Way, *, value_of_day: float, load_value: float, share: float = 1.0) -> float:
    """The change of an iceberg trade cost that equals hours and dollars saved, or lost.

    d_hat = 1 - s + s exp(v (T1 - T0)) (1 + C1 / V) / (1 + C0 / V).

    Args:
        before: the way as it is.
        after: the way as it will be.
        value_of_day: v, a day in transit as a fraction of the goods' value.
        load_value: V, USD that a load of goods is worth; only its ratio to the dollars matters.
        share: s, of the pair's trade that takes this way, by value.

    Returns:
        d_hat - 1.

    Raises:
        BadInput: a value of a day, of a load, or a share that cannot be.

    Source:
        Hummels, D. and Schaur, G. (2013), Time as a Trade Barrier, American Economic Review 103(7),
        doi:10.1257/aer.103.7.2935: a day in transit is worth as much as an ad valorem tariff of 0.6 to 2.1 per cent.
        Iceberg costs: Samuelson (1954), doi:10.2307/1925880.
    """
    if not 0.0 <= value_of_day < 1.0:
        raise BadInput(f"A day in transit cannot be worth {value_of_day:.1%} of the goods")
    if not 0.0 < share <= 1.0:
        raise BadInput(f"The share that takes the way lies above 0 and up to 100%, not {share:.1%}")
    if not 0.0 < load_value < math.inf:
        raise BadInput(f"A load is worth more than nothing, not {load_value:g} USD")
    time = math.exp(value_of_day * (after.days - before.days))
    money = (1.0 + after.usd / load_value) / (1.0 + before.usd / load_value)
    return share * (time * money - 1.0)
