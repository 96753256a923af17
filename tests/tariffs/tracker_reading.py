"""The registry as the trade-war tracker reads it: what its README and its engine say that they do otherwise.

Each edit is one of the explanations in docs/tariff.md, under "Against an independent series". Source of the readings:
tradewartracker/trade-war-redux-2025 @ 726c5958, README.md and make-tariff-by-country-by-time.ipynb.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from khorgos.core.tariffs import Exemption, TariffMeasure, TariffRegistry

D = dt.date
_CHINA = ("us-fentanyl-china-10", "us-fentanyl-china-20", "us-fentanyl-china-halved")
_DERIVATIVES = (
    *("us-232-steel-2025", "us-232-aluminium-2025", "us-232-aluminium-content-2025"),
    *("us-232-steel-doubled", "us-232-aluminium-doubled", "us-232-aluminium-content-doubled"),
)
#: Days that it takes for the first and the last, by measure; None leaves ours.
_DAYS: dict[str, tuple[dt.date | None, dt.date | None]] = {
    # The 20 per cent of March from the 10 per cent of February.
    "us-fentanyl-china-10": (None, D(2025, 2, 4)),
    "us-fentanyl-china-20": (D(2025, 2, 5), D(2025, 10, 31)),
    "us-fentanyl-china-halved": (D(2025, 11, 1), D(2026, 2, 19)),
    "us-border-full": (None, D(2025, 3, 5)),
    "us-border-25": (D(2025, 3, 6), None),
    # Rates of annex I from the day of the general rate, and all other days as announced.
    "us-reciprocal-annex-I": (D(2025, 4, 5), D(2025, 4, 8)),
    "us-reciprocal-china-84": (D(2025, 4, 8), D(2025, 4, 8)),
    "us-reciprocal-china-125": (D(2025, 4, 9), D(2025, 5, 11)),
    "us-reciprocal-china-10": (D(2025, 5, 12), D(2025, 8, 6)),
    "us-reciprocal-china-truce": (D(2025, 11, 1), D(2026, 2, 19)),
    "us-232-parts": (D(2025, 4, 3), None),
    "us-232-parts-usmca": (D(2025, 4, 3), None),
    "us-232-steel-2025": (None, D(2025, 6, 2)),
    "us-232-aluminium-2025": (None, D(2025, 6, 2)),
    "us-232-aluminium-content-2025": (None, D(2025, 6, 2)),
    "us-232-steel-doubled": (D(2025, 6, 3), None),
    "us-232-aluminium-doubled": (D(2025, 6, 3), None),
    "us-232-aluminium-content-doubled": (D(2025, 6, 3), None),
    "us-232-autos-japan": (D(2025, 8, 7), None),
    "us-232-autos-eu": (D(2025, 8, 7), None),
    "us-232-autos-korea": (D(2025, 8, 7), None),
    "us-ieepa-india": (D(2025, 8, 7), None),
}
_JUDGEMENT = D(2026, 2, 19)  # it ends the IEEPA duties with the judgment of 2026-02-20, not with their collection


def as_the_tracker_reads(registry: TariffRegistry) -> TariffRegistry:
    """The measures of the United States with the tracker's days, lists and precedence."""
    measures = [_edited(one) for one in registry.measures if one.imposer == "USA"]
    groups = dict(registry.groups)
    # It stamps the duties of section 232 over the fentanyl duty on China, which by law is added to them.
    fentanyl = groups["us-fentanyl-china"]
    groups["us-fentanyl-china"] = replace(fentanyl, yields_to=groups["us-reciprocal"].yields_to)
    kept = [one for one in measures if one is not None]
    return TariffRegistry(
        (*kept, *_own(registry)),
        groups,
        registry.lists,
        registry.begins,
        registry.ends,
        registry.lines,
        registry.schedule,
    )


