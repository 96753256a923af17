"""Templates of pages: what is put in is escaped, and what is missing is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


def environment() -> jinja2.Environment:
    """The templates of `report/templates`."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("khorgos.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
