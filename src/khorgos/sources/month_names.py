"""Names of months and stretches of months as publishers print them, in English and Russian."""

from __future__ import annotations

import re

from khorgos.nomenclature.periods import Period, month, year_to_date

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_FULL = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_RUSSIAN = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
# The customs service misprints one of its own titles ("Январь-дкабрь 2019 г." in WEB_UTSA_04).
_MISPRINTS = {"дкабрь": 12}
_NUMBERS = {
    **{name: n for n, name in enumerate(_ENGLISH, 1)},
    **{name: n for n, name in enumerate(_ENGLISH_FULL, 1)},
    "sept": 9,
    **{name: n for n, name in enumerate(_RUSSIAN, 1)},
    **_MISPRINTS,
}


def month_number(name: str) -> int | None:
    """The number 1..12 of a month's English (full or of three letters) or Russian name; None for other words."""
    return _NUMBERS.get(name.strip().strip(".").lower())


def stretch(words: str, year: int) -> Period | None:
    """The months of one year that words name.

    Args:
        words: "март", "January", "Январь-март", "Jan.-Dec.": one month, or January to a month.
        year: the calendar year.

    Returns:
        The period; None if the words are anything else, or do not start in January.
    """
    names = [part for part in re.split(r"\s*[-–—]\s*", words.strip()) if part]
    numbers = [month_number(name) for name in names]
    if len(numbers) == 1 and numbers[0] is not None:
        return month(year, numbers[0])
    if len(numbers) == 2 and numbers[0] == 1 and numbers[1] is not None:
        return year_to_date(year, numbers[1])
    return None