def _own(registry: TariffRegistry) -> tuple[TariffMeasure, ...]:
    """Rates on China and Hong Kong that only the tracker has."""
    general, fentanyl = registry.measure("us-reciprocal-china-10"), registry.measure("us-fentanyl-china-halved")
    announced, until = D(2025, 4, 2), D(2025, 10, 31)

    def levied(like: TariffMeasure, name: str, rate: float, begins: dt.date, ends: dt.date) -> TariffMeasure:
        rates = dict.fromkeys(like.rates, rate)
        return replace(like, id=name, rates=rates, announced=announced, begins=begins, ends=ends)

    left = {"exempt": (), "supersedes": (fentanyl.id,)}
    return (
        # 34 from 5 April 2025, which was replaced by 84 before it began.
        replace(levied(general, "tracker-34", 34.0, D(2025, 4, 5), D(2025, 4, 7)), exempt=()),
        # 34 in all from August, from a table in which China and Hong Kong keep the 34 of annex I.
        levied(general, "tracker-14", 14.0, D(2025, 8, 7), until),
        # Exempt goods keep the 20 of April where the fentanyl duty has come down to 10.
        replace(
            levied(fentanyl, "tracker-annex", 20.0, D(2025, 11, 1), _JUDGEMENT),
            lists=("us-reciprocal-annex-II",),
            **left,
        ),
        replace(
            levied(fentanyl, "tracker-phones", 20.0, D(2025, 11, 1), D(2025, 11, 13)),
            lists=("us-reciprocal-electronics",),
            exempt=(Exemption("us-reciprocal-annex-II"), Exemption("us-reciprocal-electronics", targets=("HKG",))),
            supersedes=(fentanyl.id, "tracker-annex"),
        ),
    )


def _edited(one: TariffMeasure) -> TariffMeasure | None:
    begins, ends = _DAYS.get(one.id, (None, None))
    last = ends or (_JUDGEMENT if one.ends == D(2026, 2, 23) else one.ends)
    first = begins or one.begins
    # Floors ("15 less the ordinary duty") are taken flat.
    new = replace(one, begins=first, announced=min(one.announced, first), ends=last, net=False)
    if one.group in ("us-232-steel", "us-232-aluminium"):
        # Only derivatives are on its lists, until the annexes of April 2026.
        return replace(new, products=()) if one.id in _DERIVATIVES else None
    if one.group == "us-reciprocal":
        return _reciprocal(new)
    if one.id in _CHINA:
        farm = Exemption("us-reciprocal-farm", D(2025, 11, 14))
        phones = Exemption("us-reciprocal-electronics", D(2025, 4, 11), targets=("HKG",))
        return replace(new, exempt=(farm, phones), rates=_twenty(new))
    if one.id == "us-ieepa-india":
        return replace(new, exempt=(*one.exempt, Exemption("us-reciprocal-farm", D(2025, 11, 14))))
    return new


def _twenty(one: TariffMeasure) -> dict[str, float | None]:
    return dict.fromkeys(one.rates, 20.0) if one.id == "us-fentanyl-china-10" else dict(one.rates)


def _reciprocal(one: TariffMeasure) -> TariffMeasure:
    """On Russia too; exemptions from 11 April 2025 only; Brazil's from the general rate too; 125 for 145 on China."""
    exempt = one.exempt
    if one.begins < D(2025, 4, 11):
        exempt = tuple(replace(each, begins=D(2025, 4, 11)) for each in exempt)
    if one.id == "us-reciprocal-august":
        lists = ("us-brazil-exempt", "us-brazil-aircraft")
        exempt = (*exempt, *(Exemption(name, targets=("BRA",)) for name in lists))
    rates = dict(one.rates)
    if one.id == "us-reciprocal-china-125":
        rates = dict.fromkeys(rates, 105.0)
    if one.id == "us-reciprocal-annex-I":
        del rates["ZAF"]  # its list has a misprinted code for South Africa
    outside = tuple(name for name in one.except_targets if name != "RUS")
    return replace(one, exempt=exempt, rates=rates, except_targets=outside)
