"""The page of measures: an entry for each, complete, with an example that could be run."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import khorgos.measures as package
from khorgos.measures import statements
from khorgos.measures.measured import Definition
from khorgos.measures.statements import (
    advantage,
    bilateral,
    concentration,
    groups,
    growth,
    history,
    influence,
    investment,
    levels,
    mirror,
    pace,
    part_year,
    shares,
    supply,
)

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text(encoding="utf-8")
ENTRIES = {
    name: body
    for heading, body in re.findall(r"^### (.+?)\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    for name in re.findall(r"`(\w+)`", heading)
}
MEASURES = sorted(name for name in package.__all__ if name[0].islower())
MODULES = (
    *(advantage, bilateral, concentration, groups, growth, history, influence),
    *(investment, levels, mirror, pace, part_year, shares, supply),
)
DEFINITIONS = [value for module in MODULES for value in vars(module).values() if isinstance(value, Definition)]
SOURCES = Path(statements.__file__).parent


def test_every_measure_has_an_entry_and_no_entry_is_without_a_measure() -> None:
    assert sorted(ENTRIES) == MEASURES


@pytest.mark.parametrize("name", MEASURES)
def test_an_entry_has_all_its_parts(name: str) -> None:
    parts = set(re.findall(r"^- \*\*(\w+)\.\*\*", ENTRIES[name], re.MULTILINE))

    assert {"Definition", "Unit", "Source", "Trap", "Example"} <= parts


@pytest.mark.parametrize("name", MEASURES)
def test_an_example_calls_what_there_is(name: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", ENTRIES[name], re.DOTALL)
    call = ast.parse(code, mode="eval").body

    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    function = getattr(package, call.func.id)
    keywords = {keyword.arg: None for keyword in call.keywords}
    assert inspect.signature(function).bind(*call.args, **keywords)  # type: ignore[arg-type]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.name)
def test_a_definition_is_complete(definition: Definition) -> None:
    assert definition.formula
    assert definition.source
    assert definition.unit
    assert definition.keys


def test_every_code_of_a_finding_is_on_the_page() -> None:
    pattern = r"(?:Finding\(|told\(\s*\w+,|told\(\s*\[[^\]]*\],)\s*\"([a-z-]+)\""
    codes = {code for path in SOURCES.glob("*.py") for code in re.findall(pattern, path.read_text("utf-8"))}

    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()
