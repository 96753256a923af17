"""The embedded worlds: arrays that general-equilibrium models start from, with their sources and imputation marks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from khorgos.core.errors import BadFile, LedgerError, UnknownName

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

#: What the worlds are called.
WORLDS = ("one-sector", "sectors")
#: Worlds of earlier years, for hindcasts.
EARLIER = ("one-sector-2017", "sectors-2017")
#: Services are the last sector of the world of sectors, and are not traded.
SERVICES = "services"
#: Section shares of a pair are stored as whole parts of this.
_PARTS = 65_535


@dataclass(frozen=True, eq=False)
class World:
    """A base year as published, blanks filled and marked; USD; [exporter, importer, sector].

    Args:
        id: its name, as in WORLDS or EARLIER.
        sha256: of the arrays' files, one after the other; names the world in a trace.
        countries: ISO3, in alphabetical order.
        sectors: names; services, where there are any, last.
        trade: [N, N, S] flows between countries; the diagonal is empty.
        gdp: [N].
        theta: [S] trade elasticities.
        theta_spread: [S] their standard errors.
        trade_imputed: [N, N] flows that nobody reported.
        gdp_imputed: [N].
        sections_imputed: [N, N] flows whose split into sections is not their own; all false at one sector.
        donors: whose input-output table a country borrows; empty at one sector.
        home: [N, S] sales at home; None where they follow from GDP.
        inputs: [N, S, S] input per unit of output, [country, input, user]; None for no materials.
        card: sources with licences, rules of imputation, assumptions.
    """

    id: str
    sha256: str
    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: Floats
    gdp: Floats
    theta: Floats
    theta_spread: Floats
    trade_imputed: Marks
    gdp_imputed: Marks
    sections_imputed: Marks
    donors: Mapping[str, str]
    card: Mapping[str, Any]
    home: Floats | None = None
    inputs: Floats | None = None

    def __post_init__(self) -> None:
        n, s = len(self.countries), len(self.sectors)
        if self.trade.shape != (n, n, s) or self.trade[np.arange(n), np.arange(n)].any() or self.trade.min() < 0:
            raise LedgerError("The embedded world is damaged", where=self.id, hint="Install khorgos again")
        if not (self.gdp > 0).all():
            raise LedgerError("The embedded world has an economy without output", where=self.id)

    @property
    def year(self) -> int:
        """The base year."""
        return int(self.card["year"])

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the base year takes for granted, a sentence each."""
        return tuple(self.card["assumptions"])

    @property
    def elasticity(self) -> str:
        """Where the trade elasticities come from."""
        return str(self.card["elasticity"])

    @property
    def sources(self) -> tuple[Mapping[str, str], ...]:
        """Title, licence, citation, url, file and sha256 of every file that it was made from."""
        return tuple(self.card["sources"])


@lru_cache(maxsize=len(WORLDS) + len(EARLIER))
def world(name: str) -> World:
    """An embedded world.

    Args:
        name: one of WORLDS or of EARLIER.

    Raises:
        UnknownName: there is no such world.
        LedgerError: the files are damaged.
    """
    if name not in (*WORLDS, *EARLIER):
        raise UnknownName(name, "world", (*WORLDS, *EARLIER))
    if name == "sectors-2017":
        return _earlier_sectors(name, world("one-sector-2017"))
    one, card = _load(name if name in EARLIER else "one-sector")
    n = len(one["countries"])
    traded = one["trade"] > 0
    parts: dict[str, Any] = {
        "countries": tuple(str(c) for c in one["countries"]),
        "gdp": one["gdp"],
        "trade_imputed": one["trade_why"] > 0,
        "gdp_imputed": one["gdp_imputed"],
    }
    if name != "sectors":
        return World(
            id=name,
            sha256=str(card["sha256"]),
            sectors=("all",),
            trade=one["trade"][:, :, None],
            theta=one["theta"],
            theta_spread=one["theta_spread"],
            sections_imputed=np.zeros((n, n), dtype=bool),
            donors={},
            card=card,
            **parts,
        )
    many, own = _load("sectors")
    trade = np.zeros((n, n, len(own["sectors"])))
    trade[traded, :-1] = one["trade"][traded][:, None] * (many["sections"] / _PARTS)
    imputed = np.zeros((n, n), dtype=bool)
    imputed[traded] = many["section_imputed"]
    return World(
        id=name,
        sha256=hashlib.sha256(f"{card['sha256']}{own['sha256']}".encode()).hexdigest(),
        sectors=tuple(own["sectors"]),
        trade=trade,
        theta=many["theta"],
        theta_spread=many["theta_spread"],
        sections_imputed=imputed,
        donors=own["donors"],
        card=own,
        home=many["home"],
        inputs=many["inputs"],
        **parts,
    )


