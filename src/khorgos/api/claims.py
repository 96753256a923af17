"""What the checker says: articles checked, forecasts scored."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from khorgos.api.asking import parsed_day, past_day
from khorgos.core.errors import BadInput
from khorgos.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from khorgos.claims.article import Article
    from khorgos.report.answer import Answer
    from khorgos.report.answers.check import Checked


def check(text: str, *, date: str | dt.date | None = None, name: str = "", ledger: Ledger | None = None) -> Checked:
    """Find every trade number in a text, and judge it: by the text's own arithmetic and by the official figures.

    Args:
        text: the article, plain.
        date: when it was written, as 2025-03-20, or 2025-03 or 2025 where no more is known; what was published later
            is set apart.
        name: of the article.
        ledger: the user's own on top of the embedded release where left out.

    Returns:
        The verdicts; prints as a table, `.render("html")` is the article with its claims marked.

    Raises:
        BadInput: the date cannot be read, or is yet to come.
    """
    from khorgos.report.answers.check import check as answer

    return answer(ledger or open_ledger(), text, written=_written(date), name=name)


def check_article(source: str | Path, *, date: str | dt.date | None = None, ledger: Ledger | None = None) -> Checked:
    """Check an article in a file (.txt, .md, .html, .docx, .pdf) or at an address.

    Args:
        source: the file, or an address that starts with https://.
        date: when it was written; the day that the page itself states where left out.
        ledger: as in `check`.

    Returns:
        The verdicts.

    Raises:
        BadFile, BadInput: it cannot be read, or holds no text.
        Offline: an address needs the network, and there is none.
    """
    from khorgos.claims.article import read_article

    if str(source).startswith(("http://", "https://")):
        return _checked(_page(str(source)), date, ledger)
    path = Path(source).expanduser()
    return _checked(read_article(path), date, ledger)


def _checked(article: Article, date: str | dt.date | None, ledger: Ledger | None) -> Checked:
    return check(article.text, date=date or article.day, name=article.name, ledger=ledger)


def _written(date: str | dt.date | None) -> str | None:
    """A day, or the month or year that is all that is known of it; none yet to come."""
    hint = "Say when it was written: --date 2025-03-20, or 2025-03 or 2025 where no more is known"
    month = re.fullmatch(r"(\d{4})(?:-(\d\d))?", date) if isinstance(date, str) else None
    first = f"{month[1]}-{month[2] or '01'}-01" if month is not None else date
    try:
        day = parsed_day(first)
    except BadInput as error:
        raise BadInput(f"Not a day, month or year: {date!r}", hint=hint) from error
    found = past_day(day, "The article's day", hint)
    return month[0] if month is not None else (found.isoformat() if found is not None else None)


def _page(address: str) -> Article:
    from khorgos.claims.article import read_article
    from khorgos.sources.connector import Request
    from khorgos.sources.fetch import Cache, default_cache, fetch

    (shot,) = fetch([Request(address, "page.html")], cache=Cache(default_cache()), max_age=1)
    return replace(read_article(shot.path, shot.filename), name=address)


def forecasts(*, quoted: bool = False, today: str | dt.date | None = None, ledger: Ledger | None = None) -> Answer:
    """Announced targets, or forecasts that articles quote, against what happened since.

    Args:
        quoted: the forecasts of a direction quoted in articles instead of announced targets.
        today: the day from which it is judged.
        ledger: as in `check`.

    Returns:
        One row a forecast: reached, missed, or still open; beside it what was to be expected anyway.
    """
    from khorgos.report.answers.forecasts import directions
    from khorgos.report.answers.forecasts import forecasts as goals

    answer = directions if quoted else goals
    return answer(ledger or open_ledger(), parsed_day(today) or dt.date.today())
