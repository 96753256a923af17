"""A made-up world in BACI's own layout: who trades which goods with whom, by gravity, to the number of rows asked for.

The logarithm of a flow is ln v_ijkt = a_i + b_j + d_ij + p_k + c_ik + m_jk + e_ijk + u_ijkt: sizes of exporter and
importer (Zipf), and normal deviates for the pair, the product, the exporter's advantage, the importer's taste, the
cell, and the cell's year. What falls below a cut is no trade, as BACI leaves out flows under 1,000 USD; the cut is the
quantile that leaves the rows asked for. So zeros gather where trade is small (Helpman, Melitz and Rubinstein 2008,
doi:10.1162/qjec.2008.123.2.441), the same cells come back from year to year, and values are log-normal above the cut.
No figure in it is anyone's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from khorgos.nomenclature.area_codes import to_code
from khorgos.nomenclature.area_register import all_areas
from khorgos.nomenclature.nomenclatures import labels

#: Standard deviations of the deviates in logs. Chosen so that about one cell in 25 is above the cut at 100 million
#: rows in ten years, as in BACI, and the rows cover nearly all products and countries at a hundredth of that.
SPREAD = {"pair": 1.6, "product": 1.4, "advantage": 1.6, "taste": 0.8, "cell": 2.0, "year": 0.8}
#: Zipf exponent of the countries' sizes; chosen because the hundredth of 220 exporters then sells about a thousandth
#: of what the first sells, as in BACI.
ZIPF = 1.4
GROWTH = 1.04  # of all values, a year
NO_QUANTITY = 0.03  # share of flows without a quantity
#: Whose sizes come first; the others follow in an order drawn by lot.
LARGE = (
    *("CHN", "USA", "DEU", "JPN", "NLD", "KOR", "ITA", "FRA", "HKG", "MEX", "GBR", "CAN", "BEL", "IND", "TWN", "VNM"),
    *("ESP", "RUS", "POL", "AUS", "THA", "TUR", "MYS", "KAZ"),
)
EDITION = "12"  # of the HS; chosen because the ten years are in it
VERSION, REVISION = "202501", "202601"  # of the file names, YYYYMM
_BINS = 8192  # of the histogram for the cut; chosen because steps are then 0.7% in value


@dataclass(frozen=True)
class World:
    """What is generated.

    Args:
        rows: number aimed at, over all years.
        years: calendar years.
        countries: area ids, largest first.
        products: HS6 codes.
        seed: of every deviate.
    """

    rows: int
    years: tuple[int, ...]
    countries: tuple[str, ...]
    products: tuple[str, ...]
    seed: int = 20261122

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        """BACI's numbers of the countries."""
        return np.array([int(str(to_code(one, "baci"))) for one in self.countries], np.int32)

    @cached_property
    def by_code(self) -> list[int]:
        """Exporters in the order of BACI's files: by number."""
        return [int(one) for one in np.argsort(self.codes)]

    @cached_property
    def common(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Log sizes of countries, log sizes of products, and importers' tastes [importer, product]."""
        rng = np.random.default_rng(self.seed)
        size = -ZIPF * np.log(np.arange(1, len(self.countries) + 1))
        product = SPREAD["product"] * rng.standard_normal(len(self.products))
        taste = SPREAD["taste"] * rng.standard_normal((len(self.countries), len(self.products)), np.float32)
        return size.astype(np.float32), product.astype(np.float32), taste

    @cached_property
    def cut(self) -> float:
        """Log value below which there is no trade: a quantile of all cells of the first year."""
        edges = np.linspace(-30.0, 30.0, _BINS + 1)
        counts = np.zeros(_BINS, np.int64)
        for exporter in range(len(self.countries)):
            counts += np.histogram(self.latent(exporter, self.years[0]), edges)[0]
        above = np.cumsum(counts[::-1])[::-1]
        return float(np.interp(-self.rows / len(self.years), -above, edges[:-1]))

    def latent(self, exporter: int, year: int) -> NDArray[np.float32]:
        """Log values [importer, product] before the cut; -inf at home."""
        size, product, taste = self.common
        lasting = np.random.default_rng([self.seed, exporter])
        shape = taste.shape
        pair = SPREAD["pair"] * lasting.standard_normal((shape[0], 1), np.float32)
        advantage = SPREAD["advantage"] * lasting.standard_normal((1, shape[1]), np.float32)
        log = np.float32(SPREAD["cell"]) * lasting.standard_normal(shape, np.float32)
        passing = np.random.default_rng([self.seed, exporter, year])
        log += np.float32(SPREAD["year"]) * passing.standard_normal(shape, np.float32)
        log += taste
        log += (size[:, None] + size[exporter]) + pair
        log += product[None, :] + advantage
        log[exporter] = -np.inf
        return log


def world(rows: int, *, years: Sequence[int] = range(2014, 2024), countries: int = 220, products: int = 0) -> World:
    """A world of the size asked for.

    Args:
        rows: number aimed at, over all years.
        years: calendar years.
        countries: how many.
        products: how many HS6 codes; 0 for all.

    Returns:
        The world; nothing is drawn yet.
    """
    known = sorted(one.id for one in all_areas() if one.kind == "country" and to_code(one.id, "baci"))
    others = [one for one in known if one not in LARGE]
    drawn = [others[i] for i in np.random.default_rng(1).permutation(len(others))]
    codes = sorted(code for code in labels(f"HS{EDITION}") if len(code) == 6 and code.isdigit())
    return World(rows, tuple(years), (*LARGE, *drawn)[:countries], tuple(codes[: products or None]))


def write(
    made: World, folder: Path, *, version: str = VERSION, years: Sequence[int] = ()
) -> Iterator[tuple[Path, int]]:
    """Write one csv a year, as CEPII names and lays them out: t,i,j,k,v,q by exporter, importer and product.

    Args:
        made: the world.
        folder: where to.
        version: of the file names; in REVISION a tenth of the values are 5% larger.
        years: of the world; all where left out.

    Yields:
        Each file and its number of rows, once it is written; one exporter is held in memory at a time.
    """
    for year in years or made.years:
        path = folder / f"BACI_HS{EDITION}_Y{year}_V{version}.csv"
        rows = 0
        with path.open("wb") as stream:
            for exporter in made.by_code:
                flows = _flows(made, exporter, year, revised=version == REVISION)
                flows.write_csv(stream, include_header=rows == 0, float_precision=3, null_value="NA")
                rows += len(flows)
        yield path, rows


def _flows(made: World, exporter: int, year: int, *, revised: bool) -> pl.DataFrame:
    log = made.latent(exporter, year)[made.by_code]
    importer, product = np.nonzero(log > made.cut)
    rng = np.random.default_rng([made.seed, exporter, year, 1])
    growth = GROWTH ** (year - made.years[0])
    value = np.exp(log[importer, product].astype(np.float64) - made.cut) * growth
    unit_value = np.exp(rng.standard_normal(len(value)) + 1.0)  # thousand USD a tonne
    quantity = np.where(rng.random(len(value)) < NO_QUANTITY, np.nan, value / unit_value)
    if revised:
        value = np.where(rng.random(len(value)) < 0.1, value * 1.05, value)
    codes = np.array(made.products)
    return pl.DataFrame(
        {
            "t": np.full(len(value), year, np.int16),
            "i": np.full(len(value), made.codes[exporter]),
            "j": made.codes[made.by_code][importer],
            "k": pl.Series(codes).gather(product),
            "v": value,
            "q": pl.Series(quantity).fill_nan(None),
        }
    )
