"""One look for charts and page: names of colours, their light and dark values, the typeface."""

from __future__ import annotations

import re

#: Colours by role, light and dark. Contrast with the paper is at least 4.5:1 for text roles and 3:1 for marks
#: (WCAG 2.2, 1.4.3 and 1.4.11); tests/report/test_theme.py computes it. Hues after Okabe & Ito (2008), which readers
#: with colour-blindness can tell apart, darkened on white paper and lightened on black.
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#14171a"),
    "panel": ("#f5f3ee", "#1d2125"),
    "ink": ("#1b1f23", "#eceae4"),
    "muted": ("#5b6470", "#a3abb5"),
    "grid": ("#dcdad3", "#343a41"),
    "land": ("#e9e6de", "#272c31"),
    "accent": ("#9c2a1a", "#f08a76"),
    "china": ("#b3261e", "#f2857b"),
    "russia": ("#2a5db0", "#86b0f2"),
    "usa": ("#0b7a5c", "#57c9a4"),
    "eu": ("#8a6100", "#e3b34c"),
    "one": ("#0b6e8f", "#63bfe0"),
    "two": ("#b3261e", "#f2857b"),
    "three": ("#0b7a5c", "#57c9a4"),
    "four": ("#8a6100", "#e3b34c"),
    "five": ("#7a3e8f", "#cf9ae0"),
    "six": ("#5b6470", "#a3abb5"),
    "seven": ("#a8481f", "#ee9a6c"),
    "eight": ("#2a5db0", "#86b0f2"),
}

#: Series colours in the order of use.
SERIES = ("one", "two", "three", "four", "five", "seven", "eight", "six")

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif"

# A chart is drawn with one stand-in colour a role (#fe0000 + its number), which the page turns into a CSS variable
# and a picture into the colour itself: one drawing serves light, dark and print.
_STAND_IN = {role: f"#fe{number:04x}" for number, role in enumerate(COLOURS)}
_ROLE = {code: role for role, code in _STAND_IN.items()}
_CODE = re.compile(r"#fe[0-9a-f]{4}|rgb\(254, ?(\d+), ?(\d+)\)", re.IGNORECASE)


def stand_in(role: str) -> str:
    """The stand-in colour of a role, for chart specifications."""
    return _STAND_IN[role]


def _code(match: re.Match[str]) -> str:
    if match[1] is not None:
        return f"#fe{int(match[1]):02x}{int(match[2]):02x}"
    return match[0].lower()


def for_page(svg: str) -> str:
    """Stand-ins to CSS variables, so that the drawing follows the page's light or dark mode."""
    return _CODE.sub(lambda m: f"var(--{_ROLE[c]})" if (c := _code(m)) in _ROLE else m[0], svg)


def for_picture(svg: str, *, dark: bool = False) -> str:
    """Stand-ins to plain colours, for a picture that stands alone."""
    return _CODE.sub(lambda m: COLOURS[_ROLE[c]][dark] if (c := _code(m)) in _ROLE else m[0], svg)


def css_variables(dark: bool) -> str:
    """The colours as CSS custom properties."""
    return "".join(f"--{role}:{pair[dark]};" for role, pair in COLOURS.items())
