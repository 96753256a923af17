"""Yotov et al. (2016), An Advanced Guide to Trade Policy Analysis, chapter 2: applications 1 and 2, companion files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from khorgos.core.errors import BadFile
from khorgos.models.gravity.equilibrium import GravityEquilibrium, conditional, full_endowment
from khorgos.models.papers import advanced_guide
from khorgos.models.papers.advanced_guide import Application, Simulated
from khorgos.models.papers.cell import Cell

BORDERS, AGREEMENTS = "1_TradeWithoutBorder", "2_RTAsEffects"


@pytest.fixture(scope="module")
def contents(shared: Path) -> dict[str, bytes]:
    folder = shared / "data" / "models"
    return {name: (folder / path).read_bytes() for name, path in advanced_guide.FILES.items()}


@pytest.fixture(scope="module")
def applications(contents: dict[str, bytes]) -> tuple[Application, Application]:
    return advanced_guide.read(contents)


@pytest.fixture(scope="module")
def borders(applications: tuple[Application, Application]) -> Simulated:
    return advanced_guide.trade_without_borders(applications[0])


@pytest.fixture(scope="module")
def nafta(applications: tuple[Application, Application]) -> Simulated:
    return advanced_guide.nafta(applications[1])


@pytest.fixture(scope="module")
def cells(applications: tuple[Application, Application], borders: Simulated, nafta: Simulated) -> tuple[Cell, ...]:
    one, two = applications
    return (*advanced_guide.compare(one, borders), *advanced_guide.compare(two, nafta))


def test_every_cell_is_there(cells: tuple[Cell, ...]) -> None:
    """69 countries x 20 columns twice; 140 coefficients and 3 + 5 standard errors, 5 coefficients, 3 likelihoods."""
    assert Counter(cell.table for cell in cells) == {
        f"{BORDERS}, regressions": 144,
        f"{BORDERS}, steps": 20,
        f"{BORDERS}, results": 1380,
        f"{AGREEMENTS}, regressions": 12,
        f"{AGREEMENTS}, steps": 12,
        f"{AGREEMENTS}, results": 1380,
    }


@pytest.mark.parametrize("name", [BORDERS, AGREEMENTS])
@pytest.mark.parametrize("table", ["regressions", "steps", "results"])
def test_every_cell_matches(cells: tuple[Cell, ...], name: str, table: str) -> None:
    assert [cell for cell in cells if cell.table == f"{name}, {table}" and not cell.matches] == []


def test_the_coefficients_the_guide_reports(borders: Simulated, nafta: Simulated) -> None:
    fit, panel = borders.estimates["borders"], nafta.estimates["panel"]

    assert np.round(fit.coefficients, 3).tolist() == [-0.791, 0.674, -2.474]
    assert np.round(fit.standard_errors, 3).tolist() == [0.050, 0.107, 0.119]
    assert (round(panel.coefficients[0], 3), round(panel.standard_errors[0], 3)) == (0.557, 0.056)
    assert (panel.observations, panel.dropped) == (28482, 84)


def _worst(found: GravityEquilibrium, application: Application, column: str, *, reverse: bool = False) -> float:
    """Largest gap to a published percentage of real GDP, in points."""
    hat = 1 / found.real_output_hat if reverse else found.real_output_hat
    return float(np.abs(100 * (hat - 1) - application.results[column]).max())


def test_conditional_equilibrium_is_the_published_one(
    borders: Simulated, applications: tuple[Application, ...]
) -> None:
    found = conditional(borders.baseline, borders.freeness_new, reference=borders.reference)
    exports = 100 * (found.exports_hat - 1) - applications[0].results["change_Xi_CDL"]

    assert np.abs(exports).max() < 1e-6  # points: fitted trade of the program stops at 1e-10
    assert np.abs(100 * (found.inward_hat - 1) - applications[0].results["change_IMR_CDL"]).max() < 1e-4  # its floats


def test_the_converged_equilibrium_is_near_the_published_one(
    borders: Simulated, nafta: Simulated, applications: tuple[Application, Application]
) -> None:
    """The program stops at changes of 0.01, and its expenditure does not sum to output: traces of both remain."""
    one = full_endowment(borders.baseline, borders.freeness_new, reference=borders.reference)
    two = full_endowment(nafta.baseline, nafta.freeness_new, reference=nafta.reference)

    assert one.residual <= 1e-12
    assert two.residual <= 1e-12
    # Measured: 0.60 points in Hong Kong (17 published) without borders, 0.037 in Canada (3.40 published) for NAFTA.
    assert 0.1 < _worst(one, applications[0], "change_rGDP_FULL") < 0.7
    assert 0.01 < _worst(two, applications[1], "change_rGDP_FULL", reverse=True) < 0.05


def test_a_file_that_is_not_stata_is_refused(contents: dict[str, bytes]) -> None:
    with pytest.raises(BadFile, match="not a Stata file"):
        advanced_guide.read({**contents, f"data {BORDERS}": b"<stata_dta>"})
    with pytest.raises(BadFile, match="cut short"):
        advanced_guide.read({**contents, f"data {BORDERS}": contents[f"data {BORDERS}"][:5000]})


def test_results_of_other_countries_are_refused(contents: dict[str, bytes]) -> None:
    table = contents[f"table {BORDERS}"].rsplit(b"\n", 2)[0]
    with pytest.raises(BadFile, match="not those of the data"):
        advanced_guide.read({**contents, f"table {BORDERS}": table})
