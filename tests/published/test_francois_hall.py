"""Francois & Hall (2003), Global Simulation Analysis of Industry-Level Trade Policy: the 4x4 example."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from khorgos.core.errors import BadFile
from khorgos.models.papers import francois_hall
from khorgos.models.papers.cell import Cell
from khorgos.models.partial.gsim import gsim


@pytest.fixture(scope="module")
def example(shared: Path) -> francois_hall.Example:
    folder = shared / "data" / "models"
    return francois_hall.read({name: (folder / path).read_bytes() for name, path in francois_hall.FILES.items()})


def test_the_four_published_prices_to_four_decimals(example: francois_hall.Example) -> None:
    cells = [c for c in francois_hall.reproduce(example) if c.table == "4x4, world prices"]

    assert [round(c.computed, 4) for c in cells] == [0.0792, -0.0316, 0.0480, -0.0184]
    assert [c.cell for c in cells if not c.matches] == []


def test_all_reference_results_cell_by_cell(example: francois_hall.Example) -> None:
    cells = [c for c in francois_hall.reproduce(example) if c.table == "4x4, reference results"]

    assert len(cells) == 20
    assert [c for c in cells if not c.matches] == []


def test_the_consumer_surplus_of_the_spreadsheet_charges_a_price_rise_twice(example: francois_hall.Example) -> None:
    """For falling prices the spreadsheet's triangle is the area under demand, for rising ones it has the wrong sign."""
    composite, demand = np.array([-0.1, 0.1]), np.array([-1.25, -1.25])
    area = 1 - 1.25 * composite / 2  # of linear demand, per unit of price
    published = francois_hall.published_consumer_gain(composite, demand)

    assert published[0] == pytest.approx(-composite[0] * area[0], rel=1e-12)
    assert published[1] == pytest.approx(-composite[1] * (2 - area[1]), rel=1e-12)


def test_the_exact_solution_is_larger_than_the_linear_one(example: francois_hall.Example) -> None:
    """Tariffs of 41 and 32 per cent are no small shock: the exact prices are half as large again."""
    e = example
    r = gsim(
        e.trade,
        e.tau,
        e.tau_new,
        import_demand=e.import_demand,
        export_supply=e.export_supply,
        substitution=e.substitution,
    )

    assert np.round(r.price, 4).tolist() == [0.1265, -0.0323, 0.0793, -0.0173]  # computed by khorgos, guarded here
    assert (np.abs(r.price)[[0, 2]] > 1.5 * np.abs(e.prices)[[0, 2]]).all()


def test_files_of_other_regions_are_refused(shared: Path) -> None:
    folder = shared / "data" / "models"
    contents = {name: (folder / path).read_bytes() for name, path in francois_hall.FILES.items()}
    contents["prices"] = contents["prices"].replace(b"\nEU,", b"\nXX,")
    with pytest.raises(BadFile, match="not those of the trade matrix"):
        francois_hall.read(contents)


def test_a_cell_matches_within_half_its_last_digit() -> None:
    assert Cell("p", "t", "c", 0.0480, 0.04804, 4).matches
    assert not Cell("p", "t", "c", 0.0480, 0.04806, 4).matches
    assert Cell("p", "t", "c", 2.5, 2.75, 1).difference == 0.25
