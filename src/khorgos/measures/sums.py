"""The identity that a measure's table fulfils: what adds up to what."""

from __future__ import annotations

from dataclasses import dataclass

#: Relative error that sums of doubles may show: chosen because 1e6 terms lose about 1e6 * 1.1e-16.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity of a table: a column adds up, within groups, to one or to another column.

    Args:
        within: the columns that make a group.
        column: what is summed.
        to: the column that holds the sum in each row of the group; None where the sum is one.
    """

    within: tuple[str, ...]
    column: str = "value"
    to: str | None = None