def _earlier_sectors(name: str, one: World) -> World:
    arrays, card = _load(name)
    mixes, imputed = mixes_of(one.countries)
    trade = np.zeros((*one.trade.shape[:2], len(card["sectors"])))
    trade[:, :, :-1] = one.trade * mixes
    recent = world("sectors")
    return World(
        id=name,
        sha256=hashlib.sha256(f"{one.sha256}{recent.sha256}{card['sha256']}".encode()).hexdigest(),
        countries=one.countries,
        sectors=tuple(card["sectors"]),
        trade=trade,
        gdp=one.gdp,
        theta=recent.theta,
        theta_spread=recent.theta_spread,
        trade_imputed=one.trade_imputed,
        gdp_imputed=one.gdp_imputed,
        sections_imputed=imputed,
        donors=card["donors"],
        card=card,
        home=arrays["home"],
        inputs=arrays["inputs"],
    )


def mixes_of(countries: tuple[str, ...]) -> tuple[Floats, Marks]:
    """Sections of each pair's trade for other countries than those of the world of sectors, from its mixes of 2015.

    A pair's own mix where that world has one; else the exporter's mean mix; else the world's.

    Args:
        countries: ISO3.

    Returns:
        [N, N, sections] shares that sum to one, and [N, N] which of them are not the pair's own.
    """
    recent = world("sectors")
    goods = recent.trade[:, :, : len(recent.sectors) - 1]
    place = [recent.countries.index(name) if name in recent.countries else -1 for name in countries]
    total = goods.sum(2)
    own = np.divide(goods, total[:, :, None], out=np.zeros_like(goods), where=total[:, :, None] > 0)
    by_exporter = goods.sum(1)
    everybody = by_exporter.sum(0)
    sold = np.vstack([by_exporter, everybody])
    sold[sold.sum(1) == 0] = everybody
    mean = sold / sold.sum(1, keepdims=True)
    n = len(countries)
    mixes = np.repeat(mean[place][:, None, :], n, axis=1)
    imputed = np.ones((n, n), dtype=bool)
    known = np.array([k >= 0 for k in place])
    both = np.ix_(np.flatnonzero(known), np.flatnonzero(known))
    at = np.ix_([k for k in place if k >= 0], [k for k in place if k >= 0])
    traded = total[at] > 0
    mixes[both] = np.where(traded[:, :, None], own[at], mixes[both])
    imputed[both] = np.where(traded, recent.sections_imputed[at], True)
    return mixes, imputed


def _load(name: str) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the card, after a look at the arrays' sha256."""
    folder = files("khorgos").joinpath("data/worlds")
    try:
        card: dict[str, Any] = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        content = folder.joinpath(f"{name}.npz").read_bytes()
    except (OSError, ValueError) as error:
        raise LedgerError(f"The embedded world cannot be read: {error}", where=name) from error
    arrays = arrays_of(content, f"{name}.npz")
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise LedgerError("The embedded world has changed since it was built", where=name, hint="Install khorgos again")
    return arrays, card


def arrays_of(content: bytes, filename: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file by name.

    Args:
        content: its bytes.
        filename: for errors.

    Raises:
        BadFile: the bytes are no such file.
    """
    import io
    import zipfile

    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise BadFile("Not a NumPy archive", path=filename, hint="Fetch it again") from error
