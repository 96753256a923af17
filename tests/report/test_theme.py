"""Colours that can be read, in light and in dark."""

from __future__ import annotations

import pytest

from khorgos.report.theme import COLOURS, css_variables, for_page, for_picture, stand_in

TEXT = ("ink", "muted", "accent")
MARKS = ("china", "russia", "usa", "eu", "one", "two", "three", "four", "five", "six", "seven", "eight")


def luminance(code: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", TEXT)
def test_text_stands_out_from_the_paper(role: str, dark: bool) -> None:
    assert contrast(COLOURS[role][dark], COLOURS["paper"][dark]) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", MARKS)
def test_marks_stand_out_from_the_paper(role: str, dark: bool) -> None:
    assert contrast(COLOURS[role][dark], COLOURS["paper"][dark]) >= 3.0  # WCAG 2.2, 1.4.11


def test_a_drawing_follows_the_page_or_stands_alone() -> None:
    svg = f'<path fill="{stand_in("china")}"/><path fill="rgb(254, 0, 1)"/>'

    assert "var(--china)" in for_page(svg)
    assert "#fe" not in for_page(svg)
    assert COLOURS["china"][0] in for_picture(svg)
    assert COLOURS["china"][1] in for_picture(svg, dark=True)


def test_every_role_has_its_variable() -> None:
    assert all(f"--{role}:" in css_variables(True) for role in COLOURS)
