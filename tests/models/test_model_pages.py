"""The worked examples on the pages of the models say what the code says, in words and in pictures."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "page", ["gsim", "smart", "gravity", "general-equilibrium", "sensitivities", "welfare", "calibration"]
)
def test_the_worked_example_holds(root: Path, page: str) -> None:
    result = doctest.testfile(str(root / "docs" / "models" / f"{page}.md"), module_relative=False)

    assert result.attempted > 1
    assert result.failed == 0


def pages(root: Path) -> list[Path]:
    return sorted((root / "docs" / "models").glob("*.md"))


@pytest.mark.parametrize("heading", ["Equations", "Symbols", "Example", "Assumptions", "When not to use it", "Sources"])
def test_every_page_has_what_a_careful_reader_asks_for(root: Path, heading: str) -> None:
    for page in pages(root):
        _, found, body = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
        assert found, page.name
        assert len(body.partition("\n## ")[0].strip()) > 80, page.name


def test_the_example_of_every_page_runs_and_is_drawn_by_a_command(root: Path) -> None:
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"\(([\w-]+)\.svg\)", text):
            named = (f"python tools/draw_model_pictures.py {name}", f"--growth docs/models/{name}.csv")
            assert any(command in text for command in named), (page.name, name)
        assert ">>> " in text, page.name


def test_every_page_has_a_picture_that_a_tool_draws(root: Path) -> None:
    tool = (root / "tools" / "draw_model_pictures.py").read_text(encoding="utf-8")
    assert pages(root)
    shown = set()
    for page in pages(root):
        found = re.findall(r"!\[([^\]]+)\]\(([\w-]+)\.svg\)", page.read_text(encoding="utf-8"))
        assert found, page.name
        for words, name in found:
            picture = page.with_name(f"{name}.svg")
            assert len(words) > 20, name  # what a reader who cannot see it should know
            assert f'"{name}": ' in tool, name
            assert picture.stat().st_size < 80_000, name
            shown.add(picture)
    assert shown == set((root / "docs" / "models").glob("*.svg"))


def test_the_worked_examples_are_those_that_are_drawn(root: Path) -> None:
    """Bars carry the numbers that the page prints."""
    pictures = root / "docs" / "models"
    for name, numbers in {
        "gsim": ("+7.9%", "\u22123.2%", "+12.6%"),
        "smart": ("+30.0", "+13.3", "\u221213.3", "+2.1"),
        "gravity": ("+28.9%", "\u22124.2%", "+29.4%"),
    }.items():
        drawn = (pictures / f"{name}.svg").read_text(encoding="utf-8")
        assert [n for n in numbers if f">{n}<" not in drawn] == []
